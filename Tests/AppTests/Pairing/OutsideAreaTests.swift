// Households outside the area of their helper, cadres in post with nothing, and the first day of a pairing.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Outside the area")
struct OutsideAreaTests {
    private static func outside(_ county: County, on day: String? = nil) throws -> [String] {
        let query = day.map { "&on=\($0)" } ?? ""
        let session = try county.as(.administrator)
        let households = try session.walk("/v1/coverage/households?gaps=outside\(query)").map {
            $0["archiveNumber"]?.string ?? "-"
        }
        let cadres = try session.walk("/v1/coverage/cadres?deviations=outside\(query)").map {
            "\($0["cadreName"]?.string ?? "-") \($0["outside"]?.integer ?? -1)"
        }
        let sum = try session.get("/v1/coverage\(day.map { "?on=\($0)" } ?? "")").json["sum"]
        return households + cadres + ["\(sum["outsideArea"].integer ?? -1) of \(sum["covered"].integer ?? -1)"]
    }

    @Test("a household that moves stays covered, is listed, and the answer says so, over the API and in a file")
    func householdMoves() throws {
        let county = try County.helped()
        #expect(try Self.outside(county) == ["0 of 2"])
        let session = try county.as(.administrator)
        let moved = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1,
            ["villageCode": .string(Place.villageA2), "effectiveOn": "2026-02-20"])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(moved.json["warnings"].list.map { $0["code"]?.string } == ["helper-outside"], "\(moved.text)")
        #expect(try Self.outside(county) == ["H1", "干部11 1", "1 of 2"])
        #expect(try Self.outside(county, on: "2026-02-19") == ["0 of 2"])
        #expect(try Self.outside(county, on: "2026-02-20") == ["H1", "干部11 1", "1 of 2"])
        #expect(try county.faults() == [])
        let back = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 2, ["villageCode": .string(Place.villageA1)])
        #expect(back.json["warnings"].list.isEmpty, "\(back.text)")
        #expect(try Self.outside(county) == ["0 of 2"])
        let file = try session.importFile(
            61, "kind=households",
            "householdId,villageCode,archiveNumber,attribute,mainCause,name,relation,sex\n"
                + "\(Sample.id(2)),\(Place.villageA2),H2,general,lack-of-technology,陈示例,householder,male\n")
        #expect(file["changed"]?.integer == 1, "\(file)")
        let report = try session.report(61)
        #expect(report.contains { $0.hasSuffix("helper-outside warning") }, "\(report)")
        #expect(try Self.outside(county) == ["H2", "干部11 1", "1 of 2"])
        #expect(try county.faults() == [])
    }

    @Test(
        "a cadre who is linked elsewhere, or to nothing, or demoted without a link that fits, has households outside",
        arguments: [
            ["linkedAreaCode": .string(Place.villageA2), "linkedFrom": "2026-04-01"],
            ["linkedAreaCode": nil, "linkedFrom": "2026-04-01"],
        ] as [JSON])
    func linkMoves(change: JSON) throws {
        let county = try County.helped()
        let answer = try county.as(.administrator).patch("/v1/cadres/\(Sample.id(11))", version: 1, change)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(
            answer.json["outsideArea"].list.map {
                "\($0["archiveNumber"]?.string ?? "") \($0["outsideSince"]?.string ?? "")"
            }
                == ["H1 2026-04-01", "H2 2026-04-01"], "\(answer.text)")
        #expect(answer.json["leftBehind"].list.isEmpty)
        #expect(try Self.outside(county) == ["0 of 2"])
        #expect(try Self.outside(county, on: "2026-04-01") == ["H1", "H2", "干部11 2", "2 of 2"])
        county.clock.advance(days: 30)
        county.application.housekeeping.look()
        #expect(try Self.outside(county) == ["H1", "H2", "干部11 2", "2 of 2"])
        #expect(try county.faults() == [])
    }

    @Test("whoever is demoted and stays linked to a town has no village: all households are outside")
    func demoted() throws {
        let county = try County.helped(1, by: "division", at: Place.townA)
        let answer = try county.as(.administrator).patch(
            "/v1/cadres/\(Sample.id(11))", version: 1, ["rank": "section", "rankFrom": "2026-03-01"])
        #expect(
            answer.json["outsideArea"].list.compactMap { $0["outsideSince"]?.string } == ["2026-03-01"],
            "\(answer.text)")
        #expect(try Self.outside(county) == ["H1", "干部11 1", "1 of 1"])
        #expect(try county.faults() == [])
    }

    @Test("a village that goes to another town leaves the area of that town's cadres")
    func villageMoves() throws {
        let county = try County.helped(1, by: "division", at: Place.townA)
        try county.register.perform { transaction in
            let connection = transaction.connection
            func division(_ code: String) throws -> Division {
                try required(DivisionStore.find(code: required(AreaCode(code)), connection))
            }
            let village = try division(Place.villageA1)
            try DivisionStore.revise(
                village, name: village.name, parent: division(Place.townB), on: transaction.today, transaction)
        }
        #expect(try Self.outside(county) == ["H1", "干部11 1", "1 of 1"])
        #expect(try county.faults() == [])
    }

    @Test("in post with nothing: also without a rank, without a link, or with a quota of their own of 0; by unit too")
    func nothing() throws {
        let county = try County.helped()
        try county.makeOrganization(2, Sample.organization("县教育局"))
        let session = try county.as(.administrator)
        try county.makeCadre(12, Sample.cadre("无职级"))
        try county.makeCadre(
            13, Sample.cadre("未挂钩", of: 2).with(["rank": "section", "rankFrom": "2020-01-01"]))
        try county.makeCadre(14, "ordinary", of: 2, named: "零户")
        try county.makeCadre(15, "ordinary", named: "离任")
        let none: JSON = ["quota": 0, "from": "2026-01-01", "reason": "病休"]
        #expect(try session.post("/v1/cadres/\(Sample.id(14))/quotas", none).status == 200)
        let left = try session.patch("/v1/cadres/\(Sample.id(15))", version: 1, ["postState": "left"])
        #expect(left.status == 200, "\(left.text)")
        func zero(_ query: String = "") throws -> Set<String> {
            Set(
                try session.walk("/v1/coverage/cadres?deviations=zero&limit=1\(query)").compactMap {
                    $0["cadreName"]?.string
                })
        }
        #expect(try zero() == ["无职级", "未挂钩", "零户"])
        #expect(try zero("&on=2026-02-01") == ["未挂钩", "零户", "离任"], "12 came later, and 15 was in post")
        #expect(try zero("&organizationId=\(Sample.id(2))") == ["未挂钩", "零户"])
        #expect(try session.get("/v1/coverage").json["sum"]["zeroDuty"].integer == 3)
        #expect(try county.faults() == [])
    }

    @Test("a pairing begins no earlier than its household, and is not moved before it")
    func beforeHousehold() throws {
        let county = try County()
        try county.makeOrganization(1)
        try county.make(1, Sample.household("H1", since: "2024-05-01"))
        try county.makeCadre(11, "section")
        let session = try county.as(.administrator)
        let path = Sample.path(ofPairing: 801)
        let early = try session.put(path, Sample.pairing(1, by: 11, from: "2024-04-30"))
        #expect(early.problem == "before-household", "\(early.text)")
        #expect(early.errors == ["/from before-household"])
        #expect(early.text.contains("2024-05-01"))
        #expect(try session.put(path, Sample.pairing(1, by: 11, from: "2024-05-01")).status == 201)
        #expect(try session.patch(path, version: 1, ["from": "2024-04-30"]).problem == "before-household")
        let file = try session.importFile(
            61, "kind=pairings",
            "archiveNumber,cadreId,role,from\nH1,\(Sample.id(11)),joint,2023-01-01\n")
        #expect(file["refused"]?.integer == 1 || file["changed"]?.integer == 0, "\(file)")
        #expect(try session.pairingRun(71, on: "2024-04-01")["state"].string == "draft")
        #expect(try session.proposals(71).isEmpty)
        #expect(try county.faults() == [])
    }
}
