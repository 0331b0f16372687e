// A small blocking HTTP client for one keep-alive connection, and what it gets back.

import Glibc
import Synchronization
import Testing

@testable import Web

/// Why a test could not talk to its server.
struct ClientError: Error {
    let action: String
    let code: CInt
}

/// An answer as it came over the socket.
struct Answer: Sendable {
    let status: Int
    /// Names in lower case.
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    subscript(_ field: String) -> String? { fields.first { $0.name == field }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The version in a record's tag: `v3` of `"v3-0123456789abcdef"`.
    var versionTag: String? {
        self["etag"].map { $0.dropFirst().dropLast() }.flatMap { tag in
            let parts = tag.split(separator: "-")
            return parts.count >= 2 && parts[1].count == 16 ? String(parts[0]) : nil
        }
    }

    /// The body as JSON; nil where it is not.
    var json: JSONValue? { try? JSONDocument(body).root }

    /// The last part of a problem's type.
    var problem: String? {
        json["type"].string.map { String($0.drop(while: { $0 == "/" }).split(separator: "/").last ?? "") }
    }

    /// Pointers and codes of a problem's fields: `/name too-long`.
    var errors: [String] {
        json["errors"].list.map { error in
            [error["pointer"]?.string, error["code"]?.string].compactMap(\.self).filter { !$0.isEmpty }.joined(
                separator: " ")
        }
    }

    var items: [JSONValue] { json["items"].list }
}

/// One connection to a server on the loopback address. Used by one thread at a time.
final class Client: Sendable {
    private let port: Int
    private let connection: Mutex<CInt>
    private var descriptor: CInt { connection.withLock { $0 } }

    init(port: Int) throws {
        self.port = port
        connection = Mutex(try Self.connected(to: port))
    }

    private static func connected(to port: Int) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ClientError(action: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw ClientError(action: "connect", code: errno) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        return descriptor
    }

    deinit { close(descriptor) }

    func send(
        _ method: String, _ target: String, _ fields: [(String, String)], body: [UInt8]?
    ) throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: county.test\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        try write(Array((head + "\r\n").utf8) + (body ?? []))
        let answer = try answer(hasBody: method != "HEAD")
        if answer["connection"] == "close" {
            let fresh = try Self.connected(to: port)
            close(
                connection.withLock { old in
                    defer { old = fresh }
                    return old
                })
        }
        return answer
    }

    private func write(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            // A server that has refused the head closes its side; its answer is still to be read.
            if count < 0 && (errno == EPIPE || errno == ECONNRESET) { return }
            guard count > 0 else { throw ClientError(action: "send", code: errno) }
            offset += count
        }
    }

    private func answer(hasBody: Bool) throws -> Answer {
        var received: [UInt8] = []
        var headEnd: Int?
        while headEnd == nil {
            try receive(into: &received)
            headEnd = Self.endOfHead(received)
        }
        let start = headEnd ?? 0
        let lines = String(decoding: received[..<start], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: parts[0].lowercased(), value: parts.count > 1 ? String(parts[1].drop(while: { $0 == " " })) : ""
            )
        }
        let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        if hasBody && status != 304 {
            while received.count < start + length { try receive(into: &received) }
        }
        return Answer(status: status, fields: fields, body: Array(received[start...]))
    }

    private func receive(into bytes: inout [UInt8]) throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw ClientError(action: "receive", code: count == 0 ? 0 : errno) }
        bytes += buffer[..<count]
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13 {
            return index + 1
        }
        return nil
    }
}

/// What one person sends: every request carries their token.
struct Session: Sendable {
    /// Kept, so that the service runs as long as somebody talks to it.
    let county: County
    let client: Client
    /// Nil for somebody without a token.
    let token: String?

    func send(
        _ method: String, _ target: String, _ fields: KeyValuePairs<String, String> = [:], body: [UInt8]? = nil
    ) throws -> Answer {
        let own = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        let answer = try client.send(method, target, own + fields.map { ($0.key, $0.value) }, body: body)
        Contract.check(
            method, target, status: answer.status, contentType: answer["content-type"],
            body: answer["content-encoding"] == nil ? answer.body : [])
        return answer
    }

    func get(_ target: String, _ fields: KeyValuePairs<String, String> = [:]) throws -> Answer {
        try send("GET", target, fields)
    }

    /// Asks again with the tag that a first answer has.
    func again(_ target: String) throws -> Answer {
        try get(target, ["If-None-Match": try required(get(target)["etag"])])
    }

    func put(_ target: String, _ body: JSON) throws -> Answer {
        try send("PUT", target, ["Content-Type": "application/json"], body: Array(body.text.utf8))
    }

    func post(_ target: String, _ body: JSON, key: String? = nil) throws -> Answer {
        let body = Array(body.text.utf8)
        guard let key else { return try send("POST", target, ["Content-Type": "application/json"], body: body) }
        return try send("POST", target, ["Content-Type": "application/json", "Idempotency-Key": key], body: body)
    }

    /// - Parameter version: goes into If-Match; nil leaves it out.
    func patch(_ target: String, version: Int?, _ body: JSON) throws -> Answer {
        let body = Array(body.text.utf8)
        let type = "application/merge-patch+json"
        guard let version else { return try send("PATCH", target, ["Content-Type": type], body: body) }
        return try send("PATCH", target, ["Content-Type": type, "If-Match": "\"v\(version)\""], body: body)
    }

    /// All pages of a list, followed to the end; the target has a query already.
    func walk(_ target: String) throws -> [JSONValue] {
        var items: [JSONValue] = []
        var next: String?
        repeat {
            let answer = try get(target + (next.map { "&after=\($0)" } ?? ""))
            items += answer.items
            next = answer.json["next"].string
        } while next != nil
        return items
    }
}
