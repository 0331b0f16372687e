// What a run decides when not everybody can be helped (R034, R041, R046): the poorest first, nobody unhooked, and only
// what can be approved.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("What pairing runs decide")
struct PairingModelTests {
    private func after(_ run: JSONValue?, _ names: [String]) -> [Int?] {
        names.map { run["sum"]["after"][$0].integer }
    }

    /// States a parameter for the county from a day long ago.
    private func state(
        _ county: County, _ number: Int, _ key: String, _ value: JSON, _ unit: String
    ) throws {
        let answer = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(number))",
            [
                "key": .string(key), "value": value, "unit": .string(unit), "areaCode": .string(Place.county),
                "from": "2015-01-01",
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    private func lifted(_ name: String, since: String) -> JSON {
        Sample.household(name, since: since).with(["state": "lifted"])
    }

    @Test("a household that moved keeps its helper, who takes nobody else, until somebody there can take over")
    func moved() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary", at: Place.villageA1)
        try county.make(1, Sample.household("H1"))
        try county.make(2, Sample.household("H2"))
        try county.help(1, by: 11, as: 201, from: "2025-01-01")
        let session = try county.as(.administrator)
        let other = try county.otherAdministrator()
        let move: JSON = ["villageCode": .string(Place.villageA2)]
        #expect(try session.patch("/v1/households/\(Sample.id(1))", version: 1, move).status == 200)
        for run in 100...101 {
            let made = try session.pairingRun(run)
            #expect(after(made, ["covered", "boundUncovered", "outsideArea", "pairsBroken"]) == [1, 1, 1, 0])
            #expect(try session.proposals(run) == ["1 11 first-responsible kept"])
            let reasons = try session.proposals(run, reasons: true).first ?? ""
            #expect(reasons.hasSuffix("outside-area no-unhooking"), "\(reasons)")
            let approved = try other.approve(run)
            #expect(approved.status == 200, "\(approved.text)")
        }
        try county.makeCadre(12, "ordinary", at: Place.villageA2, of: 2)
        let made = try session.pairingRun(102)
        #expect(after(made, ["covered", "boundUncovered", "outsideArea", "pairsBroken"]) == [2, 0, 0, 1])
        #expect(try other.approve(102).status == 200)
        #expect(try county.helpers() == ["1 12 first", "2 11 first"])
    }

    @Test("nine households for a quota of four stay, the tenth waits, and the plan can be approved again and again")
    func above() throws {
        let county = try County()
        try county.makeCadre(11, "section", at: Place.villageA1)
        for number in 1...6 { try county.make(number, Sample.household("H\(number)")) }
        for number in 1...5 { try county.help(number, by: 11, as: 200 + number, from: "2025-01-01") }
        let session = try county.as(.administrator)
        let demoted: JSON = ["rank": "deputy-section", "rankFrom": "2026-01-01"]
        #expect(try session.patch("/v1/cadres/\(Sample.id(11))", version: 1, demoted).status == 200)
        for run in 100...101 {
            let made = try session.pairingRun(run)
            #expect(after(made, ["covered", "uncovered", "aboveQuota", "kept", "added"]) == [5, 1, 2, 5, 0])
            #expect(try county.otherAdministrator().approve(run).status == 200)
        }
        // Two of them go to whoever comes; the sixth goes before them, because heads come first.
        try county.makeCadre(12, "deputy-section", at: Place.villageA1)
        let made = try session.pairingRun(102)
        #expect(after(made, ["covered", "uncovered", "aboveQuota", "pairsBroken", "added"]) == [6, 0, 0, 2, 3])
        #expect(try county.otherAdministrator().approve(102).status == 200)
    }

    @Test(
        "who is not lifted comes before who was lifted long ago, not before consolidation, and only if need comes first"
    )
    func need() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "ordinary")
        try county.make(1, lifted("H1", since: "2019-03-01"))
        try county.make(2, lifted("H2", since: "2025-09-01"))
        try county.make(3, Sample.household("H3").with(["povertyDepth": "slight"]))
        try county.make(4, Sample.household("H4").with(["povertyDepth": "deep"]))
        try county.help(1, by: 11, as: 201, from: "2024-01-01")
        try county.help(2, by: 12, as: 202, from: "2025-10-01")
        let session = try county.as(.administrator)
        try session.pairingRun(100)
        #expect(
            try session.proposals(100) == [
                "1 11 first-responsible ended", "2 12 first-responsible kept", "4 11 first-responsible added",
            ])
        let kept = try session.pairingRun(101, Place.county, ["pairsFirst": true])
        #expect(after(kept, ["covered", "pairsBroken", "boundUncovered"]) == [2, 0, 2])

        try state(county, 901, "pairing.consolidation.months", 3, "months")
        try session.pairingRun(102)
        #expect(try session.proposals(102).filter { $0.hasSuffix("added") }.map { $0.prefix(1) } == ["3", "4"])
        // Whoever is lifted comes first where a county says so.
        try state(county, 902, "pairing.need.state.lifted", 1, "place")
        try state(county, 903, "pairing.need.order", ["state", "labour"], "codes")
        let together = try session.pairingRun(103)
        #expect(after(together, ["covered", "pairsBroken"]) == [2, 0])
        #expect(try county.otherAdministrator().approve(100).problem == "run-outdated")
    }

    @Test("where a quota falls later, those who are helped stay until then and nobody new comes who would not fit")
    func fallingQuota() throws {
        let county = try County()
        try county.makeCadre(11, "deputy-section")
        for number in 1...5 { try county.make(number, Sample.household("H\(number)")) }
        for number in 1...2 { try county.help(number, by: 11, as: 200 + number, from: "2025-01-01") }
        let session = try county.as(.administrator)
        let path = "/v1/cadres/\(Sample.id(11))"
        let demoted: JSON = ["rank": "ordinary", "rankFrom": "2026-06-01"]
        #expect(try session.patch(path, version: 1, demoted).status == 200)
        let made = try session.pairingRun(100)
        #expect(after(made, ["covered", "kept", "added", "pairsBroken"]) == [2, 2, 0, 0])
        #expect(try county.otherAdministrator().approve(100).status == 200)
        let june = try session.pairingRun(101, on: "2026-06-01")
        #expect(after(june, ["covered", "kept", "aboveQuota"]) == [2, 2, 1])
        #expect(try county.otherAdministrator().approve(101).status == 200)
        // From a middle rank on there is room for one more.
        let middle: JSON = ["rank": "section", "rankFrom": "2026-06-01"]
        #expect(try session.patch(path, version: 2, middle).status == 200)
        #expect(after(try session.pairingRun(102), ["covered", "added"]) == [3, 1])
        #expect(after(try session.pairingRun(103, on: "2026-06-01"), ["covered", "added"]) == [5, 3])
    }

    @Test("of two helpers, of whom one is known to leave, the other stays, whoever waits for one")
    func leavesLater() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "ordinary")
        try county.make(1, Sample.household("H1"))
        try county.make(2, Sample.household("H2"))
        try county.help(1, by: 11, as: 201, from: "2025-01-01")
        try county.pair(
            202,
            [
                "householdId": .string(Sample.id(1)), "cadreId": .string(Sample.id(12)), "role": "joint",
                "from": "2025-01-01",
            ])
        let session = try county.as(.administrator)
        let retires: JSON = ["postState": "retired", "postStateFrom": "2026-04-20"]
        #expect(try session.patch("/v1/cadres/\(Sample.id(12))", version: 1, retires).status == 200)
        let made = try session.pairingRun(100)
        #expect(after(made, ["covered", "kept", "added"]) == [1, 2, 0])
        #expect(try session.proposals(100).first == "1 11 first-responsible kept")
        #expect(try county.otherAdministrator().approve(100).status == 200)
        let later = try session.get("/v1/coverage/households?gaps=awaiting&on=2026-04-20")
        #expect(later.items.isEmpty, "\(later.text)")
        #expect(try county.faults() == [])
    }

    @Test("whoever retired covers nobody; the household goes to somebody else, or keeps waiting under the old name")
    func retired() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.make(1, Sample.household("H1"))
        try county.help(1, by: 11, as: 201, from: "2025-01-01", isPinned: true)
        let session = try county.as(.administrator)
        let gone: JSON = ["postState": "retired", "postStateFrom": "2026-02-01"]
        #expect(try session.patch("/v1/cadres/\(Sample.id(11))", version: 1, gone).status == 200)
        let alone = try session.pairingRun(100)
        #expect(after(alone, ["covered", "boundUncovered", "kept", "ended"]) == [0, 1, 1, 0])
        #expect(try county.otherAdministrator().approve(100).status == 200)
        try county.makeCadre(12, "ordinary")
        let taken = try session.pairingRun(101)
        #expect(after(taken, ["covered", "kept", "added"]) == [1, 1, 1])
        let approved = try county.otherAdministrator().approve(101)
        #expect(approved.status == 200, "\(approved.text)")
        #expect(try county.helpers() == ["1 11", "1 12 first"])
        #expect(try county.faults() == [])
    }

    @Test("the same rows in another order and under other ids give the same pairs")
    func order() throws {
        func pairs(_ isReversed: Bool) throws -> [String] {
            let county = try County()
            let shift = isReversed ? 40 : 0
            func numbers(_ range: ClosedRange<Int>) -> [Int] { isReversed ? range.reversed() : Array(range) }
            func id(_ number: Int) -> Int { isReversed ? 900 - number : number + shift }
            for unit in numbers(1...3) {
                try county.makeOrganization(id(unit), Sample.organization("单位\(unit)"))
            }
            for cadre in numbers(11...19) {
                try county.makeCadre(
                    id(cadre),
                    Sample.cadre("干部\(cadre)", of: id(cadre % 3 + 1))
                        .ranked(cadre == 11 ? "division" : "ordinary", at: cadre == 11 ? Place.townA : Place.villageA1))
            }
            for number in numbers(21...36) {
                try county.make(
                    id(number), Sample.household("H\(number)", in: number % 2 == 0 ? Place.villageA1 : Place.villageA2))
            }
            try county.as(.administrator).pairingRun(999)
            return try county.query(
                """
                SELECT h.archive_number, c.name, x.role FROM pairing_proposal x
                JOIN household h ON h.household_number = x.household_number JOIN cadre c ON c.id = x.cadre_id
                ORDER BY 1, 2
                """
            ) { "\($0.text(0)) \($0.text(1)) \($0.text(2))" }
        }
        let first = try pairs(false)
        #expect(first.count == 14)
        #expect(try pairs(true) == first)
    }

    @Test("who answers for a household from a later day on is kept when that day comes")
    func laterRole() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.makeCadre(12, "ordinary", of: 2)
        try county.make(1, Sample.household("H1"))
        try county.help(1, by: 11, as: 201, from: "2025-01-01")
        try county.help(1, by: 12, as: 202, isResponsible: false, from: "2025-01-01")
        let later: JSON = ["role": "first-responsible", "on": "2026-03-10"]
        let session = try county.as(.administrator)
        #expect(try session.patch(Sample.path(ofPairing: 202), version: 1, later).status == 200)
        county.clock.advance(days: 20)
        try county.makeCadre(13, "ordinary")
        #expect(try county.faults() == [])
    }

    @Test("what a trigger refuses although nothing that was read has changed names cadre and household")
    func conflict() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        try session.pairingRun(100)
        try county.alter(
            """
            CREATE TRIGGER another_rule BEFORE INSERT ON pairing BEGIN SELECT RAISE(ABORT, 'quota-full'); END
            """)
        let other = try county.otherAdministrator()
        let before = try county.digest()
        let refused = try other.approve(100)
        #expect(refused.status == 409)
        #expect(refused.problem == "run-outdated")
        #expect(refused.errors == ["/cadres/\(Sample.id(11)) quota-full", "/households/\(Sample.id(1)) quota-full"])
        #expect(refused.text.contains("干部11"))
        #expect(refused.text.contains("H1 陈示例"))
        #expect(try county.digest() == before)
    }

    @Test("a second helper stands beside no more households than the parameter says, at writing and in a run")
    func secondHelper() throws {
        let county = try County()
        try state(county, 901, "second-helper.max-households", 1, "households")
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...3 { try county.make(number, Sample.household("H\(number)")) }
        for number in 1...3 { try county.help(number, by: 11, as: 200 + number, from: "2025-01-01") }
        let session = try county.as(.administrator)
        func joint(_ household: Int) -> JSON { Sample.pairing(household, by: 12, "joint", from: "2025-01-01") }
        #expect(try session.put(Sample.path(ofPairing: 301), joint(1)).status == 201)
        let before = try county.digest()
        let refused = try session.put(Sample.path(ofPairing: 302), joint(2))
        #expect(refused.problem == "second-helper-full")
        #expect(refused.errors == ["/cadreId second-helper-full"])
        #expect(try county.digest() == before)
        // Whoever would become a second helper by losing the first place counts as well.
        #expect(
            try session.put(
                Sample.path(ofPairing: 303), Sample.pairing(2, by: 12, "joint", from: "2027-01-01")
            ).problem == "second-helper-full")
        try county.alter("UPDATE household SET needs_two_units = 1")
        let made = try session.pairingRun(100)
        #expect(after(made, ["jointNeeds", "jointNeedsMet", "added"]) == [3, 1, 0])
        let file = "householdId,cadreId,role,from\n\(Sample.id(3)),\(Sample.id(12)),joint,2025-01-01\n"
        #expect(try session.importFile(950, "kind=pairings", file).counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(950).contains { $0.contains("second-helper-full") })
        #expect(try county.count("pairing_unsettled") == 0)
    }

    @Test(
        "the limit of second helpers holds whatever writes a pairing, and what is there stays where fewer are allowed")
    func secondHelperOnAnyPath() throws {
        let county = try County()
        try state(county, 901, "second-helper.max-households", 2, "households")
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...4 { try county.make(number, Sample.household("H\(number)")) }
        for number in 1...3 { try county.help(number, by: 11, as: 200 + number, from: "2025-01-01") }
        for number in 1...2 {
            try county.help(number, by: 12, as: 300 + number, isResponsible: false, from: "2025-01-01")
        }
        #expect(throws: SQLError.trigger("second-helper-full")) {
            try county.help(3, by: 12, as: 303, isResponsible: false, from: "2025-01-01")
        }
        let session = try county.as(.administrator)
        // First responsible for another one, and then only beside somebody: by a word about the other.
        try county.help(4, by: 12, as: 304, from: "2025-01-01")
        try county.help(4, by: 11, as: 204, isResponsible: false, from: "2025-01-01")
        let role: JSON = ["role": "first-responsible", "on": "2026-02-01"]
        let displaced = try session.patch(Sample.path(ofPairing: 204), version: 1, role)
        #expect(displaced.problem == "second-helper-full")
        #expect(displaced.text.contains("将为第二帮扶人的户数为 3，最多 2 户"), "\(displaced.text)")
        #expect(throws: SQLError.trigger("second-helper-full")) {
            try county.register.perform { transaction in
                let id = try required(Identifier(Sample.id(204)))
                let stored = try required(PairingTable.find(id, transaction.connection))
                try PairingStore.makeResponsible(stored, from: transaction.today, transaction)
            }
        }
        // Two helpers who change their places in one act.
        try county.register.perform { transaction in
            for (number, day) in [(302, "2025-06-01"), (204, "2025-06-01")] {
                let stored = try required(
                    PairingTable.find(required(Identifier(Sample.id(number))), transaction.connection))
                try PairingStore.makeResponsible(stored, from: required(CivilDate(day)), transaction)
            }
        }
        try county.alter("UPDATE parameter SET value = '1' WHERE key = 'second-helper.max-households'")
        let ended: JSON = ["to": "2026-12-01", "endReason": "replaced"]
        let version = try required(session.get(Sample.path(ofPairing: 301)).json["version"].integer)
        #expect(try session.patch(Sample.path(ofPairing: 301), version: version, ended).status == 200)
        let longer: JSON = ["to": "2027-01-01"]
        #expect(
            try session.patch(Sample.path(ofPairing: 301), version: version + 1, longer).problem
                == "second-helper-full")
        #expect(try county.count("pairing_unsettled") == 0)
        #expect(try county.faults() == [])
    }

    @Test("the command line takes the options of the API")
    func commandLine() throws {
        let county = try County()
        try county.makeCadre(11, "ordinary")
        try county.make(1, lifted("H1", since: "2019-03-01"))
        try county.make(2, Sample.household("H2"))
        try county.help(1, by: 11, as: 201, from: "2024-01-01")
        var order = PairingRunOrder(area: try required(AreaCode(Place.county)), day: county.clock.now.shanghaiDate)
        func broken() throws -> Int {
            try PairingRunCommand.run(order, county.register) { _ in }.total.after.pairsBroken
        }
        #expect(try broken() == 1)
        order.putsPairsFirst = true
        #expect(try broken() == 0)
        order.putsPairsFirst = nil
        order.includesLifted = false
        #expect(try PairingRunCommand.run(order, county.register) { _ in }.total.after.households == 1)
        let file = try county.folder.write("options.json", Array(#"{"pairsFirst": true}"#.utf8))
        order.includesLifted = nil
        order.optionsFile = file
        let summary = try PairingRunCommand.run(order, county.register) { _ in }
        #expect(!summary.isWhatIf)
        #expect(summary.total.after.pairsBroken == 0)
        order.isWhatIf = true
        #expect(try PairingRunCommand.run(order, county.register) { _ in }.isWhatIf)
    }
}
