// What a write works with: the connection inside its savepoint, who acts, and when. Every write that changes a record
// leaves an audit event and a change row here, in the same transaction.

import Domain
import SQL

/// Who acts: a caller with a token, or a command run on the machine itself (all nil).
public struct Actor: Sendable {
    package var userId: Identifier?
    package var tokenId: Identifier?
    package var requestId: String?

    package init(userId: Identifier? = nil, tokenId: Identifier? = nil, requestId: String? = nil) {
        self.userId = userId
        self.tokenId = tokenId
        self.requestId = requestId
    }

    /// A command on the machine itself.
    public static let machine = Actor()
}

/// One write, from its savepoint to its commit.
public struct Transaction {
    package let connection: Connection
    package let register: Register
    package let actor: Actor
    package let now: Instant
    /// The import that this is a part of; what it does is noted, so that it can be undone.
    package var jobId: Identifier?
    /// What its parts have gathered and remembered.
    let gathering: Gathering

    package init(connection: Connection, register: Register, actor: Actor, now: Instant, jobId: Identifier? = nil) {
        self.connection = connection
        self.register = register
        self.actor = actor
        self.now = now
        self.jobId = jobId
        gathering = Gathering(register.composition.gatherers)
    }

    package var today: CivilDate { now.shanghaiDate }

    package func newId() -> Identifier { register.environment.newId(at: now) }

    /// Runs a part; if it throws, only this part is rolled back.
    package func savepoint<Result>(_ work: () throws -> Result) throws -> Result {
        try gathering.part { try connection.savepoint(work) }
    }

    /// Writes what follows from what was gathered so far, as far as answers tell of it.
    package func writeGathered() throws { try gathering.tell(self) }

    /// What this transaction remembers of a type.
    package func memory<Memory: TransactionMemory>(_ type: Memory.Type = Memory.self) -> Memory {
        gathering.memory(type)
    }
}

/// What happened to a record, as followers of the change feed see it.
package enum ChangeOperation: String {
    case create, change, move, end
}

extension Transaction {
    /// Appends to the audit trail.
    ///
    /// - Parameters:
    ///   - before: JSON of what was, with masks for sealed values; nil for a creation.
    ///   - after: JSON of what is.
    package func audit(
        _ action: String, _ entity: Entity, _ id: Identifier, before: [UInt8]? = nil, after: [UInt8]? = nil
    )
        throws
    {
        try audits(action, entity, [(id, before, after)])
    }

    /// Appends many events of one kind to the audit trail, looking up the end of the chain only once.
    package func audits(
        _ action: String, _ entity: Entity, _ events: some Sequence<(id: Identifier, before: [UInt8]?, after: [UInt8]?)>
    ) throws {
        var last = try connection.first("SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1") {
            row in
            (row.int64(0), row.blob(1))
        }
        for (id, before, after) in events {
            let event = AuditEvent(
                sequence: (last?.0 ?? 0) + 1, at: now.milliseconds, userId: actor.userId, tokenId: actor.tokenId,
                requestId: actor.requestId, action: action, entity: entity.rawValue, entityId: id,
                before: before.map { String(decoding: $0, as: UTF8.self) },
                after: after.map { String(decoding: $0, as: UTF8.self) })
            let hash = event.hash(after: last?.1)
            try event.insert(hash: hash, connection)
            last = (event.sequence, hash)
        }
    }

    /// Appends to the change feed, and to what the job did where this is a part of one.
    ///
    /// - Parameter recordedAt: the time under which the change was recorded, if later than `now`; an undo uses it to
    ///   find what was there before.
    package func change(
        _ operation: ChangeOperation, _ entity: Entity, _ id: Identifier, version: Int, from: Int64? = nil, to: Int64?,
        recordedAt: Int64? = nil
    ) throws {
        try connection.run(
            """
            INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, now.milliseconds, entity.rawValue, id, version, operation.rawValue, from, to)
        guard let jobId else { return }
        // VALUES instead of SELECT: SQLite gives a statement that could write several rows a savepoint of its own.
        try connection.run(
            """
            INSERT INTO job_record (job_id, sequence, entity, entity_id, operation, version_before, version_after,
                recorded_at)
            VALUES ($1, (SELECT max(sequence) FROM change), $2, $3, $4, $5, $6, $7)
            """, jobId, entity.rawValue, id, operation.rawValue, operation == .create ? nil : version - 1, version,
            recordedAt ?? now.milliseconds)
    }

    /// Keeps a sealed number that a job is about to replace or to clear; without a job nothing is kept.
    ///
    /// - Parameters:
    ///   - row: the id of the row that holds it.
    ///   - recordedAt: the same as for `change`.
    package func keep(_ column: SealedColumn, of row: Identifier, recordedAt: Int64? = nil) throws {
        guard let jobId else { return }
        try connection.run(
            """
            INSERT INTO job_kept (job_id, row_id, place, recorded_at, sealed, hash)
            SELECT $1, id, $2, $3, \(column.name)_sealed, \(column.name)_hash FROM \(column.table) WHERE id = $4
            ON CONFLICT (job_id, row_id, place, recorded_at) DO NOTHING
            """, jobId, column.place, recordedAt ?? now.milliseconds, row)
    }
}

/// Where a sealed number is stored: the columns `…_sealed`, `…_hash` and `…_mask` of a table whose rows have an `id`.
package struct SealedColumn: Sendable {
    package let table: String
    /// What the three columns begin with.
    package let name: String

    package init(table: String, name: String) {
        self.table = table
        self.name = name
    }

    /// The place under which numbers are sealed there.
    package var place: String { "\(table).\(name)" }
}
