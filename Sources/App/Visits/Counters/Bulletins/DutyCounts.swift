// How many duties of contact of a period are done, in an area and in each area below it, on a day: counted from the kept
// rows of households.

import Domain
import SQL

/// The duties whose periods ended within some days, as they stood on a day.
struct DutyCounts: Equatable {
    var duties = 0
    var done = 0
    /// Of those done: after their period had ended.
    var late = 0

    var overdue: Int { duties - done }

    /// In thousandths, rounded down; nil where nothing was owed.
    var donePermille: Int? { duties == 0 ? nil : done * 1_000 / duties }

    fileprivate mutating func add(doneOn: CivilDate?, periodEnd: CivilDate, on day: CivilDate) {
        duties += 1
        guard let doneOn, doneOn <= day else { return }
        done += 1
        if doneOn > periodEnd { late += 1 }
    }

    /// - Parameters:
    ///   - places: the areas below, ascending and apart from each other.
    ///   - day: duties whose periods end on it or later are passed over: they are not overdue yet.
    static func read(
        in scope: Scope, _ places: [Scope], _ period: CountedPeriod, on day: CivilDate, _ connection: Connection
    ) throws -> (total: DutyCounts, parts: [DutyCounts]) {
        var total = DutyCounts()
        var parts = [DutyCounts](repeating: DutyCounts(), count: places.count)
        let finder = PlaceFinder(places)
        try connection.forEach(
            """
            SELECT h.area_code, d.period_end, d.done_on FROM household h CROSS JOIN contact_duty d
            WHERE h.area_code BETWEEN $1 AND $2 AND d.household_number = h.household_number
                AND d.period_end BETWEEN $3 AND $4
            """, scope.first, scope.last, period.first, min(period.last, day.adding(days: -1))
        ) { row in
            let periodEnd = try row.date(1)
            let doneOn = try row.optionalDate(2)
            total.add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            if let index = finder.index(of: row.int64(0)) {
                parts[index].add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            }
        }
        return (total, parts)
    }
}

/// Finds the area in which a place lies.
struct PlaceFinder {
    /// Ascending and apart from each other.
    private let places: [Scope]

    init(_ places: [Scope]) { self.places = places }

    /// Nil for a place that lies in none of them.
    func index(of area: Int64) -> Int? {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].last < area { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low].contains(area) ? low : nil
    }
}
