// Duties of contact counted from what decides on them and from the contacts, for any day: of one household or helper in
// less than a millisecond, of an area in as long as it takes.

import Domain
import Pairing
import SQL
import Service
import Web

struct LedgerContactDuties {
    private let question: ContactDutyQuestion
    /// Those too whom the caller may not see today.
    private let counts: Bool

    /// - Parameter counts: households are counted and not named, so that those who have left the caller's range are
    ///   counted where they were.
    init(_ question: ContactDutyQuestion, counts: Bool) {
        self.question = question
        self.counts = counts
    }

    /// The duties asked for, in the order of the list.
    func items(_ connection: Connection) throws -> [ContactDutyItem] {
        try items(of: households(connection), connection)
    }

    func items(of households: [ContactHousehold], _ connection: Connection) throws -> [ContactDutyItem] {
        let policies = ContactPolicies()
        var items: [ContactDutyItem] = []
        for household in households {
            for duty in try duties(of: household.number, policies, connection)
            where question.includes(duty, of: household) {
                let state = question.state(of: duty)
                items.append(
                    ContactDutyItem(
                        place: ContactDutyPlace(duty, state, of: household), duty: duty, state: state))
            }
        }
        return items.sorted { $0.place < $1.place }
    }

    /// The duties of a household that had not ended on the day.
    func duties(
        of number: Int64, _ policies: ContactPolicies, _ connection: Connection
    ) throws -> [ContactDuty] {
        guard let facts = try ContactFacts.read(number, policies, connection) else { return [] }
        let owed = try facts.duties(
            endingFrom: question.span?.first ?? .first, through: question.horizon, wasLiving: true, connection
        ).filter { question.kind == nil || $0.name.kind == question.kind }
        return try HouseholdContacts.counting(for: owed, of: number, until: question.knownUntil, connection)
    }

    /// Whose duties are asked for, of those that the caller may see and that had not ended on the day, each where it
    /// lived on it.
    ///
    /// - Parameter hasEnded: only those that have ended since.
    func households(ended hasEnded: Bool = false, _ connection: Connection) throws -> [ContactHousehold] {
        var conditions = ListConditions()
        let stays = try question.stays(connection)
        question.add(stays, counting: counts, to: &conditions)
        let standing = conditions.bind(question.standingDay)
        conditions.add("\(hasEnded ? "" : "h.ended_on IS NULL OR ")h.ended_on > \(standing)")
        if question.standingDay < question.today {
            // Whose archive begins later was not in the register on the day.
            conditions.add(
                """
                (h.valid_from <= \(standing) OR EXISTS (SELECT 1 FROM household_history b
                    WHERE b.household_number = h.household_number AND b.superseded_at IS NULL
                        AND b.valid_to IS NOT NULL AND b.valid_from <= \(standing)))
                """)
        }
        if let id = question.householdId { conditions.add("h.id = \(conditions.bind(id))") }
        if let id = question.cadreId {
            let cadre = conditions.bind(id)
            let day = conditions.bind(question.day)
            let answers = """
                AND EXISTS (SELECT 1 FROM responsibility r WHERE r.household_number = p.household_number
                    AND r.pairing_id = p.id AND r.superseded_at IS NULL AND r.valid_from <= \(day)
                    AND (r.valid_to IS NULL OR r.valid_to > \(day)))
                """
            conditions.add(
                """
                h.household_number IN (SELECT p.household_number FROM pairing p WHERE p.cadre_id = \(cadre)
                    AND p.first_on <= \(day) AND (p.end_on IS NULL OR p.end_on > \(day))
                    AND \(Helping.isAble(cadre, on: day))
                    \(question.includesJoint ? "" : answers))
                """)
        }
        return try connection.query(
            """
            SELECT h.household_number, h.area_code, h.archive_number, h.ended_on FROM household h
            WHERE \(conditions.clauses.map { "(\($0))" }.joined(separator: " AND "))
            ORDER BY h.area_code, h.archive_number
            """, values: conditions.values
        ) { row in
            let number = row.int64(0)
            let home = stays.home(of: number, on: question.day)
            return ContactHousehold(
                number: number, areaCode: home?.place ?? row.int64(1), village: home?.village,
                archiveNumber: row.text(2), endedOn: try row.optionalDate(3))
        }
    }
}
