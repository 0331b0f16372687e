// What is kept of help is what a recount finds, whatever was done: pairings, handovers, promotions, moves, days.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Help against a recount")
struct HelpKeepingTests {
    private static let villages = [Place.villageA1, Place.villageA2, Place.villageB1]
    private static let households = 1...12
    private static let helpers = 21...29

    @Test("kept help is a recount's after any pairings, handovers, promotions, moves and days", arguments: [1, 2, 3])
    func anyWork(seed: Int) throws {
        let county = try County()
        var chance = SeededGenerator(seed: UInt64(seed))
        for number in 1...3 { try county.makeOrganization(number, Sample.organization("单位\(number)")) }
        for number in Self.households {
            try county.make(number, Sample.household("H\(number)", in: Self.villages[number % 3]))
        }
        for number in Self.helpers {
            let ranks = ["ordinary", "middle", "section"]
            try county.makeCadre(
                number, ranks[number % 3], at: Self.villages[number % 3], of: 1 + number % 2)
        }
        for step in 0..<60 {
            try Self.step(step, county, &chance)
            let faults = try county.faults()
            #expect(faults == [], "step \(step) of seed \(seed)")
            guard faults.isEmpty else { return }
        }
        #expect(try county.count("pairing") > 10)
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let scope = Scope(first: 990_923_000_000, last: 990_923_999_999)
        let kept = try Coverage(in: scope, on: nil, reader)
        let counted = try Coverage(in: scope, on: county.clock.now.shanghaiDate, reader)
        #expect(kept.total == counted.total, "another way to count the same day")
        // What is said of a day to come is so when it has come and nothing was changed.
        let ahead = county.clock.now.shanghaiDate.adding(days: 9)
        let foretold = try Coverage(in: scope, on: ahead, reader)
        county.clock.advance(days: 9)
        county.application.housekeeping.look()
        let later = try county.register.database.makeReader()
        defer { later.close() }
        let come = try Coverage(in: scope, on: nil, later)
        #expect(come.total == foretold.total)
        #expect(come.items.map(\.counts) == foretold.items.map(\.counts))
        #expect(try county.faults() == [])
    }

    private static func step(_ step: Int, _ county: County, _ chance: inout SeededGenerator) throws {
        let session = try county.as(.administrator)
        let today = county.clock.now.shanghaiDate
        let household = Int.random(in: households, using: &chance)
        let helper = Int.random(in: helpers, using: &chance)
        let village = try required(villages.randomElement(using: &chance))
        switch Int.random(in: 0..<13, using: &chance) {
        case 0...4:
            let first = today.adding(days: Int.random(in: -20...10, using: &chance))
            let end = Bool.random(using: &chance) ? nil : first.adding(days: Int.random(in: 1...40, using: &chance))
            // Linked to the household's village at first; quota, area and the rest refuse many all the same.
            let helper = 21 + household % 3 + 3 * Int.random(in: 0...2, using: &chance)
            _ = try? county.help(
                household, by: helper, isResponsible: Bool.random(using: &chance), from: first.description,
                to: end?.description)
        case 5...6:
            let open = try county.query("SELECT id FROM pairing WHERE end_on IS NULL ORDER BY id") {
                try $0.identifier(0)
            }
            guard let id = open.randomElement(using: &chance) else { return }
            let day = today.adding(days: Int.random(in: -5...5, using: &chance))
            _ = try? county.endPairing(id, on: day.description)
        case 7:
            let named: JSON = Bool.random(using: &chance) ? .omitted : .string(Sample.id(helper == 21 ? 22 : 21))
            _ = try session.put(
                "/v1/handovers/\(Sample.id(6000 + step))",
                [
                    "cadreId": .string(Sample.id(helper)), "successorCadreId": named,
                    "reason": .string(["transferred", "retired", "over-quota"].randomElement(using: &chance) ?? ""),
                ])
        case 8:
            let version = try required(session.get("/v1/households/\(Sample.id(household))").json["version"].integer)
            let changes: [JSON] = [
                ["state": "lifted"], ["state": "registered"], ["labour": "none"], ["labour": "weak"],
                ["selfCare": false], ["villageCode": .string(village)],
            ]
            _ = try session.patch(
                "/v1/households/\(Sample.id(household))", version: version,
                try required(changes.randomElement(using: &chance)))
        case 9:
            let version = try required(session.get("/v1/cadres/\(Sample.id(helper))").json["version"].integer)
            let day = JSON.string(today.adding(days: Int.random(in: -3...6, using: &chance)).description)
            let changes: [JSON] = [
                ["rank": "section", "rankFrom": day], ["rank": "ordinary", "rankFrom": day],
                ["postState": "retired", "postStateFrom": day], ["postState": "in-post", "postStateFrom": day],
                ["linkedAreaCode": .string(village), "linkedFrom": day], ["organizationId": .string(Sample.id(3))],
                ["linkedAreaCode": nil, "linkedFrom": day], ["rank": nil, "rankFrom": day],
                ["to": .string(today.description)], ["to": nil],
            ]
            _ = try session.patch(
                "/v1/cadres/\(Sample.id(helper))", version: version, try required(changes.randomElement(using: &chance))
            )
        case 10:
            county.clock.advance(days: Int64.random(in: 1...6, using: &chance))
            county.application.housekeeping.look()
        case 11:
            let day = today.adding(days: Int.random(in: -3...6, using: &chance)).description
            let quotas: [JSON] = [nil, 0, 2, 6]
            _ = try session.post(
                "/v1/cadres/\(Sample.id(helper))/quotas",
                [
                    "quota": try required(quotas.randomElement(using: &chance)), "from": .string(day), "reason": "约定",
                ])
        default:
            guard step > 45, Int.random(in: 0..<3, using: &chance) == 0 else { return }
            _ = try county.as(.province).put(
                "/v1/divisions/\(Place.villageA2)/successor",
                ["successorCode": .string(Place.villageA3), "effectiveOn": .string(today.description)])
        }
    }

    @Test("the deadline of who awaits a successor is that of the place of the village, also when it is set later")
    func deadlines() throws {
        let county = try County()
        try county.makeOrganization(1)
        try county.make(1, Sample.household("H1"))
        try county.makeCadre(11)
        try county.help(1, by: 11)
        let session = try county.as(.administrator)
        let body: JSON = ["cadreId": .string(Sample.id(11)), "reason": "died"]
        #expect(try session.put("/v1/handovers/\(Sample.id(91))", body).status == 201)
        func until() throws -> [String] {
            try county.query("SELECT coalesce(due_on, '-') FROM household_help") { $0.text(0) }
        }
        #expect(try until() == ["2026-03-17"])
        let set = try session.put(
            "/v1/parameters/\(Sample.id(81))",
            [
                "key": "handover.deadline", "value": 5, "unit": "days", "areaCode": .string(Place.townA),
                "from": "2026-01-01",
            ])
        #expect(set.status == 201, "\(set.text)")
        #expect(try until() == ["2026-03-07"])
        #expect(try county.faults() == [])
        let lifted = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["state": "lifted", "effectiveOn": "2025-03-02"])
        #expect(lifted.status == 200)
        #expect(try until() == ["-"], "whose consolidation is over awaits nobody")
        #expect(try county.faults() == [])
    }
}
