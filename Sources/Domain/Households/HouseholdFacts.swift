// What the rules look at: a household and its living members as plain values.
// Deliberately not the record: no versions, no identifiers, nothing that no rule asks for.

/// A household as the rules see it on one day (R020, R024, R027).
public struct HouseholdFacts: Sendable {
    /// Code of `household-attribute`.
    public var attribute: String
    /// Code of `household-state`.
    public var state: String
    /// The day from which it has that state.
    public var stateSince: CivilDate
    /// Code of `poverty-cause`.
    public var mainCause: String
    /// Codes of `poverty-cause`, at most two (R027).
    public var otherCauses: [String]
    /// Code of `household-labour`.
    public var labour: String
    /// Whether its people can look after themselves (R034).
    public var selfCare: Bool
    /// The members who live in it on the day, in the order of the record.
    public var members: [MemberFacts]

    /// A household for the rules.
    public init(
        attribute: String, state: String, stateSince: CivilDate, mainCause: String, otherCauses: [String],
        labour: String, selfCare: Bool, members: [MemberFacts]
    ) {
        self.attribute = attribute
        self.state = state
        self.stateSince = stateSince
        self.mainCause = mainCause
        self.otherCauses = otherCauses
        self.labour = labour
        self.selfCare = selfCare
        self.members = members
    }
}

/// A member as the rules see them (R028). Codes are nil where the register has none.
public struct MemberFacts: Sendable {
    /// Code of `relation`.
    public var relation: String
    /// The declared sex.
    public var sex: Sex
    /// The declared birth date; nil where the register has none, and then no rule about ages applies.
    public var birthDate: CivilDate?
    /// The verified number; nil if it is missing or unverified.
    public var identityNumber: IdentityNumber?
    /// Code of `ethnicity`.
    public var ethnicity: String?
    /// Code of `education`.
    public var education: String?
    /// Code of `school-state`.
    public var schoolState: String?
    /// Whether schooling that is due cannot go on.
    public var schoolBlocked: Bool
    /// Code of `health`.
    public var health: String?
    /// Code of `labour-capacity`.
    public var labourCapacity: String?
    /// Code of `work-place`.
    public var workPlace: String?
    /// Months of migrant work in the year; a record allows 0 to 12.
    public var workMonths: Int?
    /// The day they joined the household.
    public var joinedOn: CivilDate

    /// A member for the rules.
    public init(
        relation: String, sex: Sex, birthDate: CivilDate?, identityNumber: IdentityNumber? = nil,
        ethnicity: String? = nil, education: String? = nil, schoolState: String? = nil, schoolBlocked: Bool = false,
        health: String? = nil, labourCapacity: String? = nil, workPlace: String? = nil, workMonths: Int? = nil,
        joinedOn: CivilDate
    ) {
        self.relation = relation
        self.sex = sex
        self.birthDate = birthDate
        self.identityNumber = identityNumber
        self.ethnicity = ethnicity
        self.education = education
        self.schoolState = schoolState
        self.schoolBlocked = schoolBlocked
        self.health = health
        self.labourCapacity = labourCapacity
        self.workPlace = workPlace
        self.workMonths = workMonths
        self.joinedOn = joinedOn
    }

    var isPupil: Bool { schoolState.map { $0 != SchoolStateCode.notInSchool } ?? false }
    /// Whether a disability is known of them.
    public var isDisabled: Bool { health.map(HealthCode.disabled.contains) ?? false }
    var isIll: Bool { health.map(HealthCode.ill.contains) ?? false }
    var hasFullLabour: Bool { labourCapacity.map(LabourCapacityCode.full.contains) ?? false }
    var hasNoLabour: Bool { labourCapacity.map(LabourCapacityCode.absent.contains) ?? false }
}
