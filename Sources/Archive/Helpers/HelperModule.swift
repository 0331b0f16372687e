// Who can help: organizations, cadres with what they may carry, other helpers (单位、干部、其他帮扶力量).

import Domain
import Service
import Web

extension Entity {
    package static let organization = Entity("organizations")
    package static let cadre = Entity("cadres")
    package static let helper = Entity("helpers")
}

extension ImportKind {
    /// Units that help or send helpers.
    public static let organizations = ImportKind(rawValue: "organizations")
    /// Cadres.
    public static let cadres = ImportKind(rawValue: "cadres")
}

extension Hanging {
    /// Rows of an organization name its id in a column.
    package static func organization(_ column: String) -> Hanging {
        Hanging(on: .organization) { _ in "\(column) = $1" }
    }
}

extension Module {
    package static let helpers = Module(
        name: "helpers",
        routes: { _ in Organization.record.routes + CadreRoutes.all + QuotaRoutes.all + Helper.record.routes },
        problems: HelperProblems.kinds,
        fieldCodes: FieldCode.ofHelpers + CreditCodeProblem.allCases.map { FieldCode($0) },
        constraint: HelperProblems.problem,
        collision: { error in
            if case .unique("organization", ["division_id", "name"]) = error { .organizationNamesCollide } else { nil }
        },
        records: [
            Organization.record.kind(isImported: true),
            RecordKind(
                entity: .cadre, table: "cadre",
                json: { try $1.contains("cadre", $0, $2) ? CadreView.json($0, $2) : nil }, undo: HelperUndo.cadres,
                nameForm: CadreNames.form),
            Helper.record.kind(),
        ],
        files: [
            FileKind(.organizations, of: Organization.self),
            FileKind(.cadres, rows: CadreImport.self, exportPlan: { CadreExport.plan($0.scope, on: $0.day) }),
        ],
        checks: Check.all(HelperCheck.queries) + [Check("capacities of cadres", CadreCapacity.faults)],
        chores: { register in
            [
                Chore(name: "turn of the day", comesFirst: true) {
                    try register.perform { try CadreDay.turn($0) }
                    return false
                }
            ]
        }, newDay: NewDay(isDue: { try CadreDay.isDue($1, $0) }, turn: { try CadreDay.turn($0) }),
        gatherers: [CapacityChanges.self],
        subscriptions: [
            Subscription(to: DivisionSucceeded.self, HelpSuccession.follow),
            Subscription(to: DivisionAdopted.self) { $1.capacity.touch(area: $0.id) },
            Subscription(to: ParameterStated.self) { event, transaction in
                if QuotaPolicies.concerns(event.key) { transaction.capacity.touch(area: event.divisionId) }
            },
        ], opening: CadreCapacity.fill)
}
