// The list of duties, and one duty as clients see it: the same columns.

import Domain
import SQL
import Service
import Web

enum DutyList {
    static let columns = [
        ListColumn("id", "y.id", .identifier),
        ListColumn("version", "y.version", .integer),
        ListColumn("kind", "t.kind"),
        ListColumn("areaCode", "d.code", .areaCode),
        ListColumn("areaName", "d.name"),
        ListColumn("organizationId", "t.organization_id", .identifier),
        ListColumn("organizationName", "o.name"),
        ListColumn("cadreId", "t.cadre_id", .identifier),
        ListColumn("cadreName", "c.name"),
        ListColumn("holderName", "t.holder_name"),
        ListColumn("title", "t.title"),
        ListColumn("sendingOrganizationId", "t.sending_organization_id", .identifier),
        ListColumn("sendingOrganizationName", "s.name"),
        ListColumn("teamId", "t.team_id", .identifier),
        ListColumn("teamName", teamName),
        ListColumn("from", "t.valid_from"),
        ListColumn("to", "t.valid_to"),
        ListColumn("endReason", "t.end_reason"),
        ListColumn("createdAt", "y.created_at", .instant),
    ]

    /// The name of the team of a duty `t`.
    static let teamName = """
        (SELECT m.name FROM work_team_term m WHERE m.team_id = t.team_id AND m.superseded_at IS NULL)
        """
    static let source = """
        duty y JOIN duty_term t ON t.duty_id = y.id JOIN division d ON d.id = t.division_id
        LEFT JOIN organization o ON o.id = t.organization_id LEFT JOIN cadre c ON c.id = t.cadre_id
        LEFT JOIN organization s ON s.id = t.sending_organization_id
        """

    /// Restricts the rows of an interval table to what was believed at a time (nil: now) and holds on a day (nil: any).
    static func hold(
        _ table: String = "t", on day: CivilDate?, knownAt: Int64?, _ conditions: inout ListConditions
    ) {
        conditions.add(holds(table, on: day, knownAt: knownAt, &conditions))
    }

    /// The same as a condition by itself.
    ///
    /// - Parameter values: receives the day and the time.
    static func holds(
        _ table: String = "t", on day: CivilDate?, knownAt: Int64?, _ values: inout ListConditions
    ) -> String {
        var clause = "\(table).superseded_at IS NULL"
        if let knownAt {
            let known = values.bind(knownAt)
            clause = "\(table).recorded_at <= \(known) AND (\(clause) OR \(table).superseded_at > \(known))"
        }
        if let day {
            let day = values.bind(day)
            clause += " AND \(table).valid_from <= \(day) AND (\(table).valid_to IS NULL OR \(table).valid_to > \(day))"
        }
        return clause
    }

    /// The only duty that meets the conditions.
    ///
    /// - Throws: 404 if none does.
    static func json(_ conditions: ListConditions, _ connection: Connection) throws -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        try write(conditions, &json, connection)
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return json.take()
    }

    /// All duties that meet the conditions, one after the other.
    static func write(_ conditions: ListConditions, _ json: inout JSONWriter, _ connection: Connection) throws {
        let rows = try connection.query(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE \(conditions.clauses.joined(separator: " AND ")) ORDER BY t.kind, t.valid_from, y.id
            """, values: conditions.values
        ) { row in
            var one = JSONWriter(reserve: 512)
            ListAnswer.write(row, columns, &one)
            return one.take()
        }
        for row in rows { json.raw(row) }
    }

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let kind = query.value("kind") { text throws(FieldError) in
            try call.register.codeLists.known(text, in: .dutyKind)
        }
        let references = [
            ("t.organization_id", query.value("organizationId", FieldText.identifier)),
            ("t.cadre_id", query.value("cadreId", FieldText.identifier)),
            ("t.team_id", query.value("teamId", FieldText.identifier)),
        ]
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "y.area_code")
        hold(on: day, knownAt: nil, &conditions)
        if let kind { conditions.add("t.kind = \(conditions.bind(kind))") }
        for (column, id) in references {
            if let id { conditions.add("\(column) = \(conditions.bind(id))") }
        }
        return ListPlan(
            name: "duties", columns: columns, source: source, conditions: conditions, order: ["y.area_code", "y.id"],
            paging: paging)
    }
}
