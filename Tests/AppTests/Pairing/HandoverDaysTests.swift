// Handovers of a day that is over or to come: each pairing is handed on from the first day on which it would have
// held, and whoever is left alone is told with their day.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Handovers and days")
struct HandoverDaysTests {
    private static func county(_ households: Int) throws -> County {
        let county = try County()
        try county.makeOrganization(1)
        for number in 1...households { try county.make(number, Sample.household("H\(number)")) }
        return county
    }

    private static func handOver(_ county: County, on day: String, _ more: KeyValuePairs<String, JSON> = [:]) throws
        -> JSONValue
    {
        let body: JSON = ["cadreId": .string(Sample.id(11)), "reason": "retired", "on": .string(day)]
        let answer = try county.as(.administrator).put("/v1/handovers/\(Sample.id(91))", body.with(more))
        #expect(answer.status == 201, "\(answer.text)")
        return try required(answer.json)
    }

    private static func left(_ answer: JSONValue) -> [String] {
        answer["leftBehind"].list.map {
            "\($0["householdId"]?.string?.suffix(1) ?? "-") \($0["awaitingSince"]?.string ?? "-")"
        }
    }

    private static func awaiting(_ county: County, on day: String = County.today) throws -> [String] {
        try county.as(.administrator).walk("/v1/coverage/households?gaps=awaiting&on=\(day)").map {
            "\($0["archiveNumber"]?.string?.suffix(1) ?? "-") \($0["awaitingSince"]?.string ?? "-")"
        }.sorted()
    }

    private static func retire(_ county: County, _ cadre: Int, from day: String) throws {
        let path = "/v1/cadres/\(Sample.id(cadre))"
        let session = try county.as(.administrator)
        let version = try required(session.get(path).json["version"].integer)
        let answer = try session.patch(path, version: version, ["postState": "retired", "postStateFrom": .string(day)])
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// 13 helped the second and third household until 11 came, after the day of the handover.
    private static func replaced() throws -> County {
        let county = try county(3)
        try county.makeCadre(11, "section")
        try county.makeCadre(13, "middle")
        try county.help(1, by: 11)
        try county.help(2, by: 13, to: "2026-02-28")
        try county.help(2, by: 11, from: "2026-02-28")
        try county.help(3, by: 13, to: "2026-02-27")
        try county.help(3, by: 11, from: "2026-02-27")
        try retire(county, 13, from: "2026-02-28")
        return county
    }

    @Test("a back-dated handover hands on what began after its day, from its own first day")
    func backDated() throws {
        let county = try Self.replaced()
        try county.makeCadre(12, "section")
        let answer = try Self.handOver(county, on: "2026-02-25")
        #expect(answer["households"]?.integer == 3)
        #expect(answer["handedOver"].list.count == 3, "\(answer)")
        #expect(Self.left(answer) == [])
        #expect(answer["takenBack"].list.isEmpty)
        #expect(try county.pairs() == ["1 12 first", "2 12 first", "3 12 first"])
        #expect(try county.pairs(on: "2026-02-25") == ["1 12 first", "2 13 first", "3 13 first"])
        #expect(try county.pairs(on: "2026-02-27") == ["1 12 first", "2 13 first", "3 12 first"])
        #expect(try Self.awaiting(county) == [])
        #expect(try county.faults() == [])
    }

    @Test("where nobody has room each household is left behind with the day of its own pairing")
    func nobody() throws {
        let county = try Self.replaced()
        let answer = try Self.handOver(county, on: "2026-02-25")
        #expect(answer["households"]?.integer == 3)
        #expect(answer["leftBehindCount"]?.integer == 3)
        #expect(Self.left(answer) == ["1 2026-02-25", "2 2026-02-28", "3 2026-02-27"])
        #expect(answer["takenBack"].list.isEmpty)
        #expect(try Self.awaiting(county) == Self.left(answer))
        #expect(try county.faults() == [])
    }

    @Test("the planned successor of a household is succeeded from the day on which they were to come")
    func planned() throws {
        for hasRoom in [true, false] {
            let county = try Self.county(2)
            try county.makeCadre(11, "section")
            try county.makeCadre(13, "middle")
            try county.help(1, by: 13, to: "2026-05-01")
            try county.help(1, by: 11, from: "2026-05-01")
            // Of the second household 11 was to be the second helper: others help it anyway.
            try county.help(2, by: 13)
            try county.help(2, by: 11, isResponsible: false, from: "2026-06-01")
            // 13 can take nobody from then on.
            let own: JSON = ["quota": 1, "from": "2026-05-01", "reason": "身体原因"]
            #expect(try county.as(.administrator).post("/v1/cadres/\(Sample.id(13))/quotas", own).status == 200)
            if hasRoom { try county.makeCadre(12) }
            let answer = try Self.handOver(county, on: County.today)
            #expect(answer["takenBack"].numbers == [2])
            #expect(Self.left(answer) == (hasRoom ? [] : ["1 2026-05-01"]))
            #expect(
                try county.pairs(on: "2026-05-01") == (hasRoom ? ["1 12 first", "2 13 first"] : ["2 13 first"]))
            #expect(try Self.awaiting(county) == [])
            #expect(try Self.awaiting(county, on: "2026-05-01") == Self.left(answer))
            #expect(try county.faults() == [])
        }
    }

    @Test("who goes on with a helper for some days only is left behind from the day on which that one goes")
    func helpedForAWhile() throws {
        let county = try Self.county(1)
        try county.makeCadre(11, "section")
        try county.makeCadre(13)
        try county.help(1, by: 11)
        try county.help(1, by: 13, isResponsible: false)
        try Self.retire(county, 13, from: "2026-04-01")
        let answer = try Self.handOver(county, on: County.today)
        #expect(Self.left(answer) == ["1 2026-04-01"])
        #expect(answer["stillHelped"].list.isEmpty)
        #expect(try Self.awaiting(county) == [])
        #expect(try Self.awaiting(county, on: "2026-04-01") == ["1 2026-04-01"])
        #expect(try county.faults() == [])
    }

    @Test("whom nobody must help any more awaits nobody, and is told apart")
    func consolidated() throws {
        let county = try Self.county(2)
        try county.makeCadre(11, "section")
        for number in 1...2 { try county.help(number, by: 11) }
        let lifted = try county.as(.administrator).patch(
            "/v1/households/\(Sample.id(2))", version: 1, ["state": "lifted", "effectiveOn": "2020-03-10"])
        #expect(lifted.status == 200, "\(lifted.text)")
        let answer = try Self.handOver(county, on: County.today)
        #expect(Self.left(answer) == ["1 2026-03-02"])
        #expect(answer["noLongerHelped"].numbers == [2])
        #expect(answer["households"]?.integer == 2)
        #expect(try Self.awaiting(county) == Self.left(answer))
    }

    @Test("a named successor who is known to leave can help only until that day, and is not called full")
    func namedButLeaving() throws {
        let county = try Self.county(1)
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section")
        try county.help(1, by: 11)
        try Self.retire(county, 12, from: "2026-06-01")
        let answer = try Self.handOver(county, on: County.today, ["successorCadreId": .string(Sample.id(12))])
        #expect(Self.left(answer) == ["1 2026-03-02"])
        let sentences = answer["shortages"].list.flatMap { $0["sentences"]?.elements.map { $0 } ?? [] }
        #expect(
            sentences.map { $0["en"]?.string } == ["1 household: the successor can help only until 2026-06-01."])
        #expect(sentences.map { $0["zh"]?.string } == ["1户：接替人自2026-06-01起不能再帮扶。"])
        #expect(try county.faults() == [])
    }

    @Test("to somebody by name, what was to begin beside others is taken back where they have no room")
    func namedAndFull() throws {
        let county = try Self.county(3)
        try county.makeCadre(11, "section")
        try county.makeCadre(12)
        try county.makeCadre(13, "middle")
        try county.help(1, by: 11)
        try county.help(2, by: 13)
        try county.help(2, by: 11, isResponsible: false, from: "2026-06-01")
        try county.help(3, by: 11, from: "2026-06-01")
        let answer = try Self.handOver(county, on: County.today, ["successorCadreId": .string(Sample.id(12))])
        #expect(answer["handedOver"].list.count == 1)
        #expect(answer["takenBack"].numbers == [2])
        #expect(Self.left(answer) == ["3 2026-06-01"])
        #expect(try Self.awaiting(county, on: "2026-06-01") == ["3 2026-06-01"])
        #expect(try county.faults() == [])
    }

    /// 11 answers for household 1 until May, 13 helps beside them and is stated to answer from then on.
    private static func answeredByAnotherLater() throws -> County {
        let county = try county(2)
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        try county.makeCadre(13, "section", of: 3)
        try county.help(1, by: 11)
        try county.help(1, by: 13, as: 313, isResponsible: false)
        let later = try county.as(.administrator).patch(
            Sample.path(ofPairing: 313), version: 1, ["role": "first-responsible", "on": "2026-05-01"])
        #expect(later.status == 200, "\(later.text)")
        return county
    }

    @Test("a successor answers only on the days on which whoever goes did: who is stated to answer later does so")
    func statedLater() throws {
        let county = try Self.answeredByAnotherLater()
        let answer = try Self.handOver(county, on: County.today, ["successorCadreId": .string(Sample.id(12))])
        #expect(answer["handedOver"].list.count == 1, "\(answer)")
        #expect(try county.pairs() == ["1 12 first", "1 13 joint"])
        #expect(try county.pairs(on: "2026-04-30") == ["1 12 first", "1 13 joint"])
        #expect(try county.pairs(on: "2026-05-01") == ["1 12 joint", "1 13 first"])
        #expect(try county.faults() == [])
    }

    @Test("a successor who helps the household already answers on the days of whoever goes, and on their own")
    func helperStatedLater() throws {
        let county = try Self.answeredByAnotherLater()
        try county.help(1, by: 12, isResponsible: false)
        _ = try Self.handOver(county, on: County.today, ["successorCadreId": .string(Sample.id(12))])
        #expect(try county.pairs() == ["1 12 first", "1 13 joint"])
        #expect(try county.pairs(on: "2026-05-01") == ["1 12 joint", "1 13 first"])
        #expect(try county.faults() == [])
    }

    @Test("who would be a second helper too often once another answers does not take the household over")
    func secondHelperLater() throws {
        let county = try Self.answeredByAnotherLater()
        let most: JSON = [
            "key": "second-helper.max-households", "value": 1, "unit": "households",
            "areaCode": .string(Place.county), "from": "2015-01-01",
        ]
        #expect(try county.as(.administrator).put("/v1/parameters/\(Sample.id(901))", most).status == 201)
        try county.help(2, by: 13)
        try county.help(2, by: 12, isResponsible: false)
        let answer = try Self.handOver(county, on: County.today, ["successorCadreId": .string(Sample.id(12))])
        #expect(answer["handedOver"].list.isEmpty, "\(answer)")
        #expect(answer["stillHelped"].numbers == [1])
        #expect(
            answer["shortages"].list.flatMap { $0["sentences"]?.elements.map { $0["en"]?.string } ?? [] }
                == ["1 household: the successor may be the second helper of no other household."])
        #expect(try county.pairs() == ["1 13 first", "2 12 joint", "2 13 first"])
        #expect(try county.faults() == [])
    }
}
