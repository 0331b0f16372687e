// Devices whose clocks began anew: at 1970, or in the year they were made. With the offset that was measured, their
// visits are worth as much as any other, on every way in.

import Testing

@testable import App
@testable import SQL
@testable import Web

@Suite("Clocks that began anew")
struct VisitClockTests {
    /// 2026-03-01T02:00:00Z less two hours after 1970 began, and less 2015-01-01T00:30:00Z.
    private static let clocks = [
        (time: "1970-01-01T02:00:00Z", offset: -1_772_323_200_000),
        (time: "2015-01-01T00:30:00Z", offset: -352_258_200_000),
        // Before 1970 in UTC, and far ahead.
        (time: "1970-01-01T00:00:30+08:00", offset: -1_772_359_170_000),
        (time: "2099-12-31T23:00:00Z", offset: 2_330_110_800_000),
    ]

    private static func visit(_ clock: (time: String, offset: Int), of household: Int = 1) -> JSON {
        Sample.visit(household, at: clock.time).with(["clockOffsetMs": .integer(clock.offset)])
    }

    @Test("with its offset a visit is taken and counts on its day, alone and in a batch, and stays flagged")
    func taken() throws {
        let county = try County()
        try county.makeVisited()
        for (index, clock) in Self.clocks.enumerated() {
            let body = Self.visit(clock)
            let answer = try county.visit(501 + index, body, as: .tabletA1)
            #expect(answer.json["countedOn"].string == "2026-03-01", "\(clock) \(answer.text)")
            #expect(answer.json["flags"].list.map(\.string) == ["clock-corrected"])
            #expect(answer.json["isCounted"].boolean == true)
            let item = body.with(["id": .string(Sample.id(601 + index))])
            #expect(try county.as(.tabletA1).sendBatch(index, [item]).outcomes == ["created"])
            #expect(try county.judged(601 + index) == "2026-03-01 clock-corrected")
        }
        #expect(
            try county.as(.tabletA1).get(Sample.path(ofVisit: 501)).json["occurredAt"].string
                == "1970-01-01T02:00:00.000Z")
        let wrong = try county.as(.tabletA1).put(
            Sample.path(ofVisit: 509), Self.visit(("2026-03-01T02:00:00Z", 1_800_000_000_000)))
        #expect(wrong.errors == ["/occurredAt out-of-range"], "\(wrong.text)")
        let late = try county.as(.tabletA1).put(
            Sample.path(ofVisit: 509), Self.visit(("2099-12-31T23:00:00Z", -2_330_110_800_000)))
        #expect(late.errors == ["/occurredAt out-of-range"], "\(late.text)")
        let batch = try county.as(.tabletA1).sendBatch(
            9, [Self.visit(("2026-03-01T02:00:00Z", 1_800_000_000_000)).with(["id": .string(Sample.id(510))])])
        #expect(batch.outcomes == ["rejected out-of-range /items/0/occurredAt after-fix"])
        #expect(try county.faults() == [])
    }

    @Test("what it brings has its corrected day, and so has a correction, and what a clerk takes later")
    func corrected() throws {
        let county = try County()
        try county.makeVisited()
        let clock = Self.clocks[0]
        let body = Self.visit(clock).with([
            "observations": [
                ["id": .string(Sample.id(801)), "baseVersion": 1, "changes": ["willingness": "industry"]]
            ],
            "needs": [["id": .string(Sample.id(802)), "kind": "road", "text": "修路"]],
        ])
        try county.visit(501, body, as: .tabletA1)
        let clerk = try county.as(.clerkA)
        #expect(try clerk.get(Sample.path(ofProposal: 801)).json["effectiveOn"].string == "2026-03-01")
        #expect(try clerk.get(Sample.path(ofNeed: 802)).json["voicedOn"].string == "2026-03-01")
        let correction = Self.visit(clock).with(["correctsVisitId": .string(Sample.id(501)), "purpose": "good-deed"])
        let second = try county.visit(502, correction, as: .tabletA1)
        #expect(second.json["countedOn"].string == "2026-03-01")
        let held = try county.as(.tabletA1).put(
            Sample.path(ofVisit: 503), correction.with(["kind": "survey"]))
        #expect(held.problem == "already-corrected", "\(held.text)")
        county.clock.advance(days: 3)
        let path = "/v1/held-visits/\(try required(clerk.get("/v1/held-visits").items.first?["id"]?.string))"
        #expect(try clerk.patch(path, version: 1, ["state": "accepted"]).status == 200)
        #expect(try county.judged(503) == "2026-03-01 clock-corrected")
        #expect(try county.faults() == [])
    }

    @Test("right is judged by the corrected time, also where the id of a batch was used before")
    func rights() throws {
        let county = try County()
        try county.makeVisited()
        let session = try county.as(.tabletA1)
        #expect(try session.sendBatch(1, [BatchSample.visit(600)]).outcomes == ["created"])
        county.clock.advance(days: 2)
        try county.move(.tabletA1, to: Place.villageB1)
        county.clock.advance(days: 1)
        // On 3 March the village was the tablet's, on 4 March it was not.
        let early = Self.visit(("1970-01-01T02:00:00Z", -1_772_323_200_000 - 2 * 86_400_000))
        #expect(try session.put(Sample.path(ofVisit: 501), early).status == 201)
        let late = Self.visit(("1970-01-01T02:00:00Z", -1_772_323_200_000 - 3 * 86_400_000))
        #expect(try session.put(Sample.path(ofVisit: 502), late).status == 202)
        #expect(try session.sendBatch(1, [early.with(["id": .string(Sample.id(601))])]).status == 409)
        #expect(try county.heldVisits() == ["502 right-lost open", "601 batch-reused open"])
    }
}
