// Units that help or send helpers (R006, R015). Whoever belongs to one and is linked to no area of their own moves with
// its home.

import Domain
import SQL
import Web

/// An organization's own facts.
struct OrganizationState: RecordState {
    /// Where it is at home.
    var divisionId = Identifier(high: 0, low: 0)
    var name = ""
    var kind = ""
    var level = ""
    var creditCode: String?
    var parentOrganizationId: Identifier?
    var contactName: String?
    var phone: SealedNumber?
    var endedOn: CivilDate?
}

enum Organizations {
    static let nameCharacters = 1...100
    static let contactCharacters = 1...60

    static let record = Record<OrganizationState>(
        entity: .organization, table: "organization", path: "/v1/organizations",
        writers: .roles(.countyAdministrator, .townClerk),
        fields: [
            .area("areaCode", \.divisionId, audit: "divisionId"),
            .name("name", \.name, "name", characters: nameCharacters),
            .code("kind", \.kind, "kind", .organizationKind),
            .code("level", \.level, "level", .organizationLevel),
            .text("creditCode", \.creditCode, "credit_code", creditCode),
            .reference(
                "parentOrganizationId", \.parentOrganizationId, "parent_id", to: "organization",
                shows: ("parentOrganizationName", "name"), find: parent),
            .optionalName("contactName", \.contactName, "contact_name", characters: contactCharacters, as: .person),
            .phone("phone", \.phone, .organizationPhone),
            .end(\.endedOn),
        ],
        moved: { id, place, transaction in
            try CadreStore.follow(organization: id, to: place, transaction)
            try transaction.carry(hangingOn: .organization, id, to: place)
        }, problem: HelperProblems.problem)

    @Sendable
    static func creditCode(_ text: String) throws(FieldError) -> String {
        do throws(CreditCodeProblem) {
            return try CreditCode(text).text
        } catch {
            throw FieldError(error)
        }
    }

    // MARK: Rules

    @Sendable
    private static func parent(
        _ id: Identifier, _ draft: RecordDraft<OrganizationState>, _ scope: Scope, _ connection: Connection
    ) throws -> Identifier {
        try checkParent(id, of: draft.id, scope, connection)
        return id
    }

    /// The parent that a state names, held to the caller's range and to a tree without circles.
    ///
    /// - Parameter id: whose parent it is to be.
    static func checkParent(
        _ parent: Identifier, of id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws {
        guard parent != id else { throw Problem.field("/parentOrganizationId", .parentCircle) }
        guard let found = try record.find(parent, connection), scope.contains(found.areaCode) else {
            throw Problem.field("/parentOrganizationId", .unknownOrganization)
        }
        var next = found.state.parentOrganizationId
        while let current = next {
            guard current != id else { throw Problem.field("/parentOrganizationId", .parentCircle) }
            next = try record.find(current, connection)?.state.parentOrganizationId
        }
    }
}
