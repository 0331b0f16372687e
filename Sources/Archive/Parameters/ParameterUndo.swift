// Taking back what an import did to parameters: new rows go, and those that they had ended or cut hold again. What was
// judged by them stays said; what cadres may carry by them is recounted.

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

    /// What is kept by a parameter is recounted when the row goes, or is again what it was.
    private static func settle(_ id: Identifier, _ transaction: Transaction) throws {
        guard let row = try ParameterTable.find(id, transaction.connection) else { return }
        try ParameterStore.settle(row, from: .first, transaction)
    }
}
