// What could not be taken as a visit and must not be lost: another content under an id that is known, and what was
// written after the right to the village had gone (Appendix B 1, 8). Kept once for each content; a person decides.

import Domain
import SQL
import Service

/// Why something is held.
enum HeldCause: String, CaseIterable {
    /// Another content under an id that is known, or a second correction of one record.
    case conflict
    /// The right was lost.
    case parked
}

enum HeldState: String, CaseIterable {
    case open, accepted, refused
    /// The same content came in another way.
    case settled
}

/// A body that was kept back.
struct HeldVisit {
    let id: Identifier
    let version: Int
    let visitId: Identifier
    let cause: HeldCause
    /// Why, as the answer said it.
    let code: String
    let areaCode: Int64
    let batchId: Identifier?
    let userId: Identifier?
    let receivedAt: Instant
    let state: HeldState
    /// The visit that it became.
    let resultId: Identifier?
}

/// A body on its way into the table.
struct HeldBody {
    let visitId: Identifier
    let receivedAt: Instant
    let bytes: [UInt8]
    let hash: [UInt8]
}

enum HeldVisitTable {
    /// Where the body of one is sealed.
    static func place(_ id: Identifier) -> SealedPlace { SealedPlace("held_visit.content", id) }

    static func read(_ row: borrowing Row) throws -> HeldVisit {
        guard let cause = HeldCause(rawValue: row.text(3)), let state = HeldState(rawValue: row.text(9)) else {
            throw DamagedRow(column: 3)
        }
        return HeldVisit(
            id: try row.identifier(0), version: row.int(1), visitId: try row.identifier(2), cause: cause,
            code: row.text(4), areaCode: row.int64(5), batchId: row.optionalIdentifier(6),
            userId: row.optionalIdentifier(7), receivedAt: Instant(milliseconds: row.int64(8)), state: state,
            resultId: row.optionalIdentifier(10))
    }

    private static let columns =
        "id, version, visit_id, cause, code, area_code, batch_id, user_id, received_at, state, result_id"

    static func find(_ id: Identifier, _ connection: Connection) throws -> HeldVisit? {
        try connection.first("SELECT \(columns) FROM held_visit WHERE id = $1", id, row: read)
    }

    /// What was kept of a content under an id.
    static func find(
        visit id: Identifier, contentHash: [UInt8], _ connection: Connection
    ) throws -> HeldVisit? {
        try connection.first(
            "SELECT \(columns) FROM held_visit WHERE visit_id = $1 AND content_hash = $2", id, contentHash, row: read)
    }

    /// The body as it came, in its canonical form.
    static func content(_ id: Identifier, _ transaction: Transaction) throws -> [UInt8] {
        let sealed = try transaction.connection.first("SELECT content_sealed FROM held_visit WHERE id = $1", id) {
            $0.blob(0)
        }
        return Array(try transaction.register.keys.open(sealed ?? [], for: place(id)).utf8)
    }

    /// Keeps a body.
    static func hold(
        _ body: HeldBody, _ cause: HeldCause, _ code: String, household: Int64?, areaCode: Int64,
        batchId: Identifier?, userId: Identifier?, _ transaction: Transaction
    ) throws {
        let id = transaction.newId()
        let sealed = try transaction.register.keys.seal(
            String(decoding: body.bytes, as: UTF8.self), for: place(id))
        try transaction.connection.run(
            """
            INSERT INTO held_visit (id, version, visit_id, cause, code, household_number, area_code, batch_id, user_id,
                received_at, content_sealed, content_hash, state)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')
            """, id, body.visitId, cause.rawValue, code, household, areaCode, batchId, userId, body.receivedAt, sealed,
            body.hash)
        try transaction.audit(
            "hold", .heldVisit, id,
            after: RecordAudit.whole([
                ("visitId", .text(body.visitId.description)), ("cause", .text(cause.rawValue)), ("code", .text(code)),
                ("state", .text("open")),
            ]))
        try transaction.change(.create, .heldVisit, id, version: 1, to: areaCode)
    }

    /// Writes what became of one.
    static func decide(
        _ held: HeldVisit, _ state: HeldState, by user: Identifier?, reason: String?, result: Identifier?,
        _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            UPDATE held_visit SET version = version + 1, state = $2, decided_by = $3, decided_at = $4, reason = $5,
                result_id = $6
            WHERE id = $1
            """, held.id, state.rawValue, user, transaction.now, reason, result)
        try transaction.audit(
            state == .settled ? "settle" : "decide", .heldVisit, held.id,
            before: RecordAudit.whole([("state", .text(held.state.rawValue))]),
            after: RecordAudit.whole([
                ("state", .text(state.rawValue)), ("reason", .of(reason)), ("resultVisitId", .of(result?.description)),
            ]))
        try transaction.change(
            .change, .heldVisit, held.id, version: held.version + 1, from: held.areaCode, to: held.areaCode)
    }
}
