// What prevents undoing a job: records that were changed after it, and new ones that others now use. One query serves
// the refusal, the list, and the report of what is left at the end.

import Domain
import SQL
import Web

/// Why a record cannot be taken back.
package enum UndoReason: String, CaseIterable, CodedRule {
    case changedLater = "changed-later"
    case inUse = "in-use"

    package var chinese: String { self == .changedLater ? "导入之后又有变动" : "已被其他记录使用" }

    package var english: String {
        self == .changedLater ? "it was changed after the import" : "other records now use it"
    }
}

struct UndoObstacles {
    /// The kinds of records that can be taken back.
    private let undoables: [Undoable]
    private let composition: Composition

    init(_ composition: Composition) {
        self.composition = composition
        undoables = composition.undoables
    }

    /// The obstacles as a table of entity, id, reason, name and place; `$1` is the job. Nil for a job that touched
    /// nothing.
    func source(_ job: Identifier, _ connection: Connection) throws -> String? {
        let entities = try connection.query("SELECT DISTINCT entity FROM job_record WHERE job_id = $1", job) {
            $0.text(0)
        }
        var parts: [String] = []
        for undoable in undoables where entities.contains(undoable.entity.rawValue) && !undoable.staysWhenUsed {
            parts.append(changedLater(undoable))
            let uses = try references(to: undoable, connection)
            if !uses.isEmpty { parts.append(inUse(undoable, uses)) }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "\nUNION ALL\n")
    }

    /// Records that are no longer as the job left them, or that somebody changed between two changes of the job.
    private func changedLater(_ undoable: Undoable) -> String {
        """
        SELECT '\(undoable.entity.rawValue)' AS entity, r.entity_id AS id,
            '\(UndoReason.changedLater.rawValue)' AS reason, t.name, t.place
        FROM (SELECT entity_id, min(version_after) AS first, max(version_after) AS last, count(*) AS changes
            FROM job_record WHERE job_id = $1 AND entity = '\(undoable.entity.rawValue)' GROUP BY entity_id) r
        LEFT JOIN (SELECT id, version, \(undoable.label) AS name, \(undoable.place) AS place FROM \(undoable.table)) t
            ON t.id = r.entity_id
        WHERE t.id IS NULL OR r.last - r.first + 1 <> r.changes
            OR (t.version <> r.last AND t.version <> r.last + \(Self.undoneSince("r.entity_id", "r.last")))
        """
    }

    /// How far the version of a record has grown through later jobs that were themselves undone: their changes, and one
    /// for each undoing. They were undone exactly, so they prevent nothing.
    static func undoneSince(_ id: String, _ version: String) -> String {
        """
        (SELECT count(*) + count(DISTINCT x.job_id) FROM job_record x JOIN job j ON j.id = x.job_id
            WHERE x.entity_id = \(id) AND x.version_after > \(version) AND j.undo_state = 'undone')
        """
    }

    /// New records to which rows refer that the job did not make.
    private func inUse(_ undoable: Undoable, _ uses: [String]) -> String {
        """
        SELECT '\(undoable.entity.rawValue)' AS entity, r.entity_id AS id, '\(UndoReason.inUse.rawValue)' AS reason,
            t.name, t.place
        FROM job_record r
        JOIN (SELECT id, \(undoable.key) AS own_key, \(undoable.label) AS name, \(undoable.place) AS place
            FROM \(undoable.table)) t ON t.id = r.entity_id
        WHERE r.job_id = $1 AND r.entity = '\(undoable.entity.rawValue)' AND r.version_before IS NULL
            AND (\(uses.joined(separator: " OR ")))
        """
    }

    /// Conditions that a foreign row refers to `t`. The schema itself says which tables refer to which.
    private func references(to undoable: Undoable, _ connection: Connection) throws -> [String] {
        let keys = try connection.query(
            """
            SELECT m.name, k."from" FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
            WHERE m.type = 'table' AND k."table" = $1 ORDER BY m.name, k."from"
            """, undoable.table
        ) { (table: $0.text(0), column: $0.text(1)) }
        return keys.compactMap { table, column in
            guard undoable.own[table] != column else { return nil }
            let owner = undoables.first { $0.table == table || $0.own[table] != nil }
            // Rows of records that the job made are removed with them.
            let others =
                owner.map { owner in
                    """
                     AND c.\(owner.own[table] ?? owner.key) NOT IN (SELECT o.\(owner.key) FROM job_record x
                    JOIN \(owner.table) o ON o.id = x.entity_id
                    WHERE x.job_id = $1 AND x.entity = '\(owner.entity.rawValue)' AND x.version_before IS NULL)
                    """
                } ?? ""
            return "EXISTS (SELECT 1 FROM \(table) c WHERE c.\(column) = t.own_key\(others))"
        }
    }

    /// - Throws: 409 `undo-blocked` with the first obstacles, where there are any.
    func check(_ job: Identifier, _ scope: Scope, _ connection: Connection) throws {
        guard let source = try source(job, connection) else { return }
        var count = 0
        var errors: [FieldError] = []
        try connection.forEach("SELECT * FROM (\(source)) ORDER BY entity, id, reason", job) { row in
            count += 1
            guard errors.count < Self.shownMax, let reason = UndoReason(rawValue: row.text(2)) else { return }
            let isVisible = row.optionalInt64(4).map(scope.contains) ?? true
            let name = isVisible ? row.optionalText(3).map { " \($0)" } ?? "" : ""
            errors.append(
                FieldError(
                    pointer: "/\(row.text(0))/\(try row.identifier(1))", FieldCode(reason),
                    detail: Message(
                        zh: "\(row.text(0))\(name)：\(reason.chinese)",
                        en: "\(row.text(0))\(name): \(reason.english)")))
        }
        guard count > 0 else { return }
        throw Problem(
            .undoBlocked,
            detail: Message(zh: "有 \(count) 条记录使导入无法撤销", en: "\(count) records prevent undoing"), errors: errors)
    }

    /// The most obstacles that a refusal names; the list contains all.
    private static let shownMax = 100

    /// - Throws: 409 `undo-unsupported` for a job that cannot be undone exactly.
    func checkSupported(_ job: Job, _ connection: Connection) throws {
        if let refusal = composition.file(job.order.kind)?.undoRefusal {
            throw Problem(.undoUnsupported, detail: refusal)
        }
        guard !job.order.isDryRun else {
            throw Self.unsupported("试运行没有改动任何记录", "a dry run changed nothing")
        }
        let touched = try connection.query(
            "SELECT DISTINCT entity, operation FROM job_record WHERE job_id = $1", job.id
        ) { ($0.text(0), $0.text(1)) }
        if touched.isEmpty && job.counts.created + job.counts.changed + job.counts.ended > 0 {
            throw Self.unsupported("该导入没有留下撤销所需的记录", "the import ran before the service kept what undoing needs")
        }
        for (entity, operation) in touched {
            guard undoables.contains(where: { $0.entity.rawValue == entity }) else {
                throw Self.unsupported("\(entity) 的导入不能撤销", "an import of \(entity) cannot be undone")
            }
            if operation == ChangeOperation.move.rawValue
                && [Entity.division, .group].contains(Entity(rawValue: entity))
            {
                throw Self.unsupported(
                    "导入移动了区划，其下的记录已随之移动，不能撤销",
                    "the import moved divisions and everything below them, so it cannot be undone")
            }
        }
    }

    private static func unsupported(_ zh: String, _ en: String) -> Problem {
        Problem(.undoUnsupported, detail: Message(zh: zh, en: en))
    }
}
