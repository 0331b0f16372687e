// The lists behind the numbers of coverage: households without a helper, without a second unit, or awaiting a
// successor; cadres with less or more than their duty, or with nothing.

import Archive
import Domain
import SQL
import Service
import Web

enum CoverageLists {
    /// What a household lacks.
    private enum HouseholdGap: String, CaseIterable {
        case uncovered, awaiting
        case jointUnmet = "joint-unmet"

        /// Over the household `h` and its help `k`.
        var condition: String {
            switch self {
            case .uncovered: "coalesce(k.helper_count, 0) = 0"
            case .awaiting: "k.awaiting_since IS NOT NULL"
            case .jointUnmet: "h.needs_two_units = 1 AND coalesce(k.is_joint_met, 0) = 0"
            }
        }
    }

    /// How a cadre's load is not what it should be.
    private enum CadreDeviation: String, CaseIterable {
        case below, above, zero

        /// Over the cadre's help `k` and the division `d` in which it counts.
        var condition: String {
            switch self {
            case .below: "k.is_linked = 1 AND k.is_in_post = 1 AND k.load < k.quota"
            case .above: "k.load > k.quota"
            case .zero:
                """
                k.is_linked = 1 AND k.is_in_post = 1 AND k.quota > 0 AND k.load = 0 AND EXISTS (
                    SELECT 1 FROM household h
                    WHERE h.area_code BETWEEN d.area_code AND d.area_last AND h.ended_on IS NULL)
                """
            }
        }
    }

    /// The codes whose conditions hold.
    private static func codes(_ cases: [(code: String, condition: String)]) -> String {
        let found = cases.map { "CASE WHEN \($0.condition) THEN '\($0.code);' ELSE '' END" }
        return "rtrim(\(found.joined(separator: " || ")), ';')"
    }

    // MARK: Households

    /// - Parameter day: on which it is asked.
    private static func householdColumns(on day: CivilDate) -> [ListColumn] {
        [
            ListColumn("id", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: "h.village_id") + [
            ListColumn("state", "h.state"),
            ListColumn("gaps", codes(HouseholdGap.allCases.map { ($0.rawValue, $0.condition) }), .texts),
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
        let gap: HouseholdGap? = query.value("gaps", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        conditions.add("h.ended_on IS NULL")
        let asked = gap.map { [$0] } ?? HouseholdGap.allCases
        conditions.add("(\(asked.map { "(\($0.condition))" }.joined(separator: " OR ")))")
        let order = (gap == .awaiting ? ["k.due_on"] : []) + ["h.area_code", "h.archive_number"]
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
        ListColumn("deviations", codes(CadreDeviation.allCases.map { ($0.rawValue, $0.condition) }), .texts),
    ]

    static func cadres(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let deviation: CadreDeviation? = query.value("deviations", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        var conditions = ListConditions()
        conditions.add(scope, on: "d.area_code")
        // A town may share its place with its first village, whose caller does not see the town's cadres.
        conditions.add("d.area_last <= \(conditions.bind(scope.last))")
        // Whoever has nothing is below, too.
        let asked: [CadreDeviation] = deviation.map { [$0] } ?? [.below, .above]
        conditions.add("(\(asked.map { "(\($0.condition))" }.joined(separator: " OR ")))")
        return ListPlan(
            name: "coverage-cadres", columns: cadreColumns,
            source: """
                cadre_help k JOIN cadre c ON c.id = k.cadre_id JOIN organization o ON o.id = c.organization_id
                JOIN division d ON d.id = k.division_id
                """,
            conditions: conditions, order: ["d.area_code", "c.id"], paging: paging)
    }
}
