// Idempotency-Key on a POST that creates (draft-ietf-httpapi-idempotency-key-header): the key belongs to the caller and
// the route. The answer is stored in the same transaction as the change, and repeated for 90 days. Two requests with
// the same key cannot run at once: both pass through the one writer, and the second finds the answer of the first.

import Domain
import HTTP1
import SQL
import Web

enum Idempotency {
    static let milliseconds: Int64 = 90 * 86_400_000

    /// Wraps a write; without the header it is the write itself.
    ///
    /// - Throws: 400 for a malformed key.
    static func keyed(
        _ call: Call, _ work: @escaping @Sendable (Transaction) throws -> Response
    ) throws -> @Sendable (Transaction) throws -> Response {
        guard let field = call.request.head.string(.idempotencyKey) else { return work }
        guard let key = IdempotencyKey(field) else { throw Problem(.invalidIdempotencyKey) }
        // The path, not its pattern, because the same body means something else for another record.
        let route = String(decoding: call.request.head.path, as: UTF8.self)
        let caller = try call.caller
        let contentHash = call.register.keys.hash(try call.document().canonicalBytes(), purpose: "content")
        return { transaction in
            let connection = transaction.connection
            try connection.run(
                "DELETE FROM idempotency_key WHERE created_at < $1", transaction.now.milliseconds - milliseconds)
            if let stored = try stored(caller.userId, route, key.text, contentHash, connection) { return stored }
            let response = try work(transaction)
            guard (200...299).contains(response.status), case .bytes(let body) = response.body else { return response }
            try connection.run(
                """
                INSERT INTO idempotency_key (user_id, route, key, content_hash, status, entity_tag, body, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, caller.userId, route, key.text, contentHash, response.status, response.entityTag, body,
                transaction.now)
            return response
        }
    }

    private static func stored(
        _ user: Identifier, _ route: String, _ key: String, _ contentHash: [UInt8], _ connection: Connection
    ) throws -> Response? {
        try connection.first(
            """
            SELECT content_hash, status, entity_tag, body FROM idempotency_key
            WHERE user_id = $1 AND route = $2 AND key = $3
            """, user, route, key
        ) { row in
            guard row.blob(0) == contentHash else { throw Problem(.idempotencyKeyReused) }
            var response = Response.json(row.int(1), row.blob(3), entityTag: row.optionalText(2))
            response.add("Idempotency-Replayed", "true")
            return response
        }
    }
}
