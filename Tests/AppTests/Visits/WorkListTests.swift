// What each helper and each unit owed and did: a duty lies on whoever answered when its period ended, and the parts add
// up to what the lists of duties say.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Work of helpers and units")
struct WorkListTests {
    private static let days = "from=2025-03-01&to=2026-03-01"
    private static let byCadre = "/v1/contact-counters/by-cadre?\(days)"
    private static let byUnit = "/v1/contact-counters/by-organization?\(days)"

    /// Household 1 of A1 went from 411 to 412 (one unit) with the year; household 2 of B1 lost 421 in February. 411
    /// visited in December, 412 with 421 beside them in February.
    private static func county() throws -> County {
        let county = try County()
        try county.oweNoFestivals()
        try county.addHelpers()
        try county.make(1, Sample.household("H1", in: Place.villageA1))
        try county.make(2, Sample.household("H2", in: Place.villageB1))
        try county.help(1, by: 411, from: "2018-01-01", to: "2026-01-01")
        try county.help(1, by: 412, from: "2026-01-01")
        try county.help(2, by: 421, from: "2018-01-01", to: "2026-02-01")
        try county.contact("home-visit", 1, on: "2025-12-10", by: 411)
        try county.contact("phone-call", 1, on: "2026-01-10", by: 412)
        let visit: JSON = [
            "householdId": .string(Sample.id(1)), "kind": "home-visit", "occurredAt": "2026-02-10T04:00:00Z",
            "cadreId": .string(Sample.id(412)), "companions": [["cadreId": .string(Sample.id(421))]],
        ]
        try county.visit(59_000, visit)
        try county.contact("home-visit", 1, on: "2026-02-11", by: 413)
        return county
    }

    private func numbers(_ item: JSONValue?, _ names: String...) -> [Int?] { names.map { item?[$0]?.integer } }

    private func item(_ answer: Answer, _ cadre: Int) -> JSONValue? {
        answer.items.first { $0["cadreId"]?.string == Sample.id(cadre) }
    }

    @Test("a duty is that of whoever answered on the last day of its period, and all add up to the list of duties")
    func duties() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let answer = try session.get(Self.byCadre)
        #expect(answer.status == 200, "\(answer.text)")
        func listed(_ household: Int, from: String, to: String) throws -> [Int?] {
            let all = try session.walk(
                "/v1/contact-duties?householdId=\(Sample.id(household))&from=2025-03-01&to=2026-03-01&limit=500")
            let own = all.filter { item in
                let end = item["to"]?.string ?? ""
                return from < end && end <= to
            }
            return ["in-time", "late", "overdue"].map { state in own.count { $0["state"]?.string == state } }
        }
        let first = try listed(1, from: "2025-03-01", to: "2026-01-01")
        let second = try listed(1, from: "2026-01-01", to: "2026-03-01")
        #expect(first.compactMap(\.self).reduce(0, +) == 20)
        #expect(second.compactMap(\.self).reduce(0, +) == 4)
        #expect(numbers(item(answer, 411), "inTime", "late", "open") == first)
        #expect(numbers(item(answer, 412), "inTime", "late", "open") == second)
        #expect(
            try numbers(item(answer, 421), "inTime", "late", "open") == listed(2, from: "2025-03-01", to: "2026-02-01"))
        #expect(numbers(answer.json["sum"]["unassigned"], "inTime", "late", "open") == [0, 0, 2])
        let sums = zip(first, second).map { ($0 ?? 0) + ($1 ?? 0) }
        #expect(numbers(answer.json["sum"], "inTime", "late") == [sums[0], sums[1]])
        #expect(answer.json["sum"]["open"].integer == sums[2] + 22)
        // While the kept rows are counted anew, the answer is the same.
        try county.alter(
            "INSERT INTO setting (key, value) VALUES ('contact-duties-due', '2025-01-01 2026-04-30 0 1')")
        #expect(try session.get(Self.byCadre).body == answer.body)
    }

    @Test("what was done is counted for whoever did it or came along, and a unit counts a household once")
    func done() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let answer = try session.get(Self.byCadre)
        let members = ["visits", "calls", "householdsVisited", "households", "quota", "load", "lacking", "excess"]
        let expected: [Int: [Int?]] = [
            411: [1, 0, 1, 0, 5, 0, 5, 0], 412: [1, 1, 1, 1, 5, 1, 4, 0], 413: [1, 0, 1, 0, 1, 0, 1, 0],
            421: [1, 0, 1, 0, 1, 0, 1, 0],
        ]
        for (cadre, numbers) in expected {
            #expect(members.map { item(answer, cadre)?[$0]?.integer } == numbers, "\(cadre)")
        }
        let units = try session.get(Self.byUnit)
        #expect(units.items.count == 2)
        let agriculture = units.items.first { $0["organizationId"]?.string == Sample.id(401) }
        #expect(
            numbers(agriculture, "cadres", "visits", "calls", "householdsVisited", "households", "load", "quota")
                == [3, 3, 1, 1, 1, 1, 11])
        #expect(numbers(agriculture, "belowQuota", "aboveQuota", "lacking", "excess") == [3, 0, 10, 0])
        for name in ["inTime", "late", "open"] {
            let parts = answer.items.filter { $0["organizationId"]?.string == Sample.id(401) }
            #expect(agriculture?[name]?.integer == parts.compactMap { $0[name]?.integer }.reduce(0, +))
        }
    }

    @Test("the worst by what is asked for come first, page by page and in a file, within the caller's area")
    func order() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func order(_ query: String) throws -> [Int] {
            try session.walk(Self.byCadre + query).compactMap { $0["cadreId"]?.string.flatMap { Int($0.suffix(3)) } }
        }
        #expect(try order("&sort=below") == [411, 412, 413, 421])
        #expect(try order("&sort=below&limit=1") == [411, 412, 413, 421])
        #expect(try order("&sort=households&limit=3").first == 412)
        #expect(try order("").first == 421)
        #expect(try order("&organizationId=\(Sample.id(402))") == [421])
        #expect(try session.get(Self.byCadre + "&count=true&limit=1").json["total"].integer == 4)
        let file = try session.get(Self.byCadre + "&sort=below", ["Accept": "text/csv"])
        let lines = file.text.split(separator: "\r\n")
        #expect(lines.count == 5)
        #expect(
            lines[0].hasPrefix("cadreId,cadreName,organizationId,organizationName,areaCode,areaName,inTime,late,open"))
        #expect(lines[1].hasPrefix(Sample.id(411)))
        #expect(try session.get(Self.byUnit, ["Accept": "text/csv"]).text.split(separator: "\r\n").count == 3)

        // Whoever sees one town sees its households only; what cadres of elsewhere carry is not theirs.
        let clerk = try county.as(.clerkB).get(Self.byCadre)
        #expect(clerk.items.compactMap { $0["cadreId"]?.string } == [Sample.id(421)])
        #expect(try county.as(.clerkB).get(Self.byCadre + "&areaCode=\(Place.townA)").status == 404)
        let worker = try county.as(.workerA1).get(Self.byCadre)
        #expect(item(worker, 421)?["visits"]?.integer == 1)
        #expect(item(worker, 421)?["quota"]?.integer == nil)
        #expect(try county.with(token: nil).get(Self.byCadre).status == 401)
        for wrong in ["&sort=name", "&organizationId=x", "&unit=x", "&limit=0"] {
            #expect(try session.get(Self.byCadre + wrong).status == 400, "\(wrong)")
        }
        #expect(try session.get("/v1/contact-counters/by-organization?from=2026-02-01&to=2026-02-01").status == 400)
        let cursor = try required(session.get(Self.byCadre + "&limit=1").json["next"].string)
        #expect(try session.get(Self.byUnit + "&after=\(cursor)").problem == "invalid-cursor")
    }
}
