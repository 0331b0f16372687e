// Who was responsible for a household on a day: for any day, as known now and as recorded at a time (R011, R050).

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Pairings in time")
struct PairingTimeTests {
    @Test("for any day, as known now and as recorded then, somebody's name or nobody's")
    func bitemporal() throws {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        let session = try county.as(.administrator)
        let first = try county.pair(801, Sample.pairing(1, by: 411))
        let known = county.clock.now
        county.clock.advance(days: 10)
        // It began a year later than was thought; and since February another one answers.
        _ = try session.patch(first, version: 1, ["from": "2021-01-01"])
        let corrected = county.clock.now
        county.clock.advance(days: 10)
        let second = try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2026-02-01"))
        _ = try session.patch(second, version: 1, ["role": "first-responsible", "on": "2026-02-01"])
        county.clock.advance(days: 1)
        let (early, between, late) = ("2020-06-01", "2025-01-01", "2026-02-01")
        #expect(try county.responsible(1, on: early) == nil)
        #expect(try county.responsible(1, on: early, knownAt: known) == "张示例")
        #expect(try county.responsible(1, on: early, knownAt: corrected) == nil)
        #expect(try county.responsible(1, on: between) == "张示例")
        #expect(try county.responsible(1, on: late) == "李示例")
        #expect(try county.responsible(1, on: late, knownAt: corrected) == "张示例")
        #expect(try county.responsible(1, on: "2026-01-31") == "张示例")
        #expect(try session.get(first + "?knownAt=\(known)").json["from"].string == "2020-01-01")
        #expect(try session.get(first + "?knownAt=\(known)&on=\(early)").json["role"].string == "first-responsible")
        #expect(try session.get(first + "?on=\(early)").status == 404)
        #expect(try session.get(second + "?knownAt=\(corrected)").status == 404)
        let before = "/v1/households/\(Sample.id(1))/pairings?knownAt=\(Instant(milliseconds: known.milliseconds - 1))"
        #expect(try session.get(before).json["items"].list.isEmpty)
        let cadre = try session.get("/v1/cadres/\(Sample.id(411))/pairings?on=\(early)&knownAt=\(known)").json
        #expect(cadre["items"].list.count == 1)
        #expect(cadre["quota"] == nil)
        #expect(try county.faults() == [])
    }

    @Test("after any order of beginnings, endings and changes of role the days agree with a plain replay")
    func replay() throws {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.makeCadre(414, "middle", of: 401, since: "2015-01-01", named: "冯示例")
        let session = try county.as(.administrator)
        // Days of 2025, who answers by then; told here by hand, in the order in which things are written.
        try county.pair(801, Sample.pairing(1, by: 411, from: "2025-01-01"))
        try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2025-03-01").with(["to": "2025-09-01"]))
        try county.pair(803, Sample.pairing(1, by: 414, "joint", from: "2025-06-01"))
        _ = try session.patch(
            Sample.path(ofPairing: 802), version: 1, ["role": "first-responsible", "on": "2025-04-01"])
        #expect(try county.responsible(1, on: "2025-03-31") == "张示例")
        #expect(try county.responsible(1, on: "2025-08-31") == "李示例")
        // The end of that pairing gave the days behind it back to nobody: they were the first one's, and stay so.
        #expect(try county.responsible(1, on: "2025-09-01") == "张示例")
        let two = try required(session.get(Sample.path(ofPairing: 802)).json["version"].integer)
        _ = try session.patch(Sample.path(ofPairing: 802), version: two, ["to": "2025-07-01"])
        #expect(try county.responsible(1, on: "2025-07-01") == "张示例", "the longest of the joint helpers")
        let one = try required(session.get(Sample.path(ofPairing: 801)).json["version"].integer)
        _ = try session.patch(Sample.path(ofPairing: 801), version: one, ["to": "2025-08-01"])
        #expect(try county.responsible(1, on: "2025-08-01") == "冯示例")
        #expect(try county.responsible(1, on: "2026-03-02") == "冯示例")
        let days = try county.query(
            "SELECT valid_from, coalesce(valid_to, '') FROM responsibility WHERE superseded_at IS NULL ORDER BY 1"
        ) { "\($0.text(0)) \($0.text(1))" }
        #expect(days.first?.hasPrefix("2025-01-01") == true)
        #expect(days.last?.hasSuffix(" ") == true)
        #expect(zip(days, days.dropFirst()).allSatisfy { $0.suffix(10) == $1.prefix(10) }, "no gap: \(days)")
        #expect(try county.faults() == [])
    }

    @Test("while nobody can help whoever is named answers, and from their first day on whoever can")
    func nobodyForAWhile() throws {
        let county = try County.helped(1)
        let session = try county.as(.administrator)
        try county.makeCadre(12, "section", of: 2)
        try county.makeCadre(13, "section", of: 3)
        try county.help(1, by: 12, isResponsible: false)
        try county.help(1, by: 13, isResponsible: false, from: "2026-03-15")
        let own: JSON = ["quota": 0, "from": "2026-03-10", "to": "2026-03-20", "reason": "身体原因"]
        #expect(try session.post("/v1/cadres/\(Sample.id(12))/quotas", own).status == 200)
        let lifted = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["state": "lifted", "effectiveOn": "2020-03-10"])
        #expect(lifted.status == 200, "\(lifted.text)")
        let first = try required(
            county.query("SELECT pairing_id FROM responsibility") { try $0.identifier(0) }.first)
        try county.endPairing(first, on: "2026-03-10")
        let days = ["2026-03-09", "2026-03-10", "2026-03-14", "2026-03-15", "2026-03-20"]
        let answering = try days.map { day in
            try county.pairs(on: day).filter { $0.hasSuffix("first") }.joined(separator: ", ")
        }
        #expect(answering == ["1 11 first", "1 12 first", "1 12 first", "1 13 first", "1 13 first"])
        #expect(try county.faults() == [])
    }
}
