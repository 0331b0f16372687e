// The rows of batches: enough to give the same answer again.

import Domain
import SQL
import Service

/// A batch that came before.
struct StoredVisitBatch {
    let userId: Identifier
    let contentHash: [UInt8]
    let mode: VisitBatchMode
    let itemIds: [UInt8]
    let outcomes: [UInt8]

    /// - Parameter sentIds: the ids as the repeated request writes them; nil takes those that were kept.
    func answer(_ id: Identifier, sentIds: [String?]? = nil) throws -> VisitBatchAnswer {
        try VisitBatchAnswer(
            batchId: id, mode: mode, keptIds: itemIds, keptOutcomes: outcomes, sentIds: sentIds)
    }
}

enum VisitBatchTable {
    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredVisitBatch? {
        try connection.first(
            "SELECT user_id, content_hash, mode, item_ids, outcomes FROM visit_batch WHERE id = $1", id
        ) { row in
            StoredVisitBatch(
                userId: try row.identifier(0), contentHash: row.blob(1),
                mode: VisitBatchMode(rawValue: row.text(2)) ?? .each, itemIds: row.blob(3),
                outcomes: Array(row.text(4).utf8))
        }
    }

    static func insert(
        _ batch: VisitBatch, _ outcomes: [VisitBatchOutcome], by user: Identifier, _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            INSERT INTO visit_batch (id, user_id, mode, item_count, content_hash, item_ids, outcomes, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, batch.id, user, batch.mode.rawValue, batch.items.count, batch.contentHash,
            VisitBatchAnswer.keptIds(batch.items),
            String(decoding: VisitBatchAnswer.keptOutcomes(batch.items, outcomes), as: UTF8.self),
            transaction.now.milliseconds)
    }
}

extension VisitBatchOutcome {
    /// The same with masks for numbers of people.
    var hidingNumbers: VisitBatchOutcome {
        var told = self
        told.detail = detail?.hidingNumbers
        told.errors = errors.map(\.hidingNumbers)
        return told
    }
}
