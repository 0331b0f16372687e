// Coverage: the numbers of a small county by hand, of whom they are told, on which day, and the lists behind them.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Coverage")
struct CoverageTests {
    private static let names = [
        "households", "covered", "uncovered", "awaitingSuccessor", "jointNeeds", "jointNeedsMet", "capacity", "used",
        "belowQuota", "aboveQuota", "zeroDuty",
    ]

    private static func numbers(_ counts: JSONValue?) -> [Int] { names.map { counts[$0].integer ?? -1 } }

    private static func item(_ coverage: JSONValue?, _ area: String) -> [Int] {
        numbers(coverage["items"].list.first { $0["areaCode"]?.string == area })
    }

    /// Town A: households 1 (needs two units), 2 in A1, 3 in A2; town B: 4, lifted, in B1. Cadres 11 (of unit 1, one
    /// household), 12 (unit 2, two) in A1, 13 (unit 1, six) of town A, 14 (five) in B3 where nobody lives, 15 (one)
    /// in A2.
    private static func smallCounty() throws -> County {
        let county = try County()
        try county.makeOrganization(1)
        try county.makeOrganization(2, Sample.organization("县教育局"))
        try county.make(1, Sample.household("H1").with(["labour": "none"]))
        try county.make(2, Sample.household("H2"))
        try county.make(3, Sample.household("H3", in: Place.villageA2))
        try county.make(4, Sample.household("H4", in: Place.villageB1).with(["state": "lifted"]))
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "middle", of: 2)
        try county.makeCadre(13, "division", at: Place.townA)
        try county.makeCadre(14, "section", at: Place.villageB3)
        try county.makeCadre(15, "ordinary", at: Place.villageA2)
        return county
    }

    @Test("every number is what counting by hand gives, for the county, its towns and its villages")
    func byHand() throws {
        let county = try Self.smallCounty()
        let session = try county.as(.administrator)
        let empty = try session.get("/v1/coverage").json
        #expect(empty["areaCode"].string == Place.county)
        #expect(empty["on"].string == County.today)
        #expect(Self.numbers(empty["sum"]) == [4, 0, 4, 0, 1, 0, 15, 0, 5, 0, 4], "14 has nobody to help in B3")
        try county.help(1, by: 11)
        try county.help(1, by: 12, isResponsible: false)
        try county.help(3, by: 13)
        let all = try session.get("/v1/coverage").json
        #expect(Self.numbers(all["sum"]) == [4, 2, 2, 0, 1, 1, 15, 3, 4, 0, 1])
        #expect(Self.item(all, Place.townA) == [3, 2, 1, 0, 1, 1, 10, 3, 3, 0, 1])
        #expect(Self.item(all, Place.townB) == [1, 0, 1, 0, 0, 0, 5, 0, 1, 0, 0])
        let town = try session.get("/v1/coverage?areaCode=\(Place.townA)").json
        #expect(Self.numbers(town["sum"]) == Self.item(all, Place.townA))
        #expect(Self.item(town, Place.villageA1) == [2, 1, 1, 0, 1, 1, 3, 2, 1, 0, 0])
        #expect(Self.item(town, Place.villageA2) == [1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1], "13 counts in the town only")
        #expect(try county.faults() == [])
    }

    @Test("a caller is told of their own area only, also when they ask for more")
    func scopes() throws {
        let county = try Self.smallCounty()
        try county.help(2, by: 12)
        let clerk = try county.as(.clerkA)
        let answer = try clerk.get("/v1/coverage")
        let own = answer.json
        #expect(own["areaCode"].string == Place.townA)
        #expect(own["items"].list.count == 4, "three villages, and the cadre who serves the town")
        #expect(try clerk.get("/v1/coverage?areaCode=\(Place.county)").text == answer.text)
        let worker = try county.as(.workerA1).get("/v1/coverage?areaCode=\(Place.county)").json
        #expect(worker["areaCode"].string == Place.villageA1)
        #expect(worker["items"].list.isEmpty)
        #expect(Self.numbers(worker["sum"]).prefix(2) == [2, 1])
        #expect(try clerk.get("/v1/coverage?areaCode=\(Place.townB)").status == 404)
        #expect(try Self.numbers(county.as(.neighbour).get("/v1/coverage").json["sum"])[0] == 0)
        #expect(
            try clerk.get("/v1/coverage/households?gaps=uncovered").items.map { $0["householdId"]?.string }
                == [1, 3].map(Sample.id))
        #expect(try county.as(.neighbour).get("/v1/coverage/cadres?deviations=below").items.isEmpty)
        #expect(try county.as(.clerkB).get("/v1/roster").items.isEmpty)
        #expect(try clerk.get("/v1/coverage?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try clerk.get("/v1/coverage/cadres?deviations=idle").errors == ["?deviations unknown-code"])
    }

    @Test("another day is counted from what held then")
    func anotherDay() throws {
        let county = try Self.smallCounty()
        let session = try county.as(.administrator)
        let first = try county.help(1, by: 11, from: "2026-01-01")
        try county.help(1, by: 12, isResponsible: false, from: "2026-02-01")
        try county.endPairing(first, on: "2026-03-01")
        let now = try session.get("/v1/coverage").json
        #expect(Self.numbers(now["sum"]).prefix(6) == [4, 1, 3, 0, 1, 0])
        let january = try session.get("/v1/coverage?on=2026-01-31").json
        #expect(Self.numbers(january["sum"]) == [4, 1, 3, 0, 1, 0, 15, 1, 4, 0, 3])
        let february = try session.get("/v1/coverage?on=2026-02-10").json
        #expect(Self.numbers(february["sum"]) == [4, 1, 3, 0, 1, 1, 15, 2, 4, 0, 2])
        #expect(Self.item(february, Place.townA) == [3, 1, 2, 0, 1, 1, 10, 2, 3, 0, 2])
        #expect(try Self.numbers(session.get("/v1/coverage?on=2015-12-31").json["sum"])[0] == 0)
        // Today, counted, is what is kept.
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let scope = Scope(first: 990_923_000_000, last: 990_923_999_999)
        let kept = try Coverage(in: scope, on: nil, reader)
        let counted = try Coverage(in: scope, on: county.clock.now.shanghaiDate, reader)
        #expect(kept.total == counted.total)
        #expect(kept.items.map(\.counts) == counted.items.map(\.counts))
    }

    @Test("the lists name who is counted: nobody's households, missing second units, cadres below, above and idle")
    func lists() throws {
        let county = try Self.smallCounty()
        try county.help(1, by: 12)
        try county.help(2, by: 12)
        try county.help(3, by: 15)
        let session = try county.as(.administrator)
        func cadres(_ state: String) throws -> [String] {
            try session.walk("/v1/coverage/cadres?deviations=\(state)&limit=2").map {
                "\($0["cadreName"]?.string ?? "") \($0["load"]?.integer ?? -1)/\($0["quota"]?.integer ?? -1)"
            }
        }
        #expect(
            try session.get("/v1/coverage/households?gaps=uncovered").items.map { $0["archiveNumber"]?.string } == [
                "H4"
            ])
        let unmet = try session.get("/v1/coverage/households?gaps=joint-unmet").items
        #expect(unmet.count == 1)
        #expect(unmet[0]["units"]?.integer == 1)
        #expect(unmet[0]["responsibleCadreName"]?.string == "干部12")
        let lacking = try session.get("/v1/coverage/households").items.map {
            "\($0["archiveNumber"]?.string ?? "") " + $0["gaps"].list.compactMap(\.string).joined(separator: ";")
        }
        let second = "\(unmet[0]["archiveNumber"]?.string ?? "") joint-unmet"
        #expect(Set(lacking) == [second, "H4 uncovered"])
        let idle = try session.get("/v1/coverage/cadres").items.filter { $0["cadreName"]?.string == "干部13" }
        #expect(idle.map { $0["deviations"].list.compactMap(\.string) } == [["below", "zero"]])
        #expect(try cadres("below") == ["干部13 0/6", "干部11 0/1", "干部14 0/5"])
        #expect(try cadres("zero") == ["干部13 0/6", "干部11 0/1"])
        #expect(try cadres("above") == [])
        // They retire: what they carry is above what they may.
        let retired = try session.patch(
            "/v1/cadres/\(Sample.id(12))", version: 1, ["postState": "retired", "postStateFrom": "2026-03-01"])
        #expect(retired.status == 200, "\(retired.text)")
        #expect(try cadres("above") == ["干部12 2/0"])
        #expect(try county.faults() == [])
    }

    @Test("the roster names every pair of a day with unit, rank and role, the responsible one first")
    func roster() throws {
        let county = try Self.smallCounty()
        try county.help(1, by: 12, isResponsible: false)
        try county.help(1, by: 11)
        try county.help(3, by: 15, from: "2026-03-02")
        let session = try county.as(.administrator)
        func lines(_ query: String) throws -> [String] {
            try session.walk("/v1/roster?limit=2\(query)").map { line in
                ["archiveNumber", "cadreName", "organizationName", "rank", "role"].map { line[$0]?.string ?? "-" }
                    .joined(separator: " ")
            }
        }
        #expect(
            try lines("") == [
                "H1 干部11 县农业局 ordinary first-responsible", "H1 干部12 县教育局 middle joint",
                "H3 干部15 县农业局 ordinary first-responsible",
            ])
        #expect(try lines("&on=2026-03-01").count == 2)
        #expect(try lines("&areaCode=\(Place.villageA2)").count == 1)
        let csv = try session.get("/v1/roster?bom=true", ["Accept": "text/csv"])
        #expect(csv.body.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(csv.text.contains("villageCode,villageName,townName,householdId"))
        #expect(csv.text.split(separator: "\r\n").count == 4)
    }

    @Test("check finds help that is kept and is not so")
    func check() throws {
        let county = try Self.smallCounty()
        try county.help(1, by: 11)
        for (sql, subject) in [
            ("UPDATE household_help SET unit_count = 0", "kept help of households"),
            ("UPDATE cadre_help SET load = 3 WHERE load = 1", "kept loads and quotas"),
            ("UPDATE help_figure SET covered = covered + 1", "kept figures of help"),
        ] {
            try county.register.perform { _ = try $0.connection.run(sql) }
            #expect(try county.faults().contains { $0.hasPrefix(subject) }, "\(sql)")
        }
    }
}
