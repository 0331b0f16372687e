// The operations on helpers who are not on the payroll (R016, R017).

import Domain
import HTTP1
import SQL
import Web

enum HelperRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    static let all: [RouteEntry] = [
        (.get, "/v1/helpers", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/helpers/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/helpers/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/helpers/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/helpers/{id}/history",
            Endpoint(access: .signedIn, work: .list { try HelperTable.rows.history("helper-history", $0, $1) })
        ),
    ]

    // MARK: Reading

    /// - Parameter facts: the name under which the dated columns stand in the query.
    private static func columns(_ facts: String) -> [ListColumn] {
        [
            ListColumn("id", "h.id", .identifier), ListColumn("version", "\(facts).version", .integer),
            ListColumn("areaCode", "d.code", .areaCode), ListColumn("kind", "\(facts).kind"),
            ListColumn("name", "\(facts).name"), ListColumn("organizationId", "\(facts).organization_id", .identifier),
            ListColumn("organizationName", "o.name"), ListColumn("skills", "\(facts).skills", .texts),
            ListColumn("serviceHours", "\(facts).service_hours", .integer),
            ListColumn("phone", "\(facts).phone_mask"), ListColumn("endedOn", "\(facts).ended_on"),
            ListColumn("createdAt", "h.created_at", .instant),
        ]
    }

    private static let source =
        "helper h JOIN division d ON d.id = h.division_id LEFT JOIN organization o ON o.id = h.organization_id"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("area", FieldText.areaCode)
        let kind = query.code("kind", .helperKind, call.register.codeLists)
        let organization = query.value("organizationId", FieldText.identifier)
        let skill = query.string("skill", characters: HelperFields.skillCharacters)
        let ended = query.boolean("ended")
        let name = query.name("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        if let kind { conditions.add("h.kind = \(conditions.bind(kind))") }
        if let organization { conditions.add("h.organization_id = \(conditions.bind(organization))") }
        if let skill {
            conditions.add("instr(';' || h.skills || ';', ';' || \(conditions.bind(skill)) || ';') > 0")
        }
        if let ended { conditions.add(ended ? "h.ended_on IS NOT NULL" : "h.ended_on IS NULL") }
        if let name { conditions.add("instr(h.name, \(conditions.bind(name))) > 0") }
        return ListPlan(
            name: "helpers", columns: columns("h"), source: source, conditions: conditions,
            order: ["h.area_code", "h.id"], paging: paging)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let version = try HelperTable.rows.version(of: id, call.caller.scope, connection)
        guard let time = asked.time(call) else {
            return try .record(try json(id, connection), version: version, call)
        }
        let columns = columns("f")
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", "))
            FROM (\(HelperTable.dated.asOf("id = $1", day: "$2", known: "$3"))) f JOIN helper h ON h.id = f.id
            JOIN division d ON d.id = f.division_id LEFT JOIN organization o ON o.id = f.organization_id
            """, id, time.day, time.knownAt
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return .json(200, json.take())
    }

    static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        let columns = columns("h")
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE h.id = $1", id
        ) { ListAnswer.write($0, columns, &json) }
        return json.take()
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        let version = try HelperTable.rows.version(of: id, scope, connection)
        var response = Response.record(status, try json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/helpers/\(id)") }
        return response
    }

    // MARK: Writing

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try HelperBody(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try HelperTable.rows.isReplay(body.id, body.contentHash, scope, connection) {
                var response = try answer(200, body.id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            var wrong = WrongFields()
            let place = try wrong.gather {
                try DivisionPlacing.division(body.areaCode, "/areaCode", scope, connection)
            }
            let unit = try wrong.gather {
                try body.organizationId.map { try HelperFields.organization($0, scope, connection) }
            }
            guard let division = place, let organization = unit else { throw wrong.refusal }
            let state = try body.state(at: division.id, organization, transaction.register.keys)
            try HelperStore.create(
                body.id, state, areaCode: division.areaCode, from: body.day, contentHash: body.contentHash, transaction)
            return try answer(201, body.id, scope, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try HelperPatch(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try HelperTable.find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            let (state, areaCode) = try patch.applied(to: stored, scope, connection)
            try HelperStore.change(stored, to: state, areaCode: areaCode, from: patch.day, transaction)
            return try answer(200, id, scope, connection)
        }
    }
}
