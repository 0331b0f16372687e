// The operations on handovers: one call hands on all households of a cadre who goes; what became of them stays
// answerable.

import Domain
import HTTP1
import SQL
import Web

enum HandoverRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    static let all: [RouteEntry] = [
        (.get, "/v1/handovers", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/handovers/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/handovers/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
    ]

    private static let columns = [
        ListColumn("id", "x.id", .identifier), ListColumn("helperId", "x.cadre_id", .identifier),
        ListColumn("helperName", "c.name"), ListColumn("on", "x.handed_on"), ListColumn("reason", "x.reason"),
        ListColumn("successorId", "x.successor_cadre_id", .identifier), ListColumn("note", "x.note"),
        ListColumn("households", "x.households", .integer),
    ]
    private static let listColumns =
        columns + [
            ListColumn("leftBehindCount", "x.left_behind", .integer),
            ListColumn("createdAt", "x.created_at", .instant),
        ]
    private static let oneColumns =
        columns + [ListColumn("createdAt", "x.created_at", .instant)]
    private static let source = "handover x JOIN cadre c ON c.id = x.cadre_id"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let helper = query.value("helperId", FieldText.identifier)
        let reason = query.code("reason", .handoverReason, call.register.codeLists)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "x.area_code")
        if let helper { conditions.add("x.cadre_id = \(conditions.bind(helper))") }
        if let reason { conditions.add("x.reason = \(conditions.bind(reason))") }
        return ListPlan(
            name: "handovers", columns: listColumns, source: source, conditions: conditions,
            order: ["x.area_code", "x.id"], paging: paging)
    }

    /// The handover where it is in a range; nil when it is not.
    static func json(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [UInt8]? {
        var json = JSONWriter(reserve: 1_024)
        var outcome: [UInt8] = []
        try connection.forEach(
            """
            SELECT \(oneColumns.map(\.expression).joined(separator: ", ")), x.outcome FROM \(source)
            WHERE x.id = $1 AND x.area_code BETWEEN $2 AND $3
            """, id, scope.first, scope.last
        ) { row in
            ListAnswer.write(row, oneColumns, &json)
            outcome = Array(row.utf8(oneColumns.count))
        }
        guard !outcome.isEmpty else { return nil }
        // Joins two objects into one: what was asked, and what became of it.
        return Array(json.take().dropLast()) + [UInt8(ascii: ",")] + Array(outcome.dropFirst())
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
