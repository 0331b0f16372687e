// The bounded pool for what takes longer than a loop may wait: whole lists, exports, reports, large bodies. Each worker
// has a reader of its own, and a snapshot is held only while it is read, never while a slow client downloads.

import Dispatch
import SQL
import Synchronization

final class LongPool: Sendable {
    typealias Task = @Sendable (Connection) -> Void

    private struct State {
        var waiting: [Task] = []
        var idle: [Int]
    }

    /// Beyond this many waiting tasks the answer is 503, because a longer queue would make everybody wait in vain.
    private static let waitingMax = 64
    private let queues: [DispatchQueue]
    private let readers: [Connection]
    private let state: Mutex<State>

    /// - Throws: `SQLError` when a reader cannot be opened.
    init(_ database: Database, width: Int) throws {
        queues = (0..<width).map { DispatchQueue(label: "long-\($0)") }
        readers = try (0..<width).map { _ in try database.makeReader() }
        state = Mutex(State(idle: Array(0..<width)))
    }

    /// Runs the task on a worker as soon as one is free.
    ///
    /// - Returns: false if too many are already waiting; the task is then not run.
    func submit(_ task: @escaping Task) -> Bool {
        let (worker, accepted): (Int?, Bool) = state.withLock { state in
            if let worker = state.idle.popLast() { return (worker, true) }
            guard state.waiting.count < Self.waitingMax else { return (nil, false) }
            state.waiting.append(task)
            return (nil, true)
        }
        if let worker { queues[worker].async { self.work(worker, task) } }
        return accepted
    }

    private func work(_ worker: Int, _ first: @escaping Task) {
        var task: Task? = first
        while let current = task {
            current(readers[worker])
            task = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    state.idle.append(worker)
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
