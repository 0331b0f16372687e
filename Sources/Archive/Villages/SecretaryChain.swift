// The secretaries of the five levels who are responsible for a village (五级书记, R013), on any day; the parents are those
// of that day. Names and titles of the levels above are shown to everybody below.

import Domain
import HTTP1
import SQL
import Service
import Web

enum SecretaryChain {
    /// A division as it was called on a day.
    private struct Link {
        let id: Identifier
        let code: Int64
        let name: String
        let parent: Identifier?
        let level: Int
    }

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
        try query.finish()
        let village = try VillageTable.visible(call.parameters[0], on: day, call.caller.scope, connection)
        var chain: [Int: Link] = [:]
        var next: Identifier? = village.division.id
        while let id = next, let link = try link(id, on: day, connection), chain[link.level] == nil {
            chain[link.level] = link
            next = link.parent
        }
        guard let own = chain[DivisionLevel.village.rawValue] else { throw Problem(.notFound) }
        var json = JSONWriter(reserve: 1_024)
        try json.object { json in
            json.key("villageCode")
            json.areaCode(village.division.code.value)
            json.key("villageName")
            json.string(own.name)
            if let town = chain[DivisionLevel.town.rawValue] {
                json.key("townName")
                json.string(town.name)
            }
            json.key("on")
            json.string(day.description)
            json.key("items")
            try json.array { json in
                for level in DivisionLevel.allCases {
                    json.beginObject()
                    json.key("level")
                    json.string(level.name)
                    try write(chain[level.rawValue], on: day, &json, connection)
                    json.endObject()
                }
            }
        }
        return try .content(json.take(), call)
    }

    private static func link(_ id: Identifier, on day: CivilDate, _ connection: Connection) throws -> Link? {
        try connection.first(
            """
            SELECT d.id, v.code, v.name, v.parent_id, d.level FROM division_version v
            JOIN division d ON d.id = v.division_id
            WHERE v.division_id = $1 AND v.superseded_at IS NULL AND v.valid_from <= $2
                AND (v.valid_to IS NULL OR v.valid_to > $2)
            """, id, day
        ) {
            Link(
                id: try $0.identifier(0), code: $0.int64(1), name: $0.text(2), parent: $0.optionalIdentifier(3),
                level: $0.int(4))
        }
    }

    /// What is shown of a duty `t` and its cadre `c`.
    private static let holder = [
        ListColumn("dutyId", "t.duty_id", .identifier), ListColumn("cadreId", "t.cadre_id", .identifier),
        ListColumn("cadreName", "c.name"), ListColumn("holderName", "t.holder_name"),
        ListColumn("title", "coalesce(t.title, c.position_title)"), ListColumn("from", "t.valid_from"),
    ]

    /// A level without a division, or whose division has no secretary, is vacant.
    private static func write(
        _ link: Link?, on day: CivilDate, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        var isVacant = true
        if let link {
            json.key("areaCode")
            json.areaCode(link.code)
            json.key("areaName")
            json.string(link.name)
            try connection.forEach(
                """
                SELECT \(holder.map(\.expression).joined(separator: ", "))
                FROM duty_term t LEFT JOIN cadre c ON c.id = t.cadre_id
                WHERE t.division_id = $1 AND t.kind = 'party-secretary' AND t.superseded_at IS NULL
                    AND t.valid_from <= $2 AND (t.valid_to IS NULL OR t.valid_to > $2)
                LIMIT 1
                """, link.id, day
            ) { row in
                isVacant = false
                ListAnswer.writeMembers(row, holder, &json)
            }
        }
        json.key("isVacant")
        json.boolean(isVacant)
    }
}
