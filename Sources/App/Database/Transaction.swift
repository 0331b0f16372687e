// What a write has in hand: the connection inside its savepoint, who acts, and when. Every write that changes a record
// leaves an audit event and a change row here, in the same transaction.

import Crypto
import Domain
import SQL

/// Who acts: a caller with a token, or a command run on the machine itself (all nil).
public struct Actor: Sendable {
    var userId: Identifier?
    var tokenId: Identifier?
    var requestId: String?

    /// A command on the machine itself.
    public static let machine = Actor()
}

/// One write, from its savepoint to its commit.
public struct Transaction {
    let connection: Connection
    let register: Register
    let actor: Actor
    let now: Instant
    /// Differences of kept figures, written before the work returns (`Register.transact`).
    let figures = FigureChanges()
    /// Rows that bound labour, asked for once for each village.
    let labourThresholds = LabourThresholdRows()

    var today: CivilDate { now.shanghaiDate }

    func newId() -> Identifier { register.environment.newId(at: now) }

    /// Runs a part that is taken back by itself when it throws.
    func savepoint<Result>(_ work: () throws -> Result) throws -> Result {
        try figures.takingBack { try connection.savepoint(work) }
    }
}

/// The kinds of records that audit events and changes name.
enum Entity: String {
    case division, group, household, user, token, partner, job
    case organization, cadre, helper, duty, team, village, parameter
}

/// What happened to a record, as followers of the change feed see it.
enum ChangeOperation: String {
    case create, change, move, end
}

extension Transaction {
    /// Appends to the audit trail.
    ///
    /// - Parameters:
    ///   - before: JSON of what was, with masks for sealed values; nil for a creation.
    ///   - after: JSON of what is.
    func audit(_ action: String, _ entity: Entity, _ id: Identifier, before: [UInt8]? = nil, after: [UInt8]? = nil)
        throws
    {
        let last = try connection.first("SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1") {
            row in
            (row.int64(0), row.blob(1))
        }
        let event = AuditEvent(
            sequence: (last?.0 ?? 0) + 1, at: now.milliseconds, userId: actor.userId, tokenId: actor.tokenId,
            requestId: actor.requestId, action: action, entity: entity.rawValue, entityId: id,
            before: before.map { String(decoding: $0, as: UTF8.self) },
            after: after.map { String(decoding: $0, as: UTF8.self) })
        try connection.run(
            """
            INSERT INTO audit_event (sequence, at, user_id, token_id, request_id, action, entity, entity_id, before,
                after, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """, event.sequence, event.at, event.userId, event.tokenId, event.requestId, event.action, event.entity,
            event.entityId, event.before, event.after, event.hash(after: last?.1))
    }

    /// Appends to the change feed.
    func change(
        _ operation: ChangeOperation, _ entity: Entity, _ id: Identifier, version: Int, from: Int64? = nil, to: Int64?
    ) throws {
        try connection.run(
            """
            INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, now.milliseconds, entity.rawValue, id, version, operation.rawValue, from, to)
    }
}

/// One row of the audit trail and the hash that chains it to the row before.
struct AuditEvent {
    var sequence: Int64
    var at: Int64
    var userId: Identifier?
    var tokenId: Identifier?
    var requestId: String?
    var action: String
    var entity: String
    var entityId: Identifier
    var before: String?
    var after: String?

    /// SHA-256 over the previous hash and every field, each with its length, so that no two rows have the same bytes.
    func hash(after previous: [UInt8]?) -> [UInt8] {
        var bytes = previous ?? []
        func append(_ field: (some Collection<UInt8>)?) {
            guard let field else {
                bytes.append(0)
                return
            }
            bytes.append(1)
            withUnsafeBytes(of: UInt32(field.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: field)
        }
        withUnsafeBytes(of: sequence.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: at.littleEndian) { bytes.append(contentsOf: $0) }
        append(userId?.bytes)
        append(tokenId?.bytes)
        append(requestId?.utf8)
        append(action.utf8)
        append(entity.utf8)
        append(entityId.bytes)
        append(before?.utf8)
        append(after?.utf8)
        return Array(SHA256.hash(data: bytes))
    }
}
