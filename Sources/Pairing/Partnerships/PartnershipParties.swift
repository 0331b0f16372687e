// The two of a partnership: which helpers and targets each kind allows, how a body names them, how they are stored and
// shown. PartnershipPlacing checks whether they are in the register.

import Archive
import Domain
import SQL
import Service
import Web

/// The raw value is the code in list `partnership-kind`.
enum PartnershipKind: String, CaseIterable, Sendable {
    /// 百企联村.
    case enterpriseVillage = "enterprise-village"
    case enterpriseHousehold = "enterprise-household"
    /// School with school, hospital with hospital.
    case institution
    /// County with county, town with town, village with village.
    case area
    /// A pupil with a teacher.
    case pupil
    case other

    var isOfEnterprise: Bool { self == .enterpriseVillage || self == .enterpriseHousehold }

    /// The fields of a body in which the kind's helper may be named.
    fileprivate var helperFields: Set<String> {
        switch self {
        case .enterpriseVillage, .enterpriseHousehold: ["helperOrganizationId"]
        case .institution: ["helperOrganizationId", "helperName"]
        case .area: ["helperAreaCode", "helperName"]
        case .pupil: ["helperCadreId", "helperId", "helperOrganizationId"]
        case .other: ["helperOrganizationId", "helperId", "helperName"]
        }
    }

    /// The same for its target.
    fileprivate var targetFields: Set<String> {
        switch self {
        case .enterpriseVillage, .area: ["targetAreaCode"]
        case .enterpriseHousehold: ["targetHouseholdId"]
        case .institution: ["targetOrganizationId"]
        case .pupil: ["targetMemberId"]
        case .other: ["targetHouseholdId", "targetMemberId", "targetOrganizationId", "targetAreaCode"]
        }
    }
}

/// Who helps.
package enum HelpingParty: Equatable, Sendable {
    case organization(Identifier)
    case helper(Identifier)
    case cadre(Identifier)
    case division(Identifier, AreaCode)
    /// A partner who is not in the register.
    case name(String)
}

/// Who is helped.
enum PartnershipTarget: Equatable, Sendable {
    case household(Identifier, number: Int64)
    case member(Identifier, household: Int64)
    case organization(Identifier)
    case division(Identifier, AreaCode)
}

/// Both, checked against the register.
package struct PartnershipParties: Equatable, Sendable {
    package let helper: HelpingParty
    let target: PartnershipTarget
    /// The level of the target's division; 5 for any other target.
    package let level: DivisionLevel

    private var values: [any Bindable] {
        var helping = (organization: Identifier?.none, helper: Identifier?.none, cadre: Identifier?.none)
        var (helperDivision, name) = (Identifier?.none, String?.none)
        switch helper {
        case .organization(let id): helping.organization = id
        case .helper(let id): helping.helper = id
        case .cadre(let id): helping.cadre = id
        case .division(let id, _): helperDivision = id
        case .name(let text): name = text
        }
        var (household, member) = (Int64?.none, Identifier?.none)
        var (organization, division) = (Identifier?.none, Identifier?.none)
        switch target {
        case .household(_, let number): household = number
        case .member(let id, let number): (member, household) = (id, number)
        case .organization(let id): organization = id
        case .division(let id, _): division = id
        }
        return [
            helping.organization, helping.helper, helping.cadre, helperDivision, name, household, member, organization,
            division, level.rawValue,
        ]
    }

    /// By the names of the body that states them.
    private var auditFields: [AuditField] {
        let helper: AuditField =
            switch self.helper {
            case .organization(let id): ("helperOrganizationId", .text(id.description))
            case .helper(let id): ("helperId", .text(id.description))
            case .cadre(let id): ("helperCadreId", .text(id.description))
            case .division(_, let code): ("helperAreaCode", .text(code.description))
            case .name(let name): ("helperName", .text(name))
            }
        let target: AuditField =
            switch self.target {
            case .household(let id, _): ("targetHouseholdId", .text(id.description))
            case .member(let id, _): ("targetMemberId", .text(id.description))
            case .organization(let id): ("targetOrganizationId", .text(id.description))
            case .division(_, let code): ("targetAreaCode", .text(code.description))
            }
        return [helper, target]
    }
}

// MARK: The field

extension PartnershipParties {
    /// A member of answers, and of the body that states the two.
    private struct Shown {
        let name: StaticString
        let schema: RecordSchema
        let sql: String
        var isStated = true
        var isAlways = false
        /// The column by which lists are filtered.
        var filter: String?

        var value: ListValue {
            switch schema {
            case .id: .identifier
            case .areaCode: .areaCode
            default: .text
            }
        }
    }

    private static func id(_ name: StaticString, _ column: String, _ filter: String? = nil) -> Shown {
        Shown(name: name, schema: .id, sql: column, filter: filter ?? column)
    }

    private static let shown = [
        id("helperOrganizationId", "r.helper_organization_id"), id("helperId", "r.helper_id"),
        id("helperCadreId", "r.helper_cadre_id"),
        Shown(name: "helperCadreName", schema: .text(1...60), sql: "hc.name", isStated: false),
        Shown(name: "helperAreaCode", schema: .areaCode, sql: "hd.code"),
        Shown(name: "helperAreaName", schema: .text(1...60), sql: "hd.name", isStated: false),
        Shown(
            name: "helperName", schema: .text(nameCharacters),
            sql: "coalesce(r.helper_name, ho.name, hh.name, hc.name, hd.name)", isAlways: true),
        id("targetHouseholdId", "CASE WHEN r.member_id IS NULL THEN t.id END", "t.id"),
        id("targetMemberId", "r.member_id"), id("targetOrganizationId", "r.target_organization_id"),
        Shown(name: "targetAreaCode", schema: .areaCode, sql: "td.code", filter: "td.code"),
        Shown(name: "targetAreaName", schema: .text(1...60), sql: "td.name", isStated: false),
        Shown(
            name: "targetName", schema: .text(nameCharacters),
            sql: "coalesce(tm.name, t.householder_name, o.name, td.name)", isStated: false, isAlways: true),
    ]

    package static var field: RecordField<Partnership> {
        var field = RecordField<Partnership>(name: "helperOrganizationId").stated(.atCreation)
        field.columns = [
            "helper_organization_id", "helper_id", "helper_cadre_id", "helper_division_id", "helper_name",
            "household_number", "member_id", "target_organization_id", "target_division_id", "level",
        ]
        field.bind = { $0.parties?.values ?? [] }
        field.audits = { $0.parties?.auditFields ?? [] }
        field.shown = { _ in shown.map { ListColumn($0.name, $0.sql, $0.value) } }
        field.shownSchemas = shown.map { RecordMember(name: "\($0.name)", schema: $0.schema, isAlways: $0.isAlways) }
        field.statedSchemas = shown.filter(\.isStated).map { RecordMember(name: "\($0.name)", schema: $0.schema) }
        field.join = { _ in
            """
            LEFT JOIN organization ho ON ho.id = r.helper_organization_id LEFT JOIN helper hh ON hh.id = r.helper_id
            LEFT JOIN cadre hc ON hc.id = r.helper_cadre_id LEFT JOIN division hd ON hd.id = r.helper_division_id
            LEFT JOIN household t ON t.household_number = r.household_number LEFT JOIN member tm ON tm.id = r.member_id
            LEFT JOIN organization o ON o.id = r.target_organization_id
            LEFT JOIN division td ON td.id = r.target_division_id
            """
        }
        field.read = { body, _ in
            let helper = helper(&body)
            let target = target(&body)
            guard let helper, let target else { return nil }
            return { draft, context in
                (draft.state.parties, draft.place) = try PartnershipPlacing.place(
                    StatedParties(helper: helper, target: target), of: draft.state, context.scope, context.connection)
            }
        }
        return shown.reduce(field) { field, shown in
            guard let column = shown.filter else { return field }
            let name = "\(shown.name)"
            return field.filtered(
                RecordFilter(name: name, schema: shown.schema) { query, _, _ in
                    if case .areaCode = shown.schema {
                        guard let code = query.value(name, FieldText.areaCode) else { return nil }
                        return { conditions in conditions.add("\(column) = \(conditions.bind(code))") }
                    }
                    guard let id = query.value(name, FieldText.identifier) else { return nil }
                    return { conditions in conditions.add("\(column) = \(conditions.bind(id))") }
                })
        }
    }

    private static let nameCharacters = 1...100

    /// - Returns: nil if the body names none, or something wrong, which is reported.
    private static func helper(_ body: inout ObjectReader) -> StatedParties.Helper? {
        let organization = body.optionalValue("helperOrganizationId", FieldText.identifier)
        let helper = body.optionalValue("helperId", FieldText.identifier)
        let cadre = body.optionalValue("helperCadreId", FieldText.identifier)
        let division = body.optionalValue("helperAreaCode", FieldText.areaCode)
        let name = body.optionalName("helperName", characters: nameCharacters)
        let named: [(String, StatedParties.Helper?)] = [
            ("helperOrganizationId", organization.map { .organization($0) }), ("helperId", helper.map { .helper($0) }),
            ("helperCadreId", cadre.map { .cadre($0) }), ("helperAreaCode", division.map { .division($0) }),
            ("helperName", name.map { .name($0) }),
        ]
        return only(named, of: \.helperFields, &body)
    }

    private static func target(_ body: inout ObjectReader) -> StatedParties.Target? {
        let household = body.optionalValue("targetHouseholdId", FieldText.identifier)
        let member = body.optionalValue("targetMemberId", FieldText.identifier)
        let organization = body.optionalValue("targetOrganizationId", FieldText.identifier)
        let division = body.optionalValue("targetAreaCode", FieldText.areaCode)
        let named: [(String, StatedParties.Target?)] = [
            ("targetAreaCode", division.map { .division($0) }), ("targetHouseholdId", household.map { .household($0) }),
            ("targetMemberId", member.map { .member($0) }),
            ("targetOrganizationId", organization.map { .organization($0) }),
        ]
        return only(named, of: \.targetFields, &body)
    }

    /// A party must be named once, in a field that the kind allows.
    ///
    /// - Parameter fields: what a body may say, the usual field first.
    private static func only<Party>(
        _ fields: [(name: String, party: Party?)], of taken: (PartnershipKind) -> Set<String>,
        _ body: inout ObjectReader
    ) -> Party? {
        let named = fields.filter { $0.party != nil }
        // For a kind that the program does not know, anything may be a party.
        guard body.isSound("kind"), let code = body.member("kind")?.string else { return named.first?.party }
        let taken = taken(PartnershipKind(rawValue: code) ?? .other)
        if named.isEmpty, body.isSound(fields.map(\.name)) {
            let field = fields.first { taken.contains($0.name) } ?? fields.first
            body.report(field?.name ?? "", .required)
        }
        for field in named.dropFirst() { body.report(field.name, .onlyOne) }
        if let field = named.first, !taken.contains(field.name) { body.report(field.name, .notForKind) }
        return named.first?.party
    }
}

/// The two as a body names them, before they are looked up.
struct StatedParties: Sendable {
    enum Helper: Sendable {
        case organization(Identifier)
        case helper(Identifier)
        case cadre(Identifier)
        case division(AreaCode)
        case name(String)
    }

    enum Target: Sendable {
        case household(Identifier)
        case member(Identifier)
        case organization(Identifier)
        case division(AreaCode)
    }

    let helper: Helper
    let target: Target
}
