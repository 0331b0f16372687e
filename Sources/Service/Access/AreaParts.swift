// The areas directly below one that is asked for, each with a line of its own beside the sum: those of the current
// tree, or, of a division that has merged since, its own of the day.

import Domain
import SQL

package struct AreaParts {
    /// In the order of their lines.
    package private(set) var divisions: [Division] = []
    /// What of each may be seen, as it was on the day.
    package private(set) var areas: [PastArea] = []
    private let finder: PlaceFinder?
    private var byDivision: [Identifier: Int] = [:]
    private var byPlace: [Int64: Int] = [:]

    /// - Parameter division: the one that is asked for.
    package init(of area: PastArea, _ division: Division, _ connection: Connection) throws {
        for (index, part) in try area.below(division, connection).enumerated() {
            divisions.append(part.division)
            areas.append(part.area)
            for (division, place) in try part.area.places(connection) {
                byDivision[division] = index
                if let place { byPlace[place] = index }
            }
        }
        finder = area.former == nil ? PlaceFinder(divisions.map(\.scope)) : nil
    }

    /// The one in which something lies; nil for what lies in none of them.
    ///
    /// - Parameters:
    ///   - village: in which it lay on its day; nil for the one that lies there now.
    ///   - place: where that village, or its successor, lies now.
    package func index(of village: Identifier?, at place: Int64) -> Int? {
        if let finder { return finder.index(of: place) }
        return village.map { byDivision[$0] } ?? byPlace[place]
    }
}

/// Finds the area that contains a place.
package struct PlaceFinder {
    /// Ascending and without overlaps.
    private let places: [Scope]

    package init(_ places: [Scope]) { self.places = places }

    /// Nil for a place in none of them.
    package func index(of area: Int64) -> Int? {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].last < area { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low].contains(area) ? low : nil
    }
}
