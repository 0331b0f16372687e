// Divisions with their groups: their tree, their files, and what happens to them.

import Domain
import SQL
import Service
import Web

extension ImportKind {
    /// Divisions of the tree (行政区划).
    public static let divisions = ImportKind(rawValue: "divisions")
    /// Successors of divisions that ended.
    public static let successors = ImportKind(rawValue: "successors")
}

extension Module {
    package static let divisions = Module(
        name: "divisions",
        routes: { _ in DivisionRoutes.all },
        records: [
            // Divisions move on their own: they have ranges, not places.
            RecordKind(
                entity: .division, json: { try DivisionRoutes.json($0, $1.scope, $2) }, undo: DivisionUndo.undoable,
                nameForm: NameForm(
                    texts: "SELECT id, name, 0 FROM division WHERE ended_on IS NULL", mend: DivisionStore.mend)),
            RecordKind(
                entity: .group, undo: GroupUndo.undoable,
                nameForm: NameForm(texts: "SELECT id, name, 0 FROM village_group", mend: GroupStore.mend)),
        ],
        files: [
            FileKind(
                kind: .divisions,
                runImport: { run, path in
                    let (order, register) = (run.job.order, run.register)
                    return try run.run { try DivisionImporter(path: path, order, register) }
                }, exportPlan: { DivisionExport.plan($0.scope) }, codeList: { _ in nil }, nationalNames: { _ in [] },
                hasCodes: false, isCompleteBelow: true),
            FileKind(
                kind: .successors,
                runImport: { run, path in
                    let register = run.register
                    return try run.run { try SuccessorImporter(path: path, register.days) }
                }, exportPlan: { DivisionExport.successors($0.scope) }, codeList: { _ in nil },
                nationalNames: { _ in [] }, hasCodes: false,
                undoRefusal: Message(zh: "接替区划的导入不能撤销", en: "an import of successors cannot be undone")),
        ],
        checks: [
            Check(
                "places of divisions",
                sql: """
                    SELECT 'division ' || d.code || ' lies outside the range of its parent ' || p.code
                    FROM division d JOIN division p ON p.id = d.parent_id
                    WHERE d.successor_id IS NULL
                        AND (d.area_code NOT BETWEEN p.area_code AND p.area_last OR d.level <= p.level)
                    """)
        ])
}
