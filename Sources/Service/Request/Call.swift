// One request on its way through the application, and what a route says it needs.

import Crypto
import Domain
import HTTP1
import SQL
import Web

/// A request with everything that is known about it before its handler runs.
package struct Call: Sendable {
    package let request: Request
    package let parameters: PathParameters
    /// Nil only on routes that are open to everybody.
    package let identity: Caller?
    package let language: Language
    package let requestId: String
    package let now: Instant
    package let register: Register

    /// The caller of a route that needs one.
    package var caller: Caller {
        get throws {
            guard let identity else { throw Problem.unauthenticated }
            return identity
        }
    }

    package var actor: Actor { Actor(userId: identity?.userId, tokenId: identity?.tokenId, requestId: requestId) }

    /// The id in the path.
    ///
    /// - Throws: 404, because nothing can have an invalid id.
    package func id(_ index: Int = 0) throws -> Identifier {
        guard let id = Identifier(utf8: parameters.bytes(index)) else { throw Problem(.notFound) }
        return id
    }

    /// Evaluates the preconditions of a read (RFC 9110 13.2.2) before the answer is made: 304 if the client has this
    /// state.
    ///
    /// - Throws: 412 if the client asked for another state with If-Match.
    package func unchanged(_ entityTag: String) throws -> Response? {
        switch Preconditions.evaluate(request.head, entityTag: entityTag) {
        case .proceed: nil
        case .notModified: .notModified(entityTag)
        case .failed: throw VersionTag.refusal(request.head)
        }
    }

    /// The JSON of the body; its type and coding have been checked.
    package func document() throws -> JSONDocument { try JSONDocument(try content()) }

    /// The body's bytes in memory, without gzip. What decompression adds is counted with the bodies that are kept.
    package func content() throws -> [UInt8] {
        let content: [UInt8]
        switch request.body {
        case .none: return []
        case .bytes(let bytes): content = try BodyCoding.decoded(bytes, request.head)
        case .file(let file): content = try BodyCoding.decoded(file, request.head)
        }
        if ContentCoding.of(request.head) == .gzip, let share = request.share {
            try share.grow(to: request.body.byteCount + content.count)
        }
        return content
    }
}

/// Who may use a route.
package enum Access: Sendable {
    /// Everybody, without a token: health and the contract.
    case everybody
    /// Any signed-in user.
    case signedIn
    /// The named roles.
    case roles(Set<Role>)

    package static func roles(_ roles: Role...) -> Access { .roles(Set(roles)) }
}

/// What body a route takes.
package enum BodyKind: Sendable {
    case none
    case json
    /// JSON Merge Patch (RFC 7396).
    case mergePatch
    /// A file of any type, kept on disk as it arrives.
    case file(bytesMax: Int)
}

/// How a route runs.
package enum Work: Sendable {
    /// On the loop, without a database.
    case instant(@Sendable (Call) throws -> Response)
    /// On the loop with its reader, in one transaction, within a budget of milliseconds; beyond that it runs again in
    /// the long pool.
    case read(@Sendable (Call, Connection) throws -> Response)
    /// In the long pool with a reader of its own.
    case long(@Sendable (Call, Connection) throws -> Response)
    /// A list: a page on the loop, the whole list as CSV or NDJSON in the long pool.
    case list(@Sendable (Call, Connection) throws -> ListPlan)
    /// A list whose order no plan can give: a page on the loop, the whole list as CSV or NDJSON in the long pool.
    case pages(@Sendable (Call, Connection) throws -> any ListPages)
    /// Like a read; if there is nothing new yet, it is parked without a thread until there is.
    case wait(@Sendable (Call) throws -> any ParkableQuestion)
    /// Body and rules first, without the database; then the returned closure inside the writer's transaction.
    case write(@Sendable (Call) throws -> @Sendable (Transaction) throws -> Response)
}

/// One operation of the API.
package struct Endpoint: Sendable {
    package var access: Access
    package var body: BodyKind = .none
    /// Takes an Idempotency-Key: its answers are kept and replayed.
    package var isIdempotencyKeyed = false
    /// Writes for seconds: in a transaction of its own.
    package var writesLong = false
    /// Writes even while the clock is in doubt, in order to settle the doubt.
    var writesInDoubt = false
    package var work: Work

    package init(
        access: Access, body: BodyKind = .none, isIdempotencyKeyed: Bool = false, writesLong: Bool = false,
        writesInDoubt: Bool = false, work: Work
    ) {
        self.access = access
        self.body = body
        self.isIdempotencyKeyed = isIdempotencyKeyed
        self.writesLong = writesLong
        self.writesInDoubt = writesInDoubt
        self.work = work
    }
}

/// An operation and its address.
package typealias RouteEntry = (method: Method, pattern: String, endpoint: Endpoint)

extension Response {
    /// JSON with a status; never stored by caches, because it is about people.
    package static func json(_ status: Int = 200, _ body: [UInt8], entityTag: String? = nil) -> Response {
        var response = Response(status: status)
        response.add("Content-Type", "application/json")
        response.add("Cache-Control", "no-store")
        response.entityTag = entityTag
        response.compressible = true
        response.body = .bytes(body)
        return response
    }
}

/// The strong tag of content that has no version of its own: what it shows can change with other records.
enum ContentTag {
    static func of(_ content: [UInt8]) -> String { "\"" + digest(content) + "\"" }

    static let digestCharacters = 16

    static func digest(_ content: [UInt8]) -> String {
        Hex.text(SHA256.hash(data: content).prefix(digestCharacters / 2))
    }
}

extension Response {
    /// A page in HTML that is complete in itself: no script, nothing loaded from elsewhere.
    package static func page(_ bytes: [UInt8]) -> Response {
        var response = Response(status: 200)
        response.add("Content-Type", "text/html; charset=utf-8")
        response.add("Cache-Control", "no-store")
        response.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        response.add("Referrer-Policy", "no-referrer")
        response.compressible = true
        response.body = .bytes(bytes)
        return response
    }

    /// JSON under the tag of its content; 304 for a client that has it.
    package static func content(_ body: [UInt8], _ call: Call) throws -> Response {
        let tag = ContentTag.of(body)
        return try call.unchanged(tag) ?? .json(200, body, entityTag: tag)
    }

    /// A record under the tag of its version and of everything that its answer shows.
    package static func record(_ status: Int, _ body: [UInt8], version: Int) -> Response {
        .json(status, body, entityTag: VersionTag.tag(version, body))
    }

    /// The same as the answer to a read: 304 if the client has exactly this state.
    ///
    /// - Throws: 412 if the client asked for another version with If-Match.
    package static func record(_ body: [UInt8], version: Int, _ call: Call) throws -> Response {
        let tag = VersionTag.tag(version, body)
        let outcome = Preconditions.evaluate(
            call.request.head, entityTag: tag, ifMatch: { VersionTag.names(version, $0) })
        switch outcome {
        case .proceed: return .json(200, body, entityTag: tag)
        case .notModified: return .notModified(tag)
        case .failed: throw VersionTag.refusal(call.request.head)
        }
    }
}
