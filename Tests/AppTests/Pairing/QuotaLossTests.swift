// Whom parameters, divisions, organizations and decided proposals leave without a helper, or outside the area of one:
// told in the answer, and in the report of a file.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Quotas and places that are taken away")
struct QuotaLossTests {
    private static let none: JSON = [
        "key": "quota.section", "value": 0, "unit": "households", "areaCode": .string(Place.townA),
        "from": "2026-04-01",
    ]

    private static func told(_ answer: Answer, _ list: String) -> [String] {
        let since = list == "leftBehind" ? "awaitingSince" : "outsideSince"
        return answer.json[list].list.map { "\($0["archiveNumber"]?.string ?? "-") \($0[since]?.string ?? "-")" }
    }

    @Test("a parameter says whom it leaves behind, and a campaign, and nothing where it is sent again or takes nothing")
    func parameters() throws {
        let county = try County.helped()
        let session = try county.as(.administrator)
        let path = "/v1/parameters/\(Sample.id(901))"
        let more = try session.put(
            "/v1/parameters/\(Sample.id(900))", Self.none.with(["value": 3, "from": "2026-03-05"]))
        #expect(more.status == 201, "\(more.text)")
        #expect(more.json["leftBehind"].list.isEmpty)
        let stated = try session.put(path, Self.none)
        #expect(stated.status == 201, "\(stated.text)")
        #expect(Self.told(stated, "leftBehind") == ["H1 2026-04-01", "H2 2026-04-01"], "\(stated.text)")
        let again = try session.put(path, Self.none)
        #expect(again.status == 200)
        #expect(again.json["leftBehind"].list.isEmpty)
        let campaign = try session.put(
            "/v1/campaigns/\(Sample.id(701))",
            [
                "name": "结亲帮扶活动", "areaCode": .string(Place.villageA1), "from": "2026-03-10", "to": "2026-03-20",
                "quotas": ["section": 0],
            ])
        #expect(campaign.status == 201, "\(campaign.text)")
        #expect(Self.told(campaign, "leftBehind") == ["H1 2026-03-10", "H2 2026-03-10"], "\(campaign.text)")
        let longer = try session.patch("/v1/campaigns/\(Sample.id(701))", version: 1, ["to": "2026-03-25"])
        #expect(Self.told(longer, "leftBehind") == ["H1 2026-03-20", "H2 2026-03-20"], "\(longer.text)")
        #expect(try county.faults() == [])
    }

    @Test(
        "a file of parameters says it in its report, on a dry run and as a whole too",
        arguments: ["", "&dryRun=true", "&mode=atomic"])
    func parameterFile(options: String) throws {
        let county = try County.helped()
        let session = try county.as(.administrator)
        let file = "key,value,areaCode,from\nquota.section,0,\(Place.townA),2026-04-01\n"
        _ = try session.importFile(61, "kind=parameters\(options)", file)
        let report = try session.report(61)
        #expect(report.contains { $0.hasSuffix("left-behind warning") }, "\(report)")
        #expect(try county.faults() == [])
    }

    @Test("a village that merges into one of another town, or goes there, says who lies outside or is left behind")
    func divisions() throws {
        let outside = try County.helped(1, by: "division", at: Place.townA)
        let merge: JSON = ["successorCode": .string(Place.villageB1), "effectiveOn": "2026-03-01"]
        let path = "/v1/divisions/\(Place.villageA1)/successor"
        let merged = try outside.as(.administrator).put(path, merge)
        #expect(merged.status == 200, "\(merged.text)")
        #expect(Self.told(merged, "outsideArea") == ["H1 2026-03-01"], "\(merged.text)")
        #expect(try outside.faults() == [])

        let left = try County.helped(1)
        let quota = Self.none.with(["areaCode": .string(Place.townB), "from": "2020-01-01"])
        #expect(try left.as(.administrator).put("/v1/parameters/\(Sample.id(901))", quota).status == 201)
        let emptied = try left.as(.administrator).put(path, merge)
        #expect(Self.told(emptied, "leftBehind") == ["H1 2026-01-01"], "\(emptied.text)")
        #expect(Self.told(emptied, "outsideArea").isEmpty, "\(emptied.text)")

        let file = try County.helped(1, by: "division", at: Place.townA)
        let session = try file.as(.administrator)
        let name = try required(session.get("/v1/divisions/\(Place.villageA1)").json["name"].string)
        _ = try session.importFile(
            61, "kind=divisions", "code,name,level,parentCode\n\(Place.villageA1),\(name),village,\(Place.townB)\n")
        let report = try session.report(61)
        #expect(report.contains { $0.hasSuffix("helper-outside warning") }, "\(report)")
        #expect(try file.faults() == [])

        let same = try County.helped(1)
        let within = try same.as(.administrator).put(path, merge.with(["successorCode": .string(Place.villageA2)]))
        #expect(within.status == 200)
        #expect(within.json["outsideArea"].list.isEmpty, "\(within.text)")
        #expect(within.json["leftBehind"].list.isEmpty, "\(within.text)")
    }

    @Test("a proposal that is accepted and moves a household says that its helper stays")
    func proposal() throws {
        let county = try County.helped()
        let path = try county.propose(
            801, Sample.proposal(of: 1, ["changes": ["villageCode": .string(Place.villageA2)]]))
        let decided = try county.as(.clerkA).patch(path, version: 1, ["decisions": [Sample.accept("villageCode")]])
        #expect(decided.status == 200, "\(decided.text)")
        #expect(Self.told(decided, "outsideArea").map { $0.prefix(2) } == ["H1"], "\(decided.text)")
        #expect(try county.faults() == [])
    }

    @Test("a file that is undone says whom it leaves behind by that")
    func undone() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization(1)
        try county.makeCadre(11, "section")
        try county.make(1, Sample.household("H1"))
        let none = Self.none.with(["areaCode": .string(Place.county), "from": "2020-01-01"])
        #expect(try session.put("/v1/parameters/\(Sample.id(901))", none).status == 201)
        let file = "key,value,areaCode,from\nquota.section,5,\(Place.townA),2020-01-01\n"
        #expect(try session.importFile(61, "kind=parameters", file).counts == [1, 0, 0, 0, 0])
        try county.help(1, by: 11)
        _ = try session.undo(61)
        let report = try session.report(61)
        #expect(report.contains { $0.hasSuffix("left-behind warning") }, "\(report)")
        #expect(try county.faults() == [])
    }
}
