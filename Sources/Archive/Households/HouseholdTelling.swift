// What one act tells of a household and its people, in the course of what is known of them: told late, a fact holds
// until the next one that is known. It says what all of them are now, for the rules, and what is written of other days.

import Domain
import SQL
import Service

/// Somebody as an act is to leave them.
package struct ToldMember {
    package let told: MemberState
    /// What the act was told over: the state of its day; nil for the present one.
    package let base: MemberState?
    /// What the same makes of the present state: what is told as it was on the day may differ from what is known now.
    package let present: MemberState?

    package init(_ told: MemberState, over base: MemberState? = nil, present: MemberState? = nil) {
        self.told = told
        self.base = base
        self.present = present
    }
}

package struct HouseholdTelling {
    struct Person {
        let stored: StoredMember?
        let old: ToldCourse<MemberState>
        let new: ToldCourse<MemberState>
        let current: MemberState

        var isChanged: Bool { stored?.state != current || old.differs(from: new) }
    }

    package let household: StoredHousehold
    let day: CivilDate
    let old: ToldCourse<HouseholdState>
    let new: ToldCourse<HouseholdState>
    let people: [Person]
    /// What the household is now.
    package let state: HouseholdState

    /// - Parameters:
    ///   - state: what the household is to be on the day, told over `base`.
    ///   - base: the state of the day; nil for the present one.
    ///   - present: what the same makes of the present state.
    ///   - members: those to change or add.
    ///   - day: from which it holds; who leaves, and who follows as householder, does so on the day of leaving.
    ///   - stateDay: from which its state holds, where that is told beside it, as in files.
    ///   - replacesLater: whether what is known of later days is wiped.
    ///   - beginning: the first day of its archive, where that is another than before.
    package init(
        _ household: StoredHousehold, to state: HouseholdState, over base: HouseholdState? = nil,
        present: HouseholdState? = nil, _ members: [ToldMember] = [], from day: CivilDate,
        stateFrom stateDay: CivilDate? = nil,
        replacesLater: Bool = false, beginning: CivilDate? = nil, _ connection: Connection
    ) throws {
        self.household = household
        func isTold(_ fact: ToldFact<HouseholdState>) -> Bool {
            if !fact.isSame(base ?? household.state, state) { return true }
            return replacesLater && present.map { !fact.isSame(household.state, $0) } ?? false
        }
        let facts = HouseholdState.toldFacts.filter(isTold)
        let isOtherState = isTold(HouseholdState.stateFact)
        let first = isOtherState ? min(day, stateDay ?? day) : day
        self.day = first
        old = try HouseholdTable.course(
            of: household, reaching: beginning != nil ? .first : facts.isEmpty && !isOtherState ? .last : first,
            connection)
        var course = old
        if isOtherState {
            course.tell(
                [HouseholdState.stateFact], of: state, from: stateDay ?? day, replacesLater: replacesLater)
        }
        course.tell(facts, of: state, from: day, replacesLater: replacesLater)
        if let beginning { course = course.beginning(on: beginning) }
        new = course
        var now = course.current?.state ?? state
        // Of a phone that is known by its mask alone nothing is written over the present one.
        if now.phone?.mask == household.state.phone?.mask, now.phone?.sealed == nil {
            now.phone = household.state.phone
        }
        self.state = now
        let stored = Dictionary(uniqueKeysWithValues: household.members.map { ($0.state.id, $0) })
        let followsOn = members.first { member in
            member.told.leftOn != nil && (member.base ?? stored[member.told.id]?.state)?.isHouseholder == true
        }?.told.leftOn
        people = try members.map { member in
            guard let before = stored[member.told.id] else {
                let alone = ToldCourse(
                    [ToldStretch(first: member.told.joinedOn, end: nil, state: member.told, version: 0)])
                return Person(stored: nil, old: ToldCourse([]), new: alone, current: member.told)
            }
            return try Self.person(
                member, before, household.number, from: day, followsOn: followsOn, replacesLater, connection)
        }
    }

    private static func person(
        _ member: ToldMember, _ stored: StoredMember, _ household: Int64, from day: CivilDate,
        followsOn: CivilDate?, _ replacesLater: Bool, _ connection: Connection
    ) throws -> Person {
        let told = member.told
        let base = member.base ?? stored.state
        func isTold(_ fact: ToldFact<MemberState>) -> Bool {
            if !fact.isSame(base, told) { return true }
            return replacesLater && member.present.map { !fact.isSame(stored.state, $0) } ?? false
        }
        var days = [day]
        let isLeaving = !MemberState.leavingFact.isSame(base, told)
        if isLeaving { days += [base.leftOn, told.leftOn].compactMap(\.self) }
        let joinsOtherwise = !MemberState.joiningFact.isSame(base, told)
        if joinsOtherwise { days.append(.first) }
        let takesOver = told.isHouseholder && !base.isHouseholder
        let relationDay = takesOver ? followsOn ?? day : day
        let old = try MemberTable.course(
            of: stored, household, reaching: (days + [relationDay]).min() ?? day, connection)
        var course = old
        if isTold(MemberState.relationFact) {
            course.tell([MemberState.relationFact], of: told, from: relationDay, replacesLater: replacesLater)
        }
        course.tell(
            MemberState.toldFacts.dropFirst().filter(isTold), of: told, from: day, replacesLater: replacesLater)
        if isLeaving {
            // Another day, or none: the former one was wrong.
            if let former = base.leftOn {
                var staying = told
                (staying.leftOn, staying.leftReason) = (nil, nil)
                course.tell([MemberState.leavingFact], of: staying, from: former, replacesLater: true)
            }
            if let leftOn = told.leftOn {
                course.tell([MemberState.leavingFact], of: told, from: leftOn, replacesLater: true)
            }
        }
        if joinsOtherwise {
            let first = course.stretches.first?.first ?? told.joinedOn
            course.tell([MemberState.joiningFact], of: told, from: min(first, told.joinedOn), replacesLater: true)
            course = course.beginning(on: told.joinedOn)
        }
        var current = course.current?.state ?? told
        // A number that is known by its hash alone is the one that is kept.
        if current.identity == stored.state.identity, current.identity.sealed == nil {
            current.identity = stored.state.identity
        }
        return Person(stored: stored, old: old, new: course, current: current)
    }

    /// Whether anything is different, now or on any day.
    package var isChanged: Bool {
        state != household.state || old.differs(from: new) || people.contains(where: \.isChanged)
    }

    /// Those who change, as they are now.
    package var members: [MemberState] { people.map(\.current) }

    /// Everybody as they are now.
    package var everybody: [MemberState] {
        let named = Set(members.map(\.id))
        return household.members.map(\.state).filter { !named.contains($0.id) } + members
    }

    /// Whether something is told of days before the present state.
    var isLate: Bool { day < household.validFrom }

    /// What is told of days before the present state, or of it alone where that is late: each fact with its days.
    package var retold: [(member: Identifier?, span: RetoldSpan)] {
        guard isLate || people.contains(where: \.isLate) else { return [] }
        var spans = RetoldSpan.difference(old, new, HouseholdAudit.fields).map { (Identifier?.none, $0) }
        for person in people where person.stored != nil {
            spans += RetoldSpan.difference(person.old, person.new, HouseholdAudit.fields).map {
                (Optional(person.current.id), $0)
            }
        }
        return spans
    }
}

extension HouseholdTelling.Person {
    /// The first day on which something of somebody known is told otherwise; nil for one that is the message's own.
    var firstDay: CivilDate? {
        guard stored != nil else { return nil }
        return RetoldSpan.difference(old, new, HouseholdAudit.fields).map(\.days.first).min()
    }

    /// Whether something is told of days before the present state.
    fileprivate var isLate: Bool { old.stretches.count > 1 && old.differs(from: new) }
}
