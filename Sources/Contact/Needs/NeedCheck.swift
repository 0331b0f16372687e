// What `jiedui check` examines in needs and activities.

/// Queries that return a line for each fault.
package enum NeedCheck {
    package static let queries: [(String, String)] = [
        (
            "places of needs and activities",
            """
            WITH RECURSIVE heir (id, last) AS (
                SELECT id, id FROM division WHERE successor_id IS NULL
                UNION ALL SELECT d.id, h.last FROM division d JOIN heir h ON d.successor_id = h.id)
            SELECT 'a need lies at ' || n.area_code || ', its household or village at '
                || coalesce(t.area_code, d.area_code)
            FROM need n LEFT JOIN household t ON t.household_number = n.household_number
            LEFT JOIN heir h ON h.id = n.village_id LEFT JOIN division d ON d.id = h.last
            WHERE n.area_code <> coalesce(t.area_code, d.area_code)
            UNION ALL
            SELECT 'an activity lies at ' || a.area_code || ', its division at ' || d.area_code
            FROM activity a JOIN heir h ON h.id = a.division_id JOIN division d ON d.id = h.last
            WHERE a.area_code <> d.area_code OR a.level <> d.level
            """
        ),
        (
            "participants of activities",
            """
            SELECT 'an activity counts ' || a.participant_count || ' participants and has ' || count(p.position)
            FROM activity a LEFT JOIN activity_participant p ON p.activity_id = a.id
            GROUP BY a.id, a.participant_count HAVING a.participant_count <> count(p.position)
            UNION ALL
            SELECT 'an activity names a member of another household' FROM activity_participant p
            JOIN member m ON m.id = p.member_id WHERE m.household_number <> p.household_number
            """
        ),
        (
            "codes of needs and activities",
            """
            SELECT 'an unknown ' || u.list_key || ' ' || u.code FROM (
                SELECT 'need-kind' AS list_key, kind AS code FROM need
                UNION SELECT 'need-channel', channel FROM need
                UNION SELECT 'activity-kind', kind FROM activity) u
            WHERE NOT EXISTS (SELECT 1 FROM code_value v WHERE v.list_key = u.list_key AND v.code = u.code)
            """
        ),
    ]
}
