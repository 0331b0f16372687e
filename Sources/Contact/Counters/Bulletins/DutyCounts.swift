// How many duties of contact of a period are done in time, late or not at all, in an area and in each area below it, on
// a day.

import Archive
import Domain
import SQL
import Service

/// The duties whose periods ended within some days, as they were on a day.
struct DutyCounts: Equatable {
    var duties = 0
    /// Done within their periods.
    var inTime = 0
    /// Made up for after their periods had ended.
    var late = 0

    var overdue: Int { duties - inTime - late }

    /// What was done in time, in thousandths, rounded down; nil where nothing was owed. What was made up for does not
    /// count: one visit in November would make every month since January one that was visited.
    var inTimePermille: Int? { duties == 0 ? nil : inTime * 1_000 / duties }

    /// Adds a duty whose period has ended, by the contacts until a day.
    mutating func add(doneOn: CivilDate?, periodEnd: CivilDate, on day: CivilDate) {
        duties += 1
        switch ContactDutyState(periodEnd: periodEnd, doneOn: doneOn, on: day, knowingUntil: day) {
        case .inTime: inTime += 1
        case .late: late += 1
        case .overdue, .due: break
        }
    }

    static func += (left: inout DutyCounts, right: DutyCounts) {
        left.duties += right.duties
        left.inTime += right.inTime
        left.late += right.late
    }

    /// - Parameters:
    ///   - stays: of everybody around the area who moved.
    ///   - parts: the areas below.
    ///   - day: duties whose periods end on it or later are passed over: they are not overdue yet.
    static func read(
        of area: PastArea, _ stays: HouseholdStays, _ parts: AreaParts, _ period: CountedPeriod, on day: CivilDate,
        _ connection: Connection
    ) throws -> (total: DutyCounts, parts: [DutyCounts]) {
        var total = DutyCounts()
        var counts = [DutyCounts](repeating: DutyCounts(), count: parts.divisions.count)
        try EndedDuties(area: area, stays: stays, period: period).forEach(before: day, connection) {
            _, home, periodEnd, doneOn in
            total.add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            if let index = parts.index(of: home.village, at: home.place) {
                counts[index].add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            }
        }
        return (total, counts)
    }
}
