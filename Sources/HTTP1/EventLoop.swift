// One thread's epoll loop: waits, sorts what happened, keeps the deadlines. Accepting, reading, answering and writing
// are extensions in files of their own. Everything here happens on the loop's thread, other threads use the mailbox.

import CLinux
import Glibc

final class EventLoop {
    static let readBufferBytes = 65_536
    private static let eventsMax = 512
    private static let listenerToken = UInt64.max
    private static let mailboxToken = UInt64.max - 1

    let index: Int
    let limits: Limits
    let times: TimeLimits
    let trustedProxies: [AddressRange]
    let handler: any RequestHandler
    let mailbox: LoopMailbox
    let shared: ServerShared
    let epoll: CInt
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: EventLoop.readBufferBytes, alignment: 16)
    let output = OutputBuffer(capacity: 131_072)

    /// Negative once the loop drains.
    var listener: CInt
    /// Kept open so that there is a descriptor left to accept and refuse with when all others are used up.
    var spareDescriptor: CInt
    var acceptsAgainAt: Int64?
    /// Indexed by descriptor.
    var connections = ContiguousArray<Connection?>()
    var connectionCount = 0
    var generation: UInt32 = 0
    /// The connection whose bytes are being worked on; its answers are gathered in `output`.
    var current: Connection?
    /// Answers given on this thread to other connections than the current one.
    var setAside: [(RequestKey, Response, (any AnyObject & Sendable)?)] = []
    var wheel: DeadlineWheel
    /// Milliseconds of the monotonic clock, read once a wakeup.
    var now: Int64
    var drainEnd: Int64?
    private let dateSeconds: (@Sendable () -> Int?)?
    /// `Date: …` with its line end, made anew once a second.
    var dateLine: [UInt8] = []
    var dateSecond: Int? = 0
    lazy var deflater = Deflater(level: limits.gzipLevel)

    init(
        index: Int, listener: CInt, configuration: ServerConfiguration, handler: any RequestHandler,
        mailbox: LoopMailbox, shared: ServerShared
    ) {
        self.index = index
        self.listener = listener
        self.handler = handler
        self.mailbox = mailbox
        self.shared = shared
        limits = configuration.limits.clamped
        times = TimeLimits(configuration.limits)
        trustedProxies = configuration.trustedProxies
        dateSeconds = configuration.dateSeconds
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        spareDescriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        now = Clock.coarseMilliseconds()
        wheel = DeadlineWheel(now: now)
    }

    /// Runs until a drain is over.
    func run() {
        guard register(listener, EventLoop.listenerToken), register(mailbox.event, EventLoop.mailboxToken) else {
            return closeAll()
        }
        refreshDate()
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: EventLoop.eventsMax)
        defer { events.deallocate() }
        while true {
            let count = epoll_wait(epoll, events, CInt(EventLoop.eventsMax), waitMilliseconds())
            now = Clock.coarseMilliseconds()
            refreshDate()
            for index in 0..<Int(max(count, 0)) { take(events[index]) }
            expireDeadlines()
            answerSetAside()
            if let drainEnd, connectionCount == 0 || now >= drainEnd { return closeAll() }
        }
    }

    private func take(_ event: epoll_event) {
        switch event.data.u64 {
        case EventLoop.listenerToken: acceptConnections()
        case EventLoop.mailboxToken: for message in mailbox.take() { take(message) }
        default:
            let descriptor = Int(event.data.u64 & 0xffff_ffff)
            guard let connection = connections[descriptor],
                connection.generation == UInt32(truncatingIfNeeded: event.data.u64 >> 32)
            else { return }
            take(event.events, for: connection)
        }
    }

    private func take(_ events: UInt32, for connection: Connection) {
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0, events & EPOLLIN.rawValue == 0 {
            return close(connection)
        }
        if events & EPOLLOUT.rawValue != 0 {
            writePending(connection)
            guard connection.state.phase != .closed else { return }
        }
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 {
            if connection.state.wantsBytes {
                read(connection)
            } else {
                leaveUnread(connection, events)
            }
        }
        settle(connection)
    }

    private func take(_ message: LoopMessage) {
        switch message {
        case .answer(let key, let response, let note): answer(key, response, note: note)
        case .watchPeer(let key, let action): watchPeer(key, action)
        case .drain(let milliseconds): drain(milliseconds: milliseconds)
        }
        answerSetAside()
    }

    // MARK: - Registration and closing

    private func register(_ descriptor: CInt, _ token: UInt64) -> Bool {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: token))
        return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    func stopAccepting() {
        guard listener >= 0 else { return }
        epoll_ctl(epoll, EPOLL_CTL_DEL, listener, nil)
    }

    func startAccepting() {
        guard listener >= 0 else { return }
        _ = register(listener, EventLoop.listenerToken)
    }

    func setInterest(_ connection: Connection, _ wanted: UInt32) {
        guard connection.interest != wanted else { return }
        let operation = connection.interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        let token = UInt64(connection.generation) << 32 | UInt64(UInt32(bitPattern: connection.descriptor))
        var event = epoll_event(events: wanted, data: epoll_data_t(u64: token))
        if epoll_ctl(epoll, operation, connection.descriptor, &event) == 0 { connection.interest = wanted }
    }

    func close(_ connection: Connection) {
        guard connection.state.phase != .closed else { return }
        connection.state.close()
        connections[Int(connection.descriptor)] = nil
        connectionCount -= 1
        Glibc.close(connection.descriptor)
        shared.leave()
        if connection.isCounted { shared.leave(connection.peer) }
        let peerGone = connection.peerGone
        connection.endRequest()
        connection.pending = []
        connection.input = []
        peerGone?()
    }

    private func closeAll() {
        for connection in connections { if let connection { close(connection) } }
        for descriptor in [listener, spareDescriptor, epoll] where descriptor >= 0 { Glibc.close(descriptor) }
        readBuffer.deallocate()
    }

    // MARK: - Deadlines

    /// Brings registration and deadline in line with the connection's state, after anything happened to it.
    func settle(_ connection: Connection) {
        guard connection.state.phase != .closed else { return }
        var wanted = connection.interest & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        if connection.state.wantsBytes { wanted = EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if connection.state.isBlocked { wanted |= EPOLLOUT.rawValue }
        // Zero would read as unregistered; errors are reported in any case.
        setInterest(connection, wanted == 0 ? EPOLLERR.rawValue : wanted)
        let tick = wheel.tick(for: connection.state.deadline(times))
        if connection.wheelTick == 0 || tick < connection.wheelTick {
            connection.wheelTick = tick
            wheel.add(connection.descriptor, connection.generation, at: tick)
        }
    }

    private func expireDeadlines() {
        if let time = acceptsAgainAt, now >= time {
            acceptsAgainAt = nil
            startAccepting()
        }
        for entry in wheel.advance(to: now) {
            guard let connection = connections[Int(entry.descriptor)], connection.generation == entry.generation,
                connection.wheelTick == entry.tick
            else { continue }
            connection.wheelTick = 0
            switch connection.state.expire(now: now, times) {
            case .none: break
            case .close: close(connection)
            case .refuse(let status):
                refuse(connection, Refusal(status: status, reason: "the request came too slowly"), section: nil)
                finishProcessing(connection)
            }
            settle(connection)
        }
    }

    private func waitMilliseconds() -> CInt {
        guard wheel.count > 0 || acceptsAgainAt != nil || drainEnd != nil else { return -1 }
        let untilTick = DeadlineWheel.tickMilliseconds - now % DeadlineWheel.tickMilliseconds
        return CInt(acceptsAgainAt == nil && drainEnd == nil ? untilTick : min(untilTick, 20))
    }

    private func refreshDate() {
        let second = if let dateSeconds { dateSeconds() } else { Optional(Clock.wallSeconds()) }
        guard second != dateSecond else { return }
        dateSecond = second
        dateLine = second.map { Array("Date: \(httpDate($0))\r\n".utf8) } ?? []
    }

    // MARK: - Draining

    private func drain(milliseconds: Int64) {
        guard drainEnd == nil else { return }
        // Whoever is through the handshake is served.
        acceptsAgainAt = nil
        while acceptConnections() {}
        stopAccepting()
        Glibc.close(listener)
        listener = -1
        drainEnd = now + milliseconds
        for connection in connections {
            guard let connection else { continue }
            let isIdle = connection.state.drain(now: now)
            // A request that already lies in the kernel is answered, with Connection: close.
            if isIdle { read(connection) }
            if isIdle, connection.state.phase == .waiting { close(connection) }
            settle(connection)
        }
    }
}

enum Clock {
    static func coarseMilliseconds() -> Int64 { milliseconds(CLOCK_MONOTONIC_COARSE) }

    static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    static func wallSeconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return time.tv_sec
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
