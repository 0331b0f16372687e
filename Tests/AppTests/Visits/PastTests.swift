// One past: on a day that is over, everything that is asked of an area has each household in the village in which it
// lived then; a village that has merged since can be asked by its old code; parts add up to their sum.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("One past")
struct PastTests {
    /// Households 1 and 2 in A1, 3 in A2, each with a helper since January 2026, of whom 13 serves all of town A. On
    /// 2 March, the day on which the county begins, all are visited. On 20 April household 2 goes to B1, and on 20 May
    /// A1 becomes part of A2. It ends on 10 July.
    private static func county() throws -> County {
        let county = try County.inTownA()
        try county.go(to: "2026-04-20")
        try county.move(2, to: Place.villageB1)
        try county.go(to: "2026-05-20")
        try county.merge(Place.villageA1, into: Place.villageA2)
        try county.go(to: "2026-07-10")
        return county
    }

    private static let areas = [
        Place.county, Place.townA, Place.townB, Place.villageA1, Place.villageA2, Place.villageB1,
    ]

    /// On some days, how many households each of `areas` has: A2 those of A1 too, A1 its own until it merged.
    private static let households = [
        "2026-03-15": [3, 3, 0, 2, 3, 0], "2026-04-20": [3, 2, 1, 1, 2, 1], "2026-05-19": [3, 2, 1, 1, 2, 1],
        "2026-05-20": [3, 2, 1, 2, 2, 1], "2026-07-09": [3, 2, 1, 2, 2, 1], "2026-07-10": [3, 2, 1, 2, 2, 1],
    ]

    @Test("roster, coverage, statistics, duties and their sums have the same households on every day")
    func sameHouseholds() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        for (day, expected) in Self.households {
            for (area, number) in zip(Self.areas, expected) {
                let question = "areaCode=\(area)&on=\(day)"
                let coverage = try session.get("/v1/coverage?\(question)").json
                #expect(coverage["sum"]["households"].integer == number, "\(question)")
                #expect(try session.get("/v1/statistics/households?\(question)").json["households"].integer == number)
                let summary = try session.get("/v1/contact-duties/summary?\(question)").json["sum"]
                #expect(summary["households"].integer == number, "\(question)")
                let duties = try session.walk("/v1/contact-duties?\(question)")
                #expect(Set(duties.compactMap { $0["householdId"]?.string }).count == number, "\(question)")
                for (state, name) in [("due", "due"), ("in-time", "inTime"), ("late", "late"), ("overdue", "overdue")] {
                    #expect(
                        summary[name].integer == duties.count { $0["state"]?.string == state }, "\(question) \(state)")
                }
                let roster = try session.walk("/v1/roster?\(question)")
                let pairings = try session.walk("/v1/pairings?\(question)")
                #expect(roster.count == number, "\(question)")
                #expect(pairings.count == number, "\(question)")
                #expect(coverage["sum"]["covered"].integer == number, "\(question)")
            }
        }
        #expect(try county.faults() == [])
    }

    @Test("a household stands under the village of the day, by its name of then")
    func villages() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func places(_ path: String, _ day: String) throws -> [String] {
            try session.walk("\(path)?on=\(day)").map {
                "\($0["archiveNumber"]?.string?.suffix(2) ?? "") \($0["villageCode"]?.string ?? "")"
            }.reduce(into: Set<String>()) { $0.insert($1) }.sorted()
        }
        let page = try session.get("/v1/roster/page?on=2026-03-15&areaCode=\(Place.villageA1)").text
        #expect(page.contains("H2"))
        #expect(!page.contains("H3"))
        for path in ["/v1/roster", "/v1/contact-duties"] {
            #expect(
                try places(path, "2026-03-15") == [
                    "H1 \(Place.villageA1)", "H2 \(Place.villageA1)", "H3 \(Place.villageA2)",
                ])
            #expect(
                try places(path, "2026-05-19") == [
                    "H1 \(Place.villageA1)", "H2 \(Place.villageB1)", "H3 \(Place.villageA2)",
                ])
            #expect(
                try places(path, "2026-07-10") == [
                    "H1 \(Place.villageA2)", "H2 \(Place.villageB1)", "H3 \(Place.villageA2)",
                ])
        }
    }

    @Test("the poor of a year count in the village in which they lived when it ended")
    func headcount() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func poor(_ year: Int) throws -> [Int?] {
            try Self.areas.map { area in
                let answer = try session.get("/v1/poverty-headcount?areaCode=\(area)&year=\(year)")
                #expect(answer.status == 200, "\(area) \(answer.text)")
                return answer.json["poorPeople"].integer
            }
        }
        let then = try poor(2025)
        let whole = try #require(then[0])
        #expect(whole > 0)
        #expect(whole.isMultiple(of: 3))
        #expect(then == [3, 3, 0, 2, 3, 0].map { $0 * whole / 3 })
        #expect(try poor(2026) == [3, 2, 1, 2, 2, 1].map { $0 * whole / 3 })
        let former = try session.get("/v1/poverty-headcount?areaCode=\(Place.villageA1)&year=2025").json
        #expect(former["areaCode"].string == Place.villageA1)
        #expect(former["villages"].integer == 1)
        #expect(
            try session.get("/v1/poverty-headcount?areaCode=\(Place.villageA2)&year=2025").json["villages"].integer == 2
        )
    }

    @Test("counters and bulletin count what was done where the household lived on the day")
    func periods() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        for (number, expected) in [("householdsVisited", [3, 3, 0, 2, 3, 0]), ("visits", [3, 3, 0, 2, 3, 0])] {
            for (area, value) in zip(Self.areas, expected) {
                let question = "areaCode=\(area)&from=2026-01-01&to=2026-05-01"
                #expect(
                    try session.get("/v1/contact-counters?\(question)").json[number].integer == value, "\(question)")
                let counter = number == "visits" ? "visits" : "households-visited"
                let list = try session.walk("/v1/contact-counters/records?counter=\(counter)&\(question)")
                #expect(list.count == value, "\(number) \(question)")
            }
        }
        // In half a year that ended after the merger, the old code means the village that took over.
        for (area, value) in zip(Self.areas, [3, 3, 0, 3, 3, 0]) {
            let bulletin = try session.get("/v1/bulletins/contact?half=2026-1&areaCode=\(area)").json
            #expect(bulletin["sum"]["counters"]["visits"].integer == value, "\(area)")
            let items = bulletin["items"].list
            guard !items.isEmpty else { continue }
            for name in ["duties", "inTime", "late", "overdue"] {
                #expect(
                    bulletin["sum"]["duties"][name].integer
                        == items.reduce(0) { $0 + ($1["duties"]?[name]?.integer ?? 0) }, "\(area) \(name)")
            }
        }
        // That of a month before it means the village as it was by itself.
        for (area, value) in zip(Self.areas, [3, 3, 0, 2, 3, 0]) {
            let bulletin = try session.get("/v1/bulletins/contact?month=2026-03&areaCode=\(area)").json
            #expect(bulletin["sum"]["counters"]["visits"].integer == value, "\(area)")
        }
        // Of four months to June the duties of household 2 are A1's until April, and B1's from then on.
        let duties = try session.get("/v1/bulletins/contact?half=2026-1&areaCode=\(Place.villageB1)").json["sum"][
            "duties"]
        #expect(duties["duties"].integer == 6, "calls and visits of April, May and June")
    }

    @Test("the work of helpers counts where the household lived on the day, and adds up")
    func work() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        for (area, value) in zip(Self.areas, [3, 3, 0, 2, 3, 0]) {
            let answer = try session.get(
                "/v1/contact-counters/by-cadre?areaCode=\(area)&from=2026-01-01&to=2026-05-01")
            #expect(answer.items.reduce(0) { $0 + ($1["visits"]?.integer ?? 0) } == value, "\(area)")
            let former = area == Place.villageA1
            #expect(answer.items.contains { $0["quota"]?.integer != nil } == (value > 0 && !former), "\(area)")
        }
        func duties(_ area: String) throws -> [Int] {
            let path = "/v1/contact-counters/by-cadre?areaCode=\(area)&from=2026-01-01&to=2026-07-01"
            let sum = try session.get(path).json["sum"]
            let units = try session.get(path.replacing("by-cadre", with: "by-organization")).json["sum"]
            #expect(units["unassigned"]["open"].integer == sum["unassigned"]["open"].integer)
            return ["inTime", "late", "open"].map {
                (sum[$0].integer ?? 0) + (sum["unassigned"][$0].integer ?? 0)
            }
        }
        func bulletin(_ area: String) throws -> [Int] {
            let told = try session.get("/v1/bulletins/contact?half=2026-1&areaCode=\(area)").json["sum"]["duties"]
            return ["inTime", "late", "overdue"].map { told[$0].integer ?? 0 }
        }
        for area in Self.areas { #expect(try duties(area) == bulletin(area), "\(area)") }
        #expect(try duties(Place.villageB1).reduce(0, +) == 6, "calls and visits of April, May and June")
        #expect(try duties(Place.county) == zip(duties(Place.townA), duties(Place.townB)).map(+))
    }

    @Test("lists of coverage on a past day name the village of that day, also by the code of a village that has merged")
    func lists() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func uncovered(_ area: String) throws -> [String] {
            try session.walk("/v1/coverage/households?gaps=uncovered&on=2026-01-09&areaCode=\(area)").map {
                "\($0["archiveNumber"]?.string?.suffix(2) ?? "") \($0["villageCode"]?.string ?? "")"
            }.sorted()
        }
        let ofA1 = ["H1 \(Place.villageA1)", "H2 \(Place.villageA1)"]
        #expect(try uncovered(Place.villageA1) == ofA1)
        #expect(try uncovered(Place.townA) == ofA1 + ["H3 \(Place.villageA2)"])
        #expect(try uncovered(Place.villageB1) == [])
        func idle(_ area: String) throws -> [String] {
            try session.walk("/v1/coverage/cadres?deviations=zero&on=2026-01-09&areaCode=\(area)")
                .compactMap { $0["cadreId"]?.string }
        }
        #expect(try idle(Place.villageA1) == [Sample.id(11)])
        #expect(try idle(Place.villageA2) == [Sample.id(11), Sample.id(12)])
        let sum = try session.get("/v1/coverage?on=2026-01-09&areaCode=\(Place.villageA1)").json["sum"]
        #expect(sum["uncovered"].integer == 2)
        #expect(sum["zeroDuty"].integer == 1)
        #expect(try county.as(.clerkA).walk("/v1/coverage/households?on=2026-01-09").count == 2)
        #expect(
            try county.as(.clerkB).get("/v1/coverage/cadres?on=2026-01-09&areaCode=\(Place.villageA1)").status == 404)
    }

    @Test("a caller is shown nobody who has left their range, and counts whom they had")
    func left() throws {
        let county = try Self.county()
        let clerk = try county.as(.clerkA)
        let coverage = try clerk.get("/v1/coverage?on=2026-03-15").json
        #expect(coverage["sum"]["households"].integer == 3)
        let names = try clerk.walk("/v1/roster?on=2026-03-15").compactMap { $0["archiveNumber"]?.string }
        #expect(names.count == 2, "\(names)")
        #expect(!names.contains { $0.hasSuffix("H2") })
        #expect(
            try clerk.walk("/v1/contact-duties?on=2026-03-15").allSatisfy { $0["householdId"]?.string != Sample.id(2) })
        #expect(try county.as(.clerkB).walk("/v1/roster?on=2026-03-15").isEmpty)
        #expect(try county.as(.clerkB).get("/v1/roster?on=2026-03-15&areaCode=\(Place.villageA1)").status == 404)
        #expect(
            try county.as(.clerkB).get("/v1/coverage?on=2026-03-15&areaCode=\(Place.villageA1)").errors
                == ["?areaCode unknown-division"])
    }

    @Test("cadres who serve a town stand in a row of their own, and all rows add up to the sum")
    func rows() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let names = [
            "households", "covered", "uncovered", "awaitingSuccessor", "jointNeeds", "jointNeedsMet", "capacity",
            "used",
            "belowQuota", "aboveQuota", "zeroDuty",
        ]
        for area in [Place.county, Place.townA] {
            for day in ["2026-03-15", "2026-07-10"] {
                let coverage = try session.get("/v1/coverage?areaCode=\(area)&on=\(day)").json
                for name in names {
                    let parts = coverage["items"].list.reduce(0) { $0 + ($1[name]?.integer ?? 0) }
                    #expect(parts == coverage["sum"][name].integer, "\(area) \(day) \(name)")
                }
                let own = coverage["items"].list.filter { $0["isOwn"]?.boolean == true }
                #expect(own.map { $0["areaCode"]?.string } == (area == Place.townA ? [Place.townA] : []), "\(day)")
                if area == Place.townA { #expect(own.first?["capacity"]?.integer == 6) }
            }
        }
        county.clock.advance(days: 200)
        county.application.housekeeping.look()
        let bulletin = try session.get("/v1/bulletins/contact?half=2026-2&areaCode=\(Place.townA)").json
        #expect(bulletin["sum"]["alarmedCadres"].integer == 3)
        let rows = bulletin["items"].list
        #expect(rows.reduce(0) { $0 + ($1["alarmedCadres"]?.integer ?? 0) } == 3, "\(rows.count)")
        #expect(rows.filter { $0["isOwn"]?.boolean == true }.map { $0["alarmedCadres"]?.integer } == [1])
    }

    @Test("what a village lacked that has merged since is asked by its old code")
    func formerVillage() throws {
        let county = try County()
        try county.addPeople()
        for village in [Place.villageA1, Place.villageA2] { try county.makePoor(village) }
        let session = try county.as(.administrator)
        county.clock.advance(days: 30)
        let merged = try session.put(
            "/v1/divisions/\(Place.villageA1)/successor", ["successorCode": .string(Place.villageA2)])
        #expect(merged.status == 200, "\(merged.text)")
        county.clock.advance(days: 1)
        func villages(_ list: String, _ area: String, on day: String = "2017-01-01") throws -> [String] {
            try session.get("/v1/\(list)?areaCode=\(area)&on=\(day)").items.compactMap { $0["villageCode"]?.string }
        }
        for list in ["first-secretary-vacancies", "liaison-gaps"] {
            #expect(try villages(list, Place.villageA1) == [Place.villageA1], "\(list)")
            #expect(try villages(list, Place.townA).sorted() == [Place.villageA1, Place.villageA2], "\(list)")
            #expect(try villages(list, Place.villageA1, on: "2026-04-02") == [Place.villageA2], "\(list)")
        }
    }
}
