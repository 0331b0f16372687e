// The group-commit writer: the one connection that writes, on a serial queue, many requests to one fsync. It
// deliberately never retries a commit, and never goes on after an I/O error: what a failed fsync lost cannot be
// known.

import Dispatch
import Synchronization

/// Why the writer did not do a piece of work; nothing of it was stored.
public enum WriterError: Error, Equatable, Sendable {
    /// The queue is full, or the request waited too long: 503 with Retry-After.
    case overloaded
    /// An I/O error or corruption: the process is about to end, and whether the commit survived is not known.
    case storageFailed
    /// The group's transaction was ended by one of its requests; it can be sent again.
    case transactionLost
    /// The writer is closed.
    case closed
}

extension WriterError: CustomStringConvertible {
    /// What happened, in words.
    public var description: String {
        switch self {
        case .overloaded: "too much is waiting to be written; try again"
        case .storageFailed: "storage failed, and what was being written is not stored"
        case .transactionLost: "what was being written was taken back; it can be sent again"
        case .closed: "the data is closed already"
        }
    }
}

/// Runs all changes, one after another, and answers each after its commit is on disk (`synchronous = FULL`).
///
/// What waits in the queue shares one `BEGIN IMMEDIATE … COMMIT`, with a savepoint for each request, at most 256
/// requests or 10 ms of work. One that throws loses only its own savepoint. What they left to the end of the
/// transaction (``Connection/beforeCommit(_:)``) is done for all of them at once. Everyone is answered after the
/// commit, a refused one too: what it was refused for may be a neighbour's row. Disk full is ``SQLError/diskFull``; an
/// I/O error ends the writer.
public final class Writer: Sendable {
    static let groupRequestsMax = 256
    static let groupNanosecondsMax: UInt64 = 10_000_000

    /// Figures for `/metrics`.
    public struct Statistics: Sendable, Equatable {
        /// Requests that wait now.
        public var queueDepth = 0
        /// Commits since the start, also those that changed nothing.
        public var commits = 0
        /// Requests answered with success.
        public var requestsCommitted = 0
        /// Requests that threw, or whose group failed.
        public var requestsFailed = 0
        /// Requests refused as overloaded.
        public var requestsOverloaded = 0
        /// Requests in the last group.
        public var lastGroupRequests = 0
        /// Requests in the largest group.
        public var largestGroupRequests = 0
        /// Checkpoints, of either kind.
        public var checkpoints = 0
        /// Pages in the write-ahead log after the last commit or checkpoint.
        public var logPages = 0
    }

    struct State {
        var waiting: WriterQueue
        var isDraining = false
        var isClosed = false
        var hasFailed = false
        /// When the next look for expired requests is due; `UInt64.max` for none.
        var sweepAt = UInt64.max
        /// The log length at which the next passive checkpoint is due.
        var checkpointAtPages = Writer.checkpointPages
        var lastCommitAt: UInt64 = 0
        var isIdleCheckScheduled = false
        var statistics = Statistics()
    }

    let connection: Connection
    let queue = DispatchQueue(label: "writer", qos: .userInitiated)
    let state: Mutex<State>
    private let sweepQueue = DispatchQueue(label: "writer-sweep")
    private let onFatal: @Sendable (SQLError) -> Void
    private let changes = Atomic<UInt64>(0)
    private let healthy = Atomic<Bool>(true)
    private let commitObserver = Mutex<(@Sendable () -> Void)?>(nil)
    let first = Mutex<FirstWork?>(nil)

    init(connection: Connection, queueMax: Int, onFatal: @escaping @Sendable (SQLError) -> Void) {
        self.connection = connection
        self.onFatal = onFatal
        state = Mutex(State(waiting: WriterQueue(countMax: queueMax)))
    }

    /// Counts the commits that changed something, since the start; raised before the answers go out. Equal figures
    /// mean that nothing changed in between.
    public var changeCounter: UInt64 { changes.load(ordering: .acquiring) }

    /// Calls the action after each commit that changed something, once it is on disk and counted, before the answers go
    /// out. It runs on the writer's queue and must be very short. A later observer takes the place of this one.
    public func observeCommits(_ action: @escaping @Sendable () -> Void) { commitObserver.withLock { $0 = action } }

    /// From now on does this before each group or piece, where it is due.
    public func begin(with work: FirstWork) { first.withLock { $0 = work } }

    /// False from a full disk until a commit changes something again, and for good after an I/O error.
    public var isHealthy: Bool { healthy.load(ordering: .acquiring) }

    /// The figures now.
    public var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queueDepth = state.waiting.count
            return statistics
        }
    }

    // MARK: Submitting

    /// Queues a piece of work; returns at once.
    ///
    /// - Parameters:
    ///   - waitSecondsMax: How long it may wait until it begins; past it, ``WriterError/overloaded``.
    ///   - work: Runs on the writer's queue, inside a savepoint. It must be short (milliseconds), and must not begin
    ///     or end transactions.
    ///   - then: Called exactly once: on the writer's queue after the commit or the failure, or at once on the
    ///     caller's thread when the queue is full. It must be short.
    public func submit<T: Sendable>(
        waitSecondsMax: Double = 2, _ work: @escaping @Sendable (Connection) throws -> T,
        then: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        submit(.grouped, waitSecondsMax, work, then)
    }

    /// Queues a long piece of work (seconds) that gets a transaction of its own, so that nobody else's answer waits for
    /// its commit; whoever waits in the queue for too long meanwhile is answered ``WriterError/overloaded``.
    ///
    /// - Parameters: as of ``submit(waitSecondsMax:_:then:)``.
    public func submitAlone<T: Sendable>(
        waitSecondsMax: Double = 2, _ work: @escaping @Sendable (Connection) throws -> T,
        then: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        submit(.alone, waitSecondsMax, work, then)
    }

    /// Does a piece of work and waits for its commit: for commands, jobs and tests. Never from the writer's own queue.
    @discardableResult
    public func perform<T: Sendable>(
        waitSecondsMax: Double = 60, _ work: @escaping @Sendable (Connection) throws -> T
    ) throws -> T {
        try wait(.grouped, waitSecondsMax, work)
    }

    /// Does a long piece of work in a transaction of its own (an import that must be atomic) and waits for its
    /// commit. Whoever waits in the queue for too long meanwhile is answered ``WriterError/overloaded``.
    @discardableResult
    public func performAlone<T: Sendable>(
        waitSecondsMax: Double = 60, _ work: @escaping @Sendable (Connection) throws -> T
    ) throws -> T {
        try wait(.alone, waitSecondsMax, work)
    }

    /// Lends the connection without a transaction, for the migrator.
    func performBare<T: Sendable>(_ work: @escaping @Sendable (Connection) throws -> T) throws -> T {
        try wait(.bare, 60, work)
    }

    /// Runs what is queued, then closes the connection, which checkpoints. Later work gets ``WriterError/closed``.
    public func close() {
        state.withLock { $0.isClosed = true }
        dispatchPrecondition(condition: .notOnQueue(queue))
        queue.sync {
            drain()
            connection.close()
        }
    }

    private func submit<T: Sendable>(
        _ kind: WriterRequest.Kind, _ waitSecondsMax: Double, _ work: @escaping @Sendable (Connection) throws -> T,
        _ then: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        let wait = UInt64(min(max(0, waitSecondsMax), 86_400) * 1e9)
        let request = WriterRequest(
            kind: kind, deadline: monotonicNanoseconds() + wait,
            work: { connection in
                let value = try work(connection)
                return { then(.success(value)) }
            },
            fail: { then(.failure($0)) })
        var mustDrain = false
        var sweepAfter: UInt64?
        let refusal: WriterError? = state.withLock { state in
            if state.hasFailed { return .storageFailed }
            if state.isClosed { return .closed }
            if state.waiting.isFull {
                state.statistics.requestsOverloaded += 1
                return .overloaded
            }
            state.waiting.append(request)
            mustDrain = !state.isDraining
            state.isDraining = true
            if request.deadline < state.sweepAt {
                state.sweepAt = request.deadline
                sweepAfter = wait
            }
            return nil
        }
        if let refusal { return then(.failure(refusal)) }
        if mustDrain { queue.async { self.drain() } }
        if let sweepAfter { scheduleSweep(after: sweepAfter) }
    }

    private func wait<T: Sendable>(
        _ kind: WriterRequest.Kind, _ waitSecondsMax: Double, _ work: @escaping @Sendable (Connection) throws -> T
    ) throws -> T {
        dispatchPrecondition(condition: .notOnQueue(queue))
        let answer = Answer<T>()
        submit(kind, waitSecondsMax, work) { answer.give($0) }
        return try answer.take().get()
    }

    // MARK: Requests that waited too long

    private func scheduleSweep(after nanoseconds: UInt64) {
        sweepQueue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [weak self] in self?.sweep() }
    }

    /// Answers those whose time is up, also while a long piece of work holds the writer.
    private func sweep() {
        let now = monotonicNanoseconds()
        let (expired, next) = state.withLock { state in
            let expired = state.waiting.removeExpired(now: now)
            state.statistics.requestsOverloaded += expired.count
            state.sweepAt = state.waiting.earliestDeadline ?? UInt64.max
            return (expired, state.sweepAt)
        }
        for request in expired {
            request.fail(WriterError.overloaded)
        }
        if next != UInt64.max { scheduleSweep(after: next - now) }
    }

    /// The next request, where its kind is one of those wanted; the expired ones before it are answered.
    func next(_ isWanted: (WriterRequest.Kind) -> Bool) -> WriterRequest? {
        while true {
            let now = monotonicNanoseconds()
            let (request, isExpired): (WriterRequest?, Bool) = state.withLock { state in
                guard let first = state.waiting.first else { return (nil, false) }
                let isExpired = first.deadline <= now
                guard isExpired || isWanted(first.kind) else { return (nil, false) }
                if isExpired { state.statistics.requestsOverloaded += 1 }
                return (state.waiting.removeFirst(), isExpired)
            }
            guard let request, isExpired else { return request }
            request.fail(WriterError.overloaded)
        }
    }

    // MARK: Outcomes

    /// Called once a commit is on disk, before its requests are answered.
    func noteCommit(requests: Int, succeeded: Int, hasChanged: Bool, hitDiskFull: Bool) {
        if hasChanged {
            changes.add(1, ordering: .acquiringAndReleasing)
            commitObserver.withLock { $0 }?()
        }
        if hitDiskFull {
            healthy.store(false, ordering: .releasing)
        } else if hasChanged {
            healthy.store(true, ordering: .releasing)
        }
        let now = monotonicNanoseconds()
        state.withLock { state in
            state.lastCommitAt = now
            state.statistics.commits += 1
            state.statistics.requestsCommitted += succeeded
            state.statistics.requestsFailed += requests - succeeded
            state.statistics.lastGroupRequests = requests
            state.statistics.largestGroupRequests = max(state.statistics.largestGroupRequests, requests)
            state.statistics.logPages = connection.walPages
        }
    }

    /// A group of which nothing was stored.
    func noteFailure(requests: Int, isDiskFull: Bool) {
        if isDiskFull { healthy.store(false, ordering: .releasing) }
        state.withLock { $0.statistics.requestsFailed += requests }
    }

    /// The end of the writer: the group and everyone who waits are answered, and the process is told, once.
    func fail(_ error: SQLError, _ group: [WriterRequest]) {
        healthy.store(false, ordering: .releasing)
        connection.keepLogOnClose()
        let (isFirst, waiting) = state.withLock { state in
            let isFirst = !state.hasFailed
            state.hasFailed = true
            state.statistics.requestsFailed += group.count
            return (isFirst, state.waiting.removeAll())
        }
        for request in group + waiting {
            request.fail(WriterError.storageFailed)
        }
        if isFirst { onFatal(error) }
    }
}

/// What is written before anything else: the turning of a day. It is committed by itself, so that no refusal of what
/// comes after it takes it back.
public struct FirstWork: Sendable {
    let isDue: @Sendable (Connection) throws -> Bool
    let run: @Sendable (Connection) throws -> Void

    /// - Parameters:
    ///   - isDue: asked before each group and piece, outside of any transaction; it must be quick.
    ///   - run: runs on the writer's queue, in a transaction of its own. What it throws takes it back and stops nobody.
    public init(
        isDue: @escaping @Sendable (Connection) throws -> Bool, run: @escaping @Sendable (Connection) throws -> Void
    ) {
        self.isDue = isDue
        self.run = run
    }
}

/// A result on its way from the writer's queue to the thread that waits for it.
private final class Answer<T: Sendable>: Sendable {
    private let result = Mutex<Result<T, any Error>?>(nil)
    private let isGiven = DispatchSemaphore(value: 0)

    func give(_ result: Result<T, any Error>) {
        self.result.withLock { $0 = result }
        isGiven.signal()
    }

    func take() -> Result<T, any Error> {
        while true {
            isGiven.wait()
            if let result = result.withLock({ $0 }) { return result }
        }
    }
}
