// The rows of the audit trail, each chained to the one before.

import Crypto
import Domain
import SQL

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

    /// The columns of an event without its hash, which follows them.
    static let columns = "sequence, at, user_id, token_id, request_id, action, entity, entity_id, before, after, hash"
    static let columnCount = 10

    /// SHA-256 over the previous hash and every field, each with its length, so that no two rows have the same bytes.
    func hash(after previous: [UInt8]?) -> [UInt8] {
        var bytes = previous ?? []
        bytes.reserveCapacity(256 + (before?.utf8.count ?? 0) + (after?.utf8.count ?? 0))
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

extension AuditEvent {
    /// Reads the first ten of `columns`.
    init(_ row: borrowing Row) throws {
        self.init(
            sequence: row.int64(0), at: row.int64(1), userId: row.optionalIdentifier(2),
            tokenId: row.optionalIdentifier(3), requestId: row.optionalText(4), action: row.text(5),
            entity: row.text(6), entityId: try row.identifier(7), before: row.optionalText(8),
            after: row.optionalText(9))
    }

    func insert(hash: [UInt8], _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO audit_event (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """, sequence, at, userId, tokenId, requestId, action, entity, entityId, before, after, hash)
    }
}
