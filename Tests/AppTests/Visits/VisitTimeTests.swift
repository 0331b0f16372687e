// Visits that come late: clocks that are wrong, rights that have gone, codes that have ended, households that moved.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Visits that come late")
struct VisitTimeTests {
    private func flags(_ answer: Answer) -> [String] { answer.json["flags"].list.compactMap(\.string) }

    @Test("the clock of the device is believed within a tolerance, corrected by its offset, or held to the server's")
    func clocks() throws {
        let county = try County()
        try county.makeVisited()
        // 00:05 of 2 March in the county.
        let night = try county.visit(501, Sample.visit(at: "2026-03-01T16:05:00Z"))
        #expect(night.json["countedOn"].string == "2026-03-02")
        #expect(flags(night).isEmpty)
        let near = try county.visit(502, Sample.visit(at: "2026-03-02T01:09:00Z"))
        #expect(near.json["countedOn"].string == "2026-03-02")
        #expect(flags(near).isEmpty)
        let ahead = try county.visit(503, Sample.visit(at: "2026-03-09T01:00:00Z"))
        #expect(ahead.json["countedOn"].string == "2026-03-02")
        #expect(flags(ahead) == ["clock-ahead"])
        #expect(ahead.json["occurredAt"].string == "2026-03-09T01:00:00.000Z")
        let offset = try county.visit(
            504, Sample.visit(at: "2026-03-02T10:00:00Z").with(["clockOffsetMs": 86_400_000]))
        #expect(offset.json["countedOn"].string == "2026-03-01")
        #expect(flags(offset) == ["clock-corrected"])
        let small = try county.visit(505, Sample.visit(at: "2026-03-01T16:05:00Z").with(["clockOffsetMs": 590_000]))
        #expect(small.json["countedOn"].string == "2026-03-02")
        #expect(flags(small).isEmpty)
        let old = try county.visit(506, Sample.visit(at: "2000-01-01T00:00:00Z"))
        #expect(old.json["countedOn"].string == nil)
        #expect(old.json["isCounted"].boolean == false)
        #expect(flags(old) == ["clock-unbelievable"])
        #expect(try county.faults() == [])
    }

    @Test("the tolerance and the bound are those of the village")
    func parameters() throws {
        let county = try County()
        try county.makeVisited()
        for (number, area, key, value) in [
            (71, Place.townA, "visit.late.bound", 30), (72, Place.villageA1, "visit.late.bound", 90),
            (73, Place.townA, "visit.clock.tolerance", 60),
        ] {
            let unit = key == "visit.late.bound" ? "days" : "minutes"
            let answer = try county.as(.administrator).put(
                "/v1/parameters/\(Sample.id(number))",
                [
                    "key": .string(key), "areaCode": .string(area), "value": .integer(value), "unit": .string(unit),
                    "from": "2020-01-01", "documentNumber": "县发〔2026〕1号",
                ])
            #expect(answer.status == 201, "\(answer.text)")
        }
        let time = "2026-01-15T02:00:00Z"
        #expect(flags(try county.visit(501, Sample.visit(1, at: time))).isEmpty)
        #expect(flags(try county.visit(502, Sample.visit(2, at: time))) == ["clock-unbelievable"])
        #expect(flags(try county.visit(503, Sample.visit(3, at: time))).isEmpty)
        #expect(flags(try county.visit(504, Sample.visit(1, at: "2026-03-02T01:50:00Z"))).isEmpty)
        #expect(flags(try county.visit(505, Sample.visit(3, at: "2026-03-02T01:50:00Z"))) == ["clock-ahead"])
    }

    @Test("a code that ended is mapped to its successor by the day of the visit; without one it stays and is told")
    func codes() throws {
        let county = try County()
        try county.makeVisited()
        try county.register.perform { transaction in
            for statement in [
                "UPDATE code_value SET valid_to = '2026-02-01' WHERE list_key = 'visit-purpose' AND code = 'mediation'",
                "UPDATE code_value SET valid_to = '2026-02-01' WHERE list_key = 'gift-kind' AND code = 'couplets'",
                "INSERT INTO code_successor VALUES ('visit-purpose', 'mediation', 'encouragement')",
            ] { try transaction.connection.run(statement) }
        }
        county.close()
        let later = try County(reopening: county.folder, clock: county.clock)
        let body = Sample.visit().with(["purpose": "mediation"])
        let mapped = try later.visit(501, body)
        #expect(mapped.json["purpose"].string == "encouragement")
        #expect(flags(mapped) == ["code-mapped"])
        #expect(try later.as(.administrator).put(Sample.path(ofVisit: 501), body)["idempotency-replayed"] == "true")
        let before = try later.visit(502, Sample.visit(at: "2026-01-31T02:00:00Z").with(["purpose": "mediation"]))
        #expect(before.json["purpose"].string == "mediation")
        #expect(flags(before).isEmpty)
        let gift: JSON = ["kind": "couplets", "quantity": 1, "valueFen": 500, "donor": "own"]
        let ended = try later.visit(503, Sample.visit().with(["gifts": [gift]]))
        #expect(ended.json["gifts"][0]["kind"].string == "couplets")
        #expect(flags(ended) == ["code-ended"])
        #expect(try later.faults() == [])
    }

    @Test("what was written before a tablet went to another village is taken, what was written after is parked")
    func rights() throws {
        let county = try County()
        try county.makeVisited()
        county.clock.advance(days: 2)
        try county.move(.tabletA1, to: Place.villageB1)
        county.clock.advance(days: 1)
        let session = try county.as(.tabletA1)
        #expect(try session.get("/v1/households/\(Sample.id(1))").status == 404)
        let early = try session.put(Sample.path(ofVisit: 501), Sample.visit(at: "2026-03-03T02:00:00Z"))
        #expect(early.status == 201, "\(early.text)")
        #expect(early.json["countedOn"].string == "2026-03-03", "\(early.text)")
        let late = try session.put(Sample.path(ofVisit: 502), Sample.visit(at: "2026-03-04T02:00:00Z"))
        #expect(late.status == 202, "\(late.text)")
        #expect(late.json["outcome"].string == "parked", "\(late.text)")
        #expect(late.json["code"].string == "right-lost")
        #expect(late.json["retry"].string == "never")
        let held = try county.digest()
        #expect(
            try session.put(Sample.path(ofVisit: 502), Sample.visit(at: "2026-03-04T02:00:00Z")).status == 202)
        // A household of a village that it never had is as if it were not there.
        #expect(
            try session.put(Sample.path(ofVisit: 503), Sample.visit(2)).errors == ["/householdId unknown-household"])
        #expect(try county.digest() == held)
        #expect(try session.put(Sample.path(ofVisit: 504), Sample.visit(3)).status == 201)
        #expect(try county.faults() == [])
    }

    @Test("a household that moved away takes its visits along, and what a tablet wrote of it before is taken")
    func movedHousehold() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, as: .tabletA1)
        _ = try county.as(.tabletA1).put(Sample.path(ofVisit: 501), Sample.visit(kind: "meeting"))
        county.clock.advance(days: 2)
        try county.move(1, to: Place.villageB1)
        #expect(try county.visits("", as: .tabletA1) == [])
        #expect(try county.visits("", as: .workerB1) == [501])
        let moved = try county.as(.workerB1).get(Sample.path(ofVisit: 501))
        #expect(moved.json["villageCode"].string == Place.villageB1)
        #expect(moved.versionTag == "v1")
        #expect(try county.as(.clerkB).get("/v1/held-visits").items.count == 1)
        let left = try county.as(.tabletA1).get("/v1/changes?entity=visits&include=record").items.last
        #expect(left?["operation"]?.string == "left")
        #expect(left?["record"] == nil)
        let session = try county.as(.tabletA1)
        let early = try session.put(Sample.path(ofVisit: 502), Sample.visit(at: "2026-03-03T02:00:00Z"))
        #expect(early.status == 201, "\(early.text)")
        #expect(early.json["villageCode"].string == Place.villageB1, "\(early.text)")
        county.clock.advance(days: 2)
        #expect(
            try session.put(Sample.path(ofVisit: 503), Sample.visit(at: "2026-03-05T02:00:00Z")).status == 202)
        #expect(try county.visits("", as: .workerB1) == [502, 501])
        #expect(try county.faults() == [])
    }

    @Test("visits, held ones and users of a village follow it into its successor")
    func merger() throws {
        let county = try County()
        try county.makeVisited()
        let meeting = Sample.visit(kind: "meeting").with([
            "householdId": .omitted, "villageCode": .string(Place.villageA1),
        ])
        try county.visit(501)
        try county.visit(502, meeting)
        _ = try county.as(.tabletA1).put(Sample.path(ofVisit: 501), Sample.visit(kind: "meeting"))
        _ = try county.as(.tabletA1).put(Sample.path(ofVisit: 502), Sample.visit())
        let answer = try county.as(.administrator).put(
            "/v1/divisions/\(Place.villageA1)/successor",
            [
                "successorCode": .string(Place.villageB1), "effectiveOn": .string(County.today),
            ])
        #expect(answer.status < 300, "\(answer.text)")
        #expect(try county.visits("", as: .workerB1) == [502, 501])
        #expect(try county.as(.clerkB).get("/v1/held-visits").items.count == 2)
        #expect(try county.visits("", as: .tabletA1) == [502, 501])
        let late = try county.visit(503, meeting.with(["purpose": "planning"]), as: .tabletA1)
        #expect(late.json["villageCode"].string == Place.villageB1)
        #expect(try county.visits("villageCode=\(Place.villageA1)&isOfVillage=true") == [503, 502])
        #expect(try county.faults() == [])
    }

    @Test("a user is moved by an administrator of both places, once, with a trail")
    func moving() throws {
        let county = try County()
        let users = try county.as(.administrator).get("/v1/users?count=true")
        #expect(users.json["total"].integer == 7)
        let worker = try required(users.items.first { $0["name"]?.string == "workerA1" })
        let path = "/v1/users/\(worker["id"].string ?? "")"
        let body: JSON = ["areaCode": .string(Place.townB)]
        #expect(
            try county.as(.administrator).patch(path, version: 1, ["areaCode": .string(Place.neighbourTown)]).errors
                == ["/areaCode unknown-division"])
        let province = try county.query("SELECT id FROM user_account WHERE name = 'province'") {
            try $0.identifier(0).description
        }
        #expect(try county.as(.administrator).get("/v1/users/\(try required(province.first))").status == 404)
        county.clock.advance(days: 1)
        let moved = try county.as(.administrator).patch(path, version: 1, body)
        #expect(moved.status == 200)
        #expect(moved.json["areaCode"].string == Place.townB)
        #expect(moved.versionTag == "v2")
        #expect(try county.as(.workerA1).get("/v1/me").json["areaCode"].string == Place.townB)
        #expect(try county.as(.administrator).patch(path, version: 2, body).json["version"].integer == 2)
        #expect(try county.count("user_place") == Person.allCases.count + 1)
        #expect(try county.faults() == [])
    }
}
