// The list of partnerships, and one partnership as clients see it: the same columns.

import Domain
import SQL
import Web

enum PartnershipList {
    /// - Parameter day: the parameter with the day of the form; nil for none.
    private static func columns(on day: String?) -> [ListColumn] {
        let parties = [
            ListColumn("id", "p.id", .identifier), ListColumn("version", "p.version", .integer),
            ListColumn("kind", "p.kind"),
            ListColumn("helperOrganizationId", "p.helper_organization_id", .identifier),
            ListColumn("helperId", "p.helper_id", .identifier),
            ListColumn("helperCadreId", "p.helper_cadre_id", .identifier), ListColumn("helperCadreName", "hc.name"),
            ListColumn("helperAreaCode", "hd.code", .areaCode), ListColumn("helperAreaName", "hd.name"),
            ListColumn("helperName", "coalesce(p.helper_name, ho.name, hh.name, hc.name, hd.name)"),
            ListColumn("targetHouseholdId", "CASE WHEN p.member_id IS NULL THEN t.id END", .identifier),
            ListColumn("targetMemberId", "p.member_id", .identifier),
            ListColumn("targetOrganizationId", "p.target_organization_id", .identifier),
            ListColumn("targetAreaCode", "td.code", .areaCode), ListColumn("targetAreaName", "td.name"),
            ListColumn("targetName", "coalesce(tm.name, t.householder_name, o.name, td.name)"),
            ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"), ListColumn("reason", "p.reason"),
            ListColumn("endReason", "p.end_reason"), ListColumn("createdAt", "p.created_at", .instant),
        ]
        return parties + (day.map { [ListColumn("form", form(on: $0))] } ?? [])
    }

    private static let joins = """
        LEFT JOIN organization ho ON ho.id = p.helper_organization_id LEFT JOIN helper hh ON hh.id = p.helper_id
        LEFT JOIN cadre hc ON hc.id = p.helper_cadre_id LEFT JOIN division hd ON hd.id = p.helper_division_id
        LEFT JOIN household t ON t.household_number = p.household_number LEFT JOIN member tm ON tm.id = p.member_id
        LEFT JOIN organization o ON o.id = p.target_organization_id
        LEFT JOIN division td ON td.id = p.target_division_id
        """

    /// One to one, one to many, many to one, many to many (R042): over the partnerships of the kind on the day. NULL
    /// where this one does not hold then.
    private static func form(on day: String) -> String {
        func isShared(_ key: String) -> String {
            """
            EXISTS (SELECT 1 FROM partnership q WHERE q.\(key) = p.\(key) AND q.kind = p.kind AND q.id <> p.id
                AND \(PartnershipTable.isActive("q", on: day)))
            """
        }
        return """
            CASE WHEN \(PartnershipTable.isActive("p", on: day)) THEN
                CASE WHEN \(isShared("target_key")) THEN 'many' ELSE 'one' END || '-to-'
                || CASE WHEN \(isShared("helper_key")) THEN 'many' ELSE 'one' END END
            """
    }

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let kind = query.code("kind", .partnershipKind, call.register.codeLists)
        let filters = [
            ("p.helper_organization_id", query.value("helperOrganizationId", FieldText.identifier)),
            ("p.helper_cadre_id", query.value("helperCadreId", FieldText.identifier)),
            ("p.helper_id", query.value("helperId", FieldText.identifier)),
            ("t.id", query.value("targetHouseholdId", FieldText.identifier)),
            ("p.member_id", query.value("targetMemberId", FieldText.identifier)),
            ("p.target_organization_id", query.value("targetOrganizationId", FieldText.identifier)),
        ]
        let division = query.value("targetAreaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "p.area_code")
        // What was taken back is told by its id only.
        conditions.add("(p.end_on IS NULL OR p.end_on > p.first_on)")
        let formed = conditions.bind(day ?? call.now.shanghaiDate)
        if day != nil { conditions.add(PartnershipTable.isActive("p", on: formed)) }
        if let kind { conditions.add("p.kind = \(conditions.bind(kind))") }
        for (column, id) in filters {
            if let id { conditions.add("\(column) = \(conditions.bind(id))") }
        }
        if let division { conditions.add("td.code = \(conditions.bind(division))") }
        return ListPlan(
            name: "partnerships", columns: columns(on: formed), source: "partnership p \(joins)",
            conditions: conditions, order: ["p.area_code", "p.id"], paging: paging)
    }

    /// One partnership as it stands.
    ///
    /// - Parameter day: only if it holds then, with its form; nil for any day and no form, which hangs on others.
    /// - Throws: 404 when it does not.
    static func json(_ id: Identifier, on day: CivilDate?, _ connection: Connection) throws -> [UInt8] {
        let condition = day == nil ? "" : " AND \(PartnershipTable.isActive("p", on: "$2"))"
        return try one(
            columns(on: day.map { _ in "$2" }), "partnership p", "p.id = $1\(condition)",
            [id] + (day.map { [$0] } ?? []), connection)
    }

    /// One partnership as it was recorded at a time in milliseconds.
    static func json(
        _ id: Identifier, on day: CivilDate?, knownAt: Int64, _ connection: Connection
    ) throws -> [UInt8] {
        let facts = "version, kind, first_on, end_on, reason, end_reason"
        let parties = """
            n.helper_organization_id, n.helper_id, n.helper_cadre_id, n.helper_division_id, n.helper_name,
            n.household_number, n.member_id, n.target_organization_id, n.target_division_id, n.created_at
            """
        let then = """
            (SELECT n.id, n.area_code, f.*, \(parties)
            FROM (SELECT \(facts) FROM partnership WHERE id = $1 AND recorded_at <= $2
                UNION ALL SELECT \(facts) FROM partnership_history
                WHERE id = $1 AND valid_to IS NULL AND recorded_at <= $2 AND superseded_at > $2) f
            JOIN partnership n ON n.id = $1) p
            """
        let condition = day == nil ? "1 = 1" : PartnershipTable.isActive("p", on: "$3")
        return try one(columns(on: nil), then, condition, [id, knownAt] + (day.map { [$0] } ?? []), connection)
    }

    private static func one(
        _ columns: [ListColumn], _ source: String, _ condition: String, _ values: [any Bindable],
        _ connection: Connection
    ) throws -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) \(joins) WHERE \(condition)
            """, values: values
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return json.take()
    }
}
