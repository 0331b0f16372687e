// Corrections and retractions, and what a person decides about bodies that were kept back (Appendix B 1, 5, 8).

import Testing

@testable import App
@testable import SQL
@testable import Web

@Suite("Corrections of visits, and held ones")
struct VisitCorrectionTests {
    private static let correction = Sample.visit(2, at: "2026-02-20T02:00:00Z").with([
        "correctsVisitId": .string(Sample.id(501))
    ])

    @Test("a correction counts instead of what it corrects, and both stay readable")
    func correction() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, as: .tabletA1)
        let made = try county.visit(502, Self.correction, as: .clerkA)
        #expect(made.json["correctsVisitId"].string == Sample.id(501))
        #expect(made.json["isCounted"].boolean == true)
        let old = try county.as(.tabletA1).get(Sample.path(ofVisit: 501))
        #expect(old.json["isCounted"].boolean == false)
        #expect(old.json["correctedByVisitId"].string == Sample.id(502))
        #expect(old.json["version"].integer == 2)
        #expect(old.versionTag == "v2")
        #expect(old.json["countedOn"].string == "2026-03-01")
        let before = try county.digest()
        let replay = try county.as(.tabletA1).put(Sample.path(ofVisit: 501), Sample.visit())
        #expect(replay["idempotency-replayed"] == "true")
        #expect(replay.versionTag == "v2")
        #expect(
            try county.as(.clerkA).put(Sample.path(ofVisit: 502), Self.correction)["idempotency-replayed"] == "true")
        #expect(try county.digest() == before)
        let again = try county.as(.clerkA).put(Sample.path(ofVisit: 503), Self.correction.with(["kind": "survey"]))
        #expect(again.status == 409)
        #expect(again.problem == "already-corrected")
        #expect(try county.visits("isCounted=true") == [502])
        #expect(try county.visits("correctsVisitId=\(Sample.id(501))") == [502])
        // The correction itself can be taken back; then nothing counts.
        let retraction = Sample.visit(2).with(["correctsVisitId": .string(Sample.id(502)), "isRetraction": true])
        let taken = try county.visit(504, retraction, as: .clerkA)
        #expect(taken.json["isCounted"].boolean == false)
        #expect(taken.json["isRetraction"].boolean == true)
        #expect(try county.visits("isCounted=true") == [])
        #expect(try county.faults() == [])
    }

    @Test("a record of another area cannot be corrected, as if it were not there")
    func foreign() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, Sample.visit(3))
        let before = try county.digest()
        let answer = try county.as(.clerkA).put(
            Sample.path(ofVisit: 502), Sample.visit().with(["correctsVisitId": .string(Sample.id(501))]))
        #expect(answer.errors == ["/correctsVisitId unknown-visit"])
        #expect(try county.digest() == before)
    }

    // MARK: Held ones

    /// The one held visit, as the clerk of town A reads it.
    private func held(_ county: County) throws -> (path: String, json: JSONValue) {
        let item = try required(try county.as(.clerkA).get("/v1/held-visits?state=open").items.first)
        let path = "/v1/held-visits/\(item["id"].string ?? "")"
        return (path, try required(try county.as(.clerkA).get(path).json))
    }

    private func conflict(_ county: County) throws {
        try county.makeVisited()
        try county.visit(501, as: .tabletA1)
        let other = Sample.visit(kind: "survey").with([
            "diary": ["did": "电话 13800001234，身份证 110101199003071234", "saw": "共 3 人"]
        ])
        #expect(try county.as(.tabletA1).put(Sample.path(ofVisit: 501), other).status == 409)
    }

    @Test("what was kept is sealed, and shown with masks to whoever decides")
    func masks() throws {
        let county = try County()
        try conflict(county)
        let (path, json) = try held(county)
        #expect(json["content"]["diary"]["did"].string == "电话 *******1234，身份证 *****************4")
        #expect(json["content"]["diary"]["saw"].string == "共 3 人")
        #expect(json["content"]["householdId"].string == Sample.id(1))
        #expect(json["code"].string == "conflicting-content")
        #expect(json["cause"].string == "conflict")
        let worker = try county.as(.workerA1).get(path)
        #expect(worker.status == 200)
        #expect(worker.json["content"] == nil)
        #expect(!worker.text.contains("138"))
        #expect(
            try county.query("SELECT content_sealed FROM held_visit") { $0.blob(0) }.allSatisfy {
                !String(decoding: $0, as: UTF8.self).contains("13800001234")
            })
        #expect(try !county.as(.administrator).get("/v1/changes").text.contains("13800001234"))
    }

    @Test("an accepted conflict becomes a correction of the first record, and its sender is told so")
    func acceptedConflict() throws {
        let county = try County()
        try conflict(county)
        let (path, _) = try held(county)
        let body: JSON = ["state": "accepted", "reason": "已核实", "resultVisitId": .string(Sample.id(510))]
        let decided = try county.as(.clerkA).patch(path, version: 1, body)
        #expect(decided.status == 200, "\(decided.text)")
        #expect(decided.json["state"].string == "accepted", "\(decided.text)")
        #expect(decided.json["resultVisitId"].string == Sample.id(510))
        #expect(decided.json["decidedAt"].string != nil)
        let visit = try county.as(.tabletA1).get(Sample.path(ofVisit: 510))
        #expect(visit.json["correctsVisitId"].string == Sample.id(501))
        #expect(visit.json["kind"].string == "survey")
        #expect(try county.visits("isCounted=true") == [510])
        let before = try county.digest()
        let other = Sample.visit(kind: "survey").with([
            "diary": ["did": "电话 13800001234，身份证 110101199003071234", "saw": "共 3 人"]
        ])
        let again = try county.as(.tabletA1).put(Sample.path(ofVisit: 501), other)
        #expect(again["idempotency-replayed"] == "true", "\(again.text)")
        #expect(again.json["id"].string == Sample.id(510), "\(again.text)")
        #expect(try county.as(.clerkA).patch(path, version: 2, body).problem == "held-visit-decided")
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("a refused one stays refused whenever it is sent again")
    func refused() throws {
        let county = try County()
        try conflict(county)
        let (path, _) = try held(county)
        #expect(try county.as(.clerkA).patch(path, version: 1, ["state": "refused"]).errors == ["/reason required"])
        #expect(
            try county.as(.clerkA).patch(path, version: 1, ["state": "refused", "reason": "重复"]).status == 200)
        let before = try county.digest()
        let other = Sample.visit(kind: "survey").with([
            "diary": ["did": "电话 13800001234，身份证 110101199003071234", "saw": "共 3 人"]
        ])
        #expect(
            try county.as(.tabletA1).put(Sample.path(ofVisit: 501), other).errors == ["refused-by-clerk"])
        #expect(try county.digest() == before)
        #expect(try county.visits("") == [501])
        #expect(try county.faults() == [])
    }

    @Test("a parked one becomes a visit of whoever sent it, or is settled when the right comes back")
    func parked() throws {
        let county = try County()
        try county.makeVisited()
        county.clock.advance(days: 1)
        try county.move(.tabletA1, to: Place.villageB1)
        county.clock.advance(days: 1)
        for number in [501, 502] {
            let body = Sample.visit(at: "2026-03-0\(number - 498)T18:00:00Z")
            #expect(try county.as(.tabletA1).put(Sample.path(ofVisit: number), body).status == 202)
        }
        let (path, json) = try held(county)
        let number = try required(json["visitId"].string.flatMap { Int($0.suffix(3)) })
        let decided = try county.as(.clerkA).patch(path, version: 1, ["state": "accepted"])
        #expect(decided.json["resultVisitId"].string == Sample.id(number), "\(decided.text)")
        let visit = try county.as(.clerkA).get(Sample.path(ofVisit: number)).json
        #expect(visit["receivedAt"].string == "2026-03-04T01:00:00.000Z")
        let tablet = try county.query("SELECT id FROM user_account WHERE name = 'tabletA1'") {
            try $0.identifier(0).description
        }
        #expect(visit["recordedBy"]["id"].string == tablet.first)
        county.clock.advance(days: 1)
        try county.move(.tabletA1, to: Place.villageA1)
        for number in [501, 502] {
            let body = Sample.visit(at: "2026-03-0\(number - 498)T18:00:00Z")
            #expect(try county.as(.tabletA1).put(Sample.path(ofVisit: number), body).status < 202)
        }
        let states = try county.as(.clerkA).get("/v1/held-visits").items.compactMap { $0["state"]?.string }
        #expect(states.sorted() == ["accepted", "settled"])
        #expect(try county.visits("").sorted() == [501, 502])
        #expect(try county.faults() == [])
    }

    @Test("a second correction of one record, once accepted, corrects the first correction")
    func acceptedCorrection() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501)
        try county.visit(502, Self.correction)
        let second = Self.correction.with(["kind": "survey"])
        #expect(try county.as(.clerkA).put(Sample.path(ofVisit: 503), second).problem == "already-corrected")
        let (path, _) = try held(county)
        #expect(try county.as(.clerkA).patch(path, version: 1, ["state": "accepted"]).status == 200)
        #expect(try county.as(.clerkA).get(Sample.path(ofVisit: 503)).json["correctsVisitId"].string == Sample.id(502))
        #expect(try county.as(.clerkA).put(Sample.path(ofVisit: 503), second)["idempotency-replayed"] == "true")
        #expect(try county.visits("isCounted=true") == [503])
        #expect(try county.faults() == [])
    }
}
