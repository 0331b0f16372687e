// How many duties of contact of a period are done, in an area and in each area below it, on a day: counted from the
// stored rows of households or, if those are not complete yet, from the data that determines them.

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

    fileprivate mutating func add(doneOn: CivilDate?, periodEnd: CivilDate, on day: CivilDate) {
        duties += 1
        guard let doneOn, doneOn <= day else { return }
        if doneOn > periodEnd { late += 1 } else { inTime += 1 }
    }

    /// Each duty counts where the household lived on the last day of its period.
    ///
    /// - Parameters:
    ///   - stays: of everybody around the area who moved.
    ///   - places: the areas below, ascending and apart from each other.
    ///   - day: duties whose periods end on it or later are passed over: they are not overdue yet.
    static func read(
        of area: PastArea, _ stays: HouseholdStays, _ places: [Scope], _ period: CountedPeriod, on day: CivilDate,
        _ connection: Connection
    ) throws -> (total: DutyCounts, parts: [DutyCounts]) {
        var total = DutyCounts()
        var parts = [DutyCounts](repeating: DutyCounts(), count: places.count)
        let finder = PlaceFinder(places)
        func add(_ place: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?) {
            total.add(doneOn: doneOn, periodEnd: periodEnd, on: day)
            if let index = finder.index(of: place) { parts[index].add(doneOn: doneOn, periodEnd: periodEnd, on: day) }
        }
        func addMoved(_ household: Int64, _ periodEnd: CivilDate, _ doneOn: CivilDate?) {
            guard let home = stays.home(of: household, on: periodEnd), area.contains(home.village, at: home.place)
            else { return }
            add(home.place, periodEnd, doneOn)
        }
        let last = min(period.last, day.adding(days: -1))
        let isInside = PastArea.condition("h.area_code", village: "h.village_id", ("$1", "$2", "$3"))
        let values: [any Bindable] = [area.scope.first, area.scope.last, area.villageList]
        guard try ContactWork.areKept(through: last, connection) else {
            let policies = ContactPolicies()
            let there = try connection.query(
                "SELECT household_number, area_code FROM household h WHERE \(isInside)", values: values
            ) { (number: $0.int64(0), place: $0.int64(1)) }
            for household in there where !stays.haveMoved(household.number) {
                try forEachOwed(to: household.number, policies, from: period.first, through: last, connection) {
                    add(household.place, $0, $1)
                }
            }
            for number in stays.numbers {
                try forEachOwed(to: number, policies, from: period.first, through: last, connection) {
                    addMoved(number, $0, $1)
                }
            }
            return (total, parts)
        }
        try connection.forEach(
            """
            SELECT h.area_code, d.period_end, d.done_on, h.household_number FROM household h CROSS JOIN contact_duty d
            WHERE \(isInside) AND d.household_number = h.household_number AND d.period_end BETWEEN $4 AND $5
            """, values: values + ([period.first, last] as [any Bindable])
        ) { row in
            guard !stays.haveMoved(row.int64(3)) else { return }
            add(row.int64(0), try row.date(1), try row.optionalDate(2))
        }
        for number in stays.numbers {
            try connection.forEach(
                """
                SELECT period_end, done_on FROM contact_duty
                WHERE household_number = $1 AND period_end BETWEEN $2 AND $3
                """, number, period.first, last
            ) { addMoved(number, try $0.date(0), try $0.optionalDate(1)) }
        }
        return (total, parts)
    }

    /// The duties of a household whose periods end within some days, counted from what decides them.
    private static func forEachOwed(
        to household: Int64, _ policies: ContactPolicies, from first: CivilDate, through last: CivilDate,
        _ connection: Connection,
        _ body: (_ periodEnd: CivilDate, _ doneOn: CivilDate?) -> Void
    ) throws {
        guard let facts = try ContactFacts.read(household, policies, connection) else { return }
        let owed = try facts.duties(endingFrom: first, through: last, connection).filter { $0.name.last <= last }
        for duty in try HouseholdContacts.counting(for: owed, of: household, connection) {
            body(duty.name.last, duty.doneOn)
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
