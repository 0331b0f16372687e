// The coverage of a division that has merged into another one since, on a day on which it was by itself: of its own
// villages then, and of the cadres who were linked to it or to them.

import Archive
import Domain
import SQL
import Service

/// What is counted of a former division, and of each of its divisions of the day.
struct FormerCoverage {
    private(set) var total = CoverageCounts()
    /// Of the division itself: cadres who served it, and not one of its villages.
    private(set) var own = CoverageCounts()
    private(set) var items: [(division: Division, counts: CoverageCounts)] = []

    init(of area: PastArea, _ division: Division, on day: CivilDate, _ connection: Connection) throws {
        let parts = try AreaParts(of: area, division, connection)
        var counts = [CoverageCounts](repeating: CoverageCounts(), count: parts.divisions.count)
        func add(_ division: Identifier, _ figures: CoverageCounts) {
            total += figures
            if let index = parts.index(of: division, at: 0) { counts[index] += figures } else { own += figures }
        }
        let populated = try PopulatedDivisions.ids(of: area, on: day, connection)
        let recount = HelpRecount.former
        try connection.forEach(
            try recount.help(on: day, connection) + """
                , s AS (\(HelpRecount.helpSums))
                SELECT n.village_id, n.households, n.needs, \(HelpFigures.columns) FROM (
                    SELECT village_id, count(*) AS households, sum(needs_two_units) AS needs FROM h
                    GROUP BY village_id) n
                LEFT JOIN s ON s.division_id = n.village_id
                """, day, area.scope.first, area.scope.last, area.villageList
        ) { row in
            var own = CoverageCounts()
            own.households = row.int(1)
            own.jointNeeds = row.int(2)
            own.help += HelpFigures(row, from: 3)
            add(try row.identifier(0), own)
        }
        try connection.forEach(
            "\(recount.carry) SELECT division_id, \(HelpFigures.columns) FROM (\(HelpRecount.carrySums))", day
        ) { row in
            let id = try row.identifier(0)
            guard area.isOfFormer(id) else { return }
            var own = CoverageCounts()
            own.help += HelpFigures(row, from: 1)
            // Whoever is linked to an area without households has nothing to do, and is not idle.
            if !populated.contains(id) { own.help.zeroDuty = 0 }
            add(id, own)
        }
        items = Array(zip(parts.divisions, counts))
    }
}
