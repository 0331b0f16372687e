// Who helps whom in the demonstration county: the pairing engine's own runs, approved by the machine, so that the
// helpers are those whom a county would have chosen.

import Demonstration
import Domain
import Pairing
import SQL
import Service

enum DemonstrationPairings {
    /// Months between two runs: every year a county checks who has come and who has gone.
    private static let monthsBetweenRuns = 12

    /// Pairs every county of the tree, on a day, again each year after it and on the day that the county is shown as
    /// of: by then others have been lifted long enough, and whoever has come since is there; nobody is helped before
    /// they are in the register.
    ///
    /// - Parameter asOf: the day of the county; nothing begins after it.
    static func make(
        _ divisions: [DemonstrationDivision], from first: CivilDate, asOf: CivilDate, in register: Register
    ) throws {
        var days: [CivilDate] = []
        var day = first
        while day < asOf {
            days.append(day)
            day = day.adding(months: monthsBetweenRuns)
        }
        for day in days + [asOf] {
            for county in divisions where county.level == .county {
                let order = PairingRunOrder(area: county.code, day: day, applies: true)
                _ = try PairingRunCommand.run(order, register) { _ in }
            }
        }
    }

    /// Who helps each household on which days.
    static func helpers(_ connection: Connection) throws -> [Identifier: [VisitedHousehold.Help]] {
        var helpers: [Identifier: [VisitedHousehold.Help]] = [:]
        try connection.forEach(
            """
            SELECT h.id, p.cadre_id, r.pairing_id IS NOT NULL, coalesce(r.valid_from, p.first_on),
                CASE WHEN r.pairing_id IS NULL THEN p.end_on ELSE r.valid_to END
            FROM pairing p JOIN household h ON h.household_number = p.household_number
            LEFT JOIN responsibility r ON r.household_number = p.household_number AND r.pairing_id = p.id
                AND r.superseded_at IS NULL
            ORDER BY h.id, 4, p.cadre_id
            """
        ) { row in
            let help = VisitedHousehold.Help(
                cadre: try row.identifier(1), isResponsible: row.bool(2), first: try row.date(3),
                end: try row.optionalDate(4))
            helpers[try row.identifier(0), default: []].append(help)
        }
        return helpers
    }
}
