// A real server on a free loopback port, and a blocking client that speaks raw bytes. No behaviour of ours is imitated.

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP1

/// Answers by path, with closures for what a test wants to be different.
final class TestHandler: RequestHandler {
    typealias Handle = @Sendable (Request, Responder) -> Void
    typealias Plan = @Sendable (RequestHead) -> BodyPlan

    private let onPlan: Plan
    private let onHandle: Handle
    let records = Mutex<[AnswerRecord]>([])

    init(plan: @escaping Plan, handle: @escaping Handle = TestHandler.echo) {
        onPlan = plan
        onHandle = handle
    }

    convenience init(handle: @escaping Handle = TestHandler.echo) {
        self.init(plan: { _ in .collect(bytesMax: 1 << 20) }, handle: handle)
    }

    /// The body back, or the path where there is none.
    static let echo: Handle = { request, responder in
        var response = Response(status: 200)
        switch request.body {
        case .none: response.body = .bytes(Array(request.head.path))
        case .bytes(let bytes): response.body = .bytes(bytes)
        case .file(let file): response.body = .file(file)
        }
        responder.respond(response)
    }

    func plan(_ head: RequestHead, loop: Int) -> BodyPlan { onPlan(head) }

    func handle(_ request: Request, _ responder: Responder) { onHandle(request, responder) }

    func refused(status: Int, reason: String, acceptLanguage: String?) -> Response {
        var response = Response(status: status)
        response.add("Content-Type", "text/plain")
        response.body = .bytes(Array("\(acceptLanguage ?? "-"): \(reason)".utf8))
        return response
    }

    func refused(_ shortage: BodyShortage, acceptLanguage: String?) -> Response {
        var response = Response(status: 503)
        response.body = .bytes(Array("\(acceptLanguage ?? "-"): \(shortage)".utf8))
        return response
    }

    func answered(_ record: AnswerRecord) { records.withLock { $0.append(record) } }
}

/// A started server that is drained when the closure ends.
func withServer<Result>(
    _ handler: TestHandler = TestHandler(), loops: Int = 1, limits change: (inout Limits) -> Void = { _ in },
    configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Server) throws -> Result
) throws -> Result {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.loopCount = loops
    change(&configuration.limits)
    configure(&configuration)
    let server = try Server(configuration, handler: handler)
    server.start()
    defer {
        server.drain(seconds: 0)
        server.waitUntilStopped()
    }
    return try body(server)
}

struct Reply: Equatable {
    var status = 0
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
}

struct ClientError: Error {
    let what: String
    init(_ what: String) { self.what = what }
}

/// A client with a receive time-out of ten seconds.
final class Client {
    let descriptor: CInt
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(_ port: Int, receiveBufferBytes: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ClientError("socket: \(errno)") }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        if var bytes = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ClientError("connect: \(errno)") }
    }

    // Runs after an init that throws, too: all properties have a value from the socket on.
    deinit { close() }

    func close() {
        if isOpen, descriptor >= 0 { Glibc.close(descriptor) }
        isOpen = false
    }

    /// Closes with a reset instead of a FIN.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// False if the server was gone before all was sent.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            offset += count
        }
        return true
    }

    func get(_ path: String, _ fields: String = "") { send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n") }

    /// The next answer, interim ones too.
    func reply(toHead: Bool = false) throws -> Reply {
        let head = try readHead()
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).makeIterator()
        let statusLine = (lines.next() ?? "").split(separator: " ")
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else {
            throw ClientError("status line: \(head)")
        }
        var reply = Reply(status: status)
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: ":") else { throw ClientError("field: \(line)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            reply.fields[line[..<colon].lowercased(), default: ""] += value
        }
        if let length = reply.fields["content-length"].flatMap({ Int($0) }), !toHead {
            while buffer.count < length { guard try fill() else { throw ClientError("body cut off") } }
            reply.body = Array(buffer[..<length])
            buffer.removeFirst(length)
        }
        return reply
    }

    /// True if the server ends the connection without sending anything more.
    func isEnded() throws -> Bool {
        guard buffer.isEmpty else { return false }
        return try !fill()
    }

    /// Everything until the server's end.
    func rest() throws -> String {
        while try fill() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    private func readHead() throws -> String {
        let end: [UInt8] = [13, 10, 13, 10]
        while true {
            if let index = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
                defer { buffer.removeFirst(index + 4) }
                return String(decoding: buffer[..<index], as: UTF8.self)
            }
            guard try fill() else { throw ClientError("closed before an answer: \(buffer.count) bytes") }
        }
    }

    /// False at the server's end, reset or not.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == EAGAIN { throw ClientError("nothing came in ten seconds") }
        if count <= 0 { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}

/// Looks again and again until the condition holds; false if it does not within the time.
func waitUntil(_ seconds: Double, _ condition: () -> Bool) -> Bool {
    let end = Clock.coarseMilliseconds() + Int64(seconds * 1_000)
    while !condition() {
        if Clock.coarseMilliseconds() > end { return false }
        poll(nil, 0, 2)
    }
    return true
}

/// Open descriptors of this process.
func descriptorCount() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Resident memory of this process in bytes.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return 0 }
    let text = line.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
}

/// A directory of its own that is removed afterwards.
func withDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/http1-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ClientError("mkdtemp: \(errno)") }
    let path = template.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    defer {
        for name in fileNames(path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }
    return try body(path)
}

func fileNames(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
