// Changes of a household and of a member: merge patches that say from which day on the new state holds.

import Domain
import SQL
import Service
import Web

/// A merge patch of a household's own facts.
package struct HouseholdPatch {
    /// From which day the new state holds; not in the future.
    package let day: CivilDate
    private let villageCode: Change<AreaCode>
    private let groupName: Change<String>
    private let archiveNumber: Change<String>
    private let householdState: Change<String>
    private let attribute: Change<String>
    private let identificationStandard: Change<String>
    private let mainCause: Change<String>
    private let otherCauses: Change<[String]>
    private let labour: Change<String>
    private let selfCare: Change<Bool>
    private let willingness: Change<String>
    private let povertyDepth: Change<String>
    private let phone: Change<String>
    private let end: HouseholdEndPatch
    /// What changes of its people in the same act.
    private let members: [NamedMemberPatch]
    /// Whether what is known of later days is wiped.
    package var replacesLater: Bool

    /// Reads the body of a call.
    package init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        self.init(&body, call.register.codeLists, from: from, today: today, takesMembers: true)
        try body.finish()
    }

    /// Reads the fields of an object that hold from a day on. What is wrong is recorded in the reader.
    ///
    /// - Parameter takesMembers: whether it may also say what changes of the household's people.
    package init(
        _ body: inout ObjectReader, _ codes: CodeLists, from: CivilDate, today: CivilDate, takesMembers: Bool = false
    ) {
        let days = FactDays(since: from, today: today)
        func code(_ key: StaticString, _ list: CodeListKey, clearable: Bool = false) -> Change<String> {
            body.change(key, clearable: clearable) { text throws(FieldError) in
                try codes.check(text, in: list, on: days)
            }
        }
        day = from
        villageCode = body.change("villageCode", clearable: false, FieldText.areaCode)
        groupName = body.changeName("groupName", characters: FieldText.nameCharacters)
        archiveNumber = body.changeKey(
            "archiveNumber", characters: HouseholdBodyReader.archiveNumberCharacters, clearable: false)
        if case .set(let text) = archiveNumber, let error = HouseholdBodyReader.archiveNumberError(text) {
            body.report("archiveNumber", error)
        }
        householdState = code("state", .householdState)
        attribute = code("attribute", .attribute)
        identificationStandard = code("identificationStandard", .identificationStandard, clearable: true)
        mainCause = code("mainCause", .cause)
        otherCauses = body.changeStrings("otherCauses", count: 0...HouseholdRules.otherCausesMax)
        if case .set(let causes) = otherCauses {
            for (index, cause) in causes.enumerated() {
                do throws(FieldError) {
                    _ = try codes.check(cause, in: .cause, on: days)
                } catch {
                    body.report("/otherCauses/\(index)", error)
                }
            }
        }
        labour = code("labour", .householdLabour)
        selfCare = body.changeBoolean("selfCare", clearable: false)
        willingness = code("willingness", .willingness, clearable: true)
        povertyDepth = code("povertyDepth", .povertyDepth, clearable: true)
        phone = body.change("phone", FieldText.changedPhone)
        end = HouseholdEndPatch(&body, codes, today: today)
        members = takesMembers ? NamedMemberPatch.list(&body, codes, from: from, today: today) : []
        replacesLater = takesMembers ? body.optionalBoolean("replacesLater") ?? false : false
    }

    /// Writes a household after the rules have looked at the whole: first its facts and people, then its end.
    ///
    /// - Parameters:
    ///   - others: what else is told of its people in the same act.
    ///   - proposal: the change proposal that is carried out with it.
    /// - Returns: what does not stand in the way, and what was told late.
    package func write(
        to household: StoredHousehold, with others: [NamedMemberPatch] = [], _ scope: Scope,
        by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        var wrong = WrongFields()
        let end = try end.applied(to: household, &wrong, scope, transaction.connection)
        var household = household
        if let former = household.state.end {
            try wrong.finish()
            if let end, end.day == former.day {
                guard isOnlyEnd, others.isEmpty else { throw Problem(.householdEnded) }
                try HouseholdEnding.restate(household, end, scope, by: proposal, transaction)
                return HouseholdPatched()
            }
            household = try HouseholdEnding.takeBack(household, scope, by: proposal, transaction)
        }
        if let end, day >= end.day, case .set(let new) = householdState, new != household.state.state {
            wrong.add(
                FieldError(
                    pointer: "/state", .impossibleDay,
                    detail: Message(
                        zh: "该户自 \(end.day) 起销号：请用 effectiveOn 写明此前的日期，或不填写脱贫属性",
                        en: "it ends on \(end.day): say in effectiveOn a day before, or leave the state out")))
        }
        if let end, day >= end.day, try isMove(of: household, transaction.connection) {
            wrong.add(
                FieldError(
                    pointer: "/villageCode", .impossibleDay,
                    detail: Message(
                        zh: "该户自 \(end.day) 起销号：请用 effectiveOn 写明此前迁入的日期，或不填写村",
                        en: "it ends on \(end.day): say in effectiveOn on which day before it moved, or leave the "
                            + "village out")))
        }
        var patched = HouseholdPatched()
        if !isOnlyEnd || !others.isEmpty {
            patched = try writeFacts(
                to: household, others + members, endsOn: end?.day, &wrong, scope, by: proposal, transaction)
        }
        try wrong.finish()
        guard let end, let now = try HouseholdTable.find(household.id, transaction.connection) else { return patched }
        try HouseholdEnding.end(now, end, scope, by: proposal, transaction)
        return HouseholdPatched(retold: patched.retold)
    }

    /// Whether it says where the household lives.
    var saysVillage: Bool { !villageCode.isKeep }

    private func isMove(of household: StoredHousehold, _ connection: Connection) throws -> Bool {
        guard case .set(let code) = villageCode else { return false }
        return try DivisionStore.find(household.state.villageId, connection)?.code != code
    }

    /// Whether nothing is said but of the household's end.
    private var isOnlyEnd: Bool {
        members.isEmpty && villageCode.isKeep && groupName.isKeep && archiveNumber.isKeep && householdState.isKeep
            && attribute.isKeep && identificationStandard.isKeep && mainCause.isKeep && otherCauses.isKeep
            && labour.isKeep && selfCare.isKeep && willingness.isKeep && povertyDepth.isKeep && phone.isKeep
    }

    private func writeFacts(
        to household: StoredHousehold, _ patches: [NamedMemberPatch], endsOn: CivilDate?, _ wrong: inout WrongFields,
        _ scope: Scope, by proposal: Identifier?, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        let connection = transaction.connection
        let base =
            day < household.validFrom
            ? try HouseholdTable.course(of: household, reaching: day, connection).state(on: day) : nil
        let (state, areaCode) = try applied(
            to: base ?? household.state, of: household, &wrong, scope, transaction)
        var present: HouseholdState?
        if base != nil, replacesLater {
            var again = WrongFields()
            present = try applied(to: household.state, of: household, &again, scope, transaction).0
        }
        // One body names everybody once; several proposals may name one.
        let mayRepeat = members.isEmpty
        let people =
            try wrong.gather {
                try NamedMemberPatch.applied(patches, to: household, on: day, mayRepeat: mayRepeat, transaction)
            } ?? []
        let telling = try HouseholdTelling(
            household, to: state, over: base, present: present,
            try HouseholdStore.reread(people, of: household, transaction), from: day, replacesLater: replacesLater,
            connection)
        let act = HouseholdAct(telling: telling, endsOn: endsOn)
        let findings = act.findings(on: transaction.today)
        _ = try wrong.gather { try act.throwBlocking(findings) }
        try wrong.finish()
        let change = try HouseholdPlacing.locating(
            telling.members, archiveNumber: telling.state.archiveNumber, areaCode: areaCode, scope, connection
        ) { try HouseholdStore.write(telling, areaCode: areaCode, scope, by: proposal, transaction) }
        return HouseholdPatched(findings: findings, retold: change.retold)
    }

    /// The new state and its place. A village that is not the caller's is recorded as wrong.
    private func applied(
        to base: HouseholdState, of household: StoredHousehold, _ wrong: inout WrongFields, _ scope: Scope,
        _ transaction: Transaction
    ) throws -> (HouseholdState, areaCode: Int64) {
        var state = base
        var areaCode = household.areaCode
        var village = try DivisionStore.find(state.villageId, transaction.connection)
        if let village, base.villageId != household.state.villageId { areaCode = village.areaCode }
        if case .set(let code) = villageCode, village?.code != code {
            village = try wrong.gather { try DivisionPlacing.village(code, scope, transaction.connection) }
            if let new = village {
                state.villageId = new.id
                state.groupId = nil
                areaCode = new.areaCode
            }
        }
        switch groupName {
        case .keep: break
        case .clear: state.groupId = nil
        case .set(let name):
            state.groupId = try village.flatMap { try HouseholdPlacing.group(name, in: $0, transaction) }
        }
        state.archiveNumber = archiveNumber.applied(to: state.archiveNumber) ?? state.archiveNumber
        if case .set(let new) = householdState, new != state.state {
            state.state = new
            state.stateSince = day
        }
        state.attribute = attribute.applied(to: state.attribute) ?? state.attribute
        state.identificationStandard = identificationStandard.applied(to: state.identificationStandard)
        state.mainCause = mainCause.applied(to: state.mainCause) ?? state.mainCause
        state.otherCauses = otherCauses.applied(to: state.otherCauses) ?? []
        state.labour = labour.applied(to: state.labour) ?? state.labour
        state.selfCare = selfCare.applied(to: state.selfCare) ?? state.selfCare
        state.willingness = willingness.applied(to: state.willingness)
        state.povertyDepth = povertyDepth.applied(to: state.povertyDepth)
        state.phone = try phone.map { try SealedPhone.seal($0, of: household.id, transaction.register.keys) }
            .applied(to: state.phone)
        return (state, areaCode)
    }
}
