// Exports over the API: an order under the client's id, then state and content. The same id with the same order is the
// same export. Numbers in clear need a right of their own and a reason, and only the user who ordered them may fetch
// them.

import Domain
import HTTP1
import SQL
import Web

extension ProblemKind {
    package static let rightNeeded = ProblemKind(
        "right-needed", status: 403, zh: "需要单独授予的权限", en: "This needs a right that is granted separately")
    static let exportNotReady = ProblemKind(
        "export-not-ready", status: 409, zh: "导出文件还没有生成", en: "The export file is not ready yet")
    static let exportExpired = ProblemKind(
        "export-expired", status: 410, zh: "导出文件已过期", en: "The export file has expired")
    static let tooManyExports = ProblemKind(
        "too-many-exports", status: 409, zh: "您的导出太多，请先删除一些", en: "You have too many exports: delete some first")
}

package enum ExportProblems {
    package static let kinds: [ProblemKind] = [.rightNeeded, .exportNotReady, .exportExpired, .tooManyExports]
}

package enum ExportRoutes {
    package static func all(_ exports: ExportRunner) -> [RouteEntry] {
        let readers: Access = .roles(.countyAdministrator, .townClerk, .province, .auditor)
        return [
            (.get, "/v1/exports", Endpoint(access: readers, work: .list(ordered.plan))),
            (
                .put, "/v1/exports/{id}",
                Endpoint(access: readers, body: .json, work: .write { try put($0, exports) })
            ),
            (.get, "/v1/exports/{id}", Endpoint(access: readers, work: .read(ordered.show))),
            (.delete, "/v1/exports/{id}", Endpoint(access: readers, work: .write { try delete($0, exports) })),
            (.get, "/v1/exports/{id}/content", Endpoint(access: readers, work: .read(content))),
            (.post, "/v1/exports/{id}/cancel", Endpoint(access: readers, work: .write { try cancel($0, exports) })),
        ]
    }

    private static let columns =
        [
            ListColumn("id", "e.id", .identifier), ListColumn("kind", "e.kind"),
            ListColumn("areaCode", "e.area", .areaCode),
            ListColumn(
                "areaName",
                "(SELECT d.name FROM division d WHERE d.code = e.area ORDER BY d.ended_on IS NOT NULL LIMIT 1)"),
            ListColumn("parameters", "e.parameters", .json), ListColumn("state", "e.state"),
            ListColumn("rows", "e.row_count", .integer), ListColumn("bytes", "e.byte_count", .integer),
            ListColumn("sha256", "e.sha256"), ListColumn("changesAfter", "e.changes_after", .integer),
            ListColumn("failure", "e.failure"),
        ] + ListColumn.actor("orderedBy", id: "e.user_id", name: "u.name") + [
            ListColumn("createdAt", "e.created_at", .instant), ListColumn("startedAt", "e.started_at", .instant),
            ListColumn("finishedAt", "e.finished_at", .instant), ListColumn("expiresAt", "e.expires_at", .instant),
        ]

    private static let source = "export_job e JOIN user_account u ON u.id = e.user_id"

    private static let ordered = OrderedWork(name: "exports", columns: columns, source: source, alias: "e")

    // MARK: Ordering

    private static func put(
        _ call: Call, _ exports: ExportRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let caller = try call.caller
        let document = try call.document()
        var body = ObjectReader(document.root)
        let order = try ExportOrder(&body, call.register.composition)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        return { transaction in
            let connection = transaction.connection
            let existing = try connection.first(
                "SELECT content_hash, user_id, area_code, area_last FROM export_job WHERE id = $1", id
            ) { ($0.blob(0), try $0.identifier(1), Scope(first: $0.int64(2), last: $0.int64(3))) }
            if let (hash, user, scope) = existing {
                guard hash == contentHash, user == caller.userId, caller.scope.contains(scope) else {
                    throw Problem(.conflictingContent)
                }
                var response = Response.json(202, try ordered.json(id, call, connection))
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let mayReadSealed = try ExportStore.mayReadSealed(caller.userId, connection)
            guard !order.isPlain || mayReadSealed else {
                throw Problem(
                    .rightNeeded,
                    detail: Message(
                        zh: "导出明文号码需要权限 read-sealed", en: "numbers in clear need the right read-sealed"))
            }
            if let partner = order.partner, try PartnerStore.find(key: partner, connection) == nil {
                throw Problem.field("/partner", .unknownPartner)
            }
            let scope = try area(order.area, caller.scope, connection)
            let open = try connection.first(
                """
                SELECT count(*) FROM export_job WHERE user_id = $1 AND state IN ('queued', 'running', 'done')
                """, caller.userId
            ) { $0.int(0) }
            guard (open ?? 0) < ExportStore.perUserMax else { throw Problem(.tooManyExports) }
            try ExportStore.create(
                ExportJob(id: id, order: order, state: "queued", actor: call.actor, scope: scope),
                contentHash: contentHash, transaction)
            exports.wake()
            var response = Response.json(202, try ordered.json(id, call, connection))
            response.add("Location", "/v1/exports/\(id)")
            return response
        }
    }

    /// - Throws: 422 for an area that is not a division or not the caller's, with the same answer for both.
    private static func area(_ code: AreaCode?, _ scope: Scope, _ connection: Connection) throws -> Scope {
        guard let code else { return scope }
        guard let division = try DivisionStore.resolve(code: code, connection), scope.contains(division.scope) else {
            throw Problem.field("/areaCode", .unknownDivision)
        }
        return division.scope
    }

    // MARK: Fetching

    private static func content(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        _ = try ordered.json(id, call, connection)
        guard let job = try ExportStore.find(id, connection) else { throw Problem(.notFound) }
        let caller = try call.caller
        if job.order.isPlain {
            guard job.actor.userId == caller.userId, try ExportStore.mayReadSealed(caller.userId, connection) else {
                throw Problem(.rightNeeded)
            }
        }
        let (hash, expires) =
            try connection.first("SELECT sha256, expires_at FROM export_job WHERE id = $1", id) {
                ($0.optionalText(0), $0.optionalInt64(1))
            } ?? (nil, nil)
        switch job.state {
        case "done": break
        case "expired": throw Problem(.exportExpired)
        case "queued", "running": throw Problem(.exportNotReady)
        default: throw Problem(.notFound)
        }
        guard let hash, let expires, expires > call.now.milliseconds else { throw Problem(.exportExpired) }
        let tag = "\"\(hash)\(job.order.isZipped ? ".gz" : "")\""
        if let unchanged = try call.unchanged(tag) { return unchanged }
        let path = call.register.directory.spool + "/" + ExportStore.filePrefix + id.description
        var response = Response(status: 200)
        response.add("Content-Type", type(job.order))
        response.add("Content-Disposition", "attachment; filename=\"\(job.order.fileName)\"")
        response.add("Cache-Control", "no-store")
        response.entityTag = tag
        response.compressible = !job.order.isZipped
        response.body = .file(try SpoolFile(reading: path))
        return response
    }

    private static func type(_ order: ExportOrder) -> String {
        if order.isZipped { return "application/gzip" }
        return order.format == .ndjson
            ? MediaType.ndjson.fieldValue
            : order.encoding == .gb18030 ? "text/csv; charset=gb18030; header=present" : MediaType.csv.fieldValue
    }

    // MARK: Ending

    /// Only the user who ordered the export may cancel or delete it.
    private static func own(_ id: Identifier, _ call: Call, _ connection: Connection) throws -> ExportJob {
        _ = try ordered.json(id, call, connection)
        guard let job = try ExportStore.find(id, connection) else { throw Problem(.notFound) }
        guard try job.actor.userId == call.caller.userId else {
            throw Problem.forbidden(
                zh: "导出文件只能由申请导出的用户下载", en: "only the user who ordered the export may fetch its file")
        }
        return job
    }

    private static func cancel(
        _ call: Call, _ exports: ExportRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        return { transaction in
            let job = try own(id, call, transaction.connection)
            guard job.state == "queued" || job.state == "running" else { throw Problem(.jobEnded) }
            try ExportStore.cancel(id, transaction)
            exports.drop(id)
            return .json(202, try ordered.json(id, call, transaction.connection))
        }
    }

    private static func delete(
        _ call: Call, _ exports: ExportRunner
    ) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        return { transaction in
            _ = try own(id, call, transaction.connection)
            try ExportStore.delete(id, transaction)
            exports.drop(id)
            var response = Response(status: 204)
            response.add("Cache-Control", "no-store")
            return response
        }
    }
}
