// The operations on batches of visits from tablets; docs/tablets.md is the contract that their programmers work from.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum VisitBatchRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk, .villageWorker, .tablet)

    package static let all: [RouteEntry] = [
        (.post, "/v1/visit-batches", Endpoint(access: writers, body: .json, work: .write(take))),
        (.get, "/v1/visit-batches/{id}", Endpoint(access: .signedIn, work: .read(show))),
    ]

    private static func take(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let register = call.register
        let batch = try VisitBatch(
            try call.document(), receivedAt: call.now, codes: register.codeLists, keys: register.keys)
        let taking = VisitBatchTaking(batch: batch, caller: try call.caller)
        let (language, requestId) = (call.language, call.requestId)
        return { transaction in
            switch try taking.take(transaction) {
            case .taken(let answer): return .json(200, answer.json(language))
            case .replayed(let answer):
                var response = Response.json(200, answer.json(language))
                response.add("Idempotency-Replayed", "true")
                return response
            case .reused:
                // An answer and not an error: what is kept for a person must be committed.
                return VisitBatchProblems.reused(batch.id).response(language: language, instance: requestId)
            }
        }
    }

    /// What a batch was answered, for a tablet that never got the answer: to whoever sent it, and to the clerks of the
    /// sender's place.
    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let caller = try call.caller
        guard let stored = try VisitBatchTable.find(id, connection), try isVisible(stored, to: caller, connection)
        else { throw Problem(.notFound) }
        return try .content(try stored.answer(id).json(call.language), call)
    }

    private static func isVisible(
        _ stored: StoredVisitBatch, to caller: Caller, _ connection: Connection
    ) throws -> Bool {
        if stored.userId == caller.userId { return true }
        guard caller.role == .townClerk || caller.role == .countyAdministrator else { return false }
        let place = try connection.first(
            "SELECT d.area_code FROM user_account u JOIN division d ON d.id = u.division_id WHERE u.id = $1",
            stored.userId
        ) { $0.int64(0) }
        return place.map(caller.scope.contains) ?? false
    }
}
