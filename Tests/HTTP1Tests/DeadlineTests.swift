// Time-outs over real connections, with limits of a fraction of a second, and graceful draining.

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP1

@Suite("Deadlines and draining")
struct DeadlineTests {
    @Test(
        "a head, a length body and a chunked body that do not go on are 408, then closed",
        arguments: [
            "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ])
    func stalled(_ bytes: String) throws {
        let served = Mutex(false)
        let handler = TestHandler { _, _ in served.withLock { $0 = true } }
        try withServer(
            handler,
            limits: { limits in
                limits.headSeconds = 0.3
                limits.bodyGraceSeconds = 0.3
            }
        ) { server in
            let client = try Client(server.port)
            client.send(bytes)
            let reply = try client.reply()
            #expect(reply.status == 408)
            #expect(reply.fields["connection"] == "close")
            #expect(try client.isEnded())
            #expect(served.withLock { $0 } == false)
        }
    }

    @Test("an idle connection and a silent newcomer are closed without a word")
    func silentClose() throws {
        try withServer(limits: { limits in
            limits.headSeconds = 0.3
            limits.keepAliveSeconds = 0.3
        }) { server in
            let newcomer = try Client(server.port)
            let idle = try Client(server.port)
            idle.get("/")
            _ = try idle.reply()
            #expect(try newcomer.isEnded())
            #expect(try idle.isEnded())
        }
    }

    @Test("a request that is never answered ends its connection")
    func neverAnswered() throws {
        try withServer(TestHandler { _, _ in }, limits: { $0.answerSeconds = 0.3 }) { server in
            let client = try Client(server.port)
            client.get("/")
            #expect(try client.isEnded())
        }
    }

    @Test(
        "a client that does not read is closed at the write time, from memory and from a file",
        arguments: [false, true])
    func writeStall(fromFile: Bool) throws {
        try withDirectory { directory in
            let handler = TestHandler { _, responder in
                var response = Response(status: 200)
                let content = [UInt8](repeating: 65, count: 5 << 20)
                if fromFile, let file = try? SpoolFile(directory: directory), (try? file.append(content)) != nil {
                    response.body = .file(file)
                } else {
                    response.body = .bytes(content)
                }
                responder.respond(response)
            }
            try withServer(handler, limits: { $0.writeStallSeconds = 0.3 }) { server in
                let client = try Client(server.port, receiveBufferBytes: 4_096)
                client.get("/")
                // The close shows in the count; the client itself must not read.
                #expect(waitUntil(8) { handler.records.withLock { !$0.isEmpty } && server.openConnectionCount == 0 })
                #expect(try client.rest().utf8.count < 5 << 20)
            }
            #expect(fileNames(directory) == [])
        }
    }

    @Test("draining finishes what is in flight with Connection: close, ends what is idle, and accepts no more")
    func drain() throws {
        let parked = Mutex<[Responder]>([])
        let arrived = DispatchSemaphore(value: 0)
        let handler = TestHandler { request, responder in
            guard request.head.path.elementsEqual("/slow".utf8) else { return TestHandler.echo(request, responder) }
            parked.withLock { $0.append(responder) }
            arrived.signal()
        }
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.loopCount = 2
        let server = try Server(configuration, handler: handler)
        server.start()
        let idle = try Client(server.port)
        idle.get("/")
        _ = try idle.reply()
        let busy = try Client(server.port)
        busy.get("/slow")
        #expect(arrived.wait(timeout: .now() + 5) == .success)
        let late = try Client(server.port)
        server.drain(seconds: 10)
        late.get("/late")
        let lateReply = try late.reply()
        #expect(lateReply.status == 200)
        #expect(lateReply.fields["connection"] == "close")
        #expect(try idle.isEnded())
        parked.withLock { for responder in $0 { responder.respond(Response(status: 200)) } }
        let reply = try busy.reply()
        #expect(reply.status == 200)
        #expect(reply.fields["connection"] == "close")
        for client in [busy, late] {
            #expect(try client.isEnded())
            client.close()
        }
        server.waitUntilStopped()
        #expect(server.openConnectionCount == 0)
        #expect(throws: ClientError.self) { try Client(server.port) }
    }

    @Test("a drain whose time is up cuts off what is left")
    func drainTimeout() throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = try Server(configuration, handler: TestHandler { _, _ in })
        server.start()
        let client = try Client(server.port)
        client.get("/never")
        server.drain(seconds: 0)
        server.waitUntilStopped()
        #expect(try client.isEnded())
    }

    @Test("requests that were sent before a drain are all answered", arguments: 0..<5)
    func drainUnderLoad(_ round: Int) throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.loopCount = 2
        let handler = TestHandler { request, responder in
            DispatchQueue.global().async { TestHandler.echo(request, responder) }
        }
        let server = try Server(configuration, handler: handler)
        server.start()
        let clients = try (0..<50).map { _ in try Client(server.port) }
        for client in clients { client.get("/x") }
        server.drain(seconds: 10)
        for client in clients { #expect(try client.reply().text == "/x") }
        for client in clients { client.close() }
        server.waitUntilStopped()
    }
}
