// What the demonstration county is made of, as values: the fields of a household and of its members.

import Domain

/// An invented household with its members.
public struct DemonstrationHousehold: Hashable, Sendable {
    /// Version 7, ascending in the order in which households come.
    public let id: Identifier
    /// The village that keeps the archive.
    public let villageCode: AreaCode
    /// The group within the village, 第一组 and so on; nil in villages without groups.
    public let groupName: String?
    /// Eleven digits: town, village, and the number within the village. Unique in a county, ascending in a village.
    public let archiveNumber: String
    /// Code of `household-attribute`.
    public let attribute: String
    /// Every state the household has had, oldest first, each with the day it began (R022); never empty.
    public let stateHistory: [DemonstrationState]
    /// Code of `identification-standard`.
    public let identificationStandard: String
    /// Code of `poverty-cause`.
    public let mainCause: String
    /// Up to two other codes of `poverty-cause` (R027).
    public let otherCauses: [String]
    /// Code of `household-labour`.
    public let labour: String
    /// Whether its people can look after themselves.
    public let selfCare: Bool
    /// Code of `willingness`.
    public let willingness: String
    /// Code of `poverty-depth`.
    public let povertyDepth: String
    /// A telephone number of a range that is not in use; nil if there is none.
    public let phone: String?
    /// The members, the householder first.
    public let members: [DemonstrationMember]

    /// Code of `household-state` on the day of the county.
    public var state: String { stateHistory.last?.state ?? HouseholdStateCode.registered }
    /// The day since which it has that state.
    public var stateSince: CivilDate { stateHistory.last?.since ?? .first }

    /// The household as rules see it. A number that cannot be verified is not part of the facts.
    public func facts(on day: CivilDate) -> HouseholdFacts {
        HouseholdFacts(
            attribute: attribute, state: state, stateSince: stateSince, mainCause: mainCause,
            otherCauses: otherCauses, labour: labour, selfCare: selfCare, members: members.map { $0.facts(on: day) })
    }
}

/// A state and the day it began.
public struct DemonstrationState: Hashable, Sendable {
    /// Code of `household-state`.
    public let state: String
    /// The day it began.
    public let since: CivilDate
}

/// An invented member of a household.
public struct DemonstrationMember: Hashable, Sendable {
    /// Version 7, ascending within the household and from household to household.
    public let id: Identifier
    /// Surname and given name.
    public let name: String
    /// Code of `relation`.
    public internal(set) var relation: String
    /// The sex.
    public let sex: Sex
    /// The birth date, not after the day of the county.
    public let birthDate: CivilDate
    /// The number as a register has it: 18 digits, 20 of a disability card, sometimes 15 or wrong; nil if missing.
    public internal(set) var identityNumber: String?
    /// Code of `ethnicity`.
    public internal(set) var ethnicity: String?
    /// Code of `education`; nil for those in school.
    public internal(set) var education: String?
    /// Code of `school-state`.
    public let schoolState: String
    /// Whether schooling that is due cannot go on.
    public let schoolBlocked: Bool
    /// Code of `health`.
    public let health: String
    /// Code of `labour-capacity`.
    public internal(set) var labourCapacity: String
    /// Code of `work-place`; nil without migrant work.
    public internal(set) var workPlace: String?
    /// Months of migrant work in the year, 1 to 12; nil without.
    public let workMonths: Int?
    /// The day they joined the household in the register.
    public let joinedOn: CivilDate
    /// Code of `member-join-reason`.
    public let joinReason: String
    /// A telephone number of a range that is not in use; nil if there is none.
    public let phone: String?

    /// The member as rules see them.
    public func facts(on day: CivilDate) -> MemberFacts {
        MemberFacts(
            relation: relation, sex: sex, birthDate: birthDate,
            identityNumber: identityNumber.flatMap { IdentityNumber.parse($0, on: day).number }, ethnicity: ethnicity,
            education: education, schoolState: schoolState, schoolBlocked: schoolBlocked, health: health,
            labourCapacity: labourCapacity, workPlace: workPlace, workMonths: workMonths, joinedOn: joinedOn)
    }
}
