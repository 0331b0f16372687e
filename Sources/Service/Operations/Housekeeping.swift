// Chores of each new day: at the start of the service, and when the date in the county has changed. It deliberately
// knows no particular chore: the application supplies them.

import Dispatch
import Domain
import Logging
import Synchronization

/// Something to be done once every day. Doing it again must change nothing, because a failed chore is tried again.
package struct Chore: Sendable {
    /// For the log.
    package let name: String
    /// True for chores that must be done before anybody is answered; others run while requests are served.
    package var comesFirst = false
    /// Asked every minute, because there may be something to do at any time; mostly there is nothing.
    package var isAskedOften = false
    /// Does a short piece; true when there is more.
    package let run: @Sendable () throws -> Bool

    package init(
        name: String, comesFirst: Bool = false, isAskedOften: Bool = false, run: @escaping @Sendable () throws -> Bool
    ) {
        self.name = name
        self.comesFirst = comesFirst
        self.isAskedOften = isAskedOften
        self.run = run
    }
}

final class Housekeeping: Sendable {
    private static let secondsBetweenLooks = 60

    private let chores: [Chore]
    /// Throws while the day is not known; then nothing is done.
    private let today: @Sendable () throws -> CivilDate
    private let logger: Logger
    private let queue = DispatchQueue(label: "housekeeping", qos: .utility)
    /// The day for which each chore is done.
    private let done: Mutex<[CivilDate?]>
    private let isStopping = Atomic<Bool>(false)
    private let timer = Mutex<(any DispatchSourceTimer)?>(nil)

    init(_ chores: [Chore], today: @escaping @Sendable () throws -> CivilDate, logger: Logger) {
        self.chores = chores
        self.today = today
        self.logger = logger
        done = Mutex(chores.map { _ in nil })
    }

    /// Does what must come first, then the rest, and looks again every minute.
    func start() {
        queue.sync { doDue(chores.indices.filter { chores[$0].comesFirst }) }
        queue.async { [weak self] in self.map { $0.doDue($0.chores.indices) } }
        timer.withLock { slot in
            let timer = DispatchSource.makeTimerSource(queue: queue)
            let seconds = Self.secondsBetweenLooks
            timer.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .seconds(5))
            timer.setEventHandler { [weak self] in self.map { $0.doDue($0.chores.indices) } }
            timer.resume()
            slot = timer
        }
    }

    /// Does what is due and waits for it. Must not be called on the writer's queue.
    func look() { queue.sync { doDue(chores.indices) } }

    /// Stops, and waits for the running piece.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        timer.withLock { slot in
            slot?.cancel()
            slot = nil
        }
        queue.sync {}
    }

    private func doDue(_ indices: some Sequence<Int>) {
        // The watcher of the clock logs why there is no day.
        guard let day = try? today() else { return }
        for index in indices where chores[index].isAskedOften || done.withLock({ $0[index] }) != day {
            let chore = chores[index]
            do {
                while try chore.run() {
                    if isStopping.load(ordering: .acquiring) { return }
                }
                done.withLock { $0[index] = day }
            } catch {
                // A full disk or an overloaded writer: it is tried again a minute later.
                logger.error("a chore failed", metadata: ["chore": "\(chore.name)", "error": "\(type(of: error))"])
            }
        }
    }
}
