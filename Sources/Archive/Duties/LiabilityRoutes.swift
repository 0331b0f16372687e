// What a cadre is or was responsible for (R047): duties and households with their days, and until when the cadre
// remains liable for them, even after moving on or leaving. The town is named as the first responsible body.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum LiabilityRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/cadres/{id}/responsibilities", Endpoint(access: .signedIn, work: .read(show)))
    ]

    private static let dutyColumns = [
        ListColumn("id", "t.duty_id", .identifier), ListColumn("kind", "t.kind"), ListColumn("title", "t.title"),
        ListColumn("teamId", "t.team_id", .identifier), ListColumn("teamName", DutyList.teamName),
        ListColumn("areaCode", "d.code", .areaCode),
        ListColumn("areaName", "d.name"), ListColumn("from", "t.valid_from"), ListColumn("to", "t.valid_to"),
        ListColumn("endReason", "t.end_reason"),
    ]
    private static let pairingColumns = [
        ListColumn("id", "p.id", .identifier), ListColumn("householdId", "h.id", .identifier),
        ListColumn("archiveNumber", "h.archive_number"), ListColumn("householderName", "h.householder_name"),
        ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
        ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"), ListColumn("endReason", "p.end_reason"),
    ]

    private struct Item {
        /// The kind of record: the last part of its path.
        let entity: String
        let first: CivilDate
        let end: CivilDate?
        let divisionId: Identifier
        /// A pairing, whose days of first responsibility are shown.
        let pairing: Identifier?
        /// The members of the item, without the closing brace.
        let head: [UInt8]
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let scope = try call.caller.scope
        guard let cadre = try CadreTable.find(id, connection) else { throw Problem(.notFound) }
        let items = try duties(id, scope, connection) + pairings(id, scope, connection)
        // Cadres who have moved on remain answerable to the place where they were; it sees what concerns it, and no
        // more.
        guard scope.contains(cadre.kept.areaCode) || !items.isEmpty else { throw Problem(.notFound) }
        var liability = Liability()
        var json = JSONWriter(reserve: 1_024 + items.count * 384)
        try json.object { json in
            json.key("cadreId")
            json.string(id.description)
            json.key("cadreName")
            json.string(cadre.state.name)
            if let ended = cadre.state.endedOn {
                json.key("to")
                json.string(ended.description)
            }
            json.key("items")
            try json.array { json in
                for item in items.sorted(by: { ($0.first, $0.entity) < ($1.first, $1.entity) }) {
                    try write(item, &liability, &json, connection)
                }
            }
        }
        return try .content(json.take(), call)
    }

    private static func duties(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [Item] {
        try read(
            "duties", dutyColumns,
            """
            duty_term t JOIN duty y ON y.id = t.duty_id JOIN division d ON d.id = t.division_id
            WHERE t.cadre_id = $1 AND t.superseded_at IS NULL AND y.area_code BETWEEN $2 AND $3
            ORDER BY t.valid_from, t.duty_id
            """, [id, scope.first, scope.last], connection)
    }

    private static func pairings(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [Item] {
        try read(
            "pairings", pairingColumns,
            """
            pairing p JOIN household h ON h.household_number = p.household_number JOIN division d ON d.id = h.village_id
            WHERE p.cadre_id = $1 AND (p.end_on IS NULL OR p.end_on > p.first_on)
                AND p.area_code BETWEEN $2 AND $3 ORDER BY p.first_on, p.id
            """, [id, scope.first, scope.last], connection)
    }

    private static func read(
        _ entity: String, _ columns: [ListColumn], _ source: String, _ values: [any Bindable],
        _ connection: Connection
    ) throws -> [Item] {
        let days = columns.firstIndex { "\($0.name)" == "from" } ?? 0
        return try connection.query(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")), d.id FROM \(source)", values: values
        ) { row in
            var json = JSONWriter(reserve: 384)
            json.beginObject()
            json.key("entity")
            json.string(entity)
            ListAnswer.writeMembers(row, columns, &json)
            json.endObject()
            return Item(
                entity: entity, first: try row.date(days), end: try row.optionalDate(days + 1),
                divisionId: try row.identifier(columns.count),
                pairing: entity == "pairings" ? try row.identifier(0) : nil, head: json.take().dropLast())
        }
    }

    private static func write(
        _ item: Item, _ liability: inout Liability, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        var rest = JSONWriter(reserve: 256)
        rest.beginObject()
        if let pairing = item.pairing {
            let days = try connection.query(
                """
                SELECT valid_from, valid_to FROM responsibility WHERE pairing_id = $1 AND superseded_at IS NULL
                ORDER BY valid_from
                """, pairing
            ) { ($0.text(0), $0.optionalText(1)) }
            rest.key("responsibleDays")
            rest.array { json in
                for (from, end) in days {
                    json.object { json in
                        json.key("from")
                        json.string(from)
                        if let end {
                            json.key("to")
                            json.string(end)
                        }
                    }
                }
            }
        }
        let chain = try AreaChain.of(
            try DivisionStore.find(item.divisionId, connection).map {
                try DivisionStore.followSuccessors($0, connection)
            }, connection)
        if let end = item.end, let place = chain.divisions.first?.id,
            let until = try liability.until(end, in: place, connection)
        {
            rest.key("liableTo")
            rest.string(until.description)
        }
        if let town = chain.divisions.first(where: { $0.level == .town }) {
            rest.key("responsibleAreaCode")
            rest.areaCode(town.code.value)
            rest.key("responsibleAreaName")
            rest.string(town.name)
        }
        rest.endObject()
        let tail = rest.take()
        json.raw(item.head + (tail.count > 2 ? [UInt8(ascii: ",")] : []) + tail.dropFirst())
    }
}

/// Until when a cadre who helped a household or held a duty remains liable after leaving (R047), by the policy of the
/// place on the day on which they left.
package struct Liability {
    private var years = NearestNumber(ParameterKey.liabilityYears)

    package init() {}

    /// - Returns: nil if no policy sets a liability.
    package mutating func until(_ end: CivilDate, in division: Identifier, _ connection: Connection) throws
        -> CivilDate?
    {
        try years.value(in: division, on: end, connection).map { end.adding(months: $0 * 12) }
    }
}
