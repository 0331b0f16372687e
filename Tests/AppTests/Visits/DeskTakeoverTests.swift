// The desk and those who change: in which week counts what somebody took over, who will await a successor, and that
// nobody moves where villages merge.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The desk and those who change")
struct DeskTakeoverTests {
    private static let weeks = ["OneWeek", "TwoWeeks", "FourWeeks", "Longer"]

    /// What is overdue by weeks, as counted and as listed.
    private static func overdue(_ session: Session, _ query: String = "") throws -> [[Int]] {
        let today = try session.get("/v1/desk\(query)").json["today"]
        return try weeks.map { week in
            let number = today["dutiesOverdue\(week)"]
            let list = try session.walk(try required(number["list"].string))
            return [try required(number["count"].integer), list.count]
        }
    }

    /// The same from the list of duties.
    private static func overdueDays(_ session: Session) throws -> [Int] {
        var counts = [0, 0, 0, 0]
        for item in try session.walk("/v1/contact-duties?state=overdue&limit=500") {
            let days = item["overdueDays"]?.integer ?? 0
            counts[days <= 7 ? 0 : days <= 14 ? 1 : days <= 28 ? 2 : 3] += 1
        }
        return counts
    }

    @Test("what was overdue before somebody took over counts in the week in which they did")
    func weeks() throws {
        let county = try County()
        try county.oweNoFestivals()
        try county.addHelpers()
        try county.addHouseholds(1...3)
        for (number, cadre) in [(1, 411), (2, 411), (3, 412)] {
            try county.pair(number, Sample.pairing(number, by: cadre, from: "2025-11-01"))
        }
        let session = try county.as(.administrator)
        try county.go(to: "2026-03-10")
        let before = try Self.overdueDays(session)
        #expect(before[3] > 0)
        #expect(try Self.overdue(session) == before.map { [$0, $0] })
        // Household 1 goes to 412 three weeks ago, 2 today, and 3 keeps 412 under another pairing.
        for (number, cadre, day) in [(1, 412, "2026-02-17"), (2, 412, "2026-03-10")] {
            try county.pair(
                20 + number,
                Sample.pairing(number, by: cadre, from: day).with([
                    "role": .omitted, "replaces": .string(Sample.id(number)),
                ]))
        }
        county.application.housekeeping.look()
        for day in ["2026-03-10", "2026-03-18", "2026-03-26", "2026-04-09"] {
            try county.go(to: day)
            let now = try Self.overdueDays(session)
            #expect(try Self.overdue(session) == now.map { [$0, $0] }, "\(day)")
            #expect(try Self.overdue(session, "?areaCode=\(Place.villageA1)") == now.map { [$0, $0] }, "\(day)")
            let longest = try session.walk("/v1/desk/records?figure=duties-overdue-longer")
            #expect(longest.allSatisfy { ($0["overdueDays"]?.integer ?? 0) > 28 }, "\(longest)")
        }
        try county.go(to: "2026-04-10")
        #expect(try Self.overdueDays(session) != before)
    }

    @Test("a deadline that follows from a departure known today is ahead, and becomes one of those who await")
    func deadlines() throws {
        let county = try County()
        try county.addHelpers()
        try county.addHouseholds(1...3)
        for (number, cadre) in [(1, 411), (2, 411), (3, 412)] {
            try county.pair(number, Sample.pairing(number, by: cadre, from: "2026-01-05"))
        }
        let session = try county.as(.administrator)
        let retired = try session.patch(
            "/v1/cadres/\(Sample.id(411))", version: 1, ["postState": "retired", "postStateFrom": "2026-03-10"])
        #expect(retired.status == 200, "\(retired.text)")
        // One of his households has somebody who follows him on the day.
        try county.pair(12, Sample.pairing(2, by: 412, "joint", from: "2026-01-06"))
        func ahead() throws -> [String] {
            let number = try session.get("/v1/desk").json["ahead"]["handoverDeadlines"]
            let list = try session.walk(try required(number["list"].string))
            #expect(list.count == number["count"].integer)
            return list.map {
                "\($0["archiveNumber"]?.string ?? "") \($0["awaitingSince"]?.string ?? "") \($0["dueOn"]?.string ?? "")"
            }
        }
        let expected = try session.walk("/v1/coverage/households?gaps=awaiting&on=2026-03-10").map {
            "\($0["archiveNumber"]?.string ?? "") \($0["awaitingSince"]?.string ?? "") \($0["dueOn"]?.string ?? "")"
        }
        #expect(expected.contains("H1 2026-03-10 2026-03-25"), "\(expected)")
        #expect(try ahead() == expected)
        #expect(try session.get("/v1/desk").json["today"]["awaiting"]["count"].integer == 0)
        try county.go(to: "2026-03-12")
        #expect(try ahead() == expected)
        #expect(try session.get("/v1/desk").json["today"]["awaiting"]["count"].integer == expected.count)
    }

    @Test("nobody has moved where a village becomes part of another one")
    func mergers() throws {
        let county = try County()
        try county.makeThree()
        try county.go(to: "2026-03-10")
        try county.move(3, to: Place.villageB2)
        try county.merge(Place.villageA1, into: Place.villageA2, on: "2026-03-08")
        let session = try county.as(.administrator)
        let moved = try session.get("/v1/desk").json["since"]["sum"]["moved"]
        #expect(moved["count"].integer == 1)
        let list = try session.walk(try required(moved["list"].string))
        #expect(list.compactMap { $0["archiveNumber"]?.string } == ["H3"])
    }
}
