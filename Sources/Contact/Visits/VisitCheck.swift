// What `jiedui check` proves of visits: which count, where they lie, and that the index of texts finds them by what
// they say.

import Domain
import SQL

package enum VisitCheck {
    /// About so many visits are looked for in the index of texts.
    private static let sampled = 500

    /// Each query gives a line for what is wrong.
    package static let queries: [(String, String)] = [
        (
            "which visits count",
            """
            SELECT 'visit ' || v.visit_number || CASE v.is_counted WHEN 1 THEN ' counts' ELSE ' does not count' END
            FROM visit v
            WHERE v.is_counted <> (v.counted_on IS NOT NULL AND v.is_retraction = 0
                AND NOT EXISTS (SELECT 1 FROM visit c WHERE c.corrects = v.id))
            """
        ),
        (
            "corrected visits",
            """
            SELECT 'visit ' || v.visit_number || ' corrects one that is not there' FROM visit v
            WHERE v.corrects IS NOT NULL AND NOT EXISTS (SELECT 1 FROM visit o WHERE o.id = v.corrects)
            """
        ),
        (
            "places of visits",
            """
            WITH RECURSIVE place (id, last) AS (SELECT id, id FROM division WHERE level = 5 UNION ALL
                SELECT c.id, n.successor_id FROM place c JOIN division n ON n.id = c.last
                WHERE n.successor_id IS NOT NULL)
            SELECT 'visit ' || v.visit_number || ' lies at ' || v.area_code || ', its household at ' || h.area_code
            FROM visit v JOIN household h ON h.household_number = v.household_number WHERE v.area_code <> h.area_code
            UNION ALL
            SELECT 'visit ' || v.visit_number || ' lies at ' || v.area_code || ', its village at ' || d.area_code
            FROM visit v JOIN place c ON c.id = v.village_id
            JOIN division d ON d.id = c.last AND d.successor_id IS NULL WHERE v.area_code <> d.area_code
            UNION ALL
            SELECT 'a held visit lies at ' || x.area_code || ', its household at ' || h.area_code
            FROM held_visit x JOIN household h ON h.household_number = x.household_number
            WHERE x.area_code <> h.area_code
            """
        ),
        (
            "codes of visits",
            """
            SELECT 'an unknown ' || u.list_key || ' ' || u.code FROM (
                SELECT 'visit-kind' AS list_key, kind AS code FROM visit
                UNION SELECT 'visit-purpose', purpose FROM visit WHERE purpose IS NOT NULL
                UNION SELECT list_key, code FROM visit_mark
                UNION SELECT 'deed-kind', kind FROM visit_deed
                UNION SELECT 'gift-kind', kind FROM visit_gift
                UNION SELECT 'gift-donor', donor FROM visit_gift
                UNION SELECT 'household-event', kind FROM visit_event) u
            WHERE NOT EXISTS (SELECT 1 FROM code_value v WHERE v.list_key = u.list_key AND v.code = u.code)
            """
        ),
        (
            "places of users",
            """
            SELECT 'user ' || u.name || ' has another place than is recorded' FROM user_account u
            WHERE NOT EXISTS (SELECT 1 FROM user_place p WHERE p.user_id = u.id AND p.to_at IS NULL
                AND p.division_id = u.division_id)
            """
        ),
    ]

    /// The index of texts keeps none, so it is asked whether it finds visits by all that they say.
    package static func textIndex(_ connection: Connection, max faultsMax: Int) throws -> [String] {
        let last = try connection.first("SELECT coalesce(max(visit_number), 0) FROM visit") { $0.int64(0) } ?? 0
        let step = last / Int64(sampled) + 1
        var faults: [String] = []
        try connection.forEach(
            """
            SELECT v.visit_number, d.id FROM visit v JOIN \(VisitSearch.village("v.area_code"))
            WHERE v.visit_number % $1 = 0
            """, step
        ) { row in
            guard faults.count < faultsMax else { return }
            let number = row.int64(0)
            let isFound = try connection.first(
                "SELECT 1 FROM visit_text WHERE visit_text MATCH $1 AND rowid = $2",
                VisitSearch.question(of: number, in: row.identifier(1), connection), number
            ) { _ in true }
            if isFound != true { faults.append("visit \(number) is not found by what it says") }
        }
        return faults
    }
}
