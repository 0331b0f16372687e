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
        var terms = ConsolidationTerms()
        var counted: [(number: Int64, kept: HouseholdHelp?, counted: HouseholdHelp?)] = []
        var open: [(index: Int, state: String, since: CivilDate, lostOn: CivilDate)] = []
        try connection.forEach(question(list), values: values) { row in
            let number = row.int64(0)
            let kept = row.isNull(keptColumn) ? nil : try read(row, from: keptColumn)
            let helpers = helping[number]
            // One that has ended needs nobody.
            if !row.isNull(keptColumn + 8) { return counted.append((number, kept, nil)) }
            let lost = try max(row.optionalDate(6) ?? .first, row.optionalDate(7) ?? .first)
            let past = try helpers == nil ? row.optionalDate(8) ?? row.optionalDate(9) : nil
            let lostOn = lost > .first ? lost : past
            guard helpers != nil || lostOn != nil else { return counted.append((number, kept, nil)) }
            var help = HouseholdHelp(villageId: try row.identifier(1))
            help.responsible = row.optionalIdentifier(5)
            help.helpers = helpers?.count ?? 0
            help.units = helpers?.units.count ?? 0
            help.isJointMet = row.bool(4) && help.units >= 2
            help.isOutside = helpers?.isOutside ?? false
            if help.responsible == nil, let lostOn {
                open.append((counted.count, row.text(2), try row.date(3), lostOn))
            }
            counted.append((number, kept, help))
        }
        for (index, state, since, lostOn) in open {
            guard let village = counted[index].counted?.villageId,
                try terms.binds(state: state, since: since, in: village, on: day, connection)
            else { continue }
            counted[index].counted?.awaitingSince = lostOn
            counted[index].counted?.dueOn = try deadlines.until(lostOn, in: village, connection)
        }
        return counted
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
    private static let keptColumn = 10

    /// Since when nobody covers it: the end of the last days on which it was covered, or the day of a handover that
    /// took a pairing back whole; else, where nobody helps beside, the end of the last help, or the day on which
    /// somebody was named who never could.
    private static func question(_ list: String) -> String {
        """
        SELECT h.household_number, h.village_id, h.state, h.state_since, h.needs_two_units,
            \(Helping.responsible("h.household_number", on: "$1")),
            (SELECT max(x.end_on) FROM household_covered x WHERE x.household_number = h.household_number
                AND x.end_on <= $1),
            (SELECT max(p.end_on) FROM pairing p WHERE p.household_number = h.household_number
                AND p.end_on <= $1 AND p.end_on = p.first_on AND p.handover_id IS NOT NULL),
            (SELECT max(a.end_on) FROM pairing_able a WHERE a.household_number = h.household_number
                AND a.end_on <= $1),
            (SELECT max(p.first_on) FROM pairing p WHERE p.household_number = h.household_number
                AND p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > p.first_on)),
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
