// How a household is helped on the day that is kept (R034, R046): counted from its pairings in the transaction that
// touches one of them. A recount in SQL of its own is in HelpRecount.

import Archive
import Domain
import SQL

/// A household that has had a helper, as it is helped on the day.
package struct HouseholdHelp: Equatable {
    package var villageId: Identifier
    /// Who answers for it.
    package var responsible: Identifier?
    package var helpers = 0
    /// Different organizations of its helpers.
    var units = 0
    /// Whether it needs helpers of two units and has them.
    var isJointMet = false
    /// The day on which it lost its last helper without being lifted.
    var awaitingSince: CivilDate?
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
        var helping: [Int64: (count: Int, units: Set<Identifier>)] = [:]
        try connection.forEach(
            """
            SELECT p.household_number, c.organization_id FROM pairing p JOIN cadre c ON c.id = p.cadre_id
            WHERE p.household_number IN (\(list)) AND p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > $1)
            """, values: values
        ) { row in
            helping[row.int64(0), default: (0, [])].count += 1
            helping[row.int64(0), default: (0, [])].units.insert(try row.identifier(1))
        }
        var counted: [(number: Int64, kept: HouseholdHelp?, counted: HouseholdHelp?)] = []
        try connection.forEach(question(list), values: values) { row in
            let number = row.int64(0)
            let kept = row.isNull(6) ? nil : try read(row, from: 6)
            let lostOn = try row.optionalDate(5)
            let helpers = helping[number]
            // One that has ended needs nobody.
            guard row.isNull(13), helpers != nil || lostOn != nil else { return counted.append((number, kept, nil)) }
            var help = HouseholdHelp(villageId: try row.identifier(1))
            help.responsible = row.optionalIdentifier(4)
            help.helpers = helpers?.count ?? 0
            help.units = helpers?.units.count ?? 0
            help.isJointMet = row.bool(3) && help.units >= 2
            if helpers == nil, row.text(2) != liftedState { help.awaitingSince = lostOn }
            counted.append((number, kept, help))
        }
        for index in counted.indices {
            guard let since = counted[index].counted?.awaitingSince, let village = counted[index].counted?.villageId
            else { continue }
            counted[index].counted?.dueOn = try deadlines.until(since, in: village, connection)
        }
        return counted
    }

    package static let liftedState = "lifted"

    /// The last day on which somebody stopped helping is the day since which nobody helps; where somebody helps today
    /// it is not looked at.
    private static func question(_ list: String) -> String {
        """
        SELECT h.household_number, h.village_id, h.state, h.needs_two_units,
            (SELECT p.cadre_id FROM responsibility r JOIN pairing p ON p.id = r.pairing_id
                WHERE r.household_number = h.household_number AND r.superseded_at IS NULL AND r.valid_from <= $1
                AND (r.valid_to IS NULL OR r.valid_to > $1)),
            (SELECT max(p.end_on) FROM pairing p WHERE p.household_number = h.household_number
                AND p.first_on <= $1 AND p.end_on <= $1 AND (p.end_on > p.first_on OR p.handover_id IS NOT NULL)),
            k.village_id, k.responsible_cadre_id, k.helper_count, k.unit_count, k.is_joint_met, k.awaiting_since,
            k.due_on, h.ended_on
        FROM household h LEFT JOIN household_help k ON k.household_number = h.household_number
        WHERE h.household_number IN (\(list))
        """
    }

    private static func read(_ row: borrowing Row, from first: Int) throws -> HouseholdHelp {
        HouseholdHelp(
            villageId: try row.identifier(first), responsible: row.optionalIdentifier(first + 1),
            helpers: row.int(first + 2), units: row.int(first + 3), isJointMet: row.bool(first + 4),
            awaitingSince: try row.optionalDate(first + 5), dueOn: try row.optionalDate(first + 6))
    }

    private static func write(_ help: HouseholdHelp?, _ number: Int64, _ connection: Connection) throws {
        guard let help else {
            try connection.run("DELETE FROM household_help WHERE household_number = $1", number)
            return
        }
        try connection.run(
            """
            INSERT INTO household_help (household_number, village_id, responsible_cadre_id, helper_count, unit_count,
                is_joint_met, awaiting_since, due_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (household_number) DO UPDATE SET village_id = excluded.village_id,
                responsible_cadre_id = excluded.responsible_cadre_id, helper_count = excluded.helper_count,
                unit_count = excluded.unit_count, is_joint_met = excluded.is_joint_met,
                awaiting_since = excluded.awaiting_since, due_on = excluded.due_on
            """, number, help.villageId, help.responsible, help.helpers, help.units, help.isJointMet,
            help.awaitingSince, help.dueOn)
    }
}

/// By when a household that awaits a successor must have one: a parameter of its village, as of the day on which it
/// lost its last helper.
struct HandoverDeadlines {
    /// The default where no area states one.
    private static let daysDefault = 15

    private var days = NearestNumber(ParameterKey.handoverDeadline)

    mutating func until(_ since: CivilDate, in village: Identifier, _ connection: Connection) throws -> CivilDate {
        since.adding(days: try days.value(in: village, on: since, connection) ?? Self.daysDefault)
    }
}
