// Batches from tablets as a request: their form, their answer, and the same again.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Batches from tablets")
struct BatchTests {
    @Test("a batch is taken in order and answered item by item, with the batch's id")
    func taken() throws {
        let county = try County()
        try county.makeThree()
        let answer = try county.as(.tabletA1).sendBatch(
            1, [BatchSample.visit(1_001), BatchSample.visit(1_002, of: 1, "phone-call")])
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "application/json")
        #expect(answer["idempotency-replayed"] == nil)
        #expect(answer.json["batchId"].string == Sample.id(9_000_001))
        #expect(answer.json["mode"].string == "each")
        #expect(answer.items.map { $0["id"]?.string } == [Sample.id(1_001), Sample.id(1_002)])
        #expect(answer.items.map { $0["version"]?.integer } == [1, 1])
        #expect(answer.outcomes == ["created", "created"])
        #expect(try county.visits() == ["1001 home-visit", "1002 phone-call"])
        let batches = try county.query("SELECT DISTINCT batch_id FROM visit") { try $0.identifier(0).description }
        #expect(batches == [Sample.id(9_000_001)])
        #expect(try county.faults() == [])
    }

    @Test("nothing at all is a batch too")
    func empty() throws {
        let county = try County()
        #expect(try county.as(.tabletA1).sendBatch(1, []).outcomes == [])
        #expect(try county.count("visit_batch") == 1)
    }

    @Test("a batch may be compressed, and written with spaces, another order of fields or another case of ids")
    func forms() throws {
        let county = try County()
        try county.makeThree()
        let body = BatchSample.batch(1, [BatchSample.visit(1_001)], mode: "each").text
        let first = try county.as(.tabletA1).send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json", "Content-Encoding": "gzip"],
            body: Packed.gzip(Array(body.utf8)))
        #expect(first.outcomes == ["created"])
        let item = """
            {"occurredAt": "\(BatchSample.written)", "kind": "home-visit", "householdId": "\(Sample.id(1))",
             "id": "\(Sample.id(1_001))"}
            """
        let again = try county.as(.tabletA1).send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json"],
            body: Array("{ \"items\": [\(item)], \"batchId\": \"\(Sample.id(9_000_001).uppercased())\" }".utf8))
        #expect(again["idempotency-replayed"] == "true")
        #expect(again.outcomes == ["created"])
    }

    @Test("a thousand items are taken, compressed and decoded beside the loops; one more is refused with words")
    func bounds() throws {
        let county = try County()
        try county.makeThree()
        let items = (0..<1_001).map { BatchSample.visit(2_000 + $0).with(["device": "平板"]) }
        let body = Array(BatchSample.batch(1, Array(items.prefix(1_000))).text.utf8)
        let answer = try county.as(.tabletA1).send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json", "Content-Encoding": "gzip"],
            body: Packed.gzip(body))
        #expect(Set(answer.outcomes) == ["created"])
        #expect(answer.items.count == 1_000)
        #expect(try county.count("visit") == 1_000)
        let refused = try county.as(.tabletA1).sendBatch(2, items)
        #expect(refused.status == 422)
        #expect(refused.errors == ["/items too-many"])
        #expect(refused.json["errors"][0]["detail"].string?.contains("1000") == true)
    }

    @Test("what is wrong with the batch itself refuses it, and nothing changes")
    func malformed() throws {
        let county = try County()
        let tablet = try county.as(.tabletA1)
        let before = try county.digest()
        let good = BatchSample.batch(1, [])
        #expect(try tablet.post("/v1/visit-batches", good.with(["batchId": "x"])).errors == ["/batchId not-an-id"])
        #expect(try tablet.post("/v1/visit-batches", good.with(["batchId": .omitted])).errors == ["/batchId required"])
        #expect(try tablet.post("/v1/visit-batches", good.with(["mode": "some"])).errors == ["/mode unknown-code"])
        #expect(try tablet.post("/v1/visit-batches", good.with(["items": 3])).errors == ["/items wrong-type"])
        #expect(try tablet.post("/v1/visit-batches", good.with(["more": 3])).errors == ["/more unknown-field"])
        let cut = try tablet.send(
            "POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: Array("{\"batchId\": ".utf8))
        #expect(cut.status == 400)
        #expect(cut.problem == "malformed-json")
        #expect(try county.digest() == before)
    }

    @Test("an item that is wrong by itself is rejected with its pointer and harms no other one")
    func items() throws {
        let county = try County()
        try county.makeThree()
        let answer = try county.as(.tabletA1).sendBatch(
            1,
            [
                BatchSample.visit(1_001), 7, BatchSample.visit(1_002).with(["id": .omitted]),
                BatchSample.visit(1_003).with(["id": "Nr. 3"]), BatchSample.visit(1_004).with(["kind": 4, "more": 1]),
                BatchSample.visit(1_005, of: 77), BatchSample.visit(1_006).with(["device": "a\u{1}"]),
                BatchSample.visit(1_007),
            ])
        #expect(
            answer.outcomes == [
                "created", "rejected wrong-type /items/1 after-fix", "rejected required /items/2/id after-fix",
                "rejected not-an-id /items/3/id after-fix", "rejected wrong-type /items/4/kind after-fix",
                "rejected unknown-household /items/5/householdId after-fix",
                "rejected control-character /items/6/device after-fix", "created",
            ])
        #expect(answer.items.map { $0["id"]?.string ?? "-" }[1...3] == ["-", "-", "Nr. 3"])
        #expect(answer.items[4]["errors"].list.map { $0["code"]?.string } == ["wrong-type", "unknown-field"])
        #expect(try county.visits() == ["1001 home-visit", "1007 home-visit"])
        #expect(try county.count("held_visit") == 0)
        let again = try county.as(.tabletA1).get("/v1/visit-batches/\(Sample.id(9_000_001))")
        #expect(again.body == answer.body)
    }

    @Test("a name written twice or half a character harms its own item only")
    func flaws() throws {
        let county = try County()
        try county.makeThree()
        let good = BatchSample.visit(1_001).text
        let twice = BatchSample.visit(1_002).text.dropLast() + #","kind":"survey"}"#
        let half = BatchSample.visit(1_003).text.dropLast() + #","device":"\ud800"}"#
        func send(_ number: Int, _ items: [String]) throws -> Answer {
            let body = #"{"batchId":"\#(Sample.id(9_000_000 + number))","items":[\#(items.joined(separator: ","))]}"#
            return try county.as(.tabletA1).send(
                "POST", "/v1/visit-batches", ["Content-Type": "application/json"], body: Array(body.utf8))
        }
        #expect(
            try send(1, [good, String(twice), String(half)]).outcomes == [
                "created", "rejected duplicate-name /items/1/kind after-fix",
                "rejected lone-surrogate /items/2/device after-fix",
            ])
        // Past twenty flaws no further one is looked for, so no item can be believed.
        let many = try send(2, Array(repeating: String(half), count: 21) + [good])
        #expect(many.status == 422)
        #expect(many.errors.count == 20)
    }

    @Test("the same batch is answered the same again, also after its visits were corrected")
    func replayed() throws {
        let county = try County()
        try county.makeThree()
        let tablet = try county.as(.tabletA1)
        let items = [BatchSample.visit(1_001), BatchSample.visit(1_002, of: 77), BatchSample.visit(1_001)]
        let first = try tablet.sendBatch(1, items)
        #expect(first.outcomes[0] == "created")
        #expect(first.outcomes[2] == "replayed")
        let correction = BatchSample.visit(1_003).with(["correctsVisitId": .string(Sample.id(1_001))])
        #expect(try tablet.sendBatch(2, [correction]).outcomes == ["created"])
        let before = try county.digest()
        let again = try tablet.sendBatch(1, items)
        #expect(again["idempotency-replayed"] == "true")
        #expect(again.body == first.body)
        #expect(try tablet.get("/v1/visit-batches/\(Sample.id(9_000_001))").body == first.body)
        #expect(try county.digest() == before)
        #expect(try tablet.sendBatch(3, items).outcomes[0] == "replayed")
    }

    @Test("the stored answer is told in the language that is asked for")
    func languages() throws {
        let county = try County()
        let tablet = try county.as(.tabletA1)
        _ = try tablet.sendBatch(1, [BatchSample.visit(1_001, of: 77)])
        let path = "/v1/visit-batches/\(Sample.id(9_000_001))"
        let chinese = try tablet.get(path).json["items"][0]["detail"].string
        let english = try tablet.get(path, ["Accept-Language": "en"]).json["items"][0]["detail"].string
        #expect(chinese?.contains("没有") == true)
        #expect(english?.contains("no such household") == true)
    }

    @Test("what a batch was answered is told to its user and to the clerks of the user's place, and to nobody else")
    func asked() throws {
        let county = try County()
        try county.makeThree()
        _ = try county.as(.tabletA1).sendBatch(1, [BatchSample.visit(1_001)])
        let path = "/v1/visit-batches/\(Sample.id(9_000_001))"
        for person in [Person.tabletA1, .clerkA, .administrator] {
            #expect(try county.as(person).get(path).outcomes == ["created"], "\(person)")
        }
        for person in [Person.workerA1, .clerkB, .workerB1, .auditor, .province, .neighbour] {
            #expect(try county.as(person).get(path).status == 404, "\(person)")
        }
        #expect(try county.as(.tabletA1).get("/v1/visit-batches/\(Sample.id(9_000_002))").status == 404)
    }

    @Test("the same batch from 16 clients at once is stored once")
    func crowd() throws {
        let county = try County()
        try county.makeThree()
        let token = try county.as(.tabletA1).token
        let items = (0..<20).map { BatchSample.visit(1_000 + $0) } + [BatchSample.visit(1_000)]
        let answers = try Parallel.map(16) { _ in
            let session = try county.with(token: token)
            return try (0..<3).map { _ in try session.sendBatch(1, items) }
        }.flatMap(\.self)
        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(Set(answers.map(\.text)).count == 1)
        #expect(answers.filter { $0["idempotency-replayed"] == nil }.count == 1)
        #expect(try county.count("visit") == 20)
        #expect(try county.faults() == [])
    }
}
