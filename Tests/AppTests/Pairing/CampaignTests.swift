// Campaigns: what they lay down holds for their area and days, and stays answerable.

import Domain
import Testing

@testable import App
@testable import Web

@Suite("Campaigns")
struct CampaignTests {
    private static let path = "/v1/campaigns/\(Sample.id(701))"
    private static let body: JSON = [
        "name": "结亲帮扶活动", "areaCode": .string(Place.county), "from": "2016-03-10", "to": "2021-01-01",
        "quotas": ["section": 7, "ordinary": 2], "parameters": ["cadence.phone.per-month": 2],
    ]

    private static func value(_ key: String, on day: String, _ session: Session) throws -> Int? {
        try session.get("/v1/parameters?key=\(key)&areaCode=\(Place.villageA1)&on=\(day)").items.first?["value"]?
            .integer
    }

    @Test("a campaign sets its quota table for its area and days, with its name as the document")
    func creation() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let created = try session.put(Self.path, Self.body)
        #expect(created.status == 201, "\(created.text)")
        #expect(created["location"] == Self.path, "\(created.text)")
        #expect(created.json["quotas"]?["section"]?.integer == 7)
        #expect(created.json["parameters"]?["cadence.phone.per-month"]?.integer == 2)
        #expect(try Self.value("quota.section", on: "2016-03-09", session) == 5)
        #expect(try Self.value("quota.section", on: "2016-03-10", session) == 7)
        #expect(try Self.value("quota.section", on: "2021-01-01", session) == 5)
        let row = try required(created.json["parameterIds"]?[0]?.string)
        #expect(try session.get("/v1/parameters/\(row)").json["documentNumber"].string == "结亲帮扶活动")
        let before = try county.digest()
        let overlapping = try session.put(
            "/v1/campaigns/\(Sample.id(702))", Self.body.with(["name": "别的", "from": "2019-01-01"]))
        #expect(overlapping.status == 409, "\(overlapping.text)")
        #expect(overlapping.problem == "parameter-overlaps", "\(overlapping.text)")
        let wrong = try session.put(
            "/v1/campaigns/\(Sample.id(702))",
            Self.body.with([
                "to": "2016-01-01", "quotas": ["general": 1, "section": 700], "parameters": ["line.national": 3],
            ]))
        #expect(
            Set(wrong.errors) == [
                "/to ends-before-it-begins", "/quotas/general unknown-code", "/quotas/section wrong-value",
                "/parameters/line.national not-for-kind",
            ], "\(wrong.text)")
        #expect(
            try session.put(
                "/v1/campaigns/\(Sample.id(702))", Self.body.with(["areaCode": .string(Place.neighbourCounty)])
            )
            .status == 422)
        #expect(try county.digest() == before)
    }

    @Test("everybody whom it concerns sees it, and what it set stays readable when policy changes or it ends sooner")
    func past() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path, Self.body).status == 201)
        let row = try required(session.get(Self.path).json["parameterIds"]?[1]?.string)
        let ended = try session.patch(Self.path, version: 1, ["to": "2019-01-01"])
        #expect(ended.status == 200, "\(ended.text)")
        #expect(ended.versionTag == "v2", "\(ended.text)")
        #expect(try Self.value("quota.section", on: "2018-12-31", session) == 7)
        #expect(try Self.value("quota.section", on: "2019-01-01", session) == 5)
        let section = try required(
            county.query("SELECT lower(hex(id)) FROM parameter WHERE key = 'quota.section' AND division_id IS NOT NULL")
            {
                $0.text(0)
            }.first)
        let corrected = try session.put(
            "/v1/parameters/\(Sample.id(750))",
            [
                "key": "quota.section", "value": 4, "unit": "households", "areaCode": .string(Place.county),
                "from": "2016-03-10",
                "to": "2019-01-01", "replaces": [.string(Self.dashed(section))],
            ])
        #expect(corrected.status == 201, "\(corrected.text)")
        #expect(try Self.value("quota.section", on: "2017-01-01", session) == 4)
        #expect(try session.get(Self.path).json["quotas"]?["section"]?.integer == 7)
        #expect(!row.isEmpty)
        #expect(try county.as(.workerA1).get(Self.path).status == 200)
        #expect(try county.as(.workerA1).get("/v1/campaigns?on=2017-01-01").items.count == 1)
        #expect(try county.as(.workerA1).get("/v1/campaigns?on=2020-01-01").items.count == 0)
        let coverage = try session.get(Self.path + "/coverage")
        #expect(coverage.status == 200, "\(coverage.text)")
        #expect(coverage.json["on"].string == "2018-12-31", "\(coverage.text)")
        #expect(coverage.json["sum"]?["households"]?.integer == 0)
        #expect(try county.as(.neighbour).get(Self.path + "/coverage").status == 404)
        #expect(try county.as(.neighbour).get("/v1/campaigns").items.isEmpty)
        #expect(try county.as(.clerkA).get("/v1/changes?entity=campaigns&include=record").items.count == 2)
        #expect(try session.patch(Self.path, version: 2, ["to": "2016-01-01"]).errors == ["/to ends-before-it-begins"])
        #expect(try county.faults() == [])
    }

    @Test("a campaign moves with its division, and its history shows who changed what")
    func following() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path, Self.body.with(["areaCode": .string(Place.villageA1)])).status == 201)
        #expect(try session.patch(Self.path, version: 1, ["name": "结亲活动"]).status == 200)
        let merged = try session.put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageA2), "effectiveOn": "2026-02-01"])
        #expect(merged.status == 200 || merged.status == 201, "\(merged.text)")
        let places = try county.query("SELECT area_code FROM campaign") { $0.int64(0) }
        #expect(places.map(String.init) == [Place.villageA2])
        #expect(try county.as(.clerkA).get("/v1/campaigns?areaCode=\(Place.villageA2)").items.count == 1)
        #expect(try county.as(.clerkB).get("/v1/campaigns").items.isEmpty)
        let history = try county.as(.clerkA).get(Self.path + "/history").items
        #expect(history.compactMap { $0["action"]?.string } == ["change", "create"])
        #expect(history.last?["after"]?["quotas"]?["section"]?.integer == 7)
        #expect(try county.as(.clerkB).get(Self.path + "/history").status == 404)
        #expect(try county.faults() == [])
    }

    private static func dashed(_ hex: String) -> String {
        let parts = [8, 4, 4, 4, 12]
        var rest = Substring(hex)
        return parts.map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    @Test("a campaign may set every parameter that the contract names for it, and no other")
    func parameters() throws {
        let schemas = try #require(Contract.shared.document["components"]?["schemas"])
        let named = try #require(schemas["CampaignParameters"]?["properties"])
        let session = try County().as(.administrator)
        for key in ParameterKey.all.map(\.name) {
            let answer = try session.put(Self.path, Self.body.with(["parameters": .object([(key, .string("none"))])]))
            #expect(!answer.errors.isEmpty, "\(key)")
            let isRefused = answer.errors.contains("/parameters/\(key) not-for-kind")
            #expect(isRefused == (named.members[key] == nil), "\(key)")
        }
    }
}
