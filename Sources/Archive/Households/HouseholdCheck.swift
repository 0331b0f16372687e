// What `jiedui check` asks of households.

import SQL
import Service

enum HouseholdCheck {
    static let checks: [Check] = [
        Check(
            "every household has one householder",
            sql: """
                SELECT 'household ' || archive_number || ' has ' || count(m.id) || ' householders' FROM household h
                LEFT JOIN member m ON m.household_number = h.household_number AND m.relation = 'householder'
                    AND m.left_on IS NULL
                WHERE h.member_count > 0 GROUP BY h.household_number HAVING count(m.id) <> 1
                """),
        Check(
            "every household has one householder on each of its days",
            sql: """
                WITH life (n, first, last) AS (
                    SELECT h.household_number, min(h.valid_from, coalesce((SELECT min(b.valid_from)
                        FROM household_history b WHERE b.household_number = h.household_number
                            AND b.superseded_at IS NULL AND b.valid_to IS NOT NULL), h.valid_from)),
                        coalesce(h.ended_on, '9999-12-31')
                    FROM household h),
                stay (n, head, first, last) AS (
                    SELECT household_number, relation = 'householder', valid_from, valid_to FROM member_history
                    WHERE superseded_at IS NULL AND valid_to IS NOT NULL AND left_on IS NULL
                    UNION ALL SELECT household_number, relation = 'householder', valid_from, '9999-12-31' FROM member
                    WHERE left_on IS NULL),
                step (n, day, people, heads) AS (
                    SELECT n, first, 1, head FROM stay UNION ALL SELECT n, last, -1, -head FROM stay),
                standing (n, day, next, people, heads) AS (
                    SELECT n, day, lead(day, 1, '9999-12-31') OVER own, sum(sum(people)) OVER own,
                        sum(sum(heads)) OVER own
                    FROM step GROUP BY n, day WINDOW own AS (PARTITION BY n ORDER BY day))
                SELECT 'household ' || h.archive_number || ' has ' || s.heads || ' householders from '
                    || max(s.day, l.first) || ' on'
                FROM standing s JOIN life l ON l.n = s.n JOIN household h ON h.household_number = s.n
                WHERE s.people > 0 AND s.heads <> 1 AND s.day < l.last AND s.next > l.first AND s.day < s.next
                """),
        Check(
            "kept member counts and names",
            sql: """
                SELECT 'household ' || h.archive_number || ' keeps ' || h.member_count || ' members, there are '
                    || count(m.id)
                FROM household h LEFT JOIN member m ON m.household_number = h.household_number AND m.left_on IS NULL
                GROUP BY h.household_number
                HAVING count(m.id) <> h.member_count
                    OR count(CASE WHEN m.identity_state = 'unverified' THEN 1 END) <> h.unverified_count
                    OR count(CASE WHEN m.identity_state = 'missing' THEN 1 END) <> h.missing_count
                    OR (h.ended_on IS NULL AND h.householder_name
                        <> coalesce(max(CASE WHEN m.relation = 'householder' THEN m.name END), ''))
                """),
        Check(
            "households that need helpers of two units",
            sql: """
                SELECT 'household ' || h.archive_number || ' keeps another need of units than it has' FROM household h
                WHERE h.needs_two_units <> (h.labour = 'none' OR h.self_care = 0 OR EXISTS (SELECT 1 FROM member m
                    WHERE m.household_number = h.household_number AND m.left_on IS NULL AND m.school_blocked = 1))
                """),
        Check(
            "places of households",
            sql: """
                SELECT 'household ' || h.archive_number || ' lies at ' || h.area_code || ', its village at '
                    || d.area_code
                FROM household h JOIN division d ON d.id = h.village_id WHERE h.area_code <> d.area_code OR d.level <> 5
                """),
        Check(
            "codes of households",
            sql: """
                SELECT 'household ' || archive_number || ' has an unknown code' FROM household
                WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'household-state' AND code = state)
                    OR NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'household-attribute' AND code = attribute)
                    OR NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'poverty-cause' AND code = main_cause)
                """),
        Check(
            "nobody lives in a household that has ended",
            sql: """
                SELECT 'household ' || h.archive_number || ' has ended, and somebody lives in it' FROM household h
                WHERE h.ended_on IS NOT NULL AND EXISTS (SELECT 1 FROM member m
                    WHERE m.household_number = h.household_number AND m.left_on IS NULL)
                UNION ALL
                SELECT 'household ' || h.archive_number || ' names another one that is not there' FROM household h
                WHERE EXISTS (SELECT 1 FROM (SELECT h.successor_number AS n UNION SELECT h.split_from_number) x
                    WHERE x.n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM household o WHERE o.household_number = x.n))
                """),
        SplitSides.check,
        Check("index of names", nameIndex),
    ]

    /// The index of names keeps no text, so it is asked whether it finds each household by the names it should have.
    @Sendable
    private static func nameIndex(_ connection: Connection, max: Int) throws -> [String] {
        var faults: [String] = []
        try connection.forEach("SELECT household_number, archive_number, search_names FROM household") { row in
            guard faults.count < max else { return }
            for name in row.text(2).split(separator: "\n") {
                guard let phrase = HouseholdSearch.phrase(String(name)) else { continue }
                let isFound = try connection.first(
                    "SELECT 1 FROM household_name WHERE household_name MATCH $1 AND rowid = $2", phrase, row.int64(0)
                ) { _ in true }
                if isFound != true { faults.append("household \(row.text(1)) is not found by one of its names") }
            }
        }
        return faults
    }
}
