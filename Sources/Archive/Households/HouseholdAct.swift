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
        let then = course.state(on: day) ?? member.state
        return ToldMember(then, over: then, present: member.state)
    }
}

/// A household as it is, and as one act leaves it.
struct HouseholdAct {
    let telling: HouseholdTelling
    /// Whether the household ends with it: then nobody has to be left.
    var isEnding = false

    private var before: StoredHousehold { telling.household }
    private var after: [MemberState] { telling.everybody }

    func findings(on today: CivilDate) -> [HouseholdFinding] {
        let findings = HouseholdRules.findings(telling.state.facts(after), on: today)
        return isEnding && !after.contains(where: \.isPresent) ? findings.exceptOfNobody : findings
    }

    /// - Throws: 422 when a finding blocks. Of a household without a householder it says who left, and who may follow.
    ///
    /// - Parameter field: in which body and words name the people who change.
    func throwBlocking(_ findings: [HouseholdFinding], naming field: String = "members") throws {
        let blocking = findings.filter { $0.rule.severity == .block }
        guard !blocking.isEmpty else { return }
        throw InvalidBody(
            errors: blocking.map { finding in
                let error = finding.fieldError
                guard let words = words(for: finding.rule.code, field) else { return error }
                return FieldError(pointer: error.pointer, error.code, detail: words)
            })
    }

    private func words(for code: String, _ field: String) -> Message? {
        let former = before.members.map(\.state).first(where: \.isHouseholder)
        switch code {
        case "no-householder":
            guard let former else { return nil }
            let candidates = after.filter { $0.isPresent && $0.id != former.id }
            guard !candidates.isEmpty else {
                return Message(
                    zh: "户主 \(former.name) 之后本户没有人了：请改为对该户填写销号（to、endReason）",
                    en: "after the householder \(former.name) nobody is left: say of the household itself that it ends "
                        + "(to, endReason)")
            }
            return Message(
                zh: "户主 \(former.name) 之后没有户主：请在 \(field) 中写明由谁接任（relation: householder）；可接任的有 "
                    + candidates.map { "\($0.name)（\($0.id)）" }.joined(separator: "、"),
                en: "nobody is householder after \(former.name): say in \(field) who follows (relation: householder); "
                    + "there are " + candidates.map { "\($0.name) (\($0.id))" }.joined(separator: ", "))
        case HouseholdRule.severalHouseholders.code:
            let heads = after.filter(\.isHouseholder)
            guard let former, heads.contains(where: { $0.id == former.id }) else { return nil }
            return Message(
                zh: "\(former.name)（\(former.id)）仍是户主：请在 \(field) 中写明其离开，或与新户主的关系（relation）",
                en: "\(former.name) (\(former.id)) is still householder: say in \(field) that they leave, or what they "
                    + "are to the new householder (relation)")
        default: return nil
        }
    }
}

extension MemberState {
    var isHouseholder: Bool { isPresent && relation == HouseholdFigures.householder }
}
