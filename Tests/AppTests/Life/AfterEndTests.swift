// Nothing of a household lies after its end, an end that was wrong was never there, and what does not fit is said.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("After an end")
struct AfterEndTests {
    private let path = "/v1/households/\(Sample.id(1))"

    /// Husband 11 and wife 12.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(2))
        return (county, try county.as(.administrator))
    }

    private let end: JSON = ["to": "2026-02-10", "endReason": "wrongly-included"]

    // MARK: Households

    @Test("whoever left later than the end is named, by the API and by a file")
    func leftLater() throws {
        let (county, session) = try county()
        let left = try session.patch(
            path + "/members/\(Sample.id(12))", version: 1, ["leftOn": "2026-02-20", "leftReason": "marriage"])
        #expect(left.status == 200, "\(left.text)")
        let before = try county.digest()
        let answer = try session.patch(path, version: 2, end)
        #expect(answer.errors == ["/to impossible-day"], "\(answer.text)")
        #expect(answer.text.contains("李示例 2026-02-20"), "\(answer.text)")
        #expect(try county.digest() == before)
        let file =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,to,endReason\n"
            + "\(Place.villageA1),H1,general,lack-of-technology,陈示例,householder,male,1980-05-06,2026-02-10,清退\n"
        let job = try session.importFile(5, "kind=households", file)
        #expect(job.counts.last == 1)
        #expect(try session.refusals(5) == ["2 to impossible-day refused"], "\((try? session.report(5)) ?? [])")
    }

    @Test("a state that began after the end, or is told with it, is refused")
    func stateLater() throws {
        let (county, session) = try county()
        let both = try session.patch(path, version: 1, end.with(["state": "lifted"]))
        #expect(both.errors == ["/state impossible-day"], "\(both.text)")
        let dated = try session.patch(path, version: 1, end.with(["state": "lifted", "effectiveOn": "2026-02-01"]))
        #expect(dated.status == 200, "\(dated.text)")
        #expect(dated.json["stateSince"].string == "2026-02-01")
        #expect(try session.patch(path, version: dated.json["version"].integer, ["to": nil]).status == 200)
        let version = try session.get(path).json["version"].integer
        #expect(
            try session.patch(path, version: version, ["state": "returned", "effectiveOn": "2026-02-20"]).status == 200)
        let late = try session.patch(path, version: try session.get(path).json["version"].integer, end)
        #expect(late.errors == ["/to impossible-day"], "\(late.text)")
        #expect(late.text.contains("2026-02-20"))
        #expect(try county.faults() == [])
    }

    @Test("nobody on the first day of an archive is a warning, in the answer and in the list")
    func nobodyAtFirst() throws {
        let (county, session) = try county()
        let late = Sample.member("王示例", id: Sample.id(21)).with(["joinedOn": "2020-01-01"])
        let answer = try session.put("/v1/households/\(Sample.id(2))", Sample.household("H2", members: [late]))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.text.contains("nobody-at-first"), "\(answer.text)")
        let list = try session.get("/v1/household-warnings?code=nobody-at-first").items
        #expect(list.map { $0["archiveNumber"].string } == ["H2"])
        #expect(try county.faults() == [])
    }

    // MARK: Cadres and units

    private static let ended = [("/v1/cadres/\(Sample.id(71))"), ("/v1/organizations/\(Sample.id(7))")]

    @Test("an end taken back, or told of another day, holds from the former day on", arguments: ended)
    func otherEnd(_ path: String) throws {
        let (county, session) = try county()
        try county.makeOrganization(7, Sample.organization("县农业局").with(["effectiveOn": "2025-01-01"]))
        try county.makeOrganization(8, Sample.organization("县水利局").with(["effectiveOn": "2025-01-01"]))
        try county.makeCadre(71, Sample.cadre("张示例", of: path.hasPrefix("/v1/cadres") ? 7 : 8))
        func tell(_ body: JSON) throws {
            county.clock.advance(milliseconds: 1_000)
            let answer = try session.patch(path, version: try session.get(path).json["version"].integer, body)
            #expect(answer.status == 200, "\(answer.text)")
        }
        func ends(_ days: [String]) throws -> [String?] {
            try days.map { try session.get(path + "?on=\($0)").json["to"].string }
        }
        let days = ["2026-01-31", "2026-02-05", "2026-02-10", "2026-02-15", "2026-02-25", County.today]
        func told(_ end: String) -> [String?] { days.map { $0 < end ? nil : end } }
        try tell(["to": "2026-02-10"])
        #expect(try ends(days) == told("2026-02-10"))
        try tell(["to": "2026-02-01"])
        #expect(try ends(days) == told("2026-02-01"))
        try tell(["to": "2026-02-20"])
        #expect(try ends(days) == told("2026-02-20"))
        try tell(["to": nil])
        #expect(try ends(days) == days.map { _ in nil })
        try tell(["to": "2026-02-05"])
        #expect(try ends(days) == told("2026-02-05"))
        #expect(try county.faults() == [])
    }

    @Test("a unit that ended earlier than was known: its cadres were with the other one from then on")
    func earlierUnit() throws {
        let (county, session) = try county()
        for number in [7, 8] {
            try county.makeOrganization(
                number, Sample.organization("单位\(number)").with(["effectiveOn": "2025-01-01"]))
        }
        try county.makeCadre(71, Sample.cadre("张示例", of: 7).with(["effectiveOn": "2025-01-01"]))
        let unit = "/v1/organizations/\(Sample.id(7))"
        for (version, day) in ["2026-02-20", "2026-02-10"].enumerated() {
            county.clock.advance(milliseconds: 1_000)
            let answer = try session.patch(
                unit, version: version + 1,
                ["to": .string(day), "successorOrganizationId": .string(Sample.id(8))])
            #expect(answer.status == 200, "\(answer.text)")
        }
        func home(_ day: String) throws -> String? {
            try session.get("/v1/cadres/\(Sample.id(71))?on=\(day)").json["organizationId"].string
        }
        #expect(try ["2026-02-09", "2026-02-10", "2026-02-20"].map(home) == [7, 8, 8].map { Sample.id($0) })
        #expect(try county.faults() == [])
    }

    // MARK: What is still said of it

    @Test("a need, a proposal or an activity after the end is refused")
    func stillSaid() throws {
        let (county, session) = try county()
        #expect(try session.patch(path, version: 1, end).status == 200)
        let before = try county.digest()
        let need = try session.put(Sample.path(ofNeed: 1), Sample.need(1).with(["voicedOn": "2026-02-20"]))
        #expect(need.status == 409, "\(need.text)")
        #expect(need.problem == "household-ended")
        let proposal = try session.put(
            Sample.path(ofProposal: 1),
            Sample.proposal(["changes": ["mainCause": "illness"]]).with(["householdId": .string(Sample.id(1))]))
        #expect(proposal.status == 409, "\(proposal.text)")
        let activity = try session.put(
            "/v1/activities/\(Sample.id(91))",
            [
                "areaCode": .string(Place.villageA1), "kind": "meeting", "subject": "村民会", "from": "2026-02-20",
                "participants": [["householdId": .string(Sample.id(1))]],
            ])
        #expect(activity.errors == ["/participants/0/householdId household-ended"], "\(activity.text)")
        #expect(try county.digest() == before)
        #expect(try session.put(Sample.path(ofNeed: 2), Sample.need(1).with(["voicedOn": "2026-02-01"])).status == 201)
    }

    @Test("an end taken back says who cannot help again, being full by now")
    func helperFull() throws {
        let (county, session) = try county()
        try county.addHelpers()
        try county.make(2, Sample.household("H2", members: [Sample.member("王示例")]))
        try county.pair(101, Sample.pairing(1, by: 413, from: "2026-01-05"))
        #expect(try session.patch(path, version: 1, end).status == 200)
        try county.pair(102, Sample.pairing(2, by: 413, from: "2026-02-15"))
        let back = try session.patch(path, version: 2, ["to": nil])
        #expect(back.status == 200, "\(back.text)")
        #expect(back.text.contains("left-behind"), "\(back.text)")
        #expect(back.text.contains("王示例"))
        #expect(try county.faults() == [])
    }

    @Test("whom nobody must help any more is not left behind when an end is taken back and the helper is full")
    func consolidatedNotLeft() throws {
        let (county, session) = try county()
        try county.addHelpers()
        try county.make(2, Sample.household("H2", members: [Sample.member("王示例")]))
        let lifted = try session.patch(path, version: 1, ["state": "lifted", "effectiveOn": "2020-03-10"])
        #expect(lifted.status == 200, "\(lifted.text)")
        try county.pair(101, Sample.pairing(1, by: 413, from: "2026-01-05"))
        #expect(try session.patch(path, version: 2, end).status == 200)
        try county.pair(102, Sample.pairing(2, by: 413, from: "2026-02-15"))
        let back = try session.patch(path, version: 3, ["to": nil])
        #expect(back.status == 200, "\(back.text)")
        #expect(!back.text.contains("left-behind"), "\(back.text)")
        #expect(try county.faults() == [])
    }

    @Test("an end taken back by a file leaves out a second helper who has another household by now, and loses no row")
    func secondHelperFull() throws {
        let (county, session) = try county()
        try county.addHelpers()
        let limit: JSON = [
            "key": "second-helper.max-households", "value": 1, "unit": "households",
            "areaCode": .string(Place.county), "from": "2015-01-01",
        ]
        #expect(try session.put("/v1/parameters/\(Sample.id(901))", limit).status == 201)
        try county.make(2, Sample.household("H2", members: [Sample.member("王示例")]))
        for number in [1, 2] { try county.pair(100 + number, Sample.pairing(number, by: 411, from: "2026-01-05")) }
        try county.pair(103, Sample.pairing(1, by: 412, "joint", from: "2026-01-05"))
        #expect(try session.patch(path, version: 1, end).status == 200)
        try county.pair(104, Sample.pairing(2, by: 412, "joint", from: "2026-02-15"))
        let file = """
            villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,to,endReason
            \(Place.villageA1),H1,general,lack-of-technology,陈示例,householder,male,1980-05-06,,
            \(Place.villageA1),H3,general,lack-of-technology,赵示例,householder,male,1970-05-06,,

            """
        let job = try session.importFile(5, "kind=households", file)
        #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        #expect(try session.get(path).json["to"].string == nil)
        func lastDay(of pairing: Int) throws -> String? {
            try session.get(Sample.path(ofPairing: pairing)).json["to"].string
        }
        #expect(try [101, 103].map(lastDay) == [nil, "2026-02-10"])
        #expect(try session.get("/v1/households?q=%E8%B5%B5").items.count == 1)
        #expect(try county.faults() == [])
    }

    @Test("the same kind of a village told again began when it did")
    func sameKind() throws {
        let (county, session) = try county()
        let village = "/v1/villages/\(Place.villageA1)"
        let first = try session.patch(village, version: 1, ["kind": "poor", "from": "2014-01-01"])
        #expect(first.status == 200, "\(first.text)")
        county.clock.advance(milliseconds: 1_000)
        let again = try session.patch(village, version: first.json["version"].integer, ["kind": "poor"])
        #expect(again.status == 200, "\(again.text)")
        #expect(again.json["kindSince"].string == "2014-01-01", "\(again.text)")
        #expect(again.json["version"].integer == first.json["version"].integer)
    }
}
