// Needs as clients see them: one, and their list with how late they are on the day of the question.

import Domain
import SQL
import Web

enum NeedView {
    private static let columns = [
        ListColumn("id", "n.id", .identifier), ListColumn("version", "n.version", .integer),
        ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
        ListColumn("householderName", "h.householder_name"), ListColumn("villageCode", "v.code", .areaCode),
        ListColumn("villageName", "v.name"), ListColumn("kind", "n.kind"), ListColumn("text", "n.text"),
        ListColumn("channel", "n.channel"), ListColumn("voicedOn", "n.voiced_on"), ListColumn("state", "n.state"),
        ListColumn("dueOn", "n.due_on"), ListColumn("answer", "n.answer"), ListColumn("answeredOn", "n.answered_on"),
        ListColumn("answeredBy", "n.answered_by", .identifier), ListColumn("answeredByName", "a.name"),
        ListColumn("visitId", "n.visit_id", .identifier), ListColumn("recordedBy", "n.recorded_by", .identifier),
        ListColumn("recordedByName", "u.name"), ListColumn("createdAt", "n.created_at", .instant),
    ]
    private static let source = """
        need n LEFT JOIN household h ON h.household_number = n.household_number
        JOIN division v ON v.id = coalesce(n.village_id, h.village_id)
        LEFT JOIN user_account a ON a.id = n.answered_by LEFT JOIN user_account u ON u.id = n.recorded_by
        """

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let household = query.value("householdId", FieldText.identifier)
        let visit = query.value("visitId", FieldText.identifier)
        let kind = query.code("kind", .needKind, call.register.codeLists)
        let stage: NeedState.Stage? = query.value("state", FieldText.word)
        let overdue = query.boolean("overdue")
        let paging = Paging(&query)
        try query.finish()
        let day = call.now.shanghaiDate
        var conditions = ListConditions()
        let today = conditions.bind(day)
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "n.area_code")
        if let household { conditions.add("h.id = \(conditions.bind(household))") }
        if let visit { conditions.add("n.visit_id = \(conditions.bind(visit))") }
        if let kind { conditions.add("n.kind = \(conditions.bind(kind))") }
        if let stage { conditions.add("n.state = '\(stage.rawValue)'") }
        if let overdue {
            conditions.add("\(overdue ? "" : "NOT ")(n.answered_on IS NULL AND n.due_on < \(today))")
        }
        let lateness = [
            ListColumn(
                "isLate", "CASE WHEN coalesce(n.answered_on, \(today)) > n.due_on THEN 1 ELSE 0 END", .boolean),
            ListColumn("daysOpen", "CASE WHEN n.answered_on IS NULL THEN n.voiced_on END", .daysPast(day)),
        ]
        return ListPlan(
            name: "needs", columns: columns + lateness, source: source, conditions: conditions,
            order: ["n.area_code", "n.id"], paging: paging)
    }

    /// One need as it stands, without what depends on the day.
    ///
    /// - Throws: 404 when it is not there.
    static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE n.id = $1", id
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return json.take()
    }
}
