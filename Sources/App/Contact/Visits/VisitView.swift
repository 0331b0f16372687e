// One visit as JSON: what was recorded, and what became of it. From rows straight to JSON.

import Domain
import SQL
import Web

enum VisitView {
    /// The visit where its household or village is in a range; nil when it is not.
    ///
    /// - Parameter draft: what was stored just now, so that parts that it has not are not asked for.
    static func json(
        _ id: Identifier, _ scope: Scope, of draft: VisitDraft? = nil, _ connection: Connection
    ) throws -> (version: Int, body: [UInt8])? {
        var json = JSONWriter(reserve: 1_024)
        var found: (version: Int, number: Int64)?
        try connection.forEach(head, id, scope.first, scope.last) { row in
            found = (row.int(1), row.int64(2))
            json.beginObject()
            try write(row, &json)
        }
        guard let found else { return nil }
        try parts(found.number, of: draft, &json, connection)
        json.endObject()
        return (found.version, json.take())
    }

    private static let columns = [
        ListColumn("id", "v.id", .identifier), ListColumn("version", "v.version", .integer),
        ListColumn("", "v.visit_number", .integer), ListColumn("householdId", "h.id", .identifier),
        ListColumn("villageId", "v.village_id", .identifier),
        ListColumn("villageCode", VisitList.villageCode, .areaCode),
        ListColumn("kind", "v.kind"), ListColumn("occurredAt", "v.occurred_at", .instant),
        ListColumn("receivedAt", "v.received_at", .instant), ListColumn("countedOn", "v.counted_on"),
        ListColumn("isCounted", "v.is_counted", .boolean), ListColumn("flags", "v.flags", .texts),
        ListColumn("authorId", "v.author_id", .identifier), ListColumn("recordedBy", "v.recorded_by", .identifier),
        ListColumn("purpose", "v.purpose"), ListColumn("device", "v.device"),
        ListColumn("clockOffsetMs", "v.clock_offset_ms", .integer), ListColumn("corrects", "v.corrects", .identifier),
        ListColumn("correctedBy", VisitList.correctedBy, .identifier),
        ListColumn("isRetraction", "v.is_retraction", .boolean), ListColumn("batchId", "v.batch_id", .identifier),
    ]
    private static let head = """
        SELECT \(columns.map(\.expression).joined(separator: ", ")), v.diary_did, v.diary_saw, v.diary_thought,
            v.latitude, v.longitude, v.accuracy_metres
        FROM \(VisitList.source) WHERE v.id = $1 AND v.area_code BETWEEN $2 AND $3
        """

    private static func write(_ row: borrowing Row, _ json: inout JSONWriter) throws {
        for (index, column) in columns.enumerated() where index != 2 && !row.isNull(index) {
            json.key(column.name)
            ListAnswer.write(row, index, column.value, &json)
        }
        let texts = columns.count
        if !(row.isNull(texts) && row.isNull(texts + 1) && row.isNull(texts + 2)) {
            json.key("diary")
            json.object { json in
                json.optional("did", row, texts)
                json.optional("saw", row, texts + 1)
                json.optional("thought", row, texts + 2)
            }
        }
        guard !row.isNull(texts + 3) else { return }
        json.key("location")
        json.object { json in
            json.key("latitude")
            json.number(row.double(texts + 3))
            json.key("longitude")
            json.number(row.double(texts + 4))
            if !row.isNull(texts + 5) {
                json.key("accuracyMetres")
                json.number(row.double(texts + 5))
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
        try array("companions", number, "SELECT cadre_id, name FROM visit_companion", &json, connection) { row, json in
            if !row.isNull(0) {
                json.key("cadreId")
                json.identifier(row, 0)
            }
            json.optional("name", row, 1)
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
