// Whom the answer to a change names as left behind is who awaits a successor after it and did not before, today or on
// a later day.

import Testing

@testable import Domain
@testable import Pairing
@testable import Service
@testable import Web

@Suite("Who is left behind")
struct LeftBehindTests {
    private static func told(_ answer: Answer) -> [String] {
        answer.json["leftBehind"].list.map {
            "\($0["archiveNumber"]?.string ?? "-") \($0["awaitingSince"]?.string ?? "-")"
        }
    }

    private static func awaiting(_ county: County, on day: String) throws -> [String] {
        try county.as(.administrator).walk("/v1/coverage/households?gaps=awaiting&on=\(day)").map {
            "\($0["archiveNumber"]?.string ?? "-") \($0["awaitingSince"]?.string ?? "-")"
        }
    }

    /// Households 1 and 2 have 11 as a joint helper only, household 2 also 12.
    private static func jointOnly() throws -> County {
        let county = try County()
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...2 {
            try county.make(number, Sample.household("H\(number)"))
            try county.help(number, by: 11, isResponsible: false)
        }
        try county.help(2, by: 12, isResponsible: false)
        return county
    }

    private static func retire(_ county: County, _ cadre: Int, from day: String) throws -> Answer {
        let path = "/v1/cadres/\(Sample.id(cadre))"
        let session = try county.as(.administrator)
        let version = try required(session.get(path).json["version"].integer)
        return try session.patch(path, version: version, ["postState": "retired", "postStateFrom": .string(day)])
    }

    @Test("a household whose joint helper goes, and who has nobody else, is named")
    func jointRetires() throws {
        let county = try Self.jointOnly()
        #expect(try Self.awaiting(county, on: "2026-04-01") == [])
        #expect(Self.told(try Self.retire(county, 11, from: "2026-04-01")) == ["H1 2026-04-01"])
        #expect(try Self.awaiting(county, on: "2026-04-01") == ["H1 2026-04-01"])
        #expect(Self.told(try Self.retire(county, 12, from: "2026-04-10")) == ["H2 2026-04-10"])
        #expect(
            try Self.awaiting(county, on: "2026-04-10") == ["H1 2026-04-01", "H2 2026-04-10"])
        #expect(try county.faults() == [])
    }

    @Test("what the desk sees ahead is who will await a successor, also after those who helped without answering")
    func ahead() throws {
        let county = try Self.jointOnly()
        try county.make(3, Sample.household("H3"))
        try county.help(3, by: 12, to: "2026-03-25")
        try county.help(3, by: 11, isResponsible: false)
        try county.make(4, Sample.household("H4"))
        try county.help(4, by: 12, isResponsible: false, to: "2026-03-22")
        _ = try Self.retire(county, 11, from: "2026-03-20")
        let today = try required(CivilDate(County.today))
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let losses = try ComingLoss.all(in: .everything, after: today, through: today.adding(days: 60), reader)
            .map { "H\($0.household) \($0.since)" }.sorted()
        #expect(losses == ["H1 2026-03-20", "H3 2026-03-25", "H4 2026-03-22"])
        #expect(try Self.awaiting(county, on: "2026-04-30").sorted() == losses)
        #expect(try county.faults() == [])
    }

    @Test("the same by a quota of none, by a parameter and by a file")
    func jointWithoutQuota() throws {
        let county = try Self.jointOnly()
        let session = try county.as(.administrator)
        let own: JSON = ["quota": 0, "from": "2026-03-10", "to": "2026-03-20", "reason": "身体原因"]
        #expect(Self.told(try session.post("/v1/cadres/\(Sample.id(11))/quotas", own)) == ["H1 2026-03-10"])
        let none: JSON = [
            "key": "quota.section", "value": 0, "unit": "households", "areaCode": .string(Place.townA),
            "from": "2026-05-01",
        ]
        let stated = try session.put("/v1/parameters/\(Sample.id(901))", none)
        #expect(Self.told(stated) == ["H1 2026-05-01", "H2 2026-05-01"], "\(stated.text)")
        _ = try session.importFile(
            61, "kind=cadres", "id,name,postState,postStateFrom\n\(Sample.id(11)),干部11,retired,2026-02-20\n")
        let report = try session.walk("/v1/imports/\(Sample.id(61))/report?limit=1000").map { $0["message"]?.string }
        #expect(report == ["干部11：自 2026-02-20 起 1 户等待接替：H1"])
        #expect(try Self.awaiting(county, on: County.today) == ["H1 2026-02-20"])
        #expect(try county.faults() == [])
    }

    @Test("a household waits already or has another who answers: it is not named again")
    func notAgain() throws {
        let county = try County.helped(1)
        try county.makeCadre(12, "section", of: 2)
        try county.help(1, by: 12, isResponsible: false)
        #expect(Self.told(try Self.retire(county, 11, from: "2026-02-20")) == ["H1 2026-02-20"])
        #expect(Self.told(try Self.retire(county, 12, from: "2026-02-25")) == [])
        #expect(try Self.awaiting(county, on: County.today) == ["H1 2026-02-20"])
        #expect(try county.faults() == [])
    }

    @Test("a change that hits the present helper and the next names the household once, with its first day")
    func once() throws {
        let county = try County()
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        try county.make(1, Sample.household("H1"))
        try county.help(1, by: 11, to: "2026-05-01")
        try county.help(1, by: 12, from: "2026-05-01")
        let none: JSON = [
            "key": "quota.section", "value": 0, "unit": "households", "areaCode": .string(Place.townA),
            "from": "2026-04-01",
        ]
        let stated = try county.as(.administrator).put("/v1/parameters/\(Sample.id(901))", none)
        #expect(Self.told(stated) == ["H1 2026-04-01"], "\(stated.text)")
        #expect(try county.faults() == [])
    }
}
