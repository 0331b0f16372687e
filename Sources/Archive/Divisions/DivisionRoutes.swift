// The operations on divisions, their successors, and the groups of villages.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum DivisionRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/divisions", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/divisions/{code}", Endpoint(access: .signedIn, work: .read(show))),
        (
            .put, "/v1/divisions/{code}/successor",
            Endpoint(access: .roles(.countyAdministrator, .province), body: .json, work: .write(putSuccessor))
        ),
        (.get, "/v1/groups", Endpoint(access: .signedIn, work: .list(groupPlan))),
        (
            .put, "/v1/groups/{id}",
            Endpoint(access: .roles(.countyAdministrator, .townClerk), body: .json, work: .write(putGroup))
        ),
    ]

    private static let columns = [
        ListColumn("code", "d.code", .areaCode),
        ListColumn("name", "d.name"),
        ListColumn("level", levelName),
        ListColumn("parentCode", "p.code", .areaCode),
        ListColumn("from", "d.opened_on"),
        ListColumn("to", "d.ended_on"),
        ListColumn("successorCode", "s.code", .areaCode),
        ListColumn("awaitsSuccessor", awaits, .boolean),
        ListColumn("version", "d.version", .integer),
    ]
    private static let levelName =
        "CASE d.level " + DivisionLevel.allCases.map { "WHEN \($0.rawValue) THEN '\($0.name)'" }.joined(separator: " ")
        + " END"
    /// It, or a division above it, ended without a successor.
    private static let awaits =
        "(d.successor_id IS NULL AND (d.ended_on IS NOT NULL OR (p.ended_on IS NOT NULL AND p.successor_id IS NULL)))"
    private static let source =
        "division d LEFT JOIN division p ON p.id = d.parent_id LEFT JOIN division s ON s.id = d.successor_id"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let level = query.value("level") { text throws(FieldError) in
            guard let level = DivisionLevel(name: text) else {
                throw FieldError.notOneOf(["province", "city", "county", "town", "village"])
            }
            return level
        }
        let ended = query.boolean("ended")
        let awaiting = query.boolean("awaitsSuccessor")
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "d.area_code")
        if let level { conditions.add("d.level = \(conditions.bind(level.rawValue))") }
        if let ended { conditions.add(ended ? "d.ended_on IS NOT NULL" : "d.ended_on IS NULL") }
        if let awaiting { conditions.add(awaiting ? awaits : "NOT \(awaits)") }
        return ListPlan(
            name: "divisions", columns: columns, source: source, conditions: conditions,
            order: ["d.area_code", "d.level", "d.id"], paging: paging)
    }

    /// One division; `on=` and `knownAt=` ask what its name and parent were on a day, as known at a time.
    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let division = try visible(call.parameters[0], on: day, call.caller.scope, connection)
        var json = JSONWriter(reserve: 1_024)
        guard day != nil || known != nil else {
            guard let current = try self.json(division.id, call.caller.scope, connection) else {
                throw Problem(.notFound)
            }
            return try .content(current, call)
        }
        try connection.forEach(
            """
            SELECT \(pastColumns.map(\.expression).joined(separator: ", "))
            FROM division_version v JOIN division d ON d.id = v.division_id LEFT JOIN division p ON p.id = v.parent_id
            WHERE v.division_id = $1 AND v.valid_from <= $2 AND (v.valid_to IS NULL OR v.valid_to > $2)
                AND v.recorded_at <= $3 AND (v.superseded_at IS NULL OR v.superseded_at > $3)
                AND (d.ended_on IS NULL OR d.ended_on > $2)
            """, division.id, day ?? call.now.shanghaiDate, known ?? call.now
        ) { ListAnswer.write($0, pastColumns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return .json(200, json.take())
    }

    /// A division as it is now; nil for one that is not in the range.
    @Sendable package static func json(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [UInt8]? {
        var json = JSONWriter(reserve: 1_024)
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE d.id = $1 AND d.area_code >= $2 AND d.area_last <= $3
            """, id, scope.first, scope.last
        ) { ListAnswer.write($0, columns, &json) }
        return json.byteCount > 0 ? json.take() : nil
    }

    private static let pastColumns = [
        ListColumn("code", "v.code", .areaCode), ListColumn("name", "v.name"), ListColumn("level", levelName),
        ListColumn("parentCode", "p.code", .areaCode), ListColumn("from", "v.valid_from"),
        ListColumn("to", "v.valid_to"),
    ]

    /// - Throws: 404 for a division that does not exist or is not the caller's.
    ///
    /// - Parameter day: of which the division is asked for that had the code on it, whatever became of that and of the
    ///   code since; without one, the division that has it now or took over.
    private static func visible(
        _ text: String, on day: CivilDate?, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        guard let code = AreaCode(text),
            let division = try day.flatMap({ try PastArea.named(code, on: $0, connection) })
                ?? DivisionStore.resolve(code: code, connection),
            scope.contains(try DivisionStore.followSuccessors(division, connection).scope)
        else { throw Problem(.notFound) }
        return division
    }

    private static func putSuccessor(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        var body = ObjectReader(try call.document().root)
        let successor = body.value(
            "successorCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        let day = EffectiveDay.stated(&body, call.register.days, today: call.now.shanghaiDate)
        try body.finish()
        let text = call.parameters[0]
        let scope = try call.caller.scope
        return { transaction in
            guard let code = AreaCode(text) else { throw Problem(.notFound) }
            let named = try DivisionStore.findForSuccession(code, transaction.connection)
            guard let old = named, scope.contains(old.scope) else { throw Problem(.notFound) }
            guard let new = try DivisionStore.find(code: successor, transaction.connection), scope.contains(new.scope)
            else {
                throw Problem.field("/successorCode", .unknownDivision)
            }
            transaction.consequences.ask(defersMoves: true)
            let outcome = try Successors.name(new, after: old, on: day, transaction)
            var json = JSONWriter()
            json.object { json in
                json.key("code")
                json.areaCode(old.code.value)
                json.key("successorCode")
                json.areaCode(new.code.value)
                json.key("outcome")
                json.string(outcome == .named ? "named" : "unchanged")
            }
            return .json(200, try transaction.tellingConsequences(in: json.take(), scope))
        }
    }

    // MARK: Groups

    private static let groupColumns =
        [ListColumn("id", "g.id", .identifier), ListColumn("version", "g.version", .integer)]
        + ListColumn.village("d", town: "t") + [ListColumn("name", "g.name")]
    private static let groupSource =
        "village_group g JOIN division d ON d.id = g.village_id JOIN division t ON t.id = d.parent_id"

    private static func groupPlan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "d.area_code")
        return ListPlan(
            name: "groups", columns: groupColumns, source: groupSource, conditions: conditions,
            order: ["d.area_code", "g.name", "g.id"], paging: paging)
    }

    private static func putGroup(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        var body = ObjectReader(try call.document().root)
        let villageCode = body.value(
            "villageCode", placeholder: FieldText.anyArea, FieldText.areaCode)
        let name = body.name("name", characters: FieldText.nameCharacters)
        try body.finish()
        let scope = try call.caller.scope
        return { transaction in
            let existing = try transaction.connection.first(
                """
                SELECT g.village_id, g.name, g.version, d.area_code FROM village_group g
                JOIN division d ON d.id = g.village_id WHERE g.id = $1
                """, id
            ) { (try $0.identifier(0), $0.text(1), $0.int(2), $0.int64(3)) }
            if let existing, !scope.contains(existing.3) { throw Problem(.conflictingContent) }
            let village = try DivisionPlacing.village(villageCode, scope, transaction.connection)
            let version = existing?.2 ?? 1
            if let existing {
                guard (existing.0, existing.1) == (village.id, name) else { throw Problem(.conflictingContent) }
            } else {
                try GroupStore.create(id, name, in: village, transaction)
            }
            var json = JSONWriter()
            try transaction.connection.forEach(
                """
                SELECT \(groupColumns.map(\.expression).joined(separator: ", "))
                FROM \(groupSource) WHERE g.id = $1
                """, id
            ) { ListAnswer.write($0, groupColumns, &json) }
            var response = Response.record(existing == nil ? 201 : 200, json.take(), version: version)
            if existing != nil { response.add("Idempotency-Replayed", "true") }
            return response
        }
    }
}
