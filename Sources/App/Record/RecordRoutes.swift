// The operations on declared records: list, one, its history; PUT with the client's id, PATCH under If-Match.

import Domain
import HTTP1
import SQL
import Web

extension Record {
    var routes: [RouteEntry] {
        [
            (.get, path, Endpoint(access: .signedIn, work: .list(plan))),
            (.get, path + "/{id}", Endpoint(access: .signedIn, work: .read(show))),
            (.put, path + "/{id}", Endpoint(access: writers, body: .json, work: .write(put))),
            (.patch, path + "/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(patch))),
            (
                .get, path + "/{id}/history",
                Endpoint(access: .signedIn, work: .list { try rows.history("\(entity.rawValue)-history", $0, $1) })
            ),
        ]
    }

    /// The list's name: the last word of the path.
    private var listName: String { path.split(separator: "/").last.map(String.init) ?? table }

    // MARK: Reading

    /// - Parameter facts: the name under which the dated columns stand in the query.
    private func columns(_ facts: String) -> [ListColumn] {
        [ListColumn("id", "r.id", .identifier), ListColumn("version", "\(facts).version", .integer)]
            + fields.flatMap { $0.shown(facts) } + [ListColumn("createdAt", "r.created_at", .instant)]
    }

    private func joins(_ facts: String) -> String { fields.map { $0.join(facts) }.joined(separator: " ") }

    private func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let codes = call.register.codeLists
        let filters = fields.compactMap { $0.filter?.read(&query, codes) }
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "r.area_code")
        for filter in filters { filter(&conditions) }
        return ListPlan(
            name: listName, columns: columns("r"), source: "\(table) r \(joins("r"))", conditions: conditions,
            order: ["r.area_code", "r.id"], paging: paging)
    }

    private func show(_ call: Call, _ connection: Connection) throws -> Response {
        let asked = try AskedTime(call)
        let id = try call.id()
        let version = try rows.version(of: id, call.caller.scope, connection)
        guard let time = asked.time(call) else {
            return try .record(try json(id, connection), version: version, call)
        }
        let past = dated.asOf("id = $1", day: "$2", known: "$3")
        let body = try json(
            "f", "(\(past)) f JOIN \(table) r ON r.id = f.id", [id, time.day, time.knownAt], connection)
        guard !body.isEmpty else { throw Problem(.notFound) }
        return .json(200, body)
    }

    func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        try json("r", "(SELECT * FROM \(table) WHERE id = $1) r", [id], connection)
    }

    private func json(
        _ facts: String, _ source: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> [UInt8] {
        let columns = columns(facts)
        var json = JSONWriter(reserve: 512)
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) \(joins(facts))",
            values: values
        ) { ListAnswer.write($0, columns, &json) }
        return json.take()
    }

    private func answer(_ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Response {
        let version = try rows.version(of: id, scope, connection)
        var response = Response.record(status, try json(id, connection), version: version)
        if status == 201 { response.add("Location", "\(path)/\(id)") }
        return response
    }

    // MARK: Writing

    /// What a body says, and the day from which it holds.
    private func read(_ call: Call, isWhole: Bool) throws -> (edits: [RecordEdit<State>], day: CivilDate, hash: [UInt8])
    {
        let id = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        if isWhole { body.checkId(id) }
        let codes = call.register.codeLists
        let today = call.now.shanghaiDate
        let from = EffectiveDay.read(&body, codes.days, today: today)
        var reading = RecordReading(
            table: table, id: id, isWhole: isWhole, days: FactDays(since: from, today: today), today: today,
            codes: codes, keys: call.register.keys)
        let edits = fields.compactMap { $0.read(&body, &reading) }
        try body.finish()
        let hash = isWhole ? call.register.keys.hash(document.canonicalBytes(), purpose: "content") : []
        return (edits, min(from, reading.end ?? from), hash)
    }

    /// Carries out what a body says; everything that is wrong with it is told at once.
    private func apply(
        _ edits: [RecordEdit<State>], to draft: inout RecordDraft<State>, _ scope: Scope, _ connection: Connection
    ) throws {
        var wrong = WrongFields()
        for edit in edits { try wrong.gather { try edit(&draft, scope, connection) } }
        try wrong.finish()
        try check(draft, scope, connection)
    }

    /// Runs a write, and says of a constraint that it meets what the record says.
    func locating<Result>(
        _ state: State, _ scope: Scope, _ connection: Connection, _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch {
            throw try problem(error, state, scope, connection) ?? error
        }
    }

    private func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let (edits, day, hash) = try read(call, isWhole: true)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try rows.isReplay(id, hash, scope, connection) {
                var response = try answer(200, id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            var draft = RecordDraft(id: id, before: nil, state: State(), place: 0)
            try apply(edits, to: &draft, scope, connection)
            try locating(draft.state, scope, connection) {
                try create(draft, from: day, contentHash: hash, transaction)
            }
            return try answer(201, id, scope, connection)
        }
    }

    private func patch(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let (edits, day, _) = try read(call, isWhole: false)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            var draft = RecordDraft(id: id, before: stored.state, state: stored.state, place: stored.areaCode)
            try apply(edits, to: &draft, scope, connection)
            _ = try locating(draft.state, scope, connection) {
                try change(stored, to: draft.state, place: draft.place, from: day, transaction)
            }
            return try answer(200, id, scope, connection)
        }
    }
}
