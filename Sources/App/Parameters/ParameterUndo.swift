// Taking back what an import did to parameters: new rows go, and those that they had ended or cut hold again. What was
// judged by them stays said.

import Domain

enum ParameterUndo {
    static let undoable = Undoable(
        .parameter, ParameterTable.dated, label: "key",
        place: "(SELECT d.area_code FROM division d WHERE d.id = division_id)",
        fields: { id, connection in
            try connection.first("SELECT \(ParameterTable.columns) FROM parameter WHERE id = $1", id) {
                let row = try ParameterTable.read($0)
                return [
                    ("key", .text(row.key)), ("divisionId", .of(row.divisionId?.description)),
                    ("value", .text(row.value)), ("unit", .text(row.unit)), ("from", .text(row.first.description)),
                    ("to", .of(row.end?.description)),
                ]
            }
        })
}
