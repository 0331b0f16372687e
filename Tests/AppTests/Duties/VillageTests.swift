// What a village is on a day, its profile of a year, and the poverty headcount rate.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Villages")
struct VillageTests {
    private static let path = "/v1/villages/\(Place.villageA1)"

    @Test("tags told late hold until the next set that is known, and the answer says what they change")
    func tagsToldLate() throws {
        let county = try County()
        let session = try county.as(.administrator)
        func tell(_ version: Int, _ body: JSON) throws -> Answer {
            county.clock.advance(milliseconds: 1_000)
            let answer = try session.patch(Self.path, version: version, body)
            #expect(answer.status == 200, "\(answer.text)")
            return answer
        }
        func tags(_ day: String) throws -> [String] {
            try session.get(Self.path + "?on=\(day)").json["tags"].list.compactMap(\.string)
        }
        _ = try tell(1, ["from": "2020-01-01", "tags": ["weak"]])
        _ = try tell(2, ["from": "2022-01-01", "tags": ["weak", "industry"]])
        _ = try tell(3, ["from": "2024-01-01", "tags": []])
        let late = try tell(4, ["from": "2021-01-01", "tags": ["poor"]])
        let told = late.json["retold"].list.map { "\($0["field"]?.string ?? "") \($0["to"]?.string ?? "")" }
        #expect(told == ["tags 2022-01-01"], "\(late.text)")
        #expect(try tags("2020-06-01") == ["weak"])
        #expect(try tags("2021-06-01") == ["poor"])
        #expect(try tags("2022-06-01") == ["weak", "industry"])
        #expect(try tags("2024-06-01") == [])
        _ = try tell(5, ["from": "2023-01-01", "tags": ["poor"]])
        #expect(try tags("2023-06-01") == ["poor"])
        #expect(try tags("2024-06-01") == [], "an empty set is known, too")
        _ = try tell(6, ["from": "2021-06-01", "tags": ["industry"], "replacesLater": true])
        #expect(try tags("2021-05-01") == ["poor"])
        #expect(try tags(County.today) == ["industry"])
        #expect(try county.faults() == [])
    }

    @Test("kind, target year and tags hold from a day on, also from one to come, and are known as they were")
    func facts() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let silent = try session.get(Self.path)
        #expect(silent.versionTag == "v1")
        #expect(silent.json["kind"] == nil)
        #expect(silent.json["tags"].list.isEmpty)
        #expect(silent.json["townName"].string == "甲镇")
        let said = try session.patch(
            Self.path, version: 1,
            [
                "from": "2014-01-01", "kind": "deep-poor", "targetExitYear": 2018,
                "tags": ["weak", "industry"],
            ])
        #expect(said.status == 200)
        #expect(said.versionTag == "v2")
        #expect(said.json["tags"].list.compactMap(\.string) == ["weak", "industry"])
        county.clock.advance(days: 1)
        #expect(
            try session.patch(
                Self.path, version: 2, ["from": "2018-12-31", "kind": "exited", "targetExitYear": nil]
            ).status == 200)
        #expect(
            try session.patch(Self.path, version: 3, ["from": "2026-04-01", "tags": ["poor"]]).status == 200,
            "a day to come")
        func view(_ query: String) throws -> String {
            let json = try session.get(Self.path + query).json
            return [
                json["kind"].string ?? "-", json["targetExitYear"].integer.map(String.init) ?? "-",
                json["tags"].list.compactMap(\.string).joined(separator: "+"),
            ].joined(separator: " ")
        }
        #expect(try view("") == "exited - weak+industry")
        #expect(try view("?on=2013-12-31") == "- - ")
        #expect(try view("?on=2016-01-01") == "deep-poor 2018 weak+industry")
        #expect(try view("?on=2026-04-01") == "exited - poor")
        #expect(try view("?on=2020-01-01&knownAt=2026-03-02T12:00:00.000Z") == "deep-poor 2018 weak+industry")
        let tag = try required(session.get(Self.path)["etag"])
        #expect(try session.get(Self.path, ["If-None-Match": tag]).status == 304)
        county.clock.advance(days: 40)
        #expect(try view("") == "exited - poor")
        #expect(try session.get(Self.path, ["If-None-Match": tag]).status == 200, "the tags turned by themselves")
        #expect(try session.get("/v1/villages?kind=exited").items.count == 1)
        #expect(try session.get("/v1/villages?kind=exited&on=2016-01-01").items.isEmpty)
        #expect(try session.get("/v1/villages?tags=poor&areaCode=\(Place.townA)").items.count == 1)
        #expect(try session.get("/v1/villages?count=true").json["total"].integer == 6)
        #expect(try county.faults() == [])
    }

    @Test("a limited statement leaves the days beside it; the same again changes nothing; refusals change nothing")
    func statements() throws {
        let county = try County()
        try county.makePoor(Place.villageA1)
        let session = try county.as(.clerkA)
        #expect(
            try session.patch(
                Self.path, version: 2, ["from": "2015-01-01", "to": "2016-01-01", "kind": "deep-poor"]
            ).status == 200)
        let kinds = try ["2014-06-01", "2015-06-01", "2016-06-01"].map {
            try session.get(Self.path + "?on=\($0)").json["kind"].string
        }
        #expect(kinds == ["poor", "deep-poor", "poor"])
        let before = try county.digest()
        let again = try session.patch(
            Self.path, version: 3, ["from": "2015-01-01", "to": "2016-01-01", "kind": "deep-poor"])
        #expect(again.status == 200)
        #expect(again.versionTag == "v3")
        #expect(
            try session.patch(
                "/v1/villages/\(Place.villageA2)", version: 1, ["from": "2015-01-01", "kind": nil, "tags": []]
            ).versionTag == "v1")
        #expect(
            try session.patch(
                Self.path, version: 3,
                ["from": "2015-01-01", "to": "2015-01-01", "kind": "x", "tags": ["weak", "x"], "shape": 1]
            ).errors == [
                "/to ends-before-it-begins", "/kind unknown-code", "/tags/1 unknown-code", "/shape unknown-field",
            ])
        #expect(try session.get("/v1/villages/\(Place.townA)").status == 404)
        #expect(try county.digest() == before)
        #expect(
            try county.query("SELECT count(*) FROM change WHERE entity = 'villages'") { $0.int(0) } == [2])
    }

    @Test("a profile is recorded once for each year and corrected with the village's version")
    func profiles() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let path = Self.path + "/profiles/2016"
        let body: JSON = [
            "registeredRuralPopulation": 1580, "totalPopulation": 1655, "hardRoad": true, "mainIndustry": "茶叶",
            "collectiveIncomeFen": -4200,
        ]
        let created = try session.put(path, body)
        #expect(created.status == 201)
        #expect(created.versionTag == "v2")
        #expect(created.json["hardRoad"].boolean == true)
        county.clock.advance(days: 1)
        let corrected = try session.patch(path, version: 2, ["totalPopulation": 1660, "mainIndustry": nil])
        #expect(corrected.json["totalPopulation"].integer == 1660)
        #expect(corrected.json["mainIndustry"] == nil)
        let before = try county.digest()
        #expect(try session.put(path, body)["idempotency-replayed"] == "true", "also after a correction")
        #expect(
            try session.get(path + "?knownAt=2026-03-02T12:00:00.000Z").json["totalPopulation"].integer == 1655)
        #expect(
            try session.put(Self.path + "/profiles/2017", ["hardRoad": 1, "totalPopulation": -1]).errors.sorted() == [
                "/hardRoad wrong-type", "/totalPopulation out-of-range",
            ])
        #expect(try session.put(Self.path + "/profiles/2017", [:]).errors == ["too-few"])
        #expect(try session.patch(Self.path + "/profiles/2017", version: 3, body).status == 404)
        #expect(try session.get("/v1/village-profiles?year=2016&areaCode=\(Place.townA)").items.count == 1)
        #expect(try session.get("/v1/village-profiles?year=2017").items.isEmpty)
        #expect(try county.as(.clerkB).get("/v1/village-profiles").items.isEmpty)
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("the headcount rate has both denominators, and says which are missing")
    func headcount() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeThree()
        func rate(_ area: String, year: Int = 2016) throws -> JSONValue? {
            try session.get("/v1/poverty-headcount?areaCode=\(area)&year=\(year)").json
        }
        #expect(try rate(Place.villageA1)["registeredRuralPopulation"]["villagesMissing"].integer == 1)
        for (village, rural, total) in [
            (Place.villageA1, 100, 300), (Place.villageA2, 50, 60), (Place.villageA3, 7, 0),
        ] {
            let body: JSON = [
                "registeredRuralPopulation": .integer(rural), "totalPopulation": total > 0 ? .integer(total) : .omitted,
            ]
            #expect(try session.put("/v1/villages/\(village)/profiles/2016", body).status == 201)
        }
        let village = try rate(Place.villageA1)
        #expect(village["poorPeople"].integer == 1)
        #expect(village["countedOn"].string == "2016-12-31")
        #expect(village["registeredRuralPopulation"]["percent"].string == "1.00")
        #expect(village["totalPopulation"]["percent"].string == "0.33")
        let town = try rate(Place.townA)
        #expect(town["poorPeople"].integer == 2)
        #expect(town["villages"].integer == 3)
        #expect(town["registeredRuralPopulation"]["population"].integer == 157)
        #expect(town["registeredRuralPopulation"]["percent"].string == "1.27")
        #expect(town["totalPopulation"]["villagesMissing"].integer == 1)
        #expect(town["totalPopulation"]["percent"] == nil)
        #expect(try rate(Place.county)["registeredRuralPopulation"]["villagesMissing"].integer == 3)
        #expect(try rate(Place.villageA1, year: 2015)["poorPeople"].integer == 0, "registered in 2016")
        let household = "/v1/households/\(Sample.id(1))"
        #expect(
            try session.patch(household, version: 1, ["effectiveOn": "2017-06-01", "state": "lifted"]).status == 200)
        #expect(try rate(Place.villageA1)["poorPeople"].integer == 1)
        #expect(try rate(Place.villageA1, year: 2017)["poorPeople"].integer == 0)
        #expect(
            try session.get("/v1/poverty-headcount").errors.sorted() == ["?areaCode required", "?year required"])
        #expect(try session.get("/v1/poverty-headcount?areaCode=\(Place.townA)&year=2027").status == 400)
        #expect(try county.as(.clerkB).get("/v1/poverty-headcount?areaCode=\(Place.townA)&year=2016").status == 404)
    }
}

@Suite("Poverty headcount")
struct PovertyHeadcountTests {
    @Test("percent has two decimals, rounded half up, and there is none without a population")
    func percent() {
        #expect(PovertyHeadcount.percent(poor: 1638, of: 2927) == "55.96")
        #expect(PovertyHeadcount.percent(poor: 1, of: 800) == "0.13")
        #expect(PovertyHeadcount.percent(poor: 1, of: 20_000) == "0.01")
        #expect(PovertyHeadcount.percent(poor: 1, of: 20_001) == "0.00")
        #expect(PovertyHeadcount.percent(poor: 0, of: 5) == "0.00")
        #expect(PovertyHeadcount.percent(poor: 7, of: 5) == "140.00")
        #expect(PovertyHeadcount.percent(poor: 1, of: 0) == nil)
        #expect(PovertyHeadcount.percent(poor: .max, of: 5) == nil)
    }
}
