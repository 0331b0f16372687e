// The operations on declared records: list, one, its history; PUT with the client's id, PATCH under If-Match.

import Domain
import HTTP1
import SQL
import Web

extension Record {
    package var routes: [RouteEntry] {
        [
            (.get, path, Endpoint(access: .signedIn, work: .list { try list?($0, $1) ?? plan($0, $1) })),
            (.get, path + "/{id}", Endpoint(access: .signedIn, work: .read(show))),
            (.put, path + "/{id}", Endpoint(access: writers, body: .json, work: .write(put))),
            (.patch, path + "/{id}", Endpoint(access: editors, body: .mergePatch, work: .write(patch))),
            (
                .get, path + "/{id}/history",
                Endpoint(access: .signedIn, work: .list { try rows.history("\(listName)-history", $0, $1) })
            ),
        ]
    }

    // MARK: Reading

    /// What answers and lists show.
    package func columns(_ view: RecordView) -> [ListColumn] {
        [ListColumn("id", "r.id", .identifier), ListColumn("version", "\(view.facts).version", .integer)]
            + fields.flatMap { $0.shown(view.of($0)) } + [ListColumn("createdAt", "r.created_at", .instant)]
    }

    package func joins(_ view: RecordView) -> String {
        fields.map { $0.join(view.of($0).facts) }.joined(separator: " ")
    }

    private func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = history == .corrected ? query.value("on", FieldText.date) : nil
        let (codes, today) = (call.register.codeLists, call.now.shanghaiDate)
        let filters = fields.flatMap(\.filters).compactMap { $0.read(&query, codes, today) }
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "r.area_code")
        for filter in filters { filter(&conditions) }
        if let day { conditions.add(DayInterval.holds("r", on: conditions.bind(day))) }
        // A record that was entered in error has no days and is found only by its id.
        if history == .corrected { conditions.add("(r.end_on IS NULL OR r.end_on > r.first_on)") }
        return plan(conditions, on: day ?? today, paging)
    }

    package func plan(_ conditions: ListConditions, on day: CivilDate, _ paging: Paging) -> ListPlan {
        let view = RecordView(facts: "r", day: day)
        return ListPlan(
            name: listName, columns: columns(view), source: "\(table) r \(joins(view))",
            conditions: conditions, order: ["r.area_code", "r.id"], paging: paging)
    }

    private func show(_ call: Call, _ connection: Connection) throws -> Response {
        guard history != .audited else {
            try Query(call.request.head.query).finished()
            return try .record(answer(call, connection), version: version(call, connection), call)
        }
        let asked = try AskedTime(call)
        let version = try version(call, connection)
        guard let time = asked.time(call) else {
            return try .record(answer(call, connection), version: version, call)
        }
        let body =
            history == .dated
            ? try json(
                call.id(), on: time.day, as: dated.asOf("id = $1", day: "$2", known: "$3"), [time.day, time.knownAt],
                connection)
            : try corrected(call.id(), on: asked.day, time, connection)
        guard !body.isEmpty else { throw Problem(.notFound) }
        return .json(200, body)
    }

    /// A record that states its own days: shown for a day only if it holds then.
    private func corrected(
        _ id: Identifier, on day: CivilDate?, _ time: ViewTime, _ connection: Connection
    ) throws -> [UInt8] {
        func holds(_ day: String) -> String { "(\(DayInterval.holds("x", on: day)))" }
        guard time.knownAt < .max else {
            return try json(
                RecordView(facts: "r", day: time.day), "(SELECT * FROM \(table) x WHERE id = $1 AND \(holds("$2"))) r",
                [id, time.day], connection)
        }
        let past = "SELECT * FROM (\(dated.recorded("id = $1", known: "$2"))) x WHERE $3 IS NULL OR \(holds("$3"))"
        return try json(id, on: time.day, as: past, [time.knownAt, day], connection)
    }

    /// A record as it was.
    ///
    /// - Parameter facts: SQL for them, over the id and values.
    private func json(
        _ id: Identifier, on day: CivilDate, as facts: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> [UInt8] {
        try json(
            RecordView(facts: "f", day: day), "(\(facts)) f JOIN \(table) r ON r.id = f.id", [id] + values, connection)
    }

    private func version(_ call: Call, _ connection: Connection) throws -> Int {
        try rows.version(of: call.id(), call.caller.scope, connection)
    }

    private func answer(_ call: Call, _ connection: Connection) throws -> [UInt8] {
        try json(call.id(), on: call.now.shanghaiDate, connection)
    }

    /// A record as it is now; empty if it does not exist.
    package func json(_ id: Identifier, on day: CivilDate, _ connection: Connection) throws -> [UInt8] {
        try json(
            RecordView(facts: "r", day: day), "(SELECT * FROM \(table) WHERE id = $1) r", [id], connection)
    }

    private func json(
        _ view: RecordView, _ source: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> [UInt8] {
        let columns = columns(view)
        let parts = fields.compactMap { $0.part?.show }
        var json = JSONWriter(reserve: 512)
        var id: Identifier?
        try connection.forEach(
            "SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source) \(joins(view))",
            values: values
        ) { row in
            id = try row.identifier(0)
            json.beginObject()
            ListAnswer.writeMembers(row, columns, &json)
        }
        guard let id else { return [] }
        for part in parts { try part(id, &json, connection) }
        json.endObject()
        return json.take()
    }

    private func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ transaction: Transaction, retold: [RetoldSpan] = []
    ) throws -> Response {
        let connection = transaction.connection
        let version = try rows.version(of: id, scope, connection)
        let body = try json(id, on: transaction.today, connection)
        var response = Response.record(
            status, RetoldSpan.appending(retold, to: try effects?.tell(body, scope, transaction) ?? body),
            version: version)
        if status == 201 { response.add("Location", "\(path)/\(id)") }
        return response
    }

    // MARK: Writing

    /// What a body states, and the day from which it holds.
    private func read(
        _ call: Call, isWhole: Bool
    ) throws -> (edits: [StatedEdit], day: CivilDate, replacesLater: Bool, hash: [UInt8]) {
        let id = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        if isWhole { body.checkId(id) }
        let codes = call.register.codeLists
        let today = call.now.shanghaiDate
        let from = history == .dated ? EffectiveDay.read(&body, codes.days, today: today) : today
        var reading = RecordReading(
            id: id, isWhole: isWhole, days: FactDays(since: from, today: today), today: today, codes: codes,
            keys: call.register.keys)
        let edits = fields.compactMap { field in field.edit(&body, &reading).map { ("\(field.name)", $0) } }
        let replacesLater = !isWhole && history == .dated ? body.optionalBoolean("replacesLater") ?? false : false
        try body.finish()
        let hash = isWhole ? call.register.keys.hash(document.canonicalBytes(), purpose: "content") : []
        return (edits, min(from, reading.end ?? from), replacesLater, hash)
    }

    private func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let (edits, day, _, hash) = try read(call, isWhole: true)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if try rows.isReplay(id, hash, scope, connection) {
                var response = try answer(200, id, scope, transaction)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            var draft = RecordDraft(id: id, before: nil, state: State(), place: 0)
            let context = RecordContext(scope, transaction)
            effects?.ask(transaction)
            try apply(edits.map(\.edit), to: &draft, context)
            try settle(&draft, context)
            try locating(draft.state, scope, connection) {
                try create(draft, from: day, contentHash: hash, transaction)
            }
            return try answer(201, id, scope, transaction)
        }
    }

    private func patch(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let (edits, day, replacesLater, _) = try read(call, isWhole: false)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            guard let stored = try find(id, connection), scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            effects?.ask(transaction)
            let change = try tell(
                edits, of: stored, from: day, replacesLater: replacesLater, RecordContext(scope, transaction),
                transaction)
            return try answer(200, id, scope, transaction, retold: change.retold)
        }
    }
}
