// The operations on visits (R060 to R068): putting one under the client's id, reading it, their lists.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum VisitRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk, .villageWorker, .tablet)

    package static let all: [RouteEntry] = [
        (.get, "/v1/visits", Endpoint(access: .signedIn, work: .list(VisitList.plan))),
        (.get, "/v1/visits/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/visits/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.get, "/v1/households/{id}/visits", Endpoint(access: .signedIn, work: .list(VisitList.ofHousehold))),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let found = try VisitView.json(call.id(), call.caller.scope, connection)
        guard let (version, body) = found else { throw Problem(.notFound) }
        return try .record(body, version: version, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let root = try call.document().root
        var body = ObjectReader(root)
        let draft = VisitDraft(&body, id: id, codes: call.register.codeLists, receivedAt: call.now)
        try body.finish()
        let content = VisitContent(root, call.register.keys)
        let caller = try call.caller
        return { transaction in
            let outcome = try VisitIntake(caller: caller).take(
                draft, content: content.bytes, contentHash: content.hash, transaction)
            return try answer(outcome, draft, content, call, transaction)
        }
    }

    private static func answer(
        _ outcome: VisitOutcome, _ draft: VisitDraft, _ content: VisitContent, _ call: Call, _ transaction: Transaction
    ) throws -> Response {
        let id = draft.id
        switch outcome {
        case .created:
            var response = try answer(201, id, of: draft, transaction)
            response.add("Location", "/v1/visits/\(id)")
            return response
        case .replayed:
            var response = try answer(200, try recorded(id, content, transaction), transaction)
            response.add("Idempotency-Replayed", "true")
            return response
        case .parked(let code): return .json(202, parked(id, code))
        case .conflict(let code):
            // Returned and not thrown: the content that came is kept, and that has to be committed.
            return VisitProblems.conflict(code).response(language: call.language, instance: call.requestId)
        case .taken: throw Problem(.conflictingContent)
        case .rejected(let errors): throw InvalidBody(errors: errors)
        }
    }

    /// The record with a content: under another id where a person has taken it as a correction.
    private static func recorded(
        _ id: Identifier, _ content: VisitContent, _ transaction: Transaction
    ) throws -> Identifier {
        try HeldVisitTable.find(visit: id, contentHash: content.hash, transaction.connection)?.resultId ?? id
    }

    /// The record, also where its household is not in the caller's area any more: the caller has just sent it.
    private static func answer(
        _ status: Int, _ id: Identifier, of draft: VisitDraft? = nil, _ transaction: Transaction
    ) throws -> Response {
        guard let (version, body) = try VisitView.json(id, .everything, of: draft, transaction.connection) else {
            throw Problem(.notFound)
        }
        return .record(status, body, version: version)
    }

    private static func parked(_ id: Identifier, _ code: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("id")
            json.string(id.description)
            json.key("outcome")
            json.string("parked")
            json.key("code")
            json.string(code)
            json.key("retry")
            json.string("never")
        }
        return json.take()
    }
}
