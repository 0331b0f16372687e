// Listeners, loops and their threads as one thing that starts, drains and stops. Signals are the caller's business.

import CLinux
import Dispatch
import Glibc
import Synchronization

/// An HTTP/1.1 server: one epoll loop for each core, each the only block of a serial Dispatch queue.
public final class Server: Sendable {
    /// The port that is listened on; also where the configuration said 0.
    public let port: Int
    /// How many loops there are; `Request.loop` is below it.
    public let loopCount: Int
    private let configuration: ServerConfiguration
    private let handler: any RequestHandler
    private let listeners: [CInt]
    private let mailboxes: [LoopMailbox]
    private let shared: ServerShared
    private let running = DispatchGroup()
    private let isStarted = Atomic<Bool>(false)

    /// Binds and listens, so that clients can connect, but serves nothing before `start`. SIGPIPE is ignored from here
    /// on in the whole process. Throws `ListenError` (a taken port, a bad address) or `FileError`.
    public init(_ configuration: ServerConfiguration, handler: any RequestHandler) throws {
        signal(SIGPIPE, SIG_IGN)
        let cores = sysconf(CInt(_SC_NPROCESSORS_ONLN))
        loopCount = configuration.loopCount > 0 ? configuration.loopCount : max(1, cores)
        var made: [LoopMailbox] = []
        for _ in 0..<loopCount { made.append(try LoopMailbox()) }
        mailboxes = made
        (listeners, port) = try Listener.open(
            host: configuration.host, port: configuration.port, count: loopCount)
        self.configuration = configuration
        self.handler = handler
        shared = ServerShared(configuration.limits)
    }

    deinit {
        if !isStarted.load(ordering: .acquiring) { for listener in listeners { close(listener) } }
    }

    /// Starts the loops, which run until `drain`, also if nobody holds the server. A second call does nothing.
    public func start() {
        guard !isStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for index in 0..<loopCount {
            let listener = listeners[index]
            let mailbox = mailboxes[index]
            let queue = DispatchQueue(label: "http1.loop.\(index)", qos: .userInitiated)
            queue.async(group: running) { [configuration, handler, shared] in
                let loop = EventLoop(
                    index: index, listener: listener, configuration: configuration, handler: handler,
                    mailbox: mailbox, shared: shared)
                loop.run()
            }
        }
    }

    /// Stops gracefully: no new connections, idle ones are closed (those used within the last second get one more), and
    /// requests in flight are answered with `Connection: close`; what is left after the time is cut off. Returns at
    /// once.
    public func drain(seconds: Int) {
        for mailbox in mailboxes { mailbox.post(.drain(milliseconds: Int64(max(0, min(seconds, 86_400))) * 1_000)) }
    }

    /// Blocks until every loop has ended after `drain`. Not to be called on a loop.
    public func waitUntilStopped() {
        running.wait()
    }

    /// Connections open now, idle ones included.
    public var openConnectionCount: Int { shared.openConnections.load(ordering: .relaxed) }

    /// Octets of bodies that are kept now, as `Limits.keptBodyBytesMax` bounds them.
    public var keptBodyBytes: Int { shared.bodies.byteCount }
}
