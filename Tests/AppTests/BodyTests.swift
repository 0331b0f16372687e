// Bodies before the application: whose they are, where they lie, what is kept of those that nobody may send, and what a
// user is told who sends more than may be kept.

import Foundation
import Testing

@testable import HTTP1
@testable import Service
@testable import Web

/// A connection that sends what it likes and reads nothing.
private final class Sender {
    private let descriptor: CInt

    init(_ county: County, _ text: String, _ filling: Int = 0) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(county.server.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected)
        try send(Array(text.utf8) + [UInt8](repeating: 0x20, count: filling))
    }

    func send(_ text: String, after filling: Int) throws {
        try send([UInt8](repeating: 0x20, count: filling) + Array(text.utf8))
    }

    private func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            try #require(count > 0)
            offset += count
        }
    }

    /// Octets that came within ten seconds.
    func answer() throws -> String {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(poll(&ready, 1, 10_000) == 1)
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    deinit { close(descriptor) }
}

private func waitUntil(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<5_000 {
        if try condition() { return true }
        usleep(2_000)
    }
    return false
}

@Suite struct BodyTests {
    private static let megabyte = 1 << 20

    private func spoolFiles(_ county: County) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: county.register.directory.spool)
            .count { $0.hasPrefix("spool-") }
    }

    private func head(
        _ method: String = "POST", _ path: String = "/v1/visit-batches", token: String?, _ framing: String
    ) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: county.test\r\nContent-Type: application/json\r\n"
            + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + framing + "\r\n"
    }

    @Test("nothing is kept of a body without a route, a token or a right to send it, nor of one that no route reads")
    func unwanted() throws {
        let county = try County()
        let framings = [
            "Content-Length: 60000\r\n", "Transfer-Encoding: chunked\r\n",
            "Content-Length: 60000\r\nExpect: 100-continue\r\n",
            "Content-Length: 60000\r\nContent-Encoding: gzip\r\n",
        ]
        let auditor = try county.as(.auditor).token
        for framing in framings {
            let cases = [
                ("POST", "/v1/households", nil, "401"), ("POST", "/v1/households", "jd_0", "401"),
                ("POST", "/v1/households", auditor, "403"), ("POST", "/v1/none", auditor, "404"),
                ("POST", "/v1/none", nil, "404"), ("PUT", "/v1/%ff", nil, "404"),
                ("DELETE", "/v1/households", auditor, "405"), ("OPTIONS", "/v1/households", nil, "204"),
                ("GET", "/v1/me", auditor, "200"), ("GET", "/healthz", nil, "200"),
            ]
            for (method, path, token, status) in cases {
                let isChunked = framing.hasPrefix("Transfer")
                let sender = try Sender(
                    county, head(method, path, token: token, framing) + (isChunked ? "ea60\r\n" : ""), 30_000)
                var answer = ""
                // Whoever may not send a body is told at once; where none is read, it is checked to its end.
                if status == "401" || status == "403" {
                    answer = try sender.answer()
                } else {
                    #expect(county.server.keptBodyBytes == 0)
                    try sender.send(isChunked ? "\r\n0\r\n\r\n" : "", after: 30_000)
                    while !answer.contains("HTTP/1.1 \(status)") {
                        let more = try sender.answer()
                        try #require(!more.isEmpty, "\(method) \(path) \(framing) \(answer)")
                        answer += more
                    }
                }
                #expect(answer.contains("HTTP/1.1 \(status)"), "\(method) \(path) \(framing)")
                #expect(county.server.keptBodyBytes == 0)
            }
        }
        #expect(try county.as(.auditor).send("GET", "/v1/me", body: Array("{}".utf8)).status == 200)
        #expect(try spoolFiles(county) == 0)
    }

    @Test("a body above 64 KB lies in a file while it comes, is read from there, and leaves none behind")
    func spooled() throws {
        let county = try County()
        let session = try county.as(.tabletA1)
        let length = "Content-Length: \(Self.megabyte)\r\n"
        let sender = try Sender(county, head(token: session.token, length), Self.megabyte / 2)
        #expect(try waitUntil { try spoolFiles(county) == 1 })
        #expect(county.server.keptBodyBytes == Self.megabyte)
        withExtendedLifetime(sender) {}
        let filling = String(repeating: "x", count: 200_000)
        let body = Array(#"{"items":[],"filling":"\#(filling)"}"#.utf8)
        let plain = try session.send("POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: body)
        #expect(plain.status == 422, "\(plain.errors)")
        #expect(plain.errors.contains("/filling unknown-field"), "\(plain.errors)")
        var numbers = UInt64(1)
        let digits = String(
            decoding: (0..<400_000).map { _ -> UInt8 in
                numbers = numbers &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return 0x61 + UInt8(numbers >> 60)
            }, as: UTF8.self)
        let packed = Packed.gzip(Array(#"{"items":[],"filling":"\#(digits)"}"#.utf8))
        #expect(packed.count > 65_536)
        let coded = try session.send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json", "Content-Encoding": "gzip"], body: packed)
        #expect(coded.status == 422, "\(coded.text.prefix(300))")
        #expect(coded.errors == plain.errors, "\(coded.text.prefix(300))")
        #expect(try waitUntil { try spoolFiles(county) <= 1 })
    }

    @Test(
        "one user's bodies have room up to the limit and not for one octet more; others have theirs; it is given back")
    func perUser() throws {
        let county = try County()
        let session = try county.as(.tabletA1)
        let most = Limits().keptBodyBytesPerOwnerMax
        #expect(most % (8 * Self.megabyte) == 0)
        #expect(most >= 8 * Self.megabyte + BodyCoding.decodedBytesMax)
        var senders: [Sender] = []
        for _ in 0..<(most / (8 * Self.megabyte)) {
            senders.append(
                try Sender(county, head(token: session.token, "Content-Length: \(8 * Self.megabyte)\r\n")))
        }
        #expect(waitUntil { county.server.keptBodyBytes == most })
        let refused = try session.send("POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: [0x20])
        #expect(refused.status == 503)
        #expect(refused["retry-after"] != nil)
        #expect(refused["content-type"] == "application/problem+json")
        #expect(refused.problem == "unavailable")
        #expect(refused.json["detail"].string?.contains("您同时发送的请求内容已达上限") == true)
        let english = try session.send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json", "Accept-Language": "en"], body: [0x20])
        #expect(english.json["detail"].string?.contains("one user may at a time") == true)
        // Whoever only asks sends nothing; another user has room of their own.
        #expect(try session.get("/v1/me").status == 200)
        let other = try county.as(.workerA1).send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: [0x20])
        #expect(other.status == 400)
        senders.removeLast()
        #expect(waitUntil { county.server.keptBodyBytes == most - 8 * Self.megabyte })
        let again = try session.send("POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: [0x20])
        #expect(again.status == 400)
        senders = []
        #expect(waitUntil { county.server.keptBodyBytes == 0 })
    }

    @Test("what a body becomes without its gzip counts too")
    func inflated() throws {
        let county = try County()
        let session = try county.as(.tabletA1)
        let most = Limits().keptBodyBytesPerOwnerMax
        // 5 MB of which gzip leaves about a tenth.
        var numbers = UInt64(1)
        let content = (0..<(5 * Self.megabyte / 32)).flatMap { _ -> [UInt8] in
            numbers = numbers &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Array("\"aaaaaaaaaaaaaaaaaaaaaaa\(10_000 + numbers >> 60 * 997 % 9_999)\"".utf8)
        }
        let packed = Packed.gzip(content)
        #expect(packed.count < Self.megabyte)
        let senders =
            try (0..<(most / (8 * Self.megabyte) - 1)).map { _ in
                try Sender(county, head(token: session.token, "Content-Length: \(8 * Self.megabyte)\r\n"))
            } + [try Sender(county, head(token: session.token, "Content-Length: \(4 * Self.megabyte)\r\n"))]
        #expect(waitUntil { county.server.keptBodyBytes == most - 4 * Self.megabyte })
        let fields: KeyValuePairs = ["Content-Type": "application/json", "Content-Encoding": "gzip"]
        let refused = try session.send("POST", "/v1/visit-batches", fields, body: packed)
        #expect(refused.status == 503)
        #expect(refused.problem == "unavailable")
        #expect(refused["retry-after"] != nil)
        let other = try county.as(.workerA1).send("POST", "/v1/visit-batches", fields, body: packed)
        #expect(other.status == 400, "it is not JSON")
        #expect(waitUntil { county.server.keptBodyBytes == most - 4 * Self.megabyte })
        withExtendedLifetime(senders) {}
    }
}
