// The lists behind the numbers of coverage: households without a helper who can help, without a second unit, awaiting a
// successor, or outside the area of their helper; cadres with less or more than their duty, with nothing, or with
// households outside their area.

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
        /// It has helpers outside whose area it lies.
        case outside

        /// Over a household's help `k`.
        ///
        /// - Parameter facts: the name under which its own facts stand.
        func condition(_ facts: String) -> String {
            switch self {
            case .uncovered: "k.responsible_cadre_id IS NULL"
            case .awaiting: "k.awaiting_since IS NOT NULL"
            case .jointUnmet: "\(facts).needs_two_units = 1 AND coalesce(k.is_joint_met, 0) = 0"
            case .outside: "k.is_outside = 1"
            }
        }
    }

    /// How a cadre's load is not what it should be.
    private enum CadreDeviation: String, CaseIterable {
        case below, above, zero, outside

        /// Whether there are households in the division `d` in which a cadre counts.
        static let isPopulated =
            """
            EXISTS (SELECT 1 FROM household h
                WHERE h.area_code BETWEEN d.area_code AND d.area_last AND h.ended_on IS NULL)
            """

        /// Over the cadre's help `k`.
        ///
        /// - Parameter populated: whether there is anybody to help where the cadre counts.
        func condition(where populated: String) -> String {
            switch self {
            case .below: "k.is_linked = 1 AND k.is_in_post = 1 AND k.load < k.quota"
            case .above: "k.load > k.quota"
            case .zero: "k.is_in_post = 1 AND k.load = 0 AND \(populated)"
            case .outside: "k.outside_count > 0"
            }
        }
    }

    /// The codes whose conditions hold.
    private static func codes(_ cases: [(code: String, condition: String)]) -> String {
        let found = cases.map { "CASE WHEN \($0.condition) THEN '\($0.code);' ELSE '' END" }
        return "rtrim(\(found.joined(separator: " || ")), ';')"
    }

    /// The day that is asked for; nil for the one that is kept.
    private static func otherDay(
        _ query: inout Query, _ call: Call, _ connection: Connection
    ) throws -> CivilDate? {
        let asked = DayAhead.read(&query, today: call.now.shanghaiDate)
        return try asked == CadreDay.kept(connection) ? nil : asked
    }

    // MARK: Households

    /// - Parameters:
    ///   - day: on which it is asked.
    ///   - village: the expression of the village in which it lived on that day.
    ///   - facts: the name under which the facts of the household on that day stand.
    ///   - due: the expression of the day by which somebody else must be there.
    private static func householdColumns(
        on day: CivilDate, in village: String, _ facts: String, due: String
    ) -> [ListColumn] {
        [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village(of: village) + [
            ListColumn("state", "\(facts).state"),
            ListColumn("gaps", codes(HouseholdGap.allCases.map { ($0.rawValue, $0.condition(facts)) }), .texts),
            ListColumn("needsTwoUnits", "\(facts).needs_two_units", .boolean),
            ListColumn("responsibleCadreId", "k.responsible_cadre_id", .identifier),
            ListColumn("responsibleCadreName", "c.name"),
            ListColumn("helpers", "coalesce(k.helper_count, 0)", .integer),
            ListColumn("units", "coalesce(k.unit_count, 0)", .integer),
            ListColumn("awaitingSince", "k.awaiting_since"), ListColumn("dueOn", due),
            ListColumn("isOverdue", "\(due) < '\(day)'", .boolean),
            ListColumn("overdueDays", due, .daysPast(day)),
        ]
    }

    static func households(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let gap: HouseholdGap? = query.value("gaps", FieldText.word)
        let other = try otherDay(&query, call, connection)
        let paging = Paging(&query)
        try query.finish()
        let today = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        let there = try PastArea.asked(area, on: other ?? today, today: today, call.caller.scope, connection)
        var conditions = ListConditions()
        let source: String
        var village = "h.village_id"
        var due = "k.due_on"
        if let other {
            (source, due) = try counted(on: other, in: there, &conditions, connection)
            if other < today { village = HouseholdStays.village(of: "h", on: conditions.bind(other)) }
            // Whoever has gone elsewhere since is not told to those of whom the place is.
            conditions.add(try call.caller.scope, on: "h.area_code")
        } else {
            conditions.add(there.scope, on: "h.area_code")
            conditions.add("h.ended_on IS NULL")
            source = "household h LEFT JOIN household_help k ON k.household_number = h.household_number"
        }
        let facts = other == nil ? "h" : "k"
        let asked = gap.map { [$0] } ?? HouseholdGap.allCases
        conditions.add("(\(asked.map { "(\($0.condition(facts)))" }.joined(separator: " OR ")))")
        let order = (gap == .awaiting ? [due] : []) + ["h.area_code", "h.archive_number"]
        let day = other ?? today
        return ListPlan(
            name: "coverage-households", columns: householdColumns(on: day, in: village, facts, due: due),
            source: "\(source) LEFT JOIN cadre c ON c.id = k.responsible_cadre_id",
            conditions: conditions, order: order, paging: paging, villages: VillageNames(connection))
    }

    /// What help comes to on a day that is not kept.
    ///
    /// - Returns: households `h` with their help `k`, and the expression of the day by which those awaiting a
    ///   successor must have one: few, found beforehand, because days are not computed by statements.
    private static func counted(
        on day: CivilDate, in area: PastArea, _ conditions: inout ListConditions, _ connection: Connection
    ) throws -> (source: String, due: String) {
        let recount = area.former == nil ? HelpRecount.dated : .former
        let help = try recount.help(on: day, connection)
        var values: [any Bindable] = [day, area.scope.first, area.scope.last]
        if area.former != nil { values.append(area.villageList) }
        var deadlines = HandoverDeadlines()
        var awaiting: [(village: Identifier, since: CivilDate)] = []
        try connection.forEach(
            """
            \(help) SELECT DISTINCT village_id, awaiting_since FROM help WHERE awaiting_since IS NOT NULL
            """, values: values
        ) { awaiting.append((try $0.identifier(0), try $0.date(1))) }
        var due = JSONWriter()
        try due.array { json in
            for (village, since) in awaiting {
                let until = try deadlines.until(since, in: village, connection)
                json.array { row in
                    row.string(village.description.replacing("-", with: ""))
                    row.string("\(since)")
                    row.string("\(until)")
                }
            }
        }
        for value in values { _ = conditions.bind(value) }
        let table = conditions.bind(String(decoding: due.take(), as: UTF8.self))
        return (
            """
            (\(help) SELECT h.household_number, h.village_id, h.state, h.needs_two_units, k.responsible_cadre_id,
                k.helper_count, k.unit_count, k.is_joint_met, k.is_outside, k.awaiting_since, t.due_on
                FROM h LEFT JOIN help k ON k.household_number = h.household_number
                LEFT JOIN (SELECT value ->> 0 AS village, value ->> 1 AS since, value ->> 2 AS due_on
                    FROM json_each(\(table))) t
                    ON t.village = lower(hex(h.village_id)) AND t.since = k.awaiting_since) k
            JOIN household h ON h.household_number = k.household_number
            """, "k.due_on"
        )
    }

    // MARK: Cadres

    private static func cadreColumns(rank: String, postState: String, _ populated: String) -> [ListColumn] {
        [
            ListColumn("cadreId", "c.id", .identifier), ListColumn("cadreName", "c.name"),
            ListColumn("organizationId", "c.organization_id", .identifier), ListColumn("organizationName", "o.name"),
            ListColumn("rank", rank), ListColumn("postState", postState), ListColumn("to", "c.ended_on"),
            ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
            ListColumn("isLinked", "k.is_linked", .boolean), ListColumn("quota", "k.quota", .integer),
            ListColumn("load", "k.load", .integer), ListColumn("outside", "k.outside_count", .integer),
            ListColumn(
                "deviations", codes(CadreDeviation.allCases.map { ($0.rawValue, $0.condition(where: populated)) }),
                .texts),
        ]
    }

    /// What an interval table says of the cadre `c` on a day.
    private static func fact(_ table: IntervalTable, on day: String) -> String {
        """
        (SELECT f.\(table.values[0]) FROM \(table.name) f WHERE f.cadre_id = c.id AND f.superseded_at IS NULL
            AND f.valid_from <= \(day) AND (f.valid_to IS NULL OR f.valid_to > \(day)))
        """
    }

    static func cadres(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let deviation: CadreDeviation? = query.value("deviations", FieldText.word)
        let organization = query.value("organizationId", FieldText.identifier)
        let other = try otherDay(&query, call, connection)
        let paging = Paging(&query)
        try query.finish()
        let today = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        let there = try PastArea.asked(area, on: other ?? today, today: today, call.caller.scope, connection)
        var conditions = ListConditions()
        var help = "cadre_help"
        var populated = CadreDeviation.isPopulated
        var (rank, postState) = ("c.rank", "c.post_state")
        if let other {
            let day = conditions.bind(other)
            help = "(\((there.former == nil ? HelpRecount.dated : .former).carry) SELECT * FROM carry)"
            (rank, postState) = (fact(CadreTable.ranks, on: day), fact(CadreTable.posts, on: day))
            let there = try PopulatedDivisions.ids(of: there, on: other, connection)
            populated = "hex(d.id) IN (SELECT value FROM json_each(\(conditions.bind(PastArea.list(there)))))"
        }
        if let villages = there.villageList {
            // A former division has no place of its own any more, only that of its successor.
            conditions.add("hex(d.id) IN (SELECT value FROM json_each(\(conditions.bind(villages))))")
            if try there.division(connection) == nil { conditions.add("1 = 0") }
        } else {
            conditions.add(there.scope, on: "d.area_code")
            // A town may share its place with its first village, whose caller does not see the town's cadres.
            conditions.add("d.area_last <= \(conditions.bind(there.scope.last))")
        }
        if let organization { conditions.add("c.organization_id = \(conditions.bind(organization))") }
        let asked = deviation.map { [$0] } ?? CadreDeviation.allCases
        conditions.add("(\(asked.map { "(\($0.condition(where: populated)))" }.joined(separator: " OR ")))")
        return ListPlan(
            name: "coverage-cadres", columns: cadreColumns(rank: rank, postState: postState, populated),
            source: """
                \(help) k JOIN cadre c ON c.id = k.cadre_id JOIN organization o ON o.id = c.organization_id
                JOIN division d ON d.id = k.division_id
                """,
            conditions: conditions, order: ["d.area_code", "c.id"], paging: paging)
    }
}
