// Taking back records that consist of a current row with its history and tables of dated facts: everything is restored
// through those tables. A kind adds what it keeps of them in its own row.

import Domain
import SQL
import Web

extension Undoable {
    /// A kind of record that consists only of its dated table and interval tables, all keyed by its id.
    ///
    /// - Parameters:
    ///   - kept: tables of what is kept of it, each with its column that names the record.
    ///   - sealed: its sealed numbers.
    ///   - fields: what the audit trail says about it; nil if it does not exist.
    ///   - settle: writes what its row keeps of other rows, after the facts have been restored.
    ///   - release: removes it from kept figures, before it is removed itself.
    package init(
        _ entity: Entity, _ dated: DatedTable, intervals: [IntervalTable] = [], kept: [String: String] = [:],
        sealed: [SealedColumn] = [],
        label: String = "name", place: String = "area_code",
        fields: @escaping @Sendable (Identifier, Connection) throws -> [AuditField]?,
        settle: @escaping @Sendable (Identifier, Transaction) throws -> Void = { _, _ in },
        release: @escaping @Sendable (Identifier, Transaction) throws -> Void = { _, _ in }
    ) {
        var own = kept
        own[dated.history] = "id"
        for table in intervals { own[table.name] = table.key[0] }
        let tables = own
        @Sendable func area(_ id: Identifier, _ connection: Connection) throws -> (version: Int, area: Int64?)? {
            try connection.first("SELECT version, \(place) FROM \(dated.current) WHERE id = $1", id) {
                ($0.int(0), $0.optionalInt64(1))
            }
        }
        self.init(
            entity, table: dated.current, label: label, place: place, own: own,
            remove: { id, transaction in
                let connection = transaction.connection
                guard let (version, area) = try area(id, connection) else { return }
                let before = try fields(id, connection).map(RecordAudit.whole)
                try release(id, transaction)
                for (table, column) in tables {
                    try connection.run("DELETE FROM \(table) WHERE \(column) = $1", id)
                }
                try connection.run("DELETE FROM partner_id WHERE entity_id = $1", id)
                try connection.run("DELETE FROM \(dated.current) WHERE id = $1", id)
                try transaction.audit("undo", entity, id, before: before)
                try transaction.change(.end, entity, id, version: version + 1, from: area, to: nil)
            },
            revert: { id, time, job, transaction in
                let connection = transaction.connection
                guard let before = try area(id, connection), let then = try fields(id, connection) else { return }
                var recordedAt =
                    try connection.first(
                        "SELECT recorded_at FROM \(dated.current) WHERE id = $1", id
                    ) { max(transaction.now.milliseconds, $0.int64(0) + 1) } ?? transaction.now.milliseconds
                for table in intervals {
                    recordedAt = max(
                        recordedAt, try table.nextRecordedAt([id], now: transaction.now, connection))
                }
                let numbers = try sealed.flatMap { try job.kept($0, of: id, before: time, connection) }
                try dated.revert([id], before: time, recordedAt: recordedAt, restoring: numbers, connection)
                for table in intervals {
                    try table.revert([id], before: time, recordedAt: recordedAt, connection)
                }
                try connection.run("UPDATE \(dated.current) SET version = version + 1 WHERE id = $1", id)
                try settle(id, transaction)
                let after = try area(id, connection)?.area
                let (old, new) = RecordAudit.difference(then, try fields(id, connection) ?? [])
                try transaction.audit("undo", entity, id, before: old, after: new)
                try transaction.change(
                    before.area == after ? .change : .move, entity, id, version: before.version + 1,
                    from: before.area, to: after)
            })
    }
}
