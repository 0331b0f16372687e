// A household ends, and the end is taken back: its people leave with it, and come back with it. What others keep of it
// hears of it as of any change.

import Domain
import SQL
import Service
import Web

enum HouseholdEnding {
    /// Lets a household end: whoever lives in it leaves it on that day.
    static func end(
        _ household: StoredHousehold, _ end: HouseholdEnd, _ scope: Scope, by proposal: Identifier? = nil,
        _ transaction: Transaction
    ) throws {
        try check(end, household, transaction.connection)
        var state = household.state
        state.end = end
        let leaving = household.members.map(\.state).filter(\.isPresent).map { member in
            var left = member
            left.leftOn = end.day
            left.leftReason = HouseholdEndCode.leaveReason(of: end.reason)
            return left
        }
        try HouseholdStore.change(
            household, to: state, members: leaving, areaCode: household.areaCode, from: end.day, scope, by: proposal,
            transaction)
    }

    /// Takes an end back, as if it had never been told: whoever left because of it lives there again.
    static func takeBack(
        _ household: StoredHousehold, _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> StoredHousehold {
        guard let end = household.state.end else { return household }
        var state = household.state
        state.end = nil
        let reason = HouseholdEndCode.leaveReason(of: end.reason)
        let returning = household.members.map(\.state).filter { $0.leftOn == end.day && $0.leftReason == reason }.map {
            var member = $0
            member.leftOn = nil
            member.leftReason = nil
            return member
        }
        try HouseholdPlacing.locating(
            returning, archiveNumber: state.archiveNumber, areaCode: household.areaCode, scope,
            transaction.connection
        ) {
            try HouseholdStore.change(
                household, to: state, members: returning, areaCode: household.areaCode, from: end.day, scope,
                by: proposal,
                transaction)
        }
        return try HouseholdTable.find(household.id, transaction.connection) ?? household
    }

    /// Says another reason, document or successor of an end, or gives it another day.
    static func restate(
        _ household: StoredHousehold, _ end: HouseholdEnd, _ scope: Scope, by proposal: Identifier? = nil,
        _ transaction: Transaction
    ) throws {
        guard end != household.state.end else { return }
        let isSame = end.day == household.state.end?.day && end.reason == household.state.end?.reason
        guard isSame else {
            return try self.end(
                takeBack(household, scope, by: proposal, transaction), end, scope, by: proposal, transaction)
        }
        var state = household.state
        state.end = end
        try HouseholdStore.change(
            household, to: state, members: [], areaCode: household.areaCode, from: end.day, scope, by: proposal,
            transaction)
    }

    /// - Throws: 422 where it would end before it began, before somebody came to live in it or left it, before its
    ///   state began, or before it moved to where it lives.
    private static func check(
        _ end: HouseholdEnd, _ household: StoredHousehold, _ connection: Connection
    ) throws {
        let first = try HouseholdTable.firstDay(of: household.number, connection) ?? household.validFrom
        guard end.day >= first else {
            throw Problem.field(
                "/to", .impossibleDay, zh: "该户 \(first) 才建档", en: "the household is known from \(first) on only")
        }
        let people = household.members.map(\.state)
        if let late = people.first(where: { $0.leftOn.map { $0 > end.day } ?? false }), let leftOn = late.leftOn {
            throw Problem.field(
                "/to", .impossibleDay, zh: "\(late.name) \(leftOn) 才离开该户：请更正离开日期，或填写不早于该日的销号日期",
                en: "\(late.name) left it on \(leftOn) only: correct that day, or end it no earlier")
        }
        if household.state.stateSince > end.day {
            let since = household.state.stateSince
            throw Problem.field(
                "/to", .impossibleDay, zh: "该户自 \(since) 起另有脱贫属性：销号日期不能早于该日，或用 effectiveOn 写明属性的日期",
                en: "its state began on \(since): it cannot end before; or say since when it holds"
            )
        }
        if let movedOn = try moved(household, from: end.day, connection) {
            throw Problem.field(
                "/to", .impossibleDay, zh: "该户 \(movedOn) 才迁入现住的村：销号日期须晚于该日，或先更正迁入的日期",
                en: "it moved to its village on \(movedOn) only: it must end later, or correct that day first")
        }
        guard let late = people.first(where: { $0.isPresent && $0.joinedOn > end.day }) else { return }
        throw Problem.field(
            "/to", .impossibleDay, zh: "\(late.name) \(late.joinedOn) 才加入该户",
            en: "\(late.name) joined it on \(late.joinedOn) only")
    }

    /// The day on which a household moved to where it lives, where that is no day before another one; a village that
    /// became part of another moves nobody.
    private static func moved(
        _ household: StoredHousehold, from day: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        let course = try HouseholdTable.course(of: household, reaching: day.adding(days: -1), connection)
        func standing(_ village: Identifier) throws -> Identifier {
            try DivisionStore.find(village, connection).map { try DivisionStore.followSuccessors($0, connection).id }
                ?? village
        }
        let here = try standing(household.state.villageId)
        var first: CivilDate?
        for stretch in course.stretches.reversed() {
            guard try standing(stretch.state.villageId) == here else { break }
            first = stretch.first
        }
        guard let first, first >= day, first != course.stretches.first?.first else { return nil }
        return first
    }
}
