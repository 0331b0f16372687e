// The profile of a village in a year (R021): one for each year, corrected with the village's version.

import Domain
import HTTP1
import SQL
import Service
import Web

enum ProfileRoutes {
    static let years = 1990...2100

    private static let columns =
        [
            ListColumn("villageCode", "d.code", .areaCode), ListColumn("villageName", "d.name"),
            ListColumn("townName", "t.name"),
            ListColumn("year", "CAST(substr(p.valid_from, 1, 4) AS INTEGER)", .integer),
            ListColumn("version", "v.version", .integer),
        ] + ProfileField.allCases.map(\.listColumn)
    private static let source = """
        village v JOIN village_profile p ON p.village_id = v.id JOIN division d ON d.id = v.id
        JOIN division t ON t.id = d.parent_id
        """

    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let year = query.integer("year", in: years)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "v.area_code")
        conditions.add("p.superseded_at IS NULL")
        if let year { conditions.add("p.valid_from = \(conditions.bind(try VillageStore.days(of: year).first))") }
        return ListPlan(
            name: "village-profiles", columns: columns, source: source, conditions: conditions,
            order: ["v.area_code", "v.id", "p.valid_from"], paging: paging)
    }

    /// - Throws: 404 for what is not a year.
    private static func year(_ call: Call) throws -> Int {
        guard let year = Int(call.parameters[1]), years.contains(year), call.parameters[1].utf8.count == 4 else {
            throw Problem(.notFound)
        }
        return year
    }

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let year = try year(call)
        let village = try village(call, year, connection)
        let body = try json(village, year, knownAt: known?.milliseconds, connection)
        guard known == nil else { return .json(200, body) }
        return try .record(body, version: village.version, call)
    }

    /// The village that existed at the end of the year.
    private static func village(_ call: Call, _ year: Int, _ connection: Connection) throws -> Village {
        let last = try VillageStore.days(of: year).end?.adding(days: -1) ?? call.now.shanghaiDate
        return try VillageTable.visible(
            call.parameters[0], on: min(last, call.now.shanghaiDate), call.caller.scope, connection)
    }

    private static func json(
        _ village: Village, _ year: Int, knownAt: Int64? = nil, _ connection: Connection
    ) throws -> [UInt8] {
        var conditions = ListConditions()
        conditions.add("p.village_id = \(conditions.bind(village.division.id))")
        DutyList.hold("p", on: try VillageStore.days(of: year).first, knownAt: knownAt, &conditions)
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE \(conditions.clauses.joined(separator: " AND "))
            """, values: conditions.values
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return json.take()
    }

    // MARK: Writing

    static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let year = try year(call)
        var body = ObjectReader(try call.document().root)
        var values: [ProfileField: SQLValue] = [:]
        for field in ProfileField.allCases { values[field] = read(field, &body) }
        if values.isEmpty, body.isValid { body.report("", .tooFew) }
        try body.finish()
        let profile = VillageProfile(values: values)
        return { transaction in
            let connection = transaction.connection
            let village = try village(call, year, connection)
            if let first = try VillageTable.profile(
                of: village.division.id, year: year, isFirst: true, connection)
            {
                guard first == profile, try VillageTable.profile(of: village.division.id, year: year, connection) != nil
                else {
                    throw Problem(.conflictingContent)
                }
                var response = try answer(200, call, year, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            try VillageStore.state(profile, year: year, over: nil, of: village, transaction)
            return try answer(201, call, year, connection)
        }
    }

    static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let year = try year(call)
        var body = ObjectReader(try call.document().root)
        var changes: [ProfileField: Change<SQLValue>] = [:]
        for field in ProfileField.allCases { changes[field] = readChange(field, &body) }
        try body.finish()
        let said = changes
        return { transaction in
            let connection = transaction.connection
            let village = try village(call, year, connection)
            guard let old = try VillageTable.profile(of: village.division.id, year: year, connection) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(village.version, call)
            var profile = old
            for (field, change) in said { profile.values[field] = change.applied(to: old.values[field]) }
            if profile != old {
                try VillageStore.state(profile, year: year, over: old, of: village, transaction)
            }
            return try answer(200, call, year, connection)
        }
    }

    private static func answer(_ status: Int, _ call: Call, _ year: Int, _ connection: Connection) throws -> Response {
        let village = try village(call, year, connection)
        var response = Response.record(status, try json(village, year, connection), version: village.version)
        if status == 201 { response.add("Location", "/v1/villages/\(village.division.code)/profiles/\(year)") }
        return response
    }

    private static func read(_ field: ProfileField, _ body: inout ObjectReader) -> SQLValue? {
        switch field.shape {
        case .count: body.optionalInteger(field.key, in: ProfileField.counts).map { .integer(Int64($0)) }
        case .fen: body.optionalInteger(field.key, in: ProfileField.amounts).map { .integer(Int64($0)) }
        case .flag: body.optionalBoolean(field.key).map(\.sqlValue)
        case .text: body.optionalString(field.key, characters: ProfileField.textCharacters).map(SQLValue.text)
        }
    }

    private static func readChange(_ field: ProfileField, _ body: inout ObjectReader) -> Change<SQLValue> {
        switch field.shape {
        case .count: body.changeInteger(field.key, in: ProfileField.counts).map { .integer(Int64($0)) }
        case .fen: body.changeInteger(field.key, in: ProfileField.amounts).map { .integer(Int64($0)) }
        case .flag: body.changeBoolean(field.key).map(\.sqlValue)
        case .text: body.changeString(field.key, characters: ProfileField.textCharacters).map { .text($0) }
        }
    }
}
