// The turning of the day: what begins or ends on a day is kept from it on; and what becomes of helpers when divisions
// move or end.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The turning of the day")
struct CadreDayTests {
    @Test("a promotion, a retirement and a new link count from their days, and the versions and changes tell so")
    func turning() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let path = try county.makeCadre(
            11, Sample.cadre("张示例").with(["rank": "ordinary", "linkedAreaCode": .string(Place.villageA1)]))
        let other = try county.makeCadre(12, Sample.cadre("李示例"))
        let planned = try session.patch(
            path, version: 1,
            [
                "rank": "middle", "rankFrom": "2026-03-03", "linkedAreaCode": .string(Place.villageB1),
                "linkedFrom": "2026-03-04",
                "postStates": [["postState": "in-post", "from": "2026-03-02", "to": "2026-03-05"]],
            ])
        #expect(planned.json["rank"].string == "ordinary", "\(planned.text)")
        #expect(planned.json["version"].integer == 2, "\(planned.text)")
        county.clock.advance(days: 1)
        county.application.housekeeping.look()
        #expect(try session.get(path).json["rank"].string == "middle")
        #expect(try session.get(path).versionTag == "v3")
        let before = try county.digest()
        county.application.housekeeping.look()
        #expect(try county.digest() == before, "once a day")
        county.clock.advance(days: 2)
        county.application.housekeeping.look()
        let json = try session.get(path).json
        #expect(json["linkedAreaCode"].string == Place.villageB1)
        #expect(json["areaCode"].string == Place.villageB1)
        #expect(json["postState"] == nil)
        #expect(json["version"].integer == 4)
        #expect(try county.as(.clerkA).get(path).status == 404)
        #expect(try county.as(.clerkB).get(path).status == 200)
        let changes = try county.query(
            "SELECT operation, version, area_before, area_after FROM change WHERE entity = 'cadres' ORDER BY sequence"
        ) { "\($0.text(0)) \($0.int(1)) \($0.optionalInt64(2).map(String.init) ?? "-") \($0.optionalInt64(3) ?? 0)" }
        #expect(
            changes.suffix(2) == [
                "change 3 \(Place.villageA1) \(Place.villageA1)", "move 4 \(Place.villageA1) \(Place.villageB1)",
            ])
        #expect(
            try session.get(path + "/history").items.compactMap { $0["action"].string }.prefix(2) == ["turn", "turn"])
        #expect(try session.get(other).json["version"].integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("the day is turned by itself before its first write: a refusal leaves it turned, and nobody else has done it")
    func refusedFirstWrite() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let path = try county.makeCadre(11, Sample.cadre("张示例").with(["rank": "ordinary"]))
        _ = try session.patch(path, version: 1, ["rank": "middle", "rankFrom": "2026-03-03"])
        let other = try county.makeCadre(12, Sample.cadre("李示例").with(["rank": "ordinary"]))
        _ = try session.patch(other, version: 1, ["rank": "middle", "rankFrom": "2026-03-04"])
        county.clock.advance(days: 1)
        // What was read yesterday is not what holds today: that is said once.
        #expect(try session.get(path).versionTag == "v2")
        let stale = try session.patch(path, version: 2, ["name": "张新"])
        #expect(stale.status == 412, "\(stale.text)")
        let read = try session.get(path)
        #expect(read.versionTag == "v3")
        #expect(read.json["rank"].string == "middle")
        #expect(try session.patch(path, version: 3, ["name": "张新"]).status == 200)
        let turned = try session.get(path + "/history").items.first { $0["action"].string == "turn" }
        #expect(turned != nil)
        #expect(turned?["changedBy"] == nil)
        // The same where the first write is about something else.
        county.clock.advance(days: 1)
        let handover: JSON = ["cadreId": .string(Sample.id(99)), "on": "2026-03-04", "reason": "retired"]
        #expect(try session.put("/v1/handovers/\(Sample.id(700))", handover).status == 422)
        #expect(try session.get(other).json["rank"].string == "middle")
        #expect(try county.faults() == [])
    }

    @Test(
        "a start after days turns them all, a write turns the day first, and a clock that went back turns nothing back")
    func starting() throws {
        let county = try County()
        try county.makeOrganization()
        let path = try county.makeCadre(11, Sample.cadre("张示例").with(["rank": "ordinary"]))
        let session = try county.as(.administrator)
        _ = try session.patch(path, version: 1, ["rank": "middle", "rankFrom": "2026-04-01"])
        try county.register.perform { _ = try $0.connection.run("UPDATE clock SET forward_days = 60") }
        county.clock.advance(days: 40)
        // Nobody has looked yet: the change itself turns the day, and was made for the version before.
        #expect(try session.patch(path, version: 2, ["name": "张新"]).status == 412)
        county.close()
        let again = try County(reopening: county.folder, clock: county.clock)
        let reader = try again.as(.administrator)
        #expect(try reader.get(path).json["rank"].string == "middle")
        #expect(try reader.patch(path, version: 3, ["name": "张新"]).status == 200)
        again.clock.advance(days: -40)
        again.application.housekeeping.look()
        #expect(try reader.get(path).json["rank"].string == "middle")
        #expect(try again.faults() == [])
    }

    @Test("helpers go with their division when it moves, and over to its successor when it ends; nobody is left behind")
    func succession() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization(1, Sample.organization("甲镇政府", at: Place.townA))
        try county.makeOrganization(
            2, Sample.organization("西村小学", at: Place.villageA2).with(["effectiveOn": "2020-01-01"]))
        try county.makeCadre(11, Sample.cadre("张示例"))
        try county.makeCadre(12, Sample.cadre("李示例", of: 2).with(["homeVillageCode": .string(Place.villageA2)]))
        try county.makeCadre(
            13, Sample.cadre("王示例").with(["rank": "ordinary", "linkedAreaCode": .string(Place.villageA2)]))
        try county.makeCadre(
            14,
            Sample.cadre("孙示例").with([
                "rank": "ordinary", "linkedAreaCode": .string(Place.villageA2),
                "homeVillageCode": .string(Place.villageA2),
            ]))
        let helper: JSON = ["areaCode": .string(Place.villageA2), "kind": "volunteer", "name": "赵示例"]
        #expect(try session.put("/v1/helpers/\(Sample.id(31))", helper).status == 201)
        let merged = try session.put(
            "/v1/divisions/\(Place.villageA2)/successor",
            ["successorCode": .string(Place.villageA3), "effectiveOn": "2026-03-01"])
        #expect(merged.status == 200, "\(merged.text)")
        for id in [13, 14] {
            let linked = try session.get("/v1/cadres/\(Sample.id(id))").json
            #expect(linked["linkedAreaCode"].string == Place.villageA3)
            #expect(linked["areaCode"].string == Place.villageA3)
        }
        let home = try session.get("/v1/cadres/\(Sample.id(12))").json
        #expect(home["homeVillageCode"].string == Place.villageA3)
        #expect(home["areaCode"].string == Place.villageA3)
        #expect(try session.get("/v1/helpers/\(Sample.id(31))").json["areaCode"].string == Place.villageA3)
        #expect(
            try session.get("/v1/organizations/\(Sample.id(2))?on=2026-02-28").json["areaCode"].string
                == Place.villageA2)
        #expect(try county.faults() == [])
        // The town goes up in the other one: all below it moves, and what was at home in the town itself.
        let towns = try session.put(
            "/v1/divisions/\(Place.townA)/successor", ["successorCode": .string(Place.townB)])
        #expect(towns.status == 200, "\(towns.text)")
        #expect(try county.as(.clerkB).walk("/v1/cadres?limit=10").count == 4)
        #expect(try session.get("/v1/cadres/\(Sample.id(11))").json["areaCode"].string == Place.townB)
        #expect(try county.faults() == [])
    }

    @Test("two organizations of one name stand in the way of a successor")
    func collidingNames() throws {
        let county = try County()
        for (number, village) in [(1, Place.villageA1), (2, Place.villageA2)] {
            try county.makeOrganization(number, Sample.organization("中心小学", at: village))
        }
        let before = try county.digest()
        let answer = try county.as(.administrator).put(
            "/v1/divisions/\(Place.villageA2)/successor", ["successorCode": .string(Place.villageA1)])
        #expect(answer.status == 409)
        #expect(answer.text.contains("organization-names-collide"))
        #expect(try county.digest() == before)
    }

    @Test("check finds a kept rank, a place and a code that are not what they should be")
    func check() throws {
        let county = try County()
        try county.makeOrganization()
        try county.makeCadre(11, Sample.cadre("张示例").with(["rank": "ordinary"]))
        for (sql, subject) in [
            ("UPDATE cadre SET rank = 'middle'", "ranks, post states"),
            ("UPDATE cadre SET area_code = 990923100201", "places of cadres"),
            ("UPDATE organization SET area_code = 990923100201", "places of organizations"),
            ("UPDATE organization SET kind = 'guild'", "codes of organizations"),
        ] {
            try county.register.perform { _ = try $0.connection.run(sql) }
            #expect(try county.faults().contains { $0.hasPrefix(subject) }, "\(sql)")
        }
    }
}
