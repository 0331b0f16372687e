// Cadres over the API (R004, R005, R040): plain and dated facts, who is seen where, and what is refused.

import Testing

@testable import Archive
@testable import Domain
@testable import Web

@Suite("Cadres")
struct CadreTests {
    private func codes(_ json: JSONValue?, _ list: String, _ name: String) -> [String] {
        json[list].list.map { item in
            [item[name].string, item["from"].string, item["to"].string].compactMap(\.self).joined(separator: " ")
        }
    }

    @Test("a cadre is created with dated facts, replayed, and seen where they are linked")
    func creation() throws {
        let county = try County()
        try county.makeOrganization()
        let number = Sample.identityNumber()
        let body = Sample.cadre("张示例").with([
            "identityNumber": .string(number), "phone": "138-0000-5678", "rank": "section", "rankFrom": "2024-03-01",
            "linkedAreaCode": .string(Place.villageA1), "linkedFrom": "2024-04-01", "positionTitle": "办公室主任",
            "homeVillageCode": .string(Place.neighbourVillage), "isCountyLeader": true,
        ])
        let path = try county.makeCadre(11, body)
        let session = try county.as(.administrator)
        let again = try session.put(path, body)
        let json = again.json
        #expect(json["rank"].string == "section")
        #expect(json["postState"].string == "in-post")
        #expect(json["areaCode"].string == Place.villageA1)
        #expect(json["linkedAreaCode"].string == Place.villageA1)
        #expect(json["organizationName"].string == "县农业局")
        #expect(json["isRegisteredPoor"].boolean == false)
        #expect(json["phone"].string == "*******5678")
        #expect(json["identityNumber"].string == NumberMask.identity(number))
        #expect(codes(json, "ranks", "rank") == ["section 2024-03-01"])
        #expect(try county.as(.workerA1).get(path).status == 200)
        // They have been known since their first dated fact.
        #expect(try session.get(path + "?on=2024-03-15").json["rank"].string == "section")
        #expect(try session.get(path + "?on=2024-03-15").json["linkedAreaCode"] == nil)
        #expect(try session.get(path + "?on=2024-02-29").status == 404)
        let id = try required(Identifier(Sample.id(11)))
        let sealed = try county.query("SELECT identity_sealed, phone_sealed FROM cadre") { ($0.blob(0), $0.blob(1)) }
        let numbers = try required(sealed.first)
        #expect(try county.register.keys.open(numbers.0, for: CadreTable.identityPlace(id)) == number)
        #expect(try county.register.keys.open(numbers.1, for: CadreTable.phonePlace(id)) == "13800005678")
        let traces = try county.query("SELECT coalesce(before, '') || coalesce(after, '') FROM audit_event") {
            $0.text(0)
        }
        #expect(!traces.contains { $0.contains(number) || $0.contains("13800005678") })
        #expect(try county.faults() == [])
    }

    @Test("a promotion counts from its day, past or to come, and a correction takes back no promotion ahead")
    func promotions() throws {
        let county = try County()
        try county.makeOrganization()
        let path = try county.makeCadre(11, Sample.cadre("张示例").with(["rank": "ordinary", "rankFrom": "2020-01-01"]))
        let session = try county.as(.administrator)
        let ahead = try session.patch(path, version: 1, ["rank": "middle", "rankFrom": "2026-07-01"])
        #expect(ahead.json["rank"].string == "ordinary")
        #expect(ahead.json["version"].integer == 2)
        #expect(try session.get(path + "?on=2026-07-01").json["rank"].string == "middle")
        let known = county.clock.now
        county.clock.advance(milliseconds: 1_000)
        let late = try session.patch(path, version: 2, ["rank": "middle", "rankFrom": "2023-01-01"])
        #expect(late.json["rank"].string == "middle")
        #expect(
            codes(late.json, "ranks", "rank") == [
                "ordinary 2020-01-01 2023-01-01", "middle 2023-01-01 2026-07-01", "middle 2026-07-01",
            ])
        #expect(try session.get(path + "?on=2024-01-01&knownAt=\(known)").json["rank"].string == "ordinary")
        #expect(try session.get(path + "?on=2024-01-01").json["rank"].string == "middle")
        let same = try session.patch(path, version: 3, ["rank": "middle"])
        #expect(same.json["version"].integer == 3, "the same rank without another day changes nothing")
        let before = try session.patch(path, version: 3, ["rank": "ordinary", "rankFrom": "2015-01-01"])
        #expect(before.json["rank"].string == "middle", "it holds until the next that is known")
        #expect(try session.get(path + "?on=2015-06-01").json["rank"].string == "ordinary")
        #expect(before.json["retold"][0]["from"].string == "2015-01-01", "\(before.text)")
        let wiped = try session.patch(
            path, version: 4, ["rank": "ordinary", "rankFrom": "2015-01-01", "replacesLater": true])
        #expect(wiped.json["rank"].string == "ordinary", "\(wiped.text)")
        #expect(try session.patch(path, version: 5, ["rank": nil]).json["rank"] == nil)
        #expect(try session.get(path + "?on=2026-08-01").json["rank"].string == "middle")
        #expect(try county.faults() == [])
    }

    @Test("all intervals at once replace what was known; two ranks on one day are refused at their place")
    func intervals() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let overlapping: JSON = [
            ["rank": "ordinary", "from": "2020-01-01", "to": "2022-01-01"], ["rank": "middle", "from": "2021-12-31"],
        ]
        let before = try county.digest()
        let path = "/v1/cadres/\(Sample.id(11))"
        let refused = try session.put(path, Sample.cadre("张示例").with(["ranks": overlapping]))
        #expect(refused.status == 422)
        #expect(refused.problem == "two-ranks-on-one-day")
        #expect(refused.errors == ["/ranks/1 two-ranks-on-one-day"])
        let several = try session.put(
            path,
            Sample.cadre("张示例").with(["ranks": overlapping, "sex": "x", "postState": "in-post", "postStates": []]))
        #expect(several.problem == "invalid-body")
        #expect(
            Set(several.errors) == ["/ranks/1 two-ranks-on-one-day", "/sex unknown-code", "/postState only-one"])
        #expect(try county.digest() == before)
        let whole: JSON = [
            ["rank": "middle", "from": "2022-01-01"], ["rank": "ordinary", "from": "2020-01-01", "to": "2022-01-01"],
        ]
        try county.makeCadre(11, Sample.cadre("张示例").with(["ranks": whole]))
        #expect(try session.patch(path, version: 1, ["ranks": whole]).json["version"].integer == 1)
        let replaced = try session.patch(path, version: 1, ["ranks": [["rank": "section", "from": "2021-01-01"]]])
        #expect(codes(replaced.json, "ranks", "rank") == ["section 2021-01-01"])
        #expect(try session.get(path + "?on=2020-06-01").json["rank"] == nil)
        let empty = try session.patch(
            path, version: 2, ["links": [["areaCode": "x", "from": "2020-01-01", "to": "2020-01-01"]]])
        #expect(
            Set(empty.errors).isSuperset(of: [
                "/links/0/areaCode not-an-area-code", "/links/0/to ends-before-it-begins",
            ]))
        #expect(try county.faults() == [])
    }

    @Test("a linked area is a town for the upper two ranks and a village for the others, in the organization's county")
    func links() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let path = "/v1/cadres/\(Sample.id(11))"
        let before = try county.digest()
        let refused: [(String, String, String)] = [
            ("section", Place.townA, "wrong-level"), ("division", Place.villageA1, "wrong-level"),
            ("ordinary", Place.county, "wrong-level"), ("ordinary", Place.neighbourVillage, "unknown-division"),
            ("ordinary", "990999000000", "unknown-division"), ("ordinary", "1", "not-an-area-code"),
        ]
        for (rank, area, code) in refused {
            let answer = try session.put(
                path, Sample.cadre("张示例").with(["rank": .string(rank), "linkedAreaCode": .string(area)]))
            #expect(answer.status == 422, "\(rank) \(area)")
            #expect(answer.errors == ["/linkedAreaCode \(code)"], "\(rank) \(area)")
        }
        // Who may see both counties is told that a village lies outside the county.
        let far = try county.register.perform { transaction in
            let organization = try required(
                OrganizationHome.find(required(Identifier(Sample.id(1))), transaction.connection))
            #expect(throws: Problem.self) {
                try CadrePlacing.facts(
                    CadreFactsStatement(
                        link: .since(
                            try required(AreaCode(Place.neighbourVillage)), transaction.today, isExplicit: false)),
                    of: nil, organization, .everything, transaction.connection)
            }
            return organization.reach.contains(990_924_100_201)
        }
        #expect(!far)
        let unknown = try session.put(path, Sample.cadre("张示例").with(["rank": "chief", "linkedFrom": "2020-01-01"]))
        #expect(Set(unknown.errors) == ["/rank unknown-code", "/linkedFrom stands-alone"])
        #expect(unknown.text.contains("deputy-section"), "the list is told")
        #expect(try county.digest() == before)
        try county.makeCadre(
            11, Sample.cadre("张示例").with(["rank": "section", "linkedAreaCode": .string(Place.villageA1)]))
        let promoted = try session.patch(path, version: 1, ["rank": "division", "rankFrom": .string(County.today)])
        #expect(promoted.json["linkedAreaCode"].string == Place.villageA1, "the village stays until there is a town")
        let town = try session.patch(path, version: 2, ["linkedAreaCode": .string(Place.townB)])
        #expect(town.json["areaCode"].string == Place.townB)
        #expect(try county.as(.clerkB).get(path).status == 200)
        #expect(try county.as(.clerkA).get(path).status == 404)
        let none = try session.patch(path, version: 3, ["linkedAreaCode": nil])
        #expect(none.json["areaCode"].string == Place.county)
        #expect(none.json["linkedAreaCode"] == nil)
        let moves = try county.query("SELECT operation FROM change WHERE entity = 'cadres' ORDER BY sequence") {
            $0.text(0)
        }
        #expect(moves == ["create", "change", "move", "move"])
        #expect(try county.faults() == [])
    }

    @Test("a phone and an identity number live once; the other cadre is named only where the caller may see them")
    func uniqueness() throws {
        let county = try County()
        try county.makeOrganization()
        try county.makeOrganization(2, Sample.organization("甲镇政府", at: Place.townA))
        let number = Sample.identityNumber()
        try county.makeCadre(11, Sample.cadre("张示例").with(["phone": "13800005678", "identityNumber": .string(number)]))
        let session = try county.as(.administrator)
        let phone = try session.put("/v1/cadres/\(Sample.id(12))", Sample.cadre("李示例").with(["phone": "138 00005678"]))
        #expect(phone.status == 409)
        #expect(phone.problem == "phone-in-use")
        #expect(phone.text.contains(Sample.id(11)))
        let clerk = try county.as(.clerkA).put(
            "/v1/cadres/\(Sample.id(12))", Sample.cadre("李示例", of: 2).with(["phone": "13800005678"]))
        #expect(clerk.problem == "phone-in-use")
        #expect(!clerk.text.contains(Sample.id(11)))
        let identity = try session.put(
            "/v1/cadres/\(Sample.id(12))", Sample.cadre("李示例").with(["identityNumber": .string(number)]))
        #expect(identity.problem == "cadre-identity-taken")
        let wrong = try session.put(
            "/v1/cadres/\(Sample.id(12))",
            Sample.cadre("李示例").with(["sex": "female", "identityNumber": .string(number)]))
        #expect(wrong.errors == ["/identityNumber sex-differs"])
        let broken = try session.put(
            "/v1/cadres/\(Sample.id(12))", Sample.cadre("李示例").with(["identityNumber": "990923198005061234"]))
        #expect(broken.errors == ["/identityNumber wrong-check-digit"])
        // The numbers of one who left for good are free again.
        #expect(try session.patch("/v1/cadres/\(Sample.id(11))", version: 1, ["to": "2026-03-01"]).status == 200)
        try county.makeCadre(12, Sample.cadre("李示例").with(["phone": "13800005678"]))
        #expect(
            try session.patch("/v1/cadres/\(Sample.id(11))", version: 2, ["to": nil]).problem == "phone-in-use")
        #expect(
            try session.patch("/v1/cadres/\(Sample.id(12))", version: 1, ["sex": "female"]).status == 200)
    }

    @Test("who is a member of a registered household is flagged, and nothing else of the household is told")
    func registeredPoor() throws {
        let county = try County()
        try county.makeOrganization()
        let number = Sample.identityNumber()
        try county.make(
            1, Sample.household("H1", in: Place.villageB1, members: [Sample.member("张示例", identityNumber: number)]))
        let path = try county.makeCadre(
            11,
            Sample.cadre("张示例").with(["identityNumber": .string(number), "linkedAreaCode": .string(Place.villageA1)]))
        try county.makeCadre(12, Sample.cadre("李示例").with(["linkedAreaCode": .string(Place.villageA1)]))
        let answer = try county.as(.clerkA).get(path)
        #expect(answer.json["isRegisteredPoor"].boolean == true)
        #expect(!answer.text.contains("H1"))
        let poor = try county.as(.clerkA).get("/v1/cadres?isRegisteredPoor=true&count=true")
        #expect(poor.json["total"].integer == 1)
        #expect(poor.items.first["name"].string == "张示例")
        let others = try county.as(.administrator).get("/v1/cadres?isRegisteredPoor=false")
        #expect(others.items.compactMap { $0["name"].string } == ["李示例"])
    }

    @Test("lists filter by rank, post state, organization, line, leader, area and name, page by page, and as files")
    func lists() throws {
        let county = try County()
        try county.makeOrganization()
        try county.makeOrganization(2, Sample.organization("县教育局"))
        let ranks = ["division", "section", "middle", "ordinary"]
        for number in 0..<8 {
            let rank = ranks[number % 4]
            try county.makeCadre(
                20 + number,
                Sample.cadre("干部\(number)", of: 1 + number % 2).with([
                    "rank": .string(rank), "isCountyLeader": .boolean(number == 0),
                    "postState": number == 7 ? "retired" : "in-post", "line": number < 4 ? "economic" : "technical",
                    "linkedAreaCode": .string(rank == "division" ? Place.townA : Place.villageB1),
                ]))
        }
        let session = try county.as(.administrator)
        let filters: [(String, Int)] = [
            ("rank=ordinary", 2), ("postState=retired", 1), ("organizationId=\(Sample.id(2))", 4),
            ("line=technical", 4),
            ("isCountyLeader=true", 1), ("areaCode=\(Place.townA)", 2), ("q=%E9%83%A83", 1),
            ("rank=section&line=technical", 1),
            ("ended=true", 0),
        ]
        for (filter, count) in filters {
            #expect(try session.get("/v1/cadres?count=true&\(filter)").json["total"].integer == count, "\(filter)")
        }
        #expect(try session.walk("/v1/cadres?limit=3").count == 8)
        #expect(try county.as(.clerkB).walk("/v1/cadres?limit=1").count == 6)
        #expect(try session.get("/v1/cadres?rank=king").errors == ["?rank unknown-code"])
        let file = try session.get("/v1/cadres?rank=ordinary", ["Accept": "text/csv"])
        #expect(file.text.split(separator: "\r\n").count == 3)
        #expect(try session.get("/v1/cadres/\(Sample.id(20))/history").items.count == 1)
    }
}
