// The five occasions (R063): the dates of festivals, and windows that follow from parameters, the archive and moves.

import Testing

@testable import Contact
@testable import Domain
@testable import SQL
@testable import Web

@Suite("Occasions")
struct OccasionTests {
    private static func parameter(
        _ county: County, _ number: Int, _ key: String, _ value: JSON, unit: String, area: String = Place.county,
        from: String = "2000-01-02"
    ) throws {
        let answer = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(number))",
            [
                "key": .string(key), "value": value, "unit": .string(unit), "areaCode": .string(area),
                "from": .string(from),
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// The windows of a household in a span, as words.
    private static func windows(
        _ county: County, _ number: Int = 1, _ first: String = "2026-01-01", _ last: String = "2026-12-31"
    ) throws -> [String] {
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let id = try required(Identifier(Sample.id(number)))
        let household = try required(
            try reader.first("SELECT household_number FROM household WHERE id = $1", id) { $0.int64(0) })
        return try HouseholdOccasions.windows(
            of: household, from: required(CivilDate(first)), through: required(CivilDate(last)), reader
        ).map { "\($0.kind.rawValue) \($0.subject) \($0.first) \($0.last)" }
    }

    private static let festivals = [
        "festival spring-festival 2026-02-10 2026-02-24", "festival dragon-boat 2026-06-12 2026-06-26",
        "festival mid-autumn 2026-09-18 2026-10-02",
    ]

    @Test("the festivals of two decades are there, and an administrator states a year beyond them")
    func dates() throws {
        let county = try County()
        let session = try county.as(.workerA1)
        let year = try session.get("/v1/festivals?year=2026&count=true")
        #expect(year.json["total"].integer == 7)
        #expect(
            year.items.map { $0["on"]?.string ?? "" } == [
                "2026-02-17", "2026-03-03", "2026-04-05", "2026-04-19", "2026-06-19", "2026-09-25", "2026-10-18",
            ])
        #expect(try session.get("/v1/festivals?count=true&limit=1000").json["total"].integer == 147)
        #expect(try session.get("/v1/festivals?code=qingming&year=2035").items.first?["zh"]?.string == "清明节")
        #expect(try session.get("/v1/festivals?code=x").status == 400)
        let administrator = try county.as(.administrator)
        let body: JSON = ["items": [["code": "spring-festival", "on": "2036-01-28"]]]
        let before = try county.digest()
        for (wrong, errors) in [
            (["items": []], ["/items too-few"]),
            (["items": [["code": "x", "on": "2036-01-28"]]], ["/items/0/code unknown-code"]),
            (
                [
                    "items": [
                        ["code": "qingming", "on": "2035-04-05"], ["code": "qingming", "on": "2036-04-04"],
                    ]
                ],
                ["/items/0/on other-year", "/items/1/code repeated"]
            ),
        ] as [(JSON, [String])] {
            let answer = try administrator.put("/v1/festivals/2036", wrong)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.errors == errors, "\(answer.text)")
        }
        for path in ["/v1/festivals/1999", "/v1/festivals/02036", "/v1/festivals/x"] {
            #expect(try administrator.put(path, body).status == 404)
        }
        #expect(try county.digest() == before)
        let made = try administrator.put("/v1/festivals/2036", body)
        #expect(made.status == 201)
        #expect(made.items.first?["zh"]?.string == "春节")
        let stated = try county.digest()
        #expect(try administrator.put("/v1/festivals/2036", body).status == 200)
        #expect(try county.digest() == stated, "the same again writes nothing")
        #expect(try session.get("/v1/festivals?year=2036").items.count == 1)
        #expect(try county.faults() == [])
    }

    @Test("festivals oblige as an area says, a village nearer than its county, from the day on which it says so")
    func rules() throws {
        let county = try County()
        try county.makeThree()
        #expect(try Self.windows(county) == Self.festivals)
        try Self.parameter(
            county, 501, "occasion.festivals", ["double-ninth"], unit: "codes", area: Place.villageA1,
            from: "2026-06-01")
        try Self.parameter(
            county, 502, "occasion.festival.days-after", 0, unit: "days", area: Place.townA, from: "2026-06-01")
        #expect(
            try Self.windows(county) == [Self.festivals[0], "festival double-ninth 2026-10-11 2026-10-18"])
        #expect(
            try Self.windows(county, 2) == [
                Self.festivals[0], "festival dragon-boat 2026-06-12 2026-06-19",
                "festival mid-autumn 2026-09-18 2026-09-25",
            ])
        #expect(try Self.windows(county, 3) == Self.festivals)
        try Self.parameter(
            county, 503, "occasion.festivals", ["none"], unit: "codes", area: Place.townB)
        #expect(try Self.windows(county, 3).isEmpty)
    }

    @Test("busy seasons are stated by crop and area, and none is the default")
    func seasons() throws {
        let county = try County()
        try county.makeThree()
        try Self.parameter(county, 501, "occasion.busy-season.rice-early", ["07-16/08-05"], unit: "seasons")
        try Self.parameter(
            county, 502, "occasion.busy-season.rice-early", [], unit: "seasons", area: Place.villageA2)
        try Self.parameter(
            county, 503, "occasion.busy-season.tea", ["03-20/04-20", "09-01/09-20"], unit: "seasons",
            area: Place.villageB1)
        let rice = "busy-season rice-early 2026-07-16 2026-08-05"
        func busy(_ number: Int) throws -> [String] {
            try Self.windows(county, number).filter { $0.hasPrefix("busy") }
        }
        #expect(try busy(1) == [rice])
        #expect(try busy(2) == [])
        #expect(
            try busy(3) == [
                "busy-season tea 2026-03-20 2026-04-20", rice, "busy-season tea 2026-09-01 2026-09-20",
            ])
        let session = try county.as(.administrator)
        let before = try county.digest()
        for wrong in [["0716/0805"], ["07-16/08-05", "07-16/08-05"], "07-16/08-05", 716] as [JSON] {
            let answer = try session.put(
                "/v1/parameters/\(Sample.id(504))",
                [
                    "key": "occasion.busy-season.maize", "value": wrong, "unit": "seasons",
                    "areaCode": .string(Place.county),
                    "from": "2026-01-01",
                ])
            #expect(answer.errors == ["/value wrong-value"], "\(answer.text)")
        }
        #expect(try county.digest() == before)
        let keys = try session.get("/v1/parameter-keys").items
        let tea = try required(keys.first { $0["key"]?.string == "occasion.busy-season.tea" })
        #expect(tea["type"]?.string == "seasons")
        #expect(tea["crop"]?.string == "tea")
        #expect(keys.filter { $0["type"]?.string == "seasons" }.count == OccasionCode.crops.count)
    }

    @Test("birth, death and illness in the archive oblige, and what is corrected obliges no more")
    func archive() throws {
        let county = try County()
        let path = try county.make(
            1,
            Sample.household(
                "H1",
                members: [
                    Sample.member("陈示例", id: Sample.id(11)),
                    Sample.member("陈老", relation: "father", born: "1940-01-01", id: Sample.id(12)),
                ]))
        let session = try county.as(.administrator)
        func events() throws -> [String] {
            try Self.windows(county).filter { $0.hasPrefix("life") }
        }
        #expect(try events() == [])
        let child = Sample.member("陈小", relation: "son", born: "2026-02-20").with([
            "joinedOn": "2026-02-20", "joinReason": "birth", "education": .omitted, "labourCapacity": "none",
        ])
        #expect(try session.put(path + "/members/\(Sample.id(13))", child).status == 201)
        #expect(try events() == ["life-event birth 2026-02-20 2026-03-07"])
        let ill = try session.patch(
            path + "/members/\(Sample.id(11))", version: 2, ["health": "serious-illness", "effectiveOn": "2026-02-25"])
        #expect(ill.status == 200, "\(ill.text)")
        let dead = try session.patch(
            path + "/members/\(Sample.id(12))", version: 3, ["leftOn": "2026-03-01", "leftReason": "death"])
        #expect(dead.status == 200, "\(dead.text)")
        #expect(
            try events() == [
                "life-event birth 2026-02-20 2026-03-07", "life-event illness 2026-02-25 2026-03-12",
                "life-event death 2026-03-01 2026-03-16",
            ])
        let back = try session.patch(
            path + "/members/\(Sample.id(12))", version: 4, ["leftOn": nil, "leftReason": nil])
        #expect(back.status == 200, "\(back.text)")
        let well = try session.patch(
            path + "/members/\(Sample.id(11))", version: 5, ["health": "healthy", "effectiveOn": "2026-02-25"])
        #expect(well.status == 200, "\(well.text)")
        #expect(try events() == ["life-event birth 2026-02-20 2026-03-07"])
    }

    @Test("a household that moves takes its events along, and has the festivals of where it lives on their first day")
    func moved() throws {
        let county = try County()
        try county.makeThree()
        try Self.parameter(
            county, 501, "occasion.festivals", ["none"], unit: "codes", area: Place.villageA1)
        try Self.parameter(
            county, 502, "occasion.event.days", 30, unit: "days", area: Place.villageA2)
        #expect(try Self.windows(county) == [])
        county.clock.advance(days: 106)
        let moved = try county.as(.administrator).patch(
            "/v1/households/\(Sample.id(1))", version: 1,
            ["villageCode": .string(Place.villageA2), "effectiveOn": "2026-06-15"])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(
            try Self.windows(county) == [
                "festival dragon-boat 2026-06-15 2026-06-26", Self.festivals[2],
            ])
        let member = "/v1/households/\(Sample.id(1))/members/\(Sample.id(101))"
        let ill = try county.as(.administrator).patch(
            member, version: 2, ["health": "disabled", "effectiveOn": "2026-06-16"])
        #expect(ill.status == 200, "\(ill.text)")
        #expect(try Self.windows(county).contains("life-event illness 2026-06-16 2026-07-16"))
    }

    @Test("an occasion is done by a visit that names it, and kept duties follow dates, rules and the archive")
    func duties() throws {
        let county = try County()
        try county.addHelpers()
        try county.makeThree()
        try county.help(1, by: 413, from: "2026-01-01")
        let session = try county.as(.administrator)
        func duties(_ on: String) throws -> [String] {
            let query = "householdId=\(Sample.id(1))&from=2026-01-01&to=2026-05-01&on=\(on)&limit=1000"
            return try session.get("/v1/contact-duties?\(query)").items.compactMap { item in
                guard let subject = item["subject"]?.string, let state = item["state"]?.string else { return nil }
                let days = [item["from"], item["to"]].map { $0?.string ?? "" }.joined(separator: " ")
                return subject.isEmpty ? nil : "\(subject) \(days) \(state)"
            }.sorted()
        }
        func visit(_ number: Int, _ occasion: String) throws {
            let answer = try session.put(
                "/v1/visits/\(Sample.id(number))",
                [
                    "householdId": .string(Sample.id(1)), "kind": "home-visit",
                    "occurredAt": .string(county.clock.now.description), "occasions": [.string(occasion)],
                ])
            #expect(answer.status == 201, "\(answer.text)")
        }
        #expect(try duties("2026-03-02") == ["spring-festival 2026-02-10 2026-02-25 overdue"])
        try visit(701, "life-event")
        #expect(try duties("2026-03-02") == ["spring-festival 2026-02-10 2026-02-25 overdue"], "it names another one")
        try visit(702, "festival")
        let spring = "spring-festival 2026-02-10 2026-02-25 late"
        #expect(try duties("2026-03-02") == [spring])
        try Self.parameter(county, 501, "occasion.festivals", ["qingming"], unit: "codes", from: "2026-03-02")
        #expect(try duties("2026-04-01") == ["qingming 2026-03-29 2026-04-13 due", spring])
        county.clock.advance(days: 30)
        let child = Sample.member("陈小", relation: "son", born: "2026-03-30").with([
            "joinedOn": "2026-03-30", "joinReason": "birth", "education": .omitted, "labourCapacity": "none",
        ])
        let path = "/v1/households/\(Sample.id(1))/members/\(Sample.id(110))"
        #expect(try session.put(path, child).status == 201)
        #expect(try duties("2026-04-01").first == "birth 2026-03-30 2026-04-15 due")
        #expect(try county.faults() == [])
        try visit(703, "life-event")
        #expect(try duties("2026-04-01").first == "birth 2026-03-30 2026-04-15 in-time")
        let moved = try session.put("/v1/festivals/2026", ["items": [["code": "qingming", "on": "2026-04-20"]]])
        #expect(moved.status == 200, "\(moved.text)")
        #expect(
            try duties("2026-04-15") == [
                "birth 2026-03-30 2026-04-15 in-time", "qingming 2026-04-13 2026-04-28 due",
            ], "a year that is stated anew has no other festivals")
        #expect(try county.faults() == [])
    }
}
