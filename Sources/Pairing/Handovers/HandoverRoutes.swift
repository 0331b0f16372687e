// The operations on handovers: one call hands on all households of a cadre who goes; what became of them stays
// answerable.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum HandoverRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    package static let all: [RouteEntry] = [
        (.get, "/v1/handovers", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/handovers/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/handovers/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
    ]

    private static let columns =
        [
            ListColumn("id", "x.id", .identifier), ListColumn("cadreId", "x.cadre_id", .identifier),
            ListColumn("cadreName", "c.name"), ListColumn("on", "x.handed_on"), ListColumn("reason", "x.reason"),
            ListColumn("successorCadreId", "x.successor_cadre_id", .identifier),
            ListColumn("successorCadreName", "s.name"), ListColumn("note", "x.note"),
            ListColumn("postState", "x.post_state"),
            ListColumn("households", "x.households", .integer),
            ListColumn("leftBehindCount", "x.left_behind", .integer),
        ] + ListColumn.actor("recordedBy", id: "x.recorded_by", name: "u.name")
        + [ListColumn("createdAt", "x.created_at", .instant)]
    private static let source = """
        handover x JOIN cadre c ON c.id = x.cadre_id LEFT JOIN cadre s ON s.id = x.successor_cadre_id
        LEFT JOIN user_account u ON u.id = x.recorded_by
        """

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let helper = query.value("cadreId", FieldText.identifier)
        let reason = query.code("reason", .handoverReason, call.register.codeLists)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "x.area_code")
        if let helper { conditions.add("x.cadre_id = \(conditions.bind(helper))") }
        if let reason { conditions.add("x.reason = \(conditions.bind(reason))") }
        return ListPlan(
            name: "handovers", columns: columns, source: source, conditions: conditions,
            order: ["x.area_code", "x.id"], paging: paging)
    }

    /// The handover where it is in a range; nil when it is not.
    package static func json(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [UInt8]? {
        var json = JSONWriter(reserve: 1_024)
        var outcome: [UInt8] = []
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")), x.outcome FROM \(source)
            WHERE x.id = $1 AND x.area_code BETWEEN $2 AND $3
            """, id, scope.first, scope.last
        ) { row in
            ListAnswer.write(row, columns, &json)
            outcome = Array(row.utf8(columns.count))
        }
        guard !outcome.isEmpty else { return nil }
        // Joins two objects into one: what was asked, and what became of it.
        return try Array(json.take().dropLast()) + [UInt8(ascii: ",")] + Array(named(outcome, connection).dropFirst())
    }

    /// An outcome as it is stored, with the names that cadres have now beside their ids.
    private static func named(_ outcome: [UInt8], _ connection: Connection) throws -> [UInt8] {
        let root = try JSONDocument(outcome).root
        var json = JSONWriter(reserve: outcome.count * 2)
        try json.object { json in
            for (list, value) in root.members {
                json.key(data: list)
                guard ["handedOver", "moved"].contains(list) else {
                    json.raw(value.rawBytes)
                    continue
                }
                try json.array { json in
                    for item in value.elements { try json.object { try write(item, &$0, connection) } }
                }
            }
        }
        return json.take()
    }

    private static func write(_ item: JSONValue, _ json: inout JSONWriter, _ connection: Connection) throws {
        for (member, value) in item.members {
            json.key(data: member)
            json.raw(value.rawBytes)
            guard member.hasSuffix("adreId"), let id = value.string.flatMap({ Identifier($0) }),
                let name = try connection.first("SELECT name FROM cadre WHERE id = $1", id, row: { $0.text(0) })
            else { continue }
            json.key(data: member.dropLast(2) + "Name")
            json.string(name)
        }
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        guard let body = try json(call.id(), call.caller.scope, connection) else { throw Problem(.notFound) }
        return try .record(body, version: 1, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try HandoverBody(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            let existing = try connection.first(
                "SELECT content_hash, area_code FROM handover WHERE id = $1", body.id
            ) { ($0.blob(0), $0.int64(1)) }
            if let (hash, areaCode) = existing {
                guard hash == body.contentHash, scope.contains(areaCode) else { throw Problem(.conflictingContent) }
                var response = try answer(200, body.id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            var work = HandoverWork(body, scope, transaction)
            try work.run()
            return try answer(201, body.id, scope, connection)
        }
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        guard let body = try json(id, scope, connection) else { throw Problem(.notFound) }
        var response = Response.record(status, body, version: 1)
        if status == 201 { response.add("Location", "/v1/handovers/\(id)") }
        return response
    }
}
