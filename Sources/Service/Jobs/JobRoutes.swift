// Imports over the API: a file under the client's id, then state, report and cancelling. The same id with the same file
// is the same job.

import Crypto
import Domain
import Glibc
import HTTP1
import SQL
import Web

extension ProblemKind {
    static let jobEnded = ProblemKind("job-ended", status: 409, zh: "任务已经结束", en: "The job has ended")
    static let jobNotEnded = ProblemKind("job-not-ended", status: 409, zh: "任务还没有结束", en: "The job has not ended")
    static let undoBlocked = ProblemKind(
        "undo-blocked", status: 409, zh: "部分记录使导入无法撤销", en: "Some records prevent undoing")
    static let undoUnsupported = ProblemKind(
        "undo-unsupported", status: 409, zh: "该导入不能撤销", en: "The import cannot be undone")
}

package enum JobProblems {
    package static let kinds: [ProblemKind] = [.jobEnded, .jobNotEnded, .undoBlocked, .undoUnsupported]
}

package enum JobRoutes {
    /// Octets of a file as sent.
    private static let fileBytesMax = 2 << 30

    package static func all(_ jobs: JobRunner) -> [RouteEntry] {
        let writers: Access = .roles(.countyAdministrator, .province)
        return [
            (.get, "/v1/imports", Endpoint(access: .signedIn, work: .list(ordered.plan))),
            (
                .put, "/v1/imports/{id}",
                Endpoint(access: writers, body: .file(bytesMax: fileBytesMax), work: .write { try put($0, jobs) })
            ),
            (.get, "/v1/imports/{id}", Endpoint(access: .signedIn, work: .read(ordered.show))),
            (.get, "/v1/imports/{id}/report", Endpoint(access: .signedIn, work: .list(report))),
            (.post, "/v1/imports/{id}/cancel", Endpoint(access: writers, work: .write { try cancel($0, jobs) })),
            (.post, "/v1/imports/{id}/undo", Endpoint(access: writers, work: .write { try undo($0, jobs) })),
            (.get, "/v1/imports/{id}/undo-obstacles", Endpoint(access: .signedIn, work: .list(obstacles))),
        ]
    }

    private static let columns =
        [
            ListColumn("id", "j.id", .identifier), ListColumn("kind", "j.kind"), ListColumn("mode", "j.mode"),
            ListColumn("parameters", "j.parameters", .json), ListColumn("state", "coalesce(j.undo_state, j.state)"),
            ListColumn("created", "j.created", .integer), ListColumn("changed", "j.changed", .integer),
            ListColumn("unchanged", "j.unchanged", .integer), ListColumn("ended", "j.ended", .integer),
            ListColumn("refused", "j.refused", .integer), ListColumn("failure", "j.failure"),
        ] + ListColumn.actor("orderedBy", id: "j.user_id", name: "u.name") + [
            ListColumn("createdAt", "j.created_at", .instant), ListColumn("startedAt", "j.started_at", .instant),
            ListColumn("finishedAt", "j.finished_at", .instant),
            ListColumn("undone", "CASE WHEN j.undo_state IS NOT NULL THEN j.undone END", .integer),
            ListColumn("undoneAt", "j.undone_at", .instant),
        ] + ListColumn.actor("undoneBy", id: "j.undo_user_id", name: "w.name")
    private static let source = """
        job j LEFT JOIN user_account u ON u.id = j.user_id LEFT JOIN user_account w ON w.id = j.undo_user_id
        """

    private static let ordered = OrderedWork(name: "imports", columns: columns, source: source, alias: "j")

    private static let reportColumns = [
        ListColumn("line", "r.line", .integer), ListColumn("column", "r.column"), ListColumn("severity", "r.severity"),
        ListColumn("code", "r.code"),
    ]

    private static func report(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        _ = try ordered.json(call.id(), call, connection)
        var conditions = ListConditions()
        conditions.add("r.job_id = \(conditions.bind(try call.id()))")
        return ListPlan(
            name: "import-report",
            columns: reportColumns + [ListColumn("message", call.language == .zh ? "r.zh" : "r.en")],
            source: "job_row r",
            conditions: conditions, order: ["r.sequence"], paging: paging)
    }

    private static func cancel(_ call: Call, _ jobs: JobRunner) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        return { transaction in
            _ = try ordered.json(id, call, transaction.connection)
            guard let job = try JobStore.find(id, transaction.connection),
                job.state == "queued" || job.state == "running"
            else {
                throw Problem(.jobEnded)
            }
            try JobStore.cancel(id, transaction)
            jobs.wake()
            return .json(202, try ordered.json(id, call, transaction.connection))
        }
    }

    // MARK: Undoing

    private static func undo(_ call: Call, _ jobs: JobRunner) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            _ = try ordered.json(id, call, connection)
            guard let job = try JobStore.find(id, connection) else { throw Problem(.notFound) }
            switch job.state {
            case "queued", "running": throw Problem(.jobNotEnded)
            case "undoing", "undone": break
            default:
                let obstacles = UndoObstacles(call.register.composition)
                try obstacles.checkSupported(job, connection)
                try obstacles.check(id, scope, connection)
                try JobStore.undo(id, transaction)
                jobs.wake()
            }
            return .json(202, try ordered.json(id, call, connection))
        }
    }

    private static let obstacleColumns = [
        ListColumn("entity", "o.entity"), ListColumn("id", "o.id", .identifier), ListColumn("reason", "o.reason"),
        ListColumn("name", "o.name"),
    ]

    /// What prevents undoing now; names are shown only for records that the caller may see.
    private static func obstacles(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        let id = try call.id()
        _ = try ordered.json(id, call, connection)
        var conditions = ListConditions()
        // The parts of the source know the job as $1.
        _ = conditions.bind(id)
        let scope = try call.caller.scope
        let first = conditions.bind(scope.first)
        let last = conditions.bind(scope.last)
        let job = try JobStore.find(id, connection)
        let source = job?.state == "undone" ? nil : try UndoObstacles(call.register.composition).source(id, connection)
        let empty = "SELECT '' AS entity, x'' AS id, '' AS reason, '' AS name, 0 AS place WHERE $1 IS NULL"
        return ListPlan(
            name: "undo-obstacles", columns: obstacleColumns,
            source: """
                (SELECT q.entity, q.id, q.reason,
                    CASE WHEN q.place IS NULL OR q.place BETWEEN \(first) AND \(last) THEN q.name END AS name
                FROM (\(source ?? empty)) q) o
                """, conditions: conditions, order: ["o.entity", "o.id", "o.reason"],
            paging: paging)
    }

    private static func put(_ call: Call, _ jobs: JobRunner) throws -> @Sendable (Transaction) throws -> Response {
        let order = try order(call)
        let id = try call.id()
        let caller = try call.caller
        let register = call.register
        let file = try spooled(call)
        let contentHash = try hash(file, order, register.keys)
        let fileName = JobStore.filePrefix + id.description
        return { transaction in
            let connection = transaction.connection
            let existing = try connection.first(
                "SELECT content_hash, area_code, area_last FROM job WHERE id = $1", id
            ) { ($0.blob(0), Scope(first: $0.int64(1), last: $0.int64(2))) }
            if let (hash, scope) = existing {
                guard hash == contentHash, caller.scope.contains(scope) else { throw Problem(.conflictingContent) }
                var response = Response.json(202, try ordered.json(id, call, connection))
                response.add("Idempotency-Replayed", "true")
                return response
            }
            if let partner = order.partner, try PartnerStore.find(key: partner, connection) == nil {
                throw PartnerStore.unknown
            }
            // The file gets its final name before the job is committed, because a job without its file could never run.
            try file.keep(as: register.directory.spool + "/" + fileName)
            try JobStore.create(
                Job(
                    id: id, order: order, state: "queued", actor: call.actor, scope: caller.scope, fileName: fileName,
                    position: 0, counts: ImportCounts()), contentHash: contentHash, transaction)
            jobs.wake()
            var response = Response.json(202, try ordered.json(id, call, connection))
            response.add("Location", "/v1/imports/\(id)")
            return response
        }
    }

    private static func order(_ call: Call) throws -> ImportOrder {
        var query = Query(call.request.head.query)
        let files = call.register.composition.files
        let file = query.value("kind", placeholder: files[0]) { text throws(FieldError) in
            guard let file = files.first(where: { $0.kind.rawValue == text }) else {
                throw FieldError.notOneOf(files.map(\.kind.rawValue))
            }
            return file
        }
        let mode: ImportMode? = query.value("mode", FieldText.word)
        let isDryRun = query.boolean("dryRun") ?? false
        let complete = query.string("complete", characters: 1...12)
        let on = query.value("on", call.register.days.day)
        let partner = query.string("partner", characters: 1...40)
        let takesRenames = query.boolean("renames") ?? false
        let replacesLater = query.boolean("replacesLater") ?? false
        if partner != nil, !file.hasCodes {
            query.report("partner", .notForKind, zh: "区划文件中没有对接方的代码", en: "files of divisions contain no partner codes")
        }
        let completeBelow = complete.flatMap { AreaCode($0) }
        let isFlag = complete == "true" || complete == "false"
        if complete != nil, file.isCompleteBelow ? completeBelow == nil : !isFlag {
            query.report(
                "complete", .malformed, zh: "households 为 true 或 false，divisions 为 12 位区划代码",
                en: "true or false for households, a code of 12 digits for divisions")
        }
        try query.finish()
        return ImportOrder(
            kind: file.kind, mode: mode ?? .each, isDryRun: isDryRun, completeBelow: completeBelow,
            isComplete: complete == "true", on: on ?? call.now.shanghaiDate, partner: partner,
            takesRenames: takesRenames, replacesLater: replacesLater)
    }

    /// The body as a file without its gzip coding.
    private static func spooled(_ call: Call) throws -> SpoolFile {
        let directory = call.register.directory.spool
        let file: SpoolFile
        switch call.request.body {
        case .file(let spooled): file = try BodyCoding.decoded(spooled, call.request.head, directory: directory)
        case .none, .bytes:
            file = try SpoolFile(directory: directory)
            try file.append(try call.content())
        }
        return try BodyCoding.uncompressed(file, directory: directory)
    }

    /// Keyed, because the numbers in a small file could be guessed from a plain hash of it.
    private static func hash(_ file: SpoolFile, _ order: ImportOrder, _ keys: KeyRing) throws -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(order.kind.rawValue) \(order.mode.rawValue) \(order.parameters)\n".utf8))
        var offset = 0
        while offset < file.byteCount {
            let part = try file.read(at: offset, count: 1 << 20)
            guard !part.isEmpty else { break }
            hash.update(data: part)
            offset += part.count
        }
        return JobStore.contentHash(ofFile: Array(hash.finalize()), keys)
    }
}
