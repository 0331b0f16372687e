// How a household is helped over the days, in the words of one day (HouseholdHelp) asked of all days at once: whoever
// changes something is told who awaits a successor by it, today or later.

import Archive
import Domain
import SQL
import Service

/// The pairings of one household, and when their cadres can help.
struct HelpCourse {
    private struct Helper {
        let pairing: Identifier
        let cadre: Identifier
        let days: DayInterval
        /// The days on which the cadre answers for the household.
        var answering: [DayInterval] = []
        /// The days on which the cadre can help.
        var able: [DayInterval] = []
    }

    private var helpers: [Helper] = []
    /// Days of which a handover took a pairing back whole.
    private var takenBack: [CivilDate] = []

    /// Of a household that nobody has to help.
    static let ofNobody = HelpCourse()

    private init() {}

    init(of household: Int64, _ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT id, cadre_id, first_on, end_on, handover_id IS NOT NULL FROM pairing WHERE household_number = $1
            ORDER BY first_on, id
            """, household
        ) { row in
            let days = DayInterval(first: try row.date(2), end: try row.optionalDate(3))
            if !days.isEmpty {
                helpers.append(Helper(pairing: try row.identifier(0), cadre: try row.identifier(1), days: days))
            } else if row.bool(4) {
                takenBack.append(days.first)
            }
        }
        for own in try PairingTable.responsibilities(of: household, connection) {
            guard let index = helpers.firstIndex(where: { $0.pairing == own.pairingId }) else { continue }
            helpers[index].answering.append(own.days)
        }
        for index in helpers.indices {
            state(try CapacityReading.kept(of: helpers[index].cadre, connection), at: index)
        }
    }

    private mutating func state(_ segments: [CapacitySegment], at index: Int) {
        helpers[index].able = segments.filter { $0.quota > 0 }.compactMap {
            DayInterval(first: $0.first, end: $0.end).intersection(helpers[index].days)
        }
    }

    /// The same where some cadres could carry something else.
    func with(_ capacities: [Identifier: [CapacitySegment]]) -> HelpCourse {
        var course = self
        for index in helpers.indices {
            if let segments = capacities[helpers[index].cadre] { course.state(segments, at: index) }
        }
        return course
    }

    /// The days of some on which nobody can help but one cadre.
    func days(_ days: DayInterval, withoutOthersThan cadre: Identifier) -> [DayInterval] {
        DayInterval.subtracting(helpers.filter { $0.cadre != cadre }.flatMap(\.able), from: [days])
    }

    /// Whether somebody can help on a day.
    func isHelped(on day: CivilDate) -> Bool { helpers.contains { $0.able.contains { $0.contains(day) } } }

    /// The days on which nobody who can help answers for it, after somebody did or was to. Of a whole area
    /// `ComingLoss` asks the same of the days ahead.
    var waiting: [DayInterval] {
        let covered = helpers.flatMap { helper in
            helper.able.flatMap { able in helper.answering.compactMap { able.intersection($0) } }
        }
        let bounds = (covered + helpers.flatMap(\.able)).flatMap { [$0.first, $0.end].compactMap(\.self) }
        let days = Set(bounds + helpers.map(\.days.first) + takenBack).sorted()
        var found: [DayInterval] = []
        for (index, day) in days.enumerated() {
            guard !covered.contains(where: { $0.contains(day) }) else { continue }
            // Who loses whoever answered waits also beside others; who never had anybody does when nobody helps.
            guard
                covered.contains(where: { $0.end.map { $0 <= day } ?? false })
                    || takenBack.contains(where: { $0 <= day })
                    || (!isHelped(on: day) && helpers.contains { $0.days.first <= day })
            else { continue }
            let next = DayInterval(first: day, end: index + 1 < days.count ? days[index + 1] : nil)
            if let last = found.last, last.end == day {
                found[found.count - 1] = DayInterval(first: last.first, end: next.end)
            } else {
                found.append(next)
            }
        }
        return found
    }
}

/// A household, for saying that it is left behind.
struct LeftHousehold {
    let id: Identifier
    let archiveNumber: String
    let areaCode: Int64
    let village: Identifier
    private let state: String
    private let stateSince: CivilDate
    private let endedOn: CivilDate?

    /// The columns that one is read from, of a household `h`.
    static let columns = "h.id, h.archive_number, h.area_code, h.village_id, h.state, h.state_since, h.ended_on"

    init(_ row: borrowing Row) throws {
        (id, archiveNumber, areaCode) = (try row.identifier(0), row.text(1), row.int64(2))
        (village, state, stateSince) = (try row.identifier(3), row.text(4), try row.date(5))
        endedOn = try row.optionalDate(6)
    }

    static func find(_ number: Int64, _ connection: Connection) throws -> LeftHousehold? {
        try connection.first("SELECT \(columns) FROM household h WHERE h.household_number = $1", number) {
            try LeftHousehold($0)
        }
    }

    /// The first day from which it awaits a successor on today or a later day, and did not before; nil for none.
    func awaiting(
        _ now: HelpCourse, before: HelpCourse, today: CivilDate, _ terms: inout ConsolidationTerms,
        _ connection: Connection
    ) throws -> CivilDate? {
        let gone = endedOn.map { DayInterval(first: $0, end: nil) }
        let days = DayInterval.subtracting(before.waiting + [gone].compactMap(\.self), from: now.waiting)
        for stretch in days where stretch.end.map({ $0 > today }) ?? true {
            if try mustBeHelped(on: max(stretch.first, today), &terms, connection) { return stretch.first }
        }
        return nil
    }

    func mustBeHelped(
        on day: CivilDate, _ terms: inout ConsolidationTerms, _ connection: Connection
    ) throws -> Bool {
        guard endedOn.map({ day < $0 }) ?? true else { return false }
        return try terms.binds(state: state, since: stateSince, in: village, on: day, connection)
    }
}
