// Helpers without a visit of their own for too long (half a year, if no area says otherwise): those who have helped a
// household at least as long, and neither made a visit nor came along to one since.

import Domain
import HTTP1
import SQL
import Web

struct ContactAlarms: ListPages {
    static let writing = ListWriting(
        name: "contact-alarms",
        members: [
            "helperId", "helperName", "organizationId", "organizationName", "areaCode", "areaName", "households",
            "helpingSince", "lastVisitOn", "days",
        ])
    /// Where no area says anything.
    private static let daysDefault = 180

    private struct Alarm {
        let id: Identifier
        let name: String
        let organization: (id: Identifier, name: String)
        let division: (id: Identifier, code: Int64, name: String)
        let households: Int
        let since: CivilDate
        let lastVisit: CivilDate?
        var days = 0

        var place: [CursorPart] { [.integer(Int64(days)), .bytes(id.bytes)] }

        var cells: [ListCell] {
            [
                .text(id.description), .text(name), .text(organization.id.description), .text(organization.name),
                .areaCode(division.code), .text(division.name), .integer(Int64(households)),
                .text(since.description), lastVisit.map { .text($0.description) } ?? .none, .integer(Int64(days)),
            ]
        }
    }

    private let paging: Paging
    private let alarms: [Alarm]
    private let after: (days: Int, id: [UInt8])?

    init(_ call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        let area = query.value("area", HouseholdBodyReader.areaCode)
        let paging = Paging(&query)
        try query.finish()
        self.paging = paging
        after = try Self.writing.place(paging, call).flatMap { parts in
            guard parts.count == 2, case .integer(let days) = parts[0], case .bytes(let id) = parts[1] else {
                throw InvalidCursor()
            }
            return (Int(days), id)
        }
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        alarms = try Self.read(in: scope, on: call.now.shanghaiDate, connection)
    }

    /// The longest first.
    private static func read(in scope: Scope, on today: CivilDate, _ connection: Connection) throws -> [Alarm] {
        var found: [Alarm] = []
        // A town may share its place with its first village, whose caller does not see the town's cadres.
        try connection.forEach(
            """
            SELECT c.id, c.name, o.id, o.name, d.id, d.code, d.name, count(*), min(p.first_on), x.last_visit_on
            FROM division d CROSS JOIN cadre_help k ON k.division_id = d.id
            CROSS JOIN pairing p ON p.cadre_id = k.cadre_id AND p.first_on <= $3 AND (p.end_on IS NULL OR p.end_on > $3)
            JOIN cadre c ON c.id = k.cadre_id JOIN organization o ON o.id = c.organization_id
            LEFT JOIN cadre_contact x ON x.cadre_id = k.cadre_id
            WHERE d.area_code BETWEEN $1 AND $2 AND d.area_last <= $2 AND d.successor_id IS NULL
            GROUP BY c.id, c.name, o.id, o.name, d.id, d.code, d.name, x.last_visit_on
            """, scope.first, scope.last, today
        ) { row in
            found.append(
                Alarm(
                    id: try row.identifier(0), name: row.text(1),
                    organization: (try row.identifier(2), row.text(3)),
                    division: (try row.identifier(4), row.int64(5), row.text(6)), households: row.int(7),
                    since: try row.date(8), lastVisit: try row.optionalDate(9)))
        }
        var limits = NearestNumber(ParameterKey.alarmNoVisit)
        var alarms: [Alarm] = []
        for var alarm in found {
            let limit = try limits.value(in: alarm.division.id, on: today, connection) ?? daysDefault
            alarm.days = today.days(since: max(alarm.lastVisit ?? .first, alarm.since))
            if let last = alarm.lastVisit, last < alarm.since { alarm.days = today.days(since: alarm.since) }
            guard alarm.days >= limit else { continue }
            alarms.append(alarm)
        }
        return alarms.sorted { ($0.days, $1.id) > ($1.days, $0.id) }
    }

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let rest = alarms.filter { alarm in
            guard let after else { return true }
            return alarm.days != after.days
                ? alarm.days < after.days : after.id.lexicographicallyPrecedes(alarm.id.bytes)
        }
        let page = rest.prefix(paging.limit)
        return try Self.writing.page(
            page.map(\.cells), place: rest.count > page.count ? page.last?.place : nil,
            total: paging.counts ? alarms.count : nil, call)
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        try Self.writing.whole(paging, call) { write in for alarm in alarms { try write(alarm.cells) } }
    }
}
