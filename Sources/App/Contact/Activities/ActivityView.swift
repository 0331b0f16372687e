// Activities as clients see them: their list, one with its decisions, who took part, and those of a household.

import Domain
import SQL
import Web

enum ActivityView {
    private static let columns = [
        ListColumn("id", "a.id", .identifier), ListColumn("version", "a.version", .integer),
        ListColumn("kind", "a.kind"), ListColumn("subject", "a.subject"), ListColumn("place", "a.place"),
        ListColumn("on", "a.first_on"), ListColumn("to", "a.last_on"), ListColumn("areaCode", "d.code", .areaCode),
        ListColumn("areaName", "d.name"), ListColumn("organizer", "a.organizer"), ListColumn("skill", "a.skill"),
        ListColumn("note", "a.note"), ListColumn("state", "a.state"),
        ListColumn("participantCount", "a.participant_count", .integer),
        ListColumn("recordedBy", "a.recorded_by", .identifier), ListColumn("recordedByName", "u.name"),
        ListColumn("createdAt", "a.created_at", .instant),
    ]
    private static let source = """
        activity a JOIN division d ON d.id = a.division_id LEFT JOIN user_account u ON u.id = a.recorded_by
        """

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let kind = query.code("kind", .activityKind, call.register.codeLists)
        let from = query.value("from", FieldText.date)
        let to = query.value("to", FieldText.date)
        let cadre = query.value("cadreId", FieldText.identifier)
        let withdrawn = query.boolean("withdrawn") ?? false
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "a.area_code")
        conditions.add("a.state = '\(withdrawn ? "withdrawn" : "held")'")
        if let kind { conditions.add("a.kind = \(conditions.bind(kind))") }
        if let from { conditions.add("a.last_on >= \(conditions.bind(from))") }
        if let to { conditions.add("a.first_on <= \(conditions.bind(to))") }
        if let cadre {
            conditions.add(
                """
                EXISTS (SELECT 1 FROM activity_participant t WHERE t.cadre_id = \(conditions.bind(cadre))
                    AND t.activity_id = a.id)
                """)
        }
        return ListPlan(
            name: "activities", columns: columns, source: source, conditions: conditions,
            order: ["a.area_code", "a.id"], paging: paging)
    }

    /// Activities in which a household or somebody of it took part, newest first; also those of other areas.
    static func planOfHousehold(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        guard let household = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        var conditions = ListConditions()
        conditions.add("a.state = 'held'")
        conditions.add(
            """
            a.id IN (SELECT t.activity_id FROM activity_participant t
                WHERE t.household_number = \(conditions.bind(household.number)))
            """)
        return ListPlan(
            name: "household-activities", columns: columns, source: source, conditions: conditions,
            order: ["a.first_on", "a.id"], descends: true, paging: paging)
    }

    /// Who took part, in the order of the body. Nothing is told of a household that is not the caller's.
    static func planOfParticipants(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        let scope = try call.caller.scope
        let id = try call.id()
        _ = try ActivityTable.rows.version(of: id, scope, connection)
        var conditions = ListConditions()
        conditions.add("t.activity_id = \(conditions.bind(id))")
        let first = conditions.bind(scope.first)
        let last = conditions.bind(scope.last)
        let columns = [
            ListColumn("position", "t.position", .integer),
            ListColumn(
                "kind",
                """
                CASE WHEN t.cadre_id IS NOT NULL THEN 'cadre' WHEN t.member_id IS NOT NULL THEN 'member'
                    WHEN t.household_number IS NOT NULL THEN 'household' ELSE 'name' END
                """),
            ListColumn("cadreId", "t.cadre_id", .identifier), ListColumn("householdId", "h.id", .identifier),
            ListColumn("memberId", "CASE WHEN h.id IS NOT NULL THEN t.member_id END", .identifier),
            ListColumn("name", "coalesce(t.name, c.name, m.name, h.householder_name)"),
        ]
        return ListPlan(
            name: "activity-participants", columns: columns,
            source: """
                activity_participant t LEFT JOIN cadre c ON c.id = t.cadre_id
                LEFT JOIN household h ON h.household_number = t.household_number
                    AND h.area_code BETWEEN \(first) AND \(last)
                LEFT JOIN member m ON m.id = t.member_id AND m.household_number = h.household_number
                """,
            conditions: conditions, order: ["t.position"], paging: paging)
    }

    /// One activity as it stands.
    ///
    /// - Throws: 404 when it is not there.
    static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE a.id = $1", id
        ) { row in
            json.beginObject()
            ListAnswer.writeMembers(row, columns, &json)
        }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        json.key("decisions")
        json.beginArray()
        try connection.forEach(
            "SELECT text FROM activity_decision WHERE activity_id = $1 ORDER BY position", id
        ) { json.string(utf8: $0.utf8(0)) }
        json.endArray()
        json.endObject()
        return json.take()
    }
}
