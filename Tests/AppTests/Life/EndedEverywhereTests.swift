// A household that has ended is in no denominator and on no list of what is to be done, ends what hangs on it, and is
// still found.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("An ended household everywhere")
struct EndedEverywhereTests {
    private static let one = "/v1/households/\(Sample.id(1))"
    private static let partnership = Sample.path(ofPartnership: 31)
    private static let pupil = Sample.path(ofPartnership: 32)

    /// H1 and H2 in A1 with a helper, a card, an enterprise, a need past its day and a proposal each; H1 has a pupil
    /// with a teacher besides.
    private static func county() throws -> (County, Session) {
        let county = try County()
        try county.oweNoFestivals()
        try county.addHelpers()
        let session = try county.as(.administrator)
        for number in [1, 2] {
            try county.make(
                number,
                Sample.household(
                    "H\(number)",
                    members: [
                        Sample.member("陈示例", id: Sample.id(10 * number + 1)),
                        Sample.member(
                            "陈小示", relation: "son", born: "2016-05-06", id: Sample.id(10 * number + 2)
                        ).with(["schoolState": "primary"]),
                    ]))
            try county.pair(100 + number, Sample.pairing(number, by: 410 + number, from: "2026-01-05"))
            try must(
                session.put("/v1/contact-cards/\(Sample.id(60 + number))", ["householdId": .string(Sample.id(number))]))
            try must(
                session.put(
                    Sample.path(ofNeed: number), Sample.need(number).with(["voicedOn": "2025-06-01"])))
            try county.propose(number, Sample.proposal(of: number, ["changes": ["mainCause": "illness"]]))
        }
        try county.addPartner(71, "示例公司")
        for (path, kind, target) in [
            (partnership, "enterprise-household", ["targetHouseholdId": JSON.string(Sample.id(1))]),
            (pupil, "pupil", ["targetMemberId": JSON.string(Sample.id(12))]),
        ] {
            var body: JSON = [
                "kind": .string(kind), "from": "2025-03-01", "helperOrganizationId": .string(Sample.id(71)),
            ]
            for (name, value) in target { body = body.with([name: value]) }
            try must(session.put(path, body))
        }
        county.application.housekeeping.look()
        return (county, session)
    }

    private static func must(_ answer: Answer) throws {
        guard answer.status == 201 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }

    private static func end(_ session: Session) throws -> Answer {
        try session.patch(one, version: 1, ["to": "2026-02-10", "endReason": "moved-out"])
    }

    @Test("it is on no list of what is to be done, in no number of the desk, and found by its number, as ended")
    func lists() throws {
        let (county, session) = try Self.county()
        let lists = [
            "/v1/coverage/households", "/v1/coverage/households?gaps=uncovered", "/v1/coverage/contact-cards",
            "/v1/change-proposals?state=open", "/v1/needs?isOverdue=true", "/v1/roster", "/v1/household-warnings",
            "/v1/contact-duties", "/v1/desk/records?figure=registered&from=2016-01-01",
            "/v1/desk/records?figure=duties-overdue-one-week", "/v1/desk/records?figure=need-deadlines",
        ]
        func named(_ path: String) throws -> Set<String> {
            Set(
                try session.walk(path + (path.contains("?") ? "&" : "?") + "limit=500").compactMap {
                    $0["archiveNumber"]?.string
                })
        }
        let before = try lists.map(named)
        #expect(before.contains { $0.contains("H1") })
        #expect(try Self.end(session).status == 200)
        county.application.housekeeping.look()
        for (path, names) in zip(lists, before) {
            #expect(try named(path) == names.subtracting(["H1"]), "\(path)")
        }
        let desk = try session.get("/v1/desk?from=2016-01-01").json
        #expect(desk["since"]["sum"]["registered"]["count"].integer == 1)
        for name in ["openProposals", "needsOverdue"] { #expect(desk["today"][name]["count"].integer == 1, "\(name)") }
        let found = try session.post("/v1/households/search", ["archiveNumber": "H1"])
        #expect(found.items.first?["to"]?.string == "2026-02-10")
        #expect(found.items.first?["endReason"]?.string == "moved-out")
        #expect(found.items.first?["householderName"]?.string == "陈示例")
        #expect(try session.get("/v1/households?ended=true&q=%E9%99%88%E5%B0%8F%E7%A4%BA").items.count == 1)
        #expect(try session.get("/v1/households?q=%E9%99%88%E5%B0%8F%E7%A4%BA").items.count == 1)
        #expect(try session.get(Self.one + "/page").text.contains("销号日期"))
        #expect(!(try session.get("/v1/villages/\(Place.villageA1)/situation-cards/page").text.contains("H1")))
        #expect(try session.get("/v1/change-proposals?state=open&householdId=\(Sample.id(1))").items.count == 1)
        #expect(try county.faults() == [])
        #expect(try county.contactFaults() == [])
    }

    @Test("its partnerships end with it, its needs and its card no longer count; the answer says which")
    func endsWith() throws {
        let (county, session) = try Self.county()
        let answer = try Self.end(session)
        #expect(answer.status == 200, "\(answer.text)")
        let ended = answer.json["alsoEnded"].list.map { "\($0["entity"]?.string ?? "") \($0["id"]?.string ?? "")" }
        #expect(
            ended == [
                "change-proposals \(Sample.path(ofProposal: 1).suffix(36))",
                "contact-cards \(Sample.id(61))", "needs \(Sample.path(ofNeed: 1).suffix(36))",
                "pairings \(Sample.path(ofPairing: 101).suffix(36))",
                "partnerships \(Self.partnership.suffix(36))", "partnerships \(Self.pupil.suffix(36))",
            ], "\(answer.text)")
        for path in [Self.partnership, Self.pupil] {
            let partnership = try session.get(path).json
            #expect(partnership["to"].string == "2026-02-10", "\(partnership)")
            #expect(partnership["endReason"].string == "household-ended")
            let reopened = try session.patch(path, version: 2, ["to": nil])
            #expect(reopened.problem == "household-ended", "\(reopened.text)")
        }
        let need = try session.get(Sample.path(ofNeed: 1)).json
        #expect(need["isOverdue"].boolean == false)
        #expect(need["state"].string == "received")
        let card = try session.get("/v1/contact-cards/\(Sample.id(61))/page")
        #expect(card.status == 409, "\(card.text)")
        #expect(try county.faults() == [])
        // An end that is taken back was never there.
        let back = try session.patch(Self.one, version: 2, ["to": nil])
        #expect(back.status == 200, "\(back.text)")
        #expect(back.json["alsoEnded"].list.isEmpty)
        for path in [Self.partnership, Self.pupil] {
            let partnership = try session.get(path).json
            #expect(partnership["to"].string == nil, "\(partnership)")
            #expect(partnership["endReason"].string == nil)
        }
        #expect(try session.get(Sample.path(ofNeed: 1)).json["isOverdue"].boolean == true)
        #expect(try county.faults() == [])
    }

    @Test(
        "a partnership that begins after a back-dated end, or on its day, is one again where the end is taken back",
        arguments: ["2025-02-01", "2025-03-01"])
    func partnershipAfterTheEnd(_ day: String) throws {
        let (county, session) = try Self.county()
        let end = try session.patch(Self.one, version: 1, ["to": .string(day), "endReason": "entered-twice"])
        #expect(end.status == 200, "\(end.text)")
        let back = try session.patch(Self.one, version: 2, ["to": nil])
        #expect(back.status == 200, "\(back.text)")
        for path in [Self.partnership, Self.pupil] {
            let partnership = try session.get(path).json
            #expect(partnership["from"].string == "2025-03-01")
            #expect(partnership["to"].string == nil, "\(partnership)")
            #expect(partnership["endReason"].string == nil)
        }
        #expect(try county.faults() == [])
    }

    @Test("a decision that ends the household says what ends with it, but for what it decides itself")
    func decided() throws {
        let (county, session) = try Self.county()
        let path = try county.propose(
            3, Sample.proposal(of: 1, ["changes": ["to": "2026-02-10", "endReason": "moved-out"]]))
        let answer = try session.patch(
            path, version: 1, ["decisions": [Sample.accept("to"), Sample.accept("endReason")]])
        #expect(answer.status == 200, "\(answer.text)")
        let ended = answer.json["alsoEnded"].list.map { $0["entity"]?.string ?? "" }
        #expect(
            ended == ["change-proposals", "contact-cards", "needs", "pairings", "partnerships", "partnerships"],
            "\(answer.text)")
        #expect(
            answer.json["alsoEnded"][0]["id"].string == String(Sample.path(ofProposal: 1).suffix(36)))
        #expect(try county.faults() == [])
    }

    @Test("a decision that is told late says what it tells otherwise, as the change itself does")
    func decidedLate() throws {
        let (county, session) = try Self.county()
        county.clock.advance(milliseconds: 1_000)
        let lifted = try session.patch(Self.one, version: 1, ["state": "lifted", "effectiveOn": "2026-02-20"])
        #expect(lifted.status == 200, "\(lifted.text)")
        county.clock.advance(milliseconds: 1_000)
        let path = try county.propose(
            3, Sample.proposal(of: 1, base: 2, ["happenedOn": "2026-02-01", "changes": ["state": "preparing"]]))
        let answer = try session.patch(
            path, version: 1,
            ["decisions": [["field": "state", "state": "accepted", "over": "lifted"]]])
        #expect(answer.status == 200, "\(answer.text)")
        let told = answer.json["retold"].list.map {
            "\($0["field"]?.string ?? "") \($0["from"]?.string ?? "")-\($0["to"]?.string ?? "")"
        }
        #expect(told.contains("state 2026-02-01-2026-02-20"), "\(answer.text)")
        #expect(try county.faults() == [])
    }

    @Test("a file that ends a household ends its partnerships too, and undoing it takes all of it back")
    func files() throws {
        let (county, session) = try Self.county()
        let household = "\(Place.villageA1),H1,general,registered,2016-01-01,lack-of-technology"
        let content =
            "villageCode,archiveNumber,attribute,state,stateSince,mainCause,"
            + "name,relation,sex,birthDate,schoolState,to,endReason\n"
            + "\(household),陈示例,householder,male,1980-05-06,,2026-02-10,moved-out\n"
            + "\(household),陈小示,son,male,2016-05-06,primary,2026-02-10,moved-out\n"
        let job = try session.importFile(4, "kind=households&mode=atomic", content)
        #expect(job["state"]?.string == "done", "\((try? session.report(4)) ?? [])")
        #expect(try session.get(Self.one).json["to"].string == "2026-02-10", "\((try? session.report(4)) ?? [])")
        #expect(try session.get(Self.partnership).json["to"].string == "2026-02-10")
        #expect(try county.faults() == [])
        #expect(try session.undo(4)["state"]?.string == "undone")
        #expect(try session.get(Self.one).json["to"].string == nil)
        #expect(try session.get(Self.partnership).json["to"].string == nil)
        #expect(try session.get(Sample.path(ofPairing: 101)).json["to"].string == nil)
        #expect(try county.faults() == [])
    }

    @Test("what a helper owed and did in days before it ended is told of them; of the days of its end nothing is owed")
    func work() throws {
        let (county, session) = try Self.county()
        try county.contact("phone-call", 1, on: "2026-01-15", by: 411)
        func duties(_ from: String, _ to: String) throws -> [Int?] {
            let items = try session.get("/v1/contact-counters/by-cadre?from=\(from)&to=\(to)").items
            let own = items.first { $0["cadreId"]?.string == Sample.id(411) }
            return ["inTime", "late", "open"].map { own?[$0]?.integer }
        }
        let january = try duties("2026-01-01", "2026-02-01")
        #expect((january[0] ?? 0) > 0, "\(january)")
        #expect(try Self.end(session).status == 200)
        county.application.housekeeping.look()
        #expect(try duties("2026-01-01", "2026-02-01") == january)
        #expect(try duties("2026-01-01", "2026-03-01").compactMap(\.self).reduce(0, +) == 0)
        #expect(try county.contactFaults() == [])
    }
}
