// Whose help a transaction has touched. A run writes thousands of pairings in one transaction, so households and cadres
// are gathered, and what is kept of each is counted once before the transaction's work returns.

import Archive
import Domain
import SQL
import Service

extension Transaction {
    /// Households and cadres whose kept help of today is recounted before the work returns.
    package var help: HelpChanges { memory() }
}

/// The households and cadres of one transaction. Used by the writer's thread only. What a savepoint took back may stay
/// in it: recounting somebody who did not change writes nothing.
package final class HelpChanges: Gatherer {
    package static var after: [any Gatherer.Type] { [CapacityChanges.self] }

    private var households: Set<Int64> = []
    private var cadres: Set<Identifier> = []

    package init() {}

    /// A household whose helpers, village or needs may differ now.
    package func touch(household: Int64) { households.insert(household) }

    /// A cadre whose pairings, post, place or capacity may differ now.
    package func touch(cadre: Identifier) { cadres.insert(cadre) }

    /// Households awaiting a successor: by when they must have one is a parameter of the place of their village.
    func touchAwaiting(_ connection: Connection) throws {
        try connection.forEach("SELECT household_number FROM household_help WHERE awaiting_since IS NOT NULL") {
            households.insert($0.int64(0))
        }
    }

    /// Households that SQL names by their numbers.
    func touch(_ sql: String, _ values: [any Bindable], _ connection: Connection) throws {
        try connection.forEach(sql, values: values) { households.insert($0.int64(0)) }
    }

    /// Those who help households, of whom some may lie outside their area now.
    ///
    /// - Parameter condition: over a household `h` and a pairing `p` of it.
    func touchHelpers(_ condition: String, _ value: any Bindable, _ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT p.cadre_id FROM household h JOIN pairing p ON p.household_number = h.household_number
            WHERE \(condition)
            """, value
        ) { cadres.insert(try $0.identifier(0)) }
    }

    func touch(_ sql: String, _ connection: Connection) throws { try touch(sql, [], connection) }

    /// Recounts what is kept of everybody touched.
    package func write(_ transaction: Transaction) throws {
        guard !households.isEmpty || !cadres.isEmpty else { return }
        // What is kept is that of one day: facts that begin today are written first, and may touch others.
        try CadreDay.turn(transaction)
        let connection = transaction.connection
        let day = try CadreDay.kept(connection) ?? transaction.today
        var figures = HelpFigureChanges()
        for cadre in try CadreHelp.keep(cadres.sorted(), on: day, &figures, connection) {
            try touch("SELECT household_number FROM pairing WHERE cadre_id = $1", [cadre], connection)
        }
        try HouseholdHelp.keep(households.sorted(), on: day, &figures, connection)
        households = []
        cadres = []
        try figures.write(connection)
    }
}

// MARK: What touches help

extension HelpChanges {
    package static let subscriptions: [Subscription] = [
        Subscription(to: HouseholdWritten.self) { event, transaction in
            switch event.occurrence {
            case .created, .removed: break
            case .changed(let members, _):
                if event.before?.state.villageId != event.state.villageId {
                    try transaction.help.touchHelpers("p.household_number = $1", event.number, transaction.connection)
                }
                if !members.isEmpty || event.before.map(CountedHelp.init) != CountedHelp(event.state) {
                    transaction.help.touch(household: event.number)
                }
            case .restored:
                transaction.help.touch(household: event.number)
                try transaction.help.touchHelpers("p.household_number = $1", event.number, transaction.connection)
            }
        },
        Subscription(to: CadreWritten.self) { event, transaction in
            switch event.occurrence {
            case .changed: transaction.help.touch(cadre: event.id)
            case .changedUnit:
                transaction.help.touch(cadre: event.id)
                // Their number of units may differ, because one of the helpers has gone to another unit.
                try transaction.connection.forEach(
                    "SELECT household_number FROM pairing WHERE cadre_id = $1", event.id
                ) { transaction.help.touch(household: $0.int64(0)) }
            case .removed: try CadreHelp.remove(event.id, transaction.connection)
            }
        },
        // The last day on which somebody could help may be another one, also where they cannot any more.
        Subscription(to: CapacityChanged.self) { event, transaction in
            guard !HelpEffects.isSame(event.before, event.after) else { return }
            try transaction.help.touch(
                "SELECT household_number FROM pairing WHERE cadre_id = $1", [event.cadre], transaction.connection)
        },
        Subscription(to: DayTurned.self, touch),
        Subscription(to: DivisionMoved.self) { event, transaction in
            try transaction.help.touchAwaiting(transaction.connection)
            // A village that goes to another town leaves the area of that town's cadres.
            try transaction.help.touch(
                "SELECT household_number FROM household_help WHERE village_id = $1", [event.id], transaction.connection)
            try transaction.help.touchHelpers("h.village_id = $1", event.id, transaction.connection)
        },
        Subscription(to: ParameterStated.self) { event, transaction in
            let connection = transaction.connection
            switch event.key {
            case ParameterKey.handoverDeadline: try transaction.help.touchAwaiting(connection)
            case ParameterKey.pairingConsolidation:
                try transaction.help.touch(ConsolidationTerms.concerned, connection)
            default: break
            }
        },
    ]

    /// The setting exists while what is kept was counted by other rules than those of now.
    private static let due = "help-due"

    /// Counts everything anew where another rule has counted it; otherwise one read.
    @Sendable
    package static func fill(_ register: Register) throws {
        let isDue = try register.database.writer.perform { connection in
            try connection.first("SELECT 1 FROM setting WHERE key = $1", due) { _ in true } ?? false
        }
        guard isDue else { return }
        try register.perform(inDoubt: true) { transaction in
            let connection = transaction.connection
            for table in ["household_help", "cadre_help", "help_figure"] { try connection.run("DELETE FROM \(table)") }
            try transaction.help.touch("SELECT DISTINCT household_number FROM pairing", connection)
            try connection.forEach("SELECT id FROM cadre") { transaction.help.touch(cadre: try $0.identifier(0)) }
            try connection.run("DELETE FROM setting WHERE key = $1", due)
        }
    }

    /// Whose help has changed since the last day: cadres who may carry something else or have left, both sides of
    /// pairings that began or ended, households for which somebody else answers, and those whose consolidation is over.
    /// Read as the facts are.
    @Sendable
    private static func touch(_ event: DayTurned, _ transaction: Transaction) throws {
        let connection = transaction.connection
        try connection.forEach(
            "SELECT cadre_id FROM cadre_capacity WHERE valid_from > $1 AND valid_from <= $2", event.last, event.today
        ) { transaction.help.touch(cadre: try $0.identifier(0)) }
        // A day on which they could help may lie between two days on which they cannot.
        try transaction.help.touch(
            """
            SELECT p.household_number FROM cadre_capacity y JOIN pairing p ON p.cadre_id = y.cadre_id
            WHERE y.valid_from > $1 AND y.valid_from <= $2 AND NOT EXISTS (SELECT 1 FROM cadre_capacity z
                WHERE z.cadre_id = y.cadre_id AND z.valid_to = y.valid_from AND (z.quota > 0) = (y.quota > 0))
            """, [event.last, event.today], connection)
        try connection.forEach(
            """
            SELECT cadre_id, household_number FROM pairing
            WHERE (first_on > $1 AND first_on <= $2) OR (end_on > $1 AND end_on <= $2)
            """, event.last, event.today
        ) { row in
            transaction.help.touch(cadre: try row.identifier(0))
            transaction.help.touch(household: row.int64(1))
        }
        try connection.forEach(
            "SELECT id FROM cadre WHERE ended_on > $1 AND ended_on <= $2", event.last, event.today
        ) { transaction.help.touch(cadre: try $0.identifier(0)) }
        let days: [any Bindable] = [event.last, event.today]
        try transaction.help.touch(
            """
            SELECT household_number FROM responsibility WHERE superseded_at IS NULL
                AND ((valid_from > $1 AND valid_from <= $2) OR (valid_to > $1 AND valid_to <= $2))
            """, days, connection)
        try transaction.help.touch(
            """
            SELECT k.household_number FROM household_help k JOIN household h ON h.household_number = k.household_number
            WHERE k.awaiting_since IS NOT NULL AND h.state = 'lifted'
            """, connection)
        let hasTurned = try connection.first(
            """
            SELECT 1 FROM parameter WHERE key = '\(ParameterKey.pairingConsolidation)'
                AND ((first_on > $1 AND first_on <= $2) OR (end_on > $1 AND end_on <= $2))
            """, event.last, event.today
        ) { _ in true }
        if hasTurned == true { try transaction.help.touch(ConsolidationTerms.concerned, connection) }
    }
}

/// Those of a household's own facts that its help is counted by.
private struct CountedHelp: Equatable {
    let village: Identifier
    let state: String
    let since: CivilDate
    let labour: String
    let selfCare: Bool
    let hasEnded: Bool

    init(_ household: StoredHousehold) { self.init(household.state) }

    init(_ state: HouseholdState) {
        village = state.villageId
        self.state = state.state
        since = state.stateSince
        labour = state.labour
        selfCare = state.selfCare
        hasEnded = state.end != nil
    }
}

/// Touched rows are read many at a time: a statement for each would be most of the work of a run's approval.
package enum TouchedPieces {
    static let size = 64

    /// Placeholders for the keys of a piece, from `$first` on.
    package static func parameters(_ count: Int, from first: Int) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// Calls `body` with pieces of one or of `size` keys, so that there are two texts of each statement. The last
    /// piece is filled up with its last key.
    package static func forEach<Key>(_ keys: [Key], _ body: ([Key]) throws -> Void) rethrows {
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
