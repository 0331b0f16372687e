// Counts the figures of the desk for an area and for each area below it: from kept rows and short walks over indexes,
// so that a county's answer takes some milliseconds, whatever its history.

import Domain
import SQL
import Service

struct DeskReading {
    /// The area; nil where the caller may see nothing of what was asked for.
    let division: Division?
    private(set) var totals: [DeskFigure: Int] = [:]
    /// Of the figures since a day.
    private(set) var items: [(division: Division, counts: [DeskFigure: Int])] = []
    /// Whether kept duties are those of every household; else those that are overdue are still being counted.
    let areDutiesKept: Bool

    init(in scope: Scope, _ days: DeskDays, _ connection: Connection) throws {
        areDutiesKept = try ContactWork.areKept(through: days.today, connection)
        division = try connection.first(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE area_code = $1 AND area_last = $2 AND successor_id IS NULL ORDER BY level LIMIT 1
            """, scope.first, scope.last, row: DivisionStore.read)
        guard let division else { return }
        items = try DivisionStore.children(of: division.id, connection).filter { $0.successorId == nil }
            .sorted { $0.areaCode < $1.areaCode }.map { ($0, [:]) }
        let finder = PlaceFinder(items.map(\.division.scope))
        let known = try DeskHelp(for: DeskFigure.allCases, in: scope, days, connection)
        for figure in DeskFigure.since {
            try Self.forEachPlace(figure, scope, days, known, connection) { place, count in
                totals[figure, default: 0] += count
                if let index = finder.index(of: place) { items[index].counts[figure, default: 0] += count }
            }
        }
        for figure in DeskFigure.today + DeskFigure.ahead where figure.overdue(on: days.today) == nil {
            if let elsewhere = Self.elsewhere(figure) {
                totals[figure] = try connection.first(elsewhere, values: Self.values(figure, scope, days)) { $0.int(0) }
            } else {
                try Self.forEachPlace(figure, scope, days, known, connection) { totals[figure, default: 0] += $1 }
            }
        }
        try countOverdue(scope, days.today, known, connection)
    }

    private static func forEachPlace(
        _ figure: DeskFigure, _ scope: Scope, _ days: DeskDays, _ known: DeskHelp, _ connection: Connection,
        _ body: (_ place: Int64, _ count: Int) -> Void
    ) throws {
        guard var source = DeskSource.of(figure, days, known) else { return }
        source.conditions.add(scope, on: source.place)
        try connection.forEach(
            """
            SELECT \(source.place), count(*) FROM \(source.counted)
            WHERE \(source.conditions.clauses.joined(separator: " AND ")) GROUP BY 1
            """, values: source.conditions.values
        ) { body($0.int64(0), $0.int(1)) }
    }

    /// The number of rows of a list that stands elsewhere, in the range `$1` to `$2`.
    private static func elsewhere(_ figure: DeskFigure) -> String? {
        switch figure {
        case .awaiting:
            """
            SELECT count(*) FROM household_help k CROSS JOIN household h ON h.household_number = k.household_number
            WHERE k.awaiting_since IS NOT NULL AND h.area_code BETWEEN $1 AND $2
            """
        case .openProposals:
            """
            SELECT count(*) FROM change_proposal p
            WHERE state = 'open' AND \(ProposalView.isAwaited) AND area_code BETWEEN $1 AND $2
            """
        case .heldVisits: "SELECT count(*) FROM held_visit WHERE state = 'open' AND area_code BETWEEN $1 AND $2"
        case .needsOverdue:
            """
            SELECT count(*) FROM need n
            WHERE answered_on IS NULL AND \(EndedNeeds.isAwaited("n")) AND due_on < $3 AND area_code BETWEEN $1 AND $2
            """
        case .warnedHouseholds:
            "SELECT count(*) FROM household WHERE warnings <> '' AND area_code BETWEEN $1 AND $2"
        default: nil
        }
    }

    private static func values(_ figure: DeskFigure, _ scope: Scope, _ days: DeskDays) -> [any Bindable] {
        [scope.first, scope.last] + (figure == .needsOverdue ? [days.today as any Bindable] : [])
    }

    /// From the sums of the villages: all that is open, without what is not over, week by week back. What somebody took
    /// over counts in the week of that.
    private mutating func countOverdue(
        _ scope: Scope, _ today: CivilDate, _ known: DeskHelp, _ connection: Connection
    ) throws {
        let villages = "FROM division v CROSS JOIN"
        let inside = "v.level = 5 AND v.successor_id IS NULL AND v.area_code BETWEEN $1 AND $2"
        let spans = DeskFigure.today.compactMap { figure in figure.overdue(on: today).map { (figure, $0) } }
        func figure(_ day: CivilDate) -> DeskFigure? { spans.first { $1.first <= day && day <= $1.last }?.0 }
        var rest =
            try connection.first(
                "SELECT coalesce(sum(f.open), 0) \(villages) contact_backlog f ON f.village_id = v.id WHERE \(inside)",
                scope.first, scope.last
            ) { $0.int(0) } ?? 0
        try connection.forEach(
            """
            SELECT f.period_end, sum(f.duties - f.done) \(villages) contact_figure f ON f.village_id = v.id
            WHERE \(inside) AND f.period_end >= $3 GROUP BY 1
            """, scope.first, scope.last, today.adding(days: -DeskFigure.weeksDays)
        ) { row in
            let end = try row.date(0)
            rest -= row.int(1)
            if end < today, let week = figure(end) { totals[week, default: 0] += row.int(1) }
        }
        totals[.dutiesOverdueLonger, default: 0] += rest
        let taken = DeskHelp.table(["household_number", "since"], "$3")
        try connection.forEach(
            """
            SELECT u.period_end, k.since, count(*) FROM \(taken) k
            CROSS JOIN household h ON h.household_number = k.household_number
            CROSS JOIN contact_duty u ON u.household_number = k.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND u.done_on IS NULL AND u.period_end < k.since AND u.period_end < $4
            GROUP BY 1, 2
            """, scope.first, scope.last, known.takeovers, today
        ) { row in
            if let week = figure(try row.date(0)) { totals[week, default: 0] -= row.int(2) }
            if let week = figure(try row.date(1)) { totals[week, default: 0] += row.int(2) }
        }
    }
}
