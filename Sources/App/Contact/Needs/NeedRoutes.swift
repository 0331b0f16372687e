// The operations on needs (R035): recorded by whoever hears of one, answered by the town or the village.

import Domain
import HTTP1
import SQL
import Web

enum NeedRoutes {
    private static let answerers: Access = .roles(.countyAdministrator, .townClerk, .villageWorker)

    static let all: [RouteEntry] = [
        (.get, "/v1/needs", Endpoint(access: .signedIn, work: .list(NeedView.plan))),
        (.get, "/v1/needs/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/needs/{id}", Endpoint(access: ProposalRoutes.writers, body: .json, work: .write(create))),
        (.patch, "/v1/needs/{id}", Endpoint(access: answerers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/needs/{id}/history",
            Endpoint(access: .signedIn, work: .list { try NeedTable.rows.history("need-history", $0, $1) })
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let version = try NeedTable.rows.version(of: id, call.caller.scope, connection)
        return try .record(try NeedView.json(id, connection), version: version, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try NeedBody(call)
        let caller = try call.caller
        let scope = caller.scope
        return { transaction in
            let connection = transaction.connection
            let id = body.draft.id
            if try NeedTable.rows.isReplay(id, body.contentHash, scope, connection) {
                var response = try answer(200, id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            try NeedStore.create(
                body.draft, of: try subject(of: body, scope, connection), channel: body.channel,
                voicedOn: body.voicedOn, recordedBy: caller.userId, contentHash: body.contentHash, transaction)
            return try answer(201, id, scope, connection)
        }
    }

    private static func subject(
        of body: NeedBody, _ scope: Scope, _ connection: Connection
    ) throws -> NeedSubject {
        switch body.subject {
        case .household(let id):
            guard let subject = try NeedSubject.household(id, scope, connection) else {
                throw Problem.field("/householdId", .unknownHousehold)
            }
            return subject
        case .village(let code):
            let village = try DivisionPlacing.village(code, scope, connection)
            return NeedSubject(household: nil, village: village.id, areaCode: village.areaCode)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try NeedPatch(call)
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            guard let stored = try NeedTable.find(id, connection), caller.scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            try NeedStore.change(stored, to: try patch.applied(to: stored.state, by: caller.userId), transaction)
            return try answer(200, id, caller.scope, connection)
        }
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        let version = try NeedTable.rows.version(of: id, scope, connection)
        var response = Response.record(status, try NeedView.json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/needs/\(id)") }
        return response
    }
}
