// Rechains the audit trail after its events had to be rewritten. An event records this, and the state of the chain
// before. Faults of the chain are preserved: an event that did not fit before does not fit afterwards either.

import Domain
import SQL
import Web

/// What the event of an anchor says, for checking the chain.
struct AuditAnchor {
    static let action = "reanchor"
    static let entity = "audit"

    /// Which migration rewrote.
    var migration: String
    /// How many events were rewritten, and the first of them.
    var rewritten: Int
    var first: Int64
    /// The last event of the old chain.
    var last: Int64
    /// The last hash of the old chain, sealed, because the numbers in a short chain could be guessed from it.
    var lastHashSealed: [UInt8]
    /// Events of the old chain that did not fit, at most `brokenShownMax`, and how many there were.
    var broken: [Int64] = []
    var brokenCount = 0

    static let brokenShownMax = 20

    static func lastHashPlace(_ id: Identifier) -> SealedPlace { SealedPlace("audit_event.lastHash", id) }

    func json() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("migration")
            json.string(migration)
            json.key("rewritten")
            json.integer(rewritten)
            json.key("first")
            json.integer(Int(first))
            json.key("last")
            json.integer(Int(last))
            json.key("lastHashSealed")
            json.string(Hex.text(lastHashSealed))
            json.key("broken")
            json.array { json in for event in broken { json.integer(Int(event)) } }
            json.key("brokenCount")
            json.integer(brokenCount)
        }
        return json.take()
    }

    init(
        migration: String, rewritten: Int = 0, first: Int64 = 0, last: Int64 = 0, lastHashSealed: [UInt8] = []
    ) {
        self.migration = migration
        self.rewritten = rewritten
        self.first = first
        self.last = last
        self.lastHashSealed = lastHashSealed
    }

    /// What an event's `after` says; nil if it is not an anchor.
    init?(_ after: String) {
        guard let root = try? JSONDocument(Array(after.utf8)).root, let migration = root["migration"]?.string,
            let rewritten = root["rewritten"]?.integer, let first = root["first"]?.integer,
            let last = root["last"]?.integer, let sealed = root["lastHashSealed"]?.string.flatMap(Hex.bytes),
            let brokenCount = root["brokenCount"]?.integer
        else { return nil }
        self.init(
            migration: migration, rewritten: rewritten, first: Int64(first), last: Int64(last), lastHashSealed: sealed)
        self.brokenCount = brokenCount
        broken = root["broken"].map { $0.elements.compactMap(\.integer).map(Int64.init) } ?? []
    }

    /// A sentence for a person.
    ///
    /// - Parameter lastHash: the last hash of the old chain, if the key was available to open it.
    func words(event: Int64, at: Instant, lastHash: String?) -> String {
        let shown = broken.map(String.init).joined(separator: ", ")
        let state =
            brokenCount == 0
            ? "it was whole before"
            : "before, \(brokenCount) of its events did not fit or were missing (\(shown)), and do not fit now"
        return "anchored anew by event \(event) at \(at): \(migration) rewrote \(rewritten) of the events "
            + "\(first) to \(last); \(state)" + (lastHash.map { "; its last hash was \($0)" } ?? "")
    }
}

/// Rewrites the trail, inside a migration that has taken off the trigger against it.
struct Reanchoring {
    let migration: String
    let keys: KeyRing
    /// Events in memory at a time.
    private static let pageEvents = 1_000

    private struct State {
        var anchor: AuditAnchor
        var oldHash: [UInt8]?
        var newHash: [UInt8]?
        var last: Int64 = 0

        mutating func foundBroken(_ event: Int64) {
            anchor.brokenCount += 1
            if anchor.broken.count < AuditAnchor.brokenShownMax { anchor.broken.append(event) }
        }
    }

    init(migration: String, keys: KeyRing) {
        self.migration = migration
        self.keys = keys
    }

    /// Rewrites every event, rechains them from the first one that changed, and adds an event that records this.
    ///
    /// - Parameter rewrite: turns an event into what it is to become.
    func run(
        _ connection: Connection, at now: Instant, eventId: Identifier, _ rewrite: (inout AuditEvent) -> Void
    ) throws {
        var state = State(anchor: AuditAnchor(migration: migration))
        while true {
            let page = try connection.query(
                """
                SELECT \(AuditEvent.columns) FROM audit_event WHERE sequence > $1 ORDER BY sequence
                LIMIT \(Self.pageEvents)
                """, state.last
            ) { (event: try AuditEvent($0), hash: $0.blob(AuditEvent.columnCount)) }
            for (event, hash) in page { try take(event, hash, &state, connection, rewrite) }
            if page.count < Self.pageEvents { break }
        }
        let counted = try connection.first("SELECT seq FROM sqlite_sequence WHERE name = 'audit_event'") { $0.int64(0) }
        if let counted, counted > state.last { state.foundBroken(state.last + 1) }
        guard state.anchor.rewritten > 0, let oldHash = state.oldHash else { return }
        var anchor = state.anchor
        anchor.last = state.last
        anchor.lastHashSealed = try keys.seal(Hex.text(oldHash), for: AuditAnchor.lastHashPlace(eventId))
        // After the highest sequence ever given out, so that events cut off at the end are still noticed.
        let event = AuditEvent(
            sequence: max(state.last, counted ?? 0) + 1, at: now.milliseconds, action: AuditAnchor.action,
            entity: AuditAnchor.entity, entityId: eventId, after: String(decoding: anchor.json(), as: UTF8.self))
        try event.insert(hash: event.hash(after: state.newHash), connection)
    }

    private func take(
        _ old: AuditEvent, _ hash: [UInt8], _ state: inout State, _ connection: Connection,
        _ rewrite: (inout AuditEvent) -> Void
    ) throws {
        var event = old
        rewrite(&event)
        if old.sequence != state.last + 1 { state.foundBroken(state.last + 1) }
        let fits = old.hash(after: state.oldHash) == hash
        if !fits { state.foundBroken(old.sequence) }
        if event.before != old.before || event.after != old.after {
            state.anchor.rewritten += 1
            if state.anchor.first == 0 { state.anchor.first = old.sequence }
        }
        if state.anchor.rewritten > 0 {
            let computed = event.hash(after: state.newHash)
            // An event that did not fit keeps its hash. If that fits now, somebody knew the new hash beforehand.
            state.newHash = fits ? computed : hash == computed ? [UInt8](repeating: 0, count: hash.count) : hash
            try connection.run(
                "UPDATE audit_event SET before = $2, after = $3, hash = $4 WHERE sequence = $1", event.sequence,
                event.before, event.after, state.newHash)
        } else {
            state.newHash = hash
        }
        state.oldHash = hash
        state.last = old.sequence
    }
}
