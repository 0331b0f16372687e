// Parameters over the API: what applies where and why, the rows themselves, and setting one. A row is never patched: a
// change of policy is a new row, a correction is a new row that names what it replaces.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum ParameterRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .province)

    package static let all: [RouteEntry] = [
        (.get, "/v1/parameters", Endpoint(access: .signedIn, work: .read(applying))),
        (.get, "/v1/parameters/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/parameters/{id}", Endpoint(access: writers, body: .json, work: .write(put))),
        (.get, "/v1/parameter-rows", Endpoint(access: .signedIn, work: .list(rows))),
        (.get, "/v1/parameter-keys", Endpoint(access: .signedIn, work: .instant(keys))),
        (.get, "/v1/judgements", Endpoint(access: .signedIn, work: .list(judgements))),
    ]

    private static func keys(_ call: Call) throws -> Response {
        try Query(call.request.head.query).finished()
        return try .content(ParameterView.catalogue, call)
    }

    private static func knownKey(_ text: String) throws(FieldError) -> String { try ParameterKey.known(text).name }

    // MARK: What applies

    private static func applying(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
        let known = query.value("knownAt", FieldText.instant)
        let key = query.value("key", knownKey)
        try query.finish()
        let caller = try call.caller
        let division = try area.flatMap { try DivisionStore.resolve(code: $0, connection) } ?? caller.home(connection)
        // Those above the caller's range matter for the caller, too.
        _ = try AreaFilter.scope(area, caller.scope, connection)
        let chain = try AreaChain.of(division, connection)
        let rows = try ParameterResolution.rows(
            key.map { [$0] }, in: chain, on: day, knownAt: known?.milliseconds, connection)
        return .json(200, try ParameterView.applying(rows, in: chain, on: day, connection))
    }

    // MARK: Rows

    /// Rows of areas that overlap the range: those in it, and those above, which apply in it.
    private static func meeting(_ scope: Scope, _ conditions: inout ListConditions) {
        conditions.add(
            """
            (p.division_id IS NULL OR (d.area_code <= \(conditions.bind(scope.last))
            AND d.area_last >= \(conditions.bind(scope.first))))
            """)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let scope = try call.caller.scope
        guard let current = try ParameterTable.find(call.id(), connection),
            try ParameterView.isVisible(current, scope, connection)
        else { throw Problem(.notFound) }
        guard let known else {
            return try .record(try ParameterView.json(current, connection), version: current.version, call)
        }
        guard let past = try ParameterTable.find(current.id, knownAt: known.milliseconds, connection) else {
            throw Problem(.notFound)
        }
        return .json(200, try ParameterView.json(past, connection))
    }

    private static let rowColumns =
        [
            ListColumn("id", "p.id", .identifier), ListColumn("version", "p.version", .integer),
            ListColumn("key", "p.key"),
            ListColumn("value", "p.value", .json), ListColumn("unit", "p.unit"),
            ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
            ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"),
            ListColumn("documentNumber", "p.document_number"), ListColumn("recordedAt", "p.recorded_at", .instant),
        ] + ListColumn.actor("recordedBy", id: "p.recorded_by", name: "u.name")

    private static func rows(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let key = query.value("key", knownKey)
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        meeting(scope, &conditions)
        conditions.add("(p.end_on IS NULL OR p.end_on > p.first_on)")
        if let key { conditions.add("p.key = \(conditions.bind(key))") }
        if let day {
            let day = conditions.bind(day)
            conditions.add("p.first_on <= \(day) AND (p.end_on IS NULL OR p.end_on > \(day))")
        }
        return ListPlan(
            name: "parameters", columns: rowColumns,
            source: """
                parameter p LEFT JOIN division d ON d.id = p.division_id
                LEFT JOIN user_account u ON u.id = p.recorded_by
                """,
            conditions: conditions, order: ["p.key", "coalesce(d.area_code, 0)", "p.first_on", "p.id"], paging: paging)
    }

    // MARK: Stating

    private static func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let draft = try ParameterDraft(document, call.register.days)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if let existing = try ParameterTable.find(id, connection) {
                let division = try existing.divisionId.flatMap { try DivisionStore.find($0, connection) }
                guard existing.contentHash == contentHash, let division, scope.contains(division.scope) else {
                    throw Problem(.conflictingContent)
                }
                var response = try answer(200, existing, transaction)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let division = try ParameterArea.writable(draft.area, scope, connection)
            let row = draft.row(id, division, contentHash: contentHash, transaction)
            transaction.consequences.ask()
            try ParameterStore.state(row, replaces: draft.replaces, area: division?.areaCode, transaction)
            return try answer(201, row, transaction, scope)
        }
    }

    /// - Parameter scope: of the caller, where something has just been stated.
    private static func answer(
        _ status: Int, _ row: ParameterRow, _ transaction: Transaction, _ scope: Scope? = nil
    ) throws -> Response {
        let rejudges = try Rejudging(row, today: transaction.today, transaction.connection)
        var body = try ParameterView.json(row, rejudges: rejudges, transaction.connection)
        if let scope { body = try transaction.tellingConsequences(in: body, scope) }
        var response = Response.record(status, body, version: row.version)
        if status == 201 { response.add("Location", "/v1/parameters/\(row.id)") }
        return response
    }

    // MARK: Judgements

    private static let judgementColumns = [
        ListColumn("id", "j.id", .identifier), ListColumn("kind", "j.kind"), ListColumn("entity", "j.entity"),
        ListColumn("entityId", "j.entity_id", .identifier), ListColumn("on", "j.day"),
        ListColumn("result", "j.result", .json), ListColumn("parameterId", "u.parameter_id", .identifier),
        ListColumn("parameterVersion", "u.version", .integer), ListColumn("recordedAt", "j.recorded_at", .instant),
    ]

    /// Judgements of households that the caller may see, one row for each parameter row that was used.
    private static func judgements(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let entity = query.value("entityId", FieldText.identifier)
        let parameter = query.value("parameterId", FieldText.identifier)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        if let entity { conditions.add("j.entity_id = \(conditions.bind(entity))") }
        if let parameter { conditions.add("u.parameter_id = \(conditions.bind(parameter))") }
        return ListPlan(
            name: "judgements", columns: judgementColumns,
            source: """
                judgement j JOIN household h ON h.id = j.entity_id
                JOIN judgement_parameter u ON u.judgement_id = j.id
                """,
            conditions: conditions, order: ["j.recorded_at", "j.id", "u.parameter_id"], paging: paging)
    }
}
