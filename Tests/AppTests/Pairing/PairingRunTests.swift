// Pairing runs over the API (R040 to R046): drafts, their lists, approval, and everything that stands in its way.

import Testing

@testable import Domain
@testable import Pairing
@testable import Web

@Suite("Pairing runs")
struct PairingRunTests {
    /// Town A: households 1 to 3 in A1 and 4 in A2, an ordinary cadre for A1 and one of the division level for the
    /// town. Town B: households 5 and 6 in B1, and one ordinary cadre.
    private func fill(_ county: County) throws {
        let places = [
            (1, Place.villageA1), (2, Place.villageA1), (3, Place.villageA1), (4, Place.villageA2),
            (5, Place.villageB1), (6, Place.villageB1),
        ]
        for (number, village) in places {
            try county.make(number, Sample.household("H\(number)", in: village))
        }
        try county.makeCadre(11, "ordinary", at: Place.villageA1)
        try county.makeCadre(12, "division", at: Place.townA, of: 2)
        try county.makeCadre(13, "ordinary", at: Place.villageB1)
    }

    private func totals(_ run: JSONValue?, _ when: String, _ names: [String]) -> [Int?] {
        names.map { run["sum"][when][$0].integer }
    }

    @Test(
        "a county's run covers whom its people can, tells the shortage, is approved, and a second run changes nothing")
    func whole() throws {
        let county = try County()
        try fill(county)
        let maker = try county.as(.administrator)
        let run = try maker.pairingRun(100)
        #expect(run["state"].string == "draft")
        #expect(run["progress"].integer == 100)
        let names = ["households", "covered", "uncovered", "zeroDuty", "added", "capacity"]
        #expect(totals(run, "before", names) == [6, 0, 6, 3, 0, 8])
        #expect(totals(run, "after", names) == [6, 5, 1, 0, 5, 8])
        let proposals = try maker.proposals(100)
        #expect(proposals.count == 5)
        #expect(proposals.allSatisfy { $0.hasSuffix(" first-responsible added") })
        #expect(try county.helpers() == [])

        let shortage = try maker.get("/v1/pairing-runs/\(Sample.id(100))/shortages").items
        #expect(shortage.count == 1)
        #expect(shortage.first["uncovered"].integer == 1)
        #expect(shortage.first["households"].integer == 2)
        #expect(shortage.first["carried"].integer == 1)
        #expect(shortage.first["villages"].list.compactMap { $0["villageCode"]?.string } == [Place.villageB1])
        #expect(shortage.first["zh"].string?.contains("乙镇东村：共2户；能到这里帮扶的1名干部最多承担1户；1户没有帮扶人") == true)
        #expect(shortage.first["data"]["cure"]["missing"].list.contains { $0["rank"]?.string == "ordinary" })
        let table = try maker.send(
            "GET", "/v1/pairing-runs/\(Sample.id(100))/proposals?areaCode=\(Place.townA)", ["Accept": "text/csv"])
        #expect(table.text.split(whereSeparator: \.isNewline).count == 5)
        #expect(table.text.contains("covers"))

        let before = try county.digest()
        #expect(try maker.approve(100).problem == "own-run")
        #expect(try county.digest() == before)
        let other = try county.otherAdministrator()
        let approved = try other.approve(100)
        #expect(approved.status == 200, "\(approved.text)")
        #expect(approved.json["added"].integer == 5, "\(approved.text)")
        let again = try other.approve(100)
        #expect(again.body == approved.body)
        #expect(again["idempotency-replayed"] == "true")
        #expect(try maker.get("/v1/pairing-runs/\(Sample.id(100))").json["state"].string == "approved")
        #expect(try county.helpers().count == 5)
        #expect(try county.helpers().allSatisfy { $0.hasSuffix("first") })

        let second = try maker.pairingRun(101)
        #expect(totals(second, "after", ["kept", "added", "ended", "covered"]) == [5, 0, 0, 5])
        #expect(try other.approve(101).json["kept"].integer == 5)
        #expect(try county.count("pairing") == 5)
        #expect(try county.count("responsibility") == 5)
        #expect(try county.faults() == [])
    }

    @Test("pins stay, a quota that shrank is kept to, and nobody who is not lifted is unhooked")
    func shrunkenQuota() throws {
        let county = try County()
        try fill(county)
        try county.makeCadre(14, "deputy-section", at: Place.villageB1, of: 3)
        try county.help(5, by: 14, as: 201, from: "2024-01-01")
        try county.help(6, by: 14, as: 202, from: "2024-01-01", isPinned: true)
        try county.make(7, Sample.household("H7", in: Place.villageB1).with(["state": "lifted"]))
        try county.help(7, by: 14, as: 207, from: "2024-01-01")
        // 14 may carry one from now on, and 13 has gone.
        try county.alter(
            "UPDATE cadre_capacity SET quota = 1 WHERE cadre_id = (SELECT id FROM cadre WHERE name = '干部14')")
        try county.alter(
            "UPDATE cadre_capacity SET quota = 0 WHERE cadre_id = (SELECT id FROM cadre WHERE name = '干部13')")
        let session = try county.as(.administrator)
        let run = try session.pairingRun(100, Place.townB)
        #expect(
            try session.proposals(100, reasons: true) == [
                "5 14 first-responsible kept existing over-quota no-unhooking",
                "6 14 first-responsible kept pinned existing",
                "7 14 first-responsible ended over-quota",
            ])
        #expect(totals(run, "after", ["covered", "pairsBroken", "kept"]) == [2, 1, 2])
        #expect(try county.otherAdministrator().approve(100).status == 200)
        #expect(try county.helpers() == ["5 14 first", "6 14 first"])
        let second = try session.pairingRun(101, Place.townB)
        #expect(totals(second, "after", ["kept", "added", "ended"]) == [2, 0, 0])
    }

    @Test("two cadres whose links crossed change their households with each other")
    func swap() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", in: Place.villageA1))
        try county.make(2, Sample.household("H2", in: Place.villageA2))
        try county.makeCadre(11, "ordinary", at: Place.villageA1)
        try county.makeCadre(12, "ordinary", at: Place.villageA2)
        try county.help(1, by: 11, as: 201, from: "2024-01-01")
        try county.help(2, by: 12, as: 202, from: "2024-01-01")
        try county.alter(
            """
            UPDATE cadre_capacity SET division_id = (SELECT d.id FROM division d JOIN cadre c ON c.id = cadre_id
            WHERE d.code = CASE c.name WHEN '干部11' THEN \(Place.villageA2) ELSE \(Place.villageA1) END)
            """)
        let session = try county.as(.clerkA)
        let run = try session.pairingRun(100, Place.villageA1)
        #expect(run["areaCode"].string == Place.townA)
        #expect(
            try session.proposals(100, reasons: true).filter { $0.contains("ended") } == [
                "1 11 first-responsible ended outside-area", "2 12 first-responsible ended outside-area",
            ])
        let approved = try county.as(.administrator).approve(100)
        #expect(approved.status == 200, "\(approved.text)")
        #expect(try county.helpers() == ["1 12 first", "2 11 first"])
        #expect(try county.helpers(on: "2026-03-01") == ["1 11 first", "2 12 first"])
    }

    @Test("a household that needs two units gets them, and no helper of the same unit counts")
    func twoUnits() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", in: Place.villageA1))
        try county.makeCadre(11, "ordinary", at: Place.villageA1)
        try county.makeCadre(12, "ordinary", at: Place.villageA1)
        try county.makeCadre(13, "ordinary", at: Place.villageA1, of: 2)
        try county.alter("UPDATE household SET needs_two_units = 1")
        let session = try county.as(.clerkA)
        let run = try session.pairingRun(100, Place.townA)
        #expect(totals(run, "after", ["jointNeeds", "jointNeedsMet", "added"]) == [1, 1, 2])
        #expect(totals(run, "before", ["jointNeeds", "jointNeedsMet", "added"]) == [1, 0, 0])
        #expect(try session.proposals(100).count { $0.contains("joint") } == 1)
        #expect(try county.as(.administrator).approve(100).status == 200)
        let helpers = try county.helpers()
        #expect(helpers.count == 2)
        #expect(helpers.contains { $0.hasPrefix("1 13") })
        #expect(helpers.count { $0.hasSuffix("first") } == 1)
        let zero = try session.get("/v1/pairing-runs/\(Sample.id(100))/zero-duty").items
        #expect(zero.count == 1)
        #expect(zero.first["rank"].string == "ordinary")
    }

    @Test("a draft is outdated by what it read and by nothing else; a refusal changes nothing")
    func outdated() throws {
        let county = try County()
        try fill(county)
        let maker = try county.as(.administrator)
        let other = try county.otherAdministrator()
        try maker.pairingRun(100)
        let household = "/v1/households/\(Sample.id(1))"
        #expect(try maker.patch(household, version: 1, ["phone": "13912345678"]).status == 200)
        let cadre = "/v1/cadres/\(Sample.id(11))"
        #expect(try maker.patch(cadre, version: 1, ["phone": "13912345679"]).status == 200)

        #expect(try maker.patch(cadre, version: 2, ["line": "technical"]).status == 200)
        try county.make(7, Sample.household("H7", in: Place.villageA1))
        #expect(try maker.patch(household, version: 2, ["state": "preparing"]).status == 200)
        let before = try county.digest()
        let refused = try other.approve(100)
        #expect(refused.status == 409)
        #expect(refused.problem == "run-outdated")
        #expect(
            refused.errors == [
                "/households/\(Sample.id(1)) changed", "/households/\(Sample.id(7)) new",
                "/cadres/\(Sample.id(11)) changed",
            ], "\(refused.text)")
        #expect(try county.digest() == before)

        try maker.pairingRun(101)
        #expect(try maker.patch(cadre, version: 3, ["phone": "13912345670"]).status == 200)
        let approved = try other.approve(101)
        #expect(approved.status == 200, "\(approved.text)")
    }

    @Test("a question of what if answers with other quotas, links and people, and is never applied")
    func whatIf() throws {
        let county = try County()
        try fill(county)
        let maker = try county.as(.administrator)
        let other = try county.otherAdministrator()
        func covered(_ number: Int, _ options: JSON) throws -> Int? {
            let run = try maker.pairingRun(number, Place.county, options)
            #expect(run["whatIf"].boolean == true)
            return run["sum"]["after"]["covered"].integer
        }
        #expect(try covered(100, ["whatIf": true]) == 5)
        #expect(
            try covered(101, ["quotas": [["rank": "ordinary", "quota": 2, "areaCode": .string(Place.townB)]]]) == 6)
        #expect(
            try covered(102, ["links": [["cadreId": .string(Sample.id(11)), "areaCode": .string(Place.villageB1)]]])
                == 6)
        #expect(
            try covered(103, ["added": [["rank": "ordinary", "count": 1, "areaCode": .string(Place.villageB1)]]]) == 6)
        #expect(try maker.get("/v1/pairing-runs/\(Sample.id(103))/proposals").items.count == 6)
        let before = try county.digest()
        #expect(try other.approve(103).problem == "what-if-run")
        #expect(
            try maker.put(
                "/v1/pairing-runs/\(Sample.id(104))",
                [
                    "areaCode": .string(Place.townA),
                    "options": [
                        "added": [["rank": "king", "count": 0, "areaCode": .string(Place.villageB1)]], "unknown": 1,
                    ],
                ]
            ).errors == [
                "/options/added/0/rank unknown-code", "/options/added/0/count out-of-range",
                "/options/unknown unknown-field",
            ])
        #expect(
            try maker.put(
                "/v1/pairing-runs/\(Sample.id(104))",
                [
                    "areaCode": .string(Place.townA),
                    "options": ["added": [["rank": "middle", "count": 1, "areaCode": .string(Place.villageB1)]]],
                ]
            ).errors == ["/options/added/0/areaCode unknown-division"])
        #expect(try county.digest() == before)
    }

    @Test("whoever sees no part of a run does not see it, and a draft can be discarded")
    func access() throws {
        let county = try County()
        try fill(county)
        try county.as(.clerkA).pairingRun(100, Place.townA)
        let path = "/v1/pairing-runs/\(Sample.id(100))"
        for list in ["", "/proposals", "/shortages", "/zero-duty"] {
            #expect(try county.as(.clerkB).get(path + list).status == 404, "\(list)")
            #expect(try county.as(.workerA1).get(path + list).status == 404, "\(list)")
            #expect(try county.as(.auditor).get(path + list).status == 200, "\(list)")
        }
        #expect(try county.as(.neighbour).approve(100).status == 404)
        #expect(try county.as(.clerkA).approve(100).status == 403)
        #expect(try county.as(.neighbour).get("/v1/pairing-runs").items.isEmpty)
        #expect(try county.as(.administrator).get("/v1/pairing-runs?state=draft").items.count == 1)

        #expect(
            try county.as(.clerkA).put("/v1/pairing-runs/\(Sample.id(101))", ["areaCode": .string(Place.townB)]).errors
                == ["/areaCode unknown-division"])

        #expect(try county.as(.clerkA).post(path + "/discard", [:]).json["state"].string == "discarded")
        #expect(try county.count("pairing_proposal") == 0)
        #expect(try county.count("pairing_run_input") == 0)
        #expect(try county.as(.administrator).approve(100).problem == "run-not-draft")
    }

    @Test("a run of several counties is approved county by county")
    func severalCounties() throws {
        let county = try County()
        try fill(county)
        let neighbour = try county.as(.neighbour)
        #expect(
            try neighbour.put(
                "/v1/households/\(Sample.id(9))", Sample.household("N9", in: Place.neighbourVillage)
            ).status == 201)
        try county.as(.province).pairingRun(100, Place.city)
        let body = try county.as(.administrator).get("/v1/pairing-runs/\(Sample.id(100))").json
        #expect(body["parts"].list.count == 1)
        #expect(body["sum"]["after"]["households"].integer == 6)
        let approved = try county.as(.administrator).approve(100)
        #expect(approved.json["areaCode"].string == Place.county, "\(approved.text)")
        #expect(approved.json["added"].integer == 5, "\(approved.text)")
        let run = try county.as(.province).get("/v1/pairing-runs/\(Sample.id(100))").json
        #expect(run["state"].string == "draft")
        #expect(run["parts"].list.count == 2)
        #expect(try neighbour.approve(100, ["areaCode": .string(Place.county)]).errors == ["/areaCode not-a-part"])
        #expect(try neighbour.approve(100, ["areaCode": .string(Place.neighbourCounty)]).status == 200)
        #expect(try county.as(.province).get("/v1/pairing-runs/\(Sample.id(100))").json["state"].string == "approved")
    }

    @Test("pairings that begin later, and a quota that will shrink, count against what a cadre may take on")
    func ahead() throws {
        let county = try County()
        try fill(county)
        try county.makeCadre(14, "section", at: Place.villageB1, of: 3)
        try county.help(5, by: 14, as: 201, from: "2026-06-01")
        try county.alter(
            """
            UPDATE cadre_capacity SET valid_to = '2026-05-01'
            WHERE cadre_id = (SELECT id FROM cadre WHERE name = '干部14')
            """)
        try county.alter(
            """
            INSERT INTO cadre_capacity SELECT cadre_id, '2026-05-01', NULL, 2, division_id FROM cadre_capacity
            WHERE cadre_id = (SELECT id FROM cadre WHERE name = '干部14')
            """)
        try county.alter(
            "UPDATE cadre_capacity SET quota = 0 WHERE cadre_id = (SELECT id FROM cadre WHERE name = '干部13')")
        try county.make(7, Sample.household("H7", in: Place.villageB1))
        let clerk = try county.as(.clerkB)
        let run = try clerk.pairingRun(100, Place.townB)
        // Two from May on, one of them promised for June: room for one.
        #expect(totals(run, "after", ["households", "covered", "added"]) == [3, 1, 1])
        let approved = try county.as(.administrator).approve(100)
        #expect(approved.status == 200, "\(approved.text)")
        #expect(try county.helpers(on: "2026-07-01").count <= 2)
    }

    @Test("a run that was interrupted begins again, and what it had stored is not left beside the draft")
    func interrupted() throws {
        let folder: Folder
        let clock: ManualClock
        do {
            let county = try County()
            try fill(county)
            folder = county.folder
            clock = county.clock
            try county.as(.administrator).pairingRun(100)
            try county.alter("UPDATE pairing_run SET state = 'running', finished_at = NULL")
            try county.alter("UPDATE pairing_proposal SET role = 'joint'")
            try county.alter("DELETE FROM pairing_run_input")
            county.close()
        }
        let county = try County(reopening: folder, clock: clock)
        let session = try county.as(.administrator)
        let run = try session.pairingRun(100)
        #expect(run["state"].string == "draft")
        #expect(try session.proposals(100).filter { $0.contains("joint") } == [])
        #expect(try county.otherAdministrator().approve(100).status == 200)
    }

    @Test("two runs of the same state propose the same; cancelled before it begins, a run leaves nothing")
    func determinism() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        try session.pairingRun(100)
        try session.pairingRun(101)
        #expect(try session.proposals(100, reasons: true) == session.proposals(101, reasons: true))
    }

    @Test("the five best for a household and for a cadre come with reasons, and only of what the caller sees")
    func advice() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        let helpers = try session.get("/v1/households/\(Sample.id(1))/helper-candidates").json
        #expect(helpers["items"].list.count == 2)
        #expect(helpers["items"][0]["reasons"].list.compactMap(\.string).contains("covers"))
        #expect(helpers["items"][0]["zh"].string?.contains("该户没有帮扶人") == true)
        let households = try session.get("/v1/cadres/\(Sample.id(12))/household-candidates?on=2026-04-01").json
        #expect(households["items"].list.count == 4)
        #expect(households["on"].string == "2026-04-01")
        #expect(
            try county.as(.workerA1).get("/v1/households/\(Sample.id(1))/helper-candidates").json["items"].list.count
                == 1)
        #expect(try county.as(.clerkB).get("/v1/households/\(Sample.id(1))/helper-candidates").status == 404)
        #expect(try county.as(.clerkB).get("/v1/cadres/\(Sample.id(12))/household-candidates").status == 404)
    }

    @Test("the command line makes the same run, tells it town by town, and applies it at once where it is told to")
    func commandLine() throws {
        let county = try County()
        try fill(county)
        let order = PairingRunOrder(area: try required(AreaCode(Place.county)), day: county.clock.now.shanghaiDate)
        let summary = try PairingRunCommand.run(order, county.register) { _ in }
        #expect(summary.total.after.covered == 5)
        #expect(summary.towns.map(\.name) == ["甲镇", "乙镇"])
        #expect(summary.shortages.count == 1)
        #expect(summary.applied.isEmpty)
        #expect(try county.as(.administrator).post("/v1/pairing-runs/\(summary.id)/approval", [:]).status == 200)
        var applying = order
        applying.applies = true
        #expect(try PairingRunCommand.run(applying, county.register) { _ in }.applied.count == 1)
        #expect(throws: PairingRunRefusal.self) {
            try PairingRunCommand.run(
                PairingRunOrder(area: try required(AreaCode("110000000000")), day: order.day), county.register
            ) { _ in }
        }
    }
}
