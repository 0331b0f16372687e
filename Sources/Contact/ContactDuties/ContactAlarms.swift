// The list of helpers who are alarmed today because they have not visited anybody for too long.

import Domain
import HTTP1
import SQL
import Service
import Web

struct ContactAlarms: ListPages {
    static let writing = ListWriting(
        name: "contact-alarms",
        members: [
            "cadreId", "cadreName", "organizationId", "organizationName", "areaCode", "areaName", "households",
            "helpingSince", "lastVisitOn", "days",
        ])
    private let paging: Paging
    private let today: CivilDate
    /// The longest first.
    private let alarms: [HelperAlarm]
    private let after: (days: Int, id: [UInt8])?

    init(_ call: Call, _ connection: Connection) throws {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
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
        let today = call.now.shanghaiDate
        self.today = today
        alarms = try HelperAlarms.read(in: scope, on: today, today: today, connection)
            .sorted { ($0.days(on: today), $1.id) > ($1.days(on: today), $0.id) }
    }

    func page(_ call: Call, _ connection: Connection) throws -> Response {
        let rest = alarms.drop { alarm in
            guard let after else { return false }
            let days = alarm.days(on: today)
            return days != after.days ? days > after.days : !after.id.lexicographicallyPrecedes(alarm.id.bytes)
        }
        let page = rest.prefix(paging.limit)
        return try Self.writing.page(
            page.map { try cells($0, connection) },
            place: rest.count > page.count ? page.last.map(place) : nil,
            total: paging.counts ? alarms.count : nil, call)
    }

    func whole(_ call: Call, _ connection: Connection) throws -> Response {
        try Self.writing.whole(paging, call) { write in
            for alarm in alarms { try write(cells(alarm, connection)) }
        }
    }

    private func place(_ alarm: HelperAlarm) -> [CursorPart] {
        [.integer(Int64(alarm.days(on: today))), .bytes(alarm.id.bytes)]
    }

    private func cells(_ alarm: HelperAlarm, _ connection: Connection) throws -> [ListCell] {
        let cells = try connection.first(
            """
            SELECT c.name, o.id, o.name, d.code, d.name FROM cadre c JOIN organization o ON o.id = c.organization_id
            JOIN division d ON d.id = $2 WHERE c.id = $1
            """, alarm.id, alarm.division
        ) { row in
            [
                .text(alarm.id.description), .text(row.text(0)), .text(try row.identifier(1).description),
                .text(row.text(2)), .areaCode(row.int64(3)), .text(row.text(4)), .integer(Int64(alarm.households)),
                .text(alarm.since.description), alarm.lastVisit.map { .text($0.description) } ?? .none,
                .integer(Int64(alarm.days(on: today))),
            ] as [ListCell]
        }
        guard let cells else { throw DamagedRow(column: 0) }
        return cells
    }
}
