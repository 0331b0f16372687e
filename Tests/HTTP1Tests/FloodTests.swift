// Floods and exhaustion, each in a process of its own because they use up or count what a process has: descriptors,
// memory, processor time. HTTP1_FLOOD_CONNECTIONS sets the number of connections of the reset storm (2,000 without it).

import Dispatch
import Glibc
import Testing

@testable import HTTP1

private func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

private func check(_ condition: Bool, _ words: String) {
    guard !condition else { return }
    let line = Array("flood: \(words)\n".utf8)
    write(2, line, line.count)
    exit(1)
}

@Suite("Floods", .serialized)
struct FloodTests {
    @Test("resets, half-open connections and early closes leave no descriptor and no memory behind")
    func resetStorm() async {
        await #expect(processExitsWith: .success) {
            let given = getenv("HTTP1_FLOOD_CONNECTIONS").flatMap { Int(String(cString: $0)) }
            try withServer(TestHandler(handle: TestHandler.echo), loops: 2) { server in
                func storm(_ count: Int) throws {
                    for index in 0..<count {
                        let client = try Client(server.port)
                        switch index % 5 {
                        case 0: client.reset()
                        case 1: client.send("GET / HT"); client.reset()
                        case 2: client.get("/"); client.reset()
                        case 3: client.get("/"); client.close()
                        default: client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"); client.close()
                        }
                    }
                    check(waitUntil(5) { server.openConnectionCount == 0 }, "connections stay open")
                }
                try storm(500)
                let descriptors = descriptorCount()
                let resident = residentBytes()
                try storm(given ?? 2_000)
                check(descriptorCount() == descriptors, "descriptors \(descriptors) became \(descriptorCount())")
                check(residentBytes() - resident < 4 << 20, "memory grew by \(residentBytes() - resident)")
                let client = try Client(server.port)
                client.get("/alive")
                check(try client.reply().text == "/alive", "not alive")
            }
        }
    }

    @Test("500 clients that do not read cost bounded memory, and are closed at the write time")
    func slowReaders() async {
        await #expect(processExitsWith: .success) {
            try withDirectory { directory in
                let file = try SpoolFile(directory: directory)
                try file.append([UInt8](repeating: 65, count: 5 << 20))
                let handler = TestHandler { _, responder in
                    var response = Response(status: 200)
                    response.body = .file(file)
                    responder.respond(response)
                }
                try withServer(handler, loops: 2, limits: { $0.writeStallSeconds = 1 }) { server in
                    let before = residentBytes()
                    let clients = try (0..<500).map { _ in try Client(server.port, receiveBufferBytes: 4_096) }
                    for client in clients { client.get("/") }
                    check(waitUntil(5) { handler.records.withLock { $0.count } == 500 }, "not all were answered")
                    check(residentBytes() - before < 32 << 20, "memory grew by \(residentBytes() - before)")
                    check(waitUntil(8) { server.openConnectionCount == 0 }, "slow readers stay open")
                }
            }
        }
    }

    @Test("without descriptors nothing crashes or spins, and serving goes on within a second of release")
    func descriptorExhaustion() async {
        await #expect(processExitsWith: .success) {
            // The clients' ends live in this process too and need room of their own.
            var clients: [Client] = []
            try withServer(TestHandler(handle: TestHandler.echo), loops: 2) { server in
                var limit = rlimit(rlim_cur: rlim_t(descriptorCount() + 256), rlim_max: 20_000)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                while clients.count < 400, let client = try? Client(server.port) { clients.append(client) }
                check(clients.count >= 100, "only \(clients.count) clients")
                let used = processorSeconds()
                poll(nil, 0, 1_000)
                check(processorSeconds() - used < 0.2, "spins: \(processorSeconds() - used) s in one second")
                clients.removeAll()
                check(
                    waitUntil(1) {
                        guard let client = try? Client(server.port) else { return false }
                        client.get("/again")
                        return (try? client.reply().text) == "/again"
                    }, "does not serve after release")
            }
        }
    }

    @Test("more connections than allowed are told so and closed")
    func tooManyConnections() throws {
        try withServer(limits: { $0.connectionsMax = 3 }) { server in
            let clients = try (0..<3).map { _ in try Client(server.port) }
            for client in clients {
                client.get("/in")
                #expect(try client.reply().status == 200)
            }
            let refused = try Client(server.port)
            #expect(try refused.reply().status == 503)
            #expect(try refused.isEnded())
            clients[0].close()
            #expect(waitUntil(5) { server.openConnectionCount < 3 })
            let next = try Client(server.port)
            next.get("/next")
            #expect(try next.reply().text == "/next")
        }
    }

    @Test("an address has its own bound, counted up and down")
    func perAddress() throws {
        let shared = ServerShared(Limits())
        let address = try #require(Address("1.2.3.4"))
        #expect(shared.admit(address, connectionsMax: 2))
        #expect(shared.admit(address, connectionsMax: 2))
        #expect(!shared.admit(address, connectionsMax: 2))
        shared.leave(address)
        #expect(shared.admit(address, connectionsMax: 2))
        #expect(shared.admit(try #require(Address("1.2.3.5")), connectionsMax: 2))
    }

    @Test("a confined value ends the process that uses it elsewhere")
    func confined() async {
        await #expect(processExitsWith: .failure) {
            let value = Confined(1)
            let done = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                if value.value == 1 { done.signal() }
            }
            done.wait()
        }
        await #expect(processExitsWith: .success) {
            let queue = DispatchQueue(label: "own")
            let value = Confined(1, queue: queue)
            check(queue.sync { value.value } == 1, "not let out on its queue")
            check(Confined(2).value == 2, "not let out on its thread")
        }
    }
}
