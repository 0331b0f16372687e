// A demonstration county with its pairings and visits, made by the program itself.

import Foundation
import Testing

@Suite
struct DemonstrationVisitTests {
    private func visits(seed: Int) throws -> [String] {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let made = try Program.run([
            "demo", "--data", data, "--households", "60", "--visits-months", "2", "--seed", "\(seed)", "--as-of",
            "2026-01-31", "--json",
        ])
        #expect(made.status == 0, "\(made.errors)")
        let checked = try Program.run(["check", "--data", data])
        #expect(checked.status == 0, "\(checked.output)")
        let people = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        let first = (people?["people"] as? [[String: Any]])?.first { $0["role"] as? String == "county-administrator" }
        let served = try ServedProcess(data: data)
        let client = try Client(port: served.port, token: try #require(first?["token"] as? String))
        let answer = try client.send("GET", "/v1/visits?limit=1000", body: nil)
        #expect(answer.status == 200)
        let page = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        #expect(served.terminate() == 0)
        return (page?["items"] as? [[String: Any]] ?? []).map { item in
            ["id", "kind", "occurredAt", "receivedAt", "cadreId", "householdId", "flags"].map {
                "\(item[$0] ?? "")"
            }.joined(separator: " ")
        }
    }

    @Test("the same seed and day make the same visits by the same helpers, and the register is in order")
    func repeatable() throws {
        let first = try visits(seed: 7)
        #expect(first.count > 50)
        #expect(first.contains { $0.contains("phone-call") })
        #expect(first.contains { $0.contains("home-visit") })
        #expect(try visits(seed: 7) == first)
    }
}
