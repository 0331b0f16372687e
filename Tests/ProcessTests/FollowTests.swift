// The program of docs/integration.md, taken from the document as it stands, against a day of random edits: its copy of
// the register ends equal to a fresh list, over network cuts, forced stops and a range that changed.

import Foundation
import Glibc
import Synchronization
import Testing

/// The interpreter and the program that the document holds.
private enum Python {
    static let isThere = (try? run(["--version"]).status) == 0

    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// The one code block in Python of the document.
    static func documented() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appendingPathComponent("docs/integration.md"), encoding: .utf8)
        let parts = document.components(separatedBy: "```python\n")
        #expect(parts.count == 2)
        return parts.last?.components(separatedBy: "```").first ?? ""
    }
}

/// Somebody's copy of the register, kept by the documented program.
private struct Follower {
    let token: String
    let arguments: [String]
    let file: String

    init(_ program: String, _ served: ServedProcess, token: String, file: String) {
        self.token = token
        self.file = file
        arguments = [program, "http://127.0.0.1:\(served.port)", token, file]
    }

    /// The copy's households by id, as JSON with sorted names.
    func households() throws -> [String: String] {
        let dump = """
            import sqlite3, sys
            for row in sqlite3.connect(sys.argv[1]).execute("SELECT record FROM household"): print(row[0])
            """
        return try Self.byId(Python.run(["-c", dump, file]).output.split(separator: "\n"))
    }

    /// The same from the service.
    func listed(_ served: ServedProcess) throws -> [String: String] {
        let answer = try Client(port: served.port, token: token).send(
            "GET", "/v1/households", fields: "Accept: application/x-ndjson\r\n")
        return try Self.byId(String(decoding: answer.body, as: UTF8.self).split(separator: "\n").dropLast())
    }

    private static func byId(_ lines: some Collection<Substring>) throws -> [String: String] {
        var found: [String: String] = [:]
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let text = try JSONSerialization.data(withJSONObject: object ?? [:], options: .sortedKeys)
            found[object?["id"] as? String ?? ""] = String(decoding: text, as: UTF8.self)
        }
        return found
    }
}

/// What people do in a day, by chance.
private final class Day: Sendable {
    private let villages: [String]
    private let ids: Mutex<[String]>
    private let port: UInt16
    private let token: String
    let statuses = Mutex<[Int: Int]>([:])

    /// - Parameter villages: several towns', so that households move in and out of ranges.
    init(_ served: ServedProcess, token: String, villages: [String], ids: [String]) {
        port = served.port
        self.token = token
        self.villages = villages
        self.ids = Mutex(ids)
    }

    /// Several clients at once, each with so many edits.
    func edit(clients: Int, edits: Int) {
        DispatchQueue.concurrentPerform(iterations: clients) { _ in
            var client: Client?
            for _ in 0..<edits {
                do {
                    let open = try client ?? Client(port: port, token: token)
                    client = open
                    let status = try step(open)
                    statuses.withLock { $0[status, default: 0] += 1 }
                } catch {
                    client = nil
                    statuses.withLock { $0[0, default: 0] += 1 }
                }
            }
        }
    }

    private func step(_ client: Client) throws -> Int {
        let village = villages.randomElement() ?? ""
        if Int.random(in: 0..<4) == 0 {
            let id = UUID().uuidString.lowercased()
            let body = County.household("d-" + id.prefix(30)).replacingOccurrences(of: "990921100001", with: village)
            let status = try client.send("PUT", "/v1/households/\(id)", body: body).status
            if status == 201 { ids.withLock { $0.append(id) } }
            return status
        }
        let id = ids.withLock { $0.randomElement() } ?? ""
        let path = "/v1/households/\(id)"
        let household = try client.send("GET", path).json
        let version = household?["version"] as? Int ?? 0
        let members = household?["members"] as? [[String: Any]] ?? []
        func patch(_ path: String, _ body: String) throws -> Int {
            try client.send(
                "PATCH", path, type: "application/merge-patch+json", fields: "If-Match: \"v\(version)\"\r\n", body: body
            ).status
        }
        switch Int.random(in: 0..<5) {
        case 0, 1: return try patch(path, #"{"villageCode":"\#(village)"}"#)
        case 2:
            let attribute = ["general", "low-income", "destitute-support"].randomElement() ?? ""
            return try patch(path, #"{"attribute":"\#(attribute)","mainCause":"illness"}"#)
        case 3:
            return try client.send(
                "PUT", path + "/members/" + UUID().uuidString.lowercased(),
                body: #"{"name":"新成员","relation":"sibling","sex":"male","birthDate":"1999-01-01"}"#
            ).status
        default:
            let member = members.randomElement()?["id"] as? String ?? ""
            return try patch(path + "/members/" + member, #"{"name":"改名\#(Int.random(in: 0..<100))"}"#)
        }
    }
}

@Suite(.serialized)
struct FollowTests {
    @Test(
        "the documented program ends a day of random edits with the register that a fresh list has",
        .enabled(if: Python.isThere, "python3 is missing"), .timeLimit(.minutes(5)))
    func follows() throws {
        let county = try County(households: 150)
        var served = try ServedProcess(data: county.data)
        let program = county.directory.path + "/follow.py"
        try Python.documented().write(toFile: program, atomically: true, encoding: .utf8)
        let followers = try ["county-administrator", "town-clerk", "tablet"].map { role in
            Follower(program, served, token: try token(role, county), file: county.directory.path + "/\(role).sqlite")
        }
        let villages = try self.villages(served, county)
        let ids = try followers[0].listed(served).keys.map(\.self)
        #expect(ids.count == 150)
        let day = Day(served, token: county.token, villages: villages.flatMap(\.self), ids: ids)

        var programs = try followers.map { try Python.start($0.arguments) }
        defer { for program in programs where program.isRunning { kill(program.processIdentifier, SIGKILL) } }
        day.edit(clients: 3, edits: 60)
        // The clerk's program is stopped by force; the others meet a service that is gone for a while.
        kill(programs[1].processIdentifier, SIGKILL)
        programs[1].waitUntilExit()
        let port = served.port
        served.kill()
        served = try ServedProcess(data: county.data, port: port)
        day.edit(clients: 3, edits: 40)
        programs[1] = try Python.start(followers[1].arguments)
        let administrator = try Client(port: port, token: county.token)
        func succeed(_ old: String, _ new: String) throws -> Int {
            try administrator.send(
                "PUT", "/v1/divisions/\(old)/successor", body: #"{"successorCode":"\#(new)"}"#
            ).status
        }
        // A village of the clerk's town goes over to another one there, then one of the next town to the clerk's.
        #expect(try succeed(villages[0][1], villages[0][2]) == 200)
        #expect(try succeed(villages[1][1], villages[0][2]) == 200)
        day.edit(clients: 3, edits: 40)
        // The clerk's town and another become one, so that the range changes under the clerk's copy.
        let towns = villages.map { $0[0].prefix(9) + "000" }
        #expect(try succeed(String(towns[0]), String(towns[2])) == 200)
        day.edit(clients: 3, edits: 40)

        for (index, follower) in followers.enumerated() {
            kill(programs[index].processIdentifier, SIGKILL)
            programs[index].waitUntilExit()
            #expect(try Python.run(follower.arguments + ["--once"]).status == 0)
            let (copy, list) = (try follower.households(), try follower.listed(served))
            #expect(copy == list)
            #expect(!list.isEmpty)
        }
        let statuses = day.statuses.withLock { $0 }
        #expect(statuses.keys.allSatisfy { [200, 201, 404, 409, 412, 422].contains($0) }, "\(statuses)")
        #expect((statuses[200] ?? 0) > 150, "\(statuses)")
        #expect((statuses[201] ?? 0) > 100, "\(statuses)")
        #expect(served.terminate() == 0)
        let check = try Program.run(["check", "--data", county.data])
        #expect(check.status == 0, "\(check.output)")
    }

    private func token(_ role: String, _ county: County) throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: county.data + "/demo-people.json"))
        let people = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let person = (people?["people"] as? [[String: Any]])?.first { $0["role"] as? String == role }
        return try #require(person?["token"] as? String)
    }

    /// Four villages of each of three towns, the clerk's first.
    private func villages(_ served: ServedProcess, _ county: County) throws -> [[String]] {
        let answer = try Client(port: served.port, token: county.token).send(
            "GET", "/v1/divisions?level=village&limit=1000")
        let items = answer.json?["items"] as? [[String: Any]] ?? []
        let codes = items.compactMap { $0["code"] as? String }.sorted()
        let towns = Dictionary(grouping: codes) { $0.prefix(9) }.sorted { $0.key < $1.key }
        return towns.prefix(3).map { Array($0.value.prefix(4)) }
    }
}
