// How many helpers have not visited anybody for as long as their area alarms at, in an area and in each area below it,
// on any day. The list of those of today is in ContactAlarms; here days that are over can be asked for, from the visits
// themselves.

import Domain
import SQL

struct ContactAlarmCounts {
    private(set) var total = 0
    /// Of the areas below.
    private(set) var parts: [Int]

    /// Somebody who helps households on the day.
    private struct Helper {
        let id: Identifier
        let area: Int64
        let since: CivilDate
    }

    /// - Parameters:
    ///   - places: the areas below, ascending and apart from each other. A helper lies where he is counted today.
    init(in scope: Scope, _ places: [Scope], on day: CivilDate, _ connection: Connection) throws {
        parts = [Int](repeating: 0, count: places.count)
        let finder = PlaceFinder(places)
        let limits = try AlarmLimits(on: day, connection)
        // A town may share its place with its first village, whose caller does not see the town's cadres.
        let helpers = try connection.query(
            """
            SELECT k.cadre_id, d.area_code, min(p.first_on) FROM division d
            CROSS JOIN cadre_help k ON k.division_id = d.id
            CROSS JOIN pairing p ON p.cadre_id = k.cadre_id AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
            WHERE d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2 AND d.successor_id IS NULL
            GROUP BY k.cadre_id, d.area_code
            """, scope.first, scope.last, day
        ) { Helper(id: try $0.identifier(0), area: $0.int64(1), since: try $0.date(2)) }
        for helper in helpers {
            guard let limit = limits.days(at: helper.area) else { continue }
            let first = day.adding(days: 1 - limit)
            guard helper.since < first, try !Self.hasVisited(helper.id, from: first, through: day, connection) else {
                continue
            }
            total += 1
            if let index = finder.index(of: helper.area) { parts[index] += 1 }
        }
    }

    private static func hasVisited(
        _ cadre: Identifier, from first: CivilDate, through last: CivilDate, _ connection: Connection
    ) throws -> Bool {
        let counts =
            "v.is_counted = 1 AND v.counted_on BETWEEN $2 AND $3 AND \(ContactSort.condition(.visit, "v.kind"))"
        for question in [
            "FROM visit v WHERE v.author_id = $1 AND \(counts)",
            """
            FROM visit_companion m JOIN visit v ON v.visit_number = m.visit_number
            WHERE m.cadre_id = $1 AND \(counts)
            """,
        ] {
            let found = try connection.first("SELECT 1 \(question) LIMIT 1", cadre, first, last) { _ in true }
            if found == true { return true }
        }
        return false
    }
}

/// After how many days without a visit each area alarms.
private struct AlarmLimits {
    private struct Row {
        let scope: Scope?
        let level: Int
        let days: Int
    }

    /// Few, the nearest areas first.
    private let rows: [Row]

    init(on day: CivilDate, _ connection: Connection) throws {
        rows = try connection.query(
            """
            SELECT p.value, d.area_code, d.area_last, coalesce(d.level, 0) FROM parameter p
            LEFT JOIN division d ON d.id = p.division_id
            WHERE p.key = $1 AND p.first_on <= $2 AND (p.end_on IS NULL OR p.end_on > $2)
                AND (p.division_id IS NULL OR d.successor_id IS NULL)
            """, ParameterKey.alarmNoVisit, day
        ) { row in
            Row(
                scope: row.isNull(1) ? nil : Scope(first: row.int64(1), last: row.int64(2)), level: row.int(3),
                days: ParameterValue(stored: row.text(0))?.number ?? 0)
        }.sorted { $0.level > $1.level }
    }

    /// Nil where nobody says.
    func days(at area: Int64) -> Int? { rows.first { $0.scope?.contains(area) ?? true }?.days }
}
