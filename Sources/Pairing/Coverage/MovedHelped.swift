// Households that come to lie outside the area of their helper because their village goes to another town, or merges
// into another village. What they lay in before is noted while they move; what they lie in is asked when everything
// that follows is written, because links go over to successors too.

import Archive
import Domain
import SQL
import Service

/// The pairings of households that one transaction moves. Used by the writer's thread only.
package final class MovedHelped: Gatherer {
    package static var after: [any Gatherer.Type] { [CapacityChanges.self] }
    package static var isToldOf: Bool { true }

    /// On which days each lay outside the area of its cadre, and since when it may lie there by this.
    private var outside: [Identifier: (before: [DayInterval], day: CivilDate)] = [:]

    package init() {}

    /// Notes the pairings of a household, where anybody is told of them.
    ///
    /// - Parameters:
    ///   - place: where it lay.
    ///   - day: from which it lies elsewhere.
    func note(household: Int64, from place: Int64, on day: CivilDate, _ transaction: Transaction) throws {
        try note("p.household_number = $1", household, from: place, on: day, transaction)
    }

    /// The same for all households of a village.
    func note(village: Identifier, from place: Int64, on day: CivilDate, _ transaction: Transaction) throws {
        try note(
            "p.household_number IN (SELECT household_number FROM household WHERE village_id = $1)", village,
            from: place, on: day, transaction)
    }

    private func note(
        _ condition: String, _ whose: any Bindable, from place: Int64, on day: CivilDate, _ transaction: Transaction
    ) throws {
        guard transaction.tellsConsequences else { return }
        let connection = transaction.connection
        let pairings = try connection.query(
            """
            SELECT p.id, p.cadre_id FROM pairing p
            WHERE \(condition) AND (p.end_on IS NULL OR (p.end_on > $2 AND p.end_on > p.first_on))
            """, whose, transaction.today
        ) { (id: try $0.identifier(0), cadre: try $0.identifier(1)) }
        for (id, cadre) in pairings where outside[id] == nil {
            let segments = try CapacityReading.kept(of: cadre, connection)
            outside[id] = (try HelpEffects.outside(segments, place, connection), day)
        }
    }

    package func write(_ transaction: Transaction) throws {
        let connection = transaction.connection
        for (id, noted) in outside.sorted(by: { $0.key < $1.key }) {
            try HelpEffects.helped(
                """
                pairing p JOIN household h ON h.household_number = p.household_number
                JOIN cadre c ON c.id = p.cadre_id WHERE p.id = $1
                """, ("max(p.first_on, $2)", "p.end_on"), [id, noted.day], connection
            ) { helped, row in
                let segments = try CapacityReading.kept(of: row.identifier(9), connection)
                let now = try HelpEffects.outside(segments, helped.item.areaCode, connection)
                HelpEffects.tell(helped, outside: now, before: noted.before, transaction)
            }
        }
        outside = [:]
        guard transaction.memory(JobNotices.self).isTold else { return }
        for error in transaction.consequences.take(in: .everything).errors(at: "") {
            transaction.memory(JobNotices.self).add(ReportRow(line: 0, .warning, error))
        }
    }
}
