// How the records of an import are taken back, for each kind of record. Kinds with a dated table and interval tables
// are reverted through these alone; anything else that is needed (places, kept figures, the name index) is defined in
// the kind's own folder.

import Domain
import SQL

/// One kind of record that jobs make and change.
package struct Undoable: Sendable {
    package let entity: Entity
    /// The table of its current rows, with `id` and `version`.
    package let table: String
    /// The column by which other tables refer to it.
    package let key: String
    /// The name by which people know a record, over the table's columns.
    package let label: String
    /// Its place, over the table's columns; NULL if it has none.
    package let place: String
    /// Tables whose rows belong to its records and go with them, each with its column that names the record.
    package let own: [String: String]
    /// A record that others use is left as it is, and blocks no undo.
    package let staysWhenUsed: Bool
    /// It is shown together with other records, whose changes change it too. So it is taken back after all of them, at
    /// the job's first change of it, so that its readers then see its final state.
    package let followsItsParts: Bool
    /// Removes a record that the job made, because a register must not keep what was never true. Leaves an audit event
    /// and a change.
    package let remove: @Sendable (_ id: Identifier, Transaction) throws -> Void
    /// Restores a record to what it was before a time.
    package let revert: @Sendable (_ id: Identifier, _ time: Int64, UndoneJob, Transaction) throws -> Void

    package init(
        _ entity: Entity, table: String, key: String = "id", label: String, place: String,
        own: [String: String],
        staysWhenUsed: Bool = false, followsItsParts: Bool = false,
        remove: @escaping @Sendable (_ id: Identifier, Transaction) throws -> Void,
        revert: @escaping @Sendable (_ id: Identifier, _ time: Int64, UndoneJob, Transaction) throws -> Void
    ) {
        self.entity = entity
        self.table = table
        self.key = key
        self.label = label
        self.place = place
        self.own = own
        self.staysWhenUsed = staysWhenUsed
        self.followsItsParts = followsItsParts
        self.remove = remove
        self.revert = revert
    }
}

/// What a job does to others, for its report. Used by the writer's thread only.
package final class JobNotices: TransactionMemory {
    private var rows: [ReportRow] = []
    /// Whether the transaction is a job's, which tells what it does.
    package fileprivate(set) var isTold = false

    package init() {}

    package func add(_ row: ReportRow) { rows.append(row) }

    func take() -> [ReportRow] {
        defer { rows = [] }
        return rows
    }
}

extension Transaction {
    /// From now on what this transaction does to others is told in the report of its job.
    func tellNotices() { memory(JobNotices.self).isTold = true }

    /// What was to be told, with what follows from everything that was gathered.
    func takeNotices() throws -> [ReportRow] {
        try writeGathered()
        return memory(JobNotices.self).take()
    }
}

/// The job that is taken back, for what it kept.
package struct UndoneJob: Sendable {
    package let id: Identifier

    /// The columns of a sealed number as they were before a time; none if the job did not change it.
    ///
    /// - Throws: `SQLError`.
    package func kept(
        _ column: SealedColumn, of row: Identifier, before time: Int64, _ connection: Connection
    ) throws -> [(column: String, value: any Bindable)] {
        let kept = try connection.first(
            """
            SELECT sealed, hash FROM job_kept WHERE job_id = $1 AND row_id = $2 AND place = $3 AND recorded_at >= $4
            ORDER BY recorded_at LIMIT 1
            """, id, row, column.place, time
        ) { ($0.optionalBlob(0), $0.optionalBlob(1)) }
        guard let (sealed, hash) = kept else { return [] }
        return [("\(column.name)_sealed", sealed), ("\(column.name)_hash", hash)]
    }
}
