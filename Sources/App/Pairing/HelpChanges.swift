// Whose help a transaction has touched. A run writes thousands of pairings in one transaction, so households and cadres
// are gathered, and what is kept of each is counted once before the transaction's work returns.

import Domain
import SQL

/// The households and cadres of one transaction. Used by the writer's thread only. What a savepoint took back may stay
/// in it: counting anew somebody who did not change writes nothing.
final class HelpChanges {
    private var households: Set<Int64> = []
    private var cadres: Set<Identifier> = []

    /// A household whose helpers, village or needs may differ now.
    func touch(household: Int64) { households.insert(household) }

    /// A cadre whose pairings, post, place or capacity may differ now.
    func touch(cadre: Identifier) { cadres.insert(cadre) }

    /// Households awaiting a successor: by when they must have one is a parameter of the place of their village.
    func touchAwaiting(_ connection: Connection) throws {
        try connection.forEach("SELECT household_number FROM household_help WHERE awaiting_since IS NOT NULL") {
            households.insert($0.int64(0))
        }
    }

    /// Counts anew what is kept of everybody touched.
    func write(_ transaction: Transaction) throws {
        guard !households.isEmpty || !cadres.isEmpty else { return }
        // What is kept is that of one day: facts that begin today are written first, and may touch others.
        try CadreDay.turn(transaction)
        let connection = transaction.connection
        let day = try CadreDay.kept(connection) ?? transaction.today
        var figures = HelpFigureChanges()
        try HouseholdHelp.keep(households.sorted(), on: day, &figures, connection)
        try CadreHelp.keep(cadres.sorted(), on: day, &figures, connection)
        households = []
        cadres = []
        try figures.write(connection)
    }
}

/// Touched rows are read many at a time: a statement for each would be most of the work of a run's approval.
enum TouchedPieces {
    static let size = 64

    /// Placeholders for the keys of a piece, from `$first` on.
    static func parameters(_ count: Int, from first: Int) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// Calls `body` with pieces of one or of `size` keys, so that there are two texts of each statement. The last
    /// piece is filled up with its last key.
    static func forEach<Key>(_ keys: [Key], _ body: ([Key]) throws -> Void) rethrows {
        if keys.count < 4 {
            for key in keys { try body([key]) }
            return
        }
        for start in stride(from: 0, to: keys.count, by: size) {
            var piece = Array(keys[start..<min(start + size, keys.count)])
            if let last = piece.last { piece += Array(repeating: last, count: size - piece.count) }
            try body(piece)
        }
    }
}
