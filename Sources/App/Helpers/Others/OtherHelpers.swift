// Helpers who are not on the payroll (R016, R017): technical envoys, volunteers, social workers, lead farmers.

import Domain
import SQL

/// A helper's facts.
struct HelperState: RecordState {
    /// The division that the helper serves.
    var divisionId = Identifier(high: 0, low: 0)
    var organizationId: Identifier?
    var kind = ""
    var name = ""
    var skills: [String] = []
    /// Hours of service so far.
    var serviceHours: Int?
    var phone: SealedNumber?
    var endedOn: CivilDate?
}

enum OtherHelpers {
    static let skillCharacters = 1...60

    static let record = Record<HelperState>(
        entity: .helper, table: "helper", path: "/v1/helpers", writers: .roles(.countyAdministrator, .townClerk),
        fields: [
            .area("areaCode", \.divisionId, audit: "divisionId"),
            .code("kind", \.kind, "kind", .helperKind),
            .name("name", \.name, "name", characters: FieldText.nameCharacters, as: .person),
            .reference(
                "organizationId", \.organizationId, "organization_id", to: "organization",
                shows: ("organizationName", "name"), find: organization),
            .texts("skills", \.skills, "skills", count: 0...20, characters: skillCharacters, filter: "skill"),
            .integer("serviceHours", \.serviceHours, "service_hours", in: 0...100_000),
            .phone("phone", \.phone, SealedColumn(table: "helper", name: "phone")),
            .end(\.endedOn),
        ])

    /// - Throws: 422 for an organization that does not exist, has ended, or is not the caller's.
    @Sendable
    private static func organization(
        _ id: Identifier, _ draft: RecordDraft<HelperState>, _ scope: Scope, _ connection: Connection
    ) throws -> Identifier {
        try CadrePlacing.organization(id, hasChanged: true, scope, connection).id
    }
}
