// What is known of a household and its members (R020, R024, R027, R028), as values: the same for a body, a file row and
// a stored row. Numbers of people are here only sealed, hashed and masked.

import Domain

/// A phone number, kept sealed.
package struct SealedPhone: Equatable {
    package let hash: [UInt8]
    package let mask: String
    /// Nil when it was read only to compare.
    package let sealed: [UInt8]?

    package static func == (left: SealedPhone, right: SealedPhone) -> Bool { left.hash == right.hash }
}

/// A person's identity number, kept sealed.
package struct MemberIdentity: Equatable {
    package enum State: String, CaseIterable { case verified, unverified, missing }

    package let state: State
    /// Why it is not verified: the code of an `IdentityProblem`.
    package let problem: String?
    package let mask: String?
    /// Keyed hash of the person's 18 digits, or of the text that could not be verified.
    package let hash: [UInt8]?
    /// Nil when it was read only to compare.
    package let sealed: [UInt8]?

    package static let missing = MemberIdentity(state: .missing, problem: nil, mask: nil, hash: nil, sealed: nil)

    package static func == (left: MemberIdentity, right: MemberIdentity) -> Bool {
        left.state == right.state && left.problem == right.problem && left.hash == right.hash && left.mask == right.mask
    }
}

/// A household's own facts.
package struct HouseholdState: Equatable {
    package var villageId: Identifier
    var groupId: Identifier?
    package var archiveNumber: String
    package var state: String
    package var stateSince: CivilDate
    package var attribute: String
    package var identificationStandard: String?
    package var mainCause: String
    /// At most two (R027).
    package var otherCauses: [String]
    package var labour: String
    package var selfCare: Bool
    package var willingness: String?
    package var povertyDepth: String?
    package var phone: SealedPhone?
    /// Nil for a household that has not ended.
    package var end: HouseholdEnd? = nil
}

/// That a household is no longer one (销号, R022): its past is kept, and it counts nowhere from that day on.
package struct HouseholdEnd: Equatable, Sendable {
    /// The first day on which it is none.
    package var day: CivilDate
    /// A code of `household-end-reason`.
    package var reason: String
    /// The document that says so.
    package var document: String?
    /// The number of the household that it became part of, or that is the right one of two.
    package var successor: Int64?
}

/// A member's facts.
package struct MemberState: Equatable {
    package var id: Identifier
    package var position: Int
    package var name: String
    package var relation: String
    package var sex: String
    /// Nil where a register has neither a birth date nor a number that holds one.
    package var birthDate: CivilDate?
    package var identity: MemberIdentity
    package var ethnicity: String?
    package var education: String?
    package var schoolState: String?
    package var schoolBlocked: Bool
    package var health: String?
    package var labourCapacity: String?
    package var workPlace: String?
    /// 0 to 12 in the year.
    package var workMonths: Int?
    package var joinedOn: CivilDate
    package var joinReason: String?
    package var leftOn: CivilDate?
    package var leftReason: String?

    var isPresent: Bool { leftOn == nil }
}

/// A household as the database holds it.
package struct StoredHousehold {
    package let number: Int64
    package let id: Identifier
    package let version: Int
    package let areaCode: Int64
    package var state: HouseholdState
    package let validFrom: CivilDate
    package let recordedAt: Int64
    package let contentHash: [UInt8]?
    package var members: [StoredMember]
}

/// A member as the database holds it.
package struct StoredMember {
    package var state: MemberState
    package let validFrom: CivilDate
    package let recordedAt: Int64
}

/// The figures that are kept in a household's row; equal to a recount of its members.
package struct HouseholdFigures: Equatable {
    package var householderName: String
    var memberCount: Int
    /// Living members whose identity number could not be verified.
    var unverifiedCount: Int
    /// Living members without an identity number.
    var missingCount: Int
    /// Names of the living members without punctuation, one a line.
    var searchNames: String
    /// Whether it needs helpers of two units (R034).
    package var needsTwoUnits: Bool

    package init(_ state: HouseholdState, _ members: some Sequence<MemberState>) {
        let present = members.filter(\.isPresent)
        // One that has ended keeps the names of those who lived in it to the end.
        let named = state.end.map { end in members.filter { $0.leftOn == end.day } } ?? present
        needsTwoUnits = state.helpNeed(of: present) == .two
        householderName = named.first { $0.relation == HouseholdFigures.householder }?.name ?? ""
        memberCount = present.count
        unverifiedCount = present.count { $0.identity.state == .unverified }
        missingCount = present.count { $0.identity.state == .missing }
        searchNames = named.map { WrittenForm.letters($0.name) }.joined(separator: "\n")
    }

    /// The code of the householder in list `relation`.
    package static let householder = "householder"
    /// That of somebody of whom it is not known, in the same list.
    static let otherRelation = "other"
}

extension HouseholdState {
    /// - Parameter present: who lives in it.
    func helpNeed(of present: some Sequence<MemberState>) -> HelpNeed {
        HelpNeed(labour: labour, selfCare: selfCare, isSchoolBlocked: present.contains(where: \.schoolBlocked))
    }
}
