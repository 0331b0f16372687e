// Writes exports one after another, on a queue and with a reader of its own, so that imports and writes continue
// meanwhile. An export interrupted by a restart begins again, from a new snapshot.

import Dispatch
import Domain
import Glibc
import HTTP1
import Logging
import SQL
import Synchronization

package final class ExportRunner: BackgroundRunner {
    private let register: Register
    private let logger: Logger
    private let queue = DispatchQueue(label: "exports", qos: .utility)
    private let isStopping = Atomic<Bool>(false)
    /// Exports that their users no longer want.
    private let unwanted = Mutex<Set<Identifier>>([])
    private let looksLater = Atomic<Bool>(false)
    /// Seconds after which files past their time are looked for again.
    private static let lookSeconds = 600

    package init(_ register: Register, logger: Logger) {
        self.register = register
        self.logger = logger
    }

    /// Looks for work, now and after the running export.
    package func wake() { queue.async { self.work() } }

    /// Stops the export that is being written, and waits for it.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        queue.sync {}
    }

    /// Stops writing a file that is no longer wanted.
    package func drop(_ id: Identifier) {
        unwanted.withLock { _ = $0.insert(id) }
        wake()
    }

    private func work() {
        while !isStopping.load(ordering: .acquiring) {
            do {
                let spool = register.directory.spool
                let job = try register.perform { transaction in
                    try ExportStore.expire(transaction)
                    try Self.sweep(spool, transaction)
                    let job = try ExportStore.next(transaction.connection)
                    if let job { try ExportStore.start(job.id, transaction) }
                    return job
                }
                guard let job else {
                    unwanted.withLock { $0 = [] }
                    return lookLater()
                }
                try run(job)
            } catch is ClockDoubt {
                return lookLater()
            } catch {
                logger.error("no export could be taken", metadata: ["error": "\(type(of: error))"])
                return lookLater()
            }
        }
    }

    /// Files expire even if nobody asks for anything.
    private func lookLater() {
        guard !looksLater.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.asyncAfter(deadline: .now() + .seconds(Self.lookSeconds)) { [weak self] in
            self?.looksLater.store(false, ordering: .releasing)
            self?.work()
        }
    }

    /// Removes files that nobody may fetch any more. This runs on the writer, so that it never removes a file whose
    /// export is just being finished.
    private static func sweep(_ spool: String, _ transaction: Transaction) throws {
        for name in Files.names(in: spool, prefix: ExportStore.filePrefix) {
            let id = Identifier(String(name.dropFirst(ExportStore.filePrefix.count)))
            let job = try id.flatMap { try ExportStore.find($0, transaction.connection) }
            if job?.state != "done" { unlink(spool + "/" + name) }
        }
    }

    private func run(_ job: ExportJob) throws {
        do {
            try write(job)
        } catch is ExportCancelled {
            return
        } catch let doubt as ClockDoubt {
            // Nothing is wrong with the export: it begins again when the clock is believed.
            throw doubt
        } catch {
            logger.error("an export failed", metadata: ["export": "\(job.id)", "error": "\(type(of: error))"])
            let isFull = (error as? HTTP1.FileError)?.isDiskFull ?? false
            try register.perform { transaction in
                let known =
                    (error as? ExportFailure)?.description ?? (OpenFiles.areUsedUp(error) ? OpenFiles.words : nil)
                try ExportStore.fail(
                    job.id,
                    known ?? (isFull ? "磁盘已满 / the disk is full" : "服务出错，原因见服务日志 / the service failed: see its log"),
                    transaction)
            }
        }
    }

    private func write(_ job: ExportJob) throws {
        let file = try SpoolFile(directory: register.directory.spool)
        let path = register.directory.spool + "/" + ExportStore.filePrefix + job.id.description
        let reader = try register.database.makeReader()
        defer { reader.close() }
        let figures = try reader.transaction(.deferred) {
            try ExportFile.write(
                job.order, job.scope, on: register.clock.now.shanghaiDate, register.keys, register.composition,
                reader,
                shouldStop: {
                    self.isStopping.load(ordering: .acquiring) || self.unwanted.withLock { $0.contains(job.id) }
                }, to: { try file.append($0) })
        }
        try register.perform(as: job.actor) { transaction in
            // The file gets its final name first, so that a finished export always has its file.
            try file.keep(as: path)
            if try !ExportStore.finish(job, figures, transaction) { unlink(path) }
        }
    }
}
