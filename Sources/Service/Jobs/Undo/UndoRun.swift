// Undoes one job in short pieces, from its last change to its first. Position and count of a piece are committed with
// what it took back, so that an interrupted undo continues where it was. Records that could not be taken back after
// all, because somebody used or changed them meanwhile, are reported at the end.

import Domain
import SQL
import Web

struct UndoRun {
    /// Some tens of milliseconds of the writer.
    private static let recordsPerPiece = 200

    let job: Job
    let register: Register
    var shouldStop: () -> Bool = { false }

    /// One change of the job.
    private struct Step {
        let sequence: Int64
        let entity: String
        let id: Identifier
        let isCreation: Bool
        let versionAfter: Int
        let recordedAt: Int64
    }

    /// A record that the job changed more than once is taken back as a whole: at its last change, or at its first if it
    /// follows its parts.
    private struct Several {
        let sequence: Int64
        let versionAfter: Int
        let recordedAt: Int64
        let isCreation: Bool
    }

    private struct RecordKey: Hashable {
        let entity: String
        let id: Identifier
    }

    /// Runs to the end, or to the end of the service.
    func run() throws -> ImportEnd {
        let several = try changedMoreThanOnce()
        var position = try register.perform { [job] transaction in
            try transaction.connection.first("SELECT undo_position FROM job WHERE id = $1", job.id) {
                $0.optionalInt64(0)
            } ?? nil
        }
        while true {
            if shouldStop() { return .interrupted }
            guard let next = try piece(below: position ?? .max, several) else { break }
            position = next
        }
        try finish()
        return .done
    }

    private func changedMoreThanOnce() throws -> [RecordKey: Several] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        var several: [RecordKey: Several] = [:]
        try reader.forEach(
            """
            SELECT entity, entity_id, min(sequence), max(sequence), max(version_after), min(recorded_at),
                max(version_before IS NULL)
            FROM job_record
            WHERE job_id = $1 GROUP BY entity, entity_id HAVING count(*) > 1
            """, job.id
        ) { row in
            let kind = register.composition.record(Entity(rawValue: row.text(0)))
            let isLast = kind?.undo?.followsItsParts ?? false
            several[RecordKey(entity: row.text(0), id: try row.identifier(1))] = Several(
                sequence: row.int64(isLast ? 2 : 3), versionAfter: row.int(4), recordedAt: row.int64(5),
                isCreation: row.bool(6))
        }
        return several
    }

    /// Takes back the next piece; nil if nothing is left. A piece is tried without savepoints first, because each costs
    /// as much as the work in it; on a conflict the whole piece is rolled back and done again record by record.
    private func piece(below position: Int64, _ several: [RecordKey: Several]) throws -> Int64? {
        do {
            return try piece(below: position, several, isolating: false)
        } catch let error as SQLError where error.isConflict {
            return try piece(below: position, several, isolating: true)
        }
    }

    private func piece(below position: Int64, _ several: [RecordKey: Several], isolating: Bool) throws -> Int64? {
        let job = job
        return try register.perform(as: job.actor) { transaction in
            let connection = transaction.connection
            transaction.tellNotices()
            let steps = try connection.query(
                """
                SELECT sequence, entity, entity_id, version_before, version_after, recorded_at FROM job_record
                WHERE job_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT \(Self.recordsPerPiece)
                """, job.id, position, row: Self.read)
            guard let last = steps.last else { return nil }
            var undone = 0
            for step in steps {
                var step = step
                if let whole = several[RecordKey(entity: step.entity, id: step.id)] {
                    guard whole.sequence == step.sequence else { continue }
                    step = Step(
                        sequence: step.sequence, entity: step.entity, id: step.id, isCreation: whole.isCreation,
                        versionAfter: whole.versionAfter, recordedAt: whole.recordedAt)
                }
                if try Self.takeBack(step, job, transaction, isolating: isolating) { undone += 1 }
            }
            try JobStore.report(job.id, transaction.takeNotices(), connection)
            try connection.run(
                "UPDATE job SET undo_position = $2, undone = undone + $3 WHERE id = $1", job.id, last.sequence, undone)
            return last.sequence
        }
    }

    private static func read(_ row: borrowing Row) throws -> Step {
        Step(
            sequence: row.int64(0), entity: row.text(1), id: try row.identifier(2), isCreation: row.isNull(3),
            versionAfter: row.int(4), recordedAt: row.int64(5))
    }

    /// Takes back one record, unless somebody has changed it meanwhile.
    ///
    /// - Parameter refused: told what is in its way.
    private static func takeBack(
        _ step: Step, _ job: Job, _ transaction: Transaction, isolating: Bool, refused: (SQLError) -> Void = { _ in }
    ) throws -> Bool {
        guard let undoable = transaction.register.composition.record(Entity(rawValue: step.entity))?.undo else {
            return false
        }
        let isUntouched = try transaction.connection.first(
            """
            SELECT version = $2 OR version = $2 + \(UndoObstacles.undoneSince("$1", "$2")) FROM \(undoable.table)
            WHERE id = $1
            """, step.id, step.versionAfter
        ) { $0.bool(0) }
        guard isUntouched == true else { return false }
        let work = {
            if step.isCreation {
                try undoable.remove(step.id, transaction)
            } else {
                try undoable.revert(step.id, step.recordedAt, UndoneJob(id: job.id), transaction)
            }
        }
        guard isolating else {
            try work()
            return true
        }
        do {
            try transaction.savepoint(work)
            return true
        } catch let error as SQLError where error.isConflict {
            refused(error)
            return false
        }
    }

    // MARK: The end

    /// Tries again what other records had blocked, reports what is left, and ends the job.
    private func finish() throws {
        let job = job
        let left = try leftovers()
        var refusals: [Identifier: SQLError] = [:]
        for step in left {
            let refusal = try register.perform(as: job.actor) { transaction -> SQLError? in
                transaction.tellNotices()
                var refusal: SQLError?
                let isBack = try Self.takeBack(step, job, transaction, isolating: true) { refusal = $0 }
                guard isBack else { return refusal }
                try JobStore.report(job.id, transaction.takeNotices(), transaction.connection)
                try transaction.connection.run("UPDATE job SET undone = undone + 1 WHERE id = $1", job.id)
                return nil
            }
            refusals[step.id] = refusal
        }
        let kinds = register.composition.problems
        let words = refusals.compactMapValues { refusal -> Message? in
            guard case .trigger(let name) = refusal else { return nil }
            return kinds.first { $0.slug == name }?.title
        }
        let remaining = left.isEmpty ? [] : try leftovers()
        try register.perform(as: job.actor) { transaction in
            let connection = transaction.connection
            try JobStore.report(job.id, remaining.map { Self.row($0, words[$0.id]) }, connection)
            try connection.run("DELETE FROM job_kept WHERE job_id = $1", job.id)
            try connection.run(
                "UPDATE job SET undo_state = 'undone', undone_at = $2 WHERE id = $1", job.id, transaction.now)
            try transaction.audit("undone", .job, job.id)
        }
    }

    /// New records that still exist, and changed ones whose undoing is not in the audit trail.
    private func leftovers() throws -> [Step] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        var steps: [Step] = []
        for undoable in register.composition.undoables where !undoable.staysWhenUsed {
            steps += try reader.query(
                """
                SELECT r.sequence, r.entity, r.entity_id, r.version_before, r.version_after, r.recorded_at
                FROM (SELECT max(sequence) AS sequence, entity, entity_id,
                        CASE WHEN min(version_before IS NOT NULL) = 0 THEN NULL ELSE min(version_before) END
                            AS version_before,
                        max(version_after) AS version_after, min(recorded_at) AS recorded_at
                    FROM job_record WHERE job_id = $1 AND entity = $2 GROUP BY entity, entity_id) r
                JOIN \(undoable.table) t ON t.id = r.entity_id
                WHERE r.version_before IS NULL OR NOT EXISTS (SELECT 1 FROM audit_event e
                    WHERE e.entity_id = r.entity_id AND e.action = 'undo' AND e.sequence >
                        (SELECT max(sequence) FROM audit_event WHERE entity_id = $1 AND action = 'undo'))
                ORDER BY r.sequence DESC
                """, job.id, undoable.entity.rawValue, row: Self.read)
        }
        return steps
    }

    /// - Parameter reason: what another row that is there now does not allow.
    private static func row(_ step: Step, _ reason: Message?) -> ReportRow {
        if let reason {
            return ReportRow(
                line: 0, .warning, .notUndone, zh: "\(step.entity)/\(step.id) 保留原样：\(reason.zh)",
                en: "\(step.entity)/\(step.id) stays as it is: \(reason.en)")
        }
        return ReportRow(
            line: 0, .warning, .notUndone, zh: "\(step.entity)/\(step.id) 在撤销期间被他人使用或修改，保留原样",
            en: "\(step.entity)/\(step.id) was used or changed by others meanwhile and stays as it is")
    }
}

extension SQLError {
    /// Another row is in the way, as opposed to a storage error or a bug.
    var isConflict: Bool {
        switch self {
        case .unique, .uniqueIndex, .foreignKey, .trigger: true
        default: false
        }
    }
}
