// What `jiedui check` recounts of partnerships, campaigns and contact cards.

/// Queries that return a line for each fault.
package enum PartnershipCheck {
    package static let queries: [(String, String)] = [
        (
            "places of partnerships, campaigns and contact cards",
            """
            WITH RECURSIVE heir (id, last) AS (
                SELECT id, id FROM division WHERE successor_id IS NULL
                UNION ALL SELECT d.id, h.last FROM division d JOIN heir h ON d.successor_id = h.id)
            SELECT 'a partnership lies at ' || p.area_code || ', its target at '
                || coalesce(t.area_code, o.area_code, d.area_code)
            FROM partnership p LEFT JOIN household t ON t.household_number = p.household_number
            LEFT JOIN organization o ON o.id = p.target_organization_id
            LEFT JOIN heir h ON h.id = p.target_division_id LEFT JOIN division d ON d.id = h.last
            WHERE p.area_code <> coalesce(t.area_code, o.area_code, d.area_code)
            UNION ALL
            SELECT 'a campaign lies at ' || c.area_code || ', its division at ' || d.area_code
            FROM campaign c JOIN heir h ON h.id = c.division_id JOIN division d ON d.id = h.last
            WHERE c.area_code <> d.area_code OR c.level <> d.level
            UNION ALL
            SELECT 'a contact card lies at ' || k.area_code || ', its household at ' || t.area_code
            FROM contact_card k JOIN household t ON t.household_number = k.household_number
            WHERE k.area_code <> t.area_code
            """
        ),
        (
            "parties of partnerships and contact cards",
            """
            SELECT 'a partnership names a member of another household' FROM partnership p
            JOIN member m ON m.id = p.member_id WHERE m.household_number <> p.household_number
            UNION ALL
            SELECT 'a contact card names another helper or household than its pairing' FROM contact_card k
            JOIN pairing p ON p.id = k.pairing_id
            WHERE p.household_number <> k.household_number OR p.cadre_id <> k.cadre_id
            UNION ALL
            SELECT 'partnership kind ' || kind || ' is not known' FROM partnership
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'partnership-kind' AND code = kind)
            """
        ),
    ]
}
