// What a change of a household came to, as its answer tells it: that of the request itself, and that of a decision
// about proposals.

import Domain
import SQL
import Service
import Web

package struct HouseholdPatched {
    /// Findings that do not stand in the way.
    package var findings: [HouseholdFinding] = []
    /// What it tells of earlier days, where it was told late.
    package var retold: [(member: Identifier?, span: RetoldSpan)] = []

    /// What was told late, as a body names it: a village by its code, a group by its name.
    static func named(
        _ retold: [(member: Identifier?, span: RetoldSpan)], _ connection: Connection
    ) throws -> [(member: Identifier?, span: RetoldSpan)] {
        func text(_ value: AuditValue, _ sql: String) throws -> AuditValue {
            guard case .text(let text) = value, let id = Identifier(text) else { return value }
            return .of(try connection.first(sql, id) { $0.text(0) })
        }
        let places = [
            "villageId": ("villageCode", "SELECT CAST(code AS TEXT) FROM division WHERE id = $1"),
            "groupId": ("groupName", "SELECT name FROM village_group WHERE id = $1"),
        ]
        return try retold.map { member, span in
            guard let (field, sql) = places[span.field] else { return (member, span) }
            return (
                member,
                RetoldSpan(
                    field: field, days: span.days, before: try text(span.before, sql), after: try text(span.after, sql))
            )
        }
    }

    /// Adds what was told late to an answer, as `retold`; nothing where there is none.
    ///
    /// - Parameter body: a JSON object with members.
    package static func told(
        _ retold: [(member: Identifier?, span: RetoldSpan)], in body: [UInt8], _ connection: Connection
    ) throws -> [UInt8] {
        guard !retold.isEmpty else { return body }
        var json = JSONWriter(reserve: 256)
        let named = try named(retold, connection)
        json.array { json in for (member, span) in named { span.write(into: &json, member: member) } }
        return body.dropLast() + Array(",\"retold\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }
}
