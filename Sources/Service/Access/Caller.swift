// Who calls, and what of the county they may see. One function makes the range; every list, export, search and
// statistic uses it, and it fails closed.

import Crypto
import Domain
import SQL

/// What a user may do (R012, R014).
package enum Role: String, CaseIterable {
    case countyAdministrator = "county-administrator"
    case townClerk = "town-clerk"
    case villageWorker = "village-worker"
    case tablet, province, auditor
}

/// The area codes that a caller may see, in the current tree.
package struct Scope: Hashable {
    package let first: Int64
    package let last: Int64

    package init(first: Int64, last: Int64) {
        self.first = first
        self.last = last
    }

    package func contains(_ areaCode: Int64) -> Bool { first <= areaCode && areaCode <= last }

    package func contains(_ other: Scope) -> Bool { first <= other.first && other.last <= last }

    /// What both allow; empty where they do not meet.
    package func intersection(_ other: Scope) -> Scope {
        Scope(first: max(first, other.first), last: min(last, other.last))
    }

    /// Everything, for commands on the machine itself.
    package static let everything = Scope(first: 0, last: .max)
}

/// A signed-in user behind one token.
package struct Caller {
    package let userId: Identifier
    package let tokenId: Identifier
    package let role: Role
    package let scope: Scope
}

extension Caller {
    /// The division whose user this is; nil if that was removed.
    package func home(_ connection: Connection) throws -> Division? {
        let id = try connection.first("SELECT division_id FROM user_account WHERE id = $1", userId) {
            try $0.identifier(0)
        }
        return try id.flatMap { try DivisionStore.find($0, connection) }
    }

    /// Finds the caller of a token; nil when it is unknown, expired, revoked, or its user is disabled.
    ///
    /// The range is read from the user's division each time, so a moved division or a revoked token takes effect at
    /// once.
    static func authenticate(_ token: some Collection<UInt8>, at now: Instant, _ connection: Connection) throws
        -> Caller?
    {
        let found = try connection.first(
            """
            SELECT u.id, t.id, u.role, d.area_code, d.area_last
            FROM token t JOIN user_account u ON u.id = t.user_id JOIN division d ON d.id = u.division_id
            WHERE t.hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND u.disabled_at IS NULL
            """, Token.hash(token), now.milliseconds
        ) { row in
            (
                try row.identifier(0), try row.identifier(1), Role(rawValue: row.text(2)),
                Scope(first: row.int64(3), last: row.int64(4))
            )
        }
        guard case (let userId, let tokenId, let role?, let scope)? = found else { return nil }
        return Caller(userId: userId, tokenId: tokenId, role: role, scope: scope)
    }
}

/// Bearer tokens: 256 random bits, stored as SHA-256 only.
enum Token {
    static let prefix = "jd_"

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return prefix + Hex.text((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    static func hash(_ token: some Collection<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(token)))
    }
}
