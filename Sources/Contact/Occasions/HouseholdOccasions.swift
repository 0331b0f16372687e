// The occasions of a household (五必访, R063): the festivals and busy seasons of the villages where it has lived, and
// events in the household, according to the archive and visits. Which visits they require and what was done is counted
// in Duties.

import Archive
import Domain
import SQL

/// Where a household lived from a day on.
struct HouseholdResidence {
    let village: Identifier
    let first: CivilDate
    /// The first day on which it no longer lived there; nil for no end.
    let end: CivilDate?
}

enum HouseholdOccasions {
    /// The windows of a household that overlap the span, in the order of their days.
    ///
    /// - Parameters:
    ///   - home: where it lives, if it was created in this transaction and has neither past nor visits.
    ///   - policies: what was already read for other households.
    static func windows(
        of household: Int64, newIn home: HouseholdResidence? = nil, from first: CivilDate, through last: CivilDate,
        by policies: OccasionPolicies = OccasionPolicies(), _ connection: Connection
    ) throws -> [OccasionWindow] {
        guard first <= last else { return [] }
        let residences = try home.map { [$0] } ?? residences(of: household, connection)
        let stretches = try stretches(residences, policies, connection)
        var windows = OccasionCalendar.windows(
            stretches, festivals: try policies.festivals(connection), from: first, through: last)
        let earliest = first.adding(days: -OccasionCalendar.eventDaysMax)
        windows += OccasionCalendar.windows(
            of: try events(of: household, isNew: home != nil, from: earliest, through: last, connection), stretches,
            from: first, through: last)
        return windows.sorted {
            ($0.first, $0.last, $0.kind, $0.subject) < ($1.first, $1.last, $1.kind, $1.subject)
        }
    }

    private static func stretches(
        _ residences: [HouseholdResidence], _ policies: OccasionPolicies, _ connection: Connection
    ) throws -> [OccasionStretch] {
        var stretches: [OccasionStretch] = []
        for residence in residences {
            for stretch in try policies.stretches(of: residence.village, connection) {
                let first = max(stretch.first, residence.first)
                let end = [stretch.end, residence.end].compactMap(\.self).min()
                if let end, end <= first { continue }
                stretches.append(OccasionStretch(first: first, end: end, rules: stretch.rules))
            }
        }
        return stretches
    }

    /// Where a household lived, as believed now.
    private static func residences(of household: Int64, _ connection: Connection) throws -> [HouseholdResidence] {
        let rows = try connection.query(
            """
            SELECT village_id, valid_from, valid_to FROM household_history
            WHERE household_number = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL
            UNION ALL SELECT village_id, valid_from, NULL FROM household WHERE household_number = $1
            ORDER BY 2
            """, household
        ) {
            HouseholdResidence(village: try $0.identifier(0), first: try $0.date(1), end: try $0.optionalDate(2))
        }
        // Rows also change for other reasons; consecutive ones in the same village are one stay.
        return rows.reduce(into: []) { stays, row in
            guard let last = stays.last, last.village == row.village, last.end == row.first else {
                stays.append(row)
                return
            }
            stays[stays.count - 1] = HouseholdResidence(village: row.village, first: last.first, end: row.end)
        }
    }

    // MARK: Events

    private static let birth = "birth"
    private static let death = "death"

    /// What happened to a household in a span of days.
    private static func events(
        of household: Int64, isNew: Bool, from first: CivilDate, through last: CivilDate, _ connection: Connection
    ) throws -> [HouseholdEvent] {
        var events: [HouseholdEvent] = []
        try connection.forEach(
            """
            SELECT CASE WHEN m.join_reason = 'birth' THEN m.joined_on END,
                CASE WHEN m.left_reason = 'death' THEN m.left_on END
            FROM member m WHERE m.household_number = $1 AND (m.join_reason = 'birth' OR m.left_reason = 'death')
            """, household
        ) { row in
            if let born = try row.optionalDate(0) { events.append(HouseholdEvent(.birth, on: born)) }
            if let died = try row.optionalDate(1) { events.append(HouseholdEvent(.death, on: died)) }
        }
        if isNew { return events }
        events += try illnesses(of: household, connection)
        try connection.forEach(
            """
            SELECT e.kind, e.happened_on FROM visit v JOIN visit_event e ON e.visit_number = v.visit_number
            WHERE v.household_number = $1 AND v.is_counted = 1 AND e.happened_on BETWEEN $2 AND $3
            """, household, first, last
        ) { row in
            guard let kind = HouseholdEvent.Kind(rawValue: row.text(0)) else { return }
            events.append(HouseholdEvent(kind, on: try row.date(1)))
        }
        return events
    }

    /// The days on which a member's health changed to ill or disabled, as believed now. Recording it for the first time
    /// is not a change.
    private static func illnesses(of household: Int64, _ connection: Connection) throws -> [HouseholdEvent] {
        var events: [HouseholdEvent] = []
        var before: (member: Identifier, health: String?)?
        try connection.forEach(
            """
            SELECT id, health, valid_from FROM member_history
            WHERE household_number = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL
            UNION ALL SELECT id, health, valid_from FROM member WHERE household_number = $1
            ORDER BY 1, 3
            """, household
        ) { row in
            let member = try row.identifier(0)
            let health = row.optionalText(1)
            if let before, before.member == member, let was = before.health, let health, health != was,
                HealthCode.ill.contains(health) || HealthCode.disabled.contains(health)
            {
                events.append(HouseholdEvent(.illness, on: try row.date(2)))
            }
            before = (member, health)
        }
        return events
    }

    /// The first day on which a change of a member may change the occasions of their household; nil if it changes none.
    ///
    /// - Parameters:
    ///   - old: nil for a new member.
    ///   - day: from which the new state holds.
    static func firstDay(from old: MemberState?, to new: MemberState, on day: CivilDate) -> CivilDate? {
        var days: [CivilDate] = []
        func note(_ member: MemberState) {
            if member.joinReason == birth { days.append(member.joinedOn) }
            if let leftOn = member.leftOn, member.leftReason == death { days.append(leftOn) }
        }
        if let old {
            let isSame =
                old.joinReason == new.joinReason && old.joinedOn == new.joinedOn && old.leftReason == new.leftReason
                && old.leftOn == new.leftOn
            if !isSame {
                note(old)
                note(new)
            }
            if old.health != new.health { days.append(day) }
        } else {
            note(new)
        }
        return days.min()
    }
}
