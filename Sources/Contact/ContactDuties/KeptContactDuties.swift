// Duties of one household or helper, and of an area on a past day, of a span of days, or on a day beyond those through
// which they are kept: a reading of the kept rows, with what begins later from the ledger. Of an area it takes as long
// as it takes.

import Domain
import SQL
import Service
import Web

struct KeptContactDuties {
    private let question: ContactDutyQuestion
    private let counts: Bool

    /// - Parameter counts: as of the ledger.
    init(_ question: ContactDutyQuestion, counts: Bool) {
        self.question = question
        self.counts = counts
    }

    /// The duties asked for, in the order of the list.
    ///
    /// - Parameter kept: the day through which duties are kept.
    func items(through kept: CivilDate, _ connection: Connection) throws -> [ContactDutyItem] {
        let ledger = LedgerContactDuties(question, counts: counts)
        let households = try ledger.households(connection)
        let byNumber = Dictionary(uniqueKeysWithValues: households.map { ($0.number, $0) })
        var items: [ContactDutyItem] = []
        func add(_ duty: ContactDuty, _ household: ContactHousehold) {
            guard question.includes(duty, of: household) else { return }
            let state = question.state(of: duty)
            items.append(
                ContactDutyItem(place: ContactDutyPlace(duty, state, of: household), duty: duty, state: state))
        }
        var conditions = ListConditions()
        if question.isOfFew {
            let numbers = "[\(households.map { String($0.number) }.joined(separator: ","))]"
            conditions.add("d.household_number IN (SELECT value FROM json_each(\(conditions.bind(numbers))))")
        }
        let horizon = conditions.bind(min(question.horizon, kept))
        conditions.add("d.period_start <= \(horizon)")
        if let span = question.span {
            conditions.add("d.period_end >= \(conditions.bind(span.first))")
        } else {
            let day = conditions.bind(question.day)
            let known = conditions.bind(question.knownUntil)
            conditions.add("(d.period_end >= \(day) OR d.done_on IS NULL OR d.done_on > \(known))")
        }
        if let kind = question.kind { conditions.add("d.kind = \(conditions.bind(kind.rawValue))") }
        try connection.forEach(
            """
            SELECT d.household_number, d.kind, d.subject, d.period_start, d.period_end, d.required, d.contacts,
                d.done_on
            FROM contact_duty d WHERE \(conditions.clauses.joined(separator: " AND "))
            """, values: conditions.values
        ) { row in
            guard let household = byNumber[row.int64(0)] else { return }
            add(try ContactRows.read(row, from: 1), household)
        }
        let policies = ContactPolicies()
        for household in households where household.hasEnded {
            let duties = try ledger.duties(of: household.number, policies, connection)
            for duty in duties { add(duty, household) }
        }
        if question.horizon > kept {
            for household in households where !household.hasEnded {
                guard let facts = try ContactFacts.read(household.number, policies, connection) else { continue }
                let later = try facts.duties(
                    endingFrom: kept.adding(days: 1), through: question.horizon, connection
                ).filter { $0.name.first > kept }
                // A period that is not kept yet has contacts only where the turn of a month was missed.
                let counted =
                    kept < question.today
                    ? try HouseholdContacts.counting(
                        for: later, of: household.number, until: question.knownUntil, connection) : later
                for duty in counted { add(duty, household) }
            }
        }
        return items.sorted { $0.place < $1.place }
    }

    /// A duty with the contacts until a past day, in place of those that came since.
    static func known(
        _ duty: ContactDuty, of household: Int64, until last: CivilDate, _ connection: Connection
    ) throws -> ContactDuty {
        guard duty.name.last > last, duty.contacts > 0 else { return duty }
        return try HouseholdContacts.counting(for: [duty], of: household, until: last, connection).first ?? duty
    }
}
