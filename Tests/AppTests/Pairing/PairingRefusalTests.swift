// What is refused of pairings, on every path and over the whole interval (R040, R044, R046): the answer says why, and
// nothing has changed.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Refusals of pairings")
struct PairingRefusalTests {
    private func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        return county
    }

    private func refused(
        _ county: County, _ number: Int, _ body: JSON, _ problem: String, says text: String? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try county.digest()
        let answer = try county.as(.administrator).send(
            "PUT", Sample.path(ofPairing: number), ["Content-Type": "application/json", "Accept-Language": "en"],
            body: Array(body.text.utf8))
        #expect(answer.problem == problem, "\(answer.text)", sourceLocation: location)
        if let text { #expect(answer.text.contains(text), "\(answer.text)", sourceLocation: location) }
        #expect(try county.digest() == before, sourceLocation: location)
    }

    @Test("the quota holds on every day of the interval: dated, future and backdated pairings, and a demotion ahead")
    func quota() throws {
        let county = try county()
        try county.addHouseholds(11...13)
        try county.make(14, Sample.household("H14", since: "2010-01-01"))
        try county.pair(801, Sample.pairing(1, by: 413, from: "2022-01-01").with(["to": "2023-01-01"]))
        try refused(
            county, 802, Sample.pairing(11, by: 413, from: "2021-01-01"), "quota-full",
            says: "from 2022-01-01 on: the quota is 1, with 1 households on that day")
        try refused(
            county, 802, Sample.pairing(11, by: 413, from: "2022-06-01").with(["to": "2022-07-01"]), "quota-full")
        try county.pair(803, Sample.pairing(11, by: 413, from: "2021-01-01").with(["to": "2022-01-01"]))
        try county.pair(804, Sample.pairing(12, by: 413, from: "2027-01-01"))
        try refused(county, 805, Sample.pairing(13, by: 413, from: "2023-01-01"), "quota-full", says: "2027-01-01")
        try county.pair(805, Sample.pairing(13, by: 413, from: "2023-01-01").with(["to": "2027-01-01"]))
        // Reopening or moving a first day reaches over more days.
        let session = try county.as(.administrator)
        let before = try county.digest()
        #expect(try session.patch(Sample.path(ofPairing: 805), version: 1, ["to": nil]).problem == "quota-full")
        #expect(
            try session.patch(Sample.path(ofPairing: 804), version: 1, ["from": "2026-12-31"]).problem == "quota-full")
        #expect(try county.digest() == before)
        // No rank was known then; and a demotion that is dated already counts.
        try refused(county, 806, Sample.pairing(14, by: 412, from: "2014-06-01"), "quota-full", says: "no rank")
        try county.pair(807, Sample.pairing(1, by: 412, from: "2026-01-01").with(["to": "2029-01-01"]))
        let demoted = try session.patch(
            "/v1/cadres/\(Sample.id(412))", version: 1, ["rank": "ordinary", "rankFrom": "2028-01-01"])
        #expect(demoted.status == 200, "\(demoted.text)")
        try refused(
            county, 808, Sample.pairing(11, by: 412, from: "2026-01-01"), "quota-full", says: "from 2028-01-01 on")
        try county.pair(808, Sample.pairing(11, by: 412, from: "2026-01-01").with(["to": "2028-01-01"]))
        #expect(try county.faults() == [])
    }

    @Test("nobody helps outside the linked area, twice in one household, or themselves; two do not answer on one day")
    func others() throws {
        let county = try county()
        try refused(
            county, 801, Sample.pairing(2, by: 411), "outside-linked-area", says: "linked to 东村 (\(Place.villageA1))")
        try county.pair(801, Sample.pairing(1, by: 411))
        try refused(
            county, 802, Sample.pairing(1, by: 411, "joint", from: "2024-01-01"), "pairing-exists",
            says: Sample.id(801))
        try refused(
            county, 802, Sample.pairing(1, by: 412, from: "2024-01-01"), "first-responsible-taken",
            says: Sample.id(801))
        try refused(county, 802, Sample.pairing(1, by: 412, from: "2010-01-01"), "first-responsible-taken")
        let number = Sample.identityNumber(born: "1970-02-03", 7)
        try county.make(
            21,
            Sample.household("H21", members: [Sample.member("孙示例", born: "1970-02-03", identityNumber: number)]))
        let helper = try county.as(.administrator).patch(
            "/v1/cadres/\(Sample.id(412))", version: 1, ["identityNumber": .string(number)])
        #expect(helper.status == 200)
        try refused(county, 803, Sample.pairing(1, by: 412, "joint"), "helper-is-poor")
        try refused(county, 804, Sample.pairing(1, by: 499, "joint"), "invalid-body", says: "unknown-cadre")
        try refused(
            county, 804, Sample.pairing(1, by: 413, "joint").with(["to": "2019-01-01"]), "invalid-body",
            says: "ends-before-it-begins")
        let ended = try county.as(.administrator).patch(
            "/v1/cadres/\(Sample.id(413))", version: 1, ["to": "2026-01-01"])
        #expect(ended.status == 200, "\(ended.text)")
        try refused(
            county, 804, Sample.pairing(1, by: 413, "joint", from: "2026-01-01"), "invalid-body", says: "cadre-ended")
    }

    @Test("outside the villages that their unit holds a cadre is paired for a reason (R044)")
    func reasons() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let duty: JSON = [
            "kind": "village-guarantee", "areaCode": .string(Place.villageA2),
            "organizationId": .string(Sample.id(401)), "from": "2019-01-01", "to": "2025-01-01",
        ]
        #expect(try session.put(Sample.path(ofDuty: 1), duty).status == 201)
        try refused(county, 801, Sample.pairing(1, by: 411), "invalid-body", says: "reason-needed")
        // A clerk who does not see the cadre is told the same as of nobody.
        let own = Sample.household("HB", in: Place.villageB1, members: [Sample.member("乙示例", id: Sample.id(99))])
        #expect(try county.as(.clerkB).put("/v1/households/\(Sample.id(9))", own).status == 201)
        for helper in [411, 499] {
            let body = Sample.pairing(9, by: helper)
            #expect(
                try county.as(.clerkB).put(Sample.path(ofPairing: 809), body).errors == ["/cadreId unknown-cadre"])
        }
        try county.pair(801, Sample.pairing(1, by: 411).with(["reason": "原籍本村"]))
        let before = try county.digest()
        #expect(
            try session.patch(Sample.path(ofPairing: 801), version: 1, ["reason": nil]).errors == [
                "/reason reason-needed"
            ])
        #expect(try county.digest() == before)
        // Before and after the duty, and for the village itself, nothing is asked.
        try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2025-01-01"))
        #expect(
            try session.put(Sample.path(ofDuty: 2), duty.with(["areaCode": .string(Place.villageA1)])).status == 201
        )
        try county.pair(803, Sample.pairing(1, by: 413, "joint"))
    }

    @Test("the last pairing of a household that is not lifted stays, whichever way it is to go (R046)")
    func unhooking() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let first = try county.pair(801, Sample.pairing(1, by: 411))
        func refused(_ path: String, _ version: Int, _ body: JSON, _ location: SourceLocation = #_sourceLocation)
            throws
        {
            let before = try county.digest()
            let answer = try session.patch(path, version: version, body)
            #expect(answer.problem == "no-unhooking", "\(answer.text)", sourceLocation: location)
            #expect(try county.digest() == before, sourceLocation: location)
        }
        try refused(first, 1, ["to": "2026-03-02"])
        try refused(first, 1, ["to": "2020-01-01", "endReason": "entered-in-error"])
        try refused(first, 1, ["to": "2030-01-01"])
        try refused(first, 1, ["from": "2027-01-01"])
        let second = try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2026-03-02"))
        try refused(first, 1, ["to": "2026-03-01"])
        let ended = try session.patch(first, version: 1, ["to": "2026-03-02"])
        #expect(ended.status == 200)
        #expect(ended.json["endReason"].string == "replaced")
        #expect(try county.responsible(1, on: "2026-03-02") == "李示例")
        // A successor who only comes later would open the gap again.
        try refused(second, 2, ["from": "2026-03-05"])
        try refused(second, 2, ["to": "2026-05-01"])
        let version = try required(session.get("/v1/households/\(Sample.id(1))").json["version"].integer)
        let lifted = try session.patch(
            "/v1/households/\(Sample.id(1))", version: version,
            ["state": "lifted", "effectiveOn": "2026-03-02"])
        #expect(lifted.status == 200, "\(lifted.text)")
        try refused(second, 2, ["to": "2027-03-01", "endReason": "lifted"])
        #expect(try session.patch(second, version: 2, ["to": "2027-03-02", "endReason": "lifted"]).status == 200)
        #expect(try county.faults() == [])
    }

    @Test("a helper may not go while the other one's own end would leave the household alone later (R046)")
    func unhookingLater() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let first = try county.pair(801, Sample.pairing(1, by: 411))
        try county.pair(
            802, Sample.pairing(1, by: 412, "joint", from: "2026-03-02").with(["to": "2026-05-01"]))
        let before = try county.digest()
        #expect(try session.patch(first, version: 1, ["to": "2026-04-01"]).problem == "no-unhooking")
        #expect(try county.digest() == before)
        try county.pair(803, Sample.pairing(1, by: 413, "joint", from: "2026-05-01"))
        let ended = try session.patch(first, version: 1, ["to": "2026-04-01"])
        #expect(ended.status == 200, "\(ended.text)")
        #expect(try county.responsible(1, on: "2026-05-01") == "王示例")
        #expect(try county.faults() == [])
    }

    @Test("many clients who pair at once never break a quota, and nobody answers twice")
    func together() throws {
        let county = try county()
        try county.addHouseholds(11...26)
        let token = try county.as(.administrator).token
        let answers = try Parallel.map(16) { index in
            try county.with(token: token).put(
                Sample.path(ofPairing: 820 + index), Sample.pairing(11 + index, by: 411)
            ).problem ?? "created"
        }
        #expect(answers.count { $0 == "created" } == 5, "\(answers)")
        #expect(answers.count { $0 == "quota-full" } == 11, "\(answers)")
        for helper in 0..<8 { try county.makeCadre(431 + helper, of: 401, since: "2015-01-01") }
        let same = try Parallel.map(8) { index in
            try county.with(token: token).put(
                Sample.path(ofPairing: 850 + index), Sample.pairing(1, by: 431 + index)
            ).problem ?? "created"
        }
        #expect(same.count { $0 == "created" } == 1, "\(same)")
        #expect(same.count { $0 == "first-responsible-taken" } == 7, "\(same)")
        #expect(try county.count("pairing") == 6)
        #expect(try county.faults() == [])
    }
}
