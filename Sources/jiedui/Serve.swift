// The service: opens the register, listens, and ends in order on a signal.

import ArgumentParser
import Dispatch
import Glibc
import HTTP1
import Logging
import SQL
import Service
import Synchronization

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the API over HTTP/1.1.")

    @OptionGroup var data: DataOptions
    @Option(help: "Address to listen on.") var host = "127.0.0.1"
    @Option(help: "Port to listen on; 0 takes a free one.") var port = 8080
    @Option(help: "A proxy whose X-Forwarded-For is believed, as CIDR; may be repeated.") var trustedProxy: [String] =
        []
    @Option(help: "An origin whose pages may use the API in a browser, like https://office.example; may be repeated.")
    var allowOrigin: [String] = []
    @Option(help: "Event loops; by default one for each core.") var loops = 0
    @Flag(help: "Write no line for each request.") var quiet = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("A port is a number from 0 to 65535.") }
        _ = try origins()
        guard (0...256).contains(loops) else { throw ValidationError("Loops are 0 to 256.") }
    }

    private func origins() throws -> AllowedOrigins {
        do { return try AllowedOrigins(allowOrigin) } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise()
        let heap = Heap()
        defer { withExtendedLifetime(heap) {} }
        // Nothing below writes to a descriptor itself: a reader who stalls holds up nobody.
        let log = LogQueue(descriptor: STDERR_FILENO)
        let output = LogQueue(descriptor: STDOUT_FILENO)
        defer { for queue in [output, log] { queue.flush(seconds: Shutdown.logSeconds) } }
        LoggingSystem.bootstrap { _ in JSONLogHandler(queue: log) }
        let logger = Logger(label: "jiedui")
        let register = try data.openRegister(log: log)
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.loopCount = loops > 0 ? loops : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        configuration.trustedProxies = try trustedProxy.map { text in
            guard let range = AddressRange(text) else {
                throw ValidationError("\(text) is not an address range like 10.0.0.0/8.")
            }
            return range
        }
        if !["127.0.0.1", "::1", "localhost"].contains(host) && trustedProxy.isEmpty {
            log.say(
                Console.errorLine(
                    "warning: \(host) is reachable from outside and this service speaks plain HTTP; "
                        + "put a TLS proxy in front of it and name it with --trusted-proxy"))
        }
        let application = try Application(
            register, resources: try Resources.locate(), loopCount: configuration.loopCount, logger: logger,
            requestLog: quiet ? nil : RequestLog(log), origins: try origins())
        configuration.limits.connectionsMax = min(configuration.limits.connectionsMax, DescriptorLimit.forConnections)
        configuration.dateSeconds = { application.dateSeconds }
        let server: Server
        do {
            server = try Server(configuration, handler: application)
        } catch {
            log.say(Console.errorLine("cannot listen on \(host):\(port): \(error)"))
            throw ExitCode(1)
        }
        application.observeConnections { [weak server] in server?.openConnectionCount ?? 0 }
        application.observeKeptBodyBytes { [weak server] in server?.keptBodyBytes ?? 0 }
        application.observeLostLogLines { log.lostTotal }
        server.start()
        application.start()
        if let doubt = register.clock.doubt {
            log.say(
                Console.errorLine("warning: \(doubt): jiedui clock confirm --data \(try data.directory.path)"))
        }
        output.say("listening on http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)")
        Shutdown.wait(server, application)
        register.close()
    }
}

/// The end of the service: the first signal drains, a second one ends at once.
enum Shutdown {
    /// Seconds that requests in flight are given.
    private static let drainSeconds = 8
    /// Seconds that the reader of the log is given to take what is queued.
    static let logSeconds = 1

    static func wait(_ server: Server, _ application: Application) {
        let signals = DispatchQueue(label: "signals")
        let stopping = DispatchSemaphore(value: 0)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: signals)
            let first = FirstTime()
            source.setEventHandler {
                guard first.take() else { exit(1) }
                stopping.signal()
            }
            source.resume()
            return source
        }
        stopping.wait()
        application.beginDraining()
        server.drain(seconds: drainSeconds)
        server.waitUntilStopped()
        application.stop()
        sources.forEach { $0.cancel() }
    }
}

/// True once.
private final class FirstTime: Sendable {
    private let taken = Mutex(false)

    func take() -> Bool {
        taken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}

/// Lets the process open as many descriptors as the system allows: a connection each.
enum DescriptorLimit {
    /// Descriptors that no connection takes: for the database, the loops, and files while requests are answered.
    private static let kept = 128

    /// How many connections may be open, so that files can be, too; at least half of what is allowed.
    static var forConnections: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        let all = Int(clamping: limit.rlim_cur)
        return max(all / 2, all - kept)
    }

    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
