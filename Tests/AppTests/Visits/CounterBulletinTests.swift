// The bulletin: what it says of each town beside the period before, which towns are behind, and its three
// forms.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Bulletins")
struct BulletinTests {
    private static func visit(_ county: County, _ number: Int, _ household: Int, _ kind: String, by cadre: Int) throws {
        let now = county.clock.now
        let answer = try county.as(.administrator).put(
            "/v1/visits/\(Sample.id(number))",
            [
                "householdId": .string(Sample.id(household)), "kind": .string(kind),
                "occurredAt": .string(now.description), "cadreId": .string(Sample.id(cadre)),
                "gifts": [["kind": "money", "quantity": 1, "valueFen": 12345, "donor": "own"]],
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// Two households, one in each town, each with a helper since the beginning of the year. That of the first town is
    /// visited and called in each month from March to June, that of the second in March only.
    private static func county() throws -> County {
        let county = try County()
        try county.addHelpers()
        try county.make(1, Sample.household("H1", in: Place.villageA1))
        try county.make(2, Sample.household("H2", in: Place.villageB1))
        try county.help(1, by: 413, from: "2026-03-02")
        try county.help(2, by: 421, from: "2026-03-02")
        var number = 700
        for month in 0..<4 {
            for household in month == 0 ? [1, 2] : [1] {
                for kind in ["home-visit", "phone-call"] {
                    number += 1
                    try visit(county, number, household, kind, by: household == 1 ? 413 : 421)
                }
            }
            county.clock.advance(days: month < 3 ? 31 : 27)
        }
        return county
    }

    @Test("a half year is told by town beside the half before, with its duties and who is behind")
    func told() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let running = try session.get("/v1/bulletins/contact?half=2026-1").json
        #expect(running["on"].string == "2026-06-30", "judged today while it runs")
        county.clock.advance(days: 100)
        let answer = try session.get("/v1/bulletins/contact")
        let json = answer.json
        #expect(answer.status == 200)
        #expect(json["half"].string == "2026-1")
        #expect(json["on"].string == "2026-07-01")
        #expect(json["from"].string == "2026-01-01")
        #expect(json["to"].string == "2026-07-01")
        let total = json["sum"]
        #expect(total["counters"]["visits"].integer == 5)
        #expect(total["counters"]["calls"].integer == 5)
        #expect(total["counters"]["householdsVisited"].integer == 2)
        #expect(total["before"]["visits"].integer == 0)
        let towns = json["items"].list
        #expect(towns.map { $0["areaCode"]?.string } == [Place.townA, Place.townB])
        #expect(towns.compactMap { $0["counters"]?["visits"]?.integer } == [4, 1])
        // What the bulletin says of duties is what the list of duties says.
        for (item, area) in zip([total] + towns.map(Optional.some), [Place.county, Place.townA, Place.townB]) {
            let listed = try session.walk(
                "/v1/contact-duties?areaCode=\(area)&from=2026-01-01&to=2026-07-01&on=2026-07-01&limit=1000"
            ).filter { ($0["to"]?.string ?? "") <= "2026-07-01" }
            let duties = item["duties"]
            #expect(duties["duties"].integer == listed.count, "\(area)")
            #expect(listed.count > 0, "\(area)")
            #expect(duties["done"].integer == listed.count { $0["state"]?.string == "done" }, "\(area)")
            #expect(duties["overdue"].integer == listed.count { $0["state"]?.string == "overdue" }, "\(area)")
        }
        let rates = towns.compactMap { $0["duties"]?["donePermille"]?.integer }
        #expect(rates.count == 2, "\(rates)")
        #expect(rates[0] >= 800, "\(rates)")
        #expect(rates[1] < 800, "\(rates)")
        #expect(json["laggards"].list.map { $0["areaCode"]?.string } == [Place.townB])
        #expect(towns.map { $0["isLaggard"]?.boolean } == [false, true])
        #expect(json["laggardBelowPermille"].integer == 800)
        let next = try session.get("/v1/bulletins/contact?half=2026-2").json
        #expect(next["sum"]["before"]["visits"].integer == 5)
        #expect(next["sum"]["counters"]["visits"].integer == 0)
        #expect(next["sum"]["alarmedCadres"].integer == 1, "nobody was visited by the second helper for half a year")
        #expect(try session.get("/v1/contact-alarms?count=true").json["total"].integer == 1)
        #expect(json["sum"]["alarmedCadres"].integer == 0)
    }

    @Test("the bulletin comes as a table and as a page, and only of what its reader may see")
    func forms() throws {
        let county = try Self.county()
        county.clock.advance(days: 10)
        let session = try county.as(.administrator)
        let file = try session.get("/v1/bulletins/contact?half=2026-1", ["Accept": "text/csv"])
        let lines = file.text.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(file["content-disposition"]?.contains("contact-bulletin-2026-1.csv") == true)
        #expect(lines[0].contains("duties.donePermille"))
        #expect(lines.count == 4)
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines[1][0] == "990923000000")
        #expect(lines[3].last == "true")
        let page = try session.get("/v1/bulletins/contact/page?half=2026-1")
        #expect(page.status == 200)
        #expect(page["content-type"] == "text/html; charset=utf-8")
        #expect(page.text.contains("结对县2026 年上半年走访联系通报"))
        #expect(page.text.contains("1234.50"))
        #expect(page.text.contains("乙镇（"))
        #expect(!page.text.contains("<script"))
        let clerk = try county.as(.clerkB).get("/v1/bulletins/contact?half=2026-1").json
        #expect(clerk["sum"]["areaCode"].string == Place.townB)
        #expect(clerk["sum"]["counters"]["visits"].integer == 1)
        #expect(
            clerk["items"].list.map { $0["areaCode"]?.string } == [Place.villageB1, Place.villageB2, Place.villageB3])
        #expect(try county.as(.clerkB).get("/v1/bulletins/contact?half=2026-1&areaCode=\(Place.townA)").status == 404)
        for wrong in ["2026", "2026-3", "2026-01", "26-1", "2027-1"] {
            #expect(try session.get("/v1/bulletins/contact?half=\(wrong)").status == 400, "\(wrong)")
        }
        for wrong in [
            "month=2026-3", "month=2026-13", "month=2026-00", "month=2026-03-1", "month=2026-09", "tenDays=2026-03",
            "tenDays=2026-03-4", "tenDays=2026-07-2", "half=2026-1&month=2026-03", "month=2026-03&tenDays=2026-03-1",
        ] {
            #expect(try session.get("/v1/bulletins/contact?\(wrong)").status == 400, "\(wrong)")
        }
    }

    @Test("months and thirds of months are told beside those before, and their sums are that of the half year")
    func shorterPeriods() throws {
        let county = try Self.county()
        county.clock.advance(days: 10)
        let session = try county.as(.administrator)
        func told(_ query: String) throws -> JSONValue? {
            let answer = try session.get("/v1/bulletins/contact?\(query)")
            #expect(answer.status == 200, "\(answer.text)")
            return answer.json
        }
        func sums(_ queries: [String]) throws -> [Int] {
            var sums = [0, 0, 0, 0]
            for query in queries {
                let sum = try told(query)?["sum"]
                let numbers = [
                    sum?["counters"]?["visits"], sum?["counters"]?["calls"], sum?["duties"]?["duties"],
                    sum?["counters"]?["giftValueFen"],
                ].map { $0?.integer ?? -1 }
                sums = zip(sums, numbers).map(+)
            }
            return sums
        }
        let half = try sums(["half=2026-1"])
        #expect(half[0] == 5)
        let months = (1...6).map { "2026-0\($0)" }
        #expect(try sums(months.map { "month=\($0)" }) == half)
        #expect(try sums(months.flatMap { month in (1...3).map { "tenDays=\(month)-\($0)" } }) == half)
        let april = try told("month=2026-04")
        #expect(april?["month"]?.string == "2026-04")
        #expect(april?["half"] == nil)
        #expect(april?["from"]?.string == "2026-04-01")
        #expect(april?["to"]?.string == "2026-05-01")
        #expect(april?["on"]?.string == "2026-05-01")
        #expect(april?["sum"]?["counters"]?["visits"]?.integer == 1)
        #expect(april?["sum"]?["before"]?["visits"]?.integer == 2)
        for (name, first, end) in [
            ("2026-02-3", "2026-02-21", "2026-03-01"), ("2026-03-1", "2026-03-01", "2026-03-11"),
            ("2026-03-2", "2026-03-11", "2026-03-21"), ("2026-05-3", "2026-05-21", "2026-06-01"),
        ] {
            let days = try told("tenDays=\(name)")
            #expect(days?["tenDays"]?.string == name)
            #expect(days?["from"]?.string == first)
            #expect(days?["to"]?.string == end)
        }
        let page = try session.get("/v1/bulletins/contact/page?tenDays=2026-03-1")
        #expect(page.text.contains("结对县2026 年 3 月上旬走访联系通报"))
        #expect(page.text.contains("与上一旬相比"))
        let file = try session.get("/v1/bulletins/contact?tenDays=2026-03-1", ["Accept": "text/csv"])
        #expect(file["content-disposition"]?.contains("contact-bulletin-2026-03-1.csv") == true)
    }
}
