// Makes drafts one after another, on a lane of its own with a reader of its own: writers go on beside it. A run that a
// restart interrupted is begun again, from a new snapshot.

import Dispatch
import Domain
import Logging
import SQL
import Service
import Synchronization

package final class PairingRunner: BackgroundRunner {
    private let register: Register
    private let logger: Logger
    private let queue = DispatchQueue(label: "pairing-runs", qos: .utility)
    private let isStopping = Atomic<Bool>(false)
    /// Runs that nobody wants any more.
    private let unwanted = Mutex<Set<Identifier>>([])
    private let progress = Mutex<(run: Identifier, percent: Int)?>(nil)

    package init(_ register: Register, logger: Logger) {
        self.register = register
        self.logger = logger
    }

    /// Looks for work, now and after what is under way.
    package func wake() { queue.async { self.work() } }

    /// Ends what is being made, and waits for that.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        queue.sync {}
    }

    /// Stops making a draft that is not wanted any more.
    package func drop(_ id: Identifier) {
        guard percent(of: id) != nil else { return }
        unwanted.withLock { _ = $0.insert(id) }
    }

    /// How far a run is, 0 to 100; nil for one that is not being made now.
    package func percent(of id: Identifier) -> Int? {
        progress.withLock { progress in progress.flatMap { $0.run == id ? $0.percent : nil } }
    }

    private func work() {
        while !isStopping.load(ordering: .acquiring) {
            do {
                let run = try register.perform { transaction in
                    let run = try PairingRunStore.next(transaction.connection)
                    if let run { try PairingRunStore.start(run.id, transaction) }
                    return run
                }
                guard let run else { return }
                make(run)
            } catch is ClockDoubt {
                return
            } catch {
                // A full disk or an overloaded writer: the next run or the next start tries again.
                logger.error("no pairing run could be taken", metadata: ["error": "\(type(of: error))"])
                return
            }
        }
    }

    private func make(_ run: PairingRun) {
        do {
            try PairingRunWork.make(
                run, register,
                watch: { share in self.progress.withLock { $0 = (run.id, Int(share * 100)) } },
                shouldStop: {
                    self.isStopping.load(ordering: .acquiring) || self.unwanted.withLock { $0.contains(run.id) }
                })
        } catch is RunInterrupted {
            // Cancelled, or the service ends and the next start begins it again.
        } catch is ClockDoubt {
            // It is begun again when the clock is believed.
        } catch {
            logger.error("a pairing run failed", metadata: ["run": "\(run.id)", "error": "\(type(of: error))"])
            let words = (error as? PairingReadFailure)?.description ?? PairingRunWork.words(error)
            do {
                try register.perform { try PairingRunStore.fail(run.id, words, $0) }
            } catch {
                logger.error("a failed pairing run could not be ended", metadata: ["run": "\(run.id)"])
            }
        }
        progress.withLock { $0 = nil }
        unwanted.withLock { _ = $0.remove(run.id) }
    }
}

/// From a run that was asked for to its stored draft: for the service's lane and for the command line.
enum PairingRunWork {
    /// Shares of the time that a county takes: reading, solving, storing.
    private static let solvingFrom = 0.3
    private static let storingFrom = 0.5

    /// - Throws: `RunInterrupted`, `PairingReadFailure`, `PairingFault`, or an error of storage.
    @discardableResult
    static func make(
        _ run: PairingRun, _ register: Register, watch: @escaping @Sendable (Double) -> Void,
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) throws -> RunDraft {
        watch(0)
        let reader = try register.database.makeReader()
        defer { reader.close() }
        let (input, present, changesAfter) = try reader.transaction(.deferred) {
            let changes = try reader.first("SELECT max(sequence) FROM change") { $0.optionalInt64(0) }
            func read(_ options: PairingOptions) throws -> PairingInput {
                try PairingReader.read(run.area, on: run.day, options: options, reader)
            }
            return (
                try read(run.options), run.options.asksWhatIf ? try read(run.options.withoutWhatIf) : nil,
                (changes ?? nil) ?? 0
            )
        }
        if shouldStop() { throw RunInterrupted() }
        watch(solvingFrom)
        let draft = try RunDraft.make(
            input, present: present,
            watch: { watch(solvingFrom + (storingFrom - solvingFrom) * $0) }, shouldStop: shouldStop)
        try RunStorage(run, draft, register).store(
            changesAfter: changesAfter, watch: { watch(storingFrom + (1 - storingFrom) * $0) }, shouldStop: shouldStop)
        return draft
    }

    /// What a failure means to whoever asked.
    static func words(_ error: any Error) -> String {
        switch error {
        case PairingFault.tooLarge: "区域过大，请按乡镇分别计算 / the area is too large: run its towns by themselves"
        case _ where OpenFiles.areUsedUp(error): OpenFiles.words
        default: "服务出错，原因见服务日志 / the service failed: see its log"
        }
    }
}
