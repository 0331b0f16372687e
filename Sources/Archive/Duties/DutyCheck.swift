// What `jiedui check` examines in duties, work teams and villages.

import Service

package enum DutyCheck {
    package static let checks: [Check] = [
        Check(
            "places of duties, work teams and villages",
            sql: """
                WITH RECURSIVE place (id, last) AS (SELECT id, id FROM division UNION ALL SELECT c.id, n.successor_id
                    FROM place c JOIN division n ON n.id = c.last WHERE n.successor_id IS NOT NULL),
                lies (name, division_id, area_code, level) AS (
                    SELECT 'duty', t.division_id, y.area_code, y.level FROM duty y
                    JOIN duty_term t ON t.duty_id = y.id AND t.superseded_at IS NULL
                    UNION ALL SELECT 'work team', t.division_id, w.area_code, 5 FROM work_team w
                    JOIN work_team_term t ON t.team_id = w.id AND t.superseded_at IS NULL
                    UNION ALL SELECT 'village', id, area_code, 5 FROM village)
                SELECT 'a ' || l.name || ' of ' || d.code || ' lies at ' || l.area_code || ', its division at '
                    || d.area_code
                FROM lies l JOIN place c ON c.id = l.division_id
                JOIN division d ON d.id = c.last AND d.successor_id IS NULL
                WHERE l.area_code <> d.area_code OR l.level <> d.level
                """),
        Check(
            "codes of duties and villages",
            sql: """
                SELECT 'an unknown ' || u.list_key || ' ' || u.code FROM (
                    SELECT 'duty-kind' AS list_key, kind AS code FROM duty_term
                    UNION SELECT 'duty-end-reason', end_reason FROM duty_term WHERE end_reason IS NOT NULL
                    UNION SELECT 'village-kind', kind FROM village_kind
                    UNION SELECT 'village-tag', tag FROM village_tag) u
                WHERE NOT EXISTS (SELECT 1 FROM code_value v WHERE v.list_key = u.list_key AND v.code = u.code)
                """),
        Check(
            "one believed row of each duty and team",
            sql: """
                SELECT 'a duty has ' || count(*) || ' believed rows' FROM duty_term WHERE superseded_at IS NULL
                GROUP BY duty_id HAVING count(*) > 1
                UNION ALL SELECT 'a team has ' || count(*) || ' believed rows' FROM work_team_term
                WHERE superseded_at IS NULL GROUP BY team_id HAVING count(*) > 1
                """),
    ]
}
