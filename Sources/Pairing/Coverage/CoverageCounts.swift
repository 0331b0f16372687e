// The coverage of an area and of each area below it (R030, R046): sums of what its divisions keep, or a recount of what
// held on another day. Reading them is a walk over the divisions of the area, whatever the history of pairings.

import Archive
import Domain
import SQL
import Service

/// What is counted of one area.
package struct CoverageCounts: Equatable {
    package var households = 0
    /// Households that need helpers of two units.
    package var jointNeeds = 0
    package var help = HelpFigures()

    var uncovered: Int { households - help.covered }

    package static func += (left: inout CoverageCounts, right: CoverageCounts) {
        left.households += right.households
        left.jointNeeds += right.jointNeeds
        left.help += right.help
    }
}

/// A division with what is counted in it itself, without those below it.
private struct CountedDivision {
    let id: Identifier
    let level: Int
    let scope: Scope
    var counts: CoverageCounts
}

/// The coverage of an area.
package struct Coverage {
    /// The area; nil where the caller may see nothing of what was asked for.
    package let division: Division?
    package private(set) var total = CoverageCounts()
    package private(set) var items: [(division: Division, counts: CoverageCounts)] = []
    /// What is counted of the area itself and of none below it: cadres who serve a town, and not one of its villages.
    package private(set) var own = CoverageCounts()

    /// Whether the area has a line of its own beside those below it, so that these add up to the sum.
    package var hasOwn: Bool { !items.isEmpty && own != CoverageCounts() }

    /// - Parameters:
    ///   - scope: what of the current tree is counted.
    ///   - day: nil for the day that is kept.
    package init(in scope: Scope, on day: CivilDate?, _ connection: Connection) throws {
        try self.init(of: PastArea(scope), on: day, connection)
    }

    /// - Parameters:
    ///   - area: of a past day a division that has merged since, too.
    ///   - day: nil for the day that is kept.
    package init(of area: PastArea, on day: CivilDate?, _ connection: Connection) throws {
        let scope = area.scope
        division = try area.division(connection)
        guard let division else { return }
        if area.former != nil, let day {
            let former = try FormerCoverage(of: area, division, on: day, connection)
            (total, own, items) = (former.total, former.own, former.items)
            return
        }
        let counted =
            try day.map { try Self.dated(in: scope, on: $0, connection) } ?? Self.kept(in: scope, connection)
        var children = try DivisionStore.children(of: division.id, connection).map { ($0, CoverageCounts()) }
        children.sort { $0.0.areaCode < $1.0.areaCode }
        let populated = PopulatedRanges(counted.filter { $0.counts.households > 0 }.map(\.scope.first))
        for own in counted where own.level > division.level.rawValue || own.id == division.id {
            var counts = own.counts
            // Whoever is linked to an area without households has nothing to do, and is not idle.
            if !populated.hasHouseholds(in: own.scope) { counts.help.zeroDuty = 0 }
            total += counts
            if own.id == division.id { self.own = counts }
            guard own.id != division.id,
                let index = children.lastIndex(where: { $0.0.areaCode <= own.scope.first }),
                children[index].0.scope.contains(own.scope)
            else { continue }
            children[index].1 += counts
        }
        items = children
    }

    /// Only divisions that lie in the range as a whole: a town may share its place with its first village.
    private static let inside = "d.successor_id IS NULL AND d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2"

    private static func kept(in scope: Scope, _ connection: Connection) throws -> [CountedDivision] {
        let figures = HelpFigures.columns.split(separator: ", ").map { "f.\($0)" }.joined(separator: ", ")
        return try connection.query(
            """
            SELECT d.id, d.level, d.area_code, d.area_last,
                (SELECT a.counts FROM household_figure a WHERE a.village_id = d.id AND a.dimension = 'all'),
                (SELECT a.counts FROM household_figure a WHERE a.village_id = d.id AND a.dimension = 'help-need'),
                \(figures)
            FROM division d LEFT JOIN help_figure f ON f.division_id = d.id WHERE \(inside)
            """, scope.first, scope.last
        ) { row in
            var counts = CoverageCounts()
            if !row.isNull(4) { FigureText.forEach(row.utf8(4)) { counts.households += $1.households } }
            if !row.isNull(5) {
                FigureText.forEach(row.utf8(5)) { code, figure in
                    if code.elementsEqual("two".utf8) { counts.jointNeeds += figure.households }
                }
            }
            counts.help = HelpFigures(row, from: 6)
            return CountedDivision(
                id: try row.identifier(0), level: row.int(1), scope: Scope(first: row.int64(2), last: row.int64(3)),
                counts: counts)
        }
    }

    private static func dated(
        in scope: Scope, on day: CivilDate, _ connection: Connection
    ) throws -> [CountedDivision] {
        var counted = try connection.query(
            "SELECT d.id, d.level, d.area_code, d.area_last FROM division d WHERE \(inside)", scope.first, scope.last
        ) {
            CountedDivision(
                id: try $0.identifier(0), level: $0.int(1), scope: Scope(first: $0.int64(2), last: $0.int64(3)),
                counts: CoverageCounts())
        }
        let places = Dictionary(uniqueKeysWithValues: counted.enumerated().map { ($1.id, $0) })
        let recount = HelpRecount.dated
        let households =
            try recount.help(on: day, connection) + """
                , s AS (\(HelpRecount.helpSums))
                SELECT n.village_id, n.households, n.needs, \(HelpFigures.columns) FROM (
                    SELECT village_id, count(*) AS households, sum(needs_two_units) AS needs FROM h
                    GROUP BY village_id) n
                LEFT JOIN s ON s.division_id = n.village_id
                """
        try connection.forEach(households, day, scope.first, scope.last) { row in
            guard let place = places[try row.identifier(0)] else { return }
            counted[place].counts.households += row.int(1)
            counted[place].counts.jointNeeds += row.int(2)
            counted[place].counts.help += HelpFigures(row, from: 3)
        }
        try connection.forEach(
            "\(recount.carry) SELECT division_id, \(HelpFigures.columns) FROM (\(HelpRecount.carrySums))", day
        ) { row in
            guard let place = places[try row.identifier(0)] else { return }
            counted[place].counts.help += HelpFigures(row, from: 1)
        }
        return counted
    }
}
