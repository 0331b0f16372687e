// What a draft says of the day as it is, and of the day with it: the same as coverage says, whatever is asked beside.

import Testing

@testable import Domain
@testable import Pairing
@testable import Service
@testable import Web

@Suite("Totals of runs")
struct RunTotalsTests {
    private static let names = [
        "households", "covered", "uncovered", "jointNeeds", "jointNeedsMet", "capacity", "zeroDuty",
    ]

    private static func coverage(_ county: County) throws -> [Int?] {
        let sum = try county.as(.administrator).get("/v1/coverage?areaCode=\(Place.county)&on=\(County.today)").json[
            "sum"]
        return names.map { sum[$0].integer }
    }

    private static func totals(_ run: JSONValue?, _ when: String) -> [Int?] {
        names.map { run["sum"][when][$0].integer }
    }

    /// Household 1 with 11, who answers and has retired, and 12 beside; household 2 without anybody; 13 has nobody.
    private static func county() throws -> County {
        let county = try County.helped(1)
        try county.make(2, Sample.household("H2"))
        for cadre in 12...13 { try county.makeCadre(cadre, "section") }
        try county.help(1, by: 12, isResponsible: false)
        try change(county, 11, ["postState": "retired", "postStateFrom": "2026-02-20"])
        return county
    }

    private static func change(_ county: County, _ cadre: Int, _ body: JSON) throws {
        let answer = try county.as(.administrator).patch("/v1/cadres/\(Sample.id(cadre))", version: 1, body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test("what is now is what coverage says, in a draft and in one of what would be with others")
    func now() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        #expect(try Self.coverage(county) == [2, 0, 2, 0, 0, 10, 1])
        let draft = try session.pairingRun(100)
        #expect(Self.totals(draft, "before") == [2, 0, 2, 0, 0, 10, 1])
        let options: JSON = [
            "quotas": [["rank": "section", "quota": 9]],
            "added": [["rank": "section", "count": 2, "areaCode": .string(Place.villageA1)]],
            "links": [["cadreId": .string(Sample.id(13)), "areaCode": .string(Place.villageB1)]],
        ]
        let whatIf = try session.pairingRun(101, on: County.today, options)
        #expect(Self.totals(whatIf, "before") == [2, 0, 2, 0, 0, 10, 1])
        #expect(whatIf["sum"]["after"]["capacity"].integer == 36)
    }

    @Test("whoever leaves or is linked elsewhere in some days counts on the day of the run as in coverage")
    func leavesLater() throws {
        let county = try Self.county()
        try county.makeCadre(14, "section")
        try Self.change(county, 13, ["postState": "retired", "postStateFrom": "2026-03-20"])
        try Self.change(county, 14, ["linkedAreaCode": .string(Place.villageB1), "linkedFrom": "2026-03-20"])
        let session = try county.as(.administrator)
        let now = try Self.coverage(county)
        #expect(now.suffix(2) == [15, 2])
        let draft = try session.pairingRun(100)
        #expect(Self.totals(draft, "before") == now)
        let idle = try session.get("/v1/pairing-runs/\(Sample.id(100))/zero-duty").items
        #expect(idle.count == 2, "\(idle)")
        #expect(try county.otherAdministrator().approve(100).status == 200)
        #expect(Self.totals(draft, "after") == (try Self.coverage(county)))
    }

    @Test("what could not be done is not asked: a link of the wrong level, the same cadre twice, the same quota twice")
    func impossible() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func refused(_ options: JSON) throws -> [String] {
            let answer = try session.put(
                "/v1/pairing-runs/\(Sample.id(100))",
                ["areaCode": .string(Place.county), "on": .string(County.today), "options": options])
            #expect(answer.status == 422, "\(answer.text)")
            return answer.json["errors"].list.map { "\($0["pointer"]?.string ?? "") \($0["code"]?.string ?? "")" }
        }
        func link(_ area: String) -> JSON { ["cadreId": .string(Sample.id(13)), "areaCode": .string(area)] }
        #expect(try refused(["links": [link(Place.townA)]]) == ["/options/links/0/areaCode wrong-level"])
        #expect(
            try refused(["links": [link(Place.villageA1), link(Place.villageA2)]])
                == ["/options/links/1/cadreId repeated"])
        let quota: JSON = ["rank": "section", "quota": 3]
        let other = quota.with(["areaCode": .string(Place.townA)])
        #expect(
            try refused(["quotas": [quota, other, other, quota]]) == [
                "/options/quotas/2 repeated", "/options/quotas/3 repeated",
            ])
    }

    @Test("the command line refuses the days that the API refuses", arguments: ["2099-01-01", "1930-01-01"])
    func implausible(day: String) throws {
        let county = try Self.county()
        let answer = try county.as(.administrator).put(
            "/v1/pairing-runs/\(Sample.id(100))", ["areaCode": .string(Place.county), "on": .string(day)])
        #expect(answer.json["errors"].list.first?["code"]?.string == "implausible-day", "\(answer.text)")
        let area = try required(AreaCode(Place.county))
        let order = PairingRunOrder(area: area, day: try required(CivilDate(day)))
        #expect(throws: PairingRunRefusal.self) {
            try PairingRunCommand.run(order, county.register, watch: { _ in })
        }
        #expect(try county.count("pairing_run") == 0)
    }
}
