// A household as somebody states it, in a body or in the rows of a file, and the way from there to what is stored:
// rules, identity numbers, sealing. None of it needs the database, so it runs before the writer is asked.

import Domain
import SQL
import Service
import Web

/// A member as stated.
package struct MemberDraft {
    package var id: Identifier
    package var name: String
    package var relation: String
    package var sex: String
    package var birthDate: CivilDate?
    /// As written; nil where none was given.
    package var identityNumber: String?
    package var ethnicity: String?
    package var education: String?
    package var schoolState: String?
    package var schoolBlocked = false
    package var health: String?
    package var labourCapacity: String?
    package var workPlace: String?
    package var workMonths: Int?
    package var joinedOn: CivilDate?
    package var joinReason: String?
    /// Only files speak of members who left.
    package var leftOn: CivilDate?
    package var leftReason: String?

    package init(
        id: Identifier, name: String, relation: String, sex: String, birthDate: CivilDate? = nil,
        identityNumber: String? = nil, ethnicity: String? = nil, education: String? = nil, schoolState: String? = nil,
        schoolBlocked: Bool = false, health: String? = nil, labourCapacity: String? = nil, workPlace: String? = nil,
        workMonths: Int? = nil, joinedOn: CivilDate? = nil, joinReason: String? = nil, leftOn: CivilDate? = nil,
        leftReason: String? = nil
    ) {
        self.id = id
        self.name = name
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
        self.joinReason = joinReason
        self.leftOn = leftOn
        self.leftReason = leftReason
    }
}

/// A household as stated.
package struct HouseholdDraft {
    package var id: Identifier
    package var villageCode: AreaCode
    package var groupName: String?
    package var archiveNumber: String
    package var state: String
    package var stateSince: CivilDate
    package var attribute: String
    package var identificationStandard: String?
    package var mainCause: String
    package var otherCauses: [String]
    /// Nil where nobody said; then it is what the members add up to.
    package var labour: String?
    package var selfCare: Bool
    package var willingness: String?
    package var povertyDepth: String?
    package var phone: String?
    package var members: [MemberDraft]

    package init(
        id: Identifier, villageCode: AreaCode, groupName: String? = nil, archiveNumber: String, state: String,
        stateSince: CivilDate, attribute: String, identificationStandard: String? = nil, mainCause: String,
        otherCauses: [String], labour: String? = nil, selfCare: Bool, willingness: String? = nil,
        povertyDepth: String? = nil, phone: String? = nil, members: [MemberDraft]
    ) {
        self.id = id
        self.villageCode = villageCode
        self.groupName = groupName
        self.archiveNumber = archiveNumber
        self.state = state
        self.stateSince = stateSince
        self.attribute = attribute
        self.identificationStandard = identificationStandard
        self.mainCause = mainCause
        self.otherCauses = otherCauses
        self.labour = labour
        self.selfCare = selfCare
        self.willingness = willingness
        self.povertyDepth = povertyDepth
        self.phone = phone
        self.members = members
    }
}

/// A household that may be stored, and what should be looked at about it.
package struct CheckedHousehold {
    /// Village and group are still to be found in the database; the state holds the draft's id in their place until
    /// then.
    package let villageCode: AreaCode
    package let groupName: String?
    package let id: Identifier
    package private(set) var state: HouseholdState
    package let members: [MemberState]
    /// Findings that do not stand in the way.
    package let warnings: [HouseholdFinding]

    package func placed(in village: Identifier, group: Identifier?) -> HouseholdState {
        var placed = state
        placed.villageId = village
        placed.groupId = group
        return placed
    }

    fileprivate init(
        _ draft: HouseholdDraft, _ state: HouseholdState, _ members: [MemberState], _ warnings: [HouseholdFinding]
    ) {
        villageCode = draft.villageCode
        groupName = draft.groupName
        id = draft.id
        self.state = state
        self.members = members
        self.warnings = warnings
    }
}

extension HouseholdDraft {
    /// Applies the rules, reads the identity numbers and seals what must be sealed.
    ///
    /// - Parameters:
    ///   - takesUnknownBirthDates: real registers have people of whom no birth date is known; a form does not.
    ///   - takesNobody: registers also have households that everybody has left.
    ///   - place: where it names its people.
    ///   - faults: what is wrong with its fields already; rules over the others are judged all the same.
    /// - Throws: `InvalidBody` with the faults and every finding that blocks, at its pointer in a body.
    package func checked(
        keys: KeyRing, today: CivilDate, takesUnknownBirthDates: Bool = false, takesNobody: Bool = false,
        naming place: NamingPlace = .members, beside faults: [FieldError] = []
    ) throws -> CheckedHousehold {
        var wrong = HouseholdFaults(errors: faults)
        var states: [MemberState] = []
        var facts: [MemberFacts] = []
        // The positions of those who are judged among all.
        var positions: [Int] = []
        for (position, member) in members.enumerated() {
            let place = "/members/\(position)"
            let reading = member.identityNumber.map { IdentityNumber.parse($0, on: today) }
            // Of a number whose check digit is wrong any digit may be.
            let birthDate = member.birthDate ?? reading?.number?.birthDate
            if birthDate == nil && !takesUnknownBirthDates && wrong.isSound(place + "/birthDate"),
                wrong.isSound(place + "/identityNumber")
            {
                wrong.errors.append(Self.birthDateMissing.at(place + "/birthDate"))
            }
            var identity = MemberIdentity.missing
            do throws(FieldError) {
                identity = try MemberIdentity.read(reading, sex: member.sex, birthDate: birthDate, of: member.id, keys)
            } catch {
                if wrong.isSound(place + "/identityNumber") {
                    wrong.errors.append(error.at(place + "/identityNumber"))
                }
            }
            let state = member.state(
                position: position, birthDate: birthDate, identity: identity,
                // Whoever left was there before, where the file does not say since when.
                joinedOn: member.joinedOn ?? min(max(birthDate ?? stateSince, stateSince), member.leftOn ?? .last))
            states.append(state)
            if let error = state.leavingError(today) { wrong.errors.append(error.at(place + "/leftOn")) }
            guard state.isPresent else { continue }
            facts.append(state.facts(identity.state == .verified ? reading?.number : nil))
            positions.append(position)
        }
        let labour = labour ?? HouseholdRules.labour(ofCapacities: facts.map(\.labourCapacity))
        var findings = HouseholdRules.findings(
            HouseholdFacts(
                attribute: attribute, state: self.state, stateSince: stateSince, mainCause: mainCause,
                otherCauses: otherCauses, labour: labour, selfCare: selfCare, members: facts), on: today
        ).map { finding in
            HouseholdFinding(
                rule: finding.rule, memberIndex: finding.memberIndex.map { positions[$0] }, field: finding.field)
        }
        if takesNobody && facts.isEmpty { findings = findings.exceptOfNobody }
        let isHeaded = !findings.contains { HouseholdRules.ofHouseholder.contains($0.rule) }
        try wrong.with(findings).saying(isHeaded ? [] : HouseholderFault.errors(of: states, place)).finish()
        let state = HouseholdState(
            villageId: id, groupId: nil, archiveNumber: archiveNumber, state: self.state, stateSince: stateSince,
            attribute: attribute, identificationStandard: identificationStandard, mainCause: mainCause,
            otherCauses: otherCauses, labour: labour, selfCare: selfCare, willingness: willingness,
            povertyDepth: povertyDepth, phone: try phone.map { try SealedPhone.seal($0, of: id, keys) })
        return CheckedHousehold(self, state, states, findings)
    }

    private static let birthDateMissing = FieldError(
        .required, zh: "没有出生日期，也无法从证件号码得出", en: "there is no birth date, and no valid identity number to take it from")
}

extension [HouseholdFinding] {
    /// What remains to be said of a household that everybody has left: nobody can be its householder.
    var exceptOfNobody: [HouseholdFinding] { filter { $0.rule.code != "no-householder" } }

    /// - Throws: `InvalidBody` when a finding blocks.
    func throwBlocking() throws {
        let blocking = filter { $0.rule.severity == .block }
        guard blocking.isEmpty else { throw InvalidBody(errors: blocking.map(\.fieldError)) }
    }
}

extension HouseholdFinding {
    var fieldError: FieldError {
        FieldError(pointer: pointer, rule)
    }
}

extension FieldError {
    package func at(_ pointer: String) -> FieldError { FieldError(pointer: pointer, code, detail: detail) }
}

extension MemberDraft {
    package func state(position: Int, birthDate: CivilDate?, identity: MemberIdentity, joinedOn: CivilDate)
        -> MemberState
    {
        MemberState(
            id: id, position: position, name: name, relation: relation, sex: sex, birthDate: birthDate,
            identity: identity,
            ethnicity: ethnicity, education: education, schoolState: schoolState, schoolBlocked: schoolBlocked,
            health: health, labourCapacity: labourCapacity, workPlace: workPlace, workMonths: workMonths,
            joinedOn: joinedOn, joinReason: joinReason, leftOn: leftOn, leftReason: leftReason)
    }
}

extension MemberState {
    /// What is wrong with the day of leaving, if anything.
    func leavingError(_ today: CivilDate) -> FieldError? {
        guard (leftOn == nil) == (leftReason == nil) else {
            return FieldError(.required, zh: "离开日期和原因要一起填写", en: "a day and a reason of leaving go together")
        }
        guard let leftOn, leftOn < joinedOn || leftOn > today else { return nil }
        return FieldError(.impossibleDay, zh: "应在加入日期与今天之间", en: "must lie between the day of joining and today")
    }
}

extension MemberState {
    package func facts(_ number: IdentityNumber?) -> MemberFacts {
        MemberFacts(
            relation: relation, sex: Sex(rawValue: sex) ?? .unstated, birthDate: birthDate, identityNumber: number,
            ethnicity: ethnicity, education: education, schoolState: schoolState, schoolBlocked: schoolBlocked,
            health: health, labourCapacity: labourCapacity, workPlace: workPlace, workMonths: workMonths,
            joinedOn: joinedOn)
    }
}

extension HouseholdState {
    package func facts(_ members: some Sequence<MemberState>) -> HouseholdFacts {
        HouseholdFacts(
            attribute: attribute, state: state, stateSince: stateSince, mainCause: mainCause,
            otherCauses: otherCauses,
            labour: labour, selfCare: selfCare, members: members.filter(\.isPresent).map { $0.facts(nil) })
    }
}

extension MemberIdentity {
    /// What to keep of a number: verified when everything agrees, otherwise unverified with the reason.
    ///
    /// - Throws: when a spreadsheet destroyed digits, so that keeping the text would keep a wrong number.
    package static func read(
        _ reading: IdentityReading?, sex: String, birthDate: CivilDate?, of member: Identifier, _ keys: KeyRing
    ) throws(FieldError) -> MemberIdentity {
        guard let reading, reading.problem != .missing else { return .missing }
        if let problem = reading.problem, problem.isRefused { throw FieldError(problem) }
        let disagreement = reading.number?.disagreements(sex: Sex(rawValue: sex), birthDate: birthDate).first
        let problem =
            reading.problem.map { FieldCode($0) } ?? disagreement.map { $0 == .sex ? .sexDiffers : .birthDateDiffers }
        let hashed = reading.number?.person ?? reading.normalised
        guard let sealed = try? keys.seal(reading.normalised, for: SealedPlace("member.identity", member)) else {
            throw FieldError(.notSealed)
        }
        return MemberIdentity(
            state: problem == nil ? .verified : .unverified, problem: problem?.slug, mask: reading.mask,
            hash: keys.hash(hashed.utf8, purpose: "identity"), sealed: sealed)
    }
}

extension MemberIdentity {
    /// The same number sealed for another member: who is known again by number or name has another id than in the file.
    package func moved(from old: Identifier, to new: Identifier, _ keys: KeyRing) throws -> MemberIdentity {
        guard let sealed, old != new else { return self }
        let plain = try keys.open(sealed, for: SealedPlace("member.identity", old))
        return MemberIdentity(
            state: state, problem: problem, mask: mask, hash: hash,
            sealed: try keys.seal(plain, for: SealedPlace("member.identity", new)))
    }
}

extension SealedPhone {
    /// The same number sealed for another household: one that is known again by its archive number has another id than
    /// in the file.
    package func moved(from old: Identifier, to new: Identifier, _ keys: KeyRing) throws -> SealedPhone {
        guard let sealed, old != new else { return self }
        let plain = try keys.open(sealed, for: SealedPlace("household.phone", old))
        return SealedPhone(
            hash: hash, mask: mask, sealed: try keys.seal(plain, for: SealedPlace("household.phone", new)))
    }

    package static func seal(_ phone: String, of household: Identifier, _ keys: KeyRing) throws -> SealedPhone {
        SealedPhone(
            hash: keys.hash(phone.utf8, purpose: "phone"), mask: NumberMask.phone(phone),
            sealed: try keys.seal(phone, for: SealedPlace("household.phone", household)))
    }
}
