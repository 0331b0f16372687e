// The operations on activities (R069, R071, R099): one at a time by id, their lists, and how far training has come.

import Domain
import HTTP1
import SQL
import Web

enum ActivityRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk, .villageWorker)

    static let all: [RouteEntry] = [
        (.get, "/v1/activities", Endpoint(access: .signedIn, work: .list(ActivityView.plan))),
        (.get, "/v1/activities/training-coverage", Endpoint(access: .signedIn, work: .read(TrainingCoverage.show))),
        (.get, "/v1/activities/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/activities/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/activities/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/activities/{id}/participants",
            Endpoint(access: .signedIn, work: .list(ActivityView.planOfParticipants))
        ),
        (
            .get, "/v1/households/{id}/activities",
            Endpoint(access: .signedIn, work: .list(ActivityView.planOfHousehold))
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let version = try ActivityTable.rows.version(of: id, call.caller.scope, connection)
        return try .record(try ActivityView.json(id, connection), version: version, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try ActivityBody(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try ActivityTable.rows.isReplay(body.id, body.contentHash, scope, connection) {
                var response = try answer(200, body.id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let division = try DivisionPlacing.division(body.areaCode, "/areaCode", scope, connection)
            let participants = try ActivityStore.place(body.participants, scope, connection)
            try ActivityStore.create(
                body.id, body.facts, participants, in: division, contentHash: body.contentHash, transaction)
            return try answer(201, body.id, scope, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try ActivityPatch(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try ActivityTable.find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            let facts = try patch.applied(to: stored.facts)
            let participants =
                try patch.participants.map { try ActivityStore.place($0, scope, connection) } ?? stored.participants
            try ActivityStore.change(stored, to: facts, participants, transaction)
            return try answer(200, id, scope, connection)
        }
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        let version = try ActivityTable.rows.version(of: id, scope, connection)
        var response = Response.record(status, try ActivityView.json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/activities/\(id)") }
        return response
    }
}
