// Who holds what for which division on which day: liaisons, units, first secretaries, secretaries of the five levels.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Duties")
struct DutyTests {
    private static let leader: JSON = ["cadreId": .string(Sample.id(511))]

    private static func held(_ kind: String, _ division: String, by cadre: Int, from: String = "2016-03-01") -> JSON {
        Sample.duty(kind, division, from: from).with(["cadreId": .string(Sample.id(cadre))])
    }

    @Test("a duty is created once under its id, read with names, and found by every filter")
    func creation() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        let body = Self.held("first-secretary", Place.villageA1, by: 513).with(["title": "副科长"])
        let path = Sample.path(ofDuty: 1)
        let created = try session.put(path, body)
        #expect(created.status == 201)
        #expect(created.versionTag == "v1")
        #expect(created["location"] == path)
        #expect(created.json["cadreName"].string == "钱进")
        #expect(created.json["areaName"].string == "东村")
        let before = try county.digest()
        for query in [
            "kind=first-secretary", "areaCode=\(Place.townA)", "cadreId=\(Sample.id(513))", "on=2016-03-01",
            "on=2026-01-01",
        ] {
            #expect(try session.get("/v1/duties?\(query)").items.count == 1, "\(query)")
        }
        for query in [
            "kind=leader-town", "areaCode=\(Place.townB)", "organizationId=\(Sample.id(501))", "on=2016-02-29",
        ] {
            #expect(try session.get("/v1/duties?\(query)").items.isEmpty, "\(query)")
        }
        #expect(try session.get(path + "?on=2016-02-29").status == 404)
        #expect(try session.get("/v1/duties?kind=x").status == 400)
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("a county leader has as many towns as the parameter says, and stands among the gaps with fewer")
    func leaderQuota() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        func put(_ number: Int, _ area: String) throws -> String? {
            try session.put(Sample.path(ofDuty: number), Self.held("leader-town", area, by: 511)).problem
        }
        func gaps() throws -> Int {
            try session.get("/v1/liaison-gaps").items.count {
                $0["gap"]?.string == "leader-without-town" && $0["cadreId"]?.string == Sample.id(511)
            }
        }
        #expect(try put(1, Place.townA) == nil)
        #expect(try gaps() == 0)
        #expect(try put(2, Place.townB) == "leader-has-town")
        let two: JSON = [
            "key": "quota.county-leader.town", "value": 2, "unit": "towns", "areaCode": .string(Place.county),
            "from": "2015-01-01",
        ]
        #expect(try session.put("/v1/parameters/\(Sample.id(901))", two).status == 201)
        #expect(try gaps() == 1)
        #expect(try put(2, Place.townB) == nil)
        #expect(try gaps() == 0)
        #expect(try put(3, Place.townA) == "leader-has-town")
        // Where fewer are allowed from a day on, what is there stays, may be given up sooner, and goes on no longer.
        let path = Sample.path(ofDuty: 2)
        #expect(try session.patch(path, version: 1, ["to": "2026-09-01", "endReason": "rotated"]).status == 200)
        #expect(
            try session.put("/v1/parameters/\(Sample.id(902))", two.with(["value": 1, "from": "2026-01-01"])).status
                == 201)
        #expect(try session.patch(path, version: 2, ["to": "2026-06-01"]).status == 200)
        let longer = try session.patch(path, version: 3, ["to": "2026-07-01"])
        #expect(longer.problem == "leader-has-town")
        #expect(longer.text.contains("最多 1 个"))
        #expect(try session.patch(path, version: 3, ["to": "2025-12-01"]).status == 200)
        #expect(try session.patch(path, version: 4, ["to": "2026-01-01"]).status == 200)
        #expect(try session.patch(path, version: 5, ["to": "2026-01-02"]).problem == "leader-has-town")
        // Whatever path writes a duty.
        #expect(throws: SQLError.trigger("leader-has-town")) {
            try county.alter(
                """
                INSERT INTO duty_term (duty_id, kind, division_id, cadre_id, valid_from, recorded_at)
                SELECT duty_id, kind, division_id, cadre_id, '2030-01-01', recorded_at + 1 FROM duty_term
                WHERE duty_id = x'\(Sample.id(2).filter { $0 != "-" })' AND superseded_at IS NULL
                """)
        }
        #expect(try county.faults() == [])
    }

    @Test("where more towns are allowed until a day only, no county leader has them longer")
    func leaderQuotaEnds() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        let two: JSON = [
            "key": "quota.county-leader.town", "value": 2, "unit": "towns", "from": "2015-01-01", "to": "2027-01-20",
            "areaCode": .string(Place.county),
        ]
        #expect(try session.put("/v1/parameters/\(Sample.id(901))", two).status == 201)
        let (first, second) = (Sample.path(ofDuty: 1), Sample.path(ofDuty: 2))
        #expect(try session.put(first, Self.held("leader-town", Place.townA, by: 511)).status == 201)
        let body = Self.held("leader-town", Place.townB, by: 511)
        #expect(try session.put(second, body).problem == "leader-has-town")
        #expect(try session.put(second, body.with(["to": "2027-01-20", "endReason": "rotated"])).status == 201)
    }

    @Test("a county leader has one town and one poor village on any day; nobody else has them")
    func liaisons() throws {
        let county = try County()
        try county.addPeople()
        try county.makePoor(Place.villageA1, from: "2015-01-01")
        let session = try county.as(.administrator)
        #expect(
            try session.put(Sample.path(ofDuty: 1), Self.held("leader-town", Place.townA, by: 511)).status == 201)
        #expect(
            try session.put(Sample.path(ofDuty: 2), Self.held("leader-village", Place.villageA1, by: 511)).status == 201
        )
        let before = try county.digest()
        let second = try session.put(
            Sample.path(ofDuty: 3), Self.held("leader-town", Place.townB, by: 511, from: "2030-01-01"))
        #expect(second.problem == "leader-has-town")
        #expect(second.errors == ["/cadreId leader-has-town"])
        #expect(second.json["detail"].string?.contains(Sample.id(1)) == true)
        #expect(
            try session.put(
                Sample.path(ofDuty: 3), Self.held("leader-village", Place.villageA1, by: 511, from: "2015-06-01")
            ).problem == "leader-has-village")
        #expect(
            try session.put(Sample.path(ofDuty: 3), Self.held("leader-town", Place.townB, by: 513)).errors == [
                "/cadreId not-a-county-leader"
            ])
        #expect(
            try session.put(Sample.path(ofDuty: 3), Self.held("leader-village", Place.villageA2, by: 512)).errors == [
                "/areaCode not-a-poor-village"
            ])
        #expect(
            try session.put(
                Sample.path(ofDuty: 3), Self.held("leader-village", Place.villageA1, by: 512, from: "2014-12-31")
            ).errors == ["/areaCode not-a-poor-village"], "it was not poor yet")
        #expect(
            try session.put(Sample.path(ofDuty: 3), Self.held("leader-town", Place.villageA1, by: 512)).errors == [
                "/areaCode wrong-level"
            ])
        #expect(try county.digest() == before)
        // The day on which one ends is the first of the next.
        let ended = try session.patch(
            Sample.path(ofDuty: 1), version: 1, ["to": "2020-01-01", "endReason": "rotated"])
        #expect(ended.status == 200)
        #expect(ended.json["to"].string == "2020-01-01")
        #expect(
            try session.put(
                Sample.path(ofDuty: 3), Self.held("leader-town", Place.townB, by: 511, from: "2020-01-01")
            ).status == 201)
        let gaps = try session.get("/v1/liaison-gaps").items
        #expect(
            gaps.compactMap { [$0["gap"]?.string, $0["cadreName"]?.string].compactMap(\.self).joined(separator: " ") }
                == ["leader-without-town 孙建华", "leader-without-village 孙建华"])
        #expect(
            try session.get("/v1/liaison-gaps?on=2015-02-01").items.compactMap { $0["gap"]?.string } == [
                "leader-without-town", "leader-without-town", "leader-without-village", "leader-without-village",
                "village-without-liaison",
            ])
        #expect(try county.as(.clerkB).get("/v1/liaison-gaps?on=2015-02-01").items.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("several units hold a village, each once in each way")
    func units() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        func body(_ kind: String, unit: Int, from: String = "2016-03-01") -> JSON {
            Sample.duty(kind, Place.villageA1, from: from).with(["organizationId": .string(Sample.id(unit))])
        }
        #expect(try session.put(Sample.path(ofDuty: 1), body("village-guarantee", unit: 501)).status == 201)
        #expect(try session.put(Sample.path(ofDuty: 2), body("village-guarantee", unit: 502)).status == 201)
        #expect(try session.put(Sample.path(ofDuty: 3), body("village-pairing", unit: 501)).status == 201)
        let before = try county.digest()
        let again = try session.put(Sample.path(ofDuty: 4), body("village-guarantee", unit: 501, from: "2019-01-01"))
        #expect(again.problem == "unit-holds-village")
        #expect(again.errors == ["/organizationId unit-holds-village"])
        #expect(
            try session.put(
                Sample.path(ofDuty: 4), body("village-guarantee", unit: 999).with(["cadreId": .string(Sample.id(513))])
            ).errors == ["/cadreId not-for-kind", "/organizationId unknown-organization"])
        // A clerk of a town sees their own units only.
        #expect(
            try county.as(.clerkA).put(Sample.path(ofDuty: 4), body("village-stationing", unit: 501)).errors == [
                "/organizationId unknown-organization"
            ])
        #expect(try county.digest() == before)
        #expect(try county.as(.clerkA).put(Sample.path(ofDuty: 4), body("village-stationing", unit: 502)).status == 201)
        #expect(try session.get("/v1/duties?organizationId=\(Sample.id(502))").items.count == 2)
    }

    @Test("a village has one first secretary, who has one village; vacancies say since when")
    func firstSecretaries() throws {
        let county = try County()
        try county.addPeople()
        for village in [Place.villageA1, Place.villageA2] { try county.makePoor(village) }
        let session = try county.as(.administrator)
        let body = Self.held("first-secretary", Place.villageA1, by: 513)
        #expect(try session.put(Sample.path(ofDuty: 1), body).status == 201)
        let before = try county.digest()
        #expect(
            try session.put(
                Sample.path(ofDuty: 2), Self.held("first-secretary", Place.villageA1, by: 521, from: "2018-01-01")
            ).errors == ["/areaCode village-has-first-secretary"])
        #expect(
            try session.put(
                Sample.path(ofDuty: 2), Self.held("first-secretary", Place.villageA2, by: 513, from: "2018-01-01")
            ).problem == "secretary-has-village")
        #expect(
            try session.patch(Sample.path(ofDuty: 1), version: 1, ["to": "2018-03-01"]).errors == [
                "/endReason required"
            ])
        #expect(
            try session.patch(Sample.path(ofDuty: 1), version: 1, ["to": "2016-03-01", "endReason": "other"]).errors
                == ["/to ends-before-it-begins"])
        #expect(try county.digest() == before)
        func vacancies(_ query: String = "") throws -> [String] {
            try session.get("/v1/first-secretary-vacancies\(query)").items.compactMap {
                [$0["villageCode"]?.string, $0["vacantSince"]?.string].compactMap(\.self).joined(separator: " ")
            }
        }
        #expect(try vacancies() == ["\(Place.villageA2) 2014-01-01"])
        #expect(
            try session.patch(
                Sample.path(ofDuty: 1), version: 1, ["to": "2018-03-01", "endReason": "term-expired"]
            ).status == 200)
        #expect(try vacancies("?areaCode=\(Place.townA)").first == "\(Place.villageA1) 2018-03-01")
        #expect(try vacancies("?on=2017-01-01") == ["\(Place.villageA2) 2014-01-01"])
        #expect(try vacancies("?areaCode=\(Place.townB)") == [])
        #expect(
            try session.put(
                Sample.path(ofDuty: 2), Self.held("first-secretary", Place.villageA1, by: 521, from: "2018-03-01")
            ).status == 201)
        #expect(
            try county.query(
                "SELECT operation FROM change WHERE entity = 'duties' ORDER BY sequence"
            ) { $0.text(0) } == ["create", "end", "create"])
        #expect(try county.faults() == [])
    }

    @Test("what was believed of a duty is kept; a duty entered in error is taken back and frees its place")
    func corrections() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        let path = Sample.path(ofDuty: 1)
        #expect(
            try session.put(path, Self.held("first-secretary", Place.villageA1, by: 513)).status == 201)
        county.clock.advance(days: 1)
        let moved = try session.patch(
            path, version: 1, ["areaCode": .string(Place.villageB1), "from": "2016-05-01", "title": "主任科员"])
        #expect(moved.json["areaCode"].string == Place.villageB1)
        #expect(moved.versionTag == "v2")
        #expect(try session.get(path + "?on=2016-04-01").status == 404)
        let known = try session.get(path + "?on=2016-04-01&knownAt=2026-03-02T12:00:00.000Z")
        #expect(known.json["areaCode"].string == Place.villageA1)
        #expect(known.json["title"] == nil)
        #expect(try county.as(.clerkA).get(path).status == 404)
        #expect(try county.as(.clerkB).get(path).status == 200)
        #expect(
            try county.query(
                "SELECT operation || ' ' || area_before || ' ' || area_after FROM change ORDER BY sequence DESC LIMIT 1"
            ) { $0.text(0) } == ["move \(Place.villageA1) \(Place.villageB1)"])
        let other = Self.held("first-secretary", Place.villageB1, by: 521)
        #expect(try session.put(Sample.path(ofDuty: 2), other).status == 409)
        #expect(try session.patch(path, version: 2, ["withdrawn": true]).status == 200)
        #expect(try session.get(path).status == 404)
        #expect(try session.get("/v1/duties").items.isEmpty)
        #expect(try session.get(path + "?knownAt=2026-03-02T12:00:00.000Z").status == 200)
        #expect(try session.put(Sample.path(ofDuty: 2), other).status == 201)
        #expect(try county.faults() == [])
    }

    @Test("the chain of five names who answered for a village on a day, with the parents of that day")
    func secretaries() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        func named(_ division: String, _ name: String, from: String = "2015-01-01") -> JSON {
            Sample.duty("party-secretary", division, from: from).with(["holderName": .string(name), "title": "书记"])
        }
        #expect(try session.put(Sample.path(ofDuty: 1), named(Place.villageA1, "赵长富")).status == 201)
        #expect(
            try session.put(Sample.path(ofDuty: 2), Self.held("party-secretary", Place.county, by: 511)).status == 201)
        #expect(
            try county.as(.province).put(Sample.path(ofDuty: 3), named(Place.province, "省书记")).status == 201,
            "the province records its own")
        let before = try county.digest()
        #expect(
            try session.put(Sample.path(ofDuty: 4), named(Place.city, "市书记")).errors == [
                "/areaCode unknown-division"
            ])
        #expect(
            try county.as(.province).put(
                Sample.path(ofDuty: 4), Self.held("first-secretary", Place.villageA1, by: 513)
            ).status == 403)
        #expect(
            try session.put(Sample.path(ofDuty: 4), named(Place.villageA1, "别人", from: "2020-01-01")).problem
                == "division-has-secretary")
        #expect(
            try session.put(
                Sample.path(ofDuty: 4), Self.held("party-secretary", Place.townA, by: 521).with(["holderName": "吴镇"])
            ).errors == ["/holderName only-one"])
        #expect(
            try session.put(Sample.path(ofDuty: 4), Sample.duty("party-secretary", Place.townA)).errors == [
                "/cadreId required"
            ])
        #expect(try county.digest() == before)
        func chain(_ day: String, as person: Person = .workerA1) throws -> [String] {
            try county.as(person).get("/v1/villages/\(Place.villageA1)/secretaries?on=\(day)").json["items"].list
                .map { $0["cadreName"]?.string ?? $0["holderName"]?.string ?? "-" }
        }
        #expect(try chain("2016-06-01") == ["省书记", "-", "周立新", "-", "赵长富"])
        #expect(try chain("2015-06-01") == ["省书记", "-", "-", "-", "赵长富"])
        #expect(try county.as(.workerB1).get("/v1/villages/\(Place.villageA1)/secretaries").status == 404)
        #expect(try county.as(.workerA1).get(Sample.path(ofDuty: 2)).status == 404, "only the chain shows it")
    }

    @Test("all that is wrong with a body is said at once, and who may not write, may not")
    func refusals() throws {
        let county = try County()
        try county.addPeople()
        let before = try county.digest()
        let session = try county.as(.administrator)
        #expect(
            try session.put(
                Sample.path(ofDuty: 1),
                ["kind": "boss", "areaCode": "12", "from": "2016-02-30", "endReason": "x", "wages": 1]
            ).errors == [
                "/kind unknown-code", "/from not-a-date", "/areaCode not-an-area-code", "/endReason unknown-code",
                "/wages unknown-field",
            ])
        #expect(
            try session.put(
                Sample.path(ofDuty: 1),
                Self.held("first-secretary", Place.neighbourVillage, by: 513).with(["holderName": "x"])
            ).errors == ["/areaCode unknown-division", "/holderName not-for-kind"])
        #expect(
            try session.put(Sample.path(ofDuty: 1), ["kind": "first-secretary", "from": "2016-01-01"]).status == 422)
        for person in [Person.workerA1, .tabletA1, .auditor] {
            #expect(
                try county.as(person).put(
                    Sample.path(ofDuty: 1), Self.held("first-secretary", Place.villageA1, by: 513)
                ).status == 403)
        }
        #expect(
            try county.as(.clerkB).put(
                Sample.path(ofDuty: 1), Sample.duty("party-secretary", Place.villageA1).with(["holderName": "x"])
            ).errors == ["/areaCode unknown-division"])
        #expect(try county.digest() == before)
    }

    @Test("when a village is taken over its duties go with it, and moving a town moves them")
    func succession() throws {
        let county = try County()
        try county.addPeople()
        try county.makePoor(Place.villageA1)
        let session = try county.as(.administrator)
        try #require(
            session.put(Sample.path(ofDuty: 1), Self.held("first-secretary", Place.villageA1, by: 513)).status == 201)
        try #require(
            session.put(Sample.path(ofDuty: 2), Self.held("leader-town", Place.townA, by: 511)).status == 201)
        let team: JSON = [
            "villageCode": .string(Place.villageA1), "name": "工作队", "from": "2016-03-01",
            "members": [["kind": "team-leader", "cadreId": .string(Sample.id(513))]],
        ]
        try #require(session.put("/v1/work-teams/\(Sample.id(9))", team).status == 201)
        #expect(
            try session.put(
                "/v1/divisions/\(Place.villageA1)/successor", ["successorCode": .string(Place.villageB1)]
            ).status == 200)
        #expect(try county.as(.clerkB).get("/v1/duties").items.count == 2)
        #expect(try county.as(.clerkA).get("/v1/duties").items.compactMap { $0["kind"]?.string } == ["leader-town"])
        #expect(try county.faults() == [])
        #expect(
            try session.put(
                "/v1/divisions/\(Place.townA)/successor", ["successorCode": .string(Place.townB)]
            ).status == 200)
        #expect(try county.as(.clerkB).get("/v1/duties").items.count == 3)
        #expect(try county.faults() == [])
        #expect(
            try session.get("/v1/villages/\(Place.villageA1)/secretaries?on=2020-01-01").json["villageCode"].string
                == Place.villageA1, "on a day before it ended it is itself")
    }
}
