// Code lists and partners, and what every domain needs to know of divisions and groups.

import Domain
import SQL
import Web

extension Entity {
    package static let division = Entity("divisions")
    package static let group = Entity("groups")
    package static let partner = Entity("partners")
}

extension Module {
    package static let reference = Module(
        name: "reference",
        routes: { _ in CodeListRoutes.all + PartnerRoutes.all + PartnerIdRoutes.all },
        problems: DivisionProblems.kinds,
        fieldCodes: FieldCode.ofReference + SpreadsheetDamage.allCases.map { FieldCode($0) },
        problem: { ($0 as? DivisionError).map(DivisionProblems.problem) },
        constraint: DivisionProblems.problem,
        records: [RecordKind(entity: .partner, audience: .everybody)])
}
