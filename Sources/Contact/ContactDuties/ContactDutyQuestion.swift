// What somebody asks of the duties of contact: on which day, of whom, which of them. It knows neither tables nor how
// the answer is found.

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
    /// What the caller may see of what they ask for.
    let scope: Scope
    let paging: Paging

    init(_ call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        today = call.now.shanghaiDate
        let asked = query.value("on", FieldText.date)
        let from = query.value("from", FieldText.date)
        let to = query.value("to", FieldText.date)
        let last = to?.adding(days: -1)
        householdId = query.value("householdId", FieldText.identifier)
        cadreId = query.value("cadreId", FieldText.identifier)
        includesJoint = query.boolean("includeJoint") ?? false
        kind = query.value("kind") { text throws(FieldError) in try FieldText.word(text) }
        state = query.value("state") { text throws(FieldError) in try FieldText.word(text) }
        let village = query.value("villageCode", FieldText.areaCode)
        let area = query.value("areaCode", FieldText.areaCode)
        paging = Paging(&query)
        Self.hold([("on", asked), ("from", from), ("to", last)], within: today, &query)
        if let from, let to, from >= to { query.report("to", .endsBeforeItBegins) }
        try query.finish()
        day = asked ?? today
        span = from == nil && to == nil ? nil : (from ?? .first, last ?? max(day, from ?? .first))
        scope = try AreaFilter.scope(village, try AreaFilter.scope(area, call.caller.scope, connection), connection)
    }

    /// What a summary is asked for: all duties of an area on a day.
    init(summary call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        today = call.now.shanghaiDate
        let asked = query.value("on", FieldText.date)
        kind = query.value("kind") { text throws(FieldError) in try FieldText.word(text) }
        let area = query.value("areaCode", FieldText.areaCode)
        paging = Paging(&query)
        Self.hold([("on", asked)], within: today, &query)
        try query.finish()
        day = asked ?? today
        span = nil
        householdId = nil
        cadreId = nil
        includesJoint = false
        state = nil
        scope = try AreaFilter.scope(area, call.caller.scope, connection)
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

    /// The same question on another day.
    func on(_ day: CivilDate) -> ContactDutyQuestion {
        var other = self
        other.day = day
        return other
    }

    /// The last day on which a period that is asked for can begin.
    var horizon: CivilDate { span?.last ?? day }

    /// Contacts until then are known to whoever asks: on a past day only those until it.
    var knownUntil: CivilDate { day < today ? day : .last }

    /// How a duty stands on the day. Today and later all contacts count that are known.
    func state(of duty: ContactDuty) -> ContactDutyState {
        if let doneOn = duty.doneOn, doneOn <= knownUntil { return .done }
        return day <= duty.name.last ? .due : .overdue
    }

    /// Whether the duty is among those asked for.
    func includes(_ duty: ContactDuty) -> Bool {
        if let kind, duty.name.kind != kind { return false }
        let standing = state(of: duty)
        if let state, standing != state { return false }
        if let span { return duty.name.first <= span.last && duty.name.last >= span.first }
        return duty.name.first <= day && (duty.name.last >= day || standing == .overdue)
    }
}

/// Where a duty stands in the list: the longest overdue first, then what is due by the end of its period, then what is
/// done, household by household.
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
        rank = state == .overdue ? 0 : state == .due ? 1 : 2
        end = state == .done ? 0 : Int64(duty.name.last.dayNumber)
        area = state == .done ? household.areaCode : 0
        archive = state == .done ? household.archiveNumber : ""
        self.household = household.number
        name = duty.name
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
    let archiveNumber: String
    /// It has ended since the day that is asked for: nothing is kept of it.
    var hasEnded = false
}

/// A duty of a household as it stands on the day asked for.
struct ContactDutyItem {
    let place: ContactDutyPlace
    let duty: ContactDuty
    let state: ContactDutyState
}
