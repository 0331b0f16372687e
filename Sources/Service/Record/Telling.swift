// What somebody tells of a record from a day on, in the course of what is known of it. Told late, it holds until the
// next thing that is known of the same; what was told of later days is wiped only where that is asked for. Values
// only: tables are written by DatedTable.

import Domain
import Web

/// Days on which a record had one state, as believed.
package struct ToldStretch<State> {
    package let first: CivilDate
    /// Nil for the one that holds now.
    package let end: CivilDate?
    package var state: State
    /// That of the record when it was told.
    package let version: Int

    package init(first: CivilDate, end: CivilDate?, state: State, version: Int) {
        self.first = first
        self.end = end
        self.state = state
        self.version = version
    }

    package func contains(_ day: CivilDate) -> Bool { first <= day && (end.map { day < $0 } ?? true) }
}

/// Facts of a record that are told together, such as a state and since when it holds.
package struct ToldFact<State>: Sendable {
    package let isSame: @Sendable (State, State) -> Bool
    package let take: @Sendable (_ told: State, _ state: inout State) -> Void
    /// Where the next thing that is known goes on with what is told: takes what both have in common, such as the day
    /// since when; false where it does not.
    let goesOn: @Sendable (_ told: State, _ next: inout State) -> Bool
    /// Whether a state says nothing of it: then nothing is known of it yet.
    let isUnknown: @Sendable (State) -> Bool

    package init(
        isSame: @escaping @Sendable (State, State) -> Bool,
        take: @escaping @Sendable (_ told: State, _ state: inout State) -> Void,
        goesOn: @escaping @Sendable (_ told: State, _ next: inout State) -> Bool = { _, _ in false },
        isUnknown: @escaping @Sendable (State) -> Bool = { _ in false }
    ) {
        self.isUnknown = isUnknown
        self.isSame = isSame
        self.take = take
        self.goesOn = goesOn
    }

    /// A single fact.
    package init<Value: Equatable & SendableMetatype>(_ path: any WritableKeyPath<State, Value> & Sendable) {
        self.init(
            isSame: { $0[keyPath: path] == $1[keyPath: path] }, take: { $1[keyPath: path] = $0[keyPath: path] })
    }
}

/// The course of a record: its stretches in the order of days, without gaps, the last one open.
package struct ToldCourse<State> {
    package private(set) var stretches: [ToldStretch<State>]

    package init(_ stretches: [ToldStretch<State>]) { self.stretches = stretches }

    /// What held on a day; before the first one, what held first.
    package func state(on day: CivilDate) -> State? {
        (stretches.last { $0.first <= day } ?? stretches.first)?.state
    }

    /// What holds now.
    package var current: ToldStretch<State>? { stretches.last }

    /// Tells facts from a day on.
    ///
    /// - Parameters:
    ///   - end: the first day on which it no longer holds; nil where only what is known ends it.
    ///   - replacesLater: whether what is known of later days is wiped.
    /// - Returns: for each fact whether what is told of it holds now.
    @discardableResult
    package mutating func tell(
        _ facts: [ToldFact<State>], of told: State, from day: CivilDate, until end: CivilDate? = nil,
        replacesLater: Bool
    ) -> [Bool] {
        guard !facts.isEmpty, let first = stretches.first else { return facts.map { _ in true } }
        if let end { cut(at: end) }
        var index = 0
        let isEarlier = day < first.first
        if isEarlier {
            // Of the days before nothing is known but what is told, and what else held first.
            stretches.insert(
                ToldStretch(first: day, end: first.first, state: first.state, version: first.version), at: 0)
        } else {
            cut(at: day)
            index = stretches.lastIndex { $0.first <= day } ?? 0
        }
        return facts.map { fact in
            let former = stretches[index].state
            var next = index
            repeat {
                fact.take(told, &stretches[next].state)
                next += 1
            } while next < stretches.count && (end.map { stretches[next].first < $0 } ?? true)
                && (replacesLater
                    || ((!isEarlier || fact.isUnknown(former)) && fact.isSame(stretches[next].state, former)))
            while next < stretches.count, fact.goesOn(told, &stretches[next].state) { next += 1 }
            return next == stretches.count
        }
    }

    /// Divides the stretch that holds on a day, so that one begins on it.
    private mutating func cut(at day: CivilDate) {
        guard let index = stretches.lastIndex(where: { $0.first <= day }), stretches[index].first < day else { return }
        let whole = stretches[index]
        stretches[index] = ToldStretch(first: whole.first, end: day, state: whole.state, version: whole.version)
        stretches.insert(
            ToldStretch(first: day, end: whole.end, state: whole.state, version: whole.version), at: index + 1)
    }

    /// Changes what held on some days, whatever is known of it.
    package mutating func change(in days: DayInterval, _ change: (inout State) -> Void) {
        cut(at: days.first)
        if let end = days.end { cut(at: end) }
        for index in stretches.indices where days.contains(stretches[index].first) { change(&stretches[index].state) }
    }

    /// Lets the record begin later: nothing is known of the days before.
    package mutating func begin(on day: CivilDate) {
        cut(at: day)
        stretches.removeAll { $0.first < day }
    }
}

/// A fact that says something else of some days than before.
package struct RetoldSpan {
    package let field: String
    package let days: DayInterval
    package let before: AuditValue
    package let after: AuditValue

    package static func difference<State>(
        _ old: ToldCourse<State>, _ new: ToldCourse<State>, _ fields: (State) -> [AuditField]
    ) -> [RetoldSpan] {
        let days = Set((old.stretches + new.stretches).map(\.first)).sorted()
        var spans: [RetoldSpan] = []
        for (index, first) in days.enumerated() {
            guard let now = new.stretches.last(where: { $0.contains(first) }) else { continue }
            let before = old.stretches.last { $0.contains(first) }.map { fields($0.state) }
            let end = index + 1 < days.count ? days[index + 1] : nil
            for (place, field) in fields(now.state).enumerated() {
                let former = before?[place].value ?? .null
                guard former != field.value else { continue }
                let span = RetoldSpan(
                    field: field.name.description, days: DayInterval(first: first, end: end), before: former,
                    after: field.value)
                if let last = spans.lastIndex(where: { $0.field == field.name.description }),
                    spans[last].goesOn(in: span)
                {
                    spans[last] = RetoldSpan(
                        field: field.name.description, days: DayInterval(first: spans[last].days.first, end: end),
                        before: former, after: field.value)
                } else {
                    spans.append(span)
                }
            }
        }
        return spans
    }

    private func goesOn(in next: RetoldSpan) -> Bool {
        days.end == next.days.first && before == next.before && after == next.after
    }

    package init(field: String, days: DayInterval, before: AuditValue, after: AuditValue) {
        self.field = field
        self.days = days
        self.before = before
        self.after = after
    }

    /// An element of `retold` in an answer.
    package func write(into json: inout JSONWriter, member: Identifier? = nil) {
        json.object { json in
            if let member {
                json.key("memberId")
                json.string(member.description)
            }
            json.key("field")
            json.string(field)
            json.key("from")
            json.string(days.first.description)
            if let end = days.end {
                json.key("to")
                json.string(end.description)
            }
            json.key("before")
            before.write(to: &json)
            json.key("after")
            after.write(to: &json)
        }
    }
}

extension ToldCourse where State: Equatable {
    /// The same without days on which nothing begins, but for those of another course.
    package func joined(besides other: ToldCourse<State>) -> ToldCourse<State> {
        let kept = Set(other.stretches.map(\.first))
        var all: [ToldStretch<State>] = []
        for stretch in stretches {
            guard let last = all.last, last.state == stretch.state, !kept.contains(stretch.first) else {
                all.append(stretch)
                continue
            }
            all[all.count - 1] = ToldStretch(
                first: last.first, end: stretch.end, state: stretch.state, version: last.version)
        }
        return ToldCourse(all)
    }

    /// Whether another course says something else of any day.
    package func differs(from other: ToldCourse<State>) -> Bool {
        let days = Set((stretches + other.stretches).map(\.first))
        return days.contains { day in
            stretches.last { $0.first <= day }?.state != other.stretches.last { $0.first <= day }?.state
        }
    }
}
