// The end of a household (销号): from its day on it counts nowhere, its past stays, and it can be taken back.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The end of a household")
struct HouseholdEndTests {
    /// H1 and H2 in A1 with a helper each, of whom cadre 413 may carry one; the phone call of January is owed.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.oweNoFestivals()
        try county.addHelpers()
        try county.make(
            1,
            Sample.household(
                "H1",
                members: [
                    Sample.member("陈示例", identityNumber: Sample.identityNumber(), id: Sample.id(11)),
                    Sample.member("李示例", relation: "spouse", sex: "female", id: Sample.id(12)),
                ]))
        try county.make(2, Sample.household("H2", members: [Sample.member("王示例", id: Sample.id(21))]))
        try county.pair(101, Sample.pairing(1, by: 413, from: "2026-01-05"))
        try county.pair(102, Sample.pairing(2, by: 411, from: "2026-01-05"))
        return (county, try county.as(.clerkA))
    }

    private let one = "/v1/households/\(Sample.id(1))"
    private let wrong: JSON = [
        "to": "2026-02-10", "endReason": "wrongly-included", "endDocument": "县扶办〔2026〕7号",
    ]

    /// `households people covered uncovered` of village A1 on a day.
    private func numbers(_ session: Session, on day: String) throws -> [Int?] {
        let statistics = try session.get("/v1/statistics/households?areaCode=\(Place.villageA1)&on=\(day)").json
        let coverage = try session.get("/v1/coverage?areaCode=\(Place.villageA1)&on=\(day)").json
        return [
            statistics["households"].integer, statistics["people"].integer, coverage["sum"]["covered"].integer,
            coverage["sum"]["uncovered"].integer,
        ]
    }

    private func duties(_ session: Session, on day: String) throws -> Int {
        try session.walk("/v1/contact-duties?householdId=\(Sample.id(1))&on=\(day)&limit=100").count
    }

    @Test("from its day on a household counts nowhere, owes nothing and holds nobody's quota; its past stays")
    func ends() throws {
        let (county, session) = try county()
        let before = try numbers(session, on: "2026-02-09")
        #expect(before == [2, 3, 2, 0])
        let dutiesBefore = try duties(session, on: "2026-02-09")
        #expect(dutiesBefore > 0)
        let answer = try session.patch(one, version: 1, wrong)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["to"].string == "2026-02-10")
        #expect(answer.json["endReason"].string == "wrongly-included")
        #expect(answer.json["endDocument"].string == "县扶办〔2026〕7号")
        #expect(answer.json["memberCount"].integer == 0)
        #expect(try numbers(session, on: "2026-02-09") == before)
        #expect(try numbers(session, on: "2026-02-10") == [1, 1, 1, 0])
        #expect(try numbers(session, on: County.today) == [1, 1, 1, 0])
        #expect(try duties(session, on: County.today) == 0)
        #expect(try duties(session, on: "2026-02-09") == dutiesBefore)
        #expect(try session.get(one + "?on=2026-02-09").json["members"].list.count == 2)
        #expect(try session.get(one + "?on=2026-02-09").json["to"].string == nil)
        #expect(try session.get(one + "?on=2026-02-10").json["to"].string == "2026-02-10")
        let roster = try session.walk("/v1/roster?areaCode=\(Place.villageA1)&limit=100")
        #expect(roster.count == 1, "\(roster)")
        #expect(try session.get("/v1/households").items.count == 1)
        #expect(try session.get("/v1/households?ended=true").items.map { $0["archiveNumber"].string } == ["H1"])
        // The cadre who may carry one is free for another.
        try county.make(3, Sample.household("H3", members: [Sample.member("丁示例")]))
        try county.pair(103, Sample.pairing(3, by: 413, from: "2026-02-10"))
        #expect(try county.faults() == [])
        #expect(try county.contactFaults() == [])
    }

    @Test("nothing else of a household that has ended is changed, and nobody is paired with it")
    func endedIsClosed() throws {
        let (county, session) = try county()
        #expect(try session.patch(one, version: 1, wrong).status == 200)
        let before = try county.digest()
        let changed = try session.patch(one, version: 2, ["mainCause": "illness"])
        #expect(changed.status == 409, "\(changed.text)")
        #expect(changed.json["type"].string?.hasSuffix("household-ended") == true)
        let member = try session.patch(one + "/members/\(Sample.id(11))", version: 2, ["health": "disabled"])
        #expect(member.status == 409, "\(member.text)")
        let joined = try session.put(one + "/members/\(Sample.id(19))", Sample.member("丙示例", relation: "son"))
        #expect(joined.status == 409, "\(joined.text)")
        let paired = try county.as(.administrator).put(
            Sample.path(ofPairing: 109), Sample.pairing(1, by: 412, from: "2026-02-20"))
        #expect(paired.status == 409, "\(paired.text)")
        #expect(try county.digest() == before)
    }

    @Test("an end that is taken back was never there: people, help and duties are what they were")
    func takenBack() throws {
        let (county, session) = try county()
        let before = try numbers(session, on: County.today)
        let owed = try duties(session, on: County.today)
        #expect(try session.patch(one, version: 1, wrong).status == 200)
        let answer = try session.patch(one, version: 2, ["to": nil])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["to"].string == nil)
        #expect(answer.json["members"].list.count == 2)
        #expect(answer.json["householderName"].string == "陈示例")
        #expect(try numbers(session, on: County.today) == before)
        #expect(try numbers(session, on: "2026-02-15") == before)
        #expect(try duties(session, on: County.today) == owed)
        let pairing = try session.get(Sample.path(ofPairing: 101)).json
        #expect(pairing["to"].string == nil, "\(pairing)")
        #expect(pairing["role"].string == "first-responsible")
        #expect(try county.faults() == [])
    }

    @Test(
        "who answered for a household answers again, also where its end lay before their first day",
        arguments: [["2026-01-05"], ["2026-01-03"], ["2026-02-10", "2026-01-04", "2026-02-12"]])
    func answersAgain(_ days: [String]) throws {
        let (county, session) = try county()
        try county.pair(104, Sample.pairing(1, by: 411, "joint", from: "2026-01-06"))
        let before = try numbers(session, on: County.today)
        func patch(_ body: JSON) throws {
            let answer = try session.patch(one, version: try session.get(one).json["version"].integer, body)
            #expect(answer.status == 200, "\(answer.text)")
        }
        for day in days { try patch(["to": .string(day), "endReason": "entered-twice"]) }
        try patch(["to": nil])
        #expect(try session.get(Sample.path(ofPairing: 101)).json["role"].string == "first-responsible")
        #expect(try session.get(Sample.path(ofPairing: 104)).json["role"].string == "joint")
        #expect(try numbers(session, on: County.today) == before)
        #expect(try county.faults() == [])
    }

    @Test("where the cadre has taken on others meanwhile, the household whose end is taken back awaits somebody")
    func takenBackWithoutHelper() throws {
        let (county, session) = try county()
        #expect(try session.patch(one, version: 1, wrong).status == 200)
        try county.make(3, Sample.household("H3", members: [Sample.member("丁示例")]))
        try county.pair(103, Sample.pairing(3, by: 413, from: "2026-02-10"))
        #expect(try session.patch(one, version: 2, ["to": nil]).status == 200)
        #expect(try numbers(session, on: County.today) == [3, 4, 2, 1])
        #expect(try county.faults() == [])
    }

    @Test("another day, document or reason of an end is a correction of it")
    func corrected() throws {
        let (county, session) = try county()
        #expect(try session.patch(one, version: 1, wrong).status == 200)
        let later = try session.patch(one, version: 2, ["to": "2026-02-20"])
        #expect(later.status == 200, "\(later.text)")
        #expect(try numbers(session, on: "2026-02-15") == [2, 3, 2, 0])
        #expect(try numbers(session, on: "2026-02-20") == [1, 1, 1, 0])
        #expect(try session.get(Sample.path(ofPairing: 101)).json["to"].string == "2026-02-20")
        let version = try required(later.json["version"].integer)
        let named = try session.patch(one, version: version, ["endDocument": "更正〔2026〕1号"])
        #expect(named.status == 200, "\(named.text)")
        #expect(named.json["endDocument"].string == "更正〔2026〕1号")
        #expect(named.json["to"].string == "2026-02-20")
        #expect(try county.faults() == [])
    }

    @Test("one that became part of another names it, and its people may stand there")
    func merges() throws {
        let (county, session) = try county()
        let missing = try session.patch(one, version: 1, ["to": "2026-02-10", "endReason": "merged"])
        #expect(missing.errors == ["/successorId required"], "\(missing.text)")
        let merged = try session.patch(
            one, version: 1,
            ["to": "2026-02-10", "endReason": "merged", "successorId": .string(Sample.id(2))])
        #expect(merged.status == 200, "\(merged.text)")
        #expect(merged.json["successorId"].string == Sample.id(2))
        let two = "/v1/households/\(Sample.id(2))"
        let joined = try session.put(
            two + "/members/\(Sample.id(22))",
            Sample.member("陈示例", relation: "other", identityNumber: Sample.identityNumber()).with([
                "joinedOn": "2026-02-10", "joinReason": "household-merged",
            ]))
        #expect(joined.status == 201, "\(joined.text)")
        #expect(try numbers(session, on: "2026-02-10") == [1, 2, 1, 0])
        // His number is there now, so that the end cannot be taken back without saying what becomes of him.
        #expect(try session.patch(one, version: 2, ["to": nil]).status == 409)
        #expect(try county.faults() == [])
    }

    @Test("what is missing of an end, or cannot be, is refused at its field")
    func refusals() throws {
        let (county, session) = try county()
        let before = try county.digest()
        func errors(_ body: JSON) throws -> [String] { try session.patch(one, version: 1, body).errors }
        #expect(try errors(["to": "2026-02-10"]) == ["/endReason required"])
        #expect(try errors(["endReason": "moved-out"]) == ["/to required"])
        #expect(try errors(["to": "2026-03-03", "endReason": "moved-out"]) == ["/to in-future"])
        #expect(try errors(["to": "2015-12-31", "endReason": "moved-out"]) == ["/to impossible-day"])
        #expect(
            try errors(["to": "2026-02-10", "endReason": "moved-out", "successorId": .string(Sample.id(2))])
                == ["/successorId not-for-kind"])
        #expect(
            try errors(["to": "2026-02-10", "endReason": "merged", "successorId": .string(Sample.id(1))])
                == ["/successorId unknown-household"])
        #expect(try county.digest() == before)
    }

    @Test("somebody who lived alone dies, and the household ends with them in one act")
    func diesOut() throws {
        let (county, session) = try county()
        let two = "/v1/households/\(Sample.id(2))"
        let left = try session.patch(
            two + "/members/\(Sample.id(21))", version: 1, ["leftOn": "2026-02-20", "leftReason": "death"])
        #expect(left.errors == ["/members no-householder"], "\(left.text)")
        #expect(left.text.contains("endReason"))
        let ended = try session.patch(two, version: 1, ["to": "2026-02-20", "endReason": "died-out"])
        #expect(ended.status == 200, "\(ended.text)")
        let member = try required(session.get(two + "?includeLeft=true").json["members"].list.first)
        #expect(member["leftOn"]?.string == "2026-02-20")
        #expect(member["leftReason"]?.string == "death")
        #expect(try county.faults() == [])
    }
}
