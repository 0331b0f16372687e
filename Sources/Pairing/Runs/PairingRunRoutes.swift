// Pairing runs over the API: asking for one under the client's id, how far it is, its draft, and what becomes of it.
// The same id with the same content is the same run.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum PairingRunRoutes {
    package static func all(_ runs: PairingRunner) -> [RouteEntry] {
        let makers: Access = .roles(.countyAdministrator, .townClerk, .province)
        return [
            (.get, "/v1/pairing-runs", Endpoint(access: .signedIn, work: .list(plan))),
            (
                .put, "/v1/pairing-runs/{id}",
                Endpoint(access: makers, body: .json, work: .write { try put($0, runs) })
            ),
            (
                .get, "/v1/pairing-runs/{id}",
                Endpoint(access: .signedIn, work: .read { try show($0, runs, $1) })
            ),
            (.get, "/v1/pairing-runs/{id}/proposals", Endpoint(access: .signedIn, work: .list(RunLists.proposals))),
            (.get, "/v1/pairing-runs/{id}/shortages", Endpoint(access: .signedIn, work: .list(RunLists.shortages))),
            (.get, "/v1/pairing-runs/{id}/zero-duty", Endpoint(access: .signedIn, work: .list(RunLists.zeroDuty))),
            (
                .post, "/v1/pairing-runs/{id}/approval",
                Endpoint(
                    access: .roles(.countyAdministrator), body: .json, writesLong: true,
                    work: .write { try approve($0, runs) })
            ),
            (
                .post, "/v1/pairing-runs/{id}/discard",
                Endpoint(access: makers, work: .write { try discard($0, runs) })
            ),
        ]
    }

    private static let columns =
        [
            ListColumn("id", "r.id", .identifier), ListColumn("areaCode", "d.code", .areaCode),
            ListColumn("areaName", "d.name"), ListColumn("on", "r.run_on"), ListColumn("options", "r.options", .json),
            ListColumn("whatIf", "r.is_what_if", .boolean), ListColumn("state", "r.state"),
            ListColumn("failure", "r.failure"),
        ] + ListColumn.actor("orderedBy", id: "r.user_id", name: "u.name") + [
            ListColumn("changesAfter", "r.changes_after", .integer),
            ListColumn("createdAt", "r.created_at", .instant), ListColumn("startedAt", "r.started_at", .instant),
            ListColumn("finishedAt", "r.finished_at", .instant),
        ]
    private static let source =
        "pairing_run r JOIN division d ON d.id = r.division_id LEFT JOIN user_account u ON u.id = r.user_id"

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let state: PairingRun.State? = query.value("state", FieldText.word)
        let paging = Paging(&query)
        try query.finish()
        var conditions = try visible(call)
        if let state { conditions.add("r.state = \(conditions.bind(state.rawValue))") }
        return ListPlan(
            name: "pairing-runs", columns: columns, source: source, conditions: conditions,
            order: ["r.created_at", "r.id"], descends: true, paging: paging)
    }

    /// A run is seen by those who may see the whole of one of its parts; of the others they are told nothing.
    private static func visible(_ call: Call) throws -> ListConditions {
        var conditions = ListConditions()
        let scope = try call.caller.scope
        conditions.add(
            """
            EXISTS (SELECT 1 FROM pairing_run_part p WHERE p.run_id = r.id
            AND p.area_code >= \(conditions.bind(scope.first)) AND p.area_last <= \(conditions.bind(scope.last)))
            """)
        return conditions
    }

    /// - Throws: 404 for a run that is not there or not to be seen.
    package static func require(_ id: Identifier, _ call: Call, _ connection: Connection) throws -> PairingRun {
        guard try !PairingRunStore.parts(of: id, in: call.caller.scope, connection).isEmpty,
            let run = try PairingRunStore.find(id, connection)
        else { throw Problem(.notFound) }
        return run
    }

    // MARK: Showing

    private static func show(_ call: Call, _ runs: PairingRunner, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        return .json(200, try json(call.id(), call, runs, connection))
    }

    private static func json(
        _ id: Identifier, _ call: Call, _ runs: PairingRunner, _ connection: Connection
    ) throws -> [UInt8] {
        var conditions = try visible(call)
        conditions.add("r.id = \(conditions.bind(id))")
        var json = JSONWriter(reserve: 2_048)
        var found = false
        json.beginObject()
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE \(conditions.clauses.joined(separator: " AND "))
            """, values: conditions.values
        ) { row in
            found = true
            ListAnswer.writeMembers(row, columns, &json)
            json.key("progress")
            switch PairingRun.State(rawValue: row.text(6)) {
            case .queued: json.integer(0)
            case .running: json.integer(runs.percent(of: id) ?? 0)
            default: json.integer(100)
            }
        }
        guard found else { throw Problem(.notFound) }
        try writeParts(id, call, &json, connection)
        json.endObject()
        return json.take()
    }

    private static func writeParts(
        _ id: Identifier, _ call: Call, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        let scope = try call.caller.scope
        var (before, after) = (PairingTotals(), PairingTotals())
        var hasTotals = false
        json.key("parts")
        json.beginArray()
        try connection.forEach(
            """
            SELECT d.code, d.name, p.before, p.after, p.approved_at, p.approved_by, u.name
            FROM pairing_run_part p JOIN division d ON d.id = p.division_id
            LEFT JOIN user_account u ON u.id = p.approved_by
            WHERE p.run_id = $1 AND p.area_code >= $2 AND p.area_last <= $3 ORDER BY p.area_code
            """, id, scope.first, scope.last
        ) { row in
            if let stored = row.optionalText(2) { before += try RunTotals.read(stored) }
            if let stored = row.optionalText(3) {
                after += try RunTotals.read(stored)
                hasTotals = true
            }
            ListAnswer.write(row, partColumns, &json)
        }
        json.endArray()
        guard hasTotals else { return }
        json.key("sum")
        json.object { json in
            json.key("before")
            RunTotals.write(before, to: &json)
            json.key("after")
            RunTotals.write(after, to: &json)
        }
    }

    private static let partColumns =
        [
            ListColumn("areaCode", "", .areaCode), ListColumn("areaName", ""),
            ListColumn("before", in: "sum", "", .json), ListColumn("after", in: "sum", "", .json),
            ListColumn("approvedAt", "", .instant),
        ] + ListColumn.actor("approvedBy", id: "", name: "")

    // MARK: Asking

    /// Runs that wait, run or are drafts, of one user at a time.
    private static let perUserMax = 20

    private static func put(
        _ call: Call, _ runs: PairingRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let caller = try call.caller
        let document = try call.document()
        var body = ObjectReader(document.root)
        let code = body.value("areaCode", placeholder: AreaCode.lowest, FieldText.areaCode)
        let day = body.optionalValue("on", call.register.days.day) ?? call.now.shanghaiDate
        let options = body.optionalObject("options") { PairingOptions(&$0) } ?? PairingOptions()
        try body.finish()
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        return { transaction in
            let connection = transaction.connection
            let existing = try connection.first(
                "SELECT content_hash, area_code, area_last FROM pairing_run WHERE id = $1", id
            ) { ($0.blob(0), Scope(first: $0.int64(1), last: $0.int64(2))) }
            if let (hash, scope) = existing {
                guard hash == contentHash, caller.scope.contains(scope) else { throw Problem(.conflictingContent) }
                var response = Response.json(202, try json(id, call, runs, connection))
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let area = try PairingRunPlacing.area(code, options, on: day, caller.scope, connection)
            let open = try connection.first(
                """
                SELECT count(*) FROM pairing_run WHERE user_id = $1 AND state IN ('queued', 'running', 'draft')
                """, caller.userId
            ) { $0.int(0) }
            guard (open ?? 0) < perUserMax else { throw Problem(.tooManyRuns) }
            try PairingRunStore.create(
                PairingRun(id: id, area: area, day: day, options: options, state: .queued, actor: call.actor),
                contentHash: contentHash, transaction)
            runs.wake()
            var response = Response.json(202, try json(id, call, runs, connection))
            response.add("Location", "/v1/pairing-runs/\(id)")
            return response
        }
    }

    // MARK: What becomes of it

    private static func approve(
        _ call: Call, _ runs: PairingRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let caller = try call.caller
        var body = ObjectReader(try call.document().root)
        let area = body.optionalValue("areaCode", FieldText.areaCode)
        try body.finish()
        return { transaction in
            let run = try require(id, call, transaction.connection)
            let (answer, isReplay) = try RunApproval.approve(
                run, area, by: caller.userId, caller.scope, transaction)
            var response = Response.json(200, Array(answer.utf8))
            if isReplay { response.add("Idempotency-Replayed", "true") }
            return response
        }
    }

    private static func discard(
        _ call: Call, _ runs: PairingRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            let run = try require(id, call, connection)
            guard caller.scope.contains(run.area.scope) else {
                throw Problem.forbidden(zh: "方案的地区超出您的范围", en: "the area of the run reaches beyond yours")
            }
            let approved = try connection.first(
                "SELECT 1 FROM pairing_run_part WHERE run_id = $1 AND approved_at IS NOT NULL", id
            ) { _ in true }
            switch run.state {
            case .queued, .running,
                .draft where approved == nil:
                try PairingRunStore.discard(run, transaction)
                runs.drop(id)
            case .discarded, .cancelled: break
            default: throw Problem(.runNotDraft)
            }
            return .json(200, try json(id, call, runs, connection))
        }
    }
}

/// Holds what a run names against the register.
enum PairingRunPlacing {
    /// The area of a run; a village means its town.
    ///
    /// - Throws: 422 with everything that is unknown, or not the caller's: the same words for both.
    static func area(
        _ code: AreaCode, _ options: PairingOptions, on day: CivilDate, _ scope: Scope, _ connection: Connection
    ) throws -> Division {
        var errors: [FieldError] = []
        var area = try DivisionStore.resolve(code: code, connection)
        if let found = area, found.level == .village, let town = found.parentId {
            area = try DivisionStore.find(town, connection)
        }
        guard let area, scope.contains(area.scope) else { throw Problem.field("/areaCode", .unknownDivision) }
        for (pointer, code) in options.areas {
            let division = try DivisionStore.resolve(code: code, connection)
            let isPlace = division.map { $0.level >= .town } ?? false
            guard let division, area.scope.contains(division.scope), isPlace || pointer.hasPrefix("/options/quotas")
            else {
                errors.report(
                    pointer, .unknownDivision, zh: "没有这个乡镇或村，或不在方案范围内",
                    en: "there is no such town or village in the run's area")
                continue
            }
        }
        try checkLinks(options.links, on: day, scope, &errors, connection)
        var named: [(rank: CadreRank, area: Identifier?)] = []
        for (index, quota) in options.quotas.enumerated() {
            let own = (quota.rank, try quota.area.flatMap { try DivisionStore.resolve(code: $0, connection)?.id })
            if named.contains(where: { $0 == own }) { errors.report("/options/quotas/\(index)", .repeated) }
            named.append(own)
        }
        if options.added.reduce(0, { $0 + $1.count }) > PairingOptions.addedMax {
            errors.append(
                FieldError(
                    pointer: "/options/added", .tooMany, zh: "至多 \(PairingOptions.addedMax) 人",
                    en: "at most \(PairingOptions.addedMax) people"))
        }
        guard errors.isEmpty else { throw InvalidBody(errors: errors) }
        return area
    }

    /// A link must be one that could be made: once for each cadre, at the level of their rank on the day, or as it is.
    private static func checkLinks(
        _ links: [PairingOptions.Link], on day: CivilDate, _ scope: Scope, _ errors: inout [FieldError],
        _ connection: Connection
    ) throws {
        var named: Set<Identifier> = []
        for (index, link) in links.enumerated() {
            let pointer = "/options/links/\(index)"
            let found = try connection.first(
                """
                SELECT (SELECT r.rank FROM cadre_rank r WHERE r.cadre_id = c.id AND r.superseded_at IS NULL
                        AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to > $4)),
                    (SELECT k.division_id FROM cadre_capacity k WHERE k.cadre_id = c.id
                        AND k.valid_from <= $4 AND (k.valid_to IS NULL OR k.valid_to > $4))
                FROM cadre c WHERE c.id = $1 AND c.area_code BETWEEN $2 AND $3
                """, link.cadre, scope.first, scope.last, day
            ) { (rank: $0.optionalText(0), linked: $0.optionalIdentifier(1)) }
            guard let (rank, linked) = found else {
                errors.report(pointer + "/cadreId", .unknownCadre)
                continue
            }
            if !named.insert(link.cadre).inserted { errors.report(pointer + "/cadreId", .repeated) }
            guard let level = rank.flatMap(CadreRank.init(rawValue:))?.quotaLevel,
                let division = try DivisionStore.resolve(code: link.area, connection), division.level >= .town,
                division.level != level, division.id != linked
            else { continue }
            errors.report(
                pointer + "/areaCode", .wrongLevel, zh: "该职级应挂钩\(level.chinese)",
                en: "this rank is linked to a \(level.name)")
        }
    }
}
