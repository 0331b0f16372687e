// Poor households and their members (建档立卡户及家庭成员).

import Domain
import Service
import Web

extension Entity {
    package static let household = Entity("households")
}

extension ImportKind {
    /// Households with their members.
    public static let households = ImportKind(rawValue: "households")
}

extension Hanging {
    /// Rows of a household name its number.
    package static let household = Hanging(on: .household) { _ in "household_number = $1" }
}

extension Module {
    package static let households = Module(
        name: "households", routes: { _ in HouseholdRoutes.all }, problems: HouseholdProblems.kinds,
        fieldCodes: FieldCode.ofHouseholds + HouseholdRules.all.map { FieldCode($0) }
            + IdentityProblem.allCases.map { FieldCode($0) },
        constraint: HouseholdProblems.problem,
        collision: { error in
            if case .uniqueIndex("household_archive_number") = error { .archiveNumbersCollide } else { nil }
        },
        records: [
            RecordKind(
                entity: .household, table: "household",
                json: { id, reader, connection in
                    guard let head = try HouseholdView.head(id, reader.scope, connection) else { return nil }
                    return try HouseholdView.json(head.number, connection)
                }, undo: HouseholdUndo.undoable, nameForm: HouseholdNames.form)
        ],
        files: [
            FileKind(
                .households, columns: HouseholdColumn.self,
                runImport: { run, path in
                    let (order, register) = (run.job.order, run.register)
                    return try run.run { try HouseholdImporter(path: path, order, register) }
                }, exportPlan: { HouseholdExport.plan($0.scope, partner: $0.partner) })
        ], checks: HouseholdCheck.checks + [Check("kept warnings of households", HouseholdWarnings.faults)],
        chores: { register in
            let walk = WarningWalk()
            return [Chore(name: "warnings of households") { try register.perform { try walk.piece($0) } }]
        },
        subscriptions: [Subscription(to: DivisionSucceeded.self, VillageMerger.follow)])
}
