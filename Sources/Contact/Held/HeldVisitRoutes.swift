// The operations on what was held: the list, one with what came, and a person's decision.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum HeldVisitRoutes {
    private static let clerks: Set<Role> = [.countyAdministrator, .townClerk]

    package static let all: [RouteEntry] = [
        (.get, "/v1/held-visits", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/held-visits/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.patch, "/v1/held-visits/{id}", Endpoint(access: .roles(clerks), body: .mergePatch, work: .write(decide))),
    ]

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let state: HeldState? = query.value("state", FieldText.word)
        let cause: HeldCause? = query.value("cause", FieldText.word)
        let visit = query.value("visitId", FieldText.identifier)
        let batch = query.value("batchId", FieldText.identifier)
        let user = query.value("recordedBy", FieldText.identifier)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "x.area_code")
        if let state { conditions.add("x.state = \(conditions.bind(state.rawValue))") }
        if let cause { conditions.add("x.cause = \(conditions.bind(cause.rawValue))") }
        if let visit { conditions.add("x.visit_id = \(conditions.bind(visit))") }
        if let batch { conditions.add("x.batch_id = \(conditions.bind(batch))") }
        if let user { conditions.add("x.user_id = \(conditions.bind(user))") }
        return ListPlan(
            name: "held-visits", columns: HeldVisitView.columns, source: HeldVisitView.source, conditions: conditions,
            order: ["x.area_code", "x.id"], paging: paging)
    }

    private static func json(
        _ id: Identifier, _ call: Call, _ connection: Connection
    ) throws -> (version: Int, body: [UInt8]) {
        let caller = try call.caller
        let found = try HeldVisitView.json(
            id, caller.scope, showsContent: clerks.contains(caller.role), call.register.keys, connection)
        guard let found else { throw Problem(.notFound) }
        return found
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let (version, body) = try json(call.id(), call, connection)
        return try .record(body, version: version, call)
    }

    private static func decide(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let decision = try HeldVisitDecision(call)
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            guard let held = try HeldVisitTable.find(id, connection), caller.scope.contains(held.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(held.version, call)
            try decision.carryOut(held, caller, transaction)
            let (version, body) = try json(id, call, connection)
            return .record(200, body, version: version)
        }
    }
}
