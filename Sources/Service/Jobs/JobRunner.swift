// Runs jobs one after another, oldest first, away from the event loops. An interrupted job continues at the next start
// after its last committed piece.

import Dispatch
import Domain
import Glibc
import Logging
import SQL
import Synchronization

package final class JobRunner: BackgroundRunner {
    private let register: Register
    private let logger: Logger
    private let queue = DispatchQueue(label: "jobs", qos: .utility)
    private let isStopping = Atomic<Bool>(false)

    package init(_ register: Register, logger: Logger) {
        self.register = register
        self.logger = logger
    }

    /// Looks for work, now and after the running job. The query goes through the writer, so it sees everything
    /// committed before it.
    package func wake() { queue.async { self.work() } }

    /// Stops after the running piece, and waits for it.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        queue.sync {}
    }

    private func work() {
        while !isStopping.load(ordering: .acquiring) {
            do {
                let spool = register.directory.spool
                let job = try register.perform { transaction in
                    let job = try JobStore.next(transaction.connection)
                    if let job, job.state != "undoing" { try JobStore.start(job.id, transaction) }
                    if job == nil { try Self.sweep(spool, transaction) }
                    return job
                }
                guard let job else { return }
                if job.state == "undoing" { try undo(job) } else { run(job) }
            } catch is ClockDoubt {
                return
            } catch {
                // A full disk or an overloaded writer: the next job or the next start tries again.
                logger.error("no job could be taken", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    /// Removes files that no job will read any more, because they contain personal numbers in clear. This runs on the
    /// writer, so that it never removes a file whose job is just being stored.
    private static func sweep(_ spool: String, _ transaction: Transaction) throws {
        for name in Files.names(in: spool, prefix: JobStore.filePrefix) {
            let id = Identifier(String(name.dropFirst(JobStore.filePrefix.count)))
            let job = try id.flatMap { try JobStore.find($0, transaction.connection) }
            if job?.state != "queued" && job?.state != "running" { unlink(spool + "/" + name) }
        }
    }

    /// If it is stopped (by a full disk or the end of the service) it stays where it is, and continues when there is
    /// work again.
    private func undo(_ job: Job) throws {
        _ = try UndoRun(
            job: job, register: register, shouldStop: { self.isStopping.load(ordering: .acquiring) }
        ).run()
    }

    private func run(_ job: Job) {
        do {
            let run = ImportRun(job, register, shouldStop: { self.isStopping.load(ordering: .acquiring) })
            let outcome = try run.run()
            guard outcome != .interrupted else { return }
        } catch is ClockDoubt {
            // It stays in state running, and continues from there when the clock is believed again.
        } catch {
            logger.error("a job failed", metadata: ["job": "\(job.id)", "error": "\(type(of: error))"])
            // The message is for the user who asked; an unforeseen error goes to the log only.
            let words =
                switch error {
                case let failure as ImportFailure: failure.description
                case SQLError.diskFull: "磁盘已满 / the disk is full"
                case _ where OpenFiles.areUsedUp(error): OpenFiles.words
                default:
                    "服务出错，文件没有全部导入，原因见服务日志 / the service failed and the file was not fully imported: see the log"
                }
            do {
                try register.perform { try JobStore.finish(job.id, "failed", failure: words, $0) }
            } catch {
                // The job stays in state running, and needs its file when the next start takes it up.
                logger.error("a failed job could not be ended", metadata: ["job": "\(job.id)"])
            }
        }
    }
}
