// Needs of a household that has ended are no longer waited for: they stay as they are, for its past, and are overdue
// for nobody. Where the end is taken back they are again what they were.

import Archive
import Domain
import SQL
import Service
import Web

enum EndedNeeds {
    /// SQL over a need: whether somebody waits for an answer.
    static func isAwaited(_ alias: String) -> String {
        """
        (\(alias).answered_on IS NULL AND NOT EXISTS (SELECT 1 FROM household ended
            WHERE ended.household_number = \(alias).household_number AND ended.ended_on IS NOT NULL))
        """
    }

    /// - Throws: 409 for a need of a household that had ended by then. One that a visit brought is kept as it was told.
    static func check(_ need: Need, _ connection: Connection) throws {
        guard need.visitId == nil, let household = need.subject.household,
            try EndedHousehold.has(household, endedBy: need.voicedOn, connection)
        else { return }
        throw Problem(
            .householdEnded, errors: [FieldError(pointer: "/voicedOn", FieldCode(ProblemKind.householdEnded))])
    }

    /// Tells whoever ends a household which needs nobody waits for any more.
    static let subscription = Subscription(to: HouseholdWritten.self) { event, transaction in
        guard event.state.end != nil, event.before?.state.end == nil else { return }
        let open = try transaction.connection.query(
            "SELECT id FROM need WHERE household_number = $1 AND answered_on IS NULL", event.number
        ) { try $0.identifier(0) }
        for id in open { transaction.endedWith.add(.need, id) }
    }
}

/// Whether anything can still be said of a household.
enum EndedHousehold {
    static func has(_ household: Int64, endedBy day: CivilDate, _ connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT ended_on <= $2 FROM household WHERE household_number = $1 AND ended_on IS NOT NULL", household, day
        ) { $0.bool(0) } ?? false
    }
}
