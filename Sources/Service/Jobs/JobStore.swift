// Jobs in the database. Their state and report survive a restart, because both are written in the transactions of the
// work.

import Domain
import SQL
import Web

enum JobStore {
    /// How the names of waiting files begin; the job's id follows.
    static let filePrefix = "import-"

    static func create(_ job: Job, contentHash: [UInt8], _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            INSERT INTO job (id, kind, mode, parameters, state, user_id, token_id, area_code, area_last, content_hash,
                file_name, created_at)
            VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11)
            """, job.id, job.order.kind.rawValue, job.order.mode.rawValue, job.order.parameters, job.actor.userId,
            job.actor.tokenId, job.scope.first, job.scope.last, contentHash, job.fileName, transaction.now)
        try transaction.audit("import", .job, job.id, after: Array(job.order.parameters.utf8))
    }

    static func find(_ id: Identifier, _ connection: Connection) throws -> Job? {
        try first("id = $1", [id], connection)
    }

    /// The oldest job that is queued, was running when the service ended, or is to be undone.
    static func next(_ connection: Connection) throws -> Job? {
        try first("state IN ('queued', 'running')", [], connection)
            ?? first("undo_state = 'undoing'", [], connection)
    }

    private static func first(_ condition: String, _ values: [any Bindable], _ connection: Connection) throws -> Job? {
        try connection.first(
            """
            SELECT id, kind, mode, parameters, coalesce(undo_state, state),
                CASE WHEN undo_state IS NULL THEN user_id ELSE undo_user_id END,
                CASE WHEN undo_state IS NULL THEN token_id ELSE undo_token_id END,
                area_code, area_last, file_name, position, created, changed, unchanged, ended, refused
            FROM job WHERE \(condition) ORDER BY created_at, id LIMIT 1
            """, values: values
        ) { row in
            guard let order = ImportOrder(kind: row.text(1), mode: row.text(2), parameters: row.text(3)) else {
                throw DamagedRow(column: 3)
            }
            var counts = ImportCounts()
            counts.created = row.int(11)
            counts.changed = row.int(12)
            counts.unchanged = row.int(13)
            counts.ended = row.int(14)
            counts.refused = row.int(15)
            return Job(
                id: try row.identifier(0), order: order, state: row.text(4),
                actor: Actor(userId: row.optionalIdentifier(5), tokenId: row.optionalIdentifier(6), requestId: nil),
                scope: Scope(first: row.int64(7), last: row.int64(8)), fileName: row.optionalText(9) ?? "",
                position: row.int(10), counts: counts)
        }
    }

    static func start(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "UPDATE job SET state = 'running', started_at = coalesce(started_at, $2) WHERE id = $1", id, transaction.now
        )
    }

    /// Marks a finished job to be undone, in the name of the user who asks.
    static func undo(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "UPDATE job SET undo_state = 'undoing', undo_user_id = $2, undo_token_id = $3 WHERE id = $1", id,
            transaction.actor.userId, transaction.actor.tokenId)
        try transaction.audit("undo", .job, id)
    }

    static func isCancelRequested(_ id: Identifier, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT cancel_requested FROM job WHERE id = $1", id) { $0.bool(0) } ?? true
    }

    /// Asks a job to stop; one that has not begun gets its final state at once, and one that has ended keeps it.
    static func cancel(_ id: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE job SET cancel_requested = 1, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
                finished_at = CASE state WHEN 'queued' THEN $2 ELSE finished_at END
            WHERE id = $1 AND state IN ('queued', 'running')
            """, id, transaction.now)
        try transaction.audit("cancel", .job, id)
    }

    /// What is kept of a file to recognise it.
    ///
    /// - Parameter sha256: over the order and the content.
    static func contentHash(ofFile sha256: [UInt8], _ keys: KeyRing) -> [UInt8] {
        keys.hash(sha256, purpose: "import")
    }

    /// Adds what a piece did, in the piece's own transaction.
    static func advance(
        _ id: Identifier, to position: Int, _ counts: ImportCounts, _ rows: [ReportRow], _ connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE job SET position = $2, created = created + $3, changed = changed + $4, unchanged = unchanged + $5,
                ended = ended + $6, refused = refused + $7
            WHERE id = $1
            """, id, position, counts.created, counts.changed, counts.unchanged, counts.ended, counts.refused)
        try report(id, rows, connection)
    }

    static func report(_ id: Identifier, _ rows: [ReportRow], _ connection: Connection) throws {
        guard !rows.isEmpty else { return }
        var sequence =
            try connection.first("SELECT coalesce(max(sequence), 0) FROM job_row WHERE job_id = $1", id) { $0.int(0) }
            ?? 0
        for row in rows {
            sequence += 1
            let message = row.message.hidingNumbers
            try connection.run(
                """
                INSERT INTO job_row (job_id, sequence, line, column, severity, code, zh, en)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, id, sequence, row.line, row.column.map(NumberMask.runs(in:)), row.severity.rawValue, row.code.slug,
                message.zh, message.en)
        }
    }

    static func refusedLines(_ id: Identifier, _ connection: Connection) throws -> Set<Int> {
        Set(
            try connection.query(
                "SELECT DISTINCT line FROM job_row WHERE job_id = $1 AND severity = 'refused'", id
            ) { $0.int(0) })
    }

    static func finish(_ id: Identifier, _ state: String, failure: String? = nil, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "UPDATE job SET state = $2, failure = $3, finished_at = $4 WHERE id = $1", id, state,
            failure.map(NumberMask.message), transaction.now)
        try transaction.audit(state, .job, id)
    }
}
