// Real connections over loopback: order, persistence, time-outs, content coding, spooling. Floods are elsewhere.

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP1

private let later: TestHandler.Handle = { request, responder in
    DispatchQueue.global().async { TestHandler.echo(request, responder) }
}

private let compressible: TestHandler.Handle = { request, responder in
    var response = Response(status: 200)
    response.entityTag = "\"v1\""
    response.compressible = true
    if Preconditions.evaluate(request.head, entityTag: "\"v1\"") == .notModified {
        response.status = 304
    } else {
        response.body = .bytes([UInt8](repeating: 65, count: 4_000))
    }
    responder.respond(response)
}

@Suite("A server")
struct ServerTests {
    @Test("answers in order what is pipelined, at once or later", arguments: [false, true])
    func pipelining(isLater: Bool) throws {
        try withServer(TestHandler(handle: isLater ? later : TestHandler.echo)) { server in
            let client = try Client(server.port)
            client.send((0..<200).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for index in 0..<200 { #expect(try client.reply().text == "/\(index)") }
        }
    }

    @Test("keeps large pipelined answers in order behind a client that reads slowly")
    func largePipeline() throws {
        let handler = TestHandler { request, responder in
            var response = Response(status: 200)
            let digit = request.head.path.last ?? 0
            response.body = .bytes([UInt8](repeating: digit, count: 3_000_000))
            responder.respond(response)
        }
        try withServer(handler) { server in
            let client = try Client(server.port, receiveBufferBytes: 8_192)
            client.send((0..<5).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for digit in UInt8(0x30)..<0x35 {
                let body = try client.reply().body
                #expect(body.count == 3_000_000)
                #expect(body.allSatisfy { $0 == digit })
            }
        }
    }

    @Test("does not act on what follows a last request")
    func afterClose() throws {
        try withServer { server in
            let client = try Client(server.port)
            client.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
            let reply = try client.reply()
            #expect(reply.fields["connection"] == "close")
            #expect(try client.isEnded())
        }
    }

    @Test("closes after the last request that a connection may have")
    func requestCount() throws {
        try withServer(limits: { $0.requestsPerConnectionMax = 3 }) { server in
            let client = try Client(server.port)
            for index in 1...3 {
                client.get("/")
                #expect(try client.reply().fields["connection"] == (index == 3 ? "close" : nil))
            }
            #expect(try client.isEnded())
        }
    }

    @Test("answers a client that has shut its sending side")
    func halfClosed() throws {
        try withServer { server in
            let client = try Client(server.port)
            client.get("/a")
            client.get("/b")
            client.finishSending()
            #expect(try client.reply().text == "/a")
            #expect(try client.reply().text == "/b")
            #expect(try client.isEnded())
        }
    }

    @Test("tells the handler that a waiting client has left")
    func peerGone() throws {
        let gone = DispatchSemaphore(value: 0)
        let handler = TestHandler { _, responder in responder.onPeerGone { gone.signal() } }
        try withServer(handler) { server in
            let client = try Client(server.port)
            client.get("/wait")
            #expect(waitUntil(5) { server.openConnectionCount == 1 })
            client.close()
            #expect(gone.wait(timeout: .now() + 5) == .success)
        }
    }

    @Test("takes exactly one answer for a request, and reports it with its note")
    func oneAnswer() throws {
        final class Note: Sendable {}
        let note = Note()
        let handler = TestHandler { request, responder in
            var noted = responder
            noted.note = note
            TestHandler.echo(request, noted)
            responder.respond(Response(status: 500))
            DispatchQueue.global().async { responder.respond(Response(status: 500)) }
        }
        try withServer(handler) { server in
            let client = try Client(server.port)
            for _ in 0..<3 {
                client.get("/a")
                #expect(try client.reply().status == 200)
            }
            let records = handler.records.withLock { $0 }
            #expect(records.map(\.status) == [200, 200, 200])
            #expect(records.allSatisfy { $0.note === note && $0.byteCount > 50 && $0.microseconds >= 0 })
        }
    }

    @Test("sends an answer that is given while another connection is served")
    func answeredByAnother() throws {
        let parked = Mutex<Responder?>(nil)
        let handler = TestHandler { request, responder in
            if request.head.path.elementsEqual("/park".utf8) { return parked.withLock { $0 = responder } }
            parked.withLock { $0 }?.respond(Response(status: 202))
            TestHandler.echo(request, responder)
        }
        try withServer(handler) { server in
            let first = try Client(server.port)
            first.get("/park")
            first.get("/behind")
            #expect(waitUntil(5) { parked.withLock { $0 != nil } })
            let second = try Client(server.port)
            second.get("/release")
            #expect(try second.reply().text == "/release")
            #expect(try first.reply().status == 202)
            #expect(try first.reply().text == "/behind")
        }
    }

    @Test(
        "answers itself what no handler should see",
        arguments: [
            ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204),
            ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        ])
    func refusals(_ request: String, _ status: Int) throws {
        let seen = Mutex(false)
        try withServer(TestHandler { _, _ in seen.withLock { $0 = true } }) { server in
            let client = try Client(server.port)
            client.send(request)
            let reply = try client.reply()
            #expect(reply.status == status)
            #expect(reply.fields["date"]?.count == HTTPDate.byteCount)
            #expect(reply.fields["connection"] == (status == 204 ? nil : "close"))
            #expect(!seen.withLock { $0 })
        }
    }

    @Test("compresses large content only where another thread gives it", arguments: [false, true])
    func largeGzip(isLater: Bool) throws {
        let handler = TestHandler { request, responder in
            var response = Response(status: 200)
            response.compressible = true
            response.body = .bytes([UInt8](repeating: 65, count: 1_000_000))
            let answer = response
            if isLater { DispatchQueue.global().async { responder.respond(answer) } } else { responder.respond(answer) }
        }
        try withServer(handler) { server in
            let client = try Client(server.port)
            client.get("/", "Accept-Encoding: gzip\r\n")
            let reply = try client.reply()
            #expect(reply.fields["content-encoding"] == (isLater ? "gzip" : nil))
            #expect((reply.body.count < 10_000) == isLater)
        }
    }

    @Test("says 100 only to a client that waits for it")
    func expectContinue() throws {
        try withServer { server in
            let client = try Client(server.port)
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            client.send(head)
            #expect(try client.reply().status == 100)
            client.send("ok")
            #expect(try client.reply().text == "ok")
            client.send(head + "ok")
            #expect(try client.reply().text == "ok")
        }
    }

    @Test("refuses a body by plan: a small one is skipped, a large or announced one closes")
    func refusedByPlan() throws {
        let handler = TestHandler(plan: { _ in .refuse(Response(status: 403)) })
        try withServer(handler, limits: { $0.discardBytesMax = 10 }) { server in
            let small = try Client(server.port)
            small.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789GET /n HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try small.reply().status == 403)
            #expect(try small.reply().text == "/n")
            for fields in ["Content-Length: 11\r\n", "Content-Length: 5\r\nExpect: 100-continue\r\n"] {
                let large = try Client(server.port)
                large.send("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
                let reply = try large.reply()
                #expect(reply.status == 403)
                #expect(reply.fields["connection"] == "close")
                #expect(try large.isEnded())
            }
        }
    }

    @Test("gets its refusal through to a client that is still sending")
    func lingeringClose() throws {
        let handler = TestHandler(plan: { _ in .collect(bytesMax: 1_000) })
        try withServer(handler) { server in
            let client = try Client(server.port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nAccept-Language: zh\r\nContent-Length: 4000000\r\n\r\n")
            client.send([UInt8](repeating: 65, count: 4_000_000))
            let reply = try client.reply()
            #expect(reply.status == 413)
            #expect(reply.text == "zh: the body is too large")
            #expect(try client.isEnded())
        }
    }

    @Test("compresses, marks the tag, and repeats the mark in 304")
    func gzip() throws {
        try withServer(TestHandler(handle: compressible)) { server in
            let client = try Client(server.port)
            client.get("/", "Accept-Encoding: gzip\r\n")
            let coded = try client.reply()
            #expect(coded.fields["etag"] == "\"v1-gzip\"")
            #expect(coded.fields["content-encoding"] == "gzip")
            #expect(coded.fields["vary"] == "Accept-Encoding")
            #expect(try ContentCoding.inflateGzip(coded.body, bytesMax: 4_000, ratioMax: 100).count == 4_000)
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            let headOnly = try client.reply(toHead: true)
            #expect(headOnly.fields["content-length"] == coded.fields["content-length"])
            client.get("/", "Accept-Encoding: gzip\r\nIf-None-Match: \"v1-gzip\"\r\n")
            let unchanged = try client.reply()
            #expect(unchanged.status == 304)
            #expect(unchanged.fields["etag"] == "\"v1-gzip\"")
            #expect(unchanged.fields["content-length"] == nil)
            client.get("/")
            let plain = try client.reply()
            #expect(plain.fields["etag"] == "\"v1\"")
            #expect(plain.fields["vary"] == "Accept-Encoding")
            #expect(plain.body.count == 4_000)
        }
    }

    @Test(
        "spools a large body to a file, sends it back from there, and leaves nothing behind",
        arguments: [100, 65_536, 65_537, 5_000_000])
    func spooling(_ count: Int) throws {
        try withDirectory { directory in
            let sawFile = Mutex(false)
            let handler = TestHandler(plan: { _ in .spool(bytesMax: 5_000_000, directory: directory) }) {
                request, responder in
                if case .file = request.body { sawFile.withLock { $0 = true } }
                TestHandler.echo(request, responder)
            }
            try withServer(handler) { server in
                let client = try Client(server.port)
                let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                let sender = DispatchGroup()
                nonisolated(unsafe) let sending = client
                DispatchQueue.global().async(group: sender) { sending.send(content) }
                #expect(try client.reply().body == content)
                sender.wait()
                #expect(sawFile.withLock { $0 } == (count > 65_536))
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000001\r\n\r\n")
                #expect(try client.reply().status == 413)
            }
            #expect(fileNames(directory) == [])
        }
    }

    @Test("answers 503 where a body cannot be kept")
    func spoolFailure() throws {
        let handler = TestHandler(plan: { _ in .spool(bytesMax: 1 << 20, directory: "/nonexistent") })
        try withServer(handler) { server in
            let client = try Client(server.port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n")
            client.send([UInt8](repeating: 65, count: 70_000))
            #expect(try client.reply().status == 503)
        }
    }

    @Test("believes X-Forwarded-For only from a trusted proxy, and takes its last untrusted address")
    func forwardedFor() throws {
        let peers: TestHandler.Handle = { request, responder in
            var response = Response(status: 200)
            response.body = .bytes(Array(request.peer.utf8))
            responder.respond(response)
        }
        let trusted = [AddressRange("127.0.0.0/8"), AddressRange("10.0.0.0/8")].compactMap { $0 }
        let rows = [
            ("", "127.0.0.1", "127.0.0.1"), ("X-Forwarded-For: 1.2.3.4\r\n", "127.0.0.1", "1.2.3.4"),
            ("X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.9\r\n", "127.0.0.1", "1.2.3.4"),
            ("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 2001:DB8::1\r\n", "127.0.0.1", "2001:db8::1"),
            ("X-Forwarded-For: unknown\r\n", "127.0.0.1", "127.0.0.1"),
        ]
        for (isTrusted, ranges) in [(false, []), (true, trusted)] {
            try withServer(TestHandler(handle: peers), configure: { $0.trustedProxies = ranges }) { server in
                let client = try Client(server.port)
                for (fields, direct, proxied) in rows {
                    client.get("/", fields)
                    #expect(try client.reply().text == (isTrusted ? proxied : direct))
                }
            }
        }
    }

    @Test("refuses a taken port and an address that is none, in words")
    func taken() throws {
        try withServer { server in
            var configuration = ServerConfiguration()
            configuration.port = server.port
            let error = #expect(throws: ListenError.self) { try Server(configuration, handler: TestHandler()) }
            #expect(error?.description == "127.0.0.1:\(server.port): the port is taken")
        }
        var configuration = ServerConfiguration()
        configuration.host = "nowhere"
        #expect(throws: ListenError.self) { try Server(configuration, handler: TestHandler()) }
    }
}
