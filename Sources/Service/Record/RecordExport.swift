// Exports of declared records, with the columns of their imports.

import Domain
import SQL
import Web

extension FileKind {
    /// Files of a kind of record; their columns are its fields.
    package init<State: RecordState>(_ kind: ImportKind, of state: State.Type) {
        self.init(kind, rows: RecordImport<State>.self, exportPlan: { State.record.exportPlan($0) })
    }
}

extension Record {
    /// Every record in an area, as it is now; parents come before their children, so that an import finds them.
    package func exportPlan(_ question: ExportQuestion) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(question.scope, on: "r.area_code")
        let view = RecordView(facts: "r", day: question.day)
        var source = "\(table) r \(joins(view))"
        var order = ["r.area_code", "r.id"]
        let parent = fields.first(where: \.isParent)?.columns.first
        if let parent {
            // A parent outside the area is not in the file, so it is not named either.
            source += """
                 JOIN (WITH RECURSIVE below (id, depth) AS (
                    SELECT id, 0 FROM \(table) WHERE \(parent) IS NULL
                    UNION ALL SELECT x.id, b.depth + 1 FROM \(table) x JOIN below b ON x.\(parent) = b.id)
                    SELECT id, depth FROM below) under ON under.id = r.id
                LEFT JOIN \(table) above ON above.id = r.\(parent) AND above.area_code BETWEEN $1 AND $2
                """
            order.insert("under.depth", at: 0)
        }
        let columns = fields.filter { $0.column != nil }.flatMap { field -> [ExportColumn] in
            if field.isParent { return [ExportColumn("\(field.name)", "above.id", .identifier)] }
            guard let shown = field.shown(view).first else { return [] }
            guard let sealed = field.sealed else {
                return [ExportColumn("\(field.name)", shown.expression, shown.value)]
            }
            return [
                ExportColumn(
                    "\(field.name)", mask: shown.expression, sealed: "r.\(sealed.name)_sealed", place: sealed.place,
                    id: "r.id")
            ]
        }
        return ExportPlan(
            columns: [ExportColumn("id", "r.id", .identifier)] + columns, source: source, conditions: conditions,
            order: order)
    }
}
