// Idempotency-Key on a POST that creates: one effect for a key, whoever repeats it and however often.

import Testing

@testable import App

@Suite("Idempotency-Key")
struct IdempotencyTests {
    @Test("a POST with a key is done once and its answer given again, also to eight at once")
    func onceOnly() throws {
        let county = try County()
        let token = try county.as(.clerkA).token
        let answers = try Parallel.map(8) { _ in
            try county.with(token: token).post("/v1/households", Sample.household("H1"), key: "\"0197-a\"")
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(Set(answers.compactMap { $0.json["id"].string }).count == 1)
        #expect(answers.count { $0["idempotency-replayed"] == "true" } == 7)
        #expect(Set(answers.map { $0["etag"] }).count == 1)
        #expect(try county.count("household") == 1)
    }

    @Test("without a key, or under another key, user or content, it is another request")
    func scope() throws {
        let county = try County()
        let clerk = try county.as(.clerkA)
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "a").status == 201)
        let reused = try clerk.post("/v1/households", Sample.household("H2"), key: "a")
        #expect(reused.status == 422)
        #expect(reused.problem == "idempotency-key-reused")
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "b").problem == "archive-number-taken")
        #expect(try clerk.post("/v1/households", Sample.household("H1")).status == 409)
        #expect(try clerk.post("/v1/households", Sample.household("H3")).status == 201)
        let other = try county.as(.administrator).post("/v1/households", Sample.household("H4"), key: "a")
        #expect(other.status == 201)
        #expect(other["idempotency-replayed"] == nil)
        #expect(
            try clerk.post("/v1/households", Sample.household("H1"), key: "\"a\"")["idempotency-replayed"] == "true")
    }

    @Test("a refusal is not kept: the same key works once the content is right")
    func refusals() throws {
        let county = try County()
        let clerk = try county.as(.clerkA)
        let before = try county.digest()
        #expect(
            try clerk.post("/v1/households", Sample.household("H1").with(["attribute": "x"]), key: "a").status == 422)
        #expect(try clerk.post("/v1/households", Sample.household("H1", in: Place.villageB1), key: "a").status == 422)
        #expect(try county.digest() == before)
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "a").status == 201)
    }

    @Test("malformed keys are 400, and a key is forgotten after 90 days")
    func keys() throws {
        let county = try County()
        let clerk = try county.as(.clerkA)
        for key in ["\"open", "a b", "\"\"", "a,b", String(repeating: "k", count: 300)] {
            let answer = try clerk.post("/v1/households", Sample.household("H1"), key: key)
            #expect(
                answer.status == 400,
                "\(key.prefix(20)): \(answer.status)")
            #expect(
                answer.problem == "invalid-idempotency-key",
                "\(key.prefix(20)): \(answer.status)")
        }
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "a").status == 201)
        county.clock.advance(days: 89)
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "a").status == 201)
        county.clock.advance(days: 2)
        #expect(try clerk.post("/v1/households", Sample.household("H1"), key: "a").status == 409)
    }

    @Test("the kept answer holds masks only")
    func masks() throws {
        let county = try County()
        let number = Sample.identityNumber()
        let body = Sample.household("H1", members: [Sample.member("陈示例", identityNumber: number)]).with([
            "phone": "13800001234"
        ])
        #expect(try county.as(.clerkA).post("/v1/households", body, key: "a").status == 201)
        let kept = try county.query("SELECT CAST(body AS TEXT) FROM idempotency_key") { $0.text(0) }
        #expect(kept.count == 1)
        #expect(!kept[0].contains(number))
        #expect(!kept[0].contains("13800001234"))
        #expect(kept[0].contains("*******1234"))
    }
}
