// A split as it is carried out, whoever told it. Told late, the new archive has what was known of its people and of
// their household on that day, and what is known of later days on those.

import Domain
import SQL
import Service
import Web

struct HouseholdSplit {
    /// Somebody who leaves, and who they are in the new archive.
    struct Person {
        /// As they were on the day in the archive that they leave.
        let former: MemberState
        /// What is known of them from the day on, as they stand in the new one.
        var course: ToldCourse<MemberState>
        /// Whether they are householder after the first, who has gone since.
        var follows = false
        /// Whether they come from the household that splits; others of a file may come from elsewhere.
        var isOfOrigin = true
    }

    static let joinReason = "household-split"
    static let leaveReason = "household-split"

    let origin: StoredHousehold
    private let id: Identifier
    let day: CivilDate
    /// What the household that they leave was on the day.
    let then: HouseholdState
    /// What is known of the new archive from the day on.
    private(set) var course: ToldCourse<HouseholdState>
    private(set) var areaCode: Int64

    init(_ origin: StoredHousehold, into id: Identifier, on day: CivilDate, _ connection: Connection) throws {
        self.origin = origin
        self.id = id
        self.day = day
        areaCode = origin.areaCode
        let known = try HouseholdTable.course(of: origin, reaching: day, connection).beginning(on: day)
        course = known.changing { $0.phone = nil }
        then = known.state(on: day) ?? origin.state
    }

    // MARK: What the new archive is

    /// Says something of it on all days.
    mutating func tell(_ change: (inout HouseholdState) -> Void) { course = course.changing(change) }

    /// It lies in a village from its first day on.
    mutating func place(in village: Division) {
        areaCode = village.areaCode
        tell { state in
            if state.villageId != village.id { state.groupId = nil }
            state.villageId = village.id
        }
    }

    /// It belongs to a group while it lies in its village.
    mutating func group(_ group: Identifier?, in village: Division) {
        tell { if $0.villageId == village.id { $0.groupId = group } }
    }

    /// Says what else it is from a day on, as files do: that holds until the next thing that is known of the same.
    mutating func tell(_ told: HouseholdState, from first: CivilDate, stateFrom stateDay: CivilDate?) {
        let base = course.state(on: first) ?? then
        if !HouseholdState.stateFact.isSame(base, told) {
            course.tell([HouseholdState.stateFact], of: told, from: max(day, stateDay ?? first), replacesLater: false)
        }
        let facts = HouseholdState.toldFacts.filter { !$0.isSame(base, told) }
        course.tell(facts, of: told, from: first, replacesLater: false)
    }

    // MARK: Who goes

    /// Somebody of the household who goes; nil for nobody who lived there on the day.
    func person(_ member: SplittingMember, _ connection: Connection) throws -> Person? {
        guard let stored = origin.members.first(where: { $0.state.id == member.id }) else { return nil }
        var person = try person(stored, as: member.newId, member.relation, connection)
        person?.follows = member.follows
        return person
    }

    func person(
        _ stored: StoredMember, as newId: Identifier, _ relation: String, _ connection: Connection
    ) throws -> Person? {
        let known = try MemberTable.course(of: stored, origin.number, reaching: day, connection).beginning(on: day)
        guard let former = known.state(on: day), former.isPresent else { return nil }
        let course = known.changing { state in
            state.id = newId
            state.relation = relation
            (state.joinedOn, state.joinReason) = (day, Self.joinReason)
        }
        return Person(former: former, course: course)
    }

    // MARK: Carrying it out

    /// Lets the people leave and makes their new archive.
    ///
    /// - Returns: the findings of the new archive that do not stand in the way, and what is told late of the other.
    /// - Throws: 422 for what the rules refuse in either archive; 409 for an origin that has ended.
    func carryOut(
        _ people: [Person], _ remaining: [NamedMemberPatch], contentHash: [UInt8]?, _ scope: Scope,
        by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdPatched {
        let changed = try NamedMemberPatch.applied(
            remaining, to: origin, on: day, field: "remaining", transaction)
        let left = try leave(people, changed, scope, by: proposal, transaction)
        var moved = try people.enumerated().map { position, person in
            var person = person
            person.course = person.course.changing { $0.position = position }
            return try sealed(person, transaction)
        }
        moved = try succeeding(moved)
        let new = moved.compactMap { $0.course.current?.state }
        let state = course.current?.state ?? then
        let isEmpty = !new.contains(where: \.isPresent)
        var findings = HouseholdRules.findings(state.facts(new), on: transaction.today)
        if isEmpty { findings = findings.exceptOfNobody }
        try findings.throwBlocking()
        let household = NewHousehold(
            id: id, state: state, members: new, contentHash: contentHash,
            validFrom: course.current?.first, splitFrom: origin.number)
        let found = try HouseholdPlacing.locating(
            new, archiveNumber: state.archiveNumber, areaCode: areaCode, scope, transaction.connection
        ) { try HouseholdStore.create(household, areaCode: areaCode, past: past(moved), transaction) }
        if isEmpty { try end(moved, scope, by: proposal, transaction) }
        return HouseholdPatched(
            findings: findings + found.map { $0.finding(among: new) }, retold: left?.retold ?? [])
    }

    /// What is known of the new archive of earlier days than its present state.
    func past(_ people: [Person]) -> HouseholdPast {
        HouseholdPast(
            household: course,
            people: people.map(\.course),
            formerIds: Dictionary(
                uniqueKeysWithValues: people.filter(\.isOfOrigin).compactMap { person in
                    person.course.current.map { ($0.state.id, person.former.id) }
                }))
    }

    /// Lets people leave the archive they come from, while others of it change.
    ///
    /// - Parameter endsOn: the day on which that one ends, so that nobody has to remain.
    func leave(
        _ people: [Person], _ others: [ToldMember], endsOn: CivilDate? = nil, _ scope: Scope,
        by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdChange? {
        guard origin.state.end == nil else { throw Problem(.householdEnded) }
        let leaving = try people.enumerated().map { index, person in
            guard person.former.joinedOn <= day else {
                throw Problem.field(
                    "/members/\(index)/id", .impossibleDay, zh: "\(person.former.name) \(person.former.joinedOn) 才加入原户",
                    en: "\(person.former.name) joined the household on \(person.former.joinedOn) only")
            }
            try refuseOtherSplit(of: person, at: index)
            var left = person.former
            (left.leftOn, left.leftReason) = (day, Self.leaveReason)
            return ToldMember(left, over: person.former)
        }
        guard !leaving.isEmpty || !others.isEmpty else { return nil }
        let telling = try HouseholdTelling(
            origin, to: origin.state, leaving + others, from: day, transaction.connection)
        let act = HouseholdAct(telling: telling, endsOn: endsOn)
        try act.throwBlocking(act.findings(on: transaction.today), naming: .remaining)
        return try HouseholdStore.write(telling, areaCode: origin.areaCode, scope, by: proposal, transaction)
    }

    /// - Throws: 422 for somebody who is known to have gone into another archive on a later day.
    private func refuseOtherSplit(of person: Person, at index: Int) throws {
        guard let later = person.course.current?.state, later.leftReason == Self.leaveReason,
            let leftOn = later.leftOn
        else { return }
        throw Problem.field(
            "/members/\(index)/id", .splitElsewhere,
            zh: "\(later.name) 已登记为 \(leftOn) 分户到另一户，同一天不能在两户",
            en: "\(later.name) is known to have gone into another archive on \(leftOn), and cannot live in two on a day"
        )
    }

    /// Somebody as they stand in the new archive, the number sealed for it.
    func sealed(_ person: Person, _ transaction: Transaction) throws -> Person {
        guard let current = person.course.current?.state, current.identity.sealed == nil,
            let sealed = try MemberTable.sealedIdentity(person.former.id, origin.number, transaction.connection)
        else { return person }
        let identity = current.identity
        let moved = try MemberIdentity(
            state: identity.state, problem: identity.problem, mask: identity.mask, hash: identity.hash, sealed: sealed
        ).moved(from: person.former.id, to: current.id, transaction.register.keys)
        var person = person
        person.course = person.course.changing { if $0.identity == moved { $0.identity = moved } }
        return person
    }

    /// A new archive that everybody has left since ends on the day of the last: nobody could live in it.
    private func end(
        _ people: [Person], _ scope: Scope, by proposal: Identifier?, _ transaction: Transaction
    ) throws {
        let gone = people.compactMap { $0.course.current?.state }
        guard let last = gone.max(by: { ($0.leftOn ?? .first) < ($1.leftOn ?? .first) }), let day = last.leftOn,
            let stored = try HouseholdTable.find(id, transaction.connection)
        else { return }
        let reasons = ["death": HouseholdEndCode.diedOut, "moved-out": "moved-out"]
        guard let reason = last.leftReason.flatMap({ reasons[$0] }) else {
            throw Problem.field(
                "/members", .nobodyLeft, zh: "这些人都已离开（最后为 \(last.name)，\(day)），新户没有人了",
                en: "all of them have left since (\(last.name) last, on \(day)): nobody lives in the new archive")
        }
        try HouseholdEnding.end(stored, HouseholdEnd(day: day, reason: reason), scope, by: proposal, transaction)
    }
}

// MARK: The householder of every day

extension HouseholdSplit {
    /// Lets somebody follow a householder of the new archive who has died or left it since: whoever is named, else the
    /// only one who is there.
    ///
    /// - Throws: 422 for a day on which people live in it and not one of them is householder.
    func succeeding(_ people: [Person]) throws -> [Person] {
        var people = people
        let days = Set(people.flatMap { $0.course.stretches.map(\.first) } + [day]).sorted()
        for now in days {
            func there() -> [(index: Int, state: MemberState)] {
                people.enumerated().compactMap { index, person in
                    guard let state = person.course.state(on: now), state.isPresent, state.joinedOn <= now else {
                        return nil
                    }
                    return (index, state)
                }
            }
            let present = there()
            let heads = present.filter(\.state.isHouseholder)
            guard !present.isEmpty, heads.count != 1 else { continue }
            let named = present.filter { people[$0.index].follows }
            if now > day, heads.isEmpty, let next = named.count == 1 ? named[0] : present.count == 1 ? present[0] : nil
            {
                var following = next.state
                following.relation = HouseholdFigures.householder
                people[next.index].course.tell(
                    [MemberState.relationFact], of: following, from: now, replacesLater: true)
                continue
            }
            throw Self.refusal(on: now, heads.map(\.state), present.map(\.state), isFirst: now == day)
        }
        return people
    }

    private static func refusal(
        on day: CivilDate, _ heads: [MemberState], _ present: [MemberState], isFirst: Bool
    ) -> InvalidBody {
        let names = (heads.isEmpty ? present : heads).map(\.name).joined(separator: "、")
        guard heads.isEmpty else {
            return InvalidBody(errors: [
                FieldError(
                    pointer: "/members", FieldCode(HouseholdRule.severalHouseholders),
                    detail: Message(
                        zh: "新户 \(day) 有多名户主：\(names)",
                        en: "the new archive has several householders on \(day): \(names)"))
            ])
        }
        let words =
            isFirst
            ? Message(
                zh: "新户 \(day) 没有户主：请写明由谁任户主（relation: householder）；有 \(names)",
                en: "nobody is householder of the new archive on \(day): say who is (relation: householder); there are "
                    + names)
            : Message(
                zh: "新户的户主已离开，自 \(day) 起没有户主：请写明由谁接任（follows: true）；有 \(names)",
                en: "the householder of the new archive has gone since, and from \(day) on nobody is: say who follows "
                    + "(follows: true); there are \(names)")
        return InvalidBody(errors: [FieldError(pointer: "/members", .init(HouseholdRules.noHouseholder), detail: words)]
        )
    }
}
