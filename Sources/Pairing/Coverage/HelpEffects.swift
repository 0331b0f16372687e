// Whom a change of a cadre, a quota or a division leaves behind, and which households it or a move puts outside the
// area of their helper (R040, R041, R046): found for whoever makes the change, where they ask (HelpConsequences).
// Nothing is kept here.

import Archive
import Domain
import SQL
import Service

enum HelpEffects {
    static let subscriptions: [Subscription] = [
        Subscription(to: CapacityChanged.self) { event, transaction in
            guard transaction.tellsConsequences else { return }
            try leaveBehind(event, transaction)
            try putOutside(event, transaction)
        },
        Subscription(to: HouseholdWritten.self) { event, transaction in
            guard transaction.tellsConsequences, case .changed(_, let day) = event.occurrence,
                let before = event.before, before.state.villageId != event.state.villageId
            else { return }
            if transaction.consequences.defersMoves {
                try transaction.memory(MovedHelped.self).note(
                    household: event.number, from: before.areaCode, on: day, transaction)
            } else {
                try move(event.number, from: before.areaCode, on: day, transaction)
            }
        },
        Subscription(to: DivisionMoved.self) { event, transaction in
            try transaction.memory(MovedHelped.self).note(
                village: event.id, from: event.formerPlace, on: transaction.today, transaction)
        },
    ]

    /// A household that a cadre helps, on days that reach beyond today.
    struct Helped {
        let item: (household: Identifier, archiveNumber: String, areaCode: Int64, cadreName: String)
        let days: DayInterval

        func told(_ kind: HelpConsequences.Kind, since: CivilDate, _ transaction: Transaction) {
            transaction.consequences.add(
                HelpConsequences.Item(
                    kind, household: item.household, archiveNumber: item.archiveNumber, areaCode: item.areaCode,
                    cadreName: item.cadreName, since: since))
        }
    }

    /// - Parameter source: of days `d`, of a pairing `p`, with a condition.
    static func helped(
        _ source: String, _ days: (first: String, end: String), _ values: [any Bindable], _ connection: Connection,
        _ body: (Helped, borrowing Row) throws -> Void
    ) throws {
        try connection.forEach(
            """
            SELECT h.id, h.archive_number, h.area_code, c.name, \(days.first), \(days.end), h.village_id, h.state,
                h.state_since, p.cadre_id
            FROM \(source)
            """, values: values
        ) { row in
            try body(
                Helped(
                    item: (try row.identifier(0), row.text(1), row.int64(2), row.text(3)),
                    days: DayInterval(first: try row.date(4), end: try row.optionalDate(5))), row)
        }
    }

    // MARK: Left behind

    /// Households that the cadre answers for on days on which they can help no longer.
    private static func leaveBehind(_ event: CapacityChanged, _ transaction: Transaction) throws {
        let lost = DayInterval.subtracting(able(event.after), from: able(event.before))
        guard !lost.isEmpty else { return }
        let connection = transaction.connection
        let today = transaction.today
        var terms = ConsolidationTerms()
        try helped(
            """
            pairing p JOIN responsibility r ON r.pairing_id = p.id AND r.superseded_at IS NULL
            JOIN household h ON h.household_number = p.household_number JOIN cadre c ON c.id = p.cadre_id
            WHERE p.cadre_id = $1 AND (r.valid_to IS NULL OR r.valid_to > $2)
            """, ("r.valid_from", "r.valid_to"), [event.cadre, today], connection
        ) { helped, row in
            let days = lost.compactMap { $0.intersection(helped.days) }.filter { reaches($0, beyond: today) }
            guard let since = days.map(\.first).min(),
                try terms.binds(
                    state: row.text(7), since: row.date(8), in: row.identifier(6), on: max(since, today), connection)
            else { return }
            helped.told(.leftBehind, since: since, transaction)
        }
    }

    /// Whether a cadre can help on the same days by both.
    static func isSame(_ some: [CapacitySegment], _ others: [CapacitySegment]) -> Bool {
        let (some, others) = (able(some), able(others))
        return DayInterval.subtracting(some, from: others).isEmpty
            && DayInterval.subtracting(others, from: some).isEmpty
    }

    private static func able(_ segments: [CapacitySegment]) -> [DayInterval] {
        segments.filter { $0.quota > 0 }.map { DayInterval(first: $0.first, end: $0.end) }
    }

    private static func reaches(_ days: DayInterval, beyond today: CivilDate) -> Bool {
        days.end.map { $0 > today } ?? true
    }

    // MARK: Outside

    /// The days on which a quota does not count where a household lies.
    static func outside(
        _ segments: [CapacitySegment], _ areaCode: Int64, _ connection: Connection
    ) throws -> [DayInterval] {
        try segments.filter { segment in
            guard segment.quota > 0 else { return false }
            guard let division = try segment.division.flatMap({ try DivisionStore.find($0, connection) }) else {
                return true
            }
            return !division.scope.contains(areaCode)
        }.map { DayInterval(first: $0.first, end: $0.end) }
    }

    static func tell(
        _ helped: Helped, outside now: [DayInterval], before: [DayInterval], _ transaction: Transaction
    ) {
        let days = DayInterval.subtracting(before, from: now).compactMap { $0.intersection(helped.days) }
            .filter { reaches($0, beyond: transaction.today) }
        if let since = days.map(\.first).min() { helped.told(.outside, since: since, transaction) }
    }

    private static func putOutside(_ event: CapacityChanged, _ transaction: Transaction) throws {
        guard hasNewPlace(event) else { return }
        let connection = transaction.connection
        try helped(
            """
            pairing p JOIN household h ON h.household_number = p.household_number JOIN cadre c ON c.id = p.cadre_id
            WHERE p.cadre_id = $1 AND (p.end_on IS NULL OR p.end_on > $2)
            """, ("p.first_on", "p.end_on"), [event.cadre, transaction.today], connection
        ) { helped, _ in
            let area = helped.item.areaCode
            tell(
                helped, outside: try outside(event.after, area, connection),
                before: try outside(event.before, area, connection), transaction)
        }
    }

    /// Whether they can help somewhere on days on which they could not help there before. Where only quotas change, as
    /// those of a whole county may, nobody comes to lie outside.
    private static func hasNewPlace(_ event: CapacityChanged) -> Bool {
        let before = Dictionary(grouping: event.before, by: \.division)
        return Dictionary(grouping: event.after, by: \.division).contains { division, segments in
            !DayInterval.subtracting(able(before[division] ?? []), from: able(segments)).isEmpty
        }
    }

    /// A household that has moved: its helpers stay where they are linked.
    private static func move(
        _ household: Int64, from formerly: Int64, on day: CivilDate, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        try helped(
            """
            pairing p JOIN household h ON h.household_number = p.household_number JOIN cadre c ON c.id = p.cadre_id
            WHERE p.household_number = $1 AND (p.end_on IS NULL OR p.end_on > $2)
            """, ("max(p.first_on, $3)", "p.end_on"), [household, transaction.today, day], connection
        ) { helped, row in
            let segments = try CapacityReading.kept(of: row.identifier(9), connection)
            tell(
                helped, outside: try outside(segments, helped.item.areaCode, connection),
                before: try outside(segments, formerly, connection), transaction)
        }
    }
}
