// One visit as JSON: what was recorded, and what became of it. From rows straight to JSON.

import Domain
import SQL
import Service
import Web

package enum VisitView {
    /// The visit where its household or village is in a range; nil when it is not.
    ///
    /// - Parameter draft: what was stored just now, so that parts that it has not are not asked for.
    package static func json(
        _ id: Identifier, _ scope: Scope, of draft: VisitDraft? = nil, _ connection: Connection
    ) throws -> (version: Int, body: [UInt8])? {
        var json = JSONWriter(reserve: 1_024)
        var found: (version: Int, number: Int64)?
        let villages = VillageNames(connection)
        try connection.forEach(head, id, scope.first, scope.last) { row in
            found = (row.int(1), row.int64(columns.count))
            try villages.enter(row, columns)
            json.beginObject()
            write(row, villages, &json)
        }
        guard let found else { return nil }
        try parts(found.number, of: draft, &json, connection)
        json.endObject()
        return (found.version, json.take())
    }

    private static let columns =
        VisitList.shared + [ListColumn("clockOffsetMs", "v.clock_offset_ms", .integer)]
    private static let head = """
        SELECT \(columns.map(\.expression).joined(separator: ", ")), v.visit_number, v.latitude, v.longitude,
            v.accuracy_metres
        FROM \(VisitList.source) WHERE v.id = $1 AND v.area_code BETWEEN $2 AND $3
        """

    private static func write(_ row: borrowing Row, _ villages: VillageNames, _ json: inout JSONWriter) {
        ListAnswer.writeMembers(row, columns, &json, villages)
        let location = columns.count + 1
        guard !row.isNull(location) else { return }
        json.key("location")
        json.object { json in
            json.key("latitude")
            json.number(row.double(location))
            json.key("longitude")
            json.number(row.double(location + 1))
            if !row.isNull(location + 2) {
                json.key("accuracyMetres")
                json.number(row.double(location + 2))
            }
        }
    }

    // MARK: What belongs to it

    private static func parts(
        _ number: Int64, of draft: VisitDraft?, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        if draft?.hasMarks ?? true { try marks(number, &json, connection) }
        if draft?.companions.isEmpty != true { try companions(number, &json, connection) }
        if draft?.deeds.isEmpty != true {
            try array("deeds", number, "SELECT kind, result FROM visit_deed", &json, connection) { row, json in
                json.optional("kind", row, 0)
                json.optional("result", row, 1)
            }
        }
        if draft?.gifts.isEmpty != true { try gifts(number, &json, connection) }
        if draft?.events.isEmpty != true { try events(number, &json, connection) }
        guard draft?.attachments.isEmpty != true else { return }
        try array("attachments", number, "SELECT kind, sha256 FROM visit_attachment", &json, connection) { row, json in
            json.optional("kind", row, 0)
            json.key("sha256")
            json.string(row.withBlob(1) { Hex.text($0) })
        }
    }

    private static func companions(_ number: Int64, _ json: inout JSONWriter, _ connection: Connection) throws {
        let query = "SELECT m.cadre_id, c.name, m.name FROM visit_companion m LEFT JOIN cadre c ON c.id = m.cadre_id"
        try array("companions", number, query, &json, connection) { row, json in
            if !row.isNull(0) {
                json.key("cadreId")
                json.identifier(row, 0)
            }
            json.optional("cadreName", row, 1)
            json.optional("name", row, 2)
        }
    }

    private static func events(_ number: Int64, _ json: inout JSONWriter, _ connection: Connection) throws {
        try array("events", number, "SELECT kind, happened_on, note FROM visit_event", &json, connection) { row, json in
            json.optional("kind", row, 0)
            json.optional("happenedOn", row, 1)
            json.optional("note", row, 2)
        }
    }

    private static func gifts(_ number: Int64, _ json: inout JSONWriter, _ connection: Connection) throws {
        try array(
            "gifts", number,
            "SELECT kind, quantity_thousandths, unit, value_fen, donor, donor_name FROM visit_gift", &json, connection
        ) { row, json in
            json.optional("kind", row, 0)
            json.key("quantity")
            json.raw(Array(thousandths(row.int(1)).utf8))
            json.optional("unit", row, 2)
            json.key("valueFen")
            json.integer(row.int64(3))
            json.optional("donor", row, 4)
            json.optional("donorName", row, 5)
        }
    }

    /// A count of thousandths as a decimal number.
    static func thousandths(_ count: Int) -> String {
        let fraction = count % 1_000
        guard fraction != 0 else { return "\(count / 1_000)" }
        let digits = "\(1_000 + fraction)".dropFirst()
        return "\(count / 1_000)." + digits.replacing(/0+$/, with: "")
    }

    private static func marks(_ number: Int64, _ json: inout JSONWriter, _ connection: Connection) throws {
        var codes: [String: [String]] = [:]
        try connection.forEach(
            """
            SELECT m.list_key, m.code FROM visit_mark m
            LEFT JOIN code_value c ON c.list_key = m.list_key AND c.code = m.code
            WHERE m.visit_number = $1 ORDER BY c.position, m.code
            """, number
        ) { codes[$0.text(0), default: []].append($0.text(1)) }
        let lists: [(StaticString, CodeListKey)] = [
            ("occasions", .visitOccasion), ("sixHelps", .sixHelps), ("sixOnes", .sixOnes),
        ]
        for (name, list) in lists {
            guard let codes = codes[list.rawValue] else { continue }
            json.key(name)
            json.array { json in for code in codes { json.string(code) } }
        }
    }

    /// The rows of a part, in their order; nothing where there are none.
    private static func array(
        _ name: StaticString, _ number: Int64, _ query: String, _ json: inout JSONWriter, _ connection: Connection,
        _ write: (borrowing Row, inout JSONWriter) -> Void
    ) throws {
        var parts = JSONWriter(reserve: 256)
        parts.beginArray()
        var isEmpty = true
        try connection.forEach(query + " WHERE visit_number = $1 ORDER BY position", number) { row in
            isEmpty = false
            parts.beginObject()
            write(row, &parts)
            parts.endObject()
        }
        guard !isEmpty else { return }
        parts.endArray()
        json.key(name)
        json.raw(parts.take())
    }
}
