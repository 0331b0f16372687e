// The lists behind the numbers of coverage: households without a helper, without a second unit, or awaiting a
// successor; cadres with less or more than their duty, or with nothing.

import Domain
import SQL
import Web

enum CoverageLists {
    private enum HouseholdQuestion: String, CaseIterable {
        case uncovered, awaiting
        case jointUnmet = "joint-unmet"
    }

    private enum CadreQuestion: String, CaseIterable {
        case below, above, zero
    }

    // MARK: Households

    /// - Parameter day: on which it is asked.
    private static func householdColumns(on day: CivilDate) -> [ListColumn] {
        [
            ListColumn("id", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("state", "h.state"),
            ListColumn("needsTwoUnits", "h.needs_two_units", .boolean),
            ListColumn("responsibleCadreId", "k.responsible_cadre_id", .identifier),
            ListColumn("responsibleCadreName", "c.name"),
            ListColumn("helpers", "coalesce(k.helper_count, 0)", .integer),
            ListColumn("units", "coalesce(k.unit_count, 0)", .integer),
            ListColumn("awaitingSince", "k.awaiting_since"), ListColumn("dueOn", "k.due_on"),
            ListColumn("isOverdue", "k.due_on < '\(day)'", .boolean),
            ListColumn("overdueDays", "k.due_on", .daysPast(day)),
        ]
    }

    static func households(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let question: HouseholdQuestion? = query.value("state", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        let order: [String]
        switch question {
        case .awaiting:
            conditions.add("k.awaiting_since IS NOT NULL")
            order = ["k.due_on", "h.area_code", "h.archive_number"]
        case .jointUnmet:
            conditions.add("h.needs_two_units = 1 AND coalesce(k.is_joint_met, 0) = 0")
            order = ["h.area_code", "h.archive_number"]
        case .uncovered, nil:
            conditions.add("coalesce(k.helper_count, 0) = 0")
            order = ["h.area_code", "h.archive_number"]
        }
        let day = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        return ListPlan(
            name: "coverage-households", columns: householdColumns(on: day),
            source: """
                household h LEFT JOIN household_help k ON k.household_number = h.household_number
                LEFT JOIN cadre c ON c.id = k.responsible_cadre_id
                """,
            conditions: conditions, order: order, paging: paging, villages: VillageNames(connection))
    }

    // MARK: Cadres

    private static let cadreColumns = [
        ListColumn("id", "c.id", .identifier), ListColumn("name", "c.name"),
        ListColumn("organizationId", "c.organization_id", .identifier), ListColumn("organizationName", "o.name"),
        ListColumn("rank", "c.rank"), ListColumn("postState", "c.post_state"), ListColumn("to", "c.ended_on"),
        ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
        ListColumn("isLinked", "k.is_linked", .boolean), ListColumn("quota", "k.quota", .integer),
        ListColumn("load", "k.load", .integer),
    ]

    static func cadres(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let question: CadreQuestion? = query.value("state", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        var conditions = ListConditions()
        conditions.add(scope, on: "d.area_code")
        // A town may share its place with its first village, whose caller does not see the town's cadres.
        conditions.add("d.area_last <= \(conditions.bind(scope.last))")
        switch question {
        case .above: conditions.add("k.load > k.quota")
        case .zero:
            conditions.add(
                """
                k.is_linked = 1 AND k.is_in_post = 1 AND k.quota > 0 AND k.load = 0 AND EXISTS (
                    SELECT 1 FROM household h WHERE h.area_code BETWEEN d.area_code AND d.area_last)
                """)
        case .below, nil: conditions.add("k.is_linked = 1 AND k.is_in_post = 1 AND k.load < k.quota")
        }
        return ListPlan(
            name: "coverage-cadres", columns: cadreColumns,
            source: """
                cadre_help k JOIN cadre c ON c.id = k.cadre_id JOIN organization o ON o.id = c.organization_id
                JOIN division d ON d.id = k.division_id
                """,
            conditions: conditions, order: ["d.area_code", "c.id"], paging: paging)
    }
}
