// Meetings, study trips and training days: who took part, and how far training has come.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Activities")
struct ActivityTests {
    private static let path = Sample.path(ofActivity: 901)

    @Test("an activity is recorded with its participants and decisions, changed, and withdrawn")
    func life() throws {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        let clerk = try county.as(.administrator)
        let body = Sample.activity("meeting").with([
            "decisions": ["修路", "接水"], "organizer": "县农业局",
            "participants": [
                ["cadreId": .string(Sample.id(411))], ["memberId": .string(Sample.id(101))],
                ["householdId": .string(Sample.id(3))], ["name": "村民代表"],
            ],
        ])
        let made = try clerk.put(Self.path, body)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["participantCount"].integer == 4, "\(made.text)")
        #expect(made.json["decisions"].list.compactMap(\.string) == ["修路", "接水"])
        #expect(made.json["to"].string == "2026-02-21")
        func name(_ item: JSONValue?) -> String? {
            ["name", "memberName", "cadreName", "householderName"].lazy.compactMap { item?[$0]?.string }.first
        }
        func names(_ person: Person) throws -> [String] {
            try county.as(person).get(Self.path + "/participants?count=true").items.map {
                "\($0["kind"]?.string ?? "") \(name($0) ?? "—")"
            }
        }
        #expect(try names(.administrator) == ["cadre 张示例", "member 陈示例", "household 陈示例", "name 村民代表"])
        #expect(try names(.workerA1) == ["cadre 张示例", "member 陈示例", "household —", "name 村民代表"])
        #expect(try county.as(.clerkB).get(Self.path + "/participants").status == 404)
        #expect(try county.as(.clerkB).get("/v1/households/\(Sample.id(3))/activities").items.count == 1)
        #expect(try clerk.get("/v1/activities?cadreId=\(Sample.id(411))&kind=meeting&from=2026-02-20").items.count == 1)
        #expect(try clerk.get("/v1/activities?to=2026-02-20").items.isEmpty)
        let changed = try clerk.patch(
            Self.path, version: 1, ["to": "2026-02-22", "decisions": ["修路"], "participants": [["name": "甲"]]])
        #expect(
            changed.json["participantCount"].integer == 1,
            "\(changed.text)")
        #expect(
            changed.json["to"].string == "2026-02-22",
            "\(changed.text)")
        #expect(try names(.administrator) == ["name 甲"])
        let withdrawn = try clerk.patch(Self.path, version: 2, ["withdrawn": true])
        #expect(withdrawn.json["state"].string == "withdrawn")
        #expect(try clerk.get("/v1/activities").items.isEmpty)
        #expect(try clerk.get("/v1/activities?state=withdrawn").items.count == 1)
        #expect(try county.faults() == [])
    }

    @Test(
        "participants who are unknown, not the caller's or named twice are reported by position, and nothing is changed"
    )
    func refusals() throws {
        let county = try County()
        try county.makeThree()
        let clerk = try county.as(.clerkA)
        let before = try county.digest()
        let body = Sample.activity()
        let cases: [(JSON, [String])] = [
            (
                body.with([
                    "participants": [
                        ["memberId": .string(Sample.id(103))], ["householdId": .string(Sample.id(3))],
                        ["cadreId": .string(Sample.id(411))], ["memberId": .string(Sample.id(101))],
                        ["memberId": .string(Sample.id(101))],
                    ]
                ]),
                [
                    "/participants/0/memberId unknown-member", "/participants/1/householdId unknown-household",
                    "/participants/2/cadreId unknown-cadre", "/participants/4/memberId repeated",
                ]
            ),
            (
                body.with(["participants": [[:], ["name": "甲", "memberId": .string(Sample.id(101))]]]),
                ["/participants/0/cadreId required", "/participants/1/name only-one"]
            ),
            (body.with(["from": "2026-03-03"]), ["/from in-future"]),
            (body.with(["to": "2026-02-20"]), ["/to ends-before-it-begins"]),
            (body.with(["areaCode": .string(Place.townB)]), ["/areaCode unknown-division"]),
            (body.with(["kind": "x", "subject": ""]), ["/kind unknown-code", "/subject too-short"]),
        ]
        for (body, errors) in cases {
            let answer = try clerk.put(Self.path, body)
            #expect(answer.status == 422, "\(body.text): \(answer.errors)")
            #expect(answer.errors == errors, "\(body.text): \(answer.errors)")
        }
        #expect(try county.digest() == before)
    }

    @Test("training coverage counts members of working age who have attended, by child area and day")
    func coverage() throws {
        let county = try County()
        try county.make(
            1,
            Sample.household(
                "H1",
                members: [
                    Sample.member("陈甲", id: Sample.id(101)),
                    Sample.member("陈乙", relation: "son", born: "2010-03-03", id: Sample.id(102)),
                    Sample.member("陈丙", relation: "father", born: "1966-03-02", id: Sample.id(103)),
                    Sample.member("陈丁", relation: "son", born: "2010-03-02", id: Sample.id(104)),
                    Sample.member("陈戊", relation: "father", born: "1966-03-03", id: Sample.id(105)),
                ]))
        try county.make(2, Sample.household("H2", in: Place.villageA2))
        let clerk = try county.as(.clerkA)
        let training = Sample.activity().with([
            "participants": [["memberId": .string(Sample.id(101))], ["memberId": .string(Sample.id(102))]]
        ])
        #expect(try clerk.put(Self.path, training).status == 201)
        #expect(
            try clerk.put(
                Sample.path(ofActivity: 902),
                Sample.activity("meeting").with(["participants": [["memberId": .string(Sample.id(104))]]])
            ).status == 201)
        func figures(_ query: String) throws -> [String] {
            let json = try clerk.get("/v1/activities/training-coverage?\(query)").json
            return ([json] + json["items"].list.map(Optional.some)).map {
                "\($0["areaName"].string ?? "") \($0["ofLabourAge"].integer ?? -1) \($0["trained"].integer ?? -1)"
            }
        }
        #expect(try figures("areaCode=\(Place.townA)") == ["甲镇 4 1", "东村 3 1", "西村 1 0", "南村 0 0"])
        #expect(try figures("areaCode=\(Place.villageA1)&on=2026-02-19") == ["东村 3 0", "东村 3 0"])
        #expect(try clerk.get("/v1/activities/training-coverage?areaCode=\(Place.townB)").status == 404)
        let moved = try county.as(.administrator).put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageA3), "effectiveOn": "2026-03-01"])
        #expect(moved.status < 300, "\(moved.text)")
        #expect(try clerk.get("/v1/activities?areaCode=\(Place.villageA3)").items.count == 2)
        #expect(try county.faults() == [])
    }
}
