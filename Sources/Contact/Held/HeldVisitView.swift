// Held visits as JSON. What was kept is shown to whoever decides, and to nobody else; numbers of people in it are
// masked, because nobody needs them to decide.

import Domain
import SQL
import Service
import Web

enum HeldVisitView {
    static let columns =
        [
            ListColumn("id", "x.id", .identifier), ListColumn("version", "x.version", .integer),
            ListColumn("visitId", "x.visit_id", .identifier), ListColumn("cause", "x.cause"),
            ListColumn("code", "x.code"), ListColumn("state", "x.state"),
            ListColumn("householdId", "h.id", .identifier), ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village("d", town: "w") + [ListColumn("batchId", "x.batch_id", .identifier)]
        + ListColumn.actor("recordedBy", id: "x.user_id", name: "u.name") + [
            ListColumn("receivedAt", "x.received_at", .instant)
        ] + ListColumn.actor("decidedBy", id: "x.decided_by", name: "k.name") + [
            ListColumn("decidedAt", "x.decided_at", .instant), ListColumn("reason", "x.reason"),
            ListColumn("resultVisitId", "x.result_id", .identifier),
        ]
    static let source = """
        held_visit x LEFT JOIN household h ON h.household_number = x.household_number
        JOIN division d ON d.level = 5 AND d.area_code = x.area_code AND d.successor_id IS NULL
        JOIN division w ON w.id = d.parent_id
        LEFT JOIN user_account u ON u.id = x.user_id LEFT JOIN user_account k ON k.id = x.decided_by
        """

    /// One where it is in a range; nil when it is not.
    ///
    /// - Parameter showsContent: whether the caller is one who decides.
    static func json(
        _ id: Identifier, _ scope: Scope, showsContent: Bool, _ keys: KeyRing, _ connection: Connection
    ) throws -> (version: Int, body: [UInt8])? {
        var json = JSONWriter(reserve: 1_024)
        var version: Int?
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")), x.content_sealed FROM \(source)
            WHERE x.id = $1 AND x.area_code BETWEEN $2 AND $3
            """, id, scope.first, scope.last
        ) { row in
            version = row.int(1)
            json.beginObject()
            ListAnswer.writeMembers(row, columns, &json)
            if showsContent {
                json.key("content")
                let text = try keys.open(row.blob(columns.count), for: HeldVisitTable.place(id))
                try JSONDocument(Array(text.utf8)).root.writeMasked(&json)
            }
            json.endObject()
        }
        return version.map { ($0, json.take()) }
    }
}

extension JSONValue {
    /// Ids, codes of divisions, times and hashes are kept: long runs of digits stand in them too, and they are nobody's
    /// number.
    fileprivate func writeMasked(_ json: inout JSONWriter) throws {
        switch kind {
        case .null, .boolean, .number: json.raw(rawBytes)
        case .string:
            let text = string ?? ""
            let isPlain = Identifier(text) != nil || Instant(text) != nil || Hex.bytes(text)?.count == 32
            json.string(isPlain || CivilDate(text) != nil ? text : NumberMask.runs(in: text))
        case .array: try json.array { json in for element in elements { try element.writeMasked(&json) } }
        case .object:
            try json.object { json in
                for (name, value) in members {
                    var name = name
                    name.withUTF8 { json.key(utf8: $0) }
                    if name == "villageCode" { json.raw(value.rawBytes) } else { try value.writeMasked(&json) }
                }
            }
        }
    }
}
