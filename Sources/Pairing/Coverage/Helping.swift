// Who helps, and who must be helped (R041, R046): the words in which SQL asks for it. What they mean stands in the
// views `pairing_able` and `household_covered` of the schema and in `Consolidation`, and nowhere else.

import Archive
import Domain
import SQL
import Service

package enum Helping {
    /// Whether a cadre can help on a day: in the register, with a quota.
    ///
    /// - Parameters:
    ///   - cadre: expression of an id.
    ///   - day: a parameter or another expression.
    package static func isAble(_ cadre: String, on day: String) -> String {
        """
        EXISTS (SELECT 1 FROM cadre_capacity able WHERE able.cadre_id = \(cadre) AND able.quota > 0
            AND able.valid_from <= \(day) AND (able.valid_to IS NULL OR able.valid_to > \(day)))
        """
    }

    /// The cadre who answers for a household on a day and can help; NULL where it is not covered.
    ///
    /// - Parameter household: expression of its number.
    package static func responsible(_ household: String, on day: String) -> String {
        covered("cadre_id", household, day)
    }

    /// The pairing of that cadre.
    package static func responsiblePairing(_ household: String, on day: String) -> String {
        covered("pairing_id", household, day)
    }

    private static func covered(_ column: String, _ household: String, _ day: String) -> String {
        """
        (SELECT covered.\(column) FROM household_covered covered WHERE covered.household_number = \(household)
            AND \(DayInterval.holds("covered", on: day)))
        """
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

/// How long the lifted are helped as before: a parameter of their village, as of the day of the question.
struct ConsolidationTerms {
    private var months = NearestNumber(ParameterKey.pairingConsolidation)

    /// Whether a household must be helped on a day.
    mutating func binds(
        state: String, since: CivilDate, in village: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> Bool {
        guard state == Consolidation.liftedState else { return true }
        let months = try months.value(in: village, on: day, connection) ?? Consolidation.monthsDefault
        return Consolidation.binds(state: state, since: since, on: day, months: months)
    }

    /// Households that may stop or begin to be bound when the parameter says something else: those lifted whom nobody
    /// covers.
    static let concerned = """
        SELECT k.household_number FROM household_help k JOIN household h ON h.household_number = k.household_number
        WHERE h.state = 'lifted' AND k.responsible_cadre_id IS NULL
        """
}
