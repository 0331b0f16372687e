// Helpers without a visit of their own for too long (half a year, if no area says otherwise): those who have helped a
// household at least as long, and neither made a visit nor came along to one since.

import Archive
import Domain
import Pairing
import SQL
import Service

/// One of them.
struct HelperAlarm {
    let id: Identifier
    /// In which they are counted; of a former division that to which they were linked.
    fileprivate(set) var division: Identifier
    let areaCode: Int64
    /// Those they help on the day.
    let households: Int
    /// The first day of their help to any of them.
    let since: CivilDate
    /// The last time that they visited anybody, as far as it matters.
    fileprivate(set) var lastVisit: CivilDate?

    /// Days without a visit, while they helped.
    func days(on day: CivilDate) -> Int { day.days(since: max(lastVisit ?? .first, since)) }
}

enum HelperAlarms {
    /// The default where no area states one.
    private static let daysDefault = 180

    /// Those of an area: of one that has merged since, who were linked to it on the day.
    static func read(
        of area: PastArea, on day: CivilDate, today: CivilDate, _ connection: Connection
    ) throws -> [HelperAlarm] {
        let found = try read(in: area.scope, on: day, today: today, connection)
        guard area.former != nil else { return found }
        return try found.compactMap { helper in
            let link = try connection.first(CadreTable.links.asOf("cadre_id = $1", day: "$2"), helper.id, day) {
                try $0.identifier(1)
            }
            guard let link, area.isOfFormer(link) else { return nil }
            var helper = helper
            helper.division = link
            return helper
        }
    }

    /// Those of the cadres who are counted in a range today.
    ///
    /// - Parameter today: the last visits until then are kept; of earlier days they are looked for.
    static func read(
        in scope: Scope, on day: CivilDate, today: CivilDate, _ connection: Connection
    ) throws -> [HelperAlarm] {
        var helpers: [HelperAlarm] = []
        let quietSince = day == today ? day.adding(days: -(try shortestLimit(connection))) : .last
        // A town may share its place with its first village, whose caller does not see the town's cadres.
        try connection.forEach(
            """
            SELECT k.cadre_id, d.id, d.area_code, count(*), min(p.first_on), x.last_visit_on
            FROM division d CROSS JOIN cadre_help k ON k.division_id = d.id
            LEFT JOIN cadre_contact x ON x.cadre_id = k.cadre_id
            CROSS JOIN pairing p ON p.cadre_id = k.cadre_id AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
            WHERE d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2 AND d.successor_id IS NULL
                AND (x.last_visit_on IS NULL OR x.last_visit_on <= $4) AND \(Helping.isAble("k.cadre_id", on: "$3"))
            GROUP BY d.area_code, d.id, k.cadre_id
            """, scope.first, scope.last, day, quietSince
        ) { row in
            helpers.append(
                HelperAlarm(
                    id: try row.identifier(0), division: try row.identifier(1), areaCode: row.int64(2),
                    households: row.int(3), since: try row.date(4),
                    lastVisit: day == today ? try row.optionalDate(5) : nil))
        }
        var limits = NearestNumber(ParameterKey.alarmNoVisit)
        return try helpers.compactMap { helper in
            let limit = try limits.value(in: helper.division, on: day, connection) ?? daysDefault
            guard day.days(since: helper.since) >= limit, helper.days(on: day) >= limit else { return nil }
            guard day != today else { return helper }
            var helper = helper
            for lastVisit in [CadreContacts.lastAuthored, CadreContacts.lastAccompanied] {
                helper.lastVisit = max(try lastVisit(helper.id, day, connection) ?? .first, helper.lastVisit ?? .first)
                if helper.days(on: day) < limit { return nil }
            }
            return helper
        }
    }

    /// The shortest limit that any area states: no alarm comes earlier.
    private static func shortestLimit(_ connection: Connection) throws -> Int {
        let values = try connection.query(
            "SELECT value FROM parameter WHERE key = $1", ParameterKey.alarmNoVisit
        ) { ParameterValue(stored: $0.text(0))?.number }
        return values.compactMap(\.self).reduce(daysDefault, min)
    }
}
