// Whose duties of contact a transaction has touched. A batch brings many visits of one household, and an import changes
// thousands of households, so they are gathered, and what is kept of each is counted once before the transaction's work
// returns.

import Domain
import SQL

/// The households and cadres of one transaction. Used by the writer's thread only. What a savepoint took back may stay
/// in it: counting anew what did not change writes nothing.
final class ContactChanges {
    /// The earliest day on which something of a household may be different.
    private(set) var households: [Int64: CivilDate] = [:]
    /// Cadres whose last visit may be another one.
    private(set) var cadres: Set<Identifier> = []

    /// A household of which a visit, its status, its village, an event or its first pairing may be different from a day
    /// on.
    func touch(household: Int64, from day: CivilDate) {
        households[household] = min(households[household] ?? day, day)
    }

    /// A cadre who made a visit or came along, or of whom one was corrected.
    func touch(cadre: Identifier) { cadres.insert(cadre) }

    /// Counts anew what is kept of everybody touched.
    func write(_ transaction: Transaction) throws {
        households = [:]
        cadres = []
    }
}
