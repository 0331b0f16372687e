// Needs: voiced by a household or a village, answered in time or late.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Needs")
struct NeedTests {
    private static let path = Sample.path(ofNeed: 901)

    @Test("a need is due after the village's number of days, becomes late, and is answered with a text and a day")
    func life() throws {
        let county = try County()
        try county.makeThree()
        let made = try county.as(.tabletA1).put(Self.path, Sample.need())
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["state"].string == "received", "\(made.text)")
        #expect(made.json["dueOn"].string == "2026-03-22")
        #expect(made.json["villageName"].string == "东村")
        let clerk = try county.as(.clerkA)
        func states(_ query: String = "") throws -> [String] {
            try clerk.get("/v1/needs?count=true&limit=1000\(query)").items.map {
                "\($0["state"]?.string ?? "") \($0["isLate"]?.boolean ?? false) \($0["daysOpen"]?.integer ?? -1)"
            }
        }
        #expect(try states() == ["received false 10"])
        #expect(try states("&isOverdue=true") == [])
        county.clock.advance(days: 21)
        #expect(try states("&isOverdue=true") == ["received true 31"])
        let begun = try clerk.patch(Self.path, version: 1, ["state": "in-progress"])
        #expect(begun.json["state"].string == "in-progress")
        let before = try county.digest()
        #expect(try clerk.patch(Self.path, version: 2, ["state": "answered"]).errors == ["/answer required"])
        #expect(try clerk.patch(Self.path, version: 2, ["answer": "已修"]).errors == ["/answer not-answered"])
        #expect(
            try clerk.patch(
                Self.path, version: 2, ["state": "answered", "answer": "已修", "answeredOn": "2026-02-19"]
            ).errors == ["/answeredOn impossible-day"])
        #expect(try county.digest() == before)
        let answered = try clerk.patch(Self.path, version: 2, ["state": "answered", "answer": "路已修通"])
        #expect(answered.json["answeredOn"].string == "2026-03-23", "\(answered.text)")
        #expect(answered.json["answeredBy"]["name"].string == "clerkA")
        #expect(try states() == ["answered true -1"])
        let reopened = try clerk.patch(Self.path, version: 3, ["state": "in-progress"])
        #expect(reopened.json["answer"] == nil)
        #expect(reopened.json["answeredOn"] == nil)
        let declined = try clerk.patch(
            Self.path, version: 4, ["state": "declined", "answer": "不属受理范围", "answeredOn": "2026-03-20"])
        #expect(declined.json["state"].string == "declined")
        #expect(try states() == ["declined false -1"])
        #expect(try clerk.get(Self.path + "/history").items.count == 5)
        #expect(try county.faults() == [])
    }

    @Test(
        "villages have needs too; areas set their own number of days; wrong bodies and foreign places change nothing"
    )
    func villages() throws {
        let county = try County()
        try county.makeThree()
        let clerk = try county.as(.clerkA)
        let parameter: JSON = [
            "key": "need.answer.days", "areaCode": .string(Place.townA), "value": 7, "unit": "days",
            "from": "2026-01-01",
            "documentNumber": "甲镇〔2026〕1号",
        ]
        let stated = try county.as(.administrator).put("/v1/parameters/\(Sample.id(801))", parameter)
        #expect(stated.status == 201, "\(stated.text)")
        let body: JSON = [
            "villageCode": .string(Place.villageA2), "kind": "water-electricity", "text": "全村缺水", "channel": "meeting",
        ]
        let made = try clerk.put(Self.path, body)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["dueOn"].string == "2026-03-09", "\(made.text)")
        #expect(made.json["villageCode"].string == Place.villageA2)
        #expect(made.json["householdId"] == nil)
        let before = try county.digest()
        let other = Sample.path(ofNeed: 902)
        for (body, errors) in [
            (body.with(["villageCode": .string(Place.villageB1)]), ["/villageCode unknown-village"]),
            (body.with(["householdId": .string(Sample.id(1))]), ["/villageCode only-one"]),
            (body.with(["villageCode": .omitted]), ["/householdId required"]),
            (
                body.with(["kind": "x", "channel": "y", "text": ""]),
                ["/kind unknown-code", "/text too-short", "/channel unknown-code"]
            ),
            (body.with(["voicedOn": "2026-03-03"]), ["/voicedOn in-future"]),
            (Sample.need(3), ["/householdId unknown-household"]),
        ] {
            #expect(try clerk.put(other, body).errors == errors, "\(body.text)")
        }
        #expect(try county.as(.clerkB).get("/v1/needs").items.isEmpty)
        #expect(try county.digest() == before)
        let merged = try county.as(.administrator).put(
            "/v1/divisions/\(Place.villageA2)/successor",
            ["successorCode": .string(Place.villageA1), "effectiveOn": "2026-03-01"])
        #expect(merged.status < 300, "\(merged.text)")
        #expect(try county.as(.workerA1).get(Self.path).status == 200)
        #expect(try county.faults() == [])
    }
}
