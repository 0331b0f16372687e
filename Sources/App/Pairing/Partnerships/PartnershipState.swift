// What is known of a partnership (R042, R043, R049, R053, R170), as values, and which helpers and targets each kind
// takes. Pairings of a cadre with a household are none: they have quotas, areas and a run.

import Domain
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

    /// The fields of a body in which the kind takes its helper.
    var helperFields: Set<String> {
        switch self {
        case .enterpriseVillage, .enterpriseHousehold: ["helperOrganizationId"]
        case .institution: ["helperOrganizationId", "helperName"]
        case .area: ["helperAreaCode", "helperName"]
        case .pupil: ["helperCadreId", "helperId", "helperOrganizationId"]
        case .other: ["helperOrganizationId", "helperId", "helperName"]
        }
    }

    /// The same for its target.
    var targetFields: Set<String> {
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
enum HelpingParty: Equatable, Sendable {
    case organization(Identifier)
    case helper(Identifier)
    case cadre(Identifier)
    case division(Identifier)
    /// A partner whom the register does not have.
    case name(String)
}

/// Who is helped.
enum PartnershipTarget: Equatable, Sendable {
    case household(Int64)
    case member(Identifier, household: Int64)
    case organization(Identifier)
    case division(Identifier)
}

/// What is said of a partnership beside its two parties, which never change.
struct PartnershipTerm: Equatable, Sendable {
    var first: CivilDate
    /// The first day on which it no longer holds; the first day itself where it was taken back.
    var end: CivilDate?
    var reason: String?
    /// A code of `partnership-end-reason`.
    var endReason: String?

    var auditFields: [AuditField] {
        [
            ("from", .text(first.description)), ("to", .of(end?.description)), ("reason", .of(reason)),
            ("endReason", .of(endReason)),
        ]
    }
}

/// A partnership on its way in, held against the register.
struct NewPartnership: Sendable {
    let kind: PartnershipKind
    let helper: HelpingParty
    let target: PartnershipTarget
    /// The target's place, and the level of its division; 5 for any other target.
    let areaCode: Int64
    let level: DivisionLevel
    let term: PartnershipTerm
}

/// A partnership as the database holds it.
struct StoredPartnership: Sendable {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let term: PartnershipTerm
    /// The day on which it was first stated: the time axis of its history, not of its days.
    let statedOn: CivilDate
    let recordedAt: Int64
}
