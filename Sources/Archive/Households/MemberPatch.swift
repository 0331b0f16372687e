// A member who joins, changes, or leaves. Members are never deleted: they leave on a day, for a reason, and stay known.

import Domain
import SQL
import Service
import Web

/// A new member of a household that exists.
package struct MemberJoining {
    private let draft: MemberDraft
    private let birthDate: CivilDate
    private let identity: MemberIdentity
    private let today: CivilDate
    /// Keyed hash of the body.
    package let contentHash: [UInt8]
    package var id: Identifier { draft.id }

    /// Reads the body of a call.
    package init(_ call: Call) throws {
        let today = call.now.shanghaiDate
        let register = call.register
        let document = try call.document()
        let contentHash = register.keys.hash(document.canonicalBytes(), purpose: "content")
        var body = ObjectReader(document.root)
        let reader = HouseholdBodyReader(
            codes: register.codeLists, today: today, newId: { register.environment.newId(at: call.now) })
        let draft = reader.member(&body, id: try call.id(1), on: FactDays(since: today, today: today))
        Self.judge(draft, today, &body)
        try body.finish()
        try self.init(draft, contentHash: contentHash, today: today, register.keys)
    }

    /// Reports what the rules say of fields that were read soundly, beside those that were not.
    private static func judge(_ draft: MemberDraft, _ today: CivilDate, _ body: inout ObjectReader) {
        guard body.isSound("identityNumber") else { return }
        let reading = draft.identityNumber.map { IdentityNumber.parse($0, on: today) }
        if let problem = reading?.problem, problem.isRefused {
            body.report("identityNumber", FieldError(problem))
        }
        guard body.isSound("birthDate", "identityNumber") else { return }
        let birthDate = draft.birthDate ?? reading?.birthDate
        if birthDate == nil {
            body.report("birthDate", .required)
        } else if let birthDate, let joined = draft.joinedOn, joined < birthDate || joined > today {
            body.report("joinedOn", .impossibleDay, zh: "应在出生日期与今天之间", en: "must lie between the birth and today")
        }
    }

    /// - Throws: 422 for a number that must not be kept, or without a birth date.
    package init(_ draft: MemberDraft, contentHash: [UInt8], today: CivilDate, _ keys: KeyRing) throws {
        self.draft = draft
        self.contentHash = contentHash
        self.today = today
        let reading = draft.identityNumber.map { IdentityNumber.parse($0, on: today) }
        guard let birthDate = draft.birthDate ?? reading?.birthDate else {
            throw Problem.field("/birthDate", .required)
        }
        self.birthDate = birthDate
        do throws(FieldError) {
            identity = try MemberIdentity.read(
                reading, sex: draft.sex, birthDate: birthDate, of: draft.id, keys)
        } catch {
            throw InvalidBody(errors: [error.at("/identityNumber")])
        }
    }

    /// - Throws: 422 for a day in the future or before the birth.
    package func member(of household: StoredHousehold) throws -> MemberState {
        let position = (household.members.map(\.state.position).max() ?? -1) + 1
        let joinedOn = draft.joinedOn ?? today
        guard joinedOn <= today, joinedOn >= birthDate else {
            throw Problem.field(
                "/joinedOn", .impossibleDay, zh: "应在出生日期与今天之间", en: "must lie between the birth and today")
        }
        return draft.state(position: position, birthDate: birthDate, identity: identity, joinedOn: joinedOn)
    }
}

/// A merge patch of a member.
package struct MemberPatch: Sendable {
    /// From which day the new state holds; not in the future.
    package let day: CivilDate
    private let apply: @Sendable (inout MemberState, KeyRing) throws -> Void
    /// What it says that they are to the householder; nil where it says nothing of it.
    private let relation: String?
    /// What changes of others in the same act, such as who becomes the householder.
    package let others: [NamedMemberPatch]
    /// Whether what is known of later days is wiped.
    package let replacesLater: Bool

    /// Reads the body of a call.
    package init(_ call: Call) throws {
        let today = call.now.shanghaiDate
        var body = ObjectReader(try call.document().root)
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        self.init(&body, call.register.codeLists, from: from, today: today, takesOthers: true)
        try body.finish()
    }

    /// Reads the fields of an object that hold from a day on. What is wrong is recorded in the reader.
    ///
    /// - Parameter takesOthers: whether it may also say what changes of the others of the household.
    package init(
        _ body: inout ObjectReader, _ codes: CodeLists, from: CivilDate, today: CivilDate, takesOthers: Bool = false
    ) {
        let days = FactDays(since: from, today: today)
        func code(_ key: StaticString, _ list: CodeListKey, clearable: Bool = true) -> Change<String> {
            body.change(key, clearable: clearable) { text throws(FieldError) in
                try codes.check(text, in: list, on: days)
            }
        }
        let name = body.changeName(
            "name", characters: FieldText.nameCharacters, as: .person, clearable: false)
        let relation = code("relation", .relation, clearable: false)
        let sex = code("sex", .sex, clearable: false)
        let birthDate = body.change("birthDate", clearable: false, codes.days.birth)
        let identityNumber = body.changeString("identityNumber", characters: 1...40)
        if case .set(let text) = identityNumber, !text.isEmpty, IdentityNumber.parse(text).problem == .missing {
            let error = FieldText.placeholder
            body.report("identityNumber", error)
        }
        let ethnicity = code("ethnicity", .ethnicity)
        let education = code("education", .education)
        let schoolState = code("schoolState", .schoolState)
        let schoolBlocked = body.changeBoolean("schoolBlocked", clearable: false)
        let health = code("health", .health)
        let labourCapacity = code("labourCapacity", .labourCapacity)
        let workPlace = code("workPlace", .workPlace)
        let workMonths = body.changeInteger("workMonths", in: 0...12)
        let leftOn = body.change("leftOn", codes.days.day)
        let leftReason = code("leftReason", .leaveReason)
        day = from
        self.relation = relation.applied(to: nil)
        others = takesOthers ? NamedMemberPatch.list(&body, codes, from: from, today: today) : []
        replacesLater = takesOthers ? body.optionalBoolean("replacesLater") ?? false : false
        apply = { member, keys in
            member.name = name.applied(to: member.name) ?? member.name
            member.relation = relation.applied(to: member.relation) ?? member.relation
            member.sex = sex.applied(to: member.sex) ?? member.sex
            member.birthDate = birthDate.applied(to: member.birthDate)
            member.ethnicity = ethnicity.applied(to: member.ethnicity)
            member.education = education.applied(to: member.education)
            member.schoolState = schoolState.applied(to: member.schoolState)
            member.schoolBlocked = schoolBlocked.applied(to: member.schoolBlocked) ?? member.schoolBlocked
            member.health = health.applied(to: member.health)
            member.labourCapacity = labourCapacity.applied(to: member.labourCapacity)
            member.workPlace = workPlace.applied(to: member.workPlace)
            member.workMonths = workMonths.applied(to: member.workMonths)
            member.leftOn = leftOn.applied(to: member.leftOn)
            member.leftReason = leftReason.applied(to: member.leftReason)
            try Self.checkLeaving(member, today)
            try Self.changeIdentity(&member, identityNumber, today, keys)
        }
    }

    /// Somebody as it leaves them, told over what they were on a day.
    func told(of base: ToldMember, _ keys: KeyRing) throws -> ToldMember {
        ToldMember(
            try applied(to: base.told, keys), over: base.base,
            present: try base.present.map { try applied(to: $0, keys) }, relation: relation ?? base.relation)
    }

    package func applied(to member: MemberState, _ keys: KeyRing) throws -> MemberState {
        var changed = member
        try apply(&changed, keys)
        return changed
    }

    private static func checkLeaving(_ member: MemberState, _ today: CivilDate) throws {
        guard (member.leftOn == nil) == (member.leftReason == nil) else {
            throw Problem.field(
                member.leftOn == nil ? "/leftOn" : "/leftReason", .required, zh: "离开日期和原因要一起填写",
                en: "a day and a reason of leaving go together")
        }
        guard let leftOn = member.leftOn else { return }
        guard leftOn >= member.joinedOn, leftOn <= today else {
            throw Problem.field(
                "/leftOn", .impossibleDay, zh: "应在加入日期与今天之间", en: "must lie between the day of joining and today")
        }
    }

    private static func changeIdentity(
        _ member: inout MemberState, _ change: Change<String>, _ today: CivilDate, _ keys: KeyRing
    ) throws {
        switch change {
        case .keep: return
        case .clear: member.identity = .missing
        case .set(let text):
            do throws(FieldError) {
                member.identity = try MemberIdentity.read(
                    IdentityNumber.parse(text, on: today), sex: member.sex, birthDate: member.birthDate, of: member.id,
                    keys)
            } catch {
                throw InvalidBody(errors: [error.at("/identityNumber")])
            }
        }
    }

    /// Writes members into their household after the rules have looked at the whole.
    ///
    /// - Parameter proposal: the change proposal that is carried out with it.
    @discardableResult
    package static func write(
        _ members: [ToldMember], _ household: StoredHousehold, from day: CivilDate, replacesLater: Bool = false,
        _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        guard household.state.end == nil else { throw Problem(.householdEnded) }
        let telling = try HouseholdTelling(
            household, to: household.state, try HouseholdStore.reread(members, of: household, transaction), from: day,
            replacesLater: replacesLater, transaction.connection)
        let act = HouseholdAct(telling: telling)
        let findings = act.findings(on: transaction.today)
        try act.throwBlocking(findings)
        let change = try HouseholdPlacing.locating(
            telling.members, archiveNumber: household.state.archiveNumber, areaCode: household.areaCode, scope,
            transaction.connection
        ) { try HouseholdStore.write(telling, areaCode: household.areaCode, scope, by: proposal, transaction) }
        // What is found of the one whom the body is about stands in its fields.
        let subject = telling.everybody.firstIndex { $0.id == members.first?.told.id }
        let own = findings.filter { $0.memberIndex == nil || $0.memberIndex == subject }
        return HouseholdPatched(
            findings: own.map { HouseholdFinding(rule: $0.rule, memberIndex: nil, field: $0.field) },
            retold: change.retold)
    }
}
