// Who the caller is, which tokens there are, and revoking a lost one.

import Domain
import HTTP1
import SQL
import Web

package enum AccessRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/me", Endpoint(access: .signedIn, work: .read(me))),
        (.get, "/v1/tokens", Endpoint(access: .roles(.countyAdministrator, .auditor), work: .list(plan))),
        (.post, "/v1/tokens/{id}/revoke", Endpoint(access: .roles(.countyAdministrator), work: .write(revoke))),
    ]

    private static func me(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        var json = JSONWriter()
        try connection.forEach(
            """
            SELECT u.id, u.name, u.role, d.code, d.name FROM user_account u JOIN division d ON d.id = u.division_id
            WHERE u.id = $1
            """, try call.caller.userId
        ) { row in
            ListAnswer.write(
                row,
                [
                    ListColumn("id", "", .identifier), ListColumn("name", ""), ListColumn("role", ""),
                    ListColumn("areaCode", "", .areaCode), ListColumn("areaName", ""),
                ], &json)
        }
        return .json(200, json.take())
    }

    private static let columns = [
        ListColumn("id", "t.id", .identifier), ListColumn("userId", "t.user_id", .identifier),
        ListColumn("userName", "u.name"),
        ListColumn("role", "u.role"), ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
        ListColumn("device", "t.device"),
        ListColumn("createdAt", "t.created_at", .instant), ListColumn("expiresAt", "t.expires_at", .instant),
        ListColumn("revokedAt", "t.revoked_at", .instant),
    ]

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try call.caller.scope, on: "d.area_code")
        return ListPlan(
            name: "tokens", columns: columns,
            source: "token t JOIN user_account u ON u.id = t.user_id JOIN division d ON d.id = u.division_id",
            conditions: conditions, order: ["t.id"], paging: paging)
    }

    /// Revokes a token at once: the next request with it is 401. Doing it again is not an error.
    private static func revoke(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let area = try transaction.connection.first(
                """
                SELECT d.area_code FROM token t JOIN user_account u ON u.id = t.user_id
                JOIN division d ON d.id = u.division_id WHERE t.id = $1
                """, id
            ) { $0.int64(0) }
            guard let area, scope.contains(area) else { throw Problem(.notFound) }
            try AccessStore.revoke(id, transaction)
            var response = Response(status: 204)
            response.add("Cache-Control", "no-store")
            return response
        }
    }
}
