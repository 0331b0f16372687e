// Contact cards: issued for whoever answers for a household, reissued when that changes, and printed.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Contact cards")
struct CardTests {
    private static let path = "/v1/contact-cards/\(Sample.id(801))"
    private static let body: JSON = ["householdId": .string(Sample.id(1)), "number": "00017"]

    private static func states(_ session: Session, _ query: String = "") throws -> [String] {
        try session.get("/v1/coverage/contact-cards?\(query)").items.map {
            "\($0["archiveNumber"]?.string ?? "") \($0["cardState"]?.string ?? "")"
        }
    }

    @Test(
        "a card is issued for the responsible helper, becomes outdated with another helper, and is then replaced"
    )
    func reissue() throws {
        let county = try County()
        for cadre in [512, 513] { try county.makeCadre(cadre, "section", of: 501, since: "2015-01-01") }
        try county.makeThree()
        let session = try county.as(.administrator)
        let before = try county.digest()
        let early = try session.put(Self.path, Self.body)
        #expect(early.status == 409)
        #expect(early.problem == "no-responsible-helper")
        #expect(
            try session.put(Self.path, Self.body.with(["issuedOn": "2026-03-03"])).errors == ["/issuedOn in-future"])
        #expect(
            try session.put(Self.path, ["householdId": .string(Sample.id(99))]).errors
                == ["/householdId unknown-household"])
        #expect(try county.digest() == before)
        try county.help(1, by: 513, as: 901, from: "2016-01-01")
        #expect(try Self.states(session) == ["H1 missing"])
        let issued = try session.put(Self.path, Self.body)
        #expect(issued.status == 201, "\(issued.text)")
        #expect(issued.json["cadreId"].string == Sample.id(513), "\(issued.text)")
        #expect(issued.json["issuedOn"].string == County.today)
        #expect(try Self.states(session) == ["H1 current"])
        let held = try session.get("/v1/coverage/contact-cards").items[0]["card"]
        #expect(held["id"].string == Sample.id(801))
        #expect(held["cadreId"].string == Sample.id(513))
        try county.help(1, by: 512, as: 902, from: "2026-03-02")
        #expect(try Self.states(session, "cardState=outdated") == ["H1 outdated"])
        #expect(try session.get("/v1/coverage/contact-cards?cardState=current&count=true").json["total"].integer == 0)
        let second = try session.put("/v1/contact-cards/\(Sample.id(802))", ["householdId": .string(Sample.id(1))])
        #expect(second.status == 201)
        #expect(second.json["cadreId"].string == Sample.id(512))
        let former = try session.get(Self.path).json
        #expect(former["state"].string == "reissued")
        #expect(former["successorCardId"].string == Sample.id(802))
        #expect(try Self.states(session, "householdId=\(Sample.id(1))") == ["H1 current"])
        let signed = try session.patch(
            "/v1/contact-cards/\(Sample.id(802))", version: 1, ["isSigned": true, "isPrinted": true])
        #expect(signed.json["isSigned"].boolean == true)
        #expect(signed.versionTag == "v2")
        let withdrawn = try session.patch("/v1/contact-cards/\(Sample.id(802))", version: 2, ["withdrawn": true])
        #expect(withdrawn.json["state"].string == "withdrawn")
        let resigned = try session.patch("/v1/contact-cards/\(Sample.id(802))", version: 3, ["isSigned": false])
        #expect(resigned.problem == "record-withdrawn")
        #expect(try Self.states(session) == ["H1 missing"])
        #expect(try county.as(.clerkB).get("/v1/coverage/contact-cards").items.isEmpty)
        #expect(try session.get("/v1/changes?entity=contact-cards").items.count == 5)
    }

    @Test("all missing or outdated cards of a village are issued at once, and asking again issues none")
    func village() throws {
        let county = try County()
        for cadre in [512, 513] { try county.makeCadre(cadre, "section", of: 501, since: "2015-01-01") }
        for number in 1...3 { try county.make(number, Sample.household("H\(number)")) }
        try county.help(1, by: 513, as: 901, from: "2016-01-01")
        try county.help(2, by: 513, as: 902, from: "2016-01-01")
        let session = try county.as(.clerkA)
        let path = "/v1/villages/\(Place.villageA1)/contact-cards"
        #expect(try session.put(Self.path, Self.body).status == 201)
        func round() throws -> [Int?] {
            let json = try session.send("POST", path).json
            return ["issued", "reissued", "current", "withoutHelper"].map { json[$0].integer }
        }
        #expect(try round() == [1, 0, 1, 1])
        let before = try county.digest()
        #expect(try round() == [0, 0, 2, 1])
        #expect(try county.digest() == before)
        try county.help(1, by: 512, as: 903, from: "2026-03-01")
        #expect(try round() == [0, 1, 1, 1])
        #expect(try Self.states(session, "areaCode=\(Place.villageA1)&cardState=current").count == 2)
        #expect(try county.as(.workerA1).send("POST", path).status == 403)
        #expect(try county.as(.clerkB).send("POST", path).status == 404)
        let moved = try county.as(.administrator).patch(
            "/v1/households/\(Sample.id(2))", version: 1, ["villageCode": .string(Place.villageA2)])
        #expect(moved.status == 200)
        #expect(try Self.states(session, "areaCode=\(Place.villageA2)") == ["H2 current"])
        let misplaced = try county.faults().filter { $0.contains("contact card") }
        #expect(misplaced == [])
    }

    @Test(
        "the page escapes what people wrote; phone numbers are in clear only for those with the right, and are audited"
    )
    func pages() throws {
        let county = try County()
        try county.makeOrganization(1, Sample.organization("县<农>业局&\"站\""))
        try county.makeCadre(
            513,
            Sample.cadre("钱进").ranked("section", since: "2015-01-01").with([
                "phone": "13800005678", "positionTitle": "<b>科长</b>",
            ]))
        try county.make(1, Sample.household("H1"))
        try county.help(1, by: 513, as: 901, from: "2016-01-01")
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path, Self.body).status == 201)
        let events = try county.count("audit_event")
        let masked = try session.get(Self.path + "/page")
        #expect(masked.status == 200, "\(masked.text)")
        #expect(masked["content-type"] == "text/html; charset=utf-8", "\(masked.text)")
        #expect(masked.text.contains("县&lt;农&gt;业局&amp;&quot;站&quot;"))
        #expect(masked.text.contains("&lt;b&gt;科长"))
        #expect(!masked.text.contains("<b>"))
        #expect(!masked.text.contains("13800005678"))
        #expect(masked.text.contains("陈示例"))
        #expect(masked.text.contains("编号：00017"))
        #expect(try county.count("audit_event") == events)
        try county.grantSealed(.administrator)
        let before = try county.count("audit_event")
        #expect(try session.get(Self.path + "/page").text.contains("13800005678"))
        let village = try session.get("/v1/villages/\(Place.villageA1)/contact-cards/page")
        #expect(village.text.contains("13800005678"))
        #expect(village.text.contains("东村 结亲帮扶联系卡"))
        #expect(try county.count("audit_event") == before + 2)
        #expect(try !county.as(.auditor).get(Self.path + "/page").text.contains("13800005678"))
        #expect(try county.as(.clerkB).get(Self.path + "/page").status == 404)
        #expect(try county.as(.clerkB).get("/v1/villages/\(Place.villageA1)/contact-cards/page").status == 404)
        let trail = try county.query("SELECT coalesce(before, '') || coalesce(after, '') FROM audit_event") {
            $0.text(0)
        }
        #expect(!trail.contains { $0.contains("13800005678") })
        #expect(try !session.get(Self.path).text.contains("13800005678"))
    }
}
