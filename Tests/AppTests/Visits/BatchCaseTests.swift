// What goes wrong in the field, case by case as docs/tablets.md lists them: each has a stated outcome.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Batches: what goes wrong in the field")
struct BatchCaseTests {
    // MARK: Twice

    @Test("one record in two batches, by PUT, and from two tablets is created once and replayed after")
    func twoTablets() throws {
        let county = try County()
        try county.makeThree()
        let visit = BatchSample.visit(1_001)
        #expect(try county.as(.tabletA1).sendBatch(1, [visit, visit]).outcomes == ["created", "replayed"])
        #expect(try county.as(.workerA1).sendBatch(2, [visit]).outcomes == ["replayed"])
        let alone = try county.as(.workerA1).put("/v1/visits/\(Sample.id(1_001))", visit.with(["id": .omitted]))
        #expect(alone.status == 200)
        #expect(alone["idempotency-replayed"] == "true")
        #expect(try county.visits() == ["1001 home-visit"])
        #expect(try county.count("held_visit") == 0)
    }

    @Test("another content under an id is a conflict; both are kept, once for each content")
    func otherContent() throws {
        let county = try County()
        try county.makeThree()
        let first = BatchSample.visit(1_001)
        let second = first.with(["kind": "survey"])
        let answer = try county.as(.tabletA1).sendBatch(1, [first, second, second])
        #expect(answer.outcomes == ["created", "conflict conflicting-content", "conflict conflicting-content"])
        #expect(answer.items[1]["detail"]?.string?.isEmpty == false)
        #expect(try county.as(.workerA1).sendBatch(2, [second]).outcomes == ["conflict conflicting-content"])
        #expect(try county.as(.workerA1).sendBatch(3, [first]).outcomes == ["replayed"])
        #expect(try county.visits() == ["1001 home-visit"])
        #expect(try county.heldVisits() == ["1001 conflicting-content open"])
    }

    @Test("a correction may name a record earlier in its batch, and not a later one")
    func corrections() throws {
        let county = try County()
        try county.makeThree()
        let correction = BatchSample.visit(1_002, of: 1, "survey").with(["correctsVisitId": .string(Sample.id(1_001))])
        let answer = try county.as(.tabletA1).sendBatch(1, [correction, BatchSample.visit(1_001)])
        #expect(answer.outcomes == ["rejected unknown-visit /items/0/correctsVisitId after-fix", "created"])
        #expect(try county.as(.tabletA1).sendBatch(2, [correction]).outcomes == ["created"])
        let third = BatchSample.visit(1_003).with(["correctsVisitId": .string(Sample.id(1_001))])
        let fourth = BatchSample.visit(1_004).with(["correctsVisitId": .string(Sample.id(1_005))])
        let more = try county.as(.tabletA1).sendBatch(3, [third, BatchSample.visit(1_005), fourth])
        #expect(more.outcomes == ["conflict already-corrected", "created", "created"])
        #expect(
            try county.visits() == ["1001 home-visit!", "1002 survey", "1005 home-visit!", "1004 home-visit"])
        #expect(try county.faults() == [])
    }

    // MARK: Batches

    @Test("a batch's id with other content is refused; what was not known is kept, and settled when it comes again")
    func reusedBatch() throws {
        let county = try County()
        try county.makeThree()
        let tablet = try county.as(.tabletA1)
        let items = [1_001, 1_002, 1_003].map { BatchSample.visit($0) }
        #expect(try tablet.sendBatch(1, [items[0]]).outcomes == ["created"])
        let reused = try tablet.sendBatch(1, items + [7, BatchSample.visit(1_004, of: 3)])
        #expect(reused.status == 409)
        #expect(reused.problem == "conflicting-content")
        #expect(reused.json["batchId"].string == Sample.id(9_000_001))
        #expect(try county.visits() == ["1001 home-visit"])
        #expect(try county.heldVisits() == ["1002 batch-reused open", "1003 batch-reused open"])
        let before = try county.digest()
        #expect(try tablet.sendBatch(1, items + [7, BatchSample.visit(1_004, of: 3)]).status == 409)
        #expect(try county.digest() == before)
        #expect(try tablet.sendBatch(2, items).outcomes == ["replayed", "created", "created"])
        #expect(try county.heldVisits() == ["1002 batch-reused settled", "1003 batch-reused settled"])
        #expect(try tablet.sendBatch(1, [items[0]])["idempotency-replayed"] == "true")
        #expect(try county.faults() == [])
    }

    @Test("the order of the items and the mode belong to the content of a batch")
    func contentOfBatch() throws {
        let county = try County()
        try county.makeThree()
        let items = [BatchSample.visit(1_001), BatchSample.visit(1_002)]
        let tablet = try county.as(.tabletA1)
        _ = try tablet.sendBatch(1, items)
        #expect(try tablet.sendBatch(1, items.reversed()).status == 409)
        #expect(try tablet.sendBatch(1, items, mode: "atomic").status == 409)
        #expect(try tablet.sendBatch(1, items, mode: "each").status == 200)
        #expect(try county.count("held_visit") == 0)
    }

    @Test("the batch id of another user is refused and tells nothing of their batch")
    func foreignBatch() throws {
        let county = try County()
        try county.makeThree()
        let items = [BatchSample.visit(1_001, of: 3)]
        #expect(try county.as(.workerB1).sendBatch(1, items).outcomes == ["created"])
        let answer = try county.as(.tabletA1).sendBatch(1, items)
        #expect(answer.status == 409)
        #expect(answer.items.isEmpty)
        #expect(answer.json.names.sorted() == ["batchId", "detail", "errors", "instance", "status", "title", "type"])
        #expect(try county.as(.tabletA1).sendBatch(1, [BatchSample.visit(1_002)]).status == 409)
        #expect(try county.heldVisits() == ["1002 batch-reused open"])
    }

    @Test("all or nothing: one item that cannot be taken leaves nothing behind, and the batch can be mended")
    func atomic() throws {
        let county = try County()
        try county.makeThree()
        let tablet = try county.as(.tabletA1)
        let (good, other) = (BatchSample.visit(1_001), BatchSample.visit(1_002))
        #expect(try tablet.sendBatch(1, [good, other], mode: "atomic").outcomes == ["created", "created"])
        let before = try county.digest()
        let refused = try tablet.sendBatch(
            2, [good, BatchSample.visit(1_003), other.with(["kind": "survey"]), BatchSample.visit(1_004, of: 77)],
            mode: "atomic")
        #expect(refused.status == 200)
        #expect(
            refused.outcomes == [
                "rejected batch-refused after-fix", "rejected batch-refused after-fix",
                "rejected conflicting-content after-fix",
                "rejected unknown-household /items/3/householdId after-fix",
            ])
        #expect(try county.digest() == before)
        #expect(try tablet.get("/v1/visit-batches/\(Sample.id(9_000_002))").status == 404)
        let mended = try tablet.sendBatch(2, [good, BatchSample.visit(1_003)], mode: "atomic")
        #expect(mended.outcomes == ["replayed", "created"])
        #expect(try county.faults() == [])
    }

    @Test("an item at which the database stumbles is told to come later; the others are taken")
    func stumbling() throws {
        let county = try County()
        try county.makeThree()
        _ = try county.register.perform { transaction in
            try transaction.connection.run(
                """
                CREATE TRIGGER stumble BEFORE INSERT ON visit WHEN NEW.device = 'bad'
                BEGIN SELECT RAISE(ABORT, 'stumble'); END
                """)
        }
        let items = [
            BatchSample.visit(1_001), BatchSample.visit(1_002).with(["device": "bad"]), BatchSample.visit(1_003),
        ]
        let tablet = try county.as(.tabletA1)
        #expect(try tablet.sendBatch(1, items).outcomes == ["created", "rejected not-stored later", "created"])
        #expect(try county.visits() == ["1001 home-visit", "1003 home-visit"])
        let fresh = [BatchSample.visit(1_004), items[1]]
        let atomic = try tablet.sendBatch(2, fresh, mode: "atomic")
        #expect(atomic.outcomes == ["rejected batch-refused after-fix", "rejected not-stored later"])
        #expect(try county.count("visit") == 2)
        _ = try county.register.perform { try $0.connection.run("DROP TRIGGER stumble") }
        #expect(try tablet.sendBatch(3, fresh).outcomes == ["created", "created"])
        #expect(try county.faults() == [])
    }

    @Test("a clerk's no is told for good when the item comes again")
    func refused() throws {
        let county = try County()
        try county.makeThree()
        let tablet = try county.as(.tabletA1)
        let second = BatchSample.visit(1_001).with(["kind": "survey"])
        _ = try tablet.sendBatch(1, [BatchSample.visit(1_001), second])
        let held = try required(county.as(.clerkA).get("/v1/held-visits").items.first?["id"]?.string)
        let refusal = try county.as(.clerkA).patch(
            "/v1/held-visits/\(held)", version: 1, ["state": "refused", "reason": "重复"])
        #expect(refusal.status == 200)
        #expect(try tablet.sendBatch(2, [second]).outcomes == ["rejected refused-by-clerk /items/0"])
    }

    // MARK: Clocks

    @Test("a clock a day wrong: said, unsaid, and beyond belief")
    func clocks() throws {
        let county = try County()
        try county.makeThree()
        let day = 86_400_000
        let answer = try county.as(.tabletA1).sendBatch(
            1,
            [
                BatchSample.visit(1_001, at: "2026-03-03T00:00:00.000Z").with(["clockOffsetMs": .integer(day)]),
                BatchSample.visit(1_002, at: "2026-02-28T17:00:00.000Z").with(["clockOffsetMs": .integer(-day)]),
                BatchSample.visit(1_003, at: "2026-03-03T00:00:00.000Z"),
                BatchSample.visit(1_004, at: "2000-01-01T00:00:00.000Z"),
                BatchSample.visit(1_005, at: "2026-02-27T16:30:00.000Z").with(["clockOffsetMs": 60_000]),
            ])
        #expect(Set(answer.outcomes) == ["created"])
        #expect(try county.judged(1_001) == "2026-03-02 clock-corrected")
        #expect(try county.judged(1_002) == "2026-03-02 clock-corrected")
        #expect(try county.judged(1_003) == "2026-03-02 clock-ahead")
        #expect(try county.judged(1_004) == "never clock-unbelievable")
        #expect(try county.judged(1_005) == "2026-02-28 ")
        let told = try county.as(.tabletA1).get("/v1/visits/\(Sample.id(1_001))").json["occurredAt"].string
        #expect(told == "2026-03-03T00:00:00.000Z")
    }

    // MARK: Rights and changes since

    @Test("dated before the right was lost it is taken, after it it is parked, without any right it is not there")
    func rights() throws {
        let county = try County()
        try county.makeThree()
        county.clock.advance(days: 2)
        let me = try county.as(.tabletA1).get("/v1/me").json["id"].string
        let tablet = try required(me.flatMap { Identifier($0) })
        try county.register.perform { try AccessStore.moveUser(tablet, to: Place.villageA2, $0) }
        county.clock.advance(days: 1)
        let answer = try county.as(.tabletA1).sendBatch(
            1,
            [
                BatchSample.visit(1_001, at: "2026-03-03T02:00:00.000Z"),
                BatchSample.visit(1_002, at: "2026-03-04T02:00:00.000Z"), BatchSample.visit(1_003, of: 2),
                BatchSample.visit(1_004, of: 3),
            ])
        #expect(
            answer.outcomes == [
                "created", "parked right-lost", "created", "rejected unknown-household /items/3/householdId after-fix",
            ])
        #expect(try county.heldVisits() == ["1002 right-lost open"])
        let atomic = try county.as(.tabletA1).sendBatch(
            2, [BatchSample.visit(1_005, at: "2026-03-04T02:00:00.000Z")], mode: "atomic")
        #expect(atomic.outcomes == ["rejected right-lost after-fix"])
        #expect(try county.heldVisits() == ["1002 right-lost open"])
    }

    @Test("a household that moved away takes the visits of before with it")
    func moved() throws {
        let county = try County()
        try county.makeThree()
        county.clock.advance(days: 2)
        let move = try county.as(.administrator).patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["villageCode": .string(Place.villageB1)])
        #expect(move.status == 200)
        let answer = try county.as(.tabletA1).sendBatch(1, [BatchSample.visit(1_001, at: "2026-03-02T02:00:00.000Z")])
        #expect(answer.outcomes == ["created"])
        #expect(try county.as(.tabletA1).get("/v1/visits/\(Sample.id(1_001))").status == 404)
        let seen = try county.as(.workerB1).get("/v1/visits/\(Sample.id(1_001))")
        #expect(seen.json["villageCode"].string == Place.villageB1)
    }

    @Test("a helper who was replaced meanwhile, and a code that has ended")
    func replacedAndEnded() throws {
        let county = try County()
        try county.makeThree()
        try county.makeOrganization(1)
        try county.makeCadre(31)
        try county.makeCadre(32)
        let pairing = try county.help(1, by: 31, from: "2026-01-01")
        try county.help(1, by: 32, isResponsible: false, from: "2026-02-20")
        try county.endPairing(pairing, on: "2026-02-20")
        _ = try county.register.perform { transaction in
            try transaction.connection.run(
                "UPDATE code_value SET valid_to = '2026-02-01' WHERE list_key = 'visit-purpose' AND code = 'planning'")
            try transaction.connection.run(
                """
                INSERT INTO code_successor (list_key, code, successor_code)
                VALUES ('visit-purpose', 'planning', 'measure-follow-up')
                """)
        }
        // Lists are read when the service starts.
        county.close()
        let reopened = try County(reopening: county.folder, clock: county.clock)
        let visit = BatchSample.visit(1_001).with(["cadreId": .string(Sample.id(31)), "purpose": "planning"])
        #expect(try reopened.as(.tabletA1).sendBatch(1, [visit]).outcomes == ["created"])
        #expect(try reopened.judged(1_001) == "2026-03-02 cadre-not-helper;code-mapped")
        let told = try reopened.as(.tabletA1).get("/v1/visits/\(Sample.id(1_001))").json
        #expect(told["purpose"].string == "measure-follow-up")
        #expect(try reopened.as(.tabletA1).sendBatch(2, [visit]).outcomes == ["replayed"])
    }
}
