// What `jiedui check` asks of change proposals.

/// Queries that give a line for what is wrong.
package enum ProposalCheck {
    package static let queries: [(String, String)] = [
        (
            "states of change proposals",
            """
            SELECT 'a change proposal is ' || p.state || ', but ' || o.open || ' of its fields are open'
            FROM change_proposal p JOIN (SELECT proposal_id, sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS open
                FROM change_proposal_field GROUP BY proposal_id) o ON o.proposal_id = p.id
            WHERE (p.state = 'open') <> (o.open > 0)
            UNION ALL
            SELECT 'a change proposal has no field' FROM change_proposal p
            WHERE NOT EXISTS (SELECT 1 FROM change_proposal_field f WHERE f.proposal_id = p.id)
            """
        ),
        (
            "households of change proposals",
            """
            SELECT 'a change proposal lies at ' || p.area_code || ', its household at ' || h.area_code
            FROM change_proposal p JOIN household h ON h.household_number = p.household_number
            WHERE p.area_code <> h.area_code
            UNION ALL
            SELECT 'a change proposal names a member of another household' FROM change_proposal p
            JOIN member m ON m.id = p.member_id WHERE m.household_number <> p.household_number
            UNION ALL
            SELECT 'a change proposal names a visit to somebody else' FROM change_proposal p
            JOIN visit v ON v.id = p.visit_id WHERE v.household_number IS DISTINCT FROM p.household_number
            """
        ),
    ]
}
