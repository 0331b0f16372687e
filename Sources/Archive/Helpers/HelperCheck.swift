// What `jiedui check` recounts of organizations, cadres and other helpers.

/// Queries that give a line for what is wrong.
enum HelperCheck {
    static let queries: [(String, String)] = [
        (
            "places of organizations and helpers",
            """
            SELECT 'organization ' || o.name || ' lies at ' || o.area_code || ', its home at ' || d.area_code
            FROM organization o JOIN division d ON d.id = o.division_id
            WHERE o.area_code <> d.area_code OR d.successor_id IS NOT NULL
            UNION ALL
            SELECT 'a helper lies at ' || h.area_code || ', who is served at ' || d.area_code
            FROM helper h JOIN division d ON d.id = h.division_id
            WHERE h.area_code <> d.area_code OR d.successor_id IS NOT NULL
            """
        ),
        (
            "no organization lies below itself",
            """
            WITH RECURSIVE below (id, top) AS (
                SELECT id, id FROM organization WHERE parent_id IS NULL
                UNION ALL SELECT o.id, b.top FROM organization o JOIN below b ON o.parent_id = b.id)
            SELECT 'organization ' || name || ' lies below itself' FROM organization
            WHERE id NOT IN (SELECT id FROM below)
            """
        ),
        ("ranks, post states and links of cadres on the day they were kept for", kept),
        (
            "places of cadres",
            """
            SELECT 'a cadre of ' || o.name || ' lies at ' || c.area_code || ', belongs at '
                || coalesce(d.area_code, o.area_code)
            FROM cadre c JOIN organization o ON o.id = c.organization_id
            LEFT JOIN division d ON d.id = c.linked_division_id
            WHERE c.area_code <> coalesce(d.area_code, o.area_code)
            """
        ),
        (
            "codes of organizations, cadres and helpers",
            """
            SELECT 'organization ' || name || ' has an unknown code' FROM organization
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'organization-kind' AND code = kind)
                OR NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'organization-level' AND code = level)
            UNION ALL
            SELECT 'a cadre has an unknown rank ' || rank FROM cadre_rank
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'cadre-rank' AND code = rank)
            UNION ALL
            SELECT 'a cadre has an unknown post state ' || post_state FROM cadre_post
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'post-state' AND code = post_state)
            UNION ALL
            SELECT 'a helper is of an unknown kind ' || kind FROM helper
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'helper-kind' AND code = kind)
            """
        ),
    ]

    /// A linked division that was succeeded means the end of its successors.
    private static let kept = """
        WITH RECURSIVE heir (id, last) AS (
            SELECT id, id FROM division WHERE successor_id IS NULL
            UNION ALL SELECT d.id, h.last FROM division d JOIN heir h ON d.successor_id = h.id),
        day (today) AS (SELECT value FROM setting WHERE key = 'kept-day')
        SELECT 'a cadre of ' || o.name || ' keeps another rank, post state or link than is recorded'
        FROM cadre c CROSS JOIN day JOIN organization o ON o.id = c.organization_id
        LEFT JOIN cadre_rank r ON r.cadre_id = c.id AND r.superseded_at IS NULL AND r.valid_from <= day.today
            AND (r.valid_to IS NULL OR r.valid_to > day.today)
        LEFT JOIN cadre_post p ON p.cadre_id = c.id AND p.superseded_at IS NULL AND p.valid_from <= day.today
            AND (p.valid_to IS NULL OR p.valid_to > day.today)
        LEFT JOIN cadre_link l ON l.cadre_id = c.id AND l.superseded_at IS NULL AND l.valid_from <= day.today
            AND (l.valid_to IS NULL OR l.valid_to > day.today)
        LEFT JOIN heir h ON h.id = l.division_id
        WHERE c.rank IS DISTINCT FROM r.rank OR c.post_state IS DISTINCT FROM p.post_state
            OR c.linked_division_id IS DISTINCT FROM h.last
        """
}
