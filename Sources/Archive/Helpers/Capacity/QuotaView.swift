// What a cadre may carry, as clients see it: all days at once, and the members of a cadre that tell it of one day. What
// they carry is counted from their pairings.

import Domain
import SQL
import Service
import Web

enum QuotaView {
    private static let segmentColumns = [
        ListColumn("quota", "c.quota", .integer), ListColumn("from", "c.valid_from"), ListColumn("to", "c.valid_to"),
        ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
    ]
    private static let personalColumns = [
        ListColumn("quota", "q.quota", .integer), ListColumn("from", "q.valid_from"), ListColumn("to", "q.valid_to"),
        ListColumn("reason", "q.reason"),
    ]

    /// All quotas of a cadre.
    ///
    /// - Parameter knownAt: milliseconds; nil for what is known now. What they may carry is kept only as known now.
    static func json(_ cadre: Identifier, knownAt: Int64? = nil, _ connection: Connection) throws -> [UInt8] {
        var json = JSONWriter(reserve: 1_024)
        json.beginObject()
        json.key("cadreId")
        json.string(cadre.description)
        json.key("cadreName")
        json.string(try connection.first("SELECT name FROM cadre WHERE id = $1", cadre) { $0.text(0) } ?? "")
        if knownAt == nil {
            json.key("quotas")
            try write(
                segmentColumns, "cadre_capacity c LEFT JOIN division d ON d.id = c.division_id WHERE c.cadre_id = $1",
                [cadre], order: "c.valid_from", &json, connection)
        }
        let belief =
            knownAt == nil
            ? "q.superseded_at IS NULL"
            : "q.recorded_at <= $2 AND (q.superseded_at IS NULL OR q.superseded_at > $2)"
        json.key("personalQuotas")
        try write(
            personalColumns, "cadre_quota q WHERE q.cadre_id = $1 AND \(belief)",
            [cadre] + (knownAt.map { [$0] as [any Bindable] } ?? []), order: "q.valid_from", &json, connection)
        json.endObject()
        return json.take()
    }

    private static func write(
        _ columns: [ListColumn], _ source: String, _ values: [any Bindable], order: String, _ json: inout JSONWriter,
        _ connection: Connection
    ) throws {
        json.beginArray()
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) ORDER BY \(order)",
            values: values
        ) { ListAnswer.write($0, columns, &json) }
        json.endArray()
    }

    private static let dayColumns = [
        ListColumn("quota", "c.quota", .integer), ListColumn("load", "count(p.id)", .integer),
    ]

    /// The members `quota`, `load` and `personalQuota` of a cadre: of a day, or of the day for which ranks are kept.
    /// What was known at a time tells no quota and no load, which are kept only as known now.
    static func writeMembers(
        _ cadre: Identifier, _ time: ViewTime?, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        let kept =
            try time == nil
            ? connection.first("SELECT value FROM setting WHERE key = $1", CadreDay.setting) { try $0.date(0) } : nil
        guard let day = time?.day ?? kept else { return }
        let known = time?.knownAt ?? .max
        if known == .max {
            try connection.forEach(
                """
                SELECT \(dayColumns.map(\.expression).joined(separator: ", ")) FROM cadre k
                LEFT JOIN cadre_capacity c ON c.cadre_id = k.id AND c.valid_from <= $2
                    AND (c.valid_to IS NULL OR c.valid_to > $2)
                LEFT JOIN pairing p ON p.cadre_id = k.id AND \(DayInterval.holds("p", on: "$2"))
                WHERE k.id = $1 GROUP BY c.quota
                """, cadre, day
            ) { ListAnswer.writeMembers($0, dayColumns, &json) }
        }
        try connection.forEach(
            """
            SELECT \(personalColumns.map(\.expression).joined(separator: ", "))
            FROM (\(PersonalQuota.table.asOf("cadre_id = $1", day: "$2", known: "$3"))) q
            """, cadre, day, known
        ) { row in
            json.key("personalQuota")
            ListAnswer.write(row, personalColumns, &json)
        }
    }
}
