// What bodies take of the budget, of everybody's and of one owner's; when it is given back; and what is never kept.

import Glibc
import Synchronization
import Testing

@testable import HTTP1

private let alice = BodyOwner(high: 1, low: 2)
private let bob = BodyOwner(high: 1, low: 3)

private func budget(_ bytesMax: Int, perOwner: Int) -> BodyBudget {
    var limits = Limits()
    limits.keptBodyBytesMax = bytesMax
    limits.keptBodyBytesPerOwnerMax = perOwner
    return BodyBudget(limits)
}

/// A handler whose bodies belong to whom the path names, and go to files in the directory.
private func owned(_ directory: String? = nil, _ handle: @escaping TestHandler.Handle = TestHandler.echo) -> TestHandler
{
    TestHandler(
        plan: { head in
            let owner: BodyOwner? = head.path.elementsEqual("/alice".utf8) ? alice : head.path.count > 1 ? bob : nil
            return .collect(bytesMax: 1 << 20, directory: directory, owner: owner)
        }, handle: handle)
}

private func post(_ path: String, _ count: Int) -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nAccept-Language: zh\r\nContent-Length: \(count)\r\n\r\n"
}

private let chunkedHead = "POST /alice HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

private func chunk(_ count: Int) -> String {
    "\(String(count, radix: 16))\r\n\(String(repeating: "x", count: count))\r\n"
}

@Suite("Budget of bodies")
struct BodyBudgetTests {
    @Test("there is room up to the bound and not for one octet more, of everybody and of one owner")
    func bounds() throws {
        func shortage(_ kept: BodyBudget, _ owner: BodyOwner?, _ count: Int) -> BodyShortage? {
            do { try BodyShare(kept, owner).grow(to: count) } catch { return error }
            return nil
        }
        for count in [99, 100, 101] {
            #expect(shortage(budget(100, perOwner: 1_000), alice, count) == (count == 101 ? .server : nil))
            #expect(shortage(budget(1_000, perOwner: 100), alice, count) == (count == 101 ? .owner : nil))
            #expect(shortage(budget(1_000, perOwner: 100), nil, count) == nil)
        }
    }

    @Test("shares of one owner add up, others have theirs, and what one could not get takes nothing")
    func sharing() throws {
        let kept = budget(250, perOwner: 100)
        let first = BodyShare(kept, alice)
        try first.grow(to: 60)
        try first.grow(to: 40)
        #expect(kept.byteCount == 60)
        let second = BodyShare(kept, alice)
        #expect(throws: BodyShortage.owner) { try second.grow(to: 41) }
        #expect(throws: BodyShortage.server) { try second.grow(to: .max) }
        try second.grow(to: 40)
        let other = BodyShare(kept, bob)
        try other.grow(to: 100)
        let nobody = BodyShare(kept, nil)
        #expect(throws: BodyShortage.server) { try nobody.grow(to: 51) }
        try nobody.grow(to: 50)
        #expect(throws: BodyShortage.server) { try BodyShare(kept, BodyOwner(high: 9, low: 9)).grow(to: 1) }
        #expect(kept.byteCount == 250)
        withExtendedLifetime((first, second, other, nobody)) {}
    }

    @Test("a share is given back when its last holder lets go")
    func givingBack() throws {
        let kept = budget(100, perOwner: 100)
        for _ in 0..<3 {
            var share: BodyShare? = BodyShare(kept, alice)
            try share?.grow(to: 100)
            let held = share
            share = nil
            #expect(kept.byteCount == 100)
            withExtendedLifetime(held) {}
        }
        #expect(kept.byteCount == 0)
    }

    @Test("a body that says its length is refused before it comes; a small one is skipped, a large one closes")
    func announced() throws {
        try withServer(
            owned(),
            limits: {
                $0.keptBodyBytesMax = 100_000; $0.keptBodyBytesPerOwnerMax = 1_000
            }
        ) { server in
            let holder = try Client(server.port)
            holder.send(post("/alice", 600))
            #expect(waitUntil(5) { server.keptBodyBytes == 600 })
            let client = try Client(server.port)
            client.send(post("/alice", 401) + String(repeating: "x", count: 401))
            let refused = try client.reply()
            #expect(refused.status == 503)
            #expect(refused.text == "zh: owner")
            #expect(refused.fields["connection"] == nil)
            client.send(post("/alice", 400) + String(repeating: "x", count: 400))
            #expect(try client.reply().body.count == 400)
            client.send(post("/bob", 1_000) + String(repeating: "x", count: 1_000))
            #expect(try client.reply().status == 200)
            client.send(post("/", 99_401))
            let large = try client.reply()
            #expect(large.status == 503)
            #expect(large.text == "zh: server")
            #expect(large.fields["connection"] == "close")
            #expect(try client.isEnded())
            holder.send(String(repeating: "x", count: 600))
            #expect(try holder.reply().status == 200)
            #expect(waitUntil(5) { server.keptBodyBytes == 0 })
        }
    }

    @Test("a body in chunks has room up to the bound, and is refused by the octet that is one too many")
    func chunked() throws {
        try withServer(owned(), limits: { $0.keptBodyBytesPerOwnerMax = 1_000 }) { server in
            for (count, status) in [(999, 200), (1_000, 200), (1_001, 503)] {
                let client = try Client(server.port)
                client.send(chunkedHead + chunk(500))
                #expect(waitUntil(5) { server.keptBodyBytes == 500 })
                client.send(chunk(count - 500) + "0\r\n\r\n")
                let reply = try client.reply()
                #expect(reply.status == status, "\(count)")
                #expect(reply.fields["connection"] == (status == 200 ? nil : "close"))
                #expect(waitUntil(5) { server.keptBodyBytes == 0 })
            }
        }
    }

    @Test("what is broken off, too slow or too large gives its share back, and leaves no file behind")
    func ends() throws {
        try withDirectory { directory in
            let half = String(repeating: "x", count: 100_000)
            try withServer(
                owned(directory),
                limits: {
                    $0.bodyGraceSeconds = 0.3; $0.bodyBytesPerSecondMin = 1 << 30
                }
            ) {
                server in
                let broken = try Client(server.port)
                broken.send(post("/alice", 200_000) + half)
                #expect(waitUntil(5) { server.keptBodyBytes == 200_000 })
                broken.reset()
                #expect(waitUntil(5) { server.keptBodyBytes == 0 && fileNames(directory) == [] })
                let slow = try Client(server.port)
                slow.send(post("/alice", 200_000) + half)
                #expect(try slow.reply().status == 408)
                #expect(waitUntil(5) { server.keptBodyBytes == 0 && fileNames(directory) == [] })
                let large = try Client(server.port)
                large.send(chunkedHead + chunk(100_000) + "fffff\r\n")
                #expect(try large.reply().status == 413)
                #expect(waitUntil(5) { server.keptBodyBytes == 0 && fileNames(directory) == [] })
            }
        }
    }

    @Test("whoever still works on a body keeps its share, also when the client is gone")
    func worked() throws {
        let requests = Mutex<[Request]>([])
        try withServer(owned(nil) { request, _ in requests.withLock { $0.append(request) } }) { server in
            let client = try Client(server.port)
            client.send(post("/alice", 1_000) + String(repeating: "x", count: 1_000))
            #expect(waitUntil(5) { requests.withLock { $0.count } == 1 })
            client.reset()
            #expect(waitUntil(5) { server.openConnectionCount == 0 })
            #expect(server.keptBodyBytes == 1_000)
            requests.withLock { $0 = [] }
            #expect(waitUntil(5) { server.keptBodyBytes == 0 })
        }
    }

    @Test("a collected body above the buffer lies in a file, counts whole, and keeps its total time")
    func collectedFile() throws {
        try withDirectory { directory in
            try withServer(owned(directory), limits: { $0.requestSeconds = 1 }) { server in
                let client = try Client(server.port)
                client.send(post("/alice", 200_000) + String(repeating: "x", count: 100_000))
                #expect(waitUntil(5) { fileNames(directory).count == 1 })
                #expect(server.keptBodyBytes == 200_000)
                client.send(String(repeating: "x", count: 100_000))
                #expect(try client.reply().body.count == 200_000)
                client.send(post("/alice", 200_000) + String(repeating: "x", count: 100_000))
                #expect(try client.reply().status == 408)
            }
            #expect(fileNames(directory) == [])
        }
    }

    @Test("of a file only what lies in memory counts")
    func files() throws {
        try withDirectory { directory in
            let handler = TestHandler(plan: { _ in .spool(bytesMax: 1 << 20, directory: directory, owner: alice) })
            try withServer(handler, limits: { $0.keptBodyBytesPerOwnerMax = 65_536 }) { server in
                for head in [post("/", 300_000), chunkedHead] {
                    let client = try Client(server.port)
                    client.send(head + (head == chunkedHead ? chunk(299_000) : String(repeating: "x", count: 299_000)))
                    #expect(waitUntil(5) { server.keptBodyBytes == 65_536 && fileNames(directory).count == 1 })
                    let other = try Client(server.port)
                    other.send(post("/", 1))
                    #expect(try other.reply().status == 503)
                    client.send(head == chunkedHead ? chunk(1_000) + "0\r\n\r\n" : String(repeating: "x", count: 1_000))
                    #expect(try client.reply().body.count == 300_000)
                    #expect(waitUntil(5) { server.keptBodyBytes == 0 })
                }
            }
        }
    }

    @Test(
        "nothing is kept of a body that is refused or not wanted, however it comes",
        arguments: [
            "HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
            "HTTP/1.0\r\nContent-Length: 60000\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nea60\r\n",
            "HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 60000\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\n\r\nPOST /behind HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
        ])
    func nothing(_ head: String) throws {
        for plan in [BodyPlan.refuse(Response(status: 401)), .discard(bytesMax: 65_536)] {
            let bodies = Mutex<[Int]>([])
            let handler = TestHandler(plan: { _ in plan }) { request, responder in
                bodies.withLock { $0.append(request.body.byteCount) }
                responder.respond(Response(status: 200))
            }
            try withServer(handler) { server in
                let client = try Client(server.port)
                client.send("POST / " + head + String(repeating: "x", count: 30_000))
                if case .refuse = plan { #expect([200, 401].contains(try client.reply().status)) }
                #expect(server.keptBodyBytes == 0)
                client.send(String(repeating: "x", count: 30_000) + "\r\n0\r\n\r\n")
                if case .discard = plan { #expect([100, 200].contains(try client.reply().status)) }
                #expect(server.keptBodyBytes == 0)
                #expect(bodies.withLock { $0.allSatisfy { $0 == 0 } })
            }
        }
    }
}
