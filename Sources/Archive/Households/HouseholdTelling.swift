// What one act tells of a household and its people, in the course of what is known of them: told late, a fact holds
// until the next one that is known. It says what all of them are now, for the rules, and what is written of other days.

import Domain
import SQL
import Service
import Web

/// Somebody as an act is to leave them.
package struct ToldMember {
    package let told: MemberState
    /// What the act was told over: the state of its day; nil for the present one.
    package let base: MemberState?
    /// What the same makes of the present state: what is told as it was on the day may differ from what is known now.
    package let present: MemberState?

    /// What the act itself says that they are to the householder; nil where it says nothing of it.
    let relation: String?

    package init(
        _ told: MemberState, over base: MemberState? = nil, present: MemberState? = nil, relation: String? = nil
    ) {
        self.told = told
        self.base = base
        self.present = present
        self.relation = relation
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
    /// Those of whom something is told.
    let people: [Person]
    /// All others, where somebody comes, goes, or is something else to the householder; nil where nobody does.
    let rest: [Person]?
    /// The first day that was known of the household; nil where nobody's place in it changes.
    let knownSince: CivilDate?
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
        let isExtended = (new.stretches.first?.first ?? first) < (old.stretches.first?.first ?? first)
        let told = try PeopleTelling(
            household, members, from: day, replacesLater: replacesLater, isExtended: isExtended, connection)
        (people, rest) = (told.people, told.rest)
        knownSince = try rest == nil ? nil : HouseholdTable.firstDay(of: household.number, connection)
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

    /// - Throws: 422 where something is told of days before a split made the archive: nobody lived in it then.
    func checkBeginning(_ connection: Connection) throws {
        guard isLate, let begins = new.stretches.first?.first, let known = old.stretches.first?.first, begins < known,
            let joined = everybody.filter({ $0.leftOn != $0.joinedOn }).map(\.joinedOn).min(), begins < joined
        else { return }
        let isSplit = try connection.first(
            "SELECT 1 FROM household WHERE household_number = $1 AND split_from_number IS NOT NULL", household.number
        ) { _ in true }
        guard isSplit == true else { return }
        throw Problem.field(
            "/effectiveOn", .impossibleDay, zh: "该户 \(known) 分户才建档：请填写不早于该日的日期，或先更正分户日期",
            en: "the household begins on \(known), by a split: say no earlier day, or first correct the day of the "
                + "split"
        )
    }

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
        let told = RetoldSpan.difference(old, new, HouseholdAudit.fields).map(\.days.first).min()
        // Days of somebody who joined later than was known.
        guard let first = old.stretches.first?.first, let now = new.stretches.first?.first, first < now else {
            return told
        }
        return min(first, told ?? first)
    }

    /// Whether something is told of days before the present state.
    fileprivate var isLate: Bool {
        guard let stored, old.stretches.count > 1, old.differs(from: new) else { return false }
        return firstDay.map { $0 < stored.validFrom } ?? false
    }
}
