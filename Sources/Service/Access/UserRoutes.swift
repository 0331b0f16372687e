// The users, and moving one to another place: from then on they see that place, and what they recorded in the old one
// before is still accepted (`UserPlaces`).

import Domain
import HTTP1
import SQL
import Web

package enum UserRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/users", Endpoint(access: .roles(.countyAdministrator, .auditor), work: .list(plan))),
        (.get, "/v1/users/{id}", Endpoint(access: .roles(.countyAdministrator, .auditor), work: .read(show))),
        (
            .patch, "/v1/users/{id}",
            Endpoint(access: .roles(.countyAdministrator), body: .mergePatch, work: .write(move))
        ),
    ]

    private static let columns = [
        ListColumn("id", "u.id", .identifier), ListColumn("version", "u.version", .integer),
        ListColumn("name", "u.name"), ListColumn("role", "u.role"), ListColumn("areaCode", "d.code", .areaCode),
        ListColumn("areaName", "d.name"), ListColumn("createdAt", "u.created_at", .instant),
        ListColumn("disabledAt", "u.disabled_at", .instant),
    ]
    private static let source = "user_account u JOIN division d ON d.id = u.division_id"
    /// A user is within a range only if their whole range is: nobody can move a user who sees more than they do.
    private static let isWithin = "d.area_code >= $2 AND d.area_last <= $3"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        var conditions = ListConditions()
        conditions.add("d.area_code >= \(conditions.bind(scope.first))")
        conditions.add("d.area_last <= \(conditions.bind(scope.last))")
        return ListPlan(
            name: "users", columns: columns, source: source, conditions: conditions, order: ["u.id"], paging: paging)
    }

    private static func json(
        _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> (version: Int, body: [UInt8]) {
        var json = JSONWriter()
        let version = try connection.first(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE u.id = $1 AND \(isWithin)
            """, id, scope.first, scope.last
        ) { row in
            ListAnswer.write(row, columns, &json)
            return row.int(1)
        }
        guard let version else { throw Problem(.notFound) }
        return (version, json.take())
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let (version, body) = try json(call.id(), call.caller.scope, connection)
        return try .record(body, version: version, call)
    }

    private static func move(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        var body = ObjectReader(try call.document().root)
        let code = body.value("areaCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        try body.finish()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            try VersionTag.require(try json(id, scope, connection).version, call)
            guard let division = try DivisionStore.find(code: code, connection), division.isLive,
                scope.contains(division.scope)
            else {
                throw Problem.field("/areaCode", .unknownDivision)
            }
            try AccessStore.move(id, to: division, transaction)
            let (version, body) = try json(id, scope, connection)
            return .record(200, body, version: version)
        }
    }
}
