// Visits under ids that are stored elsewhere, on every way in: alone, in a batch, as what is kept for a person. A
// stranger is told that the id is taken, the same whatever was sent, and no body enters a place where it is not
// written of.

import Testing

@testable import App
@testable import SQL
@testable import Web

@Suite("Visits of strangers")
struct VisitStrangerTests {
    private static let stored = BatchSample.visit(501, of: 3)

    /// Visit 501 of household 3 in the other town.
    private static func county() throws -> County {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, stored, as: .workerB1)
        return county
    }

    @Test("a batch tells a stranger the same of an identical item and of any other, and keeps neither")
    func batches() throws {
        let county = try Self.county()
        let others = [
            Self.stored, BatchSample.visit(501, of: 3, "meeting"), BatchSample.visit(501, of: 1),
            BatchSample.visit(501, of: 999), Self.stored.with(["correctsVisitId": .string(Sample.id(502))]),
        ]
        for (index, item) in others.enumerated() {
            let visits = try county.visits()
            let answer = try county.as(.tabletA1).sendBatch(index, [item, BatchSample.visit(600 + index)])
            #expect(
                answer.outcomes == ["rejected id-reused /items/0/id after-fix", "created"], "\(index): \(answer.text)")
            #expect(try county.visits() == visits + ["\(600 + index) home-visit"])
        }
        #expect(try county.heldVisits() == [])
        let whole = try county.as(.tabletA1).sendBatch(9, [Self.stored, BatchSample.visit(609)], mode: "atomic")
        #expect(whole.outcomes.first == "rejected id-reused /items/0/id after-fix", "\(whole.text)")
        #expect(try county.count("held_visit") == 0)
        #expect(try county.faults() == [])
    }

    @Test("another user's batch id keeps nothing under a visit's id that is stored elsewhere")
    func batchIds() throws {
        let county = try Self.county()
        #expect(try county.as(.workerB1).sendBatch(1, [Self.stored]).outcomes == ["replayed"])
        let answers = try [
            [Self.stored], [BatchSample.visit(501, of: 3, "meeting")], [BatchSample.visit(501, of: 1)],
        ].map { try county.as(.tabletA1).sendBatch(1, $0) }
        #expect(answers.allSatisfy { $0.status == 409 && $0.problem == "conflicting-content" })
        #expect(Set(answers.map { $0.errors }).count == 1)
        #expect(try county.heldVisits() == [])
        // What is the sender's own business is kept as ever.
        #expect(try county.as(.tabletA1).sendBatch(1, [BatchSample.visit(502, of: 1)]).status == 409)
        #expect(try county.heldVisits() == ["502 batch-reused open"])
    }

    @Test("what is kept for a person tells a stranger nothing, decided or not")
    func heldContent() throws {
        let county = try Self.county()
        let other = BatchSample.visit(501, of: 3, "meeting")
        #expect(try county.as(.workerB1).put(Sample.path(ofVisit: 501), other).problem == "conflicting-content")
        let clerk = try county.as(.clerkB)
        let held = "/v1/held-visits/\(try required(clerk.get("/v1/held-visits").items.first?["id"]?.string))"
        func asked() throws -> [Answer] {
            try [other, Self.stored, BatchSample.visit(501, of: 3, "survey")].map {
                try county.as(.tabletA1).put(Sample.path(ofVisit: 501), $0)
            }
        }
        #expect(try asked().map(\.problem) == ["id-reused", "id-reused", "id-reused"])
        #expect(try clerk.patch(held, version: 1, ["state": "refused", "reason": "重复"]).status == 200)
        #expect(try asked().map(\.problem) == ["id-reused", "id-reused", "id-reused"])
        // Kept under an id that is free: to a stranger it is a household that is not there.
        county.clock.advance(days: 1)
        try county.move(.tabletA1, to: Place.villageB1)
        county.clock.advance(days: 1)
        let late = Sample.visit(1, at: "2026-03-03T20:00:00Z")
        #expect(try county.as(.tabletA1).put(Sample.path(ofVisit: 503), late).status == 202)
        for body in [late, late.with(["kind": "meeting"])] {
            let answer = try county.as(.workerB1).put(Sample.path(ofVisit: 503), body)
            #expect(answer.errors == ["/householdId unknown-household"], "\(answer.text)")
        }
        #expect(try county.as(.tabletA1).put(Sample.path(ofVisit: 503), late).status == 202)
        #expect(try county.count("held_visit") == 2)
        #expect(try county.faults() == [])
    }

    @Test("whoever sees both places sends another household's visit: it is kept where that household lies")
    func bothPlaces() throws {
        let county = try Self.county()
        let answer = try county.as(.administrator).put(Sample.path(ofVisit: 501), BatchSample.visit(501, of: 1))
        #expect(answer.status == 409)
        #expect(answer.problem == "conflicting-content")
        #expect(try county.as(.clerkB).get("/v1/held-visits").items.isEmpty)
        let clerk = try county.as(.clerkA)
        let item = try required(clerk.get("/v1/held-visits").items.first)
        #expect(item["householdId"]?.string == Sample.id(1))
        #expect(item["villageCode"]?.string == Place.villageA1)
        let path = "/v1/held-visits/\(try required(item["id"]?.string))"
        let accepted = try clerk.patch(path, version: 1, ["state": "accepted"])
        #expect(accepted.status == 200, "\(accepted.text)")
        // The visit elsewhere is not the clerk's to correct: this one is a visit of its own.
        let visit = try clerk.get("/v1/visits/\(try required(accepted.json["resultVisitId"].string))").json
        #expect(visit["correctsVisitId"] == nil)
        #expect(visit["householdId"].string == Sample.id(1))
        #expect(try county.as(.clerkB).get(Sample.path(ofVisit: 501)).json["isCounted"].boolean == true)
        #expect(try county.faults() == [])
    }

    @Test("the need of another village is no need of this one, whatever it says")
    func broughtNeeds() throws {
        let county = try Self.county()
        func meeting(_ code: String, _ text: String) -> JSON {
            Sample.visit(kind: "meeting").with([
                "householdId": .omitted, "villageCode": .string(code),
                "needs": [["id": .string(Sample.id(801)), "kind": "road", "text": .string(text)]],
            ])
        }
        try county.visit(502, meeting(Place.villageB1, "修路"), as: .workerB1)
        let before = try county.digest()
        for text in ["修路", "别的"] {
            let answer = try county.as(.tabletA1).put(
                Sample.path(ofVisit: 503), meeting(Place.villageA1, text))
            #expect(answer.errors == ["/needs/0/id id-reused"], "\(text): \(answer.text)")
        }
        #expect(try county.digest() == before)
    }
}
