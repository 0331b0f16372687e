// The operations on partnerships: one at a time by id, their list, who would be the nearest partner, and how many
// pupils have one.

import Domain
import HTTP1
import SQL
import Web

enum PartnershipRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    static let all: [RouteEntry] = [
        (.get, "/v1/partnerships", Endpoint(access: .signedIn, work: .list(PartnershipList.plan))),
        (.get, "/v1/partnerships/pupil-coverage", Endpoint(access: .signedIn, work: .read(PupilCoverage.show))),
        (.get, "/v1/partnerships/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/partnerships/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/partnerships/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/organizations/{id}/target-candidates",
            Endpoint(access: .signedIn, work: .read(PartnershipCandidates.targets))
        ),
        (
            .get, "/v1/villages/{code}/helper-candidates",
            Endpoint(access: .signedIn, work: .read(PartnershipCandidates.helpers))
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let version = try PartnershipTable.rows.version(of: id, call.caller.scope, connection)
        if let known = asked.known {
            return .json(
                200, try PartnershipList.json(id, on: asked.day, knownAt: known.milliseconds, connection))
        }
        if let day = asked.day { return .json(200, try PartnershipList.json(id, on: day, connection)) }
        return try .record(try PartnershipList.json(id, on: nil, connection), version: version, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let draft = try PartnershipDraft(document, id: id, call.register.codeLists, today: call.now.shanghaiDate)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try PartnershipTable.rows.isReplay(id, contentHash, scope, connection) {
                var response = try answer(200, id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let new = try PartnershipPlacing.place(draft, scope, connection)
            try PartnershipStore.create(id, new, contentHash: contentHash, transaction)
            return try answer(201, id, scope, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try PartnershipPatch(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try PartnershipTable.find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            try PartnershipStore.change(stored, to: try patch.applied(to: stored.term), transaction)
            return try answer(200, id, scope, connection)
        }
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        let version = try PartnershipTable.rows.version(of: id, scope, connection)
        var response = Response.record(
            status, try PartnershipList.json(id, on: nil, connection), version: version)
        if status == 201 { response.add("Location", "/v1/partnerships/\(id)") }
        return response
    }
}
