// What one act does to a household and its people together. Leaving and taking over are one: a householder who dies,
// departs or changes places with somebody leaves a successor behind, or is refused with the words that are missing.

import Domain
import Service
import Web

/// A merge patch of one of the people of a household, within the body of another change.
package struct NamedMemberPatch: Sendable {
    package let id: Identifier
    private let patch: MemberPatch
    private let position: Int

    /// Reads the array of an object. What is wrong is recorded in the reader.
    static func list(
        _ body: inout ObjectReader, _ codes: CodeLists, from day: CivilDate, today: CivilDate,
        at field: StaticString = "members"
    ) -> [NamedMemberPatch] {
        var position = -1
        return body.optionalArray(field, count: 1...HouseholdBodyReader.membersCount.upperBound) { reader in
            position += 1
            let id = reader.value("id", placeholder: Identifier(high: 0, low: 0), FieldText.identifier)
            return NamedMemberPatch(id, MemberPatch(&reader, codes, from: day, today: today), position)
        } ?? []
    }

    package init(_ id: Identifier, _ patch: MemberPatch, _ position: Int) {
        self.id = id
        self.patch = patch
        self.position = position
    }

    /// What becomes of the people whom patches name, told over what they were on the day.
    ///
    /// - Parameters:
    ///   - subject: whom the change itself is about.
    ///   - mayRepeat: whether one may be named twice, as by two tablets.
    /// - Throws: 422 for somebody who is not of the household or named twice, and for what a patch gets wrong.
    package static func applied(
        _ patches: [NamedMemberPatch], to household: StoredHousehold, on day: CivilDate,
        besides subject: Identifier? = nil, mayRepeat: Bool = false, field: String = "members",
        _ transaction: Transaction
    ) throws -> [ToldMember] {
        var wrong = WrongFields()
        var named: Set<Identifier> = subject.map { [$0] } ?? []
        var changed: [ToldMember] = []
        for patch in patches {
            let place = "/\(field)/\(patch.position)"
            guard let member = household.members.first(where: { $0.state.id == patch.id }) else {
                wrong.add(FieldError(pointer: place + "/id", .unknownMember))
                continue
            }
            let before = changed.firstIndex { $0.told.id == patch.id }
            guard named.insert(patch.id).inserted || mayRepeat else {
                wrong.add(FieldError(pointer: place + "/id", .repeated))
                continue
            }
            do {
                let base = try before.map { changed[$0] } ?? .unchanged(member, of: household, on: day, transaction)
                let now = try patch.patch.told(of: base, transaction.register.keys)
                if let before { changed[before] = now } else { changed.append(now) }
            } catch var problem as Problem {
                problem.errors = problem.errors.map { $0.at(place + $0.pointer) }
                _ = try wrong.gather { () throws -> Void in throw problem }
            } catch let invalid as InvalidBody {
                let errors = invalid.errors.map { $0.at(place + $0.pointer) }
                _ = try wrong.gather { () throws -> Void in throw InvalidBody(errors: errors) }
            }
        }
        try wrong.finish()
        return changed
    }
}

extension ToldMember {
    /// Somebody as they were on a day, to be told over.
    package static func unchanged(
        _ member: StoredMember, of household: StoredHousehold, on day: CivilDate, _ transaction: Transaction
    ) throws -> ToldMember {
        guard day < member.validFrom else { return ToldMember(member.state) }
        let course = try MemberTable.course(of: member, household.number, reaching: day, transaction.connection)
        var then = course.state(on: day) ?? member.state
        // There is one leaving, whatever the day of the message.
        (then.leftOn, then.leftReason) = (member.state.leftOn, member.state.leftReason)
        return ToldMember(then, over: then, present: member.state)
    }
}

/// A household as it is, and as one act leaves it.
struct HouseholdAct {
    let telling: HouseholdTelling
    /// The day on which the household ends with it: then nobody has to be left.
    var endsOn: CivilDate?

    private var before: StoredHousehold { telling.household }
    private var after: [MemberState] { telling.everybody }

    func findings(on today: CivilDate) -> [HouseholdFinding] {
        let findings = HouseholdRules.findings(telling.state.facts(after), on: today)
        // Who is householder on the days before its end is judged by days.
        return endsOn == nil ? findings : findings.exceptOfNobody
    }

    /// - Throws: 422 when a finding blocks, or some day is left without one householder that had one. It says on which
    ///   day, who is or was householder, and who may follow.
    ///
    /// - Parameter place: where the people who change are named.
    func throwBlocking(_ findings: [HouseholdFinding], naming place: NamingPlace = .members) throws {
        let blocking = findings.filter { $0.rule.severity == .block }
        let faults = telling.householderFaults(until: endsOn)
        guard !blocking.isEmpty || !faults.isEmpty else { return }
        let codes = Set(faults.map(\.rule.code))
        var errors = blocking.filter { !codes.contains($0.rule.code) }.map { finding in
            let error = finding.fieldError
            guard let words = words(for: finding.rule.code, place) else { return error }
            return FieldError(pointer: error.pointer, error.code, detail: words)
        }
        errors += HouseholderFault.errors(faults, place, told: telling.people.map(\.new))
        throw InvalidBody(errors: errors)
    }

    private func words(for code: String, _ place: NamingPlace) -> Message? {
        let former = before.members.map(\.state).first(where: \.isHouseholder)
        guard code == HouseholdRules.noHouseholder.code, let former, !after.contains(where: \.isPresent) else {
            return nil
        }
        return Message(
            zh: "户主 \(former.name) 之后本户没有人了：请改为对该户填写销号（to、endReason）",
            en: "after the householder \(former.name) nobody is left: say of the household itself that it ends "
                + "(to, endReason)")
    }
}

extension MemberState {
    var isHouseholder: Bool { isPresent && relation == HouseholdFigures.householder }
}
