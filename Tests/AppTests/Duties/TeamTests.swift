// Work teams and their members.

import Testing

@testable import App
@testable import Web

@Suite("Work teams")
struct TeamTests {
    private static let path = "/v1/work-teams/\(Sample.id(900))"

    private static func team(_ members: [JSON], name: String = "驻东村工作队") -> JSON {
        [
            "villageCode": .string(Place.villageA1), "name": .string(name), "from": "2016-03-01",
            "members": .array(members),
        ]
    }

    private static let leader: JSON = ["kind": "team-leader", "cadreId": .string(Sample.id(513))]
    private static let member: JSON = ["kind": "team-member", "holderName": "孙秀芳", "from": "2016-04-01"]

    @Test("a team is created with its members, who are duties, and replayed under its id")
    func creation() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        let body = Self.team([Self.leader, Self.member])
        let created = try session.put(Self.path, body)
        #expect(created.status == 201)
        #expect(created["location"] == Self.path)
        #expect(created.json["members"].list.compactMap { $0["kind"]?.string } == ["team-leader", "team-member"])
        let before = try county.digest()
        #expect(try session.get(Self.path + "?on=2016-03-15").json["members"].list.count == 1)
        #expect(try session.get(Self.path + "?on=2016-02-01").status == 404)
        #expect(try session.get("/v1/work-teams?on=2016-03-15").items.compactMap { $0["memberCount"]?.integer } == [1])
        #expect(try session.get(Self.path + "?on=2016-03-15").json["memberCount"].integer == 1)
        #expect(created.json["memberCount"].integer == 2)
        let duties = try session.get("/v1/duties?teamId=\(Sample.id(900))").items
        #expect(duties.map { $0["teamName"]?.string } == ["驻东村工作队", "驻东村工作队"])
        #expect(try county.as(.clerkB).get("/v1/work-teams").items.isEmpty)
        #expect(try county.digest() == before)
        #expect(try county.faults() == [])
    }

    @Test("nobody is in a team twice on a day, it has one leader, and its days hold those of its members")
    func refusals() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        var before = try county.digest()
        let twice = try session.put(
            Self.path, Self.team([Self.leader, ["kind": "team-member", "cadreId": .string(Sample.id(513))]]))
        #expect(twice.problem == "member-twice")
        #expect(twice.errors == ["/members/1/cadreId member-twice"])
        #expect(
            try session.put(
                Self.path, Self.team([Self.leader, ["kind": "team-leader", "cadreId": .string(Sample.id(521))]])
            ).errors == ["/members/1/kind team-has-leader"])
        #expect(
            try session.put(
                Self.path,
                Self.team([
                    ["kind": "team-member", "cadreId": .string(Sample.id(999))],
                    Self.member.with(["from": "2016-01-01"]), ["kind": "first-secretary", "holderName": "x"],
                ])
            ).errors == ["/members/2/kind unknown-code"])
        #expect(
            try session.put(
                Self.path,
                Self.team([
                    ["kind": "team-member", "cadreId": .string(Sample.id(999))],
                    Self.member.with(["from": "2016-01-01"]),
                ])
            ).errors == ["/members/0/cadreId unknown-cadre", "/members/1/from outside-team"])
        #expect(try session.put(Self.path, Self.team([])).errors == ["/members too-few"])
        #expect(try county.digest() == before)

        try #require(session.put(Self.path, Self.team([Self.leader, Self.member])).status == 201)
        before = try county.digest()
        #expect(
            try session.put("/v1/work-teams/\(Sample.id(901))", Self.team([Self.leader])).problem == "team-name-taken")
        let joining: JSON = [
            "kind": "team-member", "teamId": .string(Sample.id(900)), "holderName": "孙秀芳", "from": "2020-01-01",
        ]
        let member = try session.put(Sample.path(ofDuty: 1), joining)
        #expect(member.problem == "member-twice")
        #expect(member.errors == ["/holderName member-twice"])
        #expect(try session.put(Sample.path(ofDuty: 1), joining.with(["teamId": .omitted])).status == 422)
        #expect(try county.digest() == before)
        #expect(try session.put(Sample.path(ofDuty: 1), joining.with(["holderName": "李新"])).status == 201)
    }

    @Test("a team that ends, ends its members; its version grows with theirs")
    func ending() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        let created = try session.put(Self.path, Self.team([Self.leader, Self.member]))
        let version = try required(created.json["version"].integer)
        let member = try required(created.json["members"][1]["id"].string)
        #expect(try session.patch("/v1/duties/\(member)", version: 1, ["title": "农技员"]).status == 200)
        let changed = try session.get(Self.path)
        #expect(changed.json["version"].integer == version + 1)
        #expect(try session.patch(Self.path, version: version + 1, ["to": "2020-12-31"]).status == 422)
        #expect(
            try session.patch(Self.path, version: version + 1, ["from": "2016-05-01"]).errors == ["/from outside-team"])
        let ended = try session.patch(
            Self.path, version: version + 1, ["to": "2020-12-31", "endReason": "village-exited"])
        #expect(ended.status == 200)
        #expect(ended.json["endReason"].string == "village-exited")
        #expect(ended.json["members"].list.compactMap { $0["to"]?.string } == ["2020-12-31", "2020-12-31"])
        #expect(ended.json["members"].list.compactMap { $0["endReason"]?.string } == ["team-ended", "team-ended"])
        #expect(try session.get("/v1/duties?on=2021-01-01").items.isEmpty)
        #expect(try county.faults() == [])
    }
}
