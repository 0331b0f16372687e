// Cadres as clients see them: one with all dated facts, and the list. Sealed numbers appear as masks. Whether
// somebody is a member of a registered household is asked of the index of identity numbers at the question, and
// nothing of the household is told.

import Domain
import SQL
import Service
import Web

package enum CadreView {
    /// A living member of a household has this number: nobody is their own helper.
    package static let isRegisteredPoor = """
        EXISTS (SELECT 1 FROM member m WHERE m.identity_hash = c.identity_hash AND m.identity_state = 'verified'
            AND m.left_on IS NULL)
        """

    static let source = """
        cadre c JOIN organization o ON o.id = c.organization_id JOIN division od ON od.id = o.division_id
        LEFT JOIN division hd ON hd.id = c.home_village_id LEFT JOIN division ld ON ld.id = c.linked_division_id
        """

    /// - Parameter facts: the name under which the plain facts stand in the query.
    private static func plainColumns(_ facts: String) -> [ListColumn] {
        [
            ListColumn("organizationId", "\(facts).organization_id", .identifier),
            ListColumn("organizationName", "o.name"), ListColumn("name", "\(facts).name"),
            ListColumn("sex", "\(facts).sex"), ListColumn("positionTitle", "\(facts).position_title"),
            ListColumn("identityNumber", "\(facts).identity_mask"), ListColumn("phone", "\(facts).phone_mask"),
            ListColumn("line", "\(facts).line"), ListColumn("homeVillageCode", "hd.code", .areaCode),
            ListColumn("homeVillageName", "hd.name"),
            ListColumn("isCountyLeader", "\(facts).is_county_leader", .boolean),
            ListColumn("to", "\(facts).ended_on"),
        ]
    }

    static let columns =
        [
            ListColumn("id", "c.id", .identifier), ListColumn("version", "c.version", .integer),
            ListColumn("areaCode", "coalesce(ld.code, od.code)", .areaCode),
            ListColumn("areaName", "coalesce(ld.name, od.name)"),
        ] + plainColumns("c") + [
            ListColumn("rank", "c.rank"), ListColumn("postState", "c.post_state"),
            ListColumn("linkedAreaCode", "ld.code", .areaCode), ListColumn("linkedAreaName", "ld.name"),
            ListColumn("isRegisteredPoor", isRegisteredPoor, .boolean),
        ]

    private static let presentColumns = columns + [ListColumn("createdAt", "c.created_at", .instant)]

    private static let pastColumns =
        [
            ListColumn("id", "c.id", .identifier), ListColumn("version", "f.version", .integer),
            ListColumn("areaCode", "coalesce(ld.code, od.code)", .areaCode),
            ListColumn("areaName", "coalesce(ld.name, od.name)"),
        ] + plainColumns("f") + [
            ListColumn("rank", "r.rank"), ListColumn("postState", "p.post_state"),
            ListColumn("linkedAreaCode", "ld.code", .areaCode), ListColumn("linkedAreaName", "ld.name"),
            ListColumn("createdAt", "c.created_at", .instant),
        ]

    private static func known(_ table: IntervalTable) -> String {
        table.asOf("cadre_id = $1", day: "$2", known: "$3")
    }

    private static let pastSQL = """
        SELECT \(pastColumns.map(\.expression).joined(separator: ", "))
        FROM (\(CadreTable.dated.asOf("id = $1", day: "$2", known: "$3"))) f JOIN cadre c ON c.id = f.id
        JOIN organization o ON o.id = f.organization_id JOIN division od ON od.id = o.division_id
        LEFT JOIN division hd ON hd.id = f.home_village_id
        LEFT JOIN (\(known(CadreTable.ranks))) r ON r.cadre_id = c.id
        LEFT JOIN (\(known(CadreTable.posts))) p ON p.cadre_id = c.id
        LEFT JOIN (\(known(CadreTable.links))) l ON l.cadre_id = c.id
        LEFT JOIN division ld ON ld.id = l.division_id
        """

    /// A cadre as JSON.
    ///
    /// - Parameter time: nil for now.
    /// - Returns: nil when nothing was known of the cadre on that day.
    package static func json(_ id: Identifier, time: ViewTime? = nil, _ connection: Connection) throws -> [UInt8]? {
        let columns = time == nil ? presentColumns : pastColumns
        let sql =
            time == nil
            ? "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE c.id = $1" : pastSQL
        let values: [any Bindable] = time.map { [id, $0.day, $0.knownAt] } ?? [id]
        var json = JSONWriter(reserve: 1_024)
        json.beginObject()
        var found = false
        try connection.forEach(sql, values: values) { row in
            found = true
            ListAnswer.writeMembers(row, columns, &json)
        }
        guard found else { return nil }
        try QuotaView.writeMembers(id, time, &json, connection)
        json.key("ranks")
        try writeIntervals(CadreTable.ranks, [ListColumn("rank", "f.rank")], id, time, &json, connection)
        json.key("postStates")
        try writeIntervals(CadreTable.posts, [ListColumn("postState", "f.post_state")], id, time, &json, connection)
        json.key("links")
        let area = [ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name")]
        try writeIntervals(
            CadreTable.links, area, join: "JOIN division d ON d.id = f.division_id", id, time, &json, connection)
        json.endObject()
        return json.take()
    }

    /// All intervals of a fact, as known now or at a time.
    private static func writeIntervals(
        _ table: IntervalTable, _ fact: [ListColumn], join: String = "", _ id: Identifier, _ time: ViewTime?,
        _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        let columns = fact + [ListColumn("from", "f.valid_from"), ListColumn("to", "f.valid_to")]
        let belief =
            time == nil
            ? "f.superseded_at IS NULL"
            : "f.recorded_at <= $2 AND (f.superseded_at IS NULL OR f.superseded_at > $2)"
        json.beginArray()
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(table.name) f \(join)
            WHERE f.cadre_id = $1 AND \(belief) ORDER BY f.valid_from
            """, values: time.map { [id, $0.knownAt] } ?? [id]
        ) { ListAnswer.write($0, columns, &json) }
        json.endArray()
    }

    // MARK: The list

    package static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let codes = call.register.codeLists
        let filters: [(String, String?)] = [
            ("c.rank", query.code("rank", .cadreRank, codes)),
            ("c.post_state", query.code("postState", .postState, codes)),
            ("c.line", query.code("line", .cadreLine, codes)),
        ]
        let organization = query.value("organizationId", FieldText.identifier)
        let isCountyLeader = query.boolean("isCountyLeader")
        let isPoor = query.boolean("isRegisteredPoor")
        let ended = query.boolean("ended")
        let name = query.name("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "c.area_code")
        if let organization { conditions.add("c.organization_id = \(conditions.bind(organization))") }
        for (column, code) in filters {
            if let code { conditions.add("\(column) = \(conditions.bind(code))") }
        }
        if let isCountyLeader { conditions.add("c.is_county_leader = \(conditions.bind(isCountyLeader))") }
        if let isPoor { conditions.add(isPoor ? isRegisteredPoor : "NOT \(isRegisteredPoor)") }
        if let ended { conditions.add(ended ? "c.ended_on IS NOT NULL" : "c.ended_on IS NULL") }
        if let name { conditions.add("instr(c.name, \(conditions.bind(name))) > 0") }
        return ListPlan(
            name: "cadres", columns: columns, source: source, conditions: conditions, order: ["c.area_code", "c.id"],
            paging: paging)
    }
}
