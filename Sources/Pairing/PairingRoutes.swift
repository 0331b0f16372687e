// The operations on pairings (R042, R046, R050): one at a time by id, their list, and those of one household or cadre.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum PairingRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)
    private static let rows = RecordRows(table: "pairing")

    package static let all: [RouteEntry] = [
        (.get, "/v1/pairings", Endpoint(access: .signedIn, work: .list(PairingList.plan))),
        (.get, "/v1/pairings/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/pairings/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/pairings/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (.get, "/v1/households/{id}/pairings", Endpoint(access: .signedIn, work: .read(HouseholdPairings.show))),
        (.get, "/v1/cadres/{id}/pairings", Endpoint(access: .signedIn, work: .read(CadrePairings.show))),
    ]

    // MARK: Reading

    /// As it is; with `on=` only if it holds on that day, with `knownAt=` as it was recorded then.
    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let today = call.now.shanghaiDate
        guard let stored = try PairingTable.find(id, connection), try call.caller.scope.contains(stored.areaCode) else {
            throw Problem(.notFound)
        }
        guard asked.day == nil, asked.known == nil else {
            let view = PairingView(day: asked.day ?? today, knownAt: asked.known?.milliseconds)
            guard let body = try view.json(id, mustHold: asked.day != nil, connection) else { throw Problem(.notFound) }
            return .json(200, body)
        }
        return try .record(try json(id, on: today, connection), version: stored.version, call)
    }

    private static func json(_ id: Identifier, on day: CivilDate, _ connection: Connection) throws -> [UInt8] {
        guard let body = try PairingView(day: day, knownAt: nil).json(id, mustHold: false, connection) else {
            throw Problem(.notFound)
        }
        return body
    }

    /// The pairing where its household is in a range; nil when it is not.
    package static func json(
        _ id: Identifier, _ scope: Scope, on day: CivilDate, _ connection: Connection
    ) throws -> [UInt8]? {
        guard let stored = try PairingTable.find(id, connection), scope.contains(stored.areaCode) else { return nil }
        return try json(id, on: day, connection)
    }

    private static func answer(_ status: Int, _ id: Identifier, _ transaction: Transaction) throws -> Response {
        let connection = transaction.connection
        guard let stored = try PairingTable.find(id, connection) else { throw Problem(.notFound) }
        var response = Response.record(
            status, try json(id, on: transaction.today, connection), version: stored.version)
        if status == 201 { response.add("Location", "/v1/pairings/\(id)") }
        return response
    }

    // MARK: Writing

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let draft = try PairingDraft(document, id: id, call.register.days, today: call.now.shanghaiDate)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            if try rows.isReplay(id, contentHash, scope, transaction.connection) {
                var response = try answer(200, id, transaction)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            try PairingBeginning(id: id, draft: draft, contentHash: contentHash, scope: scope).begin(transaction)
            return try answer(201, id, transaction)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try PairingPatch(call)
        let scope = try call.caller.scope
        return { transaction in
            guard let stored = try PairingTable.find(id, transaction.connection), scope.contains(stored.areaCode)
            else { throw Problem(.notFound) }
            try VersionTag.require(stored.version, call)
            try patch.apply(to: stored, transaction)
            return try answer(200, id, transaction)
        }
    }
}
