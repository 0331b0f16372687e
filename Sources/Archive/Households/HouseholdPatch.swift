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

    /// Reads the body of a call.
    package init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let today = call.now.shanghaiDate
        let from = EffectiveDay.read(&body, call.register.days, today: today)
        self.init(&body, call.register.codeLists, from: from, today: today)
        try body.finish()
    }

    /// Reads the fields of an object that hold from a day on. What is wrong is recorded in the reader.
    package init(_ body: inout ObjectReader, _ codes: CodeLists, from: CivilDate, today: CivilDate) {
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
    }

    /// Writes a household after the rules have looked at the whole.
    ///
    /// - Parameter proposal: the change proposal that is carried out with it.
    /// - Returns: findings that do not stand in the way.
    package func write(
        to household: StoredHousehold, _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> [HouseholdFinding] {
        var wrong = WrongFields()
        let (state, areaCode) = try applied(to: household, &wrong, scope, transaction)
        let findings = HouseholdRules.findings(
            state.facts(household.members.map(\.state)), on: transaction.today)
        _ = try wrong.gather { try findings.throwBlocking() }
        try wrong.finish()
        try HouseholdPlacing.locating(
            [], archiveNumber: state.archiveNumber, areaCode: areaCode, scope, transaction.connection
        ) {
            try HouseholdStore.change(
                household, to: state, members: [], areaCode: areaCode, from: day, by: proposal, transaction)
        }
        return findings
    }

    /// The new state and its place. A village that is not the caller's is recorded as wrong.
    private func applied(
        to household: StoredHousehold, _ wrong: inout WrongFields, _ scope: Scope, _ transaction: Transaction
    ) throws -> (HouseholdState, areaCode: Int64) {
        var state = household.state
        var areaCode = household.areaCode
        var village = try DivisionStore.find(state.villageId, transaction.connection)
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
