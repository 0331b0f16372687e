// How many pupils of registered households have a partnership (R049): for an area and each of its children, on any day.
// Computed from the dated rows each time; nothing is stored. A household counts where it is today.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

enum PupilCoverage {
    /// Values of `school-state` of members who are not pupils; the second also means children below school age.
    private static let notPupils = "('not-in-school', 'preschool')"

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let shares = MemberShares(names: ("pupils", "paired", "unpaired")) { _, day, connection in
            { try count($0, on: day, connection) }
        }
        return try shares.show(call, connection)
    }

    /// Members who belonged to a household and were in school on the day, and those of them with a partnership.
    private static func count(
        _ scope: Scope, on day: CivilDate, _ connection: Connection
    ) throws -> MemberShares.Counts {
        let partnered = """
            EXISTS (SELECT 1 FROM partnership p WHERE p.member_id = m.id
                AND \(DayInterval.holds("p", on: "$3")))
            """
        return try connection.first(
            """
            SELECT count(*), coalesce(sum(\(partnered)), 0) FROM household h
            JOIN member m ON m.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND m.joined_on <= $3 AND (m.left_on IS NULL OR m.left_on > $3)
                AND CASE WHEN m.valid_from <= $3 OR NOT EXISTS (SELECT 1 FROM member_history o
                    WHERE o.household_number = m.household_number AND o.id = m.id AND o.superseded_at IS NULL)
                THEN m.school_state ELSE (SELECT o.school_state FROM member_history o
                    WHERE o.household_number = m.household_number AND o.id = m.id AND o.superseded_at IS NULL
                    AND o.valid_from <= $3 AND o.valid_to > $3) END NOT IN \(notPupils)
            """, scope.first, scope.last, day
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }
}
