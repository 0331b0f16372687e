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
            transaction.memory(LostHelp.self).note(event)
            try putOutside(event, transaction)
        },
        Subscription(to: CapacitiesWritten.self) { _, transaction in
            try leaveBehind(transaction.memory(LostHelp.self).take(), transaction)
        },
        Subscription(to: ParameterStated.self) { event, transaction in
            guard event.key == ParameterKey.pairingConsolidation, transaction.tellsConsequences else { return }
            try bindAgain(transaction)
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

    /// Households of cadres who can help no longer on some days, left behind by that.
    private static func leaveBehind(_ lost: LostHelp.Noted, _ transaction: Transaction) throws {
        let connection = transaction.connection
        var losing: [Int64: [String]] = [:]
        for cadre in lost.losing.sorted() {
            try connection.forEach(
                """
                SELECT DISTINCT p.household_number, c.name FROM pairing p JOIN cadre c ON c.id = p.cadre_id
                WHERE p.cadre_id = $1 AND (p.end_on IS NULL OR (p.end_on > $2 AND p.end_on > p.first_on))
                """, cadre, transaction.today
            ) { losing[$0.int64(0), default: []].append($0.text(1)) }
        }
        var terms = ConsolidationTerms()
        for (number, cadres) in losing.sorted(by: { $0.key < $1.key }) {
            guard let household = try LeftHousehold.find(number, connection) else { continue }
            let now = try HelpCourse(of: number, connection)
            let since = try household.awaiting(
                now, before: now.with(lost.before), today: transaction.today, &terms, connection)
            guard let since else { continue }
            for cadre in cadres {
                transaction.consequences.add(
                    HelpConsequences.Item(
                        .leftBehind, household: household.id, archiveNumber: household.archiveNumber,
                        areaCode: household.areaCode, cadreName: cadre, since: since))
            }
        }
    }

    /// Lifted households whom nobody covers today, and who must be helped again because consolidation lasts longer:
    /// what is kept of them is counted later.
    private static func bindAgain(_ transaction: Transaction) throws {
        let connection = transaction.connection
        let today = transaction.today
        let open = try connection.query("\(ConsolidationTerms.concerned) AND k.awaiting_since IS NULL") { $0.int64(0) }
        var terms = ConsolidationTerms()
        for number in open.sorted() {
            guard let household = try LeftHousehold.find(number, connection) else { continue }
            let course = try HelpCourse(of: number, connection)
            guard let since = course.waiting.first(where: { $0.contains(today) })?.first,
                try household.mustBeHelped(on: today, &terms, connection)
            else { continue }
            let cadre = try connection.first(
                """
                SELECT c.name FROM pairing p JOIN cadre c ON c.id = p.cadre_id WHERE p.household_number = $1
                ORDER BY coalesce(p.end_on, '9999-99-99') DESC, c.id LIMIT 1
                """, number
            ) { $0.text(0) }
            transaction.consequences.add(
                HelpConsequences.Item(
                    .leftBehind, household: household.id, archiveNumber: household.archiveNumber,
                    areaCode: household.areaCode, cadreName: cadre ?? "", since: since))
        }
    }

    /// Whether a cadre can help on the same days by both.
    static func isSame(_ some: [CapacitySegment], _ others: [CapacitySegment]) -> Bool {
        let (some, others) = (able(some), able(others))
        return DayInterval.subtracting(some, from: others).isEmpty
            && DayInterval.subtracting(others, from: some).isEmpty
    }

    static func able(_ segments: [CapacitySegment]) -> [DayInterval] {
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

/// Cadres whose days of helping a transaction has changed, until it is asked who is left behind by all of that
/// together: a household may have several of them. Used by the writer's thread only.
final class LostHelp: TransactionMemory {
    struct Noted {
        /// What those could carry before who can help on other days now.
        var before: [Identifier: [CapacitySegment]] = [:]
        /// Of these, who can help no longer on some days.
        var losing: Set<Identifier> = []
    }

    private var noted = Noted()

    init() {}

    func note(_ event: CapacityChanged) {
        guard !HelpEffects.isSame(event.before, event.after) else { return }
        noted.before[event.cadre] = noted.before[event.cadre] ?? event.before
        let (before, after) = (HelpEffects.able(event.before), HelpEffects.able(event.after))
        if !DayInterval.subtracting(after, from: before).isEmpty { noted.losing.insert(event.cadre) }
    }

    func take() -> Noted {
        defer { noted = Noted() }
        return noted
    }
}
