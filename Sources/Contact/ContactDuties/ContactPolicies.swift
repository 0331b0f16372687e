// What the parameters of a village say of calls and visits, on every day (R060 to R062). A recount asks for thousands
// of households, so each village is read once.

import Archive
import Domain
import Pairing
import SQL
import Service

/// What holds in a village from a day on, until the next one.
struct ContactPolicySegment {
    let first: CivilDate
    let phone: ContactCadence?
    /// Visits to a household that is not lifted.
    let unlifted: ContactCadence?
    /// Visits to a lifted household.
    let lifted: ContactCadence?
    let monthsBack: Int
}

/// What has held and will hold in a village.
struct ContactPolicy {
    /// Ascending, the first one from the first day there is.
    let segments: [ContactPolicySegment]

    func segment(on day: CivilDate) -> ContactPolicySegment? { segments.last { $0.first <= day } }
}

/// The policies that one transaction or one question has read. Used on one thread.
final class ContactPolicies {
    static let keys = [
        ParameterKey.cadencePhone, ParameterKey.cadenceVisit, ParameterKey.cadenceVisitUnlifted,
        ParameterKey.cadenceVisitLifted, ParameterKey.contactDutiesMonthsBack,
    ]
    /// The default where no area states one.
    private static let monthsBackDefault = 12

    /// Parameters that decide on duties of contact; those of occasions do too.
    static func concerns(_ key: String) -> Bool { keys.contains(key) || OccasionPolicies.concerns(key) }

    private var found: [Identifier: ContactPolicy] = [:]

    let occasions = OccasionPolicies()

    /// Other rows or places hold now.
    func forget() {
        found = [:]
        occasions.forget()
    }

    func policy(of village: Identifier, _ connection: Connection) throws -> ContactPolicy {
        if let policy = found[village] { return policy }
        let chain = try AreaChain.of(DivisionStore.find(village, connection), connection)
        let policy = try Self.read(chain, connection)
        found[village] = policy
        return policy
    }

    private struct Row {
        let key: String
        let distance: Int
        let value: Int
        let days: DayInterval
    }

    private static func read(_ chain: AreaChain, _ connection: Connection) throws -> ContactPolicy {
        var values: [any Bindable] = keys
        values += chain.divisions.map(\.id) as [any Bindable]
        let names = TouchedPieces.parameters(keys.count, from: 1)
        let places = TouchedPieces.parameters(chain.divisions.count, from: keys.count + 1)
        let rows = try connection.query(
            """
            SELECT key, division_id, value, first_on, end_on FROM parameter
            WHERE key IN (\(names)) AND (division_id IS NULL OR division_id IN (\(places)))
                AND (end_on IS NULL OR end_on > first_on)
            """, values: values
        ) { row in
            Row(
                key: row.text(0), distance: chain.distance(row.optionalIdentifier(1)),
                value: ParameterValue(stored: row.text(2))?.number ?? 0,
                days: DayInterval(first: try row.date(3), end: try row.optionalDate(4)))
        }
        let days = Set([CivilDate.first] + rows.map(\.days.first) + rows.compactMap(\.days.end)).sorted()
        return ContactPolicy(
            segments: days.map { day in segment(from: day, rows.filter { $0.days.contains(day) }) })
    }

    /// The general cadence of visits counts only where it is stated nearer than the one of a state.
    private static func segment(from day: CivilDate, _ rows: [Row]) -> ContactPolicySegment {
        func nearest(_ key: String) -> Row? {
            rows.filter { $0.key == key }.min { $0.distance < $1.distance }
        }
        let general = nearest(ParameterKey.cadenceVisit)
        func visits(_ key: String) -> ContactCadence? {
            let special = nearest(key)
            let row = [special, general].compactMap(\.self).min { $0.distance < $1.distance }
            return ContactCadence(timesPerYear: row?.value ?? 0)
        }
        return ContactPolicySegment(
            first: day, phone: ContactCadence(timesPerMonth: nearest(ParameterKey.cadencePhone)?.value ?? 0),
            unlifted: visits(ParameterKey.cadenceVisitUnlifted), lifted: visits(ParameterKey.cadenceVisitLifted),
            monthsBack: nearest(ParameterKey.contactDutiesMonthsBack)?.value ?? monthsBackDefault)
    }
}
