// Runs one import: records are prepared on one thread (read, checked, sealed), one piece ahead of the writer, which
// applies them in short pieces. Counts, report and position of a piece are committed with its records, so an
// interrupted import continues where it was and counts nothing twice.

import Dispatch
import Domain
import SQL
import Synchronization
import Web

/// What an applied record did, and what should be looked at about it.
package struct ImportOutcome {
    package var counts = ImportCounts()
    package var rows: [ReportRow] = []

    package init(counts: ImportCounts = ImportCounts(), rows: [ReportRow] = []) {
        self.counts = counts
        self.rows = rows
    }

    /// Adds findings. A row of the file counts as refused once, however much is wrong with it.
    package mutating func add(_ findings: [ReportRow]) {
        rows += findings
        counts.refused += Set(findings.filter { $0.severity == .refused }.map(\.line)).count
    }
}

/// For what is not a record: rows refused before the database was asked.
package struct PreparedItem<Record: Sendable>: Sendable {
    /// Nil if all of it was refused.
    package var record: Record?
    /// Findings of the preparation; those of severity `refused` are counted as refused rows.
    package var rows: [ReportRow]

    package init(record: Record? = nil, rows: [ReportRow]) {
        self.record = record
        self.rows = rows
    }
}

/// A kind of import: how a file becomes records, and what one record does. An instance is used on the preparing thread
/// only.
package protocol Importer: AnyObject, SendableMetatype {
    associatedtype Record: Sendable
    /// What is known about the whole file at its end.
    associatedtype Summary: Sendable

    /// The next record of the file, prepared without the writer; nil at its end.
    func next() throws -> PreparedItem<Record>?
    /// How much of the file is read, from 0 to 1.
    var progress: Double { get }
    var summary: Summary { get }
    /// Applies a record. What it throws as `RecordRefused` undoes the record only.
    static func apply(_ record: Record, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction) throws
        -> ImportOutcome
    /// What remains to be done after all records, such as ending what a complete file no longer contains.
    ///
    /// - Parameter refused: the lines of rows that were refused while they were read or applied.
    static func finish(
        _ summary: Summary, refused: Set<Int>, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome
    /// The number of records in one piece. Other writes wait for a piece, so it takes at most some tens of
    /// milliseconds.
    static var recordsPerPiece: Int { get }
    /// Records depend on each other, so a dry run must apply all of them before it takes them back.
    static var isConnected: Bool { get }
}

extension Importer where Summary == [ReportRow] {
    /// For files where nothing is left to do at the end except to report what was not read.
    package static func finish(
        _ notices: [ReportRow], refused: Set<Int>, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        var outcome = ImportOutcome()
        outcome.rows = notices
        return outcome
    }
}

/// A record that a rule or a constraint refuses; its rows are reported.
package struct RecordRefused: Error {
    package let rows: [ReportRow]

    package init(rows: [ReportRow]) {
        self.rows = rows
    }
}

/// Carries a result out of a transaction that is to be undone.
private struct TakenBack<Result: Sendable>: Error {
    let result: Result
}

/// How an import ended.
package enum ImportEnd { case done, failed, cancelled, interrupted }

/// The progress of an import, for display.
public struct ImportProgress: Sendable {
    /// Rows looked at.
    public let rows: Int
    /// How much of the file is read, from 0 to 1.
    public let share: Double
}

/// One run of one job.
package struct ImportRun {
    /// Rows of a file in mode atomic.
    static let atomicRowsMax = 200_000

    package let job: Job
    package let register: Register
    package var shouldStop: () -> Bool = { false }
    package var watch: (ImportProgress) -> Void = { _ in }

    package init(
        _ job: Job, _ register: Register, shouldStop: @escaping () -> Bool = { false },
        watch: @escaping (ImportProgress) -> Void = { _ in }
    ) {
        self.job = job
        self.register = register
        self.shouldStop = shouldStop
        self.watch = watch
    }

    /// Runs to the end, to a request to cancel, or to the end of the service.
    package func run() throws -> ImportEnd {
        guard let kind = register.composition.file(job.order.kind) else { throw DamagedRow(column: 0) }
        let end = try kind.runImport(self, register.directory.spool + "/" + job.fileName)
        switch end {
        case .done: try finish("done")
        case .cancelled: try finish("cancelled")
        case .failed, .interrupted: break
        }
        return end
    }

    private func finish(_ state: String, failure: String? = nil) throws {
        let id = job.id
        try register.perform(as: job.actor) { try JobStore.finish(id, state, failure: failure, $0) }
    }

    /// Runs an importer, in pieces or as a whole.
    package func run<Kind: Importer>(_ make: @escaping @Sendable () throws -> Kind) throws -> ImportEnd {
        if job.order.mode == .atomic || (job.order.isDryRun && Kind.isConnected) { return try runWhole(make) }
        return try runPieces(make)
    }

    // MARK: In pieces

    private func runPieces<Kind: Importer>(_ make: @escaping @Sendable () throws -> Kind) throws -> ImportEnd {
        let pieces = PieceSource(skipping: job.position, make)
        defer { pieces.abandon() }
        var rows = job.counts.rows
        while let piece = try pieces.next() {
            if shouldStop() { return .interrupted }
            if try advance(Kind.self, piece) == .cancelled { return .cancelled }
            rows += piece.rowCount
            watch(ImportProgress(rows: rows, share: piece.share))
        }
        if let summary = pieces.summary { try applyRest(Kind.self, summary) }
        return .done
    }

    /// Applies a piece and moves the job's position with it; nil if the import continues.
    ///
    /// The database seldom refuses a prepared record, and a savepoint for each record costs a third of the writer's
    /// time, because the old version of every page is kept. So a piece is tried without savepoints first; if a record
    /// is refused, the whole piece is rolled back and applied again record by record.
    private func advance<Kind: Importer>(_ kind: Kind.Type, _ piece: Piece<Kind.Record>) throws -> ImportEnd? {
        let job = job
        let register = register
        do {
            return try register.database.writer.performAlone { connection in
                try register.transact(connection, job.actor, job: job.id) { transaction in
                    try Self.advance(kind, piece, job, transaction, isolating: false)
                }
            }
        } catch is RecordRefused {
            return try register.perform(as: job.actor, job: job.id) { transaction in
                try Self.advance(kind, piece, job, transaction, isolating: true)
            }
        }
    }

    private static func advance<Kind: Importer>(
        _ kind: Kind.Type, _ piece: Piece<Kind.Record>, _ job: Job, _ transaction: Transaction, isolating: Bool
    ) throws -> ImportEnd? {
        if try JobStore.isCancelRequested(job.id, transaction.connection) { return .cancelled }
        let outcome = try apply(kind, piece.items, job, transaction, isolating: isolating)
        try JobStore.advance(job.id, to: piece.end, outcome.counts, outcome.rows, transaction.connection)
        return nil
    }

    /// Applies a piece; a dry run takes its records back and keeps the report of what they would have done.
    private static func apply<Kind: Importer>(
        _ kind: Kind.Type, _ items: [PreparedItem<Kind.Record>], _ job: Job, _ transaction: Transaction, isolating: Bool
    ) throws -> ImportOutcome {
        func applied() throws -> ImportOutcome {
            var outcome = try applyItems(kind, items, job, transaction, isolating: isolating)
            outcome.rows += try transaction.takeNotices()
            return outcome
        }
        guard job.order.isDryRun else { return try applied() }
        do {
            return try transaction.savepoint { throw TakenBack(result: try applied()) }
        } catch let taken as TakenBack<ImportOutcome> {
            return taken.result
        }
    }

    /// Applies records, each in a savepoint of its own if refused ones are to be reported and the others kept.
    private static func applyItems<Kind: Importer>(
        _ kind: Kind.Type, _ items: [PreparedItem<Kind.Record>], _ job: Job, _ transaction: Transaction, isolating: Bool
    ) throws -> ImportOutcome {
        transaction.tellNotices()
        var outcome = ImportOutcome()
        for item in items {
            outcome.add(item.rows)
            guard let record = item.record else { continue }
            guard isolating else {
                let done = try kind.apply(record, job.order, job.scope, transaction)
                outcome.counts += done.counts
                outcome.rows += done.rows
                continue
            }
            do {
                let done = try transaction.savepoint {
                    try kind.apply(record, job.order, job.scope, transaction)
                }
                outcome.counts += done.counts
                outcome.rows += done.rows
            } catch let refused as RecordRefused {
                outcome.add(refused.rows)
            }
        }
        return outcome
    }

    private func applyRest<Kind: Importer>(_ kind: Kind.Type, _ summary: Kind.Summary) throws {
        let job = job
        try register.perform(as: job.actor, job: job.id) { transaction in
            let refused = try JobStore.refusedLines(job.id, transaction.connection)
            transaction.tellNotices()
            var rest = try kind.finish(summary, refused: refused, job.order, job.scope, transaction)
            rest.rows += try transaction.takeNotices()
            try JobStore.advance(job.id, to: Int.max, rest.counts, rest.rows, transaction.connection)
        }
    }

    // MARK: As a whole

    /// All records in one transaction, kept only if none is refused and it is not a dry run. Meanwhile other writes
    /// wait at most their two seconds.
    private func runWhole<Kind: Importer>(_ make: @escaping @Sendable () throws -> Kind) throws -> ImportEnd {
        let job = job
        let register = register
        if let failure = try refusalsBeforehand(make) {
            try keep(failure, of: job)
            return .failed
        }
        let outcome: ImportOutcome
        do {
            outcome = try register.database.writer.performAlone { connection in
                try register.transact(connection, job.actor, job: job.id) { try Self.applyWhole(make, job, $0) }
            }
        } catch let taken as TakenBack<ImportOutcome> {
            try keep(taken.result, of: job)
            return job.order.isDryRun ? .done : .failed
        }
        watch(ImportProgress(rows: outcome.counts.rows, share: 1))
        return .done
    }

    private static func applyWhole<Kind: Importer>(
        _ make: @escaping @Sendable () throws -> Kind, _ job: Job, _ transaction: Transaction
    ) throws -> ImportOutcome {
        var whole = ImportOutcome()
        let pieces = PieceSource(skipping: 0, make)
        defer { pieces.abandon() }
        while let piece = try pieces.next() {
            let outcome = try applyItems(Kind.self, piece.items, job, transaction, isolating: true)
            whole.counts += outcome.counts
            whole.rows += outcome.rows
        }
        if let summary = pieces.summary {
            let refused = Set(whole.rows.filter { $0.severity == .refused }.map(\.line))
            let rest = try Kind.finish(summary, refused: refused, job.order, job.scope, transaction)
            whole.counts += rest.counts
            whole.rows += rest.rows
        }
        whole.rows += try transaction.takeNotices()
        if job.order.isDryRun || whole.counts.refused > 0 { throw TakenBack(result: whole) }
        try JobStore.advance(job.id, to: Int.max, whole.counts, whole.rows, transaction.connection)
        return whole
    }

    /// Reads the whole file before the writer is needed, so that nobody has to wait for a file that is refused here.
    private func refusalsBeforehand<Kind: Importer>(_ make: () throws -> Kind) throws -> ImportOutcome? {
        guard job.order.mode == .atomic, !job.order.isDryRun else { return nil }
        let importer = try make()
        var outcome = ImportOutcome()
        var rows = 0
        while let item = try importer.next() {
            rows += 1
            guard rows <= Self.atomicRowsMax else { throw ImportFailure.tooManyRows(Self.atomicRowsMax) }
            outcome.add(item.rows.filter { $0.severity == .refused })
        }
        return outcome.rows.isEmpty ? nil : outcome
    }

    /// Keeps the report of an import that was rolled back; if it failed, only refused rows are counted.
    private func keep(_ outcome: ImportOutcome, of job: Job) throws {
        try register.perform(as: job.actor) { transaction in
            var counts = outcome.counts
            if !job.order.isDryRun {
                counts = ImportCounts()
                counts.refused = outcome.counts.refused
            }
            try JobStore.advance(job.id, to: 0, counts, outcome.rows, transaction.connection)
            if !job.order.isDryRun {
                let failure = ImportFailure.rowsRefused(counts.refused).description
                try JobStore.finish(job.id, "failed", failure: failure, transaction)
            }
        }
    }
}
