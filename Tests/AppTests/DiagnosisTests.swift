// Refusals say what is really wrong: the tag, the type, the role, the cursor, the level of a place, and all of a body.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Right diagnoses")
struct DiagnosisTests {
    private static let patch = Array(#"{"mainCause":"illness"}"#.utf8)
    private static let mergePatch = "application/merge-patch+json"

    @Test("a tag without its quotes is malformed, a weak one never matches, and neither is somebody else's change")
    func tags() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let before = try county.digest()
        func answer(_ tag: String) throws -> Answer {
            try session.send(
                "PATCH", path, ["Content-Type": Self.mergePatch, "If-Match": tag, "Accept-Language": "en"],
                body: Self.patch)
        }
        for tag in ["v1", "1", "'v1'", "\"v1\", v2", "\"v1", "v1, \"v1\"", "\"v1\" x", ",", "\"a\", *"] {
            let refused = try answer(tag)
            #expect(refused.status == 400, "\(tag): \(refused.text)")
            #expect(refused.problem == "invalid-if-match", "\(tag): \(refused.text)")
            #expect(refused.text.contains("double quotes"))
        }
        for tag in ["W/\"v1\"", "W/\"v1\", W/\"v2\""] {
            let refused = try answer(tag)
            #expect(refused.status == 412, "\(tag): \(refused.text)")
            #expect(refused.problem == "weak-if-match", "\(tag): \(refused.text)")
        }
        for tag in ["\"v2\"", "\"abc\"", "W/\"v1\", \"v2\""] {
            #expect(try answer(tag).problem == "stale-version", "\(tag)")
        }
        #expect(try county.digest() == before)
        #expect(try session.get(path, ["If-Match": "v1"]).problem == "invalid-if-match")
        #expect(try answer("W/\"v1\" , \"v1\"").status == 200)
    }

    @Test("415 names the type that is taken, in words and in the field of the method")
    func types() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let cases = [
            ("PATCH", path, "accept-patch", Self.mergePatch), ("PUT", path, "accept", "application/json"),
            ("POST", "/v1/households", "accept-post", "application/json"),
        ]
        for (method, target, field, type) in cases {
            for stated in ["text/plain", "application/json; charset=gbk"] {
                let refused = try session.send(
                    method, target,
                    ["Content-Type": stated, "If-Match": "\"v1\"", "Idempotency-Key": "k", "Accept-Language": "en"],
                    body: Self.patch)
                #expect(refused.status == 415, "\(method): \(refused.text)")
                #expect(refused[field] == type, "\(method): \(refused.text)")
                #expect(refused.text.contains("taken as \(type)"))
            }
            let silent = try session.send(
                method, target, ["If-Match": "\"v1\"", "Idempotency-Key": "k"], body: Self.patch)
            #expect(silent.status == 415, "\(silent.text)")
            #expect(silent.text.contains("没有 Content-Type"), "\(silent.text)")
        }
        #expect(try session.send("OPTIONS", path)["accept-patch"] == Self.mergePatch)
        #expect(try session.send("OPTIONS", "/v1/households")["accept-patch"] == nil)
    }

    @Test("403 names the roles that may, with what people call them")
    func roles() throws {
        let county = try County()
        let worker = try county.as(.workerA1)
        let refused = try worker.put("/v1/households/\(Sample.id(1))", Sample.household("H1"))
        #expect(refused.status == 403)
        let detail = try required(refused.json["detail"].string)
        #expect(detail == "此操作仅限以下角色：县级管理员（county-administrator）、乡镇经办人（town-clerk）")
        let english = try county.as(.auditor).send(
            "PUT", "/v1/imports/\(Sample.id(1))?kind=households", ["Accept-Language": "en"], body: [])
        #expect(english.status == 403)
        #expect(
            english.json["detail"].string
                == "only these roles may do this: county administrator (county-administrator), province (province)")
        let duty = try county.as(.province).put(
            Sample.path(ofDuty: 1),
            Sample.duty("first-secretary", Place.villageA1).with(["cadreId": .string(Sample.id(1))]))
        #expect(duty.status == 403, "\(duty.text)")
        #expect(duty.json["detail"].string?.contains("书记") == true, "\(duty.text)")
    }

    @Test("a cursor of another question says so; one that is cut off says that")
    func cursors() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.administrator)
        let next = try required(session.get("/v1/households?limit=1").json["next"].string)
        #expect(try session.get("/v1/households?limit=2&after=\(next)").items.count == 2, "the limit may change")
        for target in ["/v1/households?state=registered&after=\(next)", "/v1/divisions?after=\(next)"] {
            let refused = try session.get(target, ["Accept-Language": "en"])
            #expect(refused.status == 400)
            #expect(refused.problem == "invalid-cursor")
            #expect(refused.errors == ["?after other-question"], "\(target): \(refused.text)")
            #expect(refused.text.contains("belongs to other filters"))
        }
        let other = try county.as(.clerkA).get("/v1/households?after=\(next)")
        #expect(other.errors == ["?after other-question"], "another range: \(other.text)")
        for broken in [String(next.dropLast(2)), next + "AAAA", "abc"] {
            #expect(try session.get("/v1/households?after=\(broken)").errors == ["?after not-a-cursor"], "\(broken)")
        }
    }

    @Test("a town's code where a village is wanted says that it is a town, to whoever may see the town and nobody else")
    func levels() throws {
        let county = try County()
        try county.makeThree()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let town = JSON.string(Place.townA)
        let team: JSON = [
            "villageCode": town, "name": "工作队", "from": "2016-03-01",
            "members": [["kind": "team-member", "holderName": "孙秀芳"]],
        ]
        let need = Sample.need().with(["householdId": .omitted, "villageCode": town])
        let cases: [(Answer, String)] = [
            (
                try session.put("/v1/households/\(Sample.id(9))", Sample.household("H9", in: Place.townA)),
                "/villageCode"
            ),
            (
                try session.patch("/v1/households/\(Sample.id(1))", version: 1, ["villageCode": town]), "/villageCode"
            ),
            (try session.put("/v1/work-teams/\(Sample.id(9))", team), "/villageCode"),
            (try session.put(Sample.path(ofNeed: 9), need), "/villageCode"),
            (
                try session.put("/v1/cadres/\(Sample.id(9))", Sample.cadre("张示例").with(["homeVillageCode": town])),
                "/homeVillageCode"
            ),
            (
                try session.put(
                    Sample.path(ofDuty: 9),
                    Sample.duty("village-guarantee", Place.townA).with(["organizationId": .string(Sample.id(1))])),
                "/areaCode"
            ),
        ]
        for (answer, pointer) in cases {
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.errors == ["\(pointer) wrong-level"], "\(answer.text)")
        }
        #expect(cases[0].0.text.contains("乡镇“甲镇”"))
        let path = try session.get("/v1/villages/\(Place.townA)")
        #expect(path.status == 404)
        #expect(path.json["detail"].string?.contains("甲镇") == true)
        let file = "villageCode,from,kind\n\(Place.townA),2014-01-01,poor\n"
        #expect(try session.importFile(1, "kind=villages", file).counts.last == 1)
        #expect(try session.refusals(1) == ["2 villageCode wrong-level refused"])
        // A neighbour's town is as unknown as a code that nobody has.
        let foreign = try session.put("/v1/households/\(Sample.id(9))", Sample.household("H9", in: Place.neighbourTown))
        let nothing = try session.put("/v1/households/\(Sample.id(9))", Sample.household("H9", in: "990923100999"))
        #expect(foreign.errors == ["/villageCode unknown-village"])
        #expect(foreign.json["errors"][0]["detail"].string == nothing.json["errors"][0]["detail"].string)
        #expect(try session.get("/v1/villages/\(Place.neighbourTown)").json["detail"] == nil)
    }

    @Test("an export that comes to nothing does not speak of an import")
    func exports() throws {
        #expect(ExportFailure.unknownCodes(["sex 1"]).description.contains("nothing was exported"))
        #expect(!ExportFailure.unknownCodes(["sex 1"]).description.contains("import"))
    }

    @Test("wrong codes and broken rules of a body come together, and nothing is said of a rule that cannot be judged")
    func together() throws {
        let county = try County()
        try county.makeOrganization()
        let session = try county.as(.administrator)
        let before = try county.digest()
        let two = Sample.household(
            "H1", members: [Sample.member("陈示例"), Sample.member("李示例")]
        ).with(["mainCause": "bad-luck"])
        #expect(
            try session.put("/v1/households/\(Sample.id(1))", two).errors
                == ["/mainCause unknown-code", "/members several-householders"])
        let unread = Sample.household(
            "H1",
            members: [
                Sample.member("陈示例", relation: "boss"),
                Sample.member("李示例", relation: "spouse").with(["birthDate": .omitted]),
            ])
        #expect(
            try session.put("/v1/households/\(Sample.id(1))", unread).errors
                == ["/members/0/relation unknown-code", "/members/1/birthDate required"])
        let nobody = Sample.household("H1", members: [Sample.member("陈示例", relation: "son")])
            .with(["attribute": "odd"])
        #expect(
            try session.put("/v1/households/\(Sample.id(1))", nobody).errors
                == ["/attribute unknown-code", "/members no-householder"])
        #expect(
            try session.put(
                "/v1/cadres/\(Sample.id(9))",
                Sample.cadre("张示例", of: 99).with(["homeVillageCode": "990923100999"])
            ).errors == ["/organizationId unknown-organization", "/homeVillageCode unknown-village"])
        #expect(
            try session.put(
                Sample.path(ofDuty: 9),
                Sample.duty("first-secretary", "12").with(["to": "2016-01-01", "holderName": "x"])
            ).errors.contains("/to ends-before-it-begins"))
        let partnership = Sample.partnership(
            "enterprise-village", ["targetAreaCode": "12", "to": "2016-01-01", "endReason": "no-reason"])
        let partners = try session.put(Sample.path(ofPartnership: 9), partnership).errors
        #expect(
            partners == [
                "/to ends-before-it-begins", "/helperOrganizationId required", "/targetAreaCode not-an-area-code",
                "/endReason unknown-code",
            ], "\(partners)")
        let need = try session.put(
            Sample.path(ofNeed: 9), Sample.need().with(["householdId": .omitted, "kind": "odd"]))
        #expect(Set(need.errors) == ["/householdId required", "/kind unknown-code"], "\(need.text)")
        #expect(try county.digest() == before)
    }
}
