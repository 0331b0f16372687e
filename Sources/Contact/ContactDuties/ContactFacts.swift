// What decides on the duties of a household, as believed now: since when it is in the register and helped, where it was
// and what state it had on each day, the parameters of those places, its occasions, and its contacts.

import Domain
import Pairing
import SQL

struct ContactFacts {
    let number: Int64
    /// The village in which the household is now.
    let villageId: Identifier
    /// The day on which its archive was made in the register.
    let createdOn: CivilDate
    /// The day on which it came under duty.
    let begin: CivilDate
    /// It has ended: from that day on it is owed nothing, and nothing is kept of it. What it was owed before is counted
    /// for a day before only.
    let hasEnded: Bool
    /// The cadence of each day.
    let stretches: [ContactStretch]
    /// Where it lives and since when, where it has no past to ask for.
    private let newHome: HouseholdResidence?
    private let occasions: OccasionPolicies

    /// - Parameter isNew: made in this transaction and not changed since, so that it has no past to ask for.
    static func read(
        _ number: Int64, isNew: Bool = false, _ policies: ContactPolicies, _ connection: Connection
    ) throws -> ContactFacts? {
        let found = try connection.first(
            """
            SELECT h.village_id, h.state, h.valid_from, h.created_at,
                (SELECT min(p.first_on) FROM pairing p WHERE p.household_number = h.household_number
                    AND (p.end_on IS NULL OR p.end_on > p.first_on)), h.ended_on IS NOT NULL
            FROM household h WHERE h.household_number = $1
            """, number
        ) { row in
            (
                state: DatedState(first: try row.date(2), village: try row.identifier(0), state: row.text(1)),
                createdOn: Instant(milliseconds: row.int64(3)).shanghaiDate, pairedOn: try row.optionalDate(4),
                hasEnded: row.bool(5)
            )
        }
        guard let (now, createdOn, pairedOn, hasEnded) = found else { return nil }
        var states = isNew ? [] : try past(number, connection)
        states.append(now)
        let then = states.last { $0.first <= createdOn } ?? states[0]
        let monthsBack =
            try policies.policy(of: then.village, connection).segment(on: createdOn)?.monthsBack ?? 0
        let begin = max(
            states[0].first, min(pairedOn ?? createdOn, createdOn), createdOn.adding(months: -monthsBack))
        return ContactFacts(
            number: number, villageId: now.village, createdOn: createdOn, begin: begin,
            hasEnded: hasEnded,
            stretches: try stretches(states, from: begin, policies, connection),
            newHome: isNew ? HouseholdResidence(village: now.village, first: now.first, end: nil) : nil,
            occasions: policies.occasions)
    }

    private struct DatedState {
        let first: CivilDate
        let village: Identifier
        let state: String
    }

    private static func past(_ number: Int64, _ connection: Connection) throws -> [DatedState] {
        try connection.query(
            """
            SELECT valid_from, village_id, state FROM household_history
            WHERE household_number = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL ORDER BY valid_from
            """, number
        ) { DatedState(first: try $0.date(0), village: try $0.identifier(1), state: $0.text(2)) }
    }

    private static func stretches(
        _ states: [DatedState], from begin: CivilDate, _ policies: ContactPolicies, _ connection: Connection
    ) throws -> [ContactStretch] {
        var stretches: [ContactStretch] = []
        for (index, state) in states.enumerated() {
            let end = index + 1 < states.count ? states[index + 1].first : nil
            if let end, end <= begin { continue }
            let segments = try policies.policy(of: state.village, connection).segments
            for (place, segment) in segments.enumerated() {
                if place + 1 < segments.count, segments[place + 1].first <= max(state.first, begin) { continue }
                if let end, segment.first >= end { break }
                let visit = state.state == HouseholdHelp.liftedState ? segment.lifted : segment.unlifted
                if let last = stretches.last, last.phone == segment.phone, last.visit == visit { continue }
                stretches.append(
                    ContactStretch(first: max(state.first, segment.first), phone: segment.phone, visit: visit))
            }
        }
        return stretches
    }

    /// What the household is owed in periods that end on `first` or later and begin on `horizon` or earlier, without
    /// contacts.
    ///
    /// - Parameter wasLiving: asked for a day on which the household had not ended.
    func duties(
        endingFrom first: CivilDate = .first, through horizon: CivilDate, wasLiving: Bool = false,
        _ connection: Connection
    ) throws -> [ContactDuty] {
        if hasEnded && !wasLiving { return [] }
        let from = max(first, begin)
        let windows =
            from > horizon
            ? []
            : try HouseholdOccasions.windows(
                of: number, newIn: newHome, from: from, through: horizon, by: occasions, connection)
        return ContactLedger(begin: begin, stretches: stretches, windows: windows)
            .duties(endingFrom: first, through: horizon)
    }
}

enum HouseholdContacts {
    /// Kinds of visits that count as somebody having been there, and the one that counts as a call, for SQL.
    static let countedKinds = "\(visitKinds), '\(phoneKind)'"
    static let visitKinds = ContactSort.visitKinds.map { "'\($0)'" }.joined(separator: ", ")
    static let phoneKind = ContactSort.callKind
    static let occasionList = "visit-occasion"

    /// The contacts of a household from a day on that count for something.
    ///
    /// - Parameter isNaming: with the occasions that they name, which takes longer.
    static func read(
        _ number: Int64, from first: CivilDate, isNaming: Bool, _ connection: Connection
    ) throws -> [HouseholdContact] {
        let counted = """
            v.household_number = $1 AND v.counted_on >= $2 AND v.is_counted = 1 AND v.kind IN (\(countedKinds))
            """
        guard isNaming else {
            return try connection.query(
                "SELECT v.counted_on, v.kind FROM visit v WHERE \(counted)", number, first
            ) { HouseholdContact(day: try $0.date(0), isVisit: $0.text(1) != phoneKind) }
        }
        var found: [Int64: HouseholdContact] = [:]
        try connection.forEach(
            """
            SELECT v.visit_number, v.counted_on, v.kind, m.code FROM visit v
            LEFT JOIN visit_mark m ON m.visit_number = v.visit_number AND m.list_key = '\(occasionList)'
            WHERE \(counted)
            """, number, first
        ) { row in
            let named = row.optionalText(3).flatMap(ContactDutyKind.init(rawValue:))
            let before = found[row.int64(0)]?.occasions ?? []
            found[row.int64(0)] = HouseholdContact(
                day: try row.date(1), isVisit: row.text(2) != phoneKind,
                occasions: before.union(named.map { [$0] } ?? []))
        }
        return Array(found.values)
    }

    /// Duties with what the household's contacts did for them.
    ///
    /// - Parameter last: later contacts are passed over.
    static func counting(
        for duties: [ContactDuty], of number: Int64, until last: CivilDate = .last, _ connection: Connection
    ) throws -> [ContactDuty] {
        guard let first = duties.map(\.name.first).min() else { return [] }
        let contacts = try read(
            number, from: first, isNaming: duties.contains { $0.name.kind.isOccasion }, connection
        ).filter { $0.day <= last }
        return ContactLedger.counting(contacts, for: duties)
    }
}
