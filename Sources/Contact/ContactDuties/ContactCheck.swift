// What is kept of duties of contact against a recount: every household by the plain ledger over all its contacts, the
// sums and last visits by queries of their own.

import Domain
import SQL

package enum ContactCheck {
    /// A line for each kept row that is wrong.
    package static func faults(_ connection: Connection, max: Int) throws -> [(subject: String, faults: [String])] {
        [
            ("kept duties of contact", try duties(connection, max: max)),
            ("kept sums of duties of contact", try connection.query(sums + " LIMIT \(max)") { $0.text(0) }),
            ("kept last visits of cadres", try connection.query(lastVisits + " LIMIT \(max)") { $0.text(0) }),
        ]
    }

    /// Rows that begin after the day through which duties are kept of everybody are there for some households already;
    /// those of households that a changed rule has not reached yet are passed over.
    private static func duties(_ connection: Connection, max limit: Int) throws -> [String] {
        let through = try ContactHorizon.kept(connection) ?? .first
        let work = try ContactWork.read(connection)
        let isFilling = try ContactHorizon.kept(connection) == nil
        let policies = ContactPolicies()
        var faults: [String] = []
        let households = try connection.query(
            "SELECT household_number, archive_number FROM household ORDER BY household_number"
        ) { (number: $0.int64(0), name: $0.text(1)) }
        for household in households where faults.count < limit {
            if isFilling || (work.map { $0.isStale && household.number > $0.next } ?? false) { continue }
            guard let facts = try ContactFacts.read(household.number, policies, connection) else { continue }
            let kept = try ContactRows.all(of: household.number, connection)
            let last = max(through, kept.map(\.name.first).max() ?? through)
            let counted = try HouseholdContacts.counting(
                for: try facts.duties(through: last, connection), of: household.number, connection)
            let early = { (duty: ContactDuty) in duty.name.first <= through }
            if Set(kept.filter(early)) != Set(counted.filter(early)) || !Set(kept).isSubset(of: Set(counted)) {
                faults.append("household \(household.name) keeps other duties of contact than it has")
            }
        }
        return faults
    }

    private static let sums = """
        SELECT DISTINCT 'village ' || d.code || ' keeps other sums of duties than it has' FROM (
            SELECT * FROM (SELECT h.village_id, c.period_end, c.kind, c.subject, c.period_start, count(*) AS duties,
                count(c.done_on) AS done, count(CASE WHEN c.done_on > c.period_end THEN 1 END) AS late
                FROM contact_duty c JOIN household h ON h.household_number = c.household_number
                GROUP BY h.village_id, c.period_end, c.kind, c.subject, c.period_start
                EXCEPT SELECT village_id, period_end, kind, subject, period_start, duties, done, late
                FROM contact_figure)
            UNION ALL SELECT * FROM (
                SELECT village_id, period_end, kind, subject, period_start, duties, done, late FROM contact_figure
                EXCEPT SELECT h.village_id, c.period_end, c.kind, c.subject, c.period_start, count(*), count(c.done_on),
                    count(CASE WHEN c.done_on > c.period_end THEN 1 END)
                FROM contact_duty c JOIN household h ON h.household_number = c.household_number
                GROUP BY h.village_id, c.period_end, c.kind, c.subject, c.period_start)) x
        JOIN division d ON d.id = x.village_id
        UNION SELECT 'village ' || d.code || ' keeps another backlog of duties than it has' FROM (
            SELECT village_id, kind, sum(duties - done) AS open, 0 AS kept FROM contact_figure GROUP BY village_id, kind
            UNION ALL SELECT village_id, kind, 0, open FROM contact_backlog) y JOIN division d ON d.id = y.village_id
        GROUP BY d.code, y.kind HAVING sum(y.open) <> sum(y.kept)
        """

    private static let lastVisits = """
        WITH counted (cadre_id, last_visit_on) AS (
            SELECT cadre_id, max(counted_on) FROM (
                SELECT author_id AS cadre_id, counted_on FROM visit
                WHERE author_id IS NOT NULL AND is_counted = 1 AND kind IN (\(HouseholdContacts.visitKinds))
                UNION ALL SELECT c.cadre_id, v.counted_on FROM visit_companion c
                JOIN visit v ON v.visit_number = c.visit_number
                WHERE c.cadre_id IS NOT NULL AND v.is_counted = 1 AND v.kind IN (\(HouseholdContacts.visitKinds))) a
            GROUP BY cadre_id)
        SELECT DISTINCT 'cadre ' || k.name || ' keeps another last visit than the one made' FROM (
            SELECT * FROM (SELECT cadre_id, last_visit_on FROM counted
                EXCEPT SELECT cadre_id, last_visit_on FROM cadre_contact)
            UNION ALL SELECT * FROM (SELECT cadre_id, last_visit_on FROM cadre_contact
                EXCEPT SELECT cadre_id, last_visit_on FROM counted)) x
        JOIN cadre k ON k.id = x.cadre_id
        """
}
