// The coverage of a division that has merged into another one since, on a day on which it was by itself: of its own
// villages then, and of the cadres who were linked to it or to them.

import Archive
import Domain
import SQL
import Service

extension Coverage {
    /// The sum of all that is counted in a former division on a past day.
    static func former(
        _ area: PastArea, on day: CivilDate, _ connection: Connection
    ) throws -> CoverageCounts {
        var counts = CoverageCounts()
        let recount = HelpRecount.former
        let columns = HelpFigures.columns.split(separator: ", ").map { "sum(\($0))" }.joined(separator: ", ")
        try connection.forEach(
            recount.help(on: day, connection) + """
                , s AS (\(HelpRecount.helpSums))
                SELECT (SELECT count(*) FROM h), (SELECT coalesce(sum(needs_two_units), 0) FROM h), \(columns) FROM s
                """, day, area.scope.first, area.scope.last, area.villageList
        ) { row in
            counts.households = row.int(0)
            counts.jointNeeds = row.int(1)
            counts.help += HelpFigures(row, from: 2)
        }
        try connection.forEach(
            "\(recount.carry) SELECT division_id, \(HelpFigures.columns) FROM (\(HelpRecount.carrySums))", day
        ) { row in
            if area.isOfFormer(try row.identifier(0)) { counts.help += HelpFigures(row, from: 1) }
        }
        // Whoever is linked to an area without households has nothing to do, and is not idle.
        if counts.households == 0 { counts.help.zeroDuty = 0 }
        return counts
    }
}
