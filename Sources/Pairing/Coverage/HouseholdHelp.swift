// How a household is helped on the day that is kept (R034, R046): counted from its pairings in the transaction that
// touches one of them. A recount in SQL of its own is in HelpRecount.

import Archive
import Domain
import SQL
import Service

/// A household that has had a helper, as it is helped on the day.
package struct HouseholdHelp: Equatable {
    package var villageId: Identifier
    /// Who answers for it and can help: nil where it is not covered.
    package var responsible: Identifier?
    /// Those who can help.
    package var helpers = 0
    /// Different organizations of its helpers.
    var units = 0
    /// Whether it needs helpers of two units and has them.
    var isJointMet = false
    /// Whether it lies outside the area of one of its helpers.
    package var isOutside = false
    /// The day since which nobody who can help answers for it, although it must be helped.
    package var awaitingSince: CivilDate?
    /// By when it must have another one.
    package var dueOn: CivilDate?
}

extension HouseholdHelp {
    /// Recounts households and writes what differs; what that does to the figures is added.
    ///
    /// - Parameter numbers: ascending; those of households that are not there are passed over.
    package static func keep(
        _ numbers: [Int64], on day: CivilDate, _ figures: inout HelpFigureChanges, _ connection: Connection
    ) throws {
        var deadlines = HandoverDeadlines()
        try TouchedPieces.forEach(numbers) { piece in
            for (number, kept, counted) in try count(piece, on: day, &deadlines, connection) where kept != counted {
                if let kept { figures.add(kept, -1) }
                if let counted { figures.add(counted, 1) }
                try write(counted, number, connection)
            }
        }
    }

    private static func count(
        _ numbers: [Int64], on day: CivilDate, _ deadlines: inout HandoverDeadlines, _ connection: Connection
    ) throws -> [(number: Int64, kept: HouseholdHelp?, counted: HouseholdHelp?)] {
        var values: [any Bindable] = [day]
        values += numbers as [any Bindable]
        let list = TouchedPieces.parameters(numbers.count, from: 2)
        var helping: [Int64: (count: Int, units: Set<Identifier>, isOutside: Bool)] = [:]
        try connection.forEach(helpers(list), values: values) { row in
            helping[row.int64(0), default: (0, [], false)].count += 1
            helping[row.int64(0), default: (0, [], false)].units.insert(try row.identifier(1))
            if row.bool(2) { helping[row.int64(0), default: (0, [], false)].isOutside = true }
        }
        var counted: [(number: Int64, kept: HouseholdHelp?, counted: HouseholdHelp?)] = []
        var open: [(index: Int, state: String, since: CivilDate)] = []
        try connection.forEach(question(list), values: values) { row in
            let number = row.int64(0)
            let kept = row.isNull(keptColumn) ? nil : try read(row, from: keptColumn)
            // One that has ended needs nobody.
            guard row.isNull(keptColumn + 8) else { return counted.append((number, kept, nil)) }
            let helpers = helping[number]
            var help = HouseholdHelp(villageId: try row.identifier(1))
            help.responsible = row.optionalIdentifier(5)
            help.helpers = helpers?.count ?? 0
            help.units = helpers?.units.count ?? 0
            help.isJointMet = row.bool(4) && help.units >= 2
            help.isOutside = helpers?.isOutside ?? false
            if help.responsible == nil { open.append((counted.count, row.text(2), try row.date(3))) }
            counted.append((number, kept, help))
        }
        var terms = ConsolidationTerms()
        for (index, state, since) in open {
            guard let help = counted[index].counted else { continue }
            let lostOn = try lostOn(counted[index].number, isHelped: help.helpers > 0, on: day, connection)
            guard let lostOn else {
                if help.helpers == 0 { counted[index].counted = nil }
                continue
            }
            guard try terms.binds(state: state, since: since, in: help.villageId, on: day, connection) else { continue }
            counted[index].counted?.awaitingSince = lostOn
            counted[index].counted?.dueOn = try deadlines.until(lostOn, in: help.villageId, connection)
        }
        return counted
    }

    /// Since when nobody covers a household: the end of the last days on which it was covered, or the day of a handover
    /// that took a pairing back whole; else, where nobody helps beside, the end of the last help, or the day on which
    /// somebody was named who never could. Nil for one that has never had a helper. Asked of few.
    private static func lostOn(
        _ number: Int64, isHelped: Bool, on day: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT coalesce(nullif(max(
                    coalesce((SELECT max(x.end_on) FROM household_covered x WHERE x.household_number = $1
                        AND x.end_on <= $2), ''),
                    coalesce((SELECT max(p.end_on) FROM pairing p WHERE p.household_number = $1
                        AND p.end_on <= $2 AND p.end_on = p.first_on AND p.handover_id IS NOT NULL), '')), ''),
                CASE WHEN NOT $3 THEN coalesce(
                    (SELECT max(a.end_on) FROM pairing_able a WHERE a.household_number = $1 AND a.end_on <= $2),
                    (SELECT max(p.first_on) FROM pairing p WHERE p.household_number = $1
                        AND p.first_on <= $2 AND (p.end_on IS NULL OR p.end_on > p.first_on))) END)
            """, number, day, isHelped
        ) { try $0.optionalDate(0) } ?? nil
    }

    package static let liftedState = Consolidation.liftedState

    /// Everybody who can help one of the households on the day, and whether it lies outside the area of their quota.
    private static func helpers(_ list: String) -> String {
        """
        SELECT p.household_number, c.organization_id,
            d.id IS NULL OR h.area_code NOT BETWEEN d.area_code AND d.area_last
        FROM pairing_able p JOIN cadre c ON c.id = p.cadre_id
        JOIN household h ON h.household_number = p.household_number LEFT JOIN division d ON d.id = p.division_id
        WHERE p.household_number IN (\(list)) AND \(DayInterval.holds("p", on: "$1"))
        """
    }

    /// The first column of what is kept in `question`.
    private static let keptColumn = 6

    private static func question(_ list: String) -> String {
        """
        SELECT h.household_number, h.village_id, h.state, h.state_since, h.needs_two_units,
            \(Helping.responsible("h.household_number", on: "$1")),
            k.village_id, k.responsible_cadre_id, k.helper_count, k.unit_count, k.is_joint_met, k.is_outside,
            k.awaiting_since, k.due_on, h.ended_on
        FROM household h LEFT JOIN household_help k ON k.household_number = h.household_number
        WHERE h.household_number IN (\(list))
        """
    }

    private static func read(_ row: borrowing Row, from first: Int) throws -> HouseholdHelp {
        HouseholdHelp(
            villageId: try row.identifier(first), responsible: row.optionalIdentifier(first + 1),
            helpers: row.int(first + 2), units: row.int(first + 3), isJointMet: row.bool(first + 4),
            isOutside: row.bool(first + 5), awaitingSince: try row.optionalDate(first + 6),
            dueOn: try row.optionalDate(first + 7))
    }

    private static func write(_ help: HouseholdHelp?, _ number: Int64, _ connection: Connection) throws {
        guard let help else {
            try connection.run("DELETE FROM household_help WHERE household_number = $1", number)
            return
        }
        try connection.run(
            """
            INSERT INTO household_help (household_number, village_id, responsible_cadre_id, helper_count, unit_count,
                is_joint_met, is_outside, awaiting_since, due_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (household_number) DO UPDATE SET village_id = excluded.village_id,
                responsible_cadre_id = excluded.responsible_cadre_id, helper_count = excluded.helper_count,
                unit_count = excluded.unit_count, is_joint_met = excluded.is_joint_met,
                is_outside = excluded.is_outside, awaiting_since = excluded.awaiting_since, due_on = excluded.due_on
            """, number, help.villageId, help.responsible, help.helpers, help.units, help.isJointMet,
            help.isOutside, help.awaitingSince, help.dueOn)
    }
}
