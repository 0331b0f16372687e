// Duties around villages and work teams (帮扶职责、驻村工作队).

import Service
import Web

extension Entity {
    package static let duty = Entity("duties")
    package static let team = Entity("work-teams")
}

extension ImportKind {
    /// Duties around villages and work teams.
    public static let duties = ImportKind(rawValue: "duties")
}

extension Module {
    package static let duties = Module(
        name: "duties", routes: { _ in DutyRoutes.all + TeamRoutes.all + LiabilityRoutes.all },
        problems: DutyProblems.kinds, fieldCodes: FieldCode.ofDuties,
        records: [
            RecordKind(
                entity: .duty, table: "duty", hasLevel: true, hangsOn: [.division()],
                json: { try DutyRoutes.json($0, $1.scope, $2) }, undo: DutyUndo.undoable, nameForm: DutyNames.form),
            RecordKind(
                entity: .team, table: "work_team", hangsOn: [.village()],
                json: TeamRoutes.json, undo: TeamUndo.undoable, nameForm: TeamNames.form),
        ], files: [FileKind(.duties, rows: DutyRows.self, exportPlan: { DutyExport.plan($0.scope) })],
        checks: DutyCheck.checks)
}
