// A connection's life as a value: phases, deadlines, persistence. It is told what happened and when, and says what
// follows; it reads no clock and no socket.

/// The time limits in milliseconds.
struct TimeLimits: Sendable {
    let head, bodyGrace, request, keepAlive, answer, writeStall, linger, age: Int64
    let bodyBytesPerSecondMin: Int
    let requestsPerConnectionMax: Int
    let lingerBytesMax: Int

    init(_ limits: Limits) {
        func milliseconds(_ seconds: Double) -> Int64 { Int64(max(0, min(seconds, 1e9)) * 1_000) }
        head = milliseconds(limits.headSeconds)
        bodyGrace = milliseconds(limits.bodyGraceSeconds)
        request = milliseconds(limits.requestSeconds)
        keepAlive = milliseconds(limits.keepAliveSeconds)
        answer = milliseconds(limits.answerSeconds)
        writeStall = milliseconds(limits.writeStallSeconds)
        linger = milliseconds(limits.lingerSeconds)
        age = milliseconds(limits.connectionAgeSeconds)
        bodyBytesPerSecondMin = max(1, limits.bodyBytesPerSecondMin)
        requestsPerConnectionMax = limits.requestsPerConnectionMax
        lingerBytesMax = limits.lingerBytesMax
    }
}

struct ConnectionState {
    enum Phase: Equatable {
        /// Between requests.
        case waiting
        /// Some bytes of a head are there.
        case head
        /// The body is being read for the handler.
        case body
        /// The handler has the request; nothing is read.
        case serving
        /// The answer was given before the body; the body is being read and thrown away.
        case discarding
        /// The last answer was given but is not all with the kernel.
        case finishing
        /// Our side is shut; the client's rest is thrown away so that no reset overtakes the answer.
        case lingering
        case closed
    }

    /// What a passed deadline asks for.
    enum Expiry: Equatable {
        case none
        case refuse(status: Int)
        case close
    }

    private static let drainGrace: Int64 = 1_000

    private(set) var phase = Phase.waiting
    /// True while the kernel takes no more of our answers; then nothing is read.
    private(set) var isBlocked = false
    private(set) var isDraining = false
    private(set) var requestCount = 0
    private let openedAt: Int64
    private var phaseBegan: Int64
    private var requestBegan: Int64 = 0
    private var progressAt: Int64 = 0
    private var bodyByteCount = 0
    private var hasTotal = true
    private var clientPersists = true
    private var lingerByteCount = 0

    init(now: Int64) {
        openedAt = now
        phaseBegan = now
    }

    var wantsBytes: Bool {
        guard !isBlocked else { return false }
        switch phase {
        case .waiting, .head, .body, .discarding, .lingering: return true
        case .serving, .finishing, .closed: return false
        }
    }

    /// When `expire` should be asked next.
    func deadline(_ times: TimeLimits) -> Int64 {
        if isBlocked { return progressAt + times.writeStall }
        switch phase {
        case .waiting:
            if isDraining { return phaseBegan + ConnectionState.drainGrace }
            return phaseBegan + (requestCount == 0 ? times.head : times.keepAlive)
        case .head: return requestBegan + times.head
        case .body, .discarding:
            let earned = Int64(clamping: bodyByteCount) * 1_000 / Int64(times.bodyBytesPerSecondMin)
            let rate = phaseBegan + times.bodyGrace + earned
            return hasTotal ? min(rate, requestBegan + times.request) : rate
        case .serving: return phaseBegan + times.answer
        case .finishing: return phaseBegan + times.writeStall
        case .lingering: return phaseBegan + times.linger
        case .closed: return .max
        }
    }

    func expire(now: Int64, _ times: TimeLimits) -> Expiry {
        guard now >= deadline(times) else { return .none }
        guard !isBlocked else { return .close }
        return phase == .head || phase == .body ? .refuse(status: 408) : .close
    }

    mutating func headBytesArrived(now: Int64) {
        guard phase == .waiting else { return }
        phase = .head
        requestBegan = now
    }

    mutating func headCompleted(clientPersists: Bool, now: Int64) {
        if phase == .waiting { requestBegan = now }
        phase = .head
        requestCount += 1
        self.clientPersists = clientPersists
    }

    /// The body is read for the handler; `hasTotal` puts the whole request under its time limit.
    mutating func bodyBegan(hasTotal: Bool, now: Int64) {
        phase = .body
        phaseBegan = now
        bodyByteCount = 0
        self.hasTotal = hasTotal
    }

    mutating func bodyBytesArrived(_ count: Int) { bodyByteCount += count }

    mutating func requestCompleted(now: Int64) {
        phase = .serving
        phaseBegan = now
    }

    /// Whether the connection can go on after the next answer, which must say so if it cannot.
    func persists(now: Int64, _ times: TimeLimits) -> Bool {
        clientPersists && !isDraining && requestCount < times.requestsPerConnectionMax
            && now - openedAt < times.age
    }

    /// The answer is given. `bodyIsUnread`: the rest of the body still has to be thrown away.
    mutating func answered(persists: Bool, bodyIsUnread: Bool, now: Int64) {
        phaseBegan = now
        if !persists {
            phase = .finishing
        } else if bodyIsUnread {
            phase = .discarding
            bodyByteCount = 0
            hasTotal = true
        } else {
            phase = .waiting
        }
    }

    mutating func discardCompleted(now: Int64) {
        phase = .waiting
        phaseBegan = now
    }

    mutating func outputBlocked(now: Int64) {
        guard !isBlocked else { return }
        isBlocked = true
        progressAt = now
    }

    mutating func outputProgressed(now: Int64) { progressAt = now }

    /// All output is with the kernel. Deadlines of reading start anew: the client could not be read meanwhile.
    mutating func outputFlushed(now: Int64) {
        guard isBlocked else { return }
        isBlocked = false
        phaseBegan = now
        if phase == .head { requestBegan = now }
    }

    mutating func lingerBegan(now: Int64) {
        phase = .lingering
        phaseBegan = now
    }

    /// Bytes thrown away while lingering; true when it was too many and the connection should close.
    mutating func lingerBytesArrived(_ count: Int, _ times: TimeLimits) -> Bool {
        lingerByteCount += count
        return lingerByteCount > times.lingerBytesMax
    }

    /// No further request after the one at hand, or after one that comes within a second: a client at work may have
    /// sent it already. True if the connection was idle for longer than that and can end now.
    mutating func drain(now: Int64) -> Bool {
        isDraining = true
        guard phase == .waiting, !isBlocked else { return false }
        let idle = now - phaseBegan
        phaseBegan = now
        return requestCount > 0 && idle >= ConnectionState.drainGrace
    }

    mutating func close() { phase = .closed }
}
