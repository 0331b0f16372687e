// What one act tells of the people of a household, each in the course of what is known of them. Where somebody's place
// in it changes all of them are read, so that a succession moves as a whole: with the day of a householder's leaving
// everything that came about by it, and a householder told late until the next one who is known.

import Domain
import SQL
import Service

struct PeopleTelling {
    private let household: StoredHousehold
    private let members: [ToldMember]
    private let day: CivilDate
    private let replacesLater: Bool
    private let stored: [Identifier: StoredMember]
    /// Courses as they are known: of everybody where places change, else of whom the act names, as far as it reaches.
    private let known: [Identifier: ToldCourse<MemberState>]
    /// Courses of those whose succession moves with a day of leaving.
    private var moved: [Identifier: ToldCourse<MemberState>] = [:]
    /// Householders who leave, with their days.
    private var leavers: [(id: Identifier, day: CivilDate)] = []

    /// Those whom the act names, then those whom it changes without.
    private(set) var people: [HouseholdTelling.Person] = []
    /// Everybody else, where places change; nil where they do not.
    private(set) var rest: [HouseholdTelling.Person]?

    init(
        _ household: StoredHousehold, _ members: [ToldMember], from day: CivilDate, replacesLater: Bool,
        isExtended: Bool, _ connection: Connection
    ) throws {
        self.household = household
        self.members = members
        self.day = day
        self.replacesLater = replacesLater
        let stored = Dictionary(uniqueKeysWithValues: household.members.map { ($0.state.id, $0) })
        self.stored = stored
        let isPlacing = isExtended || members.contains { Self.changesPlace($0, stored[$0.told.id]?.state) }
        known =
            isPlacing
            ? try MemberTable.courses(of: household, connection)
            : try Self.courses(of: members, stored, household.number, from: day, connection)
        if isPlacing {
            leavers = members.filter(leavesAsHouseholder).compactMap { member in
                member.told.leftOn.map { (id: member.told.id, day: $0) }
            }.sorted { $0.day < $1.day }
            for member in members { moveSuccession(of: member) }
        }
        people = members.map { person($0) }
        guard isPlacing else { return }
        let named = Set(members.map(\.told.id))
        var rest: [HouseholdTelling.Person] = []
        for member in household.members where !named.contains(member.state.id) {
            let course = known[member.state.id] ?? ToldCourse([])
            let new = moved[member.state.id] ?? course
            let person = HouseholdTelling.Person(
                stored: member, old: course, new: new, current: new.current?.state ?? member.state)
            if moved[member.state.id] == nil { rest.append(person) } else { people.append(person) }
        }
        self.rest = rest
        if !replacesLater { endTakeovers() }
    }

    private static func courses(
        of members: [ToldMember], _ stored: [Identifier: StoredMember], _ household: Int64, from day: CivilDate,
        _ connection: Connection
    ) throws -> [Identifier: ToldCourse<MemberState>] {
        var courses: [Identifier: ToldCourse<MemberState>] = [:]
        for member in members {
            guard let before = stored[member.told.id] else { continue }
            courses[member.told.id] = try MemberTable.course(of: before, household, reaching: day, connection)
        }
        return courses
    }

    /// Whether somebody comes, goes, or is something else to the householder.
    private static func changesPlace(_ member: ToldMember, _ stored: MemberState?) -> Bool {
        guard let stored else { return true }
        let base = member.base ?? stored
        return !MemberState.relationFact.isSame(base, member.told) || !MemberState.leavingFact.isSame(base, member.told)
            || !MemberState.joiningFact.isSame(base, member.told)
    }

    // MARK: Successions

    private static func isHead(_ state: MemberState?) -> Bool { state?.relation == HouseholdFigures.householder }

    /// Whether an act tells that somebody leaves who is householder until then.
    private func leavesAsHouseholder(_ member: ToldMember) -> Bool {
        guard let leftOn = member.told.leftOn else { return false }
        guard let course = known[member.told.id] else { return Self.isHead(member.told) }
        let base = member.base ?? stored[member.told.id]?.state
        if let base, MemberState.leavingFact.isSame(base, member.told) { return false }
        return Self.isHead(course.state(on: leftOn)) || Self.isHead(course.state(on: leftOn.adding(days: -1)))
            || (member.relation ?? "") == HouseholdFigures.householder
    }

    /// Where the day of leaving of a householder was another one, or none, whatever others became on the former day
    /// they became on the right one.
    private mutating func moveSuccession(of member: ToldMember) {
        let base = member.base ?? stored[member.told.id]?.state
        guard let former = base?.leftOn, former != member.told.leftOn, let course = known[member.told.id],
            Self.isHead(course.state(on: former)), let since = course.firstDay(asHouseholderUntil: former)
        else { return }
        for (id, course) in known where id != member.told.id {
            let before = course.present(on: former.adding(days: -1))
            let after = course.present(on: former)
            guard let before, let after, before.relation != after.relation else { continue }
            var new = moved[id] ?? course
            let changes = course.relationChanges
            if let right = member.told.leftOn, right < former {
                let last = changes.last { $0 < former } ?? .first
                let first = max(right, since, last, course.stretches.first?.first ?? former)
                guard first < former else { continue }
                new.change(in: DayInterval(first: first, end: former)) { $0.relation = after.relation }
            } else {
                let ends = [changes.first { $0 > former }, member.told.leftOn].compactMap(\.self)
                new.change(in: DayInterval(first: former, end: ends.min())) { $0.relation = before.relation }
            }
            moved[id] = new.joined(besides: ToldCourse([]))
        }
    }

    /// From which day somebody is what the act says to the householder: where one leaves, since then.
    private func relationDay(_ id: Identifier, _ told: MemberState) -> CivilDate {
        let others = leavers.filter { $0.id != id }
        if let leftOn = told.leftOn, leavers.contains(where: { $0.id == id }) {
            return others.first { $0.day <= leftOn }?.day ?? day
        }
        return others.last?.day ?? day
    }

    /// Whoever is told to have been householder was so until the next one who is known.
    private mutating func endTakeovers() {
        for (index, member) in members.enumerated() where Self.isHead(member.told) && people[index].stored != nil {
            let first = relationDay(member.told.id, member.told)
            let others = people.enumerated().filter { $0.offset != index }.map(\.element) + (rest ?? [])
            guard let next = others.compactMap({ $0.new.firstHouseholder(after: first) }).min(),
                Self.isHead(people[index].new.present(on: next))
            else { continue }
            people[index] = person(member, until: next)
        }
    }

    // MARK: Somebody

    private func person(_ member: ToldMember, until end: CivilDate? = nil) -> HouseholdTelling.Person {
        let told = member.told
        guard let before = stored[told.id], let old = known[told.id] else {
            return HouseholdTelling.Person(stored: nil, old: ToldCourse([]), new: .new(told), current: told)
        }
        let base = member.base ?? before.state
        func isTold(_ fact: ToldFact<MemberState>) -> Bool {
            if !fact.isSame(base, told) { return true }
            return replacesLater && member.present.map { !fact.isSame(before.state, $0) } ?? false
        }
        var course = moved[told.id] ?? old
        if !MemberState.joiningFact.isSame(base, told) { Self.join(&course, told) }
        // Nobody is in the household before their first day.
        let first = course.stretches.first?.first ?? day
        if isTold(MemberState.relationFact) || member.relation != nil {
            course.tell(
                [MemberState.relationFact], of: told, from: max(first, relationDay(told.id, told)), until: end,
                replacesLater: replacesLater)
        }
        course.tell(
            MemberState.toldFacts.dropFirst().filter(isTold), of: told, from: max(first, day),
            replacesLater: replacesLater)
        if !MemberState.leavingFact.isSame(base, told) { Self.leave(&course, told, formerly: base.leftOn) }
        let new = course.joined(besides: old)
        var current = new.current?.state ?? told
        // A number that is known by its hash alone is the one that is kept.
        if current.identity == before.state.identity, current.identity.sealed == nil {
            current.identity = before.state.identity
        }
        return HouseholdTelling.Person(stored: before, old: old, new: new, current: current)
    }

    private static func join(_ course: inout ToldCourse<MemberState>, _ told: MemberState) {
        let first = course.stretches.first?.first ?? told.joinedOn
        course.tell([MemberState.joiningFact], of: told, from: min(first, told.joinedOn), replacesLater: true)
        course.begin(on: told.joinedOn)
    }

    /// Another day, or none: the former one was wrong.
    private static func leave(
        _ course: inout ToldCourse<MemberState>, _ told: MemberState, formerly former: CivilDate?
    ) {
        if let former {
            var staying = told
            (staying.leftOn, staying.leftReason) = (nil, nil)
            course.tell([MemberState.leavingFact], of: staying, from: former, replacesLater: true)
        }
        if let leftOn = told.leftOn {
            course.tell([MemberState.leavingFact], of: told, from: leftOn, replacesLater: true)
        }
    }
}

extension ToldCourse<MemberState> {
    /// Somebody who is not known yet; whoever left lived there until then.
    static func new(_ told: MemberState) -> ToldCourse<MemberState> {
        let now = ToldStretch(first: max(told.joinedOn, told.leftOn ?? .first), end: nil, state: told, version: 0)
        guard told.joinedOn < now.first else { return ToldCourse([now]) }
        var staying = told
        (staying.leftOn, staying.leftReason) = (nil, nil)
        return ToldCourse([ToldStretch(first: told.joinedOn, end: now.first, state: staying, version: 0), now])
    }

    /// The people of a household that is not known yet. Of several householders one followed the other on the day of
    /// leaving; what they were before nobody said.
    static func new(_ members: [MemberState]) -> [ToldCourse<MemberState>] {
        var courses = members.map { new($0) }
        let heads = members.indices.filter { members[$0].relation == HouseholdFigures.householder }
            .sorted { members[$0].leftOn ?? .last < members[$1].leftOn ?? .last }
        for (former, next) in zip(heads, heads.dropFirst()) {
            guard let leftOn = members[former].leftOn, members[next].joinedOn < leftOn else { continue }
            courses[next].change(in: DayInterval(first: members[next].joinedOn, end: leftOn)) {
                $0.relation = HouseholdFigures.otherRelation
            }
        }
        return courses
    }

    /// Somebody as they lived in the household on a day; nil where they did not.
    func present(on day: CivilDate) -> MemberState? {
        guard let stretch = stretches.last(where: { $0.contains(day) }), stretch.state.isPresent else { return nil }
        return stretch.state
    }

    /// The days on which somebody became something else to the householder.
    fileprivate var relationChanges: [CivilDate] {
        zip(stretches, stretches.dropFirst()).filter { $0.state.relation != $1.state.relation }.map(\.1.first)
    }

    /// Since when somebody had been householder who was so until a day.
    fileprivate func firstDay(asHouseholderUntil day: CivilDate) -> CivilDate? {
        var first: CivilDate?
        for stretch in stretches.reversed() where stretch.first < day {
            guard stretch.state.isHouseholder else { break }
            first = stretch.first
        }
        return first
    }

    /// The first day after another one on which somebody begins to be householder.
    fileprivate func firstHouseholder(after day: CivilDate) -> CivilDate? {
        var wasHead = false
        for stretch in stretches {
            if stretch.state.isHouseholder, !wasHead, stretch.first > day { return stretch.first }
            wasHead = stretch.state.isHouseholder
        }
        return nil
    }
}

extension MemberTable {
    /// What is believed of everybody who ever lived in a household, on all days.
    static func courses(
        of household: StoredHousehold, _ connection: Connection
    ) throws -> [Identifier: ToldCourse<MemberState>] {
        var stretches: [Identifier: [ToldStretch<MemberState>]] = [:]
        try connection.forEach(
            """
            SELECT \(dated.columns), valid_from, valid_to FROM member_history
            WHERE household_number = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL
            ORDER BY id, valid_from
            """, values: [household.number]
        ) { row in
            let state = try read(row)
            stretches[state.id, default: []].append(
                ToldStretch(first: try row.date(23), end: try row.date(24), state: state, version: 0))
        }
        for member in household.members {
            stretches[member.state.id, default: []].append(
                ToldStretch(first: member.validFrom, end: nil, state: member.state, version: 0))
        }
        return stretches.mapValues { ToldCourse($0) }
    }
}
