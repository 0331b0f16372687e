// The operations on work teams (R010). Members who join later, leave or are corrected are handled as duties.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum TeamRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    package static let all: [RouteEntry] = [
        (.get, "/v1/work-teams", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/work-teams/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/work-teams/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/work-teams/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
    ]

    // MARK: Reading

    /// - Parameter counted: the condition on a member's row `t` for being counted.
    private static func columns(_ counted: String) -> [ListColumn] {
        let members = "(SELECT count(*) FROM duty_term t WHERE t.team_id = w.id AND \(counted))"
        return [ListColumn("id", "w.id", .identifier), ListColumn("version", "w.version", .integer)]
            + ListColumn.village("d", town: "p") + [
                ListColumn("name", "n.name"), ListColumn("from", "n.valid_from"), ListColumn("to", "n.valid_to"),
                ListColumn("endReason", "n.end_reason"), ListColumn("createdAt", "w.created_at", .instant),
                ListColumn("memberCount", members, .integer),
            ]
    }
    private static let source = """
        work_team w JOIN work_team_term n ON n.team_id = w.id JOIN division d ON d.id = n.division_id
        JOIN division p ON p.id = d.parent_id
        """

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "w.area_code")
        DutyList.hold("n", on: day, knownAt: nil, &conditions)
        let counted = DutyList.holds(on: day ?? call.now.shanghaiDate, knownAt: nil, &conditions)
        return ListPlan(
            name: "work-teams", columns: columns(counted), source: source, conditions: conditions,
            order: ["w.area_code", "w.id"], paging: paging)
    }

    /// With `on=` only if it exists on that day, and with the members of that day; otherwise with all members that it
    /// ever had, each with their days.
    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let id = try call.id()
        guard let team = try TeamTable.find(id, connection), try call.caller.scope.contains(team.areaCode) else {
            throw Problem(.notFound)
        }
        guard day == nil && known == nil else {
            let today = call.now.shanghaiDate
            return .json(200, try json(id, on: day, knownAt: known?.milliseconds, today: today, connection))
        }
        return try .record(try json(id, today: call.now.shanghaiDate, connection), version: team.version, call)
    }

    private static func json(
        _ id: Identifier, on day: CivilDate? = nil, knownAt: Int64? = nil, today: CivilDate, _ connection: Connection
    ) throws -> [UInt8] {
        var conditions = ListConditions()
        conditions.add("w.id = \(conditions.bind(id))")
        var members = ListConditions()
        members.add("t.team_id = \(members.bind(id))")
        DutyList.hold(on: day, knownAt: knownAt, &members)
        DutyList.hold("n", on: day, knownAt: knownAt, &conditions)
        let columns = columns(DutyList.holds(on: day ?? today, knownAt: knownAt, &conditions))
        var heads: [[UInt8]] = []
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE \(conditions.clauses.joined(separator: " AND "))
            """, values: conditions.values
        ) { row in
            var json = JSONWriter()
            ListAnswer.write(row, columns, &json)
            heads.append(json.take())
        }
        guard let head = heads.first else { throw Problem(.notFound) }
        var json = JSONWriter(reserve: 2_048)
        json.beginArray()
        try DutyList.write(members, &json, connection)
        json.endArray()
        // Concatenates the head without its closing brace, the members, and a closing brace.
        return head.dropLast() + Array(",\"members\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }

    /// The team if it is in a range; nil if it is not, or was withdrawn.
    package static func json(_ id: Identifier, _ reader: ChangeRecords, _ connection: Connection) throws -> [UInt8]? {
        guard let team = try TeamTable.find(id, connection), team.state != nil, reader.scope.contains(team.areaCode)
        else { return nil }
        return try json(id, today: reader.today, connection)
    }

    // MARK: Writing

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let reader = DutyBodyReader(codes: call.register.codeLists, today: call.now.shanghaiDate)
        let draft = try reader.team(document, id: id)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if let existing = try TeamTable.find(id, connection) {
                guard existing.contentHash == contentHash, scope.contains(existing.areaCode) else {
                    throw Problem(.conflictingContent)
                }
                var response = try answer(200, id, transaction)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let village = try DivisionPlacing.village(draft.villageCode, scope, connection)
            let team = TeamState(
                divisionId: village.id, name: draft.name, term: draft.term, endReason: draft.endReason)
            try TeamStore.create(id, team, areaCode: village.areaCode, contentHash: contentHash, transaction)
            try join(draft.members, team: id, in: village, scope, transaction)
            return try answer(201, id, transaction)
        }
    }

    /// Adds the members that a body names; errors point to their position there.
    private static func join(
        _ members: [(id: Identifier?, draft: DutyDraft)], team: Identifier, in village: Division, _ scope: Scope,
        _ transaction: Transaction
    ) throws {
        var errors: [FieldError] = []
        for (index, member) in members.enumerated() {
            let place = "/members/\(index)"
            var draft = member.draft
            draft.teamId = team
            let state = draft.placed(in: village.id)
            var placing = DutyPlacing(scope, transaction.connection)
            try placing.check(state, over: nil)
            guard placing.errors.isEmpty else {
                errors += placing.errors.map {
                    $0.below(place)
                }
                continue
            }
            let id = member.id ?? transaction.newId()
            guard try DutyTable.find(id, transaction.connection) == nil else { throw Problem(.conflictingContent) }
            do {
                try DutyStore.create(id, state, contentHash: nil, scope, transaction)
            } catch var problem as Problem {
                problem.errors = problem.errors.map {
                    $0.below(place)
                }
                throw problem
            }
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try TeamPatch(call)
        let scope = try call.caller.scope
        return { transaction in
            let (team, state) = try TeamStore.visible(id, scope, transaction.connection)
            try VersionTag.require(team.version, call)
            try TeamStore.change(team, to: try patch.applied(to: state), scope, transaction)
            return try answer(200, id, transaction)
        }
    }

    private static func answer(_ status: Int, _ id: Identifier, _ transaction: Transaction) throws -> Response {
        let connection = transaction.connection
        guard let team = try TeamTable.find(id, connection) else { throw Problem(.notFound) }
        let body = try json(id, today: transaction.today, connection)
        var response = Response.record(status, body, version: team.version)
        if status == 201 { response.add("Location", "/v1/work-teams/\(id)") }
        return response
    }
}
