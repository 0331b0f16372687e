// In which divisions there was anybody to help on a day: whoever is linked to one without households has nothing to do,
// and is not idle.

import Archive
import Domain
import SQL
import Service

enum PopulatedDivisions {
    /// Those of an area, or above its villages, in which households lived.
    static func ids(of area: PastArea, on day: CivilDate, _ connection: Connection) throws -> Set<Identifier> {
        let homes = try HouseholdStays.households(of: area, on: day, connection)
        if let former = area.former {
            let parts = try AreaParts(of: area, former, connection)
            let below = homes.compactMap { home in
                parts.index(of: home.village, at: home.place).map { parts.divisions[$0].id }
            }
            return Set(homes.map(\.village) + below + (homes.isEmpty ? [] : [former.id]))
        }
        let ranges = PopulatedRanges(homes.map(\.place))
        let divisions = try connection.query(
            "SELECT id, area_code, area_last FROM division WHERE successor_id IS NULL AND area_code BETWEEN $1 AND $2",
            area.scope.first, area.scope.last
        ) { (id: try $0.identifier(0), scope: Scope(first: $0.int64(1), last: $0.int64(2))) }
        return Set(divisions.filter { ranges.hasHouseholds(in: $0.scope) }.map(\.id))
    }
}

/// Where households live, for asking whether there are any in a range.
struct PopulatedRanges {
    /// The places of villages with households, ascending.
    private let places: [Int64]

    init(_ places: [Int64]) { self.places = places.sorted() }

    func hasHouseholds(in scope: Scope) -> Bool {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < scope.first { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] <= scope.last
    }
}
