// Households that are helped today and will have nobody who answers for them, from a day that is known already: a
// retirement that is recorded, a quota or a pairing with an end. By when somebody else must be there follows from it.

import Archive
import Domain
import SQL
import Service

package struct ComingLoss {
    package let household: Int64
    /// The day from which nobody answers.
    package let since: CivilDate
    /// By when a successor must be there.
    package let due: CivilDate

    /// The first one of each household of an area that must be helped on the day, among the days after today.
    package static func all(
        in scope: Scope, after today: CivilDate, through last: CivilDate, _ connection: Connection
    ) throws -> [ComingLoss] {
        var deadlines = HandoverDeadlines()
        var terms = ConsolidationTerms()
        var losses: [ComingLoss] = []
        // Whoever answers ends to, or cannot help any more.
        let found = try connection.query(
            """
            WITH ending (number) AS MATERIALIZED (
                SELECT household_number FROM responsibility
                WHERE superseded_at IS NULL AND valid_to IS NOT NULL AND valid_to > $3 AND valid_to <= $4
                UNION SELECT p.household_number FROM cadre_capacity y CROSS JOIN pairing p ON p.cadre_id = y.cadre_id
                WHERE y.valid_to > $3 AND y.valid_to <= $4 AND (p.end_on IS NULL OR p.end_on > $3))
            SELECT h.household_number, h.village_id, h.state, h.state_since, min(k.end_on)
            FROM ending e CROSS JOIN household h ON h.household_number = e.number
            CROSS JOIN household_covered k ON k.household_number = e.number
            WHERE h.area_code BETWEEN $1 AND $2 AND h.ended_on IS NULL AND k.end_on > $3 AND k.end_on <= $4
                AND NOT EXISTS (SELECT 1 FROM household_covered n WHERE n.household_number = e.number
                    AND n.first_on <= k.end_on AND (n.end_on IS NULL OR n.end_on > k.end_on))
            GROUP BY h.household_number
            """, scope.first, scope.last, today, last
        ) { row in
            (
                household: row.int64(0), village: try row.identifier(1), state: row.text(2),
                stateSince: try row.date(3), since: try row.date(4)
            )
        }
        for loss in found {
            let isBound = try terms.binds(
                state: loss.state, since: loss.stateSince, in: loss.village, on: loss.since, connection)
            guard isBound else { continue }
            let due = try deadlines.until(loss.since, in: loss.village, connection)
            losses.append(ComingLoss(household: loss.household, since: loss.since, due: due))
        }
        return losses
    }
}
