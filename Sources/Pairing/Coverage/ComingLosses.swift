// Households that are helped today and will have nobody who answers for them, from a day that is known already: a
// retirement that is recorded, a quota or a pairing with an end. By when somebody else must be there follows from it.
// It is `HelpCourse.waiting` in the words of SQL, because a desk asks it of a whole county in a millisecond or two.

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
        // Whoever answers ends to, or cannot help any more; where nobody ever answered, the last of those who help
        // cannot.
        let found = try connection.query(
            """
            WITH ending (number) AS MATERIALIZED (
                SELECT household_number FROM responsibility
                WHERE superseded_at IS NULL AND valid_to IS NOT NULL AND valid_to > $3 AND valid_to <= $4
                UNION SELECT household_number FROM pairing WHERE end_on > $3 AND end_on <= $4
                UNION SELECT p.household_number FROM cadre_capacity y CROSS JOIN pairing p ON p.cadre_id = y.cadre_id
                WHERE y.valid_to > $3 AND y.valid_to <= $4 AND (p.end_on IS NULL OR p.end_on > $3)),
            loss (number, day) AS (
                SELECT e.number, k.end_on
                FROM ending e CROSS JOIN household_covered k ON k.household_number = e.number
                WHERE k.end_on > $3 AND k.end_on <= $4 AND NOT EXISTS (SELECT 1 FROM household_covered n
                    WHERE n.household_number = e.number AND \(DayInterval.holds("n", on: "k.end_on")))
                UNION ALL
                SELECT e.number, a.end_on FROM ending e CROSS JOIN pairing_able a ON a.household_number = e.number
                WHERE a.end_on > $3 AND a.end_on <= $4
                    AND NOT EXISTS (SELECT 1 FROM household_covered n
                        WHERE n.household_number = e.number AND n.first_on <= a.end_on)
                    AND NOT EXISTS (SELECT 1 FROM pairing_able n
                        WHERE n.household_number = e.number AND \(DayInterval.holds("n", on: "a.end_on")))
                    AND NOT EXISTS (SELECT 1 FROM household_help w
                        WHERE w.household_number = e.number AND w.awaiting_since IS NOT NULL))
            SELECT \(LeftHousehold.columns), l.number, min(l.day)
            FROM loss l CROSS JOIN household h ON h.household_number = l.number
            WHERE h.area_code BETWEEN $1 AND $2 AND h.ended_on IS NULL GROUP BY l.number
            """, scope.first, scope.last, today, last
        ) { (household: try LeftHousehold($0), number: $0.int64(7), since: try $0.date(8)) }
        for (household, number, since) in found
        where try household.mustBeHelped(on: since, &terms, connection) {
            let due = try deadlines.until(since, in: household.village, connection)
            losses.append(ComingLoss(household: number, since: since, due: due))
        }
        return losses
    }
}
