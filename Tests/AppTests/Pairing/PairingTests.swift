// Pairings over the API (R042, R050): creating, replaying, replacing, ending, lists, and what a household and a cadre
// show of theirs.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Pairings")
struct PairingTests {
    private func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        return county
    }

    @Test("a pairing is created, replayed, and seen where its household lives")
    func creation() throws {
        let county = try county()
        let session = try county.as(.clerkA)
        let path = Sample.path(ofPairing: 801)
        let body = Sample.pairing(1, by: 411).with(["reason": "老乡", "isPinned": true])
        let created = try session.put(path, body)
        #expect(created.status == 201)
        #expect(created.versionTag == "v1")
        #expect(created["location"] == path)
        let json = try session.get(path).json
        #expect(json["role"].string == "first-responsible")
        #expect(json["isPinned"].boolean == true)
        #expect(json["archiveNumber"].string == "H1")
        #expect(json["cadreName"].string == "张示例")
        #expect(json["organizationName"].string == "县农业局")
        #expect(json["rank"].string == "section")
        #expect(json["origin"].string == "person")
        #expect(json["begunBy"]["name"].string == "clerkA")
        #expect(json["villageCode"].string == Place.villageA1)
        #expect(json["responsibleDays"].list.compactMap { $0["from"].string } == ["2020-01-01"])
        #expect(try session.get(path + "?on=2019-12-31").status == 404)
        #expect(try county.as(.workerA1).get(path).status == 200)
        // Without a first day: today. A caller sees neither the household nor the helper of another town.
        let today = try county.as(.administrator).put(
            Sample.path(ofPairing: 802), Sample.pairing(3, by: 421).with(["from": .omitted]))
        #expect(today.json["from"].string == County.today)
        #expect(
            try session.put(Sample.path(ofPairing: 803), Sample.pairing(3, by: 421)).errors == [
                "/householdId unknown-household", "/cadreId unknown-cadre",
            ])
        #expect(try county.faults() == [])
    }

    @Test("the list knows the day, the state, the role and the helper; CSV, count and area come for free")
    func list() throws {
        let county = try county()
        try county.addHouseholds(11...12)
        try county.pair(801, Sample.pairing(1, by: 411))
        try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2021-01-01"))
        try county.pair(803, Sample.pairing(11, by: 411, from: "2018-01-01").with(["to": "2019-01-01"]))
        try county.pair(804, Sample.pairing(12, by: 412, from: "2027-01-01").with(["isPinned": true]))
        try county.pair(805, Sample.pairing(3, by: 421))
        let session = try county.as(.administrator)
        func ids(_ query: String) throws -> [String] {
            try session.get("/v1/pairings?\(query)").items.compactMap { $0["id"].string }.map { String($0.suffix(3)) }
        }
        #expect(try ids("") == ["801", "802", "805"])
        #expect(try ids("on=2020-06-01") == ["801", "805"])
        #expect(try ids("state=ended") == ["803"])
        #expect(try ids("state=future") == ["804"])
        #expect(try ids("state=all&count=true").count == 5)
        #expect(try ids("role=joint") == ["802"])
        #expect(try ids("isPinned=true&state=all") == ["804"])
        #expect(try ids("cadreId=\(Sample.id(411))&state=all") == ["801", "803"])
        #expect(try ids("householdId=\(Sample.id(1))&role=first-responsible") == ["801"])
        #expect(try ids("areaCode=\(Place.townB)") == ["805"])
        #expect(try session.get("/v1/pairings?count=true&on=2026-03-02").json["total"].integer == 3)
        #expect(try session.walk("/v1/pairings?limit=1").count == 3)
        #expect(try county.as(.workerB1).get("/v1/pairings").items.count == 1)
        let csv = try session.send("GET", "/v1/pairings?role=joint", ["Accept": "text/csv"]).text
        #expect(csv.contains("H1,陈示例,\(Place.villageA1)"))
        #expect(csv.contains(",joint,active,2021-01-01,"))
        // An ended one still tells the role that it had last.
        #expect(
            try session.get("/v1/pairings?state=ended").items.first["role"].string == "first-responsible")
        #expect(try session.get("/v1/pairings?role=boss").status == 400)
        func states(_ query: String) throws -> [String?] {
            try session.get("/v1/pairings?\(query)").items.map { $0["state"].string }
        }
        #expect(try states("cadreId=\(Sample.id(411))&state=all") == ["active", "ended"])
        #expect(try states("cadreId=\(Sample.id(411))&state=all&on=2018-06-01") == ["future", "active"])
        // What was taken back before it began is over, too.
        try county.pair(806, Sample.pairing(12, by: 411, "joint", from: "2027-02-01"))
        let future = "/v1/pairings/\(Sample.id(806))"
        #expect(try session.get(future).json["state"].string == "future")
        let back = try session.patch(future, version: 1, ["to": "2027-02-01", "endReason": "entered-in-error"])
        #expect(back.json["state"].string == "ended", "\(back.text)")
        #expect(try ids("state=ended") == ["803", "806"])
        #expect(try ids("state=future") == ["804"])
    }

    @Test("a household shows who helps it and who answers; the form follows from who helps how many (R042)")
    func forms() throws {
        let county = try county()
        try county.addHouseholds(11...11)
        try county.pair(801, Sample.pairing(1, by: 411))
        let session = try county.as(.administrator)
        func forms(_ household: Int, on day: String) throws -> [String] {
            try session.get("/v1/households/\(Sample.id(household))/pairings?on=\(day)").json["items"].list.compactMap {
                $0["form"].string
            }
        }
        #expect(try forms(1, on: County.today) == ["one-to-one"])
        try county.pair(802, Sample.pairing(11, by: 411, from: "2022-01-01"))
        #expect(try forms(1, on: County.today) == ["one-to-many"])
        #expect(try forms(1, on: "2021-12-31") == ["one-to-one"])
        try county.pair(803, Sample.pairing(1, by: 412, "joint", from: "2023-01-01"))
        #expect(try forms(1, on: County.today) == ["many-to-many", "many-to-one"])
        let whole = try session.get("/v1/households/\(Sample.id(1))/pairings").json
        #expect(whole["items"].list.count == 2)
        #expect(whole["responsible"]["cadreName"].string == "张示例")
        #expect(try county.as(.clerkB).get("/v1/households/\(Sample.id(1))/pairings").status == 404)
        let cadre = try session.get("/v1/cadres/\(Sample.id(411))/pairings?on=\(County.today)").json
        #expect(cadre["quota"].integer == 5)
        #expect(cadre["load"].integer == 2)
        #expect(cadre["below"].boolean == true)
        #expect(cadre["above"].boolean == false)
        #expect(cadre["items"].list.compactMap { $0["form"].string } == ["many-to-many", "one-to-many"])
    }

    @Test("one call replaces a helper; the successor takes the role over, and whoever went stays liable (R046, R047)")
    func replacing() throws {
        let county = try county()
        try county.pair(801, Sample.pairing(1, by: 411))
        let session = try county.as(.administrator)
        let path = try county.pair(
            802,
            Sample.pairing(1, by: 412, from: "2025-06-01").with([
                "role": .omitted, "replaces": .string(Sample.id(801)),
            ]))
        #expect(try session.get(path).json["role"].string == "first-responsible")
        let old = try session.get(Sample.path(ofPairing: 801)).json
        #expect(old["to"].string == "2025-06-01")
        #expect(old["endReason"].string == "replaced")
        #expect(try county.responsible(1, on: "2025-05-31") == "张示例")
        #expect(try county.responsible(1, on: "2025-06-01") == "李示例")
        let cadre = try session.get("/v1/cadres/\(Sample.id(411))/pairings").json
        #expect(cadre["load"].integer == 0)
        #expect(cadre["items"][0]["liableTo"].string == "2030-06-01")
        let before = try county.digest()
        // For some days only, the household would be alone after them; another household's pairing is unknown.
        let short = Sample.pairing(1, by: 413, from: "2026-01-01").with([
            "to": "2026-06-01", "replaces": .string(Sample.id(802)),
        ])
        #expect(try session.put(Sample.path(ofPairing: 803), short).problem == "no-unhooking")
        #expect(
            try session.put(
                Sample.path(ofPairing: 803), Sample.pairing(3, by: 421).with(["replaces": .string(Sample.id(802))])
            ).errors == ["/replaces unknown-pairing"])
        #expect(
            try session.put(
                Sample.path(ofPairing: 803), Sample.pairing(1, by: 413).with(["replaces": .string(Sample.id(802))])
            ).errors == ["/replaces outside-pairing"], "it did not hold yet")
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("a patch ends, corrects, pins, and makes another one first responsible from a day on")
    func patching() throws {
        let county = try county()
        let first = try county.pair(801, Sample.pairing(1, by: 411))
        let second = try county.pair(802, Sample.pairing(1, by: 412, "joint"))
        let session = try county.as(.administrator)
        #expect(try session.patch(first, version: 1, ["isPinned": true]).json["isPinned"].boolean == true)
        #expect(try session.patch(first, version: 2, ["isPinned": true]).json["version"].integer == 2)
        let moved = try session.patch(second, version: 1, ["role": "first-responsible", "on": "2026-04-01"])
        #expect(moved.status == 200, "it is not April yet")
        #expect(moved.json["role"].string == "joint", "it is not April yet")
        #expect(try county.responsible(1, on: "2026-03-31") == "张示例")
        #expect(try county.responsible(1, on: "2026-04-01") == "李示例")
        #expect(try session.get(first).json["version"].integer == 3, "its role changes too")
        let joint = try session.patch(second, version: 2, ["role": "joint", "on": "2026-04-02"])
        #expect(joint.errors == ["/role successor-needed"])
        // Who answers goes, and the longest of the others takes their place.
        let ended = try session.patch(first, version: 3, ["to": "2026-03-10", "endReason": "not-needed"])
        #expect(ended.json["endReason"].string == "not-needed")
        #expect(try county.responsible(1, on: "2026-03-10") == "李示例")
        let again = try session.patch(first, version: 4, ["to": nil])
        #expect(again.json["to"] == nil)
        #expect(again.json["endReason"] == nil)
        let corrected = try session.patch(first, version: 5, ["from": "2019-06-01", "reason": "更正"])
        #expect(corrected.json["from"].string == "2019-06-01")
        #expect(try county.responsible(1, on: "2019-07-01") == "张示例")
        let before = try county.digest()
        for (body, error) in [
            (["to": "2019-05-31"] as JSON, "/to ends-before-it-begins"),
            (["endReason": "replaced"], "/endReason stands-alone"),
            (["to": "2026-01-01", "endReason": "run"], "/endReason not-allowed-here"),
            (["role": "first-responsible", "on": "2018-01-01"], "/on outside-pairing"),
            (["on": "2018-01-01"], "/on stands-alone"),
            (["cadreId": .string(Sample.id(412))], "/cadreId unknown-field"),
        ] {
            #expect(try session.patch(first, version: 6, body).errors == [error])
        }
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("a role that was planned turns with its day, also for a client that has the pairing already")
    func planned() throws {
        let county = try county()
        try county.pair(801, Sample.pairing(1, by: 411))
        let path = try county.pair(802, Sample.pairing(1, by: 412, "joint"))
        let session = try county.as(.administrator)
        _ = try session.patch(path, version: 1, ["role": "first-responsible", "on": "2026-03-04"])
        let tag = try required(session.get(path)["etag"])
        #expect(try session.get(path, ["If-None-Match": tag]).status == 304)
        county.clock.advance(days: 2)
        let turned = try session.get(path, ["If-None-Match": tag])
        #expect(turned.status == 200)
        #expect(turned.json["role"].string == "first-responsible")
    }

    @Test("a household that moves takes its pairings along, and the feed tells both ranges")
    func moving() throws {
        let county = try county()
        let path = try county.pair(801, Sample.pairing(1, by: 411))
        let session = try county.as(.administrator)
        let version = try required(session.get("/v1/households/\(Sample.id(1))").json["version"].integer)
        let moved = try session.patch(
            "/v1/households/\(Sample.id(1))", version: version,
            ["villageCode": .string(Place.villageB2), "groupName": nil])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(try county.as(.clerkA).get(path).status == 404)
        #expect(try county.as(.clerkB).get(path).status == 200)
        #expect(try session.get(path).json["villageCode"].string == Place.villageB2)
        func last() throws -> String? {
            try county.query(
                """
                SELECT operation, area_before, area_after FROM change WHERE entity = 'pairings'
                ORDER BY sequence DESC LIMIT 1
                """
            ) { "\($0.text(0)) \($0.int64(1)) \($0.int64(2))" }.first
        }
        #expect(try last() == "move \(Place.villageA1) \(Place.villageB2)")
        _ = try session.importFile(
            901, "kind=successors", "code,successorCode,effectiveOn\n\(Place.villageB2),\(Place.villageA2),2026-03-01\n"
        )
        #expect(try county.as(.clerkB).get(path).status == 404)
        #expect(try county.as(.clerkA).get(path).status == 200)
        let changes = try county.as(.clerkA).get("/v1/changes?limit=1000&include=record").items.filter {
            $0["entity"].string == "pairings"
        }
        #expect(changes.last["operation"].string == "entered")
        #expect(changes.last["record"]["id"].string == Sample.id(801))
        #expect(try county.faults() == [])
    }

    @Test("a pairing that began before its village was merged lies in the village that took over")
    func merged() throws {
        let county = try county()
        let named = try county.as(.province).put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageA2), "effectiveOn": "2026-02-01"])
        #expect(named.status == 200, "\(named.text)")
        let path = try county.pair(801, Sample.pairing(1, by: 411, from: "2020-01-01"))
        #expect(try county.as(.administrator).get(path).json["villageCode"].string == Place.villageA2)
        #expect(try county.faults() == [])
    }
}
