// Chores of each new day: at the start of the service, and when the date in the county has changed. It deliberately knows
// no chore: the application brings them.

import Dispatch
import Domain
import Logging
import Synchronization

/// Something to be done once on every day. Doing it again must change nothing: a failed one is tried again.
struct Chore: Sendable {
    /// For the log.
    let name: String
    let run: @Sendable () throws -> Void
}

final class Housekeeping: Sendable {
    private static let secondsBetweenLooks = 60

    private let chores: [Chore]
    private let today: @Sendable () -> CivilDate
    private let logger: Logger
    private let queue = DispatchQueue(label: "housekeeping", qos: .utility)
    /// The day for which each chore is done.
    private let done: Mutex<[CivilDate?]>
    private let timer = Mutex<(any DispatchSourceTimer)?>(nil)

    init(_ chores: [Chore], today: @escaping @Sendable () -> CivilDate, logger: Logger) {
        self.chores = chores
        self.today = today
        self.logger = logger
        done = Mutex(chores.map { _ in nil })
    }

    /// Does what is due, and looks again every minute.
    func start() {
        look()
        timer.withLock { slot in
            let timer = DispatchSource.makeTimerSource(queue: queue)
            let seconds = Self.secondsBetweenLooks
            timer.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .seconds(5))
            timer.setEventHandler { [weak self] in self?.doDue() }
            timer.resume()
            slot = timer
        }
    }

    /// Does what is due and waits for it. Never from the writer's queue.
    func look() { queue.sync { doDue() } }

    /// Ends, and waits for the chore that runs.
    func stop() {
        timer.withLock { slot in
            slot?.cancel()
            slot = nil
        }
        queue.sync {}
    }

    private func doDue() {
        let day = today()
        for (index, chore) in chores.enumerated() where done.withLock({ $0[index] }) != day {
            do {
                try chore.run()
                done.withLock { $0[index] = day }
            } catch {
                // Full disk or an overloaded writer: a minute later it is tried again.
                logger.error("a chore failed", metadata: ["chore": "\(chore.name)", "error": "\(type(of: error))"])
            }
        }
    }
}
