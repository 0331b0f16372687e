// The operations on cadres (R004, R005): one at a time, by id.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum CadreRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    package static let all: [RouteEntry] = [
        (.get, "/v1/cadres", Endpoint(access: .signedIn, work: .list(CadreView.plan))),
        (.post, "/v1/cadres/search", Endpoint(access: .signedIn, body: .json, work: .write(CadreFinder.find))),
        (.get, "/v1/cadres/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/cadres/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/cadres/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/cadres/{id}/history",
            Endpoint(access: .signedIn, work: .list { try CadreTable.rows.history("cadre-history", $0, $1) })
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let version = try CadreTable.rows.version(of: id, call.caller.scope, connection)
        guard let time = asked.time(call) else {
            guard let body = try CadreView.json(id, connection) else { throw Problem(.notFound) }
            return try .record(body, version: version, call)
        }
        guard let body = try CadreView.json(id, time: time, connection) else { throw Problem(.notFound) }
        return .json(200, body)
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection, retold: [RetoldSpan] = [],
        _ consequences: [HelpConsequences.Item] = []
    ) throws -> Response {
        let version = try CadreTable.rows.version(of: id, scope, connection)
        guard let body = try CadreView.json(id, connection) else { throw Problem(.notFound) }
        let told = consequences.told(in: RetoldSpan.appending(retold, to: body))
        var response = Response.record(status, told, version: version)
        if status == 201 { response.add("Location", "/v1/cadres/\(id)") }
        return response
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try CadreBody(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try CadreTable.rows.isReplay(body.id, body.contentHash, scope, connection) {
                var response = try answer(200, body.id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let statement = body.statement
            var wrong = WrongFields()
            let home = try wrong.gather {
                try CadrePlacing.organization(body.organizationId, hasChanged: true, scope, connection)
            }
            let village = try wrong.gather {
                try statement.homeVillageCode.map { try CadrePlacing.homeVillage($0, scope, connection) }
            }
            let placed = try home.flatMap { home in
                try wrong.gather { try CadrePlacing.facts(statement.facts, of: nil, home, scope, connection) }
            }
            guard let organization = home, let village, let facts = placed else { throw wrong.refusal }
            let state = try statement.state(
                of: body.id, in: organization.id, homeVillage: village, transaction.register.keys)
            try HelperProblems.locating(state, scope, connection) {
                try CadreStore.create(
                    NewCadre(
                        id: body.id, state: state, facts: facts, home: organization.areaCode, day: body.day,
                        contentHash: body.contentHash), transaction)
            }
            return try answer(201, body.id, scope, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try CadrePatch(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            try CadreDay.turn(transaction)
            guard let stored = try CadreTable.find(id, connection), scope.contains(stored.kept.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            let (state, organization) = try patch.applied(to: stored, scope, transaction)
            let facts = try CadrePlacing.facts(patch.facts, of: id, organization, scope, connection)
            transaction.consequences.ask()
            let change = try HelperProblems.locating(state, scope, connection) {
                try CadreStore.change(
                    stored, to: state, facts, home: organization.areaCode, from: patch.day,
                    stated: patch.stated, replacesLater: patch.replacesLater, scope, transaction)
            }
            return try answer(
                200, id, scope, connection, retold: change.retold, transaction.consequences.take(in: scope))
        }
    }
}
