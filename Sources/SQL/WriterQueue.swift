// The requests that wait for the writer: first in, first out, bounded, each with the time until which it may wait.
// A value: the writer's lock guards it.

/// A piece of work for the writer, with the types of its answer closed over.
struct WriterRequest: Sendable {
    enum Kind: Sendable {
        /// Shares a transaction with its neighbours, in a savepoint of its own.
        case grouped
        /// Has a transaction of its own.
        case alone
        /// Makes its own transactions: migrations.
        case bare
    }

    let kind: Kind
    /// Monotonic nanoseconds after which it is no longer begun.
    let deadline: UInt64
    /// Does the work and returns what tells its success, to be called once the commit is on disk.
    let work: @Sendable (Connection) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
}

struct WriterQueue {
    let countMax: Int
    private var requests: [WriterRequest] = []
    /// The requests before it are taken: removing each from the array's front would move all others.
    private var head = 0

    init(countMax: Int) {
        self.countMax = countMax
    }

    var count: Int { requests.count - head }
    var isFull: Bool { count >= countMax }
    var first: WriterRequest? { head < requests.count ? requests[head] : nil }
    var earliestDeadline: UInt64? { requests[head...].lazy.map(\.deadline).min() }

    mutating func append(_ request: WriterRequest) {
        requests.append(request)
    }

    mutating func removeFirst() -> WriterRequest? {
        guard let request = first else { return nil }
        head += 1
        if head == requests.count || head >= 1024 {
            requests.removeFirst(head)
            head = 0
        }
        return request
    }

    /// Takes out those whose time is up.
    mutating func removeExpired(now: UInt64) -> [WriterRequest] {
        let expired = requests[head...].filter { $0.deadline <= now }
        if !expired.isEmpty {
            requests = requests[head...].filter { $0.deadline > now }
            head = 0
        }
        return expired
    }

    mutating func removeAll() -> [WriterRequest] {
        let all = Array(requests[head...])
        requests = []
        head = 0
        return all
    }
}
