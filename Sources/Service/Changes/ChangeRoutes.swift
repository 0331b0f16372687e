// GET /v1/changes: answered at once, or when there is something new.

import HTTP1
import SQL
import Synchronization
import Web

package enum ChangeRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/changes", Endpoint(access: .signedIn, work: .wait { try ChangeQuestion($0) }))
    ]
}

/// One follower's request: what has changed since their place?
final class ChangeQuestion: ParkableQuestion {
    /// How many seconds a request may wait. The engine gives up on an answer much later (`Limits.answerSeconds`).
    static let waitMax = 60

    private enum Start {
        case oldest, latest
        /// The number that an export states.
        case number(Int64)
        case cursor(String)
    }

    let seconds: Int
    private let start: Start
    private let limit: Int
    private let records: ChangeRecords?
    private let sight: ChangeSight
    private let caller: Caller
    private let sealer: CursorSealer
    /// How far the feed has been read; nil before the first read.
    private let place = Mutex<ChangePlace?>(nil)

    var reached: ChangePlace? { place.withLock { $0 } }

    init(_ call: Call) throws {
        var query = Query(call.request.head.query)
        let after = query.string("after", characters: 1...2_048)
        let entities = query.value("entity") { text throws(FieldError) in
            try Self.entities(text, call.register.composition)
        }
        let withRecords = query.value("include", Self.include) ?? false
        let limit = query.integer("limit", in: 1...(withRecords ? Paging.limitMax : ChangeFeed.limitMax))
        seconds = query.integer("wait", in: 0...Self.waitMax) ?? 0
        try query.finish()
        self.limit = limit ?? (withRecords ? Paging.limitDefault : ChangeFeed.limitDefault)
        caller = try call.caller
        sight = ChangeSight(
            scope: caller.scope, role: caller.role, entities: entities, composition: call.register.composition)
        sealer = call.register.cursors
        records =
            withRecords
            ? ChangeRecords(register: call.register, scope: caller.scope, today: call.now.shanghaiDate) : nil
        start =
            switch after {
            case nil: .oldest
            case "now"?: .latest
            case let text?: Self.number(text).map { .number($0) } ?? .cursor(text)
            }
    }

    /// Cursors are longer than any number.
    private static func number(_ text: String) -> Int64? {
        text.utf8.count <= 18 && text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
    }

    private static func entities(_ text: String, _ composition: Composition) throws(FieldError) -> Set<Entity> {
        var found: Set<Entity> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let entity = Entity(rawValue: String(name))
            guard composition.record(entity) != nil else {
                throw FieldError(
                    .unknownCode, zh: "没有“\(name.prefix(30))”这类记录",
                    en: "there are no records of kind “\(name.prefix(30))”")
            }
            found.insert(entity)
        }
        return found
    }

    private static func include(_ text: String) throws(FieldError) -> Bool {
        guard text == "record" else { throw FieldError.notOneOf(["record"]) }
        return true
    }

    // MARK: Waiting

    func look(_ caller: Caller, _ connection: Connection) throws -> Response? {
        // The user was moved during the wait, so the cursor belongs to their former range.
        guard caller.role == self.caller.role, caller.scope == self.caller.scope else {
            throw ChangeProblems.problem(ChangeProblems.rangeChanged)
        }
        let page = try ChangeFeed.Page(
            after: try reached ?? opened(connection), limit: limit, sight, records, connection)
        let end = page.place
        place.withLock { $0 = end }
        guard page.count > 0 || page.hasMore else { return nil }
        return .json(200, page.body(next: ChangeCursor.make(end, caller, sealer)))
    }

    private func opened(_ connection: Connection) throws -> ChangePlace {
        switch start {
        case .oldest: try ChangeFeed.start(connection)
        case .latest: try ChangeFeed.end(connection)
        case .number(let sequence): try ChangeFeed.place(sequence, connection)
        case .cursor(let text): try ChangeCursor.open(text, caller, sealer)
        }
    }

    func nothing() -> Response {
        let place = reached ?? ChangePlace(sequence: 0, at: 0)
        return .json(200, ChangeFeed.nothing(next: ChangeCursor.make(place, caller, sealer)))
    }

    func passes(_ news: ChangeNews) -> Bool {
        guard news.isInvisible(to: sight) else { return false }
        place.withLock { place in
            if let reached = place, reached.sequence < news.end.sequence { place = news.end }
        }
        return true
    }
}
