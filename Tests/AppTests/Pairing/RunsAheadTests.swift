// Runs and what is known of later days: who is stated to answer from a day on, who leaves, and whom the same two or
// others are going to be paired with. A plan takes nobody away who would have answered (R046).

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Runs and the days ahead")
struct RunsAheadTests {
    /// Household 1, and 11 who answered for it and retired.
    private static func county(isPinned: Bool = false) throws -> County {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        try county.makeCadre(11, "section")
        try county.help(1, by: 11, isPinned: isPinned)
        try retire(county, 11, from: "2026-02-20")
        return county
    }

    private static func retire(_ county: County, _ cadre: Int, from day: String) throws {
        let body: JSON = ["postState": "retired", "postStateFrom": .string(day)]
        let answer = try county.as(.administrator).patch("/v1/cadres/\(Sample.id(cadre))", version: 1, body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func apply(_ county: County) throws {
        let run = try county.as(.administrator).pairingRun(100)
        #expect(run["sum"]["after"]["covered"].integer == 1)
        let approved = try county.otherAdministrator().approve(100)
        #expect(approved.status == 200, "\(approved.text)")
    }

    /// Who answers on the days, and how many households are covered then.
    private static func answers(_ county: County, on days: [String]) throws -> [String] {
        try days.map { day in
            let sum = try county.as(.administrator).get("/v1/coverage?on=\(day)").json["sum"]
            return "\(try county.responsible(1, on: day) ?? "-") \(sum["covered"].integer ?? -1)"
        }
    }

    @Test("a joint helper who takes over answers until the day from which somebody else is stated to")
    func promoted() throws {
        let county = try Self.county()
        try county.makeCadre(12, "section")
        try county.help(1, by: 12, isResponsible: false)
        try Self.retire(county, 12, from: "2026-04-20")
        try county.makeCadre(13, "ordinary")
        try county.help(1, by: 13, from: "2026-04-10")
        try Self.apply(county)
        #expect(
            try Self.answers(county, on: ["2026-03-02", "2026-04-09", "2026-04-10", "2026-04-20", "2026-12-01"])
                == ["干部12 1", "干部12 1", "干部13 1", "干部13 1", "干部13 1"])
        #expect(try county.faults() == [])
    }

    @Test("whoever takes over answers on, where the one who is stated to cannot help any more then")
    func statedOneLeaves() throws {
        let county = try Self.county()
        try county.makeCadre(12, "section")
        try county.help(1, by: 12, isResponsible: false)
        try county.makeCadre(13, "ordinary")
        try county.help(1, by: 13, from: "2026-04-10")
        try Self.retire(county, 13, from: "2026-04-20")
        try Self.apply(county)
        #expect(
            try Self.answers(county, on: ["2026-04-09", "2026-04-10", "2026-04-20", "2026-12-01"])
                == ["干部12 1", "干部13 1", "干部12 1", "干部12 1"])
    }

    @Test("where the same two are to be paired later, that pairing answers from then on, and a new one when it ends")
    func sameTwo() throws {
        for end in [nil, "2026-06-01"] {
            let county = try Self.county()
            try county.makeCadre(12, "ordinary")
            let own: JSON = ["quota": 2, "from": "2026-01-01", "reason": "能力强"]
            #expect(try county.as(.administrator).post("/v1/cadres/\(Sample.id(12))/quotas", own).status == 200)
            try county.help(1, by: 12, isResponsible: false, from: "2026-04-10", to: end)
            try Self.apply(county)
            #expect(
                try Self.answers(county, on: ["2026-03-02", "2026-04-09", "2026-04-10", "2026-06-01", "2026-12-01"])
                    == ["干部12 1", "干部12 1", "干部12 1", "干部12 1", "干部12 1"])
            #expect(try county.faults() == [])
        }
    }

    @Test("a new helper in place of a pinned one who retired answers until the next, and again after that one has left")
    func relieved() throws {
        let county = try Self.county(isPinned: true)
        try county.makeCadre(12, "ordinary")
        try county.makeCadre(13, "ordinary")
        try county.help(1, by: 13, from: "2026-04-10", to: "2026-06-01")
        try Self.apply(county)
        #expect(
            try Self.answers(county, on: ["2026-03-02", "2026-04-09", "2026-04-10", "2026-05-31", "2026-06-01"])
                == ["干部12 1", "干部12 1", "干部13 1", "干部13 1", "干部12 1"])
        #expect(try county.helpers(on: "2026-06-02") == ["1 11", "1 12 first"])
        #expect(try county.faults() == [])
    }

    // MARK: Second helpers

    private static func limit(_ county: County, _ number: Int, _ most: Int, from day: String) throws {
        let answer = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(number))",
            [
                "key": "second-helper.max-households", "value": .integer(most), "unit": "households",
                "areaCode": .string(Place.county), "from": .string(day),
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    @Test(
        "whoever may be a second helper of fewer households later begins no more than these, nor is proposed for them")
    func fewerLater() throws {
        let county = try County()
        try Self.limit(county, 901, 2, from: "2015-01-01")
        try Self.limit(county, 902, 1, from: "2026-04-01")
        for number in 1...2 { try county.make(number, Sample.household("H\(number)")) }
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...2 { try county.help(number, by: 11) }
        try county.alter("UPDATE household SET needs_two_units = 1")
        let session = try county.as(.administrator)
        let run = try session.pairingRun(100)
        #expect(run["sum"]["after"]["jointNeedsMet"].integer == 1)
        #expect(try county.otherAdministrator().approve(100).status == 200)
        let begun = try county.helpers().filter { $0.hasSuffix(" 12") }
        #expect(begun.count == 1)
        let open = begun == ["1 12"] ? 2 : 1
        let helpers = try session.get("/v1/households/\(Sample.id(open))/helper-candidates").items
        #expect(helpers.isEmpty, "\(helpers)")
        #expect(try session.get("/v1/cadres/\(Sample.id(12))/household-candidates").items.isEmpty)
        let put = try session.put(
            Sample.path(ofPairing: 801), Sample.pairing(open, by: 12, "joint", from: County.today))
        #expect(put.problem == "second-helper-full", "\(put.text)")
    }

    @Test("a pairing of a second helper that begins later takes room of the limit")
    func beginsLater() throws {
        let county = try County()
        try Self.limit(county, 901, 1, from: "2015-01-01")
        for number in 1...2 { try county.make(number, Sample.household("H\(number)")) }
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...2 { try county.help(number, by: 11) }
        try county.help(1, by: 12, isResponsible: false, from: "2026-04-10")
        try county.alter("UPDATE household SET needs_two_units = 1")
        let run = try county.as(.administrator).pairingRun(100)
        #expect(run["sum"]["after"]["jointNeedsMet"].integer == 0)
    }

    @Test("whoever comes to answer for a household is none of its second helpers, in the first draft already")
    func comesToAnswer() throws {
        let county = try Self.county()
        try Self.limit(county, 901, 1, from: "2015-01-01")
        try county.makeCadre(12, "section")
        try county.help(1, by: 12, isResponsible: false)
        try county.make(2, Sample.household("H2"))
        try county.alter("UPDATE household SET needs_two_units = 1 WHERE archive_number = 'H2'")
        let run = try county.as(.administrator).pairingRun(100)
        #expect(run["sum"]["after"]["covered"].integer == 2)
        #expect(try county.otherAdministrator().approve(100).status == 200)
        #expect(try county.helpers() == ["1 12 first", "2 12 first"])
        let second = try county.as(.administrator).pairingRun(101)
        #expect(["covered", "added", "ended"].map { second["sum"]["after"][$0].integer } == [2, 0, 0])
    }
}
