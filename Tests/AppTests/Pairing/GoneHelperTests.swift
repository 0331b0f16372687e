// Who is gone does not help: whatever makes a cadre leave, their households await a successor from that day, nobody is
// told to call them, and whoever made the change is told whom it left behind.

import Testing

@testable import Domain
@testable import Pairing
@testable import SQL
@testable import Service
@testable import Web

@Suite("Helpers who are gone")
struct GoneHelperTests {
    /// Household 1 with 11, who answers, and 12 beside; household 2 with 11.
    private static func county() throws -> County {
        let county = try County.helped()
        try county.makeOrganization(2, Sample.organization("县教育局"))
        try county.makeCadre(12, "section", of: 2)
        try county.help(1, by: 12, isResponsible: false)
        return county
    }

    private static func change(_ county: County, _ cadre: Int, _ body: JSON) throws -> Answer {
        let path = "/v1/cadres/\(Sample.id(cadre))"
        let session = try county.as(.administrator)
        let version = try required(session.get(path).json["version"].integer)
        return try session.patch(path, version: version, body)
    }

    private static func awaiting(_ county: County, on day: String? = nil) throws -> [String] {
        let query = day.map { "&on=\($0)" } ?? ""
        return try county.as(.administrator).walk("/v1/coverage/households?gaps=awaiting&limit=1\(query)").map { item in
            ["archiveNumber", "awaitingSince", "dueOn"].map { item[$0]?.string ?? "-" }.joined(separator: " ")
        }
    }

    private static func covered(_ county: County, on day: String? = nil) throws -> [Int] {
        let sum = try county.as(.administrator).get("/v1/coverage\(day.map { "?on=\($0)" } ?? "")").json["sum"]
        return ["covered", "uncovered", "awaitingSuccessor"].map { sum[$0].integer ?? -1 }
    }

    private static func roster(_ county: County, on day: String? = nil) throws -> [String] {
        try county.as(.administrator).walk("/v1/roster\(day.map { "?on=\($0)" } ?? "")").map { line in
            ["archiveNumber", "cadreName"].map { line[$0]?.string ?? "-" }.joined(separator: " ")
        }
    }

    @Test(
        "who retires, moves, leaves or ends leaves their households waiting from that day, and the answer names them",
        arguments: [
            ["postState": "retired", "postStateFrom": "2026-02-20"],
            ["postState": "moved", "postStateFrom": "2026-02-20"],
            ["postState": "left", "postStateFrom": "2026-02-20"], ["to": "2026-02-20"],
            ["rank": nil, "rankFrom": "2026-02-20"],
        ] as [JSON])
    func gone(change: JSON) throws {
        let county = try Self.county()
        #expect(try Self.covered(county) == [2, 0, 0])
        let session = try county.as(.administrator)
        let issued = "/v1/contact-cards/\(Sample.id(94))"
        #expect(try session.put(issued, ["householdId": .string(Sample.id(1))]).status == 201)
        #expect(try session.get(issued + "/page").status == 200)
        let answer = try Self.change(county, 11, change)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try session.get(issued + "/page").problem == "no-responsible-helper")
        let cards = try session.get("/v1/coverage/contact-cards").items
        #expect(cards.map { $0["cardState"]?.string } == ["outdated"])
        #expect(
            answer.json["leftBehind"].list.map {
                "\($0["archiveNumber"]?.string ?? "") \($0["awaitingSince"]?.string ?? "")"
            }
                == ["H1 2026-02-20", "H2 2026-02-20"], "\(answer.text)")
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try Self.covered(county, on: "2026-02-19") == [2, 0, 0])
        #expect(try Self.covered(county, on: "2026-02-20") == [0, 2, 2])
        #expect(try Self.awaiting(county) == ["H1 2026-02-20 2026-03-07", "H2 2026-02-20 2026-03-07"])
        #expect(
            try Self.awaiting(county, on: "2026-03-01") == ["H1 2026-02-20 2026-03-07", "H2 2026-02-20 2026-03-07"])
        #expect(try Self.roster(county) == ["H1 干部12"])
        #expect(try Self.roster(county, on: "2026-02-19").count == 3)
        #expect(try county.responsible(1, on: County.today) == nil)
        let card = try county.as(.administrator).put(
            "/v1/contact-cards/\(Sample.id(95))", ["householdId": .string(Sample.id(2))])
        #expect(card.status == 409, "\(card.text)")
        let duties = try county.as(.administrator).get("/v1/contact-duties?householdId=\(Sample.id(2))").items
        #expect(!duties.isEmpty)
        #expect(duties.allSatisfy { $0["cadreId"]?.string == nil })
        #expect(try county.as(.administrator).get("/v1/contact-duties?cadreId=\(Sample.id(11))").items.isEmpty)
        #expect(try county.faults() == [])
        // Somebody who can help answers for one of them.
        let role = try county.query("SELECT id FROM pairing WHERE cadre_id = x'\(Self.hex(12))'") {
            try $0.identifier(0)
        }
        let second = try required(role.first)
        let promoted = try county.as(.administrator).patch(
            "/v1/pairings/\(second)", version: 1, ["role": "first-responsible"])
        #expect(promoted.status == 200, "\(promoted.text)")
        #expect(try Self.covered(county) == [1, 1, 1])
        #expect(try county.faults() == [])
    }

    private static func hex(_ number: Int) -> String { Sample.id(number).replacing("-", with: "") }

    @Test("a veteran's own quota covers, without one the household awaits somebody; taking it away says so")
    func veteran() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let quotas = "/v1/cadres/\(Sample.id(11))/quotas"
        let own: JSON = ["quota": 2, "from": "2026-02-01", "reason": "离休干部"]
        #expect(try session.post(quotas, own).status == 200)
        let retired = try Self.change(county, 11, ["postState": "retired", "postStateFrom": "2026-02-20"])
        #expect(retired.json["leftBehind"].list.isEmpty, "\(retired.text)")
        #expect(try Self.covered(county) == [2, 0, 0])
        let taken = try session.post(quotas, own.with(["quota": nil]))
        #expect(
            taken.json["leftBehind"].list.compactMap { $0["archiveNumber"]?.string } == ["H1", "H2"], "\(taken.text)")
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try Self.awaiting(county).first == "H1 2026-02-20 2026-03-07")
        let back = try session.post(quotas, own.with(["quota": 1]))
        #expect(back.status == 200)
        #expect(try Self.covered(county) == [2, 0, 0])
        #expect(try county.faults() == [])
    }

    @Test("who will retire is told ahead, and is gone when the day turns")
    func ahead() throws {
        let county = try Self.county()
        let answer = try Self.change(county, 11, ["postState": "retired", "postStateFrom": "2026-04-01"])
        #expect(
            answer.json["leftBehind"].list.compactMap { $0["awaitingSince"]?.string } == ["2026-04-01", "2026-04-01"])
        #expect(try Self.covered(county) == [2, 0, 0])
        #expect(try Self.covered(county, on: "2026-03-31") == [2, 0, 0])
        #expect(try Self.covered(county, on: "2026-04-01") == [0, 2, 2])
        #expect(try Self.awaiting(county) == [])
        #expect(
            try Self.awaiting(county, on: "2026-04-10") == ["H1 2026-04-01 2026-04-16", "H2 2026-04-01 2026-04-16"])
        #expect(try Self.roster(county, on: "2026-04-01") == ["H1 干部12"])
        let session = try county.as(.administrator)
        let above = try session.get("/v1/coverage/cadres?deviations=above&on=2026-04-01").items
        #expect(above.map { $0["postState"]?.string } == ["retired"])
        #expect(try session.get("/v1/coverage/cadres?deviations=above").items.isEmpty)
        #expect(try session.get("/v1/coverage/households?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try session.get("/v1/coverage/cadres?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try session.get("/v1/roster?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try session.get("/v1/statistics/households?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try session.get("/v1/statistics/households?on=2027-03-02").json["households"].integer == 2)
        county.clock.advance(days: 30)
        county.application.housekeeping.look()
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try Self.awaiting(county) == ["H1 2026-04-01 2026-04-16", "H2 2026-04-01 2026-04-16"])
        #expect(try county.faults() == [])
    }

    @Test("a file that makes a cadre leave reports whom it leaves behind, and undoing one does")
    func file() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func file(_ number: Int, _ state: String) throws {
            county.clock.advance(milliseconds: 1_000)
            let done = try session.importFile(
                number, "kind=cadres", "id,name,postState,postStateFrom\n\(Sample.id(11)),干部11,\(state)\n")
            #expect(done["changed"]?.integer == 1, "\(done)")
        }
        try file(61, "retired,2026-02-20")
        #expect(try Self.report(session, 61) == ["2 left-behind 干部11：自 2026-02-20 起 2 户等待接替：H1、H2"])
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try county.faults() == [])
        #expect(try session.undo(61)["state"]?.string == "undone")
        #expect(try Self.covered(county) == [2, 0, 0])
        // A file that brings somebody back into their post, and is taken back.
        #expect(try Self.change(county, 11, ["postState": "left", "postStateFrom": "2026-02-10"]).status == 200)
        try file(62, "in-post,2026-02-25")
        #expect(try Self.report(session, 62).isEmpty)
        #expect(try Self.covered(county) == [2, 0, 0])
        #expect(try session.undo(62)["state"]?.string == "undone")
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try Self.report(session, 62) == ["0 left-behind 干部11：自 2026-02-25 起 2 户等待接替：H1、H2"])
        #expect(try county.faults() == [])
    }

    private static func report(_ session: Session, _ job: Int) throws -> [String] {
        try session.walk("/v1/imports/\(Sample.id(job))/report?limit=1000").map { row in
            "\(row["line"]?.integer ?? -1) \(row["code"]?.string ?? "") \(row["message"]?.string ?? "")"
        }
    }

    // MARK: Handing on

    @Test(
        "a handover takes whoever goes from their post in the same call, and no run gives the households back",
        arguments: [("retired", "retired"), ("transferred", "moved"), ("left", "left"), ("died", "ended")])
    func handOver(reason: String, becomes: String) throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let own: JSON = ["quota": 7, "from": "2026-02-01", "reason": "多帮两户"]
        #expect(try session.post("/v1/cadres/\(Sample.id(11))/quotas", own).status == 200)
        let answer = try session.put(
            "/v1/handovers/\(Sample.id(91))", ["cadreId": .string(Sample.id(11)), "reason": .string(reason)])
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["postState"].string == (becomes == "ended" ? nil : becomes))
        #expect(answer.json["leftBehind"].list.isEmpty)
        let cadre = try session.get("/v1/cadres/\(Sample.id(11))").json
        #expect(cadre["quota"].integer == 0)
        #expect(cadre["load"].integer == 0)
        #expect(cadre["to"].string == (becomes == "ended" ? County.today : nil))
        if becomes != "ended" { #expect(cadre["postState"].string == becomes) }
        try county.make(3, Sample.household("H3"))
        let run = try session.pairingRun(71)
        #expect(run["state"].string == "draft", "\(String(describing: run))")
        #expect(try session.proposals(71).allSatisfy { !$0.contains(" 11 ") })
        #expect(try county.faults() == [])
    }

    @Test("a post state that does not fit the reason is refused; above the quota nobody leaves their post")
    func reasons() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        func handOver(_ more: KeyValuePairs<String, JSON>) throws -> Answer {
            let body: JSON = ["cadreId": .string(Sample.id(11))]
            return try session.put("/v1/handovers/\(Sample.id(91))", body.with(more))
        }
        let differs = ["/postState post-state-differs"]
        #expect(try handOver(["reason": "retired", "postState": "in-post"]).errors == differs)
        #expect(try handOver(["reason": "died", "postState": "retired"]).errors == differs)
        #expect(try handOver(["reason": "over-quota", "postState": "left"]).errors == differs)
        #expect(try handOver(["reason": "died", "on": "2026-03-03"]).errors == ["/on in-future"])
        let other = try handOver(["reason": "over-quota"])
        #expect(other.status == 201, "\(other.text)")
        let cadre = try session.get("/v1/cadres/\(Sample.id(11))").json
        #expect(cadre["postState"].string == "in-post")
        #expect(cadre["version"].integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("whoever else is gone is no help in a handover, and neither holds back an end nor inherits the household")
    func notAnHeir() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        #expect(try Self.change(county, 12, ["postState": "retired", "postStateFrom": "2026-02-20"]).status == 200)
        #expect(try Self.covered(county) == [2, 0, 0])
        // 11 is the last who can help: 12 does not hold.
        let first = try required(
            county.query("SELECT id FROM pairing WHERE cadre_id = x'\(Self.hex(11))'") { try $0.identifier(0) }.first)
        #expect(try session.patch("/v1/pairings/\(first)", version: 1, ["to": "2026-03-02"]).problem == "no-unhooking")
        let answer = try session.put(
            "/v1/handovers/\(Sample.id(91))", ["cadreId": .string(Sample.id(11)), "reason": "retired"])
        #expect(answer.json["stillHelped"].list.isEmpty, "\(answer.text)")
        #expect(answer.json["leftBehind"].households == [1, 2])
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try Self.awaiting(county) == ["H1 2026-03-02 2026-03-17", "H2 2026-03-02 2026-03-17"])
        #expect(try county.faults() == [])
    }

    // MARK: Consolidation

    @Test("in consolidation a lifted household awaits a successor as before, and no longer when it is over")
    func consolidation() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let lifted = try session.patch(
            "/v1/households/\(Sample.id(2))", version: 1, ["state": "lifted", "effectiveOn": "2025-03-10"])
        #expect(lifted.status == 200, "\(lifted.text)")
        let gone = try Self.change(county, 11, ["postState": "retired", "postStateFrom": "2026-02-20"])
        #expect(gone.json["leftBehind"].list.compactMap { $0["archiveNumber"]?.string } == ["H1", "H2"])
        #expect(try Self.awaiting(county) == ["H1 2026-02-20 2026-03-07", "H2 2026-02-20 2026-03-07"])
        #expect(try Self.awaiting(county, on: "2026-03-09").count == 2)
        #expect(try Self.awaiting(county, on: "2026-03-10") == ["H1 2026-02-20 2026-03-07"])
        #expect(try county.faults() == [])
        county.clock.advance(days: 8)
        county.application.housekeeping.look()
        #expect(try Self.covered(county) == [0, 2, 1])
        #expect(try county.faults() == [])
        let longer = try session.put(
            "/v1/parameters/\(Sample.id(81))",
            [
                "key": "pairing.consolidation.months", "value": 24, "unit": "months", "areaCode": .string(Place.townA),
                "from": "2026-01-01",
            ])
        #expect(longer.status == 201, "\(longer.text)")
        #expect(longer.json["leftBehind"].households == [2], "\(longer.text)")
        #expect(longer.json["leftBehind"][0]["awaitingSince"].string == "2026-02-20")
        #expect(try Self.covered(county) == [0, 2, 2])
        #expect(try county.faults() == [])
    }
}
