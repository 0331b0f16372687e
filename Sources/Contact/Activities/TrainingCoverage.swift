// How many members of working age have attended a training (R099): for an area and each of its children, on any day.
// Computed from the rows each time; nothing is stored. A household counts where it is today.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

enum TrainingCoverage {
    /// The birth dates of people of working age, by the parameters of the requested area on the day.
    private struct LabourAge {
        /// The last birth date of those who are old enough; nil if there is no lower bound.
        let youngest: CivilDate?
        /// The first birth date of those who are not too old.
        let oldest: CivilDate?

        init(in area: Division, on day: CivilDate, _ connection: Connection) throws {
            let keys = [ParameterKey.labourNoneBelow, ParameterKey.labourCappedFrom]
            let rows = try ParameterResolution.rows(
                keys, in: AreaChain.of(area, connection), on: day, connection)
            func birthday(_ key: String) -> CivilDate? {
                let age = rows[key]?.first.flatMap { ParameterValue(stored: $0.value)?.number }
                return age.map { day.adding(months: -12 * $0) }
            }
            youngest = birthday(ParameterKey.labourNoneBelow)
            oldest = birthday(ParameterKey.labourCappedFrom)?.adding(days: 1)
        }
    }

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let shares = MemberShares(names: ("ofLabourAge", "trained", "untrained")) { area, day, connection in
            let ages = try LabourAge(in: area, on: day, connection)
            return { try count($0, ages, on: day, connection) }
        }
        return try shares.show(call, connection)
    }

    /// Members of working age on the day, and those of them who had attended a training by then.
    private static func count(
        _ scope: Scope, _ ages: LabourAge, on day: CivilDate, _ connection: Connection
    ) throws -> MemberShares.Counts {
        let isTrained = """
            EXISTS (SELECT 1 FROM activity_participant t JOIN activity a ON a.id = t.activity_id
                WHERE t.member_id = m.id AND a.kind = 'training' AND a.state = 'held' AND a.first_on <= $3)
            """
        return try connection.first(
            """
            SELECT count(*), coalesce(sum(CASE WHEN \(isTrained) THEN 1 ELSE 0 END), 0) FROM household h
            JOIN member m ON m.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND m.joined_on <= $3 AND (m.left_on IS NULL OR m.left_on > $3)
                AND m.birth_date IS NOT NULL AND ($4 IS NULL OR m.birth_date <= $4)
                AND ($5 IS NULL OR m.birth_date >= $5)
            """, scope.first, scope.last, day, ages.youngest, ages.oldest
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }
}
