// Units that help or send helpers (R006, R015). Whoever belongs to one and is linked to no area of their own moves with
// its home.

import Domain
import SQL
import Service
import Web

package struct Organization: RecordState {
    /// Where it is at home.
    package var divisionId = Identifier(high: 0, low: 0)
    package var name = ""
    package var kind = ""
    package var level = ""
    package var creditCode: String?
    package var parentOrganizationId: Identifier?
    package var contactName: String?
    package var phone: SealedNumber?
    package var endedOn: CivilDate?
    /// Who took over from it when it ended, with its cadres.
    package var successorOrganizationId: Identifier?
    /// The word with which a unit ends though cadres belong to it; of the statement and not of the unit.
    var keepsCadres: Bool?

    package init() {}
}

extension Organization {
    package static let nameCharacters = 1...100
    private static let phone = SealedColumn(table: "organization", name: "phone")

    package static let record = Record<Organization>(
        .organization, table: "organization", path: "/v1/organizations",
        writers: .roles(.countyAdministrator, .townClerk),
        knownBy: [["creditCode"], ["areaCode", "name"]],
        fields: [
            .area(\.divisionId).inFiles(CommonHeadings.divisionCode, role: .code),
            .name("name", \.name, "name", nameCharacters).inFiles(["单位名称", "单位", "名称", "单位全称"]),
            .code("kind", \.kind, "kind", .organizationKind).inFiles(["单位类型"]),
            .code("level", \.level, "level", .organizationLevel).inFiles(["隶属关系"]),
            .optional("creditCode", \.creditCode, "credit_code", .own(creditCode))
                .inFiles(CommonHeadings.creditCode, role: .code),
            .parent(
                "parentOrganizationId", \.parentOrganizationId, "parent_id", to: "organization",
                shows: ("parentOrganizationName", "name"), find: parent
            ).inFiles(role: .id),
            .optional("contactName", \.contactName, "contact_name", .name(1...60, as: .person))
                .inFiles(["联系人", "联系人姓名"]),
            .phone("phone", \.phone, phone).inFiles(CommonHeadings.phone, role: .phone),
            .end(\.endedOn).inFiles(),
            .reference(
                "successorOrganizationId", \.successorOrganizationId, "successor_id", to: "organization",
                shows: ("successorOrganizationName", "name"), find: OrganizationEnd.successor
            ).stated(.byChange).inFiles(role: .id).onlyImported(),
            .word("keepsCadres", \.keepsCadres).inFiles(),
        ],
        settle: OrganizationEnd.settle,
        moved: { id, place, transaction in
            try CadreStore.follow(organization: id, to: place, transaction)
            try transaction.carry(hangingOn: .organization, id, to: place)
        }, effects: CadresElsewhere.effects, problem: HelperProblems.problem)

    @Sendable
    package static func creditCode(_ text: String) throws(FieldError) -> String {
        do throws(CreditCodeProblem) {
            return try CreditCode(text).text
        } catch {
            throw FieldError(error)
        }
    }

    // MARK: Rules

    /// The parent that a state names, held to the caller's range and to a tree without circles.
    @Sendable
    private static func parent(
        _ parent: Identifier, _ draft: RecordDraft<Organization>, _ context: RecordContext
    ) throws -> Identifier {
        guard parent != draft.id else { throw Problem.field("/parentOrganizationId", .parentCircle) }
        guard let found = try record.find(parent, context.connection), context.scope.contains(found.areaCode) else {
            throw Problem.field("/parentOrganizationId", .unknownOrganization)
        }
        var next = found.state.parentOrganizationId
        while let current = next {
            guard current != draft.id else { throw Problem.field("/parentOrganizationId", .parentCircle) }
            next = try record.find(current, context.connection)?.state.parentOrganizationId
        }
        return parent
    }
}
