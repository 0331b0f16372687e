// How many duties of contact of a period are done, in an area and in each area below it, on a day: counted from the
// stored rows of households or, if those are not complete yet, from the data that determines them.

import Domain
import SQL
import Service

/// The duties whose periods ended within some days, as they were on a day.
struct DutyCounts: Equatable {
    var duties = 0
    var done = 0
    /// How many of those were done after their period had ended.
    var late = 0

    var overdue: Int { duties - done }

    /// In thousandths, rounded down; nil if there were no duties.
    var donePermille: Int? { duties == 0 ? nil : done * 1_000 / duties }

    fileprivate mutating func add(doneOn: CivilDate?, periodEnd: CivilDate, on day: CivilDate) {
        duties += 1
        guard let doneOn, doneOn <= day else { return }
        done += 1
        if doneOn > periodEnd { late += 1 }
    }

    /// - Parameters:
    ///   - places: the areas below, ascending and without overlaps.
    ///   - day: duties whose periods end on it or later are skipped, because they are not overdue yet.
    static func read(
        in scope: Scope, _ places: [Scope], _ period: CountedPeriod, on day: CivilDate, _ connection: Connection
    ) throws -> (total: DutyCounts, parts: [DutyCounts]) {
        var total = DutyCounts()
        var parts = [DutyCounts](repeating: DutyCounts(), count: places.count)
        let finder = PlaceFinder(places)
        func add(_ place: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?) {
            total.add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            if let index = finder.index(of: place) { parts[index].add(doneOn: doneOn, periodEnd: periodEnd, on: day) }
        }
        let last = min(period.last, day.adding(days: -1))
        guard try ContactWork.areKept(through: last, connection) else {
            try forEachOwed(in: scope, from: period.first, through: last, on: day, isKept: false, connection, add)
            return (total, parts)
        }
        // Of a household that has ended since nothing is kept.
        try forEachOwed(in: scope, from: period.first, through: last, on: day, isKept: true, connection, add)
        try connection.forEach(
            """
            SELECT h.area_code, d.period_end, d.done_on FROM household h CROSS JOIN contact_duty d
            WHERE h.area_code BETWEEN $1 AND $2 AND d.household_number = h.household_number
                AND d.period_end BETWEEN $3 AND $4
            """, scope.first, scope.last, period.first, last
        ) { add($0.int64(0), try $0.date(1), try $0.optionalDate(2)) }
        return (total, parts)
    }

    /// The duties whose periods end within some days, counted from the data that determines them, of households that
    /// had not ended on a day.
    ///
    /// - Parameter isKept: only of those of which nothing is kept, because they have ended since.
    private static func forEachOwed(
        in scope: Scope, from first: CivilDate, through last: CivilDate, on day: CivilDate, isKept: Bool,
        _ connection: Connection,
        _ body: (_ place: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?) -> Void
    ) throws {
        let policies = ContactPolicies()
        let households = try connection.query(
            """
            SELECT household_number, area_code FROM household
            WHERE area_code BETWEEN $1 AND $2 AND \(isKept ? "ended_on > $3" : "(ended_on IS NULL OR ended_on > $3)")
            """, scope.first, scope.last, day
        ) { (number: $0.int64(0), place: $0.int64(1)) }
        for (number, place) in households {
            guard let facts = try ContactFacts.read(number, policies, connection) else { continue }
            let owed = try facts.duties(endingFrom: first, through: last, wasLiving: true, connection)
                .filter { $0.name.last <= last }
            for duty in try HouseholdContacts.counting(for: owed, of: number, connection) {
                body(place, duty.name.last, duty.doneOn)
            }
        }
    }
}

/// Finds the area that contains a place.
struct PlaceFinder {
    /// Ascending and without overlaps.
    private let places: [Scope]

    init(_ places: [Scope]) { self.places = places }

    /// Nil for a place in none of them.
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
