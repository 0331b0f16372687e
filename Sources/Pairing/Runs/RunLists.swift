// The lists of a draft: proposals, shortages, and cadres who would be left with nothing. Held to what the caller may
// see of a run that reaches further.

import Domain
import SQL
import Service
import Web

enum RunLists {
    /// What all lists of a run begin with: the run, and the area asked for within the caller's range.
    private static func begin(
        _ call: Call, _ area: AreaCode?, _ conditions: inout ListConditions, _ alias: String, _ connection: Connection
    ) throws {
        let run = try PairingRunRoutes.require(try call.id(), call, connection)
        conditions.add("\(alias).run_id = \(conditions.bind(run.id))")
        conditions.add(
            try AreaFilter.scope(area, call.caller.scope, connection), on: "\(alias).area_code")
        // Pieces of a draft that is still being stored are shown to nobody.
        if run.state == .running || run.state == .queued { conditions.add("0") }
    }

    private static let proposalColumns =
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("cadreId", "x.cadre_id", .identifier),
            ListColumn("cadreName", "c.name"), ListColumn("organizationName", "o.name"), ListColumn("rank", "c.rank"),
            ListColumn("role", "x.role"), ListColumn("action", "x.action"), ListColumn("reasons", "x.reasons", .texts),
        ]

    static func proposals(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let action = query.value("action") { text throws(FieldError) in
            guard ["kept", "added", "ended"].contains(text) else {
                throw FieldError.notOneOf(["kept", "added", "ended"])
            }
            return text
        }
        let household = query.value("householdId", FieldText.identifier)
        let helper = query.value("cadreId", FieldText.identifier)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        try begin(call, area, &conditions, "x", connection)
        if let action { conditions.add("x.action = \(conditions.bind(action))") }
        if let household { conditions.add("h.id = \(conditions.bind(household))") }
        if let helper { conditions.add("x.cadre_id = \(conditions.bind(helper))") }
        return ListPlan(
            name: "pairing-proposals", columns: proposalColumns,
            source: """
                pairing_proposal x JOIN household h ON h.household_number = x.household_number
                LEFT JOIN cadre c ON c.id = x.cadre_id
                LEFT JOIN organization o ON o.id = c.organization_id
                """, conditions: conditions, order: ["x.area_code", "x.household_number", "x.cadre_id"],
            paging: paging, villages: VillageNames(connection))
    }

    private static let shortageColumns = [
        ListColumn("kind", "x.kind"), ListColumn("villages", "x.villages", .json),
        ListColumn("households", "x.households", .integer), ListColumn("cadres", "x.cadres", .integer),
        ListColumn("carried", "x.carried", .integer), ListColumn("uncovered", "x.uncovered", .integer),
        ListColumn("zh", "x.zh"), ListColumn("en", "x.en"), ListColumn("data", "x.data", .json),
    ]

    static func shortages(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let kind = query.value("kind") { text throws(FieldError) in
            guard ["coverage", "second-unit"].contains(text) else {
                throw FieldError.notOneOf(["coverage", "second-unit"])
            }
            return text
        }
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        try begin(call, area, &conditions, "x", connection)
        if let kind { conditions.add("x.kind = \(conditions.bind(kind))") }
        return ListPlan(
            name: "pairing-shortages", columns: shortageColumns, source: "pairing_shortage x", conditions: conditions,
            order: ["x.sequence"], paging: paging)
    }

    private static let zeroDutyColumns = [
        ListColumn("cadreId", "x.cadre_id", .identifier), ListColumn("cadreName", "c.name"),
        ListColumn("organizationName", "o.name"), ListColumn("rank", "c.rank"),
        ListColumn("linkedAreaCode", "l.code", .areaCode), ListColumn("linkedAreaName", "l.name"),
    ]

    static func zeroDuty(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        try begin(call, area, &conditions, "x", connection)
        return ListPlan(
            name: "pairing-zero-duty", columns: zeroDutyColumns,
            source: """
                pairing_zero_duty x LEFT JOIN cadre c ON c.id = x.cadre_id
                LEFT JOIN organization o ON o.id = c.organization_id LEFT JOIN division l ON l.id = c.linked_division_id
                """, conditions: conditions, order: ["x.cadre_id"], paging: paging)
    }
}
