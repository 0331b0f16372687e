// Bearer tokens, looked up by SHA-256 with the service's own query.

import Crypto
import Foundation
import GRDB
import Hummingbird

/// Who asks, and the range of places that they may see.
struct Caller: Sendable {
    let userId: Data
    let tokenId: Data
    let first: Int64
    let last: Int64

    private static let sql = """
        SELECT u.id, t.id, u.role, d.area_code, d.area_last
        FROM token t JOIN user_account u ON u.id = t.user_id JOIN division d ON d.id = u.division_id
        WHERE t.hash = ? AND t.expires_at > ? AND t.revoked_at IS NULL AND u.disabled_at IS NULL
        """

    static func find(_ token: Substring, _ db: Database) throws -> Caller? {
        let hash = Data(SHA256.hash(data: Data(token.utf8)))
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let row = try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: [hash, now])
        return row.map { Caller(userId: $0[0], tokenId: $0[1], first: $0[3], last: $0[4]) }
    }

    static func token(_ request: Request) throws -> Substring {
        guard let value = request.headers[.authorization], value.lowercased().hasPrefix("bearer ") else {
            throw HTTPError(.unauthorized)
        }
        return value.dropFirst(7)
    }
}

/// Finds the caller before the handler runs.
struct TokenAuthenticator: RouterMiddleware {
    typealias Context = RivalContext
    let pool: DatabasePool

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let token = try Caller.token(request)
        guard let caller = try await pool.read({ try Caller.find(token, $0) }) else { throw HTTPError(.unauthorized) }
        var context = context
        context.caller = caller
        return try await next(request, context)
    }
}
