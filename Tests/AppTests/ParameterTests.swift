// Parameters: which row applies where and when, how a row ends another, and what a correction leaves answerable.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Parameters")
struct ParameterTests {
    private static func row(
        _ key: String = "quota.section", _ value: JSON = 6, unit: String = "households", area: String? = Place.townA,
        from: String = "2026-04-01", to: String? = nil, document: String? = "文〔2026〕3号"
    ) -> JSON {
        [
            "key": .string(key), "value": value, "unit": .string(unit), "areaCode": area.map(JSON.string) ?? .omitted,
            "from": .string(from), "to": to.map(JSON.string) ?? .omitted,
            "documentNumber": document.map(JSON.string) ?? .omitted,
        ]
    }

    private static func path(_ number: Int) -> String { "/v1/parameters/\(Sample.id(number))" }

    /// The item of one parameter.
    private static func item(
        _ session: Session, _ key: String, area: String, on day: String, knownAt: String = ""
    ) throws -> JSONValue {
        let known = knownAt.isEmpty ? "" : "&knownAt=\(knownAt)"
        let answer = try session.get("/v1/parameters?areaCode=\(area)&on=\(day)&key=\(key)\(known)")
        return try required(answer.items.first)
    }

    @Test("a row for one town from next month holds there from its day, and says why")
    func oneTown() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let put = try session.put(Self.path(1), Self.row())
        #expect(put.status == 201)
        #expect(put["location"] == Self.path(1))
        #expect(put.versionTag == "v1")
        #expect(put.json["rejudges"] == nil, "it begins after today")
        for (area, day, value) in [
            (Place.townA, "2026-03-31", 5), (Place.townA, "2026-04-01", 6), (Place.villageA2, "2026-04-01", 6),
            (Place.townB, "2026-03-31", 5), (Place.townB, "2026-04-01", 5), (Place.county, "2026-04-01", 5),
        ] {
            let item = try Self.item(session, "quota.section", area: area, on: day)
            #expect(item["value"]?.integer == value, "\(area) \(day)")
        }
        let village = try Self.item(session, "quota.section", area: Place.villageA1, on: "2026-05-01")
        #expect(village["id"]?.string == Sample.id(1))
        #expect(village["areaCode"]?.string == Place.townA)
        #expect(village["documentNumber"]?.string == "文〔2026〕3号")
        #expect(village["from"]?.string == "2026-04-01")
        let chain = village["chain"].list
        #expect(chain.count == 1)
        #expect(chain[0]["value"]?.integer == 5)
        #expect(chain[0]["areaCode"] == nil)
        #expect(try county.faults() == [])
    }

    @Test("a new row ends the open-ended one that it begins in; anything else it meets must be named")
    func overlaps() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path(1), Self.row()).status == 201)
        #expect(try session.put(Self.path(2), Self.row("quota.section", 7, from: "2026-06-01")).status == 201)
        let first = try session.get(Self.path(1)).json
        #expect(first["to"].string == "2026-06-01")
        #expect(first["version"].integer == 2)
        let before = try county.digest()
        for body in [
            Self.row(from: "2026-05-01", to: "2026-05-10"), Self.row(from: "2026-06-01"), Self.row(from: "2026-01-01"),
            Self.row(from: "2026-03-01", to: "2026-04-02"),
        ] {
            let refused = try session.put(Self.path(3), body)
            #expect(refused.status == 409, "\(body.text)")
            #expect(refused.problem == "parameter-overlaps", "\(body.text)")
            #expect(refused.text.contains(Sample.id(1)) || refused.text.contains(Sample.id(2)))
        }
        #expect(
            try session.put(
                Self.path(3), Self.row(from: "2026-05-01").with(["replaces": [.string(Sample.id(9))]])
            ).status == 409)
        #expect(
            try session.put(
                Self.path(3),
                Self.row(from: "2027-05-01").with(["replaces": [.string(Sample.id(1))]])
            ).errors == ["/replaces/0 not-overlapping"])
        #expect(try county.digest() == before)
        #expect(
            try session.put(Self.path(3), Self.row("quota.section", 4, from: "2026-01-01", to: "2026-04-01")).status
                == 201)
        #expect(try session.get("/v1/parameter-rows?key=quota.section&limit=10").items.count == 4)
    }

    @Test("a correction cuts what it names; both beliefs stay answerable")
    func correction() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path(1), Self.row(from: "2025-01-01")).status == 201)
        let believed = county.clock.now.description
        county.clock.advance(milliseconds: 60_000)
        let corrected = try session.put(
            Self.path(2),
            Self.row("quota.section", 9, from: "2025-06-01", to: "2025-09-01").with([
                "replaces": [.string(Sample.id(1))]
            ])
        )
        #expect(corrected.status == 201, "\(corrected.text)")
        #expect(corrected.json["rejudges"]["from"].string == "2025-06-01")
        #expect(corrected.json["rejudges"]["to"].string == "2025-09-01")
        #expect(corrected.json["rejudges"]["kinds"].list.isEmpty, "no judgement depends on quotas yet")
        for (day, value) in [("2025-05-31", 6), ("2025-06-01", 9), ("2025-08-31", 9), ("2025-09-01", 6)] {
            let now = try Self.item(session, "quota.section", area: Place.townA, on: day)
            #expect(now["value"]?.integer == value, "\(day)")
            let then = try Self.item(session, "quota.section", area: Place.townA, on: day, knownAt: believed)
            #expect(then["value"]?.integer == 6, "\(day)")
            #expect(then["id"]?.string == Sample.id(1), "\(day)")
        }
        #expect(try session.get(Self.path(1) + "?knownAt=\(believed)").json["to"] == nil)
        #expect(try session.get(Self.path(1)).json["to"].string == "2025-06-01")
        let all = try session.put(
            Self.path(3),
            Self.row("quota.section", 8, from: "2024-01-01", to: "2025-06-01").with([
                "replaces": [.string(Sample.id(1))]
            ]))
        #expect(all.status == 201)
        #expect(try Self.item(session, "quota.section", area: Place.townA, on: "2025-02-01")["value"]?.integer == 8)
        let withdrawn = try session.get(Self.path(1)).json
        #expect(withdrawn["from"].string == withdrawn["to"].string, "nothing of it is left")
        #expect(try !session.get("/v1/parameter-rows?areaCode=\(Place.townA)").text.contains(Sample.id(1)))
        #expect(try county.faults() == [])
    }

    @Test("a value of another type or unit, out of bounds or of no parameter is refused with what would be right")
    func wrongValues() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let before = try county.digest()
        for (body, errors) in [
            (Self.row("quota.section", "six"), ["/value wrong-value"]),
            (Self.row("quota.section", 1_000), ["/value wrong-value"]),
            (Self.row("quota.section", ["a"]), ["/value wrong-value"]),
            (Self.row("quota.section", 6, unit: "days"), ["/unit wrong-unit"]),
            (Self.row("quota.section.scope", "county", unit: "codes"), ["/value wrong-value"]),
            (Self.row("snapshot.period", ["month", "month"], unit: "codes"), ["/value wrong-value"]),
            (Self.row("quota.chief"), ["/key unknown-code"]),
            (Self.row(from: "2026-04-01", to: "2026-04-01"), ["/to ends-before-it-begins"]),
            (Self.row(area: Place.neighbourTown), ["/areaCode unknown-division"]),
            (Self.row(area: nil), ["/areaCode unknown-division"]),
            (
                Self.row("quota.section", nil, unit: "x", from: "x"),
                ["/value required", "/unit wrong-unit", "/from not-a-date"]
            ),
        ] as [(JSON, [String])] {
            let answer = try session.put(Self.path(1), body)
            #expect(answer.status == 422, "\(body.text) \(answer.text)")
            #expect(answer.errors == errors, "\(body.text) \(answer.text)")
        }
        let unknown = try session.put(Self.path(1), Self.row("quota.chief"))
        #expect(unknown.text.contains("quota.deputy-section"), "the list of parameters")
        let wrong = try session.send(
            "PUT", Self.path(1), ["Content-Type": "application/json", "Accept-Language": "en"],
            body: Array(Self.row("quota.section", 1_000).text.utf8))
        #expect(wrong.text.contains("a whole number from 0 to 100, in households"))
        #expect(try session.get("/v1/parameters?key=quota.chief").status == 400)
        #expect(try county.as(.province).put(Self.path(1), Self.row(area: Place.county)).status == 201)
        #expect(try county.digest()["household"] == before["household"])
    }

    @Test("rows are seen where they count")
    func visibility() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.put(Self.path(1), Self.row()).status == 201)
        for (person, status) in [
            (Person.tabletA1, 200), (.clerkA, 200), (.province, 200), (.clerkB, 404), (.neighbour, 404),
        ] {
            #expect(try county.as(person).get(Self.path(1)).status == status, "\(person)")
            let listed = try county.as(person).get("/v1/parameter-rows?limit=1000").text.contains(Sample.id(1))
            #expect(listed == (status == 200), "\(person)")
        }
        #expect(
            try county.as(.tabletA1).get("/v1/parameters?on=2026-05-01").text.contains(Sample.id(1)), "the own village")
        #expect(try county.as(.neighbour).get("/v1/parameters?areaCode=\(Place.townA)&on=2026-05-01").status == 404)
        #expect(
            try county.as(.clerkB).get("/v1/parameters?areaCode=\(Place.county)").items.count > 40,
            "what is above the area counts")
        let keys = try session.get("/v1/parameter-keys").items
        #expect(keys.count == ParameterKey.all.count)
        for word in keys.flatMap({ [$0["key"]?.string, $0["unit"]?.string] }) {
            #expect(word?.wholeMatch(of: /[a-z]+([.-][a-z]+)*/) != nil, "\(word ?? "-")")
        }
    }

    @Test("every default is a right value of its parameter, with the day on which a line begins")
    func defaults() throws {
        let county = try County()
        let rows = try county.query("SELECT key, value, unit FROM parameter") { ($0.text(0), $0.text(1), $0.text(2)) }
        #expect(rows.count == 96)
        for (name, value, unit) in rows {
            let key = try required(ParameterKey.named(name))
            #expect(ParameterValue(stored: value).map(key.takes) == true, "\(name)")
            #expect(key.unit.rawValue == unit, "\(name)")
        }
        let session = try county.as(.auditor)
        for (key, day, value) in [
            ("line.national", "2013-01-01", 273_600), ("line.national", "2016-07-01", 295_200),
            ("line.national", "2017-12-31", 295_200), ("line.national", "2020-01-01", 400_000),
            ("line.exit-check", "2014-01-01", 295_200), ("line.monitoring", "2024-12-31", 880_000),
        ] {
            #expect(
                try Self.item(session, key, area: Place.county, on: day)["value"]?.integer == value, "\(key) \(day)")
        }
        #expect(try session.get("/v1/parameters?key=line.monitoring&on=2022-06-01").items.isEmpty)
        #expect(try session.get("/v1/parameters?key=line.national&on=2011-06-01").items.isEmpty)
        let sums = try Self.item(session, "notice.redact", area: Place.county, on: County.today)
        #expect(sums["value"].list.compactMap(\.string).count == 4)
    }
}

@Suite("Judgements by parameters")
struct JudgementTests {
    private static func household(_ archive: String, in village: String, born: String = "2010-06-01") -> JSON {
        Sample.household(
            archive, in: village,
            members: [
                Sample.member("陈示例"),
                Sample.member("陈小示", relation: "son", born: born).with(["schoolState": "not-in-school"]),
            ])
    }

    private static func rule(_ value: Int, area: String, from: String) -> JSON {
        [
            "key": "labour.none.below", "value": .integer(value), "unit": "age", "areaCode": .string(area),
            "from": .string(from),
        ]
    }

    @Test("labour is held against the ages of the village's area, and a finding is kept with the rows it used")
    func labour() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let warned = try session.put("/v1/households/\(Sample.id(1))", Self.household("H1", in: Place.villageA1))
        #expect(warned.json["warnings"].list.compactMap { $0["code"]?.string } == ["under-16-with-labour"])
        #expect(warned.json["warnings"][0]["pointer"].string == "/members/1/labourCapacity")
        let judgements = try session.get("/v1/judgements?entityId=\(Sample.id(1))").items
        #expect(judgements.count == 2, "by two rows")
        #expect(Set(judgements.compactMap { $0["on"]?.string }) == [County.today])
        let used = try required(
            session.get("/v1/parameters?areaCode=\(Place.villageA1)&key=labour.none.below").items.first?["id"]?.string)
        #expect(try session.get("/v1/judgements?parameterId=\(used)").items.count == 1)

        let put = try session.put(
            "/v1/parameters/\(Sample.id(50))", Self.rule(15, area: Place.townA, from: "2026-01-01"))
        #expect(put.json["rejudges"]["kinds"].list.compactMap(\.string) == ["labour-age"])
        #expect(put.json["rejudges"]["judgements"].integer == 1, "\(put.text)")
        let other = try session.put(
            "/v1/parameters/\(Sample.id(51))", Self.rule(15, area: Place.townB, from: "2026-01-01"))
        #expect(other.json["rejudges"]["judgements"].integer == 0)

        let sound = try session.put("/v1/households/\(Sample.id(2))", Self.household("H2", in: Place.villageA2))
        #expect(sound.json["warnings"] == nil)
        #expect(sound.status == 201)
        #expect(try session.get("/v1/judgements?entityId=\(Sample.id(2))").items.isEmpty)
        #expect(
            try session.patch("/v1/households/\(Sample.id(1))", version: 1, ["willingness": "industry"]).status == 200)
        let later = try session.get("/v1/judgements?entityId=\(Sample.id(1))").items
        #expect(later.count == 4, "nothing is found any more")
        #expect(later.last?["result"].names == [], "nothing is found any more")
        #expect(later.contains { $0["parameterId"]?.string == Sample.id(50) })
        #expect(try county.as(.clerkB).get("/v1/judgements").items.isEmpty)
        let wider = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(52))", Self.rule(14, area: Place.county, from: "2026-01-01"))
        #expect(wider.json["rejudges"]["judgements"].integer == 1, "the town's own row is nearer than the county's")
    }

    @Test("an import judges by the same rows and reports what it finds")
    func importing() throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.put("/v1/parameters/\(Sample.id(50))", Self.rule(10, area: Place.villageB1, from: "2026-01-01"))
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,labourCapacity\n"
        let file =
            header + "\(Place.villageA1),H1,general,illness,陈甲,householder,male,2012-01-01,ordinary\n"
            + "\(Place.villageB1),H2,general,illness,陈乙,householder,male,2012-01-01,ordinary\n"
            + "\(Place.villageB1),H3,general,illness,陈丙,householder,male,1950-01-01,skilled\n"
        #expect(try session.importFile(1, "kind=households", file).counts == [3, 0, 0, 0, 0])
        let found = try session.report(1).filter { $0.contains("with") && $0.contains("labour") }
        #expect(
            found == [
                "2 labourCapacity under-16-with-labour warning", "4 labourCapacity from-60-with-full-labour warning",
            ])
        #expect(try county.query("SELECT count(*) FROM judgement") { $0.int(0) } == [2])
        #expect(try session.importFile(2, "kind=households", file).counts == [0, 0, 3, 0, 0])
        #expect(try county.query("SELECT count(*) FROM judgement") { $0.int(0) } == [2])
    }
}
