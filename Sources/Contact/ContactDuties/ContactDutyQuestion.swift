// What somebody asks of the duties of contact: on which day, of whom, which of them. It knows neither tables nor how
// the answer is found.

import Archive
import Domain
import SQL
import Service
import Web

struct ContactDutyQuestion {
    /// Days ahead that may be asked for.
    private static let daysAheadMax = 731

    /// The day on which duties are judged.
    private(set) var day: CivilDate
    /// Today as the question came.
    let today: CivilDate
    /// What is asked for besides: all duties whose periods meet these days; nil for those whose period contains the
    /// day, and those overdue on it.
    let span: (first: CivilDate, last: CivilDate)?
    let householdId: Identifier?
    /// Who answers for the households.
    let cadreId: Identifier?
    /// Those too that the cadre helps without answering for them.
    let includesJoint: Bool
    let kind: ContactDutyKind?
    let state: ContactDutyState?
    /// What the caller may see of the area that they ask for, as it was on the day.
    let area: PastArea
    /// All that the caller may see.
    private let callerScope: Scope
    let paging: Paging

    init(_ call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        today = call.now.shanghaiDate
        let asked = query.value("on", FieldText.date)
        let days = Self.span(&query, on: asked ?? today, today: today)
        householdId = query.value("householdId", FieldText.identifier)
        cadreId = query.value("cadreId", FieldText.identifier)
        includesJoint = query.boolean("includeJoint") ?? false
        kind = query.value("kind") { text throws(FieldError) in try FieldText.word(text) }
        state = query.value("state") { text throws(FieldError) in try FieldText.word(text) }
        let village = query.value("villageCode", FieldText.areaCode)
        let area = query.value("areaCode", FieldText.areaCode)
        paging = Paging(&query)
        Self.hold([("on", asked)], within: today, &query)
        try query.finish()
        day = asked ?? today
        span = days
        callerScope = try call.caller.scope
        let within = try PastArea.asked(area, on: day, today: today, callerScope, connection)
        if let village {
            self.area = try PastArea.asked(village, on: day, today: today, within.scope, connection)
        } else {
            self.area = within
        }
    }

    /// What a summary is asked for: all duties of an area on a day, or of a span of days.
    init(summary call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        today = call.now.shanghaiDate
        let asked = query.value("on", FieldText.date)
        let days = Self.span(&query, on: asked ?? today, today: today)
        kind = query.value("kind") { text throws(FieldError) in try FieldText.word(text) }
        let area = query.value("areaCode", FieldText.areaCode)
        paging = Paging(&query)
        Self.hold([("on", asked)], within: today, &query)
        try query.finish()
        day = asked ?? today
        span = days
        householdId = nil
        cadreId = nil
        includesJoint = false
        state = nil
        callerScope = try call.caller.scope
        self.area = try PastArea.asked(area, on: day, today: today, callerScope, connection)
    }

    /// The days between `from` and `to`; nil where neither is asked for.
    private static func span(
        _ query: inout Query, on day: CivilDate, today: CivilDate
    ) -> (first: CivilDate, last: CivilDate)? {
        let from = query.value("from", FieldText.date)
        let to = query.value("to", FieldText.date)
        let last = to?.adding(days: -1)
        hold([("from", from), ("to", last)], within: today, &query)
        if let from, let to, from >= to { query.report("to", .endsBeforeItBegins) }
        return from == nil && to == nil ? nil : (from ?? .first, last ?? max(day, from ?? .first))
    }

    private static func hold(
        _ days: [(name: String, day: CivilDate?)], within today: CivilDate, _ query: inout Query
    ) {
        let limit = today.adding(days: daysAheadMax)
        for (name, day) in days {
            if let day, day > limit { query.report(name, .tooFarAhead, zh: "最多可查两年之后", en: "at most two years ahead") }
        }
    }

    /// Whether it is about one household or the few of a cadre.
    var isOfFew: Bool { householdId != nil || cadreId != nil }

    /// Where it lies in the current tree.
    var scope: Scope { area.scope }

    /// The same question on another day.
    func on(_ day: CivilDate) -> ContactDutyQuestion {
        var other = self
        other.day = day
        return other
    }

    /// Where households lived on the day, as far as that is another place than now.
    func stays(_ connection: Connection) throws -> HouseholdStays {
        try HouseholdStays.until(day, today: today, around: scope, connection)
    }

    /// Adds the condition of households `h` that lived in the area on the day.
    ///
    /// - Parameter counts: those too whom the caller may not see today, who are counted and not named.
    func add(_ stays: HouseholdStays, counting counts: Bool, to conditions: inout ListConditions) {
        conditions.add(area, stays, on: day, seenIn: counts ? .everything : callerScope)
    }

    /// The day on which a household must be in the register to owe what is asked for: of a span of days that is over
    /// the first day after it, so that whoever has ended since has its past, as in every sum of past periods.
    var standingDay: CivilDate {
        span.map { $0.last < day ? $0.last.adding(days: 1) : day } ?? day
    }

    /// Whether a duty is among those asked for of a household.
    func includes(_ duty: ContactDuty, of household: ContactHousehold) -> Bool {
        // A period in which it ended is over for it.
        if let ended = household.endedOn, ended <= day, duty.name.last >= ended { return false }
        return includes(duty)
    }

    /// The last day on which a period that is asked for can begin.
    var horizon: CivilDate { span?.last ?? day }

    /// Contacts until then are known to whoever asks: on a past day only those until it.
    var knownUntil: CivilDate { day < today ? day : .last }

    /// How a duty stands on the day. Today and later all contacts count that are known.
    func state(of duty: ContactDuty) -> ContactDutyState { duty.state(on: day, knowingUntil: knownUntil) }

    /// Whether the duty is among those asked for.
    private func includes(_ duty: ContactDuty) -> Bool {
        if let kind, duty.name.kind != kind { return false }
        let standing = state(of: duty)
        if let state, standing != state { return false }
        if let span { return duty.name.first <= span.last && duty.name.last >= span.first }
        return duty.name.first <= day && (duty.name.last >= day || standing == .overdue)
    }
}

/// Where a duty stands in the list: the longest overdue first, then what is due by the end of its period, then what was
/// late and what was done in time, household by household.
struct ContactDutyPlace: Comparable {
    let rank: Int64
    /// The end of the period; 0 for what is done.
    let end: Int64
    /// The place and archive number of the household of what is done.
    let area: Int64
    let archive: String
    let household: Int64
    let name: ContactDutyName

    init(_ duty: ContactDuty, _ state: ContactDutyState, of household: ContactHousehold) {
        rank = Self.rank(of: state)
        let isOpen = state == .due || state == .overdue
        end = isOpen ? Int64(duty.name.last.dayNumber) : 0
        area = isOpen ? 0 : household.areaCode
        archive = isOpen ? "" : household.archiveNumber
        self.household = household.number
        name = duty.name
    }

    static func rank(of state: ContactDutyState) -> Int64 {
        switch state {
        case .overdue: 0
        case .due: 1
        case .late: 2
        case .inTime: 3
        }
    }

    /// The parts of a cursor.
    ///
    /// - Parameter day: the one that was asked for, so that a list that is walked over midnight stays what it was.
    func parts(on day: CivilDate) -> [CursorPart] {
        [
            .integer(Int64(day.dayNumber)), .integer(rank), .integer(end), .integer(area), .text(archive),
            .integer(household), .integer(Int64(name.last.dayNumber)), .text(name.kind.rawValue), .text(name.subject),
            .integer(Int64(name.first.dayNumber)),
        ]
    }

    /// The day and the place of a cursor; nil for one that this program has not made so.
    static func read(_ parts: [CursorPart]) -> (day: CivilDate, place: ContactDutyPlace)? {
        guard parts.count == 10, case .integer(let day) = parts[0], case .integer(let rank) = parts[1],
            case .integer(let end) = parts[2], case .integer(let area) = parts[3], case .text(let archive) = parts[4],
            case .integer(let household) = parts[5], case .integer(let last) = parts[6],
            case .text(let kindName) = parts[7], case .text(let subject) = parts[8],
            case .integer(let first) = parts[9], let kind = ContactDutyKind(rawValue: kindName),
            let on = Int32(exactly: day).flatMap(CivilDate.init(dayNumber:)),
            let firstDay = Int32(exactly: first).flatMap(CivilDate.init(dayNumber:)),
            let lastDay = Int32(exactly: last).flatMap(CivilDate.init(dayNumber:))
        else { return nil }
        let name = ContactDutyName(kind: kind, subject: subject, first: firstDay, last: lastDay)
        return (
            on,
            ContactDutyPlace(rank: rank, end: end, area: area, archive: archive, household: household, name: name)
        )
    }

    private init(
        rank: Int64, end: Int64, area: Int64, archive: String, household: Int64, name: ContactDutyName
    ) {
        self.rank = rank
        self.end = end
        self.area = area
        self.archive = archive
        self.household = household
        self.name = name
    }

    static func < (left: ContactDutyPlace, right: ContactDutyPlace) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        if left.end != right.end { return left.end < right.end }
        if left.area != right.area { return left.area < right.area }
        // By bytes, as the database orders texts.
        if left.archive != right.archive { return left.archive.utf8.lexicographicallyPrecedes(right.archive.utf8) }
        if left.household != right.household { return left.household < right.household }
        return left.name < right.name
    }
}

/// A household whose duties are asked for.
struct ContactHousehold {
    let number: Int64
    let areaCode: Int64
    /// The village in which it lived on the day, where it has moved since.
    var village: Identifier?
    let archiveNumber: String
    /// Where it has ended, though not on the day that is asked for: nothing is kept of it.
    var endedOn: CivilDate?

    var hasEnded: Bool { endedOn != nil }
}

/// A duty of a household as it stands on the day asked for.
struct ContactDutyItem {
    let place: ContactDutyPlace
    let duty: ContactDuty
    let state: ContactDutyState
}
