// A town that has merged into another one is asked by its old code: its villages of the day are the rows, with one for
// whoever served the town itself, and the rows add up to the sum, everywhere.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("A former town")
struct FormerTownTests {
    /// Households 1 and 2 in A1, 3 in A2, none in A3; helpers 11 of A1, 12 of A2, 13 of town A, 14 of A3. On 20 April
    /// household 2 goes to A2, on 20 May town A becomes part of town B, and on 10 June A1 part of A2. It is 10 July.
    private static func county() throws -> County {
        let county = try County.inTownA()
        try county.makeCadre(14, "ordinary", at: Place.villageA3)
        try county.go(to: "2026-04-20")
        try county.move(2, to: Place.villageA2)
        try county.go(to: "2026-05-20")
        try county.merge(Place.townA, into: Place.townB)
        try county.go(to: "2026-06-10")
        try county.merge(Place.villageA1, into: Place.villageA2)
        try county.go(to: "2026-07-10")
        return county
    }

    private static let villages = [Place.villageA1, Place.villageA2, Place.villageA3]

    private func rows(_ answer: Answer) -> [String] {
        answer.items.map { "\($0["areaCode"]?.string ?? "")\($0["isOwn"]?.boolean == true ? " own" : "")" }
    }

    @Test("coverage has its villages of the day and those who serve the town, and they add up")
    func coverage() throws {
        let session = try Self.county().as(.administrator)
        for (day, households) in [("2026-03-15", [0, 2, 1, 0]), ("2026-05-19", [0, 1, 2, 0])] {
            let answer = try session.get("/v1/coverage?areaCode=\(Place.townA)&on=\(day)")
            #expect(answer.json["areaCode"].string == Place.townA)
            #expect(rows(answer) == ["\(Place.townA) own"] + Self.villages, "\(answer.text)")
            #expect(answer.items.map { $0["households"]?.integer } == households, "\(answer.text)")
            for name in [
                "households", "covered", "uncovered", "capacity", "used", "belowQuota", "zeroDuty", "outsideArea",
            ] {
                let parts = answer.items.compactMap { $0[name]?.integer }
                #expect(answer.json["sum"][name].integer == parts.reduce(0, +), "\(day) \(name)")
            }
            let own = try #require(answer.items.first)
            #expect(own["used"]?.integer == 1)
            #expect(own["capacity"]?.integer == 6)
            // Nobody lives in A3: whoever is linked to it is not idle.
            #expect(answer.json["sum"]["zeroDuty"].integer == 0)
            let idle = try session.walk("/v1/coverage/cadres?deviations=zero&on=\(day)&areaCode=\(Place.townA)")
            #expect(idle.isEmpty, "\(idle)")
        }
        let village = try session.get("/v1/coverage?areaCode=\(Place.villageA1)&on=2026-05-19").json
        #expect(village["sum"]["households"].integer == 1)
        #expect(village["items"].list.isEmpty)
    }

    @Test("counters, bulletin, duties and shares have its villages of the day, and they add up")
    func others() throws {
        let session = try Self.county().as(.administrator)
        let town = "areaCode=\(Place.townA)"
        let counters = try session.get("/v1/contact-counters/by-area?\(town)&from=2026-01-01&to=2026-05-01")
        #expect(rows(counters) == Self.villages, "\(counters.text)")
        #expect(counters.items.map { $0["visits"]?.integer } == [2, 1, 0])
        #expect(counters.items.map { $0["householdsVisited"]?.integer } == [2, 1, 0])
        #expect(counters.json["sum"]["visits"].integer == 3)
        let file = try session.get(
            "/v1/contact-counters/by-area?\(town)&from=2026-01-01&to=2026-05-01", ["Accept": "text/csv"])
        #expect(file.text.contains(Place.villageA1))

        let bulletin = try session.get("/v1/bulletins/contact?\(town)&month=2026-04")
        #expect(bulletin.items.suffix(3).map { $0["areaCode"]?.string } == Self.villages, "\(bulletin.text)")
        // Household 2 was in A2 when April ended.
        #expect(bulletin.items.suffix(3).map { $0["duties"]?["duties"]?.integer } == [2, 4, 0], "\(bulletin.text)")
        for name in ["duties", "inTime", "late", "overdue"] {
            let parts = bulletin.items.compactMap { $0["duties"]?[name]?.integer }
            #expect(bulletin.json["sum"]["duties"][name].integer == parts.reduce(0, +), "\(name)")
        }
        #expect(try session.get("/v1/bulletins/contact/page?\(town)&month=2026-04").text.contains("西村"))

        let summary = try session.get("/v1/contact-duties/summary?\(town)&on=2026-05-19")
        #expect(summary.items.map { $0["areaCode"]?.string } == Self.villages, "\(summary.text)")
        #expect(summary.items.map { $0["households"]?.integer } == [1, 2, 0])
        for name in ["households", "due", "inTime", "late", "overdue"] {
            let parts = summary.items.compactMap { $0[name]?.integer }
            #expect(summary.json["sum"][name].integer == parts.reduce(0, +), "\(name)")
        }
        let paged = try session.walk("/v1/contact-duties/summary?\(town)&on=2026-05-19&limit=1")
        #expect(paged.compactMap { $0["areaCode"]?.string } == Self.villages)
    }

    @Test("coverage lists of a past day find those idle who had households to help then, whoever lives there now")
    func idleThen() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", in: Place.villageB1))
        try county.makeCadre(11, "ordinary", at: Place.villageB1)
        try county.makeCadre(12, "ordinary", at: Place.villageB2)
        try county.go(to: "2026-04-20")
        try county.move(1, to: Place.villageB2)
        try county.go(to: "2026-04-25")
        let session = try county.as(.administrator)
        for (day, cadre, area) in [("2026-04-01", 11, Place.townB), ("2026-04-21", 12, Place.townB)] {
            let idle = try session.walk("/v1/coverage/cadres?deviations=zero&on=\(day)&areaCode=\(area)")
            #expect(idle.compactMap { $0["cadreId"]?.string } == [Sample.id(cadre)], "\(day)")
            let sum = try session.get("/v1/coverage?on=\(day)&areaCode=\(area)").json["sum"]
            #expect(sum["zeroDuty"].integer == idle.count, "\(day)")
        }
    }
}
