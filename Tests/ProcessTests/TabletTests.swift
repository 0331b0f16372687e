// Tablets against the real program: the exchange of docs/tablets.md as it stands there, an evening on a bad network,
// and kill -9 while batches come in.

import Foundation
import Glibc
import Synchronization
import Testing

/// Programs of the machine that the tests of documents need.
private enum Shell {
    static func has(_ program: String) -> Bool {
        (try? run(["/usr/bin/env", program, "--version"]).status) == 0
    }

    static func run(
        _ command: [String], environment: [String: String] = [:], directory: String? = nil
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// The code blocks of a document.
private struct Exchange {
    /// What is run, and what it prints according to the document.
    let steps: [(commands: String, answer: Any)]

    init(_ path: String) throws {
        let document = try String(contentsOfFile: Shell.root + "/" + path, encoding: .utf8)
        steps = try document.components(separatedBy: "```sh\n").dropFirst().map { part in
            let blocks = part.components(separatedBy: "```")
            let answer = try #require(blocks.dropFirst(2).first { $0.hasPrefix("json\n") })
            return (blocks[0], try JSONSerialization.jsonObject(with: Data(answer.dropFirst(5).utf8)))
        }
    }

    /// Whether everything that the document says of a value is so.
    static func holds(_ expected: Any, of value: Any?) -> Bool {
        if let expected = expected as? [String: Any] {
            guard let value = value as? [String: Any] else { return false }
            return expected.allSatisfy { holds($0.value, of: value[$0.key]) }
        }
        if let expected = expected as? [Any] {
            guard let value = value as? [Any], value.count == expected.count else { return false }
            return zip(expected, value).allSatisfy { holds($0, of: $1) }
        }
        return "\(expected)" == value.map { "\($0)" }
    }
}

@Suite(.serialized)
struct TabletTests {
    private func person(_ role: String, _ county: County) throws -> [String: Any] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: county.data + "/demo-people.json"))
        let people = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        return try #require((people?["people"] as? [[String: Any]])?.first { $0["role"] as? String == role })
    }

    @Test(
        "the exchange of docs/tablets.md runs as it stands and is answered as it says",
        .enabled(if: Shell.has("curl"), "curl is missing"))
    func documented() throws {
        let county = try County()
        let served = try ServedProcess(data: county.data)
        let tablet = try person("tablet", county)
        let village = try #require(tablet["division"] as? String)
        let household = UUID().uuidString.lowercased()
        let body = County.household("T1").replacingOccurrences(of: "990921100001", with: village)
        let administrator = try Client(port: served.port, token: county.token)
        #expect(try administrator.send("PUT", "/v1/households/\(household)", body: body).status == 201)

        let steps = try Exchange("docs/tablets.md").steps
        #expect(steps.count >= 5)
        let end = "\n---8<---\n"
        let script =
            "set -eu\n" + steps.map { "\($0.commands)\nprintf '\(end.replacing("\n", with: "\\n"))'\n" }.joined()
        let run = try Shell.run(
            ["/usr/bin/env", "bash", "-c", script],
            environment: [
                "BASE": "http://127.0.0.1:\(served.port)", "TOKEN": try #require(tablet["token"] as? String),
                "HOUSEHOLD": household,
            ], directory: county.directory.path)
        #expect(run.status == 0, "\(run.output)")
        let answers = run.output.components(separatedBy: end).dropLast()
        #expect(answers.count == steps.count)
        for (step, answer) in zip(steps, answers) {
            let value = try? JSONSerialization.jsonObject(with: Data(answer.utf8))
            #expect(Exchange.holds(step.answer, of: value), "\(step.commands) was answered \(answer)")
        }
        #expect(served.terminate() == 0)
    }

    @Test(
        "after an evening on a bad network every visit is there exactly once, and the duties are right",
        .enabled(if: Shell.has("python3"), "python3 is missing"), .timeLimit(.minutes(5)))
    func evening() throws {
        let run = try Shell.run(
            [
                "/usr/bin/env", "python3", Shell.root + "/scripts/tablets", "--helpers", "12", "--visits", "5",
                "--households", "400",
            ], environment: ["JIEDUI_BIN": Program.path])
        #expect(run.status == 0, "\(run.output)")
    }

    // MARK: kill -9

    private final class Ledger: Sendable {
        struct State {
            /// Ids of visits that were answered.
            var answered: [String] = []
            /// Bodies of batches without an answer, and their visits.
            var unknown: [(body: String, ids: [String])] = []
            var statuses: Set<Int> = []
        }
        let state = Mutex(State())
    }

    private static func visit(_ id: String, of household: String) -> String {
        let kind = ["home-visit", "phone-call", "survey", "meeting"].randomElement() ?? ""
        let time = Date(timeIntervalSinceNow: .random(in: -40 * 86_400 ... -3_600)).ISO8601Format()
        return """
            {"id":"\(id)","householdId":"\(household)","kind":"\(kind)","occurredAt":"\(time)",\
            "diary":{"did":"入户走访了解情况"}}
            """
    }

    /// Clients that send batches until the service is gone.
    private func load(
        _ served: ServedProcess, _ county: County, _ households: [String], _ ledger: Ledger
    ) -> DispatchGroup {
        let group = DispatchGroup()
        let (port, token) = (served.port, county.token)
        for _ in 0..<6 {
            let thread = Thread {
                defer { group.leave() }
                guard let client = try? Client(port: port, token: token) else { return }
                while true {
                    let ids = (0..<10).map { _ in UUID().uuidString.lowercased() }
                    let items = ids.map { Self.visit($0, of: households.randomElement() ?? "") }
                    let batch = UUID().uuidString.lowercased()
                    let body = #"{"batchId":"\#(batch)","items":[\#(items.joined(separator: ","))]}"#
                    do {
                        let answer = try client.send("POST", "/v1/visit-batches", body: body)
                        ledger.state.withLock { state in
                            state.statuses.insert(answer.status)
                            if answer.status == 200 { state.answered += ids }
                        }
                    } catch {
                        ledger.state.withLock { $0.unknown.append((body, ids)) }
                        return
                    }
                }
            }
            group.enter()
            thread.start()
        }
        return group
    }

    @Test("after kill -9 under batches every answered visit is there once, and kept rows equal a recount")
    func killed() throws {
        let county = try County(households: 60)
        let administrator = try person("county-administrator", county)
        let area = try #require(administrator["division"] as? String)
        #expect(try Program.run(["pair", "--data", county.data, area, "--apply"]).status == 0)
        let rounds = ProcessInfo.processInfo.environment["JIEDUI_KILL_ROUNDS"].flatMap { Int($0) } ?? 5
        let ledger = Ledger()
        var households: [String] = []
        for round in 0..<rounds {
            let served = try ServedProcess(data: county.data)
            if households.isEmpty {
                let client = try Client(port: served.port, token: county.token)
                let items = try client.send("GET", "/v1/households?limit=1000").json?["items"] as? [[String: Any]]
                households = (items ?? []).compactMap { $0["id"] as? String }
            }
            let group = load(served, county, households, ledger)
            usleep(UInt32.random(in: 100_000...500_000))
            served.kill()
            group.wait()
            let check = try Program.run(["check", "--data", county.data])
            #expect(check.status == 0, "round \(round): \(check.output)")
        }
        let served = try ServedProcess(data: county.data)
        let client = try Client(port: served.port, token: county.token)
        let (answered, unknown) = ledger.state.withLock { ($0.answered, $0.unknown) }
        #expect(ledger.state.withLock { $0.statuses } == [200])
        #expect(answered.count > 10 * rounds, "the load reached the writer")
        let kept = try visits(client)
        #expect(Set(kept).isSuperset(of: answered), "what was answered is lost")
        #expect(kept.count == Set(kept).count)
        for (body, ids) in unknown {
            let stored = Set(kept).intersection(ids).count
            #expect(stored == 0 || stored == ids.count, "a batch is stored in part")
            let answer = try client.send("POST", "/v1/visit-batches", body: body)
            #expect(answer.status == 200)
            #expect(answer.head.lowercased().contains("idempotency-replayed") == (stored > 0))
        }
        let all = try visits(client)
        #expect(all.count == Set(all).count)
        #expect(Set(all) == Set(answered + unknown.flatMap(\.ids)))
        #expect(served.terminate() == 0)
        let check = try Program.run(["check", "--data", county.data])
        #expect(check.status == 0, "\(check.output)")
    }

    private func visits(_ client: Client) throws -> [String] {
        let answer = try client.send("GET", "/v1/visits", fields: "Accept: application/x-ndjson\r\n")
        return try String(decoding: answer.body, as: UTF8.self).split(separator: "\n").dropLast().compactMap { line in
            try (JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"] as? String
        }
    }
}
