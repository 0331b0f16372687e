// What is known of a household and its members (R020, R024, R027, R028), as values: the same for a body, a file row and
// a stored row. Numbers of people are here only sealed, hashed and masked.

import Domain

/// A phone number, kept sealed.
struct SealedPhone: Equatable {
    let hash: [UInt8]
    let mask: String
    /// Nil when it was read only to compare.
    let sealed: [UInt8]?

    static func == (left: SealedPhone, right: SealedPhone) -> Bool { left.hash == right.hash }
}

/// A person's identity number, kept sealed.
struct MemberIdentity: Equatable {
    enum State: String, CaseIterable { case verified, unverified, missing }

    let state: State
    /// Why it is not verified: the code of an `IdentityProblem`.
    let problem: String?
    let mask: String?
    /// Keyed hash of the person's 18 digits, or of the text that could not be verified.
    let hash: [UInt8]?
    /// Nil when it was read only to compare.
    let sealed: [UInt8]?

    static let missing = MemberIdentity(state: .missing, problem: nil, mask: nil, hash: nil, sealed: nil)

    static func == (left: MemberIdentity, right: MemberIdentity) -> Bool {
        left.state == right.state && left.problem == right.problem && left.hash == right.hash && left.mask == right.mask
    }
}

/// A household's own facts.
struct HouseholdState: Equatable {
    var villageId: Identifier
    var groupId: Identifier?
    var archiveNumber: String
    var state: String
    var stateSince: CivilDate
    var attribute: String
    var identificationStandard: String?
    var mainCause: String
    /// At most two (R027).
    var otherCauses: [String]
    var labour: String
    var selfCare: Bool
    var willingness: String?
    var povertyDepth: String?
    var phone: SealedPhone?
}

/// A member's facts.
struct MemberState: Equatable {
    var id: Identifier
    var position: Int
    var name: String
    var relation: String
    var sex: String
    /// Nil where a register has neither a birth date nor a number that holds one.
    var birthDate: CivilDate?
    var identity: MemberIdentity
    var ethnicity: String?
    var education: String?
    var schoolState: String?
    var schoolBlocked: Bool
    var health: String?
    var labourCapacity: String?
    var workPlace: String?
    /// 0 to 12 in the year.
    var workMonths: Int?
    var joinedOn: CivilDate
    var joinReason: String?
    var leftOn: CivilDate?
    var leftReason: String?

    var isPresent: Bool { leftOn == nil }
}

/// A household as the database holds it.
struct StoredHousehold {
    let number: Int64
    let id: Identifier
    let version: Int
    let areaCode: Int64
    var state: HouseholdState
    let validFrom: CivilDate
    let recordedAt: Int64
    let contentHash: [UInt8]?
    var members: [StoredMember]
}

/// A member as the database holds it.
struct StoredMember {
    var state: MemberState
    let validFrom: CivilDate
    let recordedAt: Int64
}

/// The figures that are kept in a household's row; equal to a recount of its members.
struct HouseholdFigures: Equatable {
    var householderName: String
    var memberCount: Int
    /// Living members whose identity number could not be verified.
    var unverifiedCount: Int
    /// Living members without an identity number.
    var missingCount: Int
    /// Names of the living members without punctuation, one a line.
    var searchNames: String
    /// Whether it needs helpers of two units (R034).
    var needsTwoUnits: Bool

    init(_ state: HouseholdState, _ members: some Sequence<MemberState>) {
        let present = members.filter(\.isPresent)
        needsTwoUnits = state.helpNeed(of: present) == .two
        householderName = present.first { $0.relation == HouseholdFigures.householder }?.name ?? ""
        memberCount = present.count
        unverifiedCount = present.count { $0.identity.state == .unverified }
        missingCount = present.count { $0.identity.state == .missing }
        searchNames = present.map { WrittenForm.letters($0.name) }.joined(separator: "\n")
    }

    /// The code of the householder in list `relation`.
    static let householder = "householder"
}

extension HouseholdState {
    /// - Parameter present: who lives in it.
    func helpNeed(of present: some Sequence<MemberState>) -> HelpNeed {
        HelpNeed(labour: labour, selfCare: selfCare, isSchoolBlocked: present.contains(where: \.schoolBlocked))
    }
}
