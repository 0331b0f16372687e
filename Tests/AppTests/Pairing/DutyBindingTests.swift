// Duties that bind: units and teams stay in a poor village until somebody else is there, and whoever held a duty stays
// answerable.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Duties that bind")
struct DutyBindingTests {
    private static func unit(_ number: Int, _ kind: String = "village-guarantee", from: String = "2016-03-01") -> JSON {
        Sample.duty(kind, Place.villageA1, from: from).with(["organizationId": .string(Sample.id(number))])
    }

    private static let end: JSON = ["to": "2020-01-01", "endReason": "unit-changed"]

    private static func county() throws -> (County, Session) {
        let county = try County()
        try county.addPeople()
        try county.makePoor(Place.villageA1)
        return (county, try county.as(.administrator))
    }

    @Test("the last unit of a poor village leaves only when another holds it in the same way that day")
    func units() throws {
        let (county, session) = try Self.county()
        let path = Sample.path(ofDuty: 1)
        #expect(try session.put(path, Self.unit(501)).status == 201)
        #expect(try session.put(Sample.path(ofDuty: 2), Self.unit(502, "village-pairing")).status == 201)
        let before = try county.digest()
        let refused = try session.patch(path, version: 1, Self.end)
        #expect(refused.status == 409, "\(refused.text)")
        #expect(refused.problem == "no-unhooking", "\(refused.text)")
        #expect(refused.errors == ["/to no-unhooking"])
        #expect(try county.digest() == before)
        #expect(try session.put(Sample.path(ofDuty: 3), Self.unit(502, from: "2020-01-02")).status == 201)
        #expect(try session.patch(path, version: 1, Self.end).status == 409, "a day too late")
        #expect(try session.patch(Sample.path(ofDuty: 3), version: 1, ["from": "2020-01-01"]).status == 200)
        #expect(try session.patch(path, version: 1, Self.end).status == 200)
        #expect(try session.patch(path, version: 2, ["to": "2019-01-01"]).status == 409, "nor a year sooner")
        #expect(try session.patch(path, version: 2, ["to": "2021-01-01"]).status == 200, "staying longer is free")
        #expect(try session.patch(Sample.path(ofDuty: 3), version: 2, ["withdrawn": true]).status == 200, "an error")
    }

    @Test(
        "a village that has left poverty by that day, or never was poor, holds nobody; a term stated whole is history")
    func exited() throws {
        let (county, session) = try Self.county()
        try county.makePoor(Place.villageA1, from: "2019-12-31", kind: "exited")
        #expect(try session.put(Sample.path(ofDuty: 1), Self.unit(501)).status == 201)
        #expect(
            try session.patch(Sample.path(ofDuty: 1), version: 1, Self.end.with(["to": "2019-12-30"])).status == 409)
        #expect(try session.patch(Sample.path(ofDuty: 1), version: 1, Self.end).status == 200)
        let free = Self.unit(501).with(["areaCode": .string(Place.villageA2)])
        #expect(try session.put(Sample.path(ofDuty: 2), free).status == 201)
        #expect(try session.patch(Sample.path(ofDuty: 2), version: 1, Self.end).status == 200)
        let whole = Self.unit(502).with(["to": "2017-01-01", "endReason": "rotated"])
        #expect(try session.put(Sample.path(ofDuty: 3), whole).status == 201)
    }

    @Test("the last member of a team stays, and so does the team, until there is another")
    func teams() throws {
        let (county, session) = try Self.county()
        let path = "/v1/work-teams/\(Sample.id(900))"
        func team(_ name: String, _ cadre: Int, from: String) -> JSON {
            [
                "villageCode": .string(Place.villageA1), "name": .string(name), "from": .string(from),
                "members": [
                    [
                        "id": .string(Sample.id(cadre + 400)), "kind": "team-leader",
                        "cadreId": .string(Sample.id(cadre)),
                    ]
                ],
            ]
        }
        #expect(try session.put(path, team("一队", 513, from: "2016-03-01")).status == 201)
        let before = try county.digest()
        let leader = Sample.path(ofDuty: 913)
        #expect(try session.patch(leader, version: 1, Self.end).problem == "no-unhooking")
        let dissolved = try session.patch(
            path, version: try session.get(path).json["version"].integer,
            ["to": "2020-01-01", "endReason": "team-ended"])
        #expect(dissolved.status == 409, "\(dissolved.text)")
        #expect(dissolved.problem == "no-unhooking", "\(dissolved.text)")
        #expect(try county.digest() == before)
        #expect(try session.put("/v1/work-teams/\(Sample.id(901))", team("二队", 521, from: "2020-01-01")).status == 201)
        let version = try session.get(path).json["version"].integer
        #expect(
            try session.patch(path, version: version, ["to": "2020-01-01", "endReason": "team-ended"]).status == 200)
    }

    @Test("an import that went too far is undone, whatever that leaves behind, and one that unhooks is refused")
    func undone() throws {
        let (_, session) = try Self.county()
        let file =
            "kind,areaCode,organizationName,from,to,endReason\nvillage-guarantee,\(Place.villageA1),县委办,2016-03-01,"
        #expect(try session.importFile(1, "kind=duties", file + "2017-01-01,rotated\n").counts == [1, 0, 0, 0, 0])
        #expect(try session.importFile(2, "kind=duties", file + "2022-01-01,rotated\n").counts == [0, 1, 0, 0, 0])
        #expect(try session.importFile(3, "kind=duties", file + "2018-01-01,rotated\n").counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(3) == ["2 to no-unhooking refused"])
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try session.get("/v1/duties").items.first?["to"]?.string == "2017-01-01")
    }

    @Test("what a cadre answered for is told with the end of liability, also after they left, to those it concerns")
    func liability() throws {
        let county = try County()
        try county.makeOrganization()
        try county.makeCadre(513, Sample.cadre("钱进").ranked("section", since: "2015-01-01"))
        try county.make(1, Sample.household("H1"))
        try county.make(2, Sample.household("H2"))
        try county.help(1, by: 513, as: 901, from: "2016-01-01")
        try county.help(2, by: 513, as: 902, isResponsible: false, from: "2017-01-01")
        let session = try county.as(.administrator)
        let duty = Sample.duty("first-secretary", Place.villageA1).with(["cadreId": .string(Sample.id(513))])
        #expect(try session.put(Sample.path(ofDuty: 1), duty).status == 201)
        #expect(
            try session.patch(Sample.path(ofDuty: 1), version: 1, ["to": "2020-02-29", "endReason": "retired"]).status
                == 200)
        let path = "/v1/cadres/\(Sample.id(513))"
        let ended = try session.patch(path, version: 1, ["to": "2026-03-01"])
        #expect(ended.status == 200, "\(ended.text)")
        let answer = try session.get(path + "/responsibilities")
        let items = answer.json["items"].list
        #expect(items.compactMap { $0["entity"]?.string } == ["pairings", "duties", "pairings"], "\(answer.text)")
        #expect(items.map { $0["liableTo"]?.string } == [nil, "2025-02-28", nil])
        #expect(items[0]["responsibleDays"]?[0]?["from"]?.string == "2016-01-01")
        #expect(items[2]["responsibleDays"].list.isEmpty)
        #expect(items.allSatisfy { $0["responsibleAreaName"]?.string == "甲镇" })
        #expect(answer.json["to"].string == "2026-03-01")
        #expect(items[1]["kind"]?.string == "first-secretary")
        #expect(try county.as(.clerkA).get(path + "/responsibilities").json["items"].list.count == 3)
        #expect(try county.as(.clerkB).get(path + "/responsibilities").status == 404)
        #expect(
            try session.get(path + "/responsibilities", ["If-None-Match": required(answer["etag"])]).status == 304)
    }
}
