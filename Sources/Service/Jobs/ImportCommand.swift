// An import from the command line: the same job as over the API, run at once and watched.

import Domain
import Glibc
import HTTP1
import SQL
import Web

/// What an import from the command line did.
public struct ImportResult: Sendable {
    /// The job, by which it can be undone.
    public let id: Identifier
    /// What was counted.
    public let counts: ImportCounts
    /// What should be looked at, in the order in which it was found.
    public let report: [ReportRow]
    /// Why the file as a whole was not imported; nil if it was.
    public let failure: String?

    /// The counts as one JSON object.
    public var json: String {
        var json = JSONWriter()
        json.object { json in
            json.key("id")
            json.string(id.description)
            json.key("created")
            json.integer(counts.created)
            json.key("changed")
            json.integer(counts.changed)
            json.key("unchanged")
            json.integer(counts.unchanged)
            json.key("ended")
            json.integer(counts.ended)
            json.key("refused")
            json.integer(counts.refused)
            if let failure {
                json.key("failure")
                json.string(failure)
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }
}

/// Imports from the command line.
public enum ImportCommand {
    /// Imports a file as the machine itself.
    ///
    /// - Throws: a file error, `SQLError` or `WriterError`; what is wrong with the file is in the result.
    public static func run(
        _ path: String, _ order: ImportOrder, _ register: Register, watch: @escaping (ImportProgress) -> Void = { _ in }
    ) throws -> ImportResult {
        let id = register.environment.newId(at: register.clock.now)
        do throws(FieldError) {
            try register.days.check(order.on)
        } catch {
            let words = "on: \(error.detail.zh) / \(error.detail.en)"
            return ImportResult(id: id, counts: ImportCounts(), report: [], failure: words)
        }
        let fileName = JobStore.filePrefix + id.description
        let spooled = register.directory.spool + "/" + fileName
        let file = try SpoolFile(directory: register.directory.spool)
        try Files.forEachChunk(path) { try file.append($0) }
        do {
            try BodyCoding.uncompressed(file, directory: register.directory.spool).keep(as: spooled)
        } catch let problem as Problem {
            let words = problem.detail ?? problem.kind.title
            return ImportResult(id: id, counts: ImportCounts(), report: [], failure: "\(words.zh) / \(words.en)")
        }
        defer { unlink(spooled) }
        let job = Job(
            id: id, order: order, state: "running", actor: .machine, scope: .everything, fileName: fileName,
            position: 0,
            counts: ImportCounts())
        try register.perform { transaction in
            try JobStore.create(job, contentHash: [UInt8](repeating: 0, count: 32), transaction)
            try JobStore.start(id, transaction)
        }
        var failure: String?
        do {
            _ = try ImportRun(job, register, watch: watch).run()
        } catch let error as ImportFailure {
            failure = error.description
            try register.perform { try JobStore.finish(id, "failed", failure: error.description, $0) }
        }
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try result(of: id, failure, reader)
    }

    private static func result(of id: Identifier, _ failure: String?, _ connection: Connection) throws -> ImportResult {
        let counts = try JobStore.find(id, connection)?.counts ?? ImportCounts()
        let kept = try connection.first("SELECT failure FROM job WHERE id = $1", id) { $0.optionalText(0) } ?? nil
        let report = try connection.query(
            "SELECT line, column, severity, code, zh, en FROM job_row WHERE job_id = $1 ORDER BY sequence", id
        ) { row in
            ReportRow(
                line: row.int(0), column: row.optionalText(1), ReportRow.Severity(rawValue: row.text(2)) ?? .notice,
                FieldCode(row.text(3), zh: row.text(4), en: row.text(5)))
        }
        return ImportResult(id: id, counts: counts, report: report, failure: kept ?? failure)
    }
}
