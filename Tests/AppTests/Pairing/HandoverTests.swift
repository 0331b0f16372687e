// Handovers: who takes over, who is moved for it, who is left behind and why; that a refusal changes nothing and that
// the same call again changes nothing more.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Handovers")
struct HandoverTests {
    private static func county(households: Int, in village: String = Place.villageA1) throws -> County {
        let county = try County()
        try county.makeOrganization(1)
        try county.makeOrganization(2, Sample.organization("县教育局"))
        for number in 1...households { try county.make(number, Sample.household("H\(number)", in: village)) }
        return county
    }

    private static func handOver(
        _ county: County, _ number: Int, from helper: Int, _ more: KeyValuePairs<String, JSON> = [:],
        as person: Person = .administrator
    ) throws -> Answer {
        let body: JSON = ["cadreId": .string(Sample.id(helper)), "reason": "retired"]
        return try county.as(person).put("/v1/handovers/\(Sample.id(number))", body.with(more))
    }

    @Test(
        "who is named takes over in the same roles, as far as their quota and area allow; the rest awaits somebody"
    )
    func named() throws {
        let county = try Self.county(households: 3)
        try county.make(4, Sample.household("H4", in: Place.villageA2))
        try county.makeCadre(11, "division", at: Place.townA)
        try county.makeCadre(12, "middle", of: 2)
        try county.makeCadre(13, "ordinary")
        for household in [1, 3, 4] { try county.help(household, by: 11) }
        try county.help(2, by: 13)
        try county.help(2, by: 11, isResponsible: false)
        let answer = try Self.handOver(county, 91, from: 11, ["successorCadreId": .string(Sample.id(12))])
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer["location"] == "/v1/handovers/\(Sample.id(91))", "\(answer.text)")
        let json = answer.json
        #expect(json["households"].integer == 4)
        #expect(json["on"].string == County.today)
        #expect(json["handedOver"].list.count == 2)
        #expect(json["moved"].list.isEmpty)
        #expect(json["leftBehind"].households == [4])
        #expect(json["stillHelped"].numbers == [2])
        #expect(json["handedOver"].list.allSatisfy { $0["role"]?.string == "first-responsible" })
        #expect(
            json["shortages"].list.contains { $0["sentences"]?[0]?["en"]?.string?.contains("quota is full") == true })
        #expect(try county.pairs().filter { $0.contains(" 11 ") } == [])
        #expect(try county.pairs(on: "2026-03-01").count == 5, "what was stays")
        #expect(try county.faults() == [])
    }

    @Test("without a name the best take over, and households of others move on where that makes room")
    func chain() throws {
        let county = try Self.county(households: 1)
        try county.make(2, Sample.household("H2", in: Place.villageA2))
        // 12 may serve the town and is full with household 2, which 13 of its village can take.
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "division", at: Place.townA)
        try county.makeCadre(13, "ordinary", at: Place.villageA2)
        for number in 3...7 { try county.make(number, Sample.household("H\(number)", in: Place.villageA3)) }
        try county.help(1, by: 11)
        for number in 2...7 { try county.help(number, by: 12) }
        let stuck = try Self.handOver(county, 90, from: 13, ["reason": "over-quota"])
        #expect(stuck.status == 201, "they had none")
        #expect(stuck.json["households"].integer == 0, "they had none")
        let answer = try Self.handOver(county, 91, from: 11)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try county.pairs().filter { $0.hasPrefix("1 ") || $0.hasPrefix("2 ") } == ["1 12 first", "2 13 first"])
        let moved = answer.json["moved"].list
        #expect(moved.count == 1)
        #expect(moved[0]["householdId"]?.string == Sample.id(2))
        #expect(moved[0]["fromCadreId"]?.string == Sample.id(12))
        #expect(moved[0]["cadreId"]?.string == Sample.id(13))
        #expect(answer.json["leftBehind"].list.isEmpty)
        #expect(answer.json["shortages"].list.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("with moveOthers false nobody else is touched, and what cannot be covered is told with the cut")
    func withoutMoving() throws {
        let county = try Self.county(households: 1)
        try county.make(2, Sample.household("H2", in: Place.villageA2))
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "division", at: Place.townA)
        try county.makeCadre(13, "ordinary", at: Place.villageA2)
        for number in 3...7 { try county.make(number, Sample.household("H\(number)", in: Place.villageA3)) }
        try county.help(1, by: 11)
        for number in 2...7 { try county.help(number, by: 12) }
        let before = try county.pairs()
        let answer = try Self.handOver(county, 91, from: 11, ["moveOthers": false, "note": "本人申请"])
        #expect(answer.json["leftBehind"].households == [1], "\(answer.text)")
        let sentences = answer.json["shortages"].list.flatMap { $0["sentences"]?.elements.map { $0 } ?? [] }
        #expect(sentences.contains { $0["zh"]?.string?.contains("东村") == true }, "\(answer.text)")
        #expect(try county.pairs() == before.filter { !$0.contains(" 11 ") })
        let awaiting = try county.as(.administrator).get("/v1/coverage/households?gaps=awaiting").items
        #expect(awaiting.count == 1)
        #expect(awaiting[0]["awaitingSince"]?.string == County.today)
        #expect(awaiting[0]["dueOn"]?.string == "2026-03-17")
        #expect(awaiting[0]["isOverdue"]?.boolean == false)
        #expect(try county.as(.administrator).get("/v1/coverage").json["sum"]["awaitingSuccessor"].integer == 1)
        county.clock.advance(days: 20)
        county.application.housekeeping.look()
        let late = try county.as(.administrator).get("/v1/coverage/households?gaps=awaiting").items
        #expect(late[0]["isOverdue"]?.boolean == true)
        #expect(late[0]["overdueDays"]?.integer == 5)
        // A helper ends the wait.
        try county.makeCadre(14, "ordinary")
        try county.help(1, by: 14, from: "2026-03-20")
        #expect(try county.as(.administrator).get("/v1/coverage/households?gaps=awaiting").items.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("a household that is left behind on the first day of its pairing waits as any other")
    func sameDay() throws {
        let county = try Self.county(households: 1)
        try county.makeCadre(11, "ordinary")
        try county.help(1, by: 11, from: County.today)
        #expect(try Self.handOver(county, 91, from: 11).json["leftBehind"].list.count == 1)
        let awaiting = try county.as(.administrator).get("/v1/coverage/households?gaps=awaiting").items
        #expect(awaiting.first["awaitingSince"].string == County.today)
        #expect(try county.faults() == [])
    }

    @Test("uncovered households, cadres above their quota and pinned pairs are left as they are")
    func onlyItsOwnBusiness() throws {
        let county = try Self.county(households: 5)
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "middle", of: 2)
        try county.makeCadre(13, "ordinary")
        try county.help(1, by: 11)
        try county.help(2, by: 12)
        try county.help(3, by: 12, isPinned: true)
        // 12 is now above their quota; 4 and 5 have nobody, and 13 could take one of them.
        let demoted = try county.as(.administrator).patch(
            "/v1/cadres/\(Sample.id(12))", version: 1, ["rank": "ordinary", "rankFrom": "2026-03-01"])
        #expect(demoted.status == 200, "\(demoted.text)")
        let answer = try Self.handOver(county, 91, from: 11)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try county.pairs() == ["1 13 first", "2 12 first", "3 12 first"])
        #expect(answer.json["handedOver"].list.count == 1)
        #expect(answer.json["shortages"].list.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("a joint helper is replaced by one of another unit; where there is none the first goes on alone")
    func joint() throws {
        let county = try Self.county(households: 2)
        try county.makeOrganization(3, Sample.organization("县林业局"))
        try county.makeCadre(11, "middle", of: 2)
        try county.makeCadre(12, "middle", of: 1)
        try county.makeCadre(13, "ordinary", of: 3)
        for number in 1...2 {
            try county.help(number, by: 12)
            try county.help(number, by: 11, isResponsible: false)
        }
        let answer = try Self.handOver(county, 91, from: 11)
        #expect(answer.json["handedOver"].list.count == 1, "\(answer.text)")
        #expect(answer.json["stillHelped"].list.count == 1, "\(answer.text)")
        #expect(answer.json["handedOver"][0]["role"].string == "joint")
        #expect(answer.json["leftBehind"].list.isEmpty)
        #expect(try county.pairs().filter { $0.hasSuffix("joint") }.count == 1)
        // The responsible one goes: the joint helper answers for the household from that day on.
        let second = try Self.handOver(county, 92, from: 12, ["reason": "transferred"])
        #expect(second.status == 201, "\(second.text)")
        let kept = Int(answer.json["handedOver"][0]["householdId"].string?.suffix(12) ?? "") ?? 0
        #expect(try county.pairs() == ["\(kept) 13 first"])
        #expect(second.json["stillHelped"].list.count == 1)
        #expect(second.json["leftBehind"].list.count == 1)
        #expect(try county.faults() == [])
    }

    @Test("somebody unknown or out of sight neither leaves nor follows")
    func replay() throws {
        let county = try Self.county(households: 2)
        try county.make(3, Sample.household("H3", in: Place.villageB1))
        try county.makeCadre(11, "middle")
        try county.makeCadre(12, "middle")
        try county.makeCadre(13, "ordinary", at: Place.villageB1)
        try county.help(1, by: 11)
        try county.help(3, by: 13)
        let answer = try Self.handOver(county, 91, from: 11, as: .clerkA)
        #expect(answer.status == 201, "\(answer.text)")
        let before = try county.digest()
        #expect(try Self.handOver(county, 92, from: 13, as: .clerkA).errors == ["/cadreId unknown-cadre"])
        #expect(try Self.handOver(county, 92, from: 77).errors == ["/cadreId unknown-cadre"])
        #expect(
            try Self.handOver(county, 92, from: 12, ["successorCadreId": .string(Sample.id(12))]).errors
                == ["/successorCadreId names-itself"])
        #expect(
            try Self.handOver(county, 92, from: 12, ["successorCadreId": .string(Sample.id(13))], as: .clerkA).errors
                == ["/successorCadreId unknown-cadre"])
        #expect(
            try Self.handOver(county, 92, from: 12, ["successorCadreId": .string(Sample.id(77))]).errors
                == ["/successorCadreId unknown-cadre"])
        #expect(try Self.handOver(county, 92, from: 12, ["reason": "tired"]).errors == ["/reason unknown-code"])
        #expect(try county.digest() == before)
        let path = "/v1/handovers/\(Sample.id(91))"
        #expect(try county.as(.workerA1).get(path).text == answer.text)
        let list = try county.as(.auditor).get("/v1/handovers?reason=retired").items
        #expect(list.count == 1)
        #expect(list[0]["leftBehindCount"]?.integer == 0)
        #expect(try county.as(.auditor).get("/v1/handovers?cadreId=\(Sample.id(12))").items.isEmpty)
        let feed = try county.as(.administrator).get("/v1/changes?limit=1000").items
        #expect(feed.contains { $0["entity"]?.string == "handovers" })
    }

    @Test("a handover from a later day leaves today as it is, and names whom it leaves alone after it")
    func later() throws {
        let county = try Self.county(households: 2)
        try county.makeCadre(11, "middle")
        try county.makeCadre(12, "ordinary")
        try county.help(1, by: 11)
        try county.help(2, by: 11, from: "2026-05-01")
        let answer = try Self.handOver(county, 91, from: 11, ["on": "2026-04-01"])
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["leftBehind"].households == [2], "nobody else was to help it then")
        #expect(answer.json["leftBehind"][0]["awaitingSince"].string == "2026-05-01")
        #expect(answer.json["takenBack"].list.isEmpty)
        #expect(try county.pairs() == ["1 11 first"])
        #expect(try county.pairs(on: "2026-04-01") == ["1 12 first"])
        #expect(try county.pairs(on: "2026-05-01") == ["1 12 first"])
        county.clock.advance(days: 30)
        county.application.housekeeping.look()
        #expect(try county.as(.administrator).get("/v1/coverage").json["sum"]["covered"].integer == 1)
        #expect(try county.query("SELECT load FROM cadre_help ORDER BY cadre_id") { $0.int(0) } == [0, 1])
        #expect(try county.faults() == [])
    }
}
