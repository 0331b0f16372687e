// Groups of villages, partners and their codes, and the code lists.

import Testing

@testable import App
@testable import Web

@Suite("Groups, partners and codes")
struct ReferenceTests {
    @Test("a group is created once; another under its id or name is 409")
    func groups() throws {
        let county = try County()
        let session = try county.as(.clerkA)
        let body: JSON = ["villageCode": .string(Place.villageA1), "name": "一组"]
        let path = "/v1/groups/\(Sample.id(1))"
        #expect(try session.put(path, body).status == 201)
        let before = try county.digest()
        #expect(try session.put(path, body.with(["name": "二组"])).status == 409)
        #expect(try session.put("/v1/groups/\(Sample.id(2))", body).status == 409)
        #expect(try session.put("/v1/groups/\(Sample.id(2))", body.with(["name": ""])).errors == ["/name too-short"])
        #expect(
            try session.put("/v1/groups/\(Sample.id(2))", body.with(["villageCode": .string(Place.townA)])).status
                == 422)
        #expect(try county.digest() == before)
    }

    @Test("a partner's names for codes are replaced as a whole and shown beside ours")
    func partners() throws {
        let county = try County()
        let session = try county.as(.province)
        let path = "/v1/partners/\(Sample.id(1))"
        #expect(try session.put(path, ["key": "platform", "name": "省平台"]).status == 201)
        #expect(try session.put(path, ["key": "platform", "name": "省平台"]).status == 200)
        #expect(try session.put(path, ["key": "other", "name": "省平台"]).status == 409)
        #expect(try session.put("/v1/partners/\(Sample.id(2))", ["key": "platform", "name": "乙"]).status == 409)
        #expect(
            try session.put("/v1/partners/\(Sample.id(2))", ["key": "Bad key", "name": "乙"]).errors == [
                "/key malformed"
            ])
        let codes: JSON = ["values": [["code": "male", "partnerCode": "1"], ["code": "female", "partnerCode": "2"]]]
        #expect(try session.put(path + "/codes/sex", codes).status == 200)
        let before = try county.digest()
        for body in [
            ["values": [["code": "male", "partnerCode": "1"], ["code": "male", "partnerCode": "2"]]],
            ["values": [["code": "male", "partnerCode": "1"], ["code": "female", "partnerCode": "1"]]],
            ["values": [["code": "x", "partnerCode": "1"]]], ["values": [["code": "male"]]], [:],
        ] as [JSON] {
            #expect(try session.put(path + "/codes/sex", body).status == 422, "\(body.text)")
        }
        #expect(try county.digest() == before)
        let lists = try session.get("/v1/code-lists?partner=platform").items
        let sex = try required(lists.first { $0["key"]?.string == "sex" })
        #expect(sex["values"].list.compactMap { $0["partnerCode"]?.string } == ["1", "2"])
        #expect(try session.get("/v1/code-lists?partner=nobody").status == 400)
        #expect(try session.put(path + "/codes/sex", ["values": []]).status == 200)
    }

    @Test("code lists hold labels in both languages, days, and a tag that changes with them")
    func codeLists() throws {
        let county = try County()
        let answer = try county.as(.tabletA1).get("/v1/code-lists")
        #expect(answer.items.count == 46)
        let attribute = try required(answer.items.first { $0["key"]?.string == "household-attribute" })
        let ended = try required(attribute["values"].list.first { $0["code"]?.string == "five-guarantees" })
        #expect(ended.members.map(\.name) == ["code", "zh", "en", "from", "to"])
        #expect(ended["zh"]?.string == "五保户")
        #expect(ended["from"]?.isNull == true)
        #expect(ended["to"]?.string == "2016-02-10")
        #expect(
            try county.as(.tabletA1).get("/v1/code-lists", ["If-None-Match": required(answer["etag"])]).status == 304)
    }
}
