// On which days an act leaves a household without exactly one householder, that had one before, or without anybody
// until people live in it again: each such day refuses it, with the words that are missing. Days that were wrong before
// are no matter of the act.

import Domain
import SQL
import Service
import Web

/// Where somebody who tells of a household names its people.
package enum NamingPlace {
    case members, remaining
    /// The rows of a file.
    case rows

    fileprivate var words: Message {
        switch self {
        case .members: Message(zh: "members 中", en: "members")
        case .remaining: Message(zh: "remaining 中", en: "remaining")
        case .rows: Message(zh: "该户的行中", en: "the rows of the household")
        }
    }
}

/// Days on which a household with people has none, or several, who are its householder, or has nobody for a while.
struct HouseholderFault {
    let rule: HouseholdRule
    let day: CivilDate
    /// The first day on which that is over; nil where it is so today.
    fileprivate(set) var end: CivilDate?
    let heads: [MemberState]
    let present: [MemberState]
    /// Who was householder the day before.
    let former: MemberState?
}

extension HouseholdTelling {
    /// - Parameter end: the day on which the household ends; nil where it does not.
    func householderFaults(until end: CivilDate? = nil) -> [HouseholderFault] {
        guard let rest, let knownSince else { return [] }
        return HouseholderFault.found(
            (people + rest).map { (old: $0.old, new: $0.new) },
            since: min(knownSince, new.stretches.first?.first ?? knownSince), knownSince: knownSince, until: end)
    }
}

extension StoredHousehold {
    /// - Throws: 422 for days before its archive began on which its people have not one householder.
    func throwBlocking(beginningOn day: CivilDate, insteadOf former: CivilDate, _ connection: Connection) throws {
        let courses = try members.map { try MemberTable.course(of: $0, number, reaching: day, connection) }
        let faults = HouseholderFault.found(
            courses.map { (old: ToldCourse([]), new: $0) }, since: day, knownSince: .last, until: former)
        guard !faults.isEmpty else { return }
        throw InvalidBody(errors: HouseholderFault.errors(faults, .members, told: courses))
    }
}

extension NewHousehold {
    /// - Throws: 422 for days of the new archive on which its people have not one householder.
    func throwBlocking(naming place: NamingPlace = .members) throws {
        let faults = HouseholderFault.found(
            courses.map { (old: ToldCourse([]), new: $0) }, since: validFrom, knownSince: .last, until: nil)
        guard !faults.isEmpty else { return }
        throw InvalidBody(errors: HouseholderFault.errors(faults, place, told: courses))
    }
}

extension HouseholderFault {
    /// What is wrong by one of the rules, on the first days on which it is.
    static func errors(
        _ faults: [HouseholderFault], _ place: NamingPlace, told: [ToldCourse<MemberState>]
    ) -> [FieldError] {
        HouseholdRules.ofHouseholder.compactMap { rule in
            faults.first { $0.rule == rule }.map { fault in
                FieldError(pointer: "/members", FieldCode(rule), detail: fault.words(place, told: told))
            }
        }
    }

    /// What is wrong today with those who are stated of a household, by the days of their leaving.
    static func errors(of members: [MemberState], _ place: NamingPlace) -> [FieldError] {
        let courses = ToldCourse.new(members)
        let faults = found(
            courses.map { (old: ToldCourse([]), new: $0) }, since: .first, knownSince: .last, until: nil)
        return errors(faults.filter { $0.end == nil }, place, told: courses)
    }

    /// - Parameters:
    ///   - first: the first day of the household.
    ///   - knownSince: what was its first day before.
    fileprivate static func found(
        _ all: [(old: ToldCourse<MemberState>, new: ToldCourse<MemberState>)], since first: CivilDate,
        knownSince: CivilDate, until end: CivilDate?
    ) -> [HouseholderFault] {
        let days = Set(all.flatMap { $0.old.stretches + $0.new.stretches }.map(\.first) + [first, knownSince])
            .filter { day in day >= first && day < end ?? .last }.sorted()
        var faults: [HouseholderFault] = []
        var wasWrong = false
        for (index, day) in days.enumerated() {
            let present = all.compactMap { $0.new.present(on: day) }
            let heads = present.filter(\.isHouseholder)
            let before = day < knownSince ? [] : all.compactMap { $0.old.present(on: day) }
            let (now, then) = (excess(present), excess(before))
            let isEmptied =
                present.isEmpty && !before.isEmpty && isLivedIn(all, on: days[..<index])
                && isLivedIn(all, on: days[index...])
            guard isEmptied || (now != 0 && (now * then <= 0 || abs(now) > abs(then))) else {
                wasWrong = false
                continue
            }
            let rule = now > 0 ? HouseholdRule.severalHouseholders : HouseholdRules.noHouseholder
            let next = index + 1 < days.count ? days[index + 1] : end
            if wasWrong, let last = faults.indices.last, faults[last].rule == rule,
                faults[last].heads.map(\.id) == heads.map(\.id)
            {
                faults[last].end = next
            } else {
                let yesterday = day.adding(days: -1)
                faults.append(
                    HouseholderFault(
                        rule: rule, day: day, end: next, heads: heads, present: present,
                        former: all.compactMap { $0.new.present(on: yesterday) }.first(where: \.isHouseholder)))
            }
            wasWrong = true
        }
        return faults
    }

    private static func isLivedIn(
        _ all: [(old: ToldCourse<MemberState>, new: ToldCourse<MemberState>)], on days: ArraySlice<CivilDate>
    ) -> Bool {
        days.contains { day in all.contains { $0.new.present(on: day) != nil } }
    }

    /// How many householders there are too many; negative without one; nobody needs none.
    private static func excess(_ present: [MemberState]) -> Int {
        present.isEmpty ? 0 : present.count(where: \.isHouseholder) - 1
    }

    /// - Parameter told: the courses of those whom the act names.
    private func words(_ place: NamingPlace, told: [ToldCourse<MemberState>]) -> Message {
        let list = { (people: [MemberState], separator: String) in
            // Ids of rows may be new ones that nobody knows.
            people.map { place == .rows ? $0.name : "\($0.name) (\($0.id))" }.joined(separator: separator)
        }
        let place = place.words
        let days = Message(
            zh: "自 \(day) 起\(end.map { "至 \($0) 前" } ?? "")", en: "from \(day) on" + (end.map { " until \($0)" } ?? ""))
        guard heads.isEmpty else {
            return Message(
                zh: "\(days.zh)有多名户主：\(list(heads, "、"))。请在 \(place.zh)写明谁自 \(day) 起不再是户主"
                    + "（relation，effectiveOn），或已离开（leftOn）",
                en: "\(days.en) there are several householders: \(list(heads, ", ")). Say in \(place.en) who is "
                    + "something else to the householder from \(day) on (relation, effectiveOn) or has left (leftOn)")
        }
        guard !present.isEmpty else {
            return Message(
                zh: "\(days.zh)该户没有人，之后又有人：请让一人留下，或更正加入、离开的日期",
                en: "\(days.en) nobody lives in it, and later somebody does: let somebody stay, or correct the days of "
                    + "joining and leaving")
        }
        let former = former.map { Message(zh: "（此前为 \($0.name)）", en: " after \($0.name)") }
        let strays = told.compactMap { stray($0) }
        return Message(
            zh: "\(days.zh)没有户主\(former?.zh ?? "")：请在 \(place.zh)写明由谁自该日起接任（relation: householder）；"
                + "当日在户、可接任的有 \(list(present, "、"))" + strays.map { "；\($0.zh)" }.joined(),
            en: "\(days.en) nobody is householder\(former?.en ?? ""): say in \(place.en) who follows on that day "
                + "(relation: householder); there are \(list(present, ", "))"
                + strays.map { "; \($0.en)" }.joined())
    }

    /// Why somebody who is to be householder is none on the day.
    private func stray(_ course: ToldCourse<MemberState>) -> Message? {
        guard let state = course.current?.state, state.relation == HouseholdFigures.householder,
            course.present(on: day) == nil
        else { return nil }
        if let first = course.stretches.first?.first, first > day {
            return Message(zh: "\(state.name) \(first) 才加入", en: "\(state.name) joined on \(first) only")
        }
        return state.leftOn.flatMap { leftOn in
            leftOn >= day || state.id == former?.id
                ? nil : Message(zh: "\(state.name) \(leftOn) 已离开", en: "\(state.name) left on \(leftOn)")
        }
    }
}
