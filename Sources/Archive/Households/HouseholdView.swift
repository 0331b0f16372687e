// A household as clients see it: written from the rows straight into the answer. Sealed numbers appear as masks.

import Domain
import SQL
import Service
import Web

package enum HouseholdView {
    /// The household's number, place and version: what is needed before anything is written.
    package struct Head {
        package let number: Int64
        package let areaCode: Int64
        package let version: Int

        package init(number: Int64, areaCode: Int64, version: Int) {
            self.number = number
            self.areaCode = areaCode
            self.version = version
        }
    }

    package static func head(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Head? {
        try connection.first(
            "SELECT household_number, area_code, version FROM household WHERE id = $1 AND area_code BETWEEN $2 AND $3",
            id, scope.first, scope.last
        ) { Head(number: $0.int64(0), areaCode: $0.int64(1), version: $0.int(2)) }
    }

    private static let facts = """
        d.code, g.name, f.archive_number, f.state, f.state_since, f.attribute, f.identification_standard,
            f.main_cause,
        f.other_cause_1, f.other_cause_2, f.labour, f.self_care, f.willingness, f.poverty_depth, f.phone_mask,
            d.name, t.name, f.ended_on, f.end_reason, f.end_document,
            (SELECT x.id FROM household x WHERE x.household_number = f.successor_number)
        """
    private static let places = """
        JOIN division d ON d.id = f.village_id JOIN division t ON t.id = d.parent_id
        LEFT JOIN village_group g ON g.id = f.group_id
        """
    /// The household that its people came from, and those into which some of its own went.
    private static func splits(_ alias: String) -> String {
        """
        (SELECT x.id FROM household x WHERE x.household_number = \(alias).split_from_number),
            (SELECT group_concat(lower(hex(x.id)), ';') FROM household x
                WHERE x.split_from_number = \(alias).household_number)
        """
    }
    private static let currentSQL = """
        SELECT f.id, f.version, f.created_at, \(facts), f.needs_two_units, f.householder_name,
            f.member_count, \(splits("f")) FROM household f \(places)
        WHERE f.household_number = $1
        """
    private static let pastSQL = """
        SELECT h.id, f.version, h.created_at, \(facts), \(pastNeed), NULL, NULL, \(splits("h"))
        FROM (\(HouseholdTable.dated.asOf("household_number = $1", day: "$2", known: "$3"))) f
        JOIN household h ON h.household_number = f.household_number \(places)
        """
    private static let pastNeed = """
        f.labour = '\(HouseholdLabourCode.none)' OR f.self_care = 0 OR EXISTS (SELECT 1
            FROM (\(MemberTable.dated.asOf("household_number = $1", day: "$2", known: "$3"))) b
            WHERE b.left_on IS NULL AND b.school_blocked = 1)
        """
    private static let currentMembersSQL = """
        SELECT \(MemberTable.dated.columns) FROM member WHERE household_number = $1 AND (left_on IS NULL OR $2)
        ORDER BY position, id
        """
    private static let pastMembersSQL = """
        SELECT * FROM (\(MemberTable.dated.asOf("household_number = $1", day: "$2", known: "$3")))
        WHERE left_on IS NULL ORDER BY position, id
        """

    /// The household as JSON.
    ///
    /// - Parameters:
    ///   - time: nil for now.
    ///   - includesLeft: also members who have left; only for now.
    ///   - warnings: findings to be shown to whoever has just written it, and `notes` with them.
    ///   - retold: what they told of earlier days.
    /// - Returns: nil when nothing was known of it on that day.
    package static func json(
        _ number: Int64, time: ViewTime? = nil, includesLeft: Bool = false, warnings: [HouseholdFinding]? = nil,
        notes: [FieldError] = [], retold: [(member: Identifier?, span: RetoldSpan)] = [],
        language: Language = .zh, _ connection: Connection
    ) throws -> [UInt8]? {
        var json = JSONWriter(reserve: 2_048)
        json.beginObject()
        var found = false
        let sql = time == nil ? currentSQL : pastSQL
        let values: [any Bindable] = time.map { [number, $0.day, $0.knownAt] } ?? [number]
        try connection.forEach(sql, values: values) { row in
            found = true
            writeFacts(row, &json)
        }
        guard found else { return nil }
        json.key("members")
        json.beginArray()
        let memberValues: [any Bindable] = time.map { [number, $0.day, $0.knownAt] } ?? [number, includesLeft]
        try connection.forEach(time == nil ? currentMembersSQL : pastMembersSQL, values: memberValues) { row in
            writeMember(row, &json)
        }
        json.endArray()
        let told = (warnings ?? []).map(\.fieldError) + notes
        if !told.isEmpty {
            json.key("warnings")
            json.beginArray()
            for warning in told { warning.write(into: &json, language) }
            json.endArray()
        }
        if !retold.isEmpty {
            json.key("retold")
            json.array { json in for (member, span) in retold { span.write(into: &json, member: member) } }
        }
        json.endObject()
        return json.take()
    }

    private static func writeFacts(_ row: borrowing Row, _ json: inout JSONWriter) {
        json.key("id")
        json.identifier(row, 0)
        json.key("version")
        json.integer(row.int64(1))
        json.key("archiveNumber")
        json.string(utf8: row.utf8(5))
        json.key("villageCode")
        json.areaCode(row.int64(3))
        json.key("villageName")
        json.string(utf8: row.utf8(18))
        json.key("townName")
        json.string(utf8: row.utf8(19))
        json.optional("groupName", row, 4)
        json.key("state")
        json.string(utf8: row.utf8(6))
        json.key("stateSince")
        json.string(utf8: row.utf8(7))
        json.key("attribute")
        json.string(utf8: row.utf8(8))
        json.optional("identificationStandard", row, 9)
        json.key("mainCause")
        json.string(utf8: row.utf8(10))
        json.key("otherCauses")
        json.beginArray()
        if !row.isNull(11) { json.string(utf8: row.utf8(11)) }
        if !row.isNull(12) { json.string(utf8: row.utf8(12)) }
        json.endArray()
        json.key("labour")
        json.string(utf8: row.utf8(13))
        json.key("selfCare")
        json.boolean(row.bool(14))
        json.optional("willingness", row, 15)
        json.optional("povertyDepth", row, 16)
        json.optional("phone", row, 17)
        json.key("needsTwoUnits")
        json.boolean(row.bool(24))
        if !row.isNull(25) {
            json.key("householderName")
            json.string(utf8: row.utf8(25))
            json.key("memberCount")
            json.integer(row.int64(26))
        }
        writeEnd(row, &json)
        json.key("createdAt")
        json.string(Instant(milliseconds: row.int64(2)).description)
    }

    private static func writeEnd(_ row: borrowing Row, _ json: inout JSONWriter) {
        json.optional("to", row, 20)
        json.optional("endReason", row, 21)
        json.optional("endDocument", row, 22)
        for (key, column) in [("successorId", 23), ("splitFromId", 27)] where !row.isNull(column) {
            json.key(data: key)
            json.identifier(row, column)
        }
        guard let into = row.optionalText(28) else { return }
        json.key("splitIntoIds")
        json.array { json in
            let ids = into.split(separator: ";").compactMap { hex -> Identifier? in
                guard let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.dropFirst(16), radix: 16)
                else { return nil }
                return Identifier(high: high, low: low)
            }
            for id in ids.sorted() { json.string(id.description) }
        }
    }

    private static func writeMember(_ row: borrowing Row, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.identifier(row, 1)
        json.key("name")
        json.string(utf8: row.utf8(3))
        json.key("relation")
        json.string(utf8: row.utf8(4))
        json.key("sex")
        json.string(utf8: row.utf8(5))
        json.optional("birthDate", row, 6)
        json.optional("identityNumber", row, 8)
        json.key("identityState")
        json.string(utf8: row.utf8(9))
        json.optional("identityProblem", row, 10)
        json.optional("ethnicity", row, 11)
        json.optional("education", row, 12)
        json.optional("schoolState", row, 13)
        json.key("schoolBlocked")
        json.boolean(row.bool(14))
        json.optional("health", row, 15)
        json.optional("labourCapacity", row, 16)
        json.optional("workPlace", row, 17)
        if !row.isNull(18) {
            json.key("workMonths")
            json.integer(row.int64(18))
        }
        json.key("joinedOn")
        json.string(utf8: row.utf8(19))
        json.optional("joinReason", row, 20)
        json.optional("leftOn", row, 21)
        json.optional("leftReason", row, 22)
        json.endObject()
    }
}
