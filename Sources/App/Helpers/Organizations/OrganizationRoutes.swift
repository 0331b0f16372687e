// The operations on organizations (R006, R015): units that help or send helpers.

import Domain
import HTTP1
import SQL
import Web

enum OrganizationRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    static let all: [RouteEntry] = [
        (.get, "/v1/organizations", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/organizations/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/organizations/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/organizations/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .get, "/v1/organizations/{id}/history",
            Endpoint(
                access: .signedIn,
                work: .list { try OrganizationTable.rows.history("organization-history", $0, $1) })
        ),
    ]

    // MARK: Reading

    /// - Parameter facts: the name under which the dated columns stand in the query.
    private static func columns(_ facts: String) -> [ListColumn] {
        [
            ListColumn("id", "o.id", .identifier), ListColumn("version", "\(facts).version", .integer),
            ListColumn("areaCode", "d.code", .areaCode), ListColumn("name", "\(facts).name"),
            ListColumn("kind", "\(facts).kind"), ListColumn("level", "\(facts).level"),
            ListColumn("creditCode", "\(facts).credit_code"),
            ListColumn("parentId", "\(facts).parent_id", .identifier),
            ListColumn("contactName", "\(facts).contact_name"), ListColumn("phone", "\(facts).phone_mask"),
            ListColumn("endedOn", "\(facts).ended_on"), ListColumn("createdAt", "o.created_at", .instant),
        ]
    }

    private static let source = "organization o JOIN division d ON d.id = o.division_id"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("area", FieldText.areaCode)
        let codes = call.register.codeLists
        let filters: [(String, String?)] = [
            ("o.kind", query.code("kind", .organizationKind, codes)),
            ("o.level", query.code("level", .organizationLevel, codes)),
        ]
        let ended = query.boolean("ended")
        let name = query.name("q", characters: 1...30)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "o.area_code")
        for (column, code) in filters {
            if let code { conditions.add("\(column) = \(conditions.bind(code))") }
        }
        if let ended { conditions.add(ended ? "o.ended_on IS NOT NULL" : "o.ended_on IS NULL") }
        if let name { conditions.add("instr(o.name, \(conditions.bind(name))) > 0") }
        return ListPlan(
            name: "organizations", columns: columns("o"), source: source, conditions: conditions,
            order: ["o.area_code", "o.id"], paging: paging)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let version = try OrganizationTable.rows.version(of: id, call.caller.scope, connection)
        guard let time = asked.time(call) else {
            return try .record(try json(id, connection), version: version, call)
        }
        let columns = columns("f")
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", "))
            FROM (\(OrganizationTable.dated.asOf("id = $1", day: "$2", known: "$3"))) f
            JOIN organization o ON o.id = f.id JOIN division d ON d.id = f.division_id
            """, id, time.day, time.knownAt
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return .json(200, json.take())
    }

    static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        let columns = columns("o")
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) WHERE o.id = $1", id
        ) { ListAnswer.write($0, columns, &json) }
        return json.take()
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> Response {
        let version = try OrganizationTable.rows.version(of: id, scope, connection)
        var response = Response.record(status, try json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/organizations/\(id)") }
        return response
    }

    // MARK: Writing

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try OrganizationBody(call)
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try OrganizationTable.rows.isReplay(body.id, body.contentHash, scope, connection) {
                var response = try answer(200, body.id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            var wrong = WrongFields()
            let place = try wrong.gather {
                try DivisionPlacing.division(body.statement.areaCode, "/areaCode", scope, connection)
            }
            _ = try wrong.gather {
                try OrganizationStore.checkParent(body.statement.parentId, of: body.id, scope, connection)
            }
            guard let home = place, wrong.errors.isEmpty else { throw wrong.refusal }
            let state = try body.statement.state(of: body.id, at: home.id, transaction.register.keys)
            try HelperProblems.locating(state, scope, connection) {
                try OrganizationStore.create(
                    body.id, state, areaCode: home.areaCode, from: body.day, contentHash: body.contentHash, transaction)
            }
            return try answer(201, body.id, scope, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try OrganizationPatch(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try OrganizationTable.find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            let (state, areaCode) = try patch.applied(to: stored, scope, connection)
            try HelperProblems.locating(state, scope, connection) {
                try OrganizationStore.change(stored, to: state, areaCode: areaCode, from: patch.day, transaction)
            }
            return try answer(200, id, scope, connection)
        }
    }
}
