// Exports in the database: the order, its progress, and how long its file stays in the spool.

import Domain
import SQL
import Web

/// An export as the database holds it.
package struct ExportJob: Sendable {
    package var id: Identifier
    package var order: ExportOrder
    package var state: String
    package var actor: Actor
    /// What it contains: the requested area, within the range of the user who ordered it.
    package var scope: Scope
}

package enum ExportStore {
    /// How the names of finished files begin; the export's id follows.
    static let filePrefix = "export-"
    /// How long a file is kept; one with numbers in clear is kept only long enough to be fetched.
    static let maskedMilliseconds: Int64 = 7 * 86_400_000
    static let plainMilliseconds: Int64 = 86_400_000
    /// How many files and waiting exports one user may have at a time.
    package static let perUserMax = 20

    package static func create(_ job: ExportJob, contentHash: [UInt8], _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            INSERT INTO export_job (id, kind, parameters, is_plain, state, user_id, token_id, area_code, area_last,
                area, content_hash, created_at)
            VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11)
            """, job.id, job.order.kind.rawValue, job.order.parameters, job.order.isPlain, job.actor.userId,
            job.actor.tokenId, job.scope.first, job.scope.last, job.order.area?.value, contentHash, transaction.now)
        try transaction.audit("export", .export, job.id, after: audit(job.order, rows: nil))
    }

    /// The order as the audit trail keeps it, and how many rows it gave.
    package static func audit(_ order: ExportOrder, rows: Int?) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("kind")
            json.string(order.kind.rawValue)
            if let area = order.area {
                json.key("areaCode")
                json.areaCode(area.value)
            }
            json.key("parameters")
            json.raw(order.parameters.utf8)
            if let rows {
                json.key("rows")
                json.integer(rows)
            }
        }
        return json.take()
    }

    package static func find(_ id: Identifier, _ connection: Connection) throws -> ExportJob? {
        try first("id = $1", [id], connection)
    }

    /// The oldest export that waits, or was being written when the service ended.
    package static func next(_ connection: Connection) throws -> ExportJob? {
        try first("state IN ('queued', 'running')", [], connection)
    }

    private static func first(
        _ condition: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> ExportJob? {
        try connection.first(
            """
            SELECT id, kind, area, parameters, state, user_id, token_id, area_code, area_last FROM export_job
            WHERE \(condition) ORDER BY created_at, id LIMIT 1
            """, values: values
        ) { row in
            guard let order = ExportOrder(kind: row.text(1), area: row.optionalInt64(2), parameters: row.text(3)) else {
                throw DamagedRow(column: 3)
            }
            return ExportJob(
                id: try row.identifier(0), order: order, state: row.text(4),
                actor: Actor(userId: row.optionalIdentifier(5), tokenId: row.optionalIdentifier(6), requestId: nil),
                scope: Scope(first: row.int64(7), last: row.int64(8)))
        }
    }

    package static func start(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "UPDATE export_job SET state = 'running', started_at = coalesce(started_at, $2) WHERE id = $1", id,
            transaction.now)
    }

    /// Whether the user has the right to read sealed numbers.
    package static func mayReadSealed(_ user: Identifier, _ connection: Connection) throws -> Bool {
        try AccessStore.holds(.readSealed, user, connection)
    }

    /// - Returns: false where the export was cancelled or deleted meanwhile; its file is not wanted then.
    package static func finish(_ job: ExportJob, _ figures: ExportFigures, _ transaction: Transaction) throws -> Bool {
        let lifetime = job.order.isPlain ? plainMilliseconds : maskedMilliseconds
        let finished = try transaction.connection.run(
            """
            UPDATE export_job SET state = 'done', row_count = $2, byte_count = $3, sha256 = $4, changes_after = $5,
                finished_at = $6, expires_at = $7 WHERE id = $1 AND state = 'running'
            """, job.id, figures.rows, figures.bytes, figures.sha256, figures.changesAfter, transaction.now,
            transaction.now.milliseconds + lifetime)
        guard finished > 0 else { return false }
        try transaction.audit("exported", .export, job.id, after: audit(job.order, rows: figures.rows))
        return true
    }

    package static func fail(_ id: Identifier, _ words: String, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE export_job SET state = 'failed', failure = $2, finished_at = $3 WHERE id = $1 AND state = 'running'
            """, id, words, transaction.now)
        try transaction.audit("failed", .export, id)
    }

    package static func cancel(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE export_job SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state IN ('queued', 'running')
            """, id, transaction.now)
        try transaction.audit("cancel", .export, id)
    }

    package static func delete(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run("DELETE FROM export_job WHERE id = $1", id)
        try transaction.audit("delete", .export, id)
    }

    /// Marks expired exports; the sweep then removes their files. The hash of a file with numbers in clear is removed
    /// too, because the numbers in a small file could be guessed from it.
    static func expire(_ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE export_job SET state = 'expired', sha256 = CASE is_plain WHEN 1 THEN NULL ELSE sha256 END
            WHERE state = 'done' AND expires_at <= $1
            """, transaction.now)
    }
}
