// Policy as dated rows of an area.

import Service
import Web

extension Entity {
    package static let parameter = Entity("parameters")
}

extension ImportKind {
    /// Policy of an area.
    public static let parameters = ImportKind(rawValue: "parameters")
}

extension Module {
    package static let parameters = Module(
        name: "parameters", routes: { _ in ParameterRoutes.all }, problems: ParameterProblems.kinds,
        fieldCodes: FieldCode.ofParameters,
        constraint: ParameterProblems.problem,
        records: [
            RecordKind(
                entity: .parameter, audience: .everybodyBelow,
                json: { id, reader, connection in
                    guard let row = try ParameterTable.find(id, connection),
                        try ParameterView.isVisible(row, reader.scope, connection)
                    else { return nil }
                    return try ParameterView.json(row, connection)
                }, undo: ParameterUndo.undoable)
        ],
        files: [FileKind(.parameters, rows: ParameterImport.self, exportPlan: { ParameterExport.plan($0.scope) })],
        checks: ParameterCheck.checks)
}
