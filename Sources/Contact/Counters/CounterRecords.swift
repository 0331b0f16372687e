// The list behind each headline counter (R065): one row for each thing counted, by the counter's definition. It is
// written independently of how the counters are counted, so that each can be checked against the other.

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
        if code != nil && counter != .sixHelps && counter != .occasions {
            query.report("code", .notForKind, zh: "只用于 six-helps 和 occasions", en: "only for six-helps and occasions")
        }
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        return CounterList(counter: counter, scope: scope, period: period).plan(code: code, paging)
    }
}

/// The list of a counter in one area and period.
private struct CounterList {
    let counter: ContactCounter
    let scope: Scope
    let period: CountedPeriod

    func plan(code: String?, _ paging: Paging) -> ListPlan {
        switch counter {
        case .householdsVisited: households(paging)
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
    private static let around = """
         LEFT JOIN household h ON h.household_number = v.household_number
        LEFT JOIN division d ON d.id = coalesce(h.village_id, v.village_id) LEFT JOIN division w ON w.id = d.parent_id
        LEFT JOIN cadre c ON c.id = v.author_id
        """

    private func visits(_ condition: String, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "v.area_code")
        conditions.add(counts(&conditions))
        conditions.add(condition)
        return plan(
            Self.visitColumns("kind"), Self.visit + Self.around, conditions, ["v.area_code", "v.visit_number"], paging)
    }

    /// Rows of a table that belong to visits.
    private func parts(
        _ table: String, _ key: String, _ columns: [ListColumn], where bound: ListConditions = ListConditions(),
        _ paging: Paging
    ) -> ListPlan {
        var conditions = bound
        conditions.add(scope, on: "v.area_code")
        conditions.add(counts(&conditions))
        return plan(
            columns + Self.visitColumns("visitKind"),
            "\(table) p JOIN \(Self.visit) ON v.visit_number = p.visit_number" + Self.around, conditions,
            ["p.visit_number", "p.\(key)"], paging)
    }

    private func marks(_ list: CodeListKey, _ code: String?, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        conditions.add("p.list_key = '\(list.rawValue)'")
        if let code { conditions.add("p.code = \(conditions.bind(code))") }
        return parts("visit_mark", "code", [ListColumn("code", "p.code")], where: conditions, paging)
    }

    // MARK: Households, cadres, cards

    private func households(_ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "h.area_code")
        let counts = counts(&conditions) + " AND " + ContactSort.condition(.visit, "v.kind")
        let own = "FROM visit v WHERE v.household_number = h.household_number AND \(counts)"
        conditions.add("EXISTS (SELECT 1 \(own))")
        let columns =
            Self.subject + [
                ListColumn("visits", "(SELECT count(*) \(own))", .integer),
                ListColumn("lastVisitOn", "(SELECT max(v.counted_on) \(own))"),
            ]
        return plan(
            columns, "household h JOIN division d ON d.id = h.village_id JOIN division w ON w.id = d.parent_id",
            conditions,
            ["h.area_code", "h.archive_number"], paging)
    }

    /// In a small area the query reads its visits and their authors, in a large one each cadre's first visit there.
    private func cadres(_ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        let first = conditions.bind(scope.first)
        let last = conditions.bind(scope.last)
        let counts =
            "v.area_code BETWEEN \(first) AND \(last) AND " + counts(&conditions) + " AND "
            + ContactSort.condition(.visit, "v.kind")
        let companions = "FROM visit_companion m JOIN visit v ON v.visit_number = m.visit_number"
        if scope.last - scope.first >= AreaCode.span(of: .county) - 1 {
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
        conditions.add(scope, on: "k.area_code")
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
            JOIN division d ON d.id = h.village_id JOIN division w ON w.id = d.parent_id
            JOIN cadre c ON c.id = k.cadre_id
            """, conditions, ["k.area_code", "k.id"], paging)
    }

    private func needs(_ day: String, _ condition: String?, _ paging: Paging) -> ListPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "n.area_code")
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
            LEFT JOIN division d ON d.id = coalesce(h.village_id, n.village_id)
            LEFT JOIN division w ON w.id = d.parent_id
            """, conditions, ["n.area_code", "n.id"], paging)
    }
}
