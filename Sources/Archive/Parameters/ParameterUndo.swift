// Undoing an import of parameters: new rows are removed, and those that they had ended or cut hold again. Judgements
// made by them are kept; the capacity of cadres that depends on them is recounted.

import Domain
import Service

enum ParameterUndo {
    static let undoable = Undoable(
        .parameter, table: rows.table, label: rows.label, place: rows.place, own: rows.own,
        remove: { id, transaction in
            try settle(id, transaction)
            try rows.remove(id, transaction)
        },
        revert: { id, time, job, transaction in
            try rows.revert(id, time, job, transaction)
            try settle(id, transaction)
        })

    private static let rows = Undoable(
        .parameter, ParameterTable.dated, label: "key",
        place: "(SELECT d.area_code FROM division d WHERE d.id = division_id)",
        fields: { id, connection in
            try ParameterTable.find(id, connection).map { try ParameterView.auditFields($0, connection) }
        })

    /// Kept figures that depend on a parameter are recounted when its row is removed or restored.
    private static func settle(_ id: Identifier, _ transaction: Transaction) throws {
        guard let row = try ParameterTable.find(id, transaction.connection) else { return }
        try ParameterStore.settle(row, from: .first, transaction)
    }
}
