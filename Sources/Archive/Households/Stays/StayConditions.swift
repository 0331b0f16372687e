// Lists of past days: of the households that lived in an area then, and of what was done of them, what the caller may
// see today. Whoever has left the caller's range is counted where they were, and named to nobody who may not see them.

import Domain
import SQL
import Service

extension ListConditions {
    /// Households that lived in an area on a day.
    ///
    /// - Parameters:
    ///   - row: their columns, or those of what hangs on them.
    ///   - scope: what the caller may see.
    package mutating func add(
        _ area: PastArea, _ stays: HouseholdStays, on day: CivilDate, _ row: StayRow = .household, seenIn scope: Scope
    ) {
        let crossing = stays.crossing(area)
        let there = crossing.filter { $0.days.contains { $0.contains(day) } }.map(\.household)
        let isThere = there.isEmpty ? nil : isIn(there, row)
        add(area, row, crossing.map(\.household), seenIn: scope, isThere: isThere)
    }

    /// What was done of households while they lived in an area, and of villages as such.
    ///
    /// - Parameters:
    ///   - row: the columns of what was done.
    ///   - day: the expression of its day.
    package mutating func add(
        _ area: PastArea, _ stays: HouseholdStays, _ row: StayRow, doneOn day: String, seenIn scope: Scope
    ) {
        let crossing = stays.crossing(area)
        let intervals = crossing.flatMap { own in
            own.days.map { "[\(own.household),\"\($0.first)\",\"\($0.end ?? .last)\"]" }
        }
        let list = intervals.isEmpty ? nil : bind("[\(intervals.joined(separator: ","))]")
        let isThere = list.map { list in
            """
            EXISTS (SELECT 1 FROM json_each(\(list)) s WHERE json_extract(s.value, '$[0]') = \(row.number)
                AND \(day) >= json_extract(s.value, '$[1]') AND \(day) < json_extract(s.value, '$[2]'))
            """
        }
        add(area, row, crossing.map(\.household), seenIn: scope, isThere: isThere)
    }

    /// - Parameters:
    ///   - crossing: households of which their place alone does not tell.
    ///   - isThere: the condition of those of them who were in the area; nil for none.
    package mutating func add(
        _ area: PastArea, _ row: StayRow, _ crossing: [Int64], seenIn scope: Scope, isThere: String?
    ) {
        var own = "\(row.place) BETWEEN \(bind(area.scope.first)) AND \(bind(area.scope.last))"
        if let villages = area.villageList {
            own += " AND hex(\(row.village)) IN (SELECT value FROM json_each(\(bind(villages))))"
        }
        guard !crossing.isEmpty else { return add(own) }
        let isCrossing = isIn(crossing, row)
        let others = "(\(own) AND (\(row.number) IS NULL OR NOT \(isCrossing)))"
        guard let isThere else { return add(others) }
        let seen = "\(row.place) BETWEEN \(bind(scope.first)) AND \(bind(scope.last))"
        add("(\(others) OR (\(isCrossing) AND \(seen) AND \(isThere)))")
    }

    /// The condition that a row is of one of some households.
    package mutating func isIn(_ households: [Int64], _ row: StayRow) -> String {
        let list = bind("[\(households.map(String.init).joined(separator: ","))]")
        return "\(row.number) IN (SELECT value FROM json_each(\(list)))"
    }
}

/// The columns of a list that say where something lies and of which household it is.
package struct StayRow: Sendable {
    /// Where it lies now.
    package let place: String
    package let village: String
    /// NULL for what is of no household.
    package let number: String

    /// Of households `h`.
    package static let household = StayRow(
        place: "h.area_code", village: "h.village_id", number: "h.household_number")

    package init(place: String, village: String, number: String) {
        self.place = place
        self.village = village
        self.number = number
    }
}
