// The list behind each headline counter (R065): one row for each thing counted, by the counter's definition. It is
// written independently of how the counters are counted, so that each can be checked against the other.

import Archive
import Domain
import SQL
import Service
import Web

enum CounterRecords {
    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let period = CountedPeriod.read(&query, today: call.now.shanghaiDate)
        let counter: ContactCounter = query.value("counter", FieldText.word) ?? .visits
        let code = query.string("code", characters: 1...60)
        if code != nil && counter.codes == nil {
            query.report("code", .notForKind, zh: "只用于 six-helps 和 occasions", en: "only for six-helps and occasions")
        }
        if let code, let list = counter.codes {
            let isKnown = call.register.codeLists[list]?.values.contains { $0.code == code } ?? false
            if !isKnown { query.report("code", .unknownCode) }
        }
        let paging = Paging(&query)
        try query.finish()
        let asked = try period.area(area, call, connection)
        let list = CounterList(
            counter: counter, area: asked, stays: try HouseholdStays(around: asked.scope, connection),
            callerScope: try call.caller.scope, period: period)
        return try list.plan(code: code, paging, connection)
    }
}

/// The list of a counter in one area and period.
private struct CounterList {
    let counter: ContactCounter
    let area: PastArea
    /// Of everybody around the area who moved.
    let stays: HouseholdStays
    let callerScope: Scope
    let period: CountedPeriod

    func plan(code: String?, _ paging: Paging, _ connection: Connection) throws -> ListPlan {
        switch counter {
        case .householdsVisited: try households(paging, connection)
        case .visits: visits(ContactSort.condition(.visit, "v.kind"), paging)
        case .calls: visits(ContactSort.condition(.call, "v.kind"), paging)
        case .otherContacts: visits(ContactSort.condition(.other, "v.kind"), paging)
        case .lateArrivals: visits("v.received_at >= \(period.end.milliseconds)", paging)
        case .visitingCadres: cadres(paging)
        case .cardsIssued: cards(paging)
        case .needsReceived: needs("n.voiced_on", nil, paging)
        case .needsAnswered: needs("n.answered_on", "n.state = 'answered'", paging)
        case .gifts:
            parts(
                "visit_gift", "position",
                [
                    ListColumn("kind", "p.kind"), ListColumn("donor", "p.donor"),
                    ListColumn("valueFen", "p.value_fen", .integer),
                ], paging)
        case .deeds:
            parts("visit_deed", "position", [ListColumn("kind", "p.kind"), ListColumn("result", "p.result")], paging)
        case .sixHelps: marks(.sixHelps, code, paging)
        case .occasions: marks(.visitOccasion, code, paging)
        }
    }

    private func plan(
        _ columns: [ListColumn], _ source: String, _ conditions: ListConditions, _ order: [String], _ paging: Paging
    ) -> ListPlan {
        ListPlan(
            name: "contact-counter-records",
            columns: [ListColumn("counter", "'\(counter.rawValue)'")] + columns, source: source, conditions: conditions,
            order: order,
            paging: paging)
    }

    // MARK: Visits and what belongs to them

    /// SQL over `v`: what counts, on these days.
    private func counts(_ conditions: inout ListConditions) -> String {
        let first = conditions.bind(period.first)
        let last = conditions.bind(period.last)
        return "v.is_counted = 1 AND v.counted_on BETWEEN \(first) AND \(last)"
    }

    /// What lies in the area, and what was done of households while they lived there.
    private func add(_ row: String, on day: String, to conditions: inout ListConditions) {
        // A card is of a household.
        let village = row == "k" ? "h.village_id" : "coalesce(h.village_id, \(row).village_id)"
        let columns = StayRow(
            place: "\(row).area_code", village: village, number: "\(row).household_number")
        conditions.add(area, stays, columns, doneOn: day, seenIn: callerScope)
    }

    private static let subject =
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village("d", town: "w")

    /// - Parameter kind: the name for the kind of a visit where something else also has a kind.
    private static func visitColumns(_ kind: StaticString) -> [ListColumn] {
        [ListColumn("visitId", "v.id", .identifier), ListColumn(kind, "v.kind")] + subject + [
            ListColumn("countedOn", "v.counted_on"), ListColumn("receivedAt", "v.received_at", .instant),
            ListColumn("cadreId", "v.author_id", .identifier), ListColumn("cadreName", "c.name"),
        ]
    }

    private static let visit = "visit v"

    /// The village in which the household `h` lived on a day.
    private func village(on day: String) -> String {
        stays.numbers.isEmpty ? "h.village_id" : HouseholdStays.village(of: "h", on: day)
    }

    private var around: String {
        """
         LEFT JOIN household h ON h.household_number = v.household_number
        LEFT JOIN division d ON d.id = coalesce(\(village(on: "v.counted_on")), v.village_id)
        LEFT JOIN division w ON w.id = d.parent_id LEFT JOIN cadre c ON c.id = v.author_id
        """
    }

    private func visits(_ condition: String, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        add("v", on: "v.counted_on", to: &conditions)
        conditions.add(counts(&conditions))
        conditions.add(condition)
        return plan(
            Self.visitColumns("kind"), Self.visit + around, conditions, ["v.area_code", "v.visit_number"], paging)
    }

    /// Rows of a table that belong to visits.
    private func parts(
        _ table: String, _ key: String, _ columns: [ListColumn], where bound: ListConditions = ListConditions(),
        _ paging: Paging
    ) -> ListPlan {
        var conditions = bound
        add("v", on: "v.counted_on", to: &conditions)
        conditions.add(counts(&conditions))
        return plan(
            columns + Self.visitColumns("visitKind"),
            "\(table) p JOIN \(Self.visit) ON v.visit_number = p.visit_number" + around, conditions,
            ["p.visit_number", "p.\(key)"], paging)
    }

    private func marks(_ list: CodeListKey, _ code: String?, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        conditions.add("p.list_key = '\(list.rawValue)'")
        if let code { conditions.add("p.code = \(conditions.bind(code))") }
        return parts("visit_mark", "code", [ListColumn("code", "p.code")], where: conditions, paging)
    }

    // MARK: Households, cadres, cards

    private func households(_ paging: Paging, _ connection: Connection) throws -> ListPlan {
        var conditions = ListConditions()
        let row = StayRow.household
        let crossing = stays.crossing(area)
        let there = try crossing.filter { own in
            let last = try connection.first(
                """
                SELECT max(v.counted_on) FROM visit v WHERE v.household_number = $1 AND v.is_counted = 1
                    AND v.counted_on BETWEEN $2 AND $3 AND \(ContactSort.condition(.visit, "v.kind"))
                """, own.household, period.first, period.last
            ) { try $0.optionalDate(0) }
            return (last ?? nil).map { day in own.days.contains { $0.contains(day) } } ?? false
        }.map(\.household)
        let isThere = there.isEmpty ? nil : conditions.isIn(there, row)
        conditions.add(area, row, crossing.map(\.household), seenIn: callerScope, isThere: isThere)
        let counts = counts(&conditions) + " AND " + ContactSort.condition(.visit, "v.kind")
        let own = "FROM visit v WHERE v.household_number = h.household_number AND \(counts)"
        conditions.add("EXISTS (SELECT 1 \(own))")
        let columns =
            Self.subject + [
                ListColumn("visits", "(SELECT count(*) \(own))", .integer),
                ListColumn("lastVisitOn", "(SELECT max(v.counted_on) \(own))"),
            ]
        return plan(
            columns,
            """
            household h JOIN division d ON d.id = \(village(on: "'\(period.last)'"))
            JOIN division w ON w.id = d.parent_id
            """,
            conditions,
            ["h.area_code", "h.archive_number"], paging)
    }

    /// In a small area the query reads its visits and their authors, in a large one each cadre's first visit there.
    private func cadres(_ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        let village = "(SELECT w.village_id FROM household w WHERE w.household_number = v.household_number)"
        let row = StayRow(
            place: "v.area_code", village: "coalesce(\(village), v.village_id)", number: "v.household_number")
        var inside = ListConditions()
        inside.add(area, stays, row, doneOn: "v.counted_on", seenIn: .everything)
        conditions = ListConditions(clauses: [], values: inside.values)
        let counts =
            inside.clauses.joined(separator: " AND ") + " AND " + counts(&conditions) + " AND "
            + ContactSort.condition(.visit, "v.kind")
        let companions = "FROM visit_companion m JOIN visit v ON v.visit_number = m.visit_number"
        if area.scope.last - area.scope.first >= AreaCode.span(of: .county) - 1 {
            conditions.add(
                """
                (EXISTS (SELECT 1 FROM visit v WHERE v.author_id = c.id AND \(counts))
                OR EXISTS (SELECT 1 \(companions) WHERE m.cadre_id = c.id AND \(counts)))
                """)
        } else {
            conditions.add(
                """
                c.id IN (SELECT v.author_id FROM visit v WHERE v.author_id IS NOT NULL AND \(counts)
                UNION SELECT m.cadre_id \(companions) WHERE m.cadre_id IS NOT NULL AND \(counts))
                """)
        }
        let columns = [
            ListColumn("cadreId", "c.id", .identifier), ListColumn("cadreName", "c.name"),
            ListColumn("organizationId", "o.id", .identifier), ListColumn("organizationName", "o.name"),
        ]
        return plan(
            columns, "cadre c JOIN organization o ON o.id = c.organization_id", conditions, ["c.id"], paging)
    }

    private func cards(_ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        add("k", on: "k.issued_on", to: &conditions)
        let first = conditions.bind(period.first)
        let last = conditions.bind(period.last)
        conditions.add("k.issued_on BETWEEN \(first) AND \(last)")
        let columns =
            [ListColumn("cardId", "k.id", .identifier)] + Self.subject + [
                ListColumn("issuedOn", "k.issued_on"), ListColumn("cadreId", "k.cadre_id", .identifier),
                ListColumn("cadreName", "c.name"),
            ]
        return plan(
            columns,
            """
            contact_card k JOIN household h ON h.household_number = k.household_number
            JOIN division d ON d.id = \(village(on: "k.issued_on")) JOIN division w ON w.id = d.parent_id
            JOIN cadre c ON c.id = k.cadre_id
            """, conditions, ["k.area_code", "k.id"], paging)
    }

    private func needs(_ day: String, _ condition: String?, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        add("n", on: day, to: &conditions)
        let first = conditions.bind(period.first)
        let last = conditions.bind(period.last)
        conditions.add("\(day) BETWEEN \(first) AND \(last)")
        if let condition { conditions.add(condition) }
        let columns =
            [ListColumn("needId", "n.id", .identifier), ListColumn("kind", "n.kind")] + Self.subject + [
                ListColumn("voicedOn", "n.voiced_on"), ListColumn("answeredOn", "n.answered_on"),
            ]
        return plan(
            columns,
            """
            need n LEFT JOIN household h ON h.household_number = n.household_number
            LEFT JOIN division d ON d.id = coalesce(\(village(on: day)), n.village_id)
            LEFT JOIN division w ON w.id = d.parent_id
            """, conditions, ["n.area_code", "n.id"], paging)
    }
}
