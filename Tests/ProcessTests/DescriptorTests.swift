// A service that can open no further file or socket: everybody is told 503 and when to come again, and afterwards
// everything is as before.

import Foundation
import Glibc
import Testing

@Suite
struct DescriptorTests {
    /// Lets the process open no descriptor with this number or a higher one.
    private func limit(_ served: Process, to count: Int) throws {
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
        tool.arguments = ["--pid", "\(served.processIdentifier)", "--nofile=\(count):"]
        try tool.run()
        tool.waitUntilExit()
        try #require(tool.terminationStatus == 0)
    }

    /// The lowest number that no descriptor of the process has.
    private func lowestFree(_ process: Process) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd")
        let taken = Set(names.compactMap { Int($0) })
        return try #require((0...10_000).first { !taken.contains($0) })
    }

    private func tellsWhen(_ answer: Client.Answer) -> Bool { answer.head.lowercased().contains("\r\nretry-after: ") }

    @Test(
        "without a free descriptor files, lists, bodies and new connections are 503 with a time; afterwards all is well"
    )
    func used() throws {
        let county = try County()
        let served = try ServedProcess(data: county.data)
        let large = County.household("D1").dropLast() + ",\"note\":\"" + String(repeating: "x", count: 200_000) + "\"}"
        let code = "code,name,level,parentCode\n990921100099,新村,village,990921100000\n"
        let importPath = "/v1/imports/0190f0aa-3333-7000-8000-00000000000%d?kind=divisions&dryRun=true"
        let export = #"{"kind":"divisions","format":"csv"}"#
        func exportPath(_ number: Int) -> String { "/v1/exports/0190f0aa-4444-7000-8000-00000000000\(number)" }
        let ordering = try Client(port: served.port, token: county.token)
        #expect(try ordering.send("PUT", exportPath(1), body: export).status == 202)
        try wait(for: exportPath(1), ordering)
        // Open before it becomes tight. A body that could not be kept ends its connection.
        let clients = try (0..<4).map { _ in try Client(port: served.port, token: county.token) }
        for client in clients { #expect(try client.send("GET", "/v1/me").status == 200) }
        try limit(served.process, to: try lowestFree(served.process))

        let list = try clients[0].send("GET", "/v1/households", fields: "Accept: text/csv\r\n")
        #expect(list.status == 503)
        #expect(tellsWhen(list))
        let content = try clients[0].send("GET", exportPath(1) + "/content")
        #expect(content.status == 503)
        #expect(tellsWhen(content))
        let file = try clients[1].send(
            "PUT", importPath.replacingOccurrences(of: "%d", with: "1"), type: "text/csv", body: code)
        #expect(file.status == 503)
        #expect(tellsWhen(file))
        let body = try clients[2].send("POST", "/v1/households", body: String(large))
        #expect(body.status == 503)
        #expect(tellsWhen(body))
        let other = try Client(port: served.port, token: county.token).send("GET", "/v1/me")
        #expect(other.status == 503)
        #expect(tellsWhen(other))
        // What needs no descriptor goes on.
        #expect(try clients[3].send("GET", "/v1/households").status == 200)

        try limit(served.process, to: 1_024)
        let fresh = try Client(port: served.port, token: county.token)
        #expect(try fresh.send("GET", "/v1/households", fields: "Accept: text/csv\r\n").status == 200)
        #expect(try fresh.send("GET", exportPath(1) + "/content").status == 200)
        let again = try fresh.send(
            "PUT", importPath.replacingOccurrences(of: "%d", with: "1"), type: "text/csv", body: code)
        #expect(again.status == 202)
        #expect(served.terminate() == 0)
    }

    @Test("a flood of connections under a low limit takes no file from those who are served")
    func flood() throws {
        let county = try County()
        let served = try ServedProcess(
            data: county.data, launcher: ["/bin/sh", "-c", "ulimit -n 96; exec \"$0\" \"$@\""])
        let clients = try (0..<120).map { _ in try Client(port: served.port, token: county.token) }
        var servedCount = 0
        for client in clients {
            let answer = try client.send("GET", "/v1/households", fields: "Accept: text/csv\r\n")
            if answer.status == 200 {
                servedCount += 1
            } else {
                #expect(answer.status == 503)
                #expect(tellsWhen(answer))
            }
        }
        #expect(servedCount == 48)
        #expect(served.terminate() == 0)
    }

    private func wait(for path: String, _ client: Client) throws {
        for _ in 0..<9_000 where (try client.send("GET", path).json)?["state"] as? String != "done" { usleep(5_000) }
    }
}
