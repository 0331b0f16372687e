// Helpers who are not on the payroll (R016, R017): technical envoys, volunteers, social workers, lead farmers.

import Domain
import SQL
import Service
import Web

package struct Helper: RecordState {
    /// The division that the helper serves.
    package var divisionId = Identifier(high: 0, low: 0)
    package var organizationId: Identifier?
    package var kind = ""
    package var name = ""
    package var skills: [String] = []
    /// Hours of service so far.
    package var serviceHours: Int?
    package var phone: SealedNumber?
    package var endedOn: CivilDate?

    package init() {}
}

extension Helper {
    package static let skillCharacters = 1...60

    package static let record = Record<Helper>(
        .helper, table: "helper", path: "/v1/helpers", writers: .roles(.countyAdministrator, .townClerk),
        fields: [
            .area(\.divisionId),
            .code("kind", \.kind, "kind", .helperKind),
            .name("name", \.name, "name", FieldText.nameCharacters, as: .person),
            .reference(
                "organizationId", \.organizationId, "organization_id", to: "organization",
                shows: ("organizationName", "name"), find: organization),
            .texts("skills", \.skills, "skills", count: 0...20, characters: skillCharacters),
            .optional("serviceHours", \.serviceHours, "service_hours", .integer(in: 0...100_000)),
            .phone("phone", \.phone, SealedColumn(table: "helper", name: "phone")),
            .end(\.endedOn),
        ])

    /// - Throws: 422 for an organization that does not exist, has ended, or is not the caller's.
    @Sendable
    private static func organization(
        _ id: Identifier, _ draft: RecordDraft<Helper>, _ context: RecordContext
    ) throws -> Identifier {
        try CadrePlacing.organization(id, hasChanged: true, context.scope, context.connection).id
    }
}
