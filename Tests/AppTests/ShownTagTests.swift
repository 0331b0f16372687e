// A tag covers all that its answer shows, not only what raises the record's version.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Tags of what is shown")
struct ShownTagTests {
    /// A record, and something elsewhere that its answer shows.
    private struct Case: Sendable {
        let name: String
        let path: String
        let change: @Sendable (County) throws -> Void
    }

    private static func patch(_ path: String, _ body: JSON) -> @Sendable (County) throws -> Void {
        { county in
            let session = try county.as(.administrator)
            let version = try session.get(path).json["version"].integer
            let answer = try session.patch(path, version: version, body)
            guard answer.status == 200 else { throw ClientError(action: answer.text, code: 0) }
        }
    }

    private static let cadreRenamed = patch("/v1/cadres/\(Sample.id(411))", ["name": "新名"])
    private static let unitRenamed = patch("/v1/organizations/\(Sample.id(401))", ["name": "县农业农村局"])
    private static let partnerRenamed = patch("/v1/organizations/\(Sample.id(601))", ["name": "甲集团"])
    private static let placeRenamed: @Sendable (County) throws -> Void = { county in
        try county.alter("UPDATE division SET name = name || '（新）'")
    }
    private static let villageRecoded: @Sendable (County) throws -> Void = { county in
        try county.alter("UPDATE division SET code = '990923100299' WHERE code = '\(Place.villageA1)'")
    }
    private static let householderRenamed: @Sendable (County) throws -> Void = { county in
        let session = try county.as(.administrator)
        let household = "/v1/households/\(Sample.id(1))"
        let version = try session.get(household).json["version"].integer
        let answer = try session.patch(
            household + "/members/\(Sample.id(101))", version: version, ["name": "陈改名"])
        guard answer.status == 200 else { throw ClientError(action: answer.text, code: 0) }
    }
    private static let quotaLowered: @Sendable (County) throws -> Void = { county in
        let answer = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(71))",
            [
                "key": "quota.section", "areaCode": .string(Place.county), "value": 3, "unit": "households",
                "from": .string(County.today), "documentNumber": "县发〔2026〕1号",
            ])
        guard answer.status == 201 else { throw ClientError(action: answer.text, code: 0) }
    }

    private static var cases: [Case] {
        [
            Case(name: "a cadre's quota", path: "/v1/cadres/\(Sample.id(411))", change: quotaLowered),
            Case(name: "a cadre's load", path: "/v1/cadres/\(Sample.id(412))") { county in
                try county.addHouseholds(4...4)
                try county.help(4, by: 412)
            },
            Case(name: "a cadre's unit", path: "/v1/cadres/\(Sample.id(411))", change: unitRenamed),
            Case(name: "a need's householder", path: Sample.path(ofNeed: 903), change: householderRenamed),
            Case(name: "a visit's village", path: Sample.path(ofVisit: 901), change: villageRecoded),
            Case(
                name: "a proposal's archive", path: Sample.path(ofProposal: 902),
                change: patch("/v1/households/\(Sample.id(1))", ["willingness": "employment"])),
            Case(name: "a pairing's helper", path: Sample.path(ofPairing: 801), change: cadreRenamed),
            Case(name: "a pairing's village", path: Sample.path(ofPairing: 801), change: villageRecoded),
            Case(name: "a card's helper", path: "/v1/contact-cards/\(Sample.id(904))", change: cadreRenamed),
            Case(name: "a handover's helper", path: "/v1/handovers/\(Sample.id(905))") {
                try patch("/v1/cadres/\(Sample.id(413))", ["name": "新名"])($0)
            },
            Case(name: "a partnership's helper", path: Sample.path(ofPartnership: 906), change: partnerRenamed),
            Case(name: "a duty's holder", path: Sample.path(ofDuty: 907), change: cadreRenamed),
            Case(name: "a team's member", path: "/v1/work-teams/\(Sample.id(908))", change: cadreRenamed),
            Case(
                name: "a helper's unit", path: "/v1/helpers/\(Sample.id(909))", change: unitRenamed),
            Case(name: "a campaign's area", path: "/v1/campaigns/\(Sample.id(910))", change: placeRenamed),
            Case(name: "a village's name", path: "/v1/villages/\(Place.villageA1)", change: placeRenamed),
            Case(
                name: "a profile's village", path: "/v1/villages/\(Place.villageA1)/profiles/2016", change: placeRenamed
            ),
        ]
    }

    private static func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.addPartner(601, "甲茶业公司")
        try county.pair(801, Sample.pairing(1, by: 411))
        try county.visit(901, Sample.visit().with(["cadreId": .string(Sample.id(411))]))
        let session = try county.as(.administrator)
        let cadre = JSON.string(Sample.id(411))
        let bodies: [(String, JSON)] = [
            (Sample.path(ofProposal: 902), Sample.proposal(["changes": ["willingness": "industry"]])),
            (Sample.path(ofNeed: 903), Sample.need()),
            ("/v1/contact-cards/\(Sample.id(904))", ["householdId": .string(Sample.id(1))]),
            ("/v1/handovers/\(Sample.id(905))", ["cadreId": .string(Sample.id(413)), "reason": "retired"]),
            (
                Sample.path(ofPartnership: 906),
                Sample.partnership(
                    "enterprise-village",
                    ["helperOrganizationId": .string(Sample.id(601)), "targetAreaCode": .string(Place.villageA1)])
            ),
            (Sample.path(ofDuty: 907), Sample.duty("first-secretary", Place.villageA1).with(["cadreId": cadre])),
            (
                "/v1/work-teams/\(Sample.id(908))",
                [
                    "villageCode": .string(Place.villageA1), "name": "驻东村工作队", "from": "2016-03-01",
                    "members": [["kind": "team-leader", "cadreId": cadre]],
                ]
            ),
            (
                "/v1/helpers/\(Sample.id(909))",
                [
                    "areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "赵示例",
                    "organizationId": .string(Sample.id(401)),
                ]
            ),
            (
                "/v1/campaigns/\(Sample.id(910))",
                ["name": "结亲帮扶活动", "areaCode": .string(Place.county), "from": "2016-03-10", "to": "2016-04-01"]
            ),
            ("/v1/villages/\(Place.villageA1)/profiles/2016", ["totalPopulation": 1655]),
        ]
        for (path, body) in bodies {
            let answer = try session.put(path, body)
            guard answer.status == 201 else { throw ClientError(action: "\(path) \(answer.text)", code: 0) }
        }
        return county
    }

    @Test(
        "what is shown changes without the version: the old tag is answered anew, and is as good as ever for a change")
    func shown() throws {
        for index in Self.cases.indices {
            let item = Self.cases[index]
            let county = try Self.county()
            let session = try county.as(.administrator)
            let old = try session.get(item.path)
            let tag = try required(old["etag"])
            #expect(try session.get(item.path, ["If-None-Match": tag]).status == 304, "\(item.name)")
            try item.change(county)
            let fresh = try session.get(item.path, ["If-None-Match": tag])
            #expect(fresh.status == 200 && fresh.text != old.text, "\(item.name): \(fresh.status) \(old.text)")
            #expect(fresh.versionTag == old.versionTag, "\(item.name)")
            #expect(try session.get(item.path, ["If-Match": tag]).status == 200, "\(item.name)")
        }
    }

    @Test("two readers with different rights have different tags of what they see differently")
    func rights() throws {
        let county = try Self.county()
        let path = Sample.path(ofVisit: 901)
        _ = try county.as(.administrator).put(path, Sample.visit(kind: "meeting"))
        let held = try required(county.as(.clerkA).get("/v1/held-visits").items.first?["id"]?.string)
        let clerk = try county.as(.clerkA).get("/v1/held-visits/\(held)")
        let auditor = try county.as(.auditor).get("/v1/held-visits/\(held)")
        #expect(clerk.text != auditor.text && clerk["etag"] != auditor["etag"], "\(auditor.text)")
    }
}
