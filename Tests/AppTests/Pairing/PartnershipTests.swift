// Partnerships beside the pairings of cadres: enterprises, institutions, areas and pupils.

import Testing

@testable import App
@testable import Web

@Suite("Partnerships")
struct PartnershipTests {
    private static func village(_ organization: Int, _ code: String, from: String = "2016-03-01") -> JSON {
        Sample.partnership(
            "enterprise-village",
            ["helperOrganizationId": .string(Sample.id(organization)), "targetAreaCode": .string(code)], from: from)
    }

    @Test("an enterprise helps a village: created, replayed, read, and listed with its form on a day")
    func creation() throws {
        let county = try County()
        try county.addPartner(601, "甲茶业公司")
        try county.addPartner(602, "乙茶业公司")
        let session = try county.as(.administrator)
        let path = Sample.path(ofPartnership: 1)
        let created = try session.put(path, Self.village(601, Place.villageA1))
        #expect(created.status == 201, "\(created.text)")
        #expect(created["location"] == path, "\(created.text)")
        #expect(created.versionTag == "v1", "\(created.text)")
        #expect(created.json["helperName"].string == "甲茶业公司")
        #expect(created.json["targetName"].string == "东村")
        let before = try county.digest()
        #expect(try session.get(path + "?on=2016-02-01").status == 404)
        #expect(try session.get(path + "?on=2016-03-01").json["form"].string == "one-to-one")
        #expect(try county.digest() == before)
        func forms(_ query: String) throws -> [String] {
            try session.get("/v1/partnerships?\(query)").items.compactMap { $0["form"]?.string }.sorted()
        }
        #expect(
            try session.put(Sample.path(ofPartnership: 2), Self.village(601, Place.villageA2, from: "2017-01-01"))
                .status
                == 201)
        #expect(try forms("on=2016-06-01") == ["one-to-one"])
        #expect(try forms("on=2017-06-01") == ["one-to-many", "one-to-many"])
        #expect(
            try session.put(Sample.path(ofPartnership: 3), Self.village(602, Place.villageA1, from: "2018-01-01"))
                .status
                == 201)
        #expect(try forms("on=2018-06-01") == ["many-to-many", "many-to-one", "one-to-many"])
        #expect(try forms("kind=area") == [])
        #expect(
            try session.get("/v1/partnerships?targetAreaCode=\(Place.villageA1)&count=true").json["total"].integer
                == 2)
        #expect(try session.get("/v1/partnerships", ["Accept": "text/csv"]).text.contains("甲茶业公司"))
        #expect(try county.faults() == [])
    }

    private static let company = JSON.string(Sample.id(601))
    private static let school = JSON.string(Sample.id(603))
    private static let hospital = JSON.string(Sample.id(604))

    /// Bodies that are refused, and their errors.
    private static var refused: [(JSON, [String])] {
        [
            (
                ["kind": "enterprise-village"] as JSON,
                ["/helperOrganizationId required", "/targetAreaCode required"]
            ),
            (
                Sample.partnership(
                    "enterprise-village",
                    ["helperOrganizationId": school, "targetAreaCode": .string(Place.villageA1)]),
                ["/helperOrganizationId not-an-enterprise"]
            ),
            (
                Sample.partnership(
                    "enterprise-village",
                    [
                        "helperOrganizationId": company, "targetAreaCode": .string(Place.townA),
                    ]),
                ["/targetAreaCode wrong-level"]
            ),
            (
                Sample.partnership("institution", ["helperOrganizationId": school, "targetOrganizationId": hospital]),
                ["/targetOrganizationId different-kinds"]
            ),
            (
                Sample.partnership("institution", ["helperOrganizationId": school, "targetOrganizationId": school]),
                ["/targetOrganizationId names-itself"]
            ),
            (
                Sample.partnership(
                    "area",
                    ["helperAreaCode": .string(Place.neighbourTown), "targetAreaCode": .string(Place.county)]),
                ["/helperAreaCode different-levels"]
            ),
            (
                Sample.partnership("area", ["helperName": "东部某区", "targetAreaCode": .string(Place.neighbourTown)]),
                ["/targetAreaCode unknown-division"]
            ),
            (
                Sample.partnership(
                    "pupil", ["helperCadreId": .string(Sample.id(999)), "targetMemberId": .string(Sample.id(998))]),
                ["/targetMemberId unknown-member", "/helperCadreId unknown-cadre"]
            ),
            (
                Sample.partnership(
                    "enterprise-household",
                    [
                        "helperOrganizationId": company, "helperName": "某公司",
                        "targetHouseholdId": .string(Sample.id(1)),
                    ]), ["/helperName only-one"]
            ),
            (
                Sample.partnership(
                    "other", ["helperCadreId": .string(Sample.id(1)), "targetHouseholdId": .string(Sample.id(1))]),
                ["/helperCadreId not-for-kind"]
            ),
            (
                Self.village(601, Place.villageA1).with(["to": "2016-03-01", "endReason": "unheard"]),
                ["/endReason unknown-code", "/to ends-before-it-begins"]
            ),
        ]
    }

    @Test("each kind accepts only its own parties, of the same kind and level, and a refusal changes nothing")
    func refusals() throws {
        let county = try County()
        try county.addPartner(601, "甲茶业公司")
        try county.addPartner(603, "县一小", kind: "school")
        try county.addPartner(604, "县医院", kind: "hospital")
        try county.addPartner(606, "邻县公司", in: Place.county)
        try county.makeThree()
        let session = try county.as(.administrator)
        let before = try county.digest()
        for (body, errors) in Self.refused {
            let answer = try session.put(Sample.path(ofPartnership: 9), body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(Set(answer.errors) == Set(errors), "\(answer.text)")
        }
        #expect(try county.digest() == before)
        for (number, body) in [
            (1, Sample.partnership("area", ["helperName": "东部某县", "targetAreaCode": .string(Place.county)])),
            (
                2,
                Sample.partnership(
                    "area",
                    [
                        "helperAreaCode": .string(Place.neighbourVillage),
                        "targetAreaCode": .string(Place.villageB1),
                    ])
            ),
            (3, Sample.partnership("institution", ["helperName": "东部某校", "targetOrganizationId": Self.school])),
            (
                4,
                Sample.partnership(
                    "enterprise-household",
                    ["helperOrganizationId": Self.company, "targetHouseholdId": .string(Sample.id(1))])
            ),
            (
                5,
                Sample.partnership(
                    "other", ["helperOrganizationId": Self.hospital, "targetMemberId": .string(Sample.id(101))])
            ),
        ] {
            let answer = try session.put(Sample.path(ofPartnership: number), body)
            #expect(answer.status == 201, "\(answer.text)")
        }
        #expect(try county.faults() == [])
    }

    @Test("two partners have one partnership on any day, an end needs a reason, and what was believed can be read")
    func days() throws {
        let county = try County()
        try county.addPartner(601, "甲茶业公司")
        let session = try county.as(.administrator)
        let path = Sample.path(ofPartnership: 1)
        #expect(try session.put(path, Self.village(601, Place.villageA1)).status == 201)
        let before = try county.digest()
        let again = try session.put(
            Sample.path(ofPartnership: 2), Self.village(601, Place.villageA1, from: "2019-01-01"))
        #expect(again.status == 409)
        #expect(again.problem == "partnership-exists")
        #expect(try session.patch(path, version: 1, ["to": "2018-01-01"]).errors == ["/endReason required"])
        #expect(try county.digest() == before)
        county.clock.advance(days: 1)
        let ended = try session.patch(path, version: 1, ["to": "2018-01-01", "endReason": "completed"])
        #expect(ended.status == 200)
        #expect(ended.json["to"].string == "2018-01-01")
        #expect(
            try session.put(Sample.path(ofPartnership: 2), Self.village(601, Place.villageA1, from: "2019-01-01"))
                .status
                == 201)
        let reopened = try session.patch(path, version: 2, ["to": nil])
        #expect(reopened.status == 409)
        #expect(reopened.problem == "partnership-exists")
        #expect(try session.get(path + "?on=2018-06-01").status == 404)
        let then = try session.get(path + "?on=2018-06-01&knownAt=2026-03-02T12:00:00Z")
        #expect(then.status == 200)
        #expect(then.json["version"].integer == 1)
        #expect(then.json["to"] == nil)
        #expect(try session.get(path + "?knownAt=2026-01-01T00:00:00Z").status == 404)
        let withdrawn = try session.patch(Sample.path(ofPartnership: 2), version: 1, ["withdrawn": true])
        #expect(withdrawn.json["endReason"].string == "entered-in-error")
        let taken = try county.digest()
        let changes: [JSON] = [["from": "2015-01-01"], ["to": .null], ["reason": "再结对"]]
        for change in changes {
            let revived = try session.patch(Sample.path(ofPartnership: 2), version: 2, change)
            #expect(revived.problem == "record-withdrawn", "\(change)")
        }
        #expect(try session.patch(Sample.path(ofPartnership: 2), version: 2, ["withdrawn": true]).status == 200)
        #expect(try county.digest() == taken)
        #expect(try session.get("/v1/partnerships").items.count == 1)
        #expect(try session.patch(path, version: 2, ["to": nil]).status == 200)
    }

    @Test("a partnership is seen where its target is, and moves with it")
    func places() throws {
        let county = try County()
        try county.addPartner(601, "甲茶业公司")
        try county.makeThree()
        let session = try county.as(.administrator)
        let body = Sample.partnership(
            "enterprise-household",
            ["helperOrganizationId": .string(Sample.id(601)), "targetHouseholdId": .string(Sample.id(1))])
        #expect(try session.put(Sample.path(ofPartnership: 1), body).status == 201)
        #expect(try session.put(Sample.path(ofPartnership: 2), Self.village(601, Place.villageA1)).status == 201)
        func seen(_ person: Person) throws -> Int { try county.as(person).get("/v1/partnerships").items.count }
        #expect(try seen(.workerA1) == 2)
        #expect(try seen(.clerkB) == 0)
        let moved = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["villageCode": .string(Place.villageB1)])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(try seen(.workerA1) == 1)
        #expect(try seen(.workerB1) == 1)
        let merged = try session.put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageA2), "effectiveOn": "2026-02-01"])
        #expect(merged.status == 200 || merged.status == 201, "\(merged.text)")
        let places = try county.query("SELECT area_code FROM partnership ORDER BY id") { $0.int64(0) }
        #expect(places.map(String.init) == [Place.villageB1, Place.villageA2])
        let changes = try session.get("/v1/changes?entity=partnerships&include=record").items
        #expect(changes.compactMap { $0["operation"]?.string } == ["create", "create", "move", "move"])
        #expect(changes.allSatisfy { $0["record"]?["kind"] != nil })
        #expect(try county.faults() == [])
    }

    @Test("the nearest partners are proposed first, and among them those with the fewest partnerships")
    func candidates() throws {
        let county = try County()
        try county.addPartner(601, "东村合作社", in: Place.villageA1)
        try county.addPartner(602, "甲镇公司", in: Place.townA)
        try county.addPartner(603, "县公司")
        try county.addPartner(604, "县一小", kind: "school")
        try county.addPartner(605, "乙镇公司", in: Place.townB)
        try county.makeThree()
        let session = try county.as(.administrator)
        #expect(try session.put(Sample.path(ofPartnership: 1), Self.village(605, Place.villageA1)).status == 201)
        let helpers = try session.get("/v1/villages/\(Place.villageA1)/helper-candidates").items
        #expect(helpers.compactMap { $0["name"]?.string } == ["东村合作社", "甲镇公司", "县公司"])
        #expect(helpers.map { $0["reasons"]?[0]?.string } == ["same-village", "same-town", "same-county"])
        #expect(
            try session.get("/v1/villages/\(Place.villageA1)/helper-candidates?kind=school").items
                .compactMap { $0["name"]?.string } == ["县一小"])
        let villages = try session.get("/v1/organizations/\(Sample.id(602))/target-candidates?kind=village").items
        #expect(
            villages.compactMap { $0["villageCode"]?.string }
                == [Place.villageA2, Place.villageA3, Place.villageA1, Place.villageB1, Place.villageB2])
        #expect(villages.map { $0["partnerships"]?.integer } == [0, 0, 1, 0, 0])
        let households = try session.get("/v1/organizations/\(Sample.id(601))/target-candidates").items
        #expect(households.compactMap { $0["archiveNumber"]?.string } == ["H1", "H2", "H3"])
        #expect(try county.as(.clerkA).get("/v1/organizations/\(Sample.id(605))/target-candidates").status == 404)
        #expect(try county.as(.clerkB).get("/v1/villages/\(Place.villageA1)/helper-candidates").status == 404)
        #expect(
            try county.as(.clerkA).get("/v1/villages/\(Place.villageA1)/helper-candidates").items.count == 2,
            "nothing outside the caller's area")
    }

    @Test("pupils with a partnership are counted for an area, its children and any day")
    func pupils() throws {
        let county = try County()
        try county.addPeople()
        let children = [
            Sample.member("陈示例", id: Sample.id(100)),
            Sample.member("陈大", relation: "son", born: "2012-05-06", id: Sample.id(101)).with(["schoolState": "primary"]
            ),
            Sample.member("陈小", relation: "son", born: "2022-05-06", id: Sample.id(102)).with([
                "schoolState": "preschool"
            ]),
        ]
        try county.make(1, Sample.household("H1", members: children))
        let other = Sample.member("李二", relation: "son", born: "2012-05-06", id: Sample.id(111)).with([
            "schoolState": "junior-7"
        ])
        try county.make(
            2, Sample.household("H2", in: Place.villageB1, members: [Sample.member("李一", id: Sample.id(110)), other]))
        let session = try county.as(.administrator)
        let body = Sample.partnership(
            "pupil", ["helperCadreId": .string(Sample.id(513)), "targetMemberId": .string(Sample.id(101))],
            from: "2026-01-01")
        #expect(try session.put(Sample.path(ofPartnership: 1), body).status == 201)
        func counts(_ query: String, _ person: Person = .administrator) throws -> [Int?] {
            let json = try county.as(person).get("/v1/partnerships/pupil-coverage?\(query)").json
            return [json["pupils"].integer, json["paired"].integer, json["unpaired"].integer, json["items"].list.count]
        }
        #expect(try counts("") == [2, 1, 1, 2])
        #expect(try counts("on=2025-12-31") == [2, 0, 2, 2])
        #expect(try counts("areaCode=\(Place.townB)") == [1, 0, 1, 3])
        #expect(try counts("", .workerA1) == [1, 1, 0, 1])
        #expect(try county.as(.clerkA).get("/v1/partnerships/pupil-coverage?areaCode=\(Place.townB)").status == 404)
        #expect(try session.get("/v1/partnerships?targetMemberId=\(Sample.id(101))").items.count == 1)
    }
}
