// The tree of divisions: editions of it, what ends, who follows, and that nobody and nothing falls out of sight.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Divisions")
struct DivisionTests {
    private static let header = "code,name,level,parentCode\n"
    /// The chain above the county, as every file of a county holds it.
    private static let chain = """
        990000000000,示例省,province,
        990900000000,示例市,city,990000000000
        990923000000,结对县,county,990900000000

        """
    /// Both towns with their villages.
    private static let towns = """
        990923100000,甲镇,town,990923000000
        990923101000,乙镇,town,990923000000

        """
    private static let villages = """
        990923100201,东村,village,990923100000
        990923100202,西村,village,990923100000
        990923100203,南村,village,990923100000
        990923101201,东村,village,990923101000
        990923101202,西村,village,990923101000
        990923101203,北村,village,990923101000

        """

    private func division(_ county: County, _ code: String, as person: Person = .province) throws -> JSONValue {
        try required(county.as(person).get("/v1/divisions/\(code)").json)
    }

    @Test(
        "a file that says what is known changes nothing, new rows are created, and only a complete one ends anything"
    )
    func editions() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let same = try session.importFile(1, "kind=divisions", Self.header + Self.chain + Self.towns + Self.villages)
        #expect(same["state"]?.string == "done")
        #expect(same.counts == [0, 0, 11, 0, 0])
        let more = try session.importFile(
            2, "kind=divisions&on=2026-01-01", Self.header + "990923100204,新村,village,990923100000\n")
        #expect(more.counts == [1, 0, 0, 0, 0])
        #expect(try division(county, "990923100204")["from"]?.string == "2026-01-01")
        let renamed = try session.importFile(
            3, "kind=divisions", Self.header + "990923100204,新新村,village,990923100000\n")
        #expect(renamed.counts == [0, 1, 0, 0, 0])
        #expect(try division(county, "990923100204")["name"]?.string == "新新村")
        #expect(try county.query("SELECT count(*) FROM division WHERE ended_on IS NOT NULL") { $0.int(0) } == [0])
        #expect(try county.faults() == [])
    }

    @Test(
        "what a complete file no longer has is ended in the levels of the file, awaits a successor, and comes back"
    )
    func complete() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows =
            Self.header + Self.chain + Self.towns
            + Self.villages.replacing("990923100203,南村,village,990923100000\n", with: "")
        let query = "kind=divisions&complete=\(Place.county)&on=2026-02-01"
        let ended = try session.importFile(1, query, rows)
        #expect(ended.counts == [0, 0, 10, 1, 0], "\(ended.counts)")
        #expect(try session.report(1) == ["0 ended-awaiting-successor notice"])
        let gone = try division(county, Place.villageA3)
        #expect(gone["to"]?.string == "2026-02-01")
        #expect(gone["awaitsSuccessor"]?.boolean == true)
        #expect(
            try session.get("/v1/divisions?awaitsSuccessor=true").items.compactMap { $0["code"]?.string } == [
                Place.villageA3
            ])
        #expect(try session.get("/v1/divisions?ended=true").items.count == 1)
        #expect(
            try session.put("/v1/households/\(Sample.id(1))", Sample.household("H1", in: Place.villageA3)).status == 422
        )
        // Only towns in the file: villages are not its business.
        let townsOnly = try session.importFile(
            2, "kind=divisions&complete=\(Place.county)",
            Self.header + Self.chain + "990923100000,甲镇,town,990923000000\n")
        #expect(townsOnly.counts == [0, 0, 4, 1, 0])
        let awaiting = try session.get("/v1/divisions?awaitsSuccessor=true").items.compactMap { $0["code"]?.string }
        #expect(awaiting == [Place.villageA3, Place.townB, Place.villageB1, Place.villageB2, Place.villageB3])
        #expect(try county.as(.clerkB).get("/v1/divisions").items.count == 4, "nothing falls out of its clerk's sight")
        let back = try session.importFile(3, query, Self.header + Self.chain + Self.towns + Self.villages)
        #expect(back.counts == [0, 2, 9, 0, 0], "\(back.counts)")
        #expect(try session.get("/v1/divisions?awaitsSuccessor=true").items.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("a complete file with a row that cannot be read ends nothing")
    func completeWithUnreadableRows() throws {
        let county = try County()
        let session = try county.as(.administrator)
        for (number, line) in [
            "990923100203,,village,990923100000", "990923100203,南村", "99092310020X,南村,village,990923100000",
        ].enumerated() {
            let rows =
                Self.header + Self.chain + Self.towns
                + Self.villages.replacing("990923100203,南村,village,990923100000", with: line)
            let job = try session.importFile(number + 1, "kind=divisions&complete=\(Place.county)", rows)
            #expect(job["ended"]?.integer == 0, "\(line): \(job.counts)")
            #expect(job["refused"]?.integer == 1, "\(line): \(job.counts)")
            #expect(try session.report(number + 1).contains { $0.contains("nothing-ended") })
        }
        #expect(try session.get("/v1/divisions?ended=true").items.isEmpty)
    }

    @Test(
        "a mistyped code, and a row that is refused when it is applied, end neither their division nor those below it")
    func completeWithDoubts() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let whole = Self.header + Self.chain + Self.towns + Self.villages
        let query = "kind=divisions&complete=\(Place.county)"
        // A village's code, a town's code (its villages name the right parent), and a town with a parent that is not
        // there.
        let files = [
            whole.replacing("990923100203,南村", with: "990923100208,南村"),
            whole.replacing("990923101000,乙镇", with: "990923109000,乙镇").replacing(
                "990923101203,北村,village,990923101000\n", with: ""),
            whole.replacing("乙镇,town,990923000000", with: "乙镇,town,990928000000").replacing(
                "990923101203,北村,village,990923101000\n", with: ""),
        ]
        for (number, rows) in files.enumerated() {
            let job = try session.importFile(number + 1, query, rows)
            #expect(job["ended"]?.integer == 0, "\(number): \(job.counts)")
        }
        #expect(try session.report(1).contains("9 code stands-under-another-code warning"))
        #expect(try session.report(2).contains("6 code stands-under-another-code warning"))
        #expect(try session.get("/v1/divisions?ended=true").items.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("every row that is wrong is refused with its line and column, and the others are taken")
    func refusals() throws {
        let county = try County()
        let rows = """
            990923100204,新村,village,990923100000
            99092310020,短,village,990923100000
            990923100205,,village,990923100000
            990923100206,村,hamlet,990923100000
            990923100207,村,village,
            990923100204,又,village,990923100000
            990923100208,村,village,990923999000
            990923100209,村,village,990923100201
            990923100201,东村,town,990923000000
            990923100210,村,village
            990924100202,外村,village,990924100000
            990000000000,改名省,province,
            """
        let job = try county.as(.administrator).importFile(1, "kind=divisions", Self.header + rows)
        #expect(job.counts == [1, 0, 0, 0, 11], "\(job.counts)")
        #expect(
            Set(try county.as(.administrator).report(1)) == [
                "3 code not-an-area-code refused", "4 name required refused", "5 level unknown-code refused",
                "6 parentCode not-an-area-code refused", "7 code repeated refused",
                "8 parentCode unknown-division refused",
                "9 parentCode wrong-parent-level refused", "10 level code-taken refused", "11 ragged-row refused",
                "12 code outside-area refused", "13 code outside-area refused",
            ])
        #expect(try county.faults() == [])
    }

    @Test("a file without its columns or rows fails with words and changes nothing")
    func brokenFiles() throws {
        let county = try County()
        let divisions = try county.count("division")
        for (number, content) in ["", "code,name\n1,2\n", "code,code,name,level,parentCode\n", "\u{0}\u{1}\u{2}"]
            .enumerated()
        {
            let job = try county.as(.administrator).importFile(number + 1, "kind=divisions", content)
            #expect(job["state"]?.string == "failed", "\(number)")
            #expect(job["failure"]?.string?.isEmpty == false, "\(number)")
        }
        for query in [
            "", "kind=x", "kind=divisions&mode=some", "kind=divisions&complete=12", "kind=divisions&complete=true",
            "kind=households&complete=990923000000", "kind=divisions&x=1", "kind=divisions&on=2026-02-30",
            "kind=divisions&dryRun=maybe",
        ] {
            #expect(
                try county.as(.administrator).send(
                    "PUT", "/v1/imports/\(Sample.id(90))?\(query)", [:], body: Array("a".utf8)
                ).status == 400, "\(query)")
        }
        #expect(try county.count("division") == divisions)
        #expect(try county.count("job") == 4)
    }

    // MARK: Successors

    private func name(
        _ new: String, after old: String, _ county: County, on day: String = "2026-02-01", as person: Person = .province
    ) throws -> Answer {
        try county.as(person).put(
            "/v1/divisions/\(old)/successor", ["successorCode": .string(new), "effectiveOn": .string(day)])
    }

    @Test("a village goes into another one: households, groups and users move, once, with history and change rows")
    func villageMerger() throws {
        let county = try County()
        try county.makeThree()
        for (number, village) in [(61, Place.villageA1), (62, Place.villageA2)] {
            _ = try county.as(.clerkA).put(
                "/v1/groups/\(Sample.id(number))", ["villageCode": .string(village), "name": "一组"])
        }
        let answer = try name(Place.villageA2, after: Place.villageA1, county)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["outcome"].string == "named", "\(answer.text)")
        let before = try county.digest()
        #expect(try name(Place.villageA2, after: Place.villageA1, county).json["outcome"].string == "unchanged")
        #expect(try county.digest() == before)
        let household = try county.as(.tabletA1).get("/v1/households/\(Sample.id(1))")
        #expect(household.status == 200)
        #expect(household.json["villageCode"].string == Place.villageA2)
        #expect(household.json["version"].integer == 2)
        #expect(
            try county.as(.workerA1).get("/v1/households").items.count == 2, "the worker sees the whole new village")
        #expect(
            Set(try county.as(.clerkA).get("/v1/groups").items.compactMap { $0["name"]?.string }) == ["一组", "东村一组"])
        let past = try county.as(.clerkA).get("/v1/households/\(Sample.id(1))?on=2026-01-31")
        #expect(past.json["villageCode"].string == Place.villageA1)
        #expect(
            try county.as(.clerkA).get("/v1/households?areaCode=\(Place.villageA1)").items.count == 2,
            "an old code finds the new place")
        #expect(
            try county.as(.administrator).put("/v1/households/\(Sample.id(9))", Sample.household("H9")).status == 422)
        #expect(try county.faults() == [])
    }

    @Test("a town with villages of the same last digits goes into another: every village keeps a place of its own")
    func townMerger() throws {
        let county = try County()
        try county.makeThree()
        let answer = try name(Place.townA, after: Place.townB, county)
        #expect(answer.status == 200, "\(answer.text)")
        let villages = try county.as(.clerkA).get("/v1/divisions?level=village").items
        #expect(
            villages.compactMap { $0["code"]?.string }.sorted() == [
                Place.villageA1, Place.villageA2, Place.villageA3, Place.villageB1, Place.villageB2, Place.villageB3,
            ])
        #expect(villages.allSatisfy { $0["parentCode"]?.string == Place.townA })
        #expect(try county.as(.clerkA).get("/v1/households").items.count == 3)
        #expect(try county.as(.clerkB).get("/v1/households").items.count == 3, "the clerk of the old town follows it")
        #expect(
            try county.as(.workerA1).get("/v1/households").items.count == 1,
            "a village's people still see their village only")
        #expect(
            try county.as(.workerB1).get("/v1/households").items.compactMap { $0["archiveNumber"]?.string } == ["H3"])
        let created = try county.as(.clerkB).put(
            "/v1/households/\(Sample.id(4))", Sample.household("H4", in: Place.villageB2))
        #expect(created.status == 201)
        #expect(created.json["villageCode"].string == Place.villageB2)
        #expect(try county.faults() == [])
    }

    @Test("a county gets another code: its people see everything, its old code still finds it, new editions fill it")
    func countyRecoding() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.province)
        #expect(
            try session.importFile(
                1, "kind=divisions&on=2026-01-01", Self.header + "990981000000,结对市,county,990900000000\n"
            ).counts == [1, 0, 0, 0, 0])
        #expect(try name("990981000000", after: Place.county, county).status == 200)
        for person in [Person.administrator, .auditor] {
            #expect(try county.as(person).get("/v1/households").items.count == 3)
            #expect(try county.as(person).get("/v1/divisions?level=village").items.count == 6)
        }
        #expect(try county.as(.clerkB).get("/v1/households").items.count == 1)
        #expect(try session.get("/v1/households?areaCode=\(Place.county)").items.count == 3)
        #expect(try session.get("/v1/households?areaCode=990981000000").items.count == 3)
        #expect(try county.as(.neighbour).get("/v1/households").items.isEmpty)
        #expect(
            try county.as(.administrator).put("/v1/households/\(Sample.id(5))", Sample.household("H1")).status == 409)
        // The next edition has the new codes; the old ones of each village are named after.
        let edition =
            Self.header + Self.towns.replacing("990923", with: "990981")
            + Self.villages.replacing("990923", with: "990981")
        let job = try session.importFile(2, "kind=divisions&complete=990981000000&on=2026-02-15", edition)
        #expect(job.counts == [8, 0, 0, 8, 0], "\(job.counts)")
        #expect(
            try county.as(.clerkA).get("/v1/households").items.count == 2,
            "until a successor is named everything stays in sight")
        let pairs = Place.all.filter { $0.code.hasPrefix("990923") && $0.level > .county }.map(\.code)
        let file =
            "code,successorCode,effectiveOn\n"
            + pairs.map { "\($0),\($0.replacing("990923", with: "990981")),2026-02-15" }.joined(separator: "\n")
        let named = try session.importFile(3, "kind=successors", file)
        #expect(named.counts == [0, 8, 0, 0, 0], "\(named.counts)")
        #expect(try session.importFile(4, "kind=successors", file).counts == [0, 0, 8, 0, 0])
        #expect(
            try county.as(.administrator).get("/v1/households").items.compactMap { $0["villageCode"]?.string } == [
                "990981100201", "990981100202", "990981101201",
            ])
        #expect(try county.as(.workerA1).get("/v1/households").items.count == 1)
        #expect(try county.as(.administrator).get("/v1/divisions?awaitsSuccessor=true").items.isEmpty)
        #expect(try county.faults() == [])
    }

    @Test("a county with the same archive numbers cannot go into another: 409, and everything is as it was")
    func collidingArchives() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        try county.make(2, Sample.household("H2"))
        _ = try county.as(.neighbour).put(
            "/v1/households/\(Sample.id(3))", Sample.household("H1", in: Place.neighbourVillage))
        let before = try county.digest()
        let answer = try name(Place.neighbourCounty, after: Place.county, county)
        #expect(answer.status == 409, "\(answer.text)")
        #expect(answer.errors == ["archive-numbers-collide"], "\(answer.text)")
        #expect(try county.digest() == before)
    }

    @Test("a successor that cannot be is refused, and nothing is changed")
    func impossibleSuccessors() throws {
        let county = try County()
        try county.makeThree()
        _ = try name(Place.villageA2, after: Place.villageA3, county)
        let before = try county.digest()
        let cases: [(new: String, old: String, Person, Int, String)] = [
            (Place.villageA1, Place.villageA1, .province, 422, "names-itself"),
            (Place.townA, Place.villageA1, .province, 422, "different-levels"),
            (Place.villageA1, Place.villageA3, .province, 409, "has-successor"),
            ("990923100999", Place.villageA1, .province, 422, "/successorCode unknown-division"),
            (Place.neighbourVillage, Place.villageA1, .administrator, 422, "/successorCode unknown-division"),
        ]
        for (new, old, person, status, error) in cases {
            let answer = try name(new, after: old, county, as: person)
            #expect(
                answer.status == status, "\(old) to \(new): \(answer.status) \(answer.text)"
            )
            #expect(
                answer.errors == [error], "\(old) to \(new): \(answer.status) \(answer.text)"
            )
        }
        #expect(try name(Place.villageA1, after: Place.neighbourVillage, county, as: .administrator).status == 404)
        #expect(try name(Place.villageA1, after: "990923100999", county).status == 404)
        #expect(try name(Place.villageA1, after: Place.villageA2, county, on: "2026-03-03").status == 422)
        #expect(
            try county.as(.province).put("/v1/divisions/\(Place.villageA1)/successor", [:]).errors == [
                "/successorCode required"
            ])
        #expect(try county.digest() == before)
    }

    @Test("a successor of a village ends at the day it was named for, and an ended one cannot follow")
    func endedSuccessor() throws {
        let county = try County()
        #expect(try name(Place.villageA2, after: Place.villageA3, county).status == 200)
        let ended = try division(county, Place.villageA3)
        #expect(ended["code"]?.string == Place.villageA2, "the old code leads to who followed")
        let answer = try name(Place.villageA3, after: Place.villageA1, county)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(
            try county.query("SELECT ended_on FROM division WHERE code = \(Place.villageA3)") { $0.text(0) } == [
                "2026-02-01"
            ])
        // The code is given again to a new village: it has its own place, and the old one stays what it was.
        let job = try county.as(.administrator).importFile(
            1, "kind=divisions", Self.header + "\(Place.villageA3),重开村,village,\(Place.townA)\n")
        #expect(job.counts == [1, 0, 0, 0, 0])
        #expect(try division(county, Place.villageA3)["name"]?.string == "重开村")
        #expect(try county.faults() == [])
    }

    @Test("a town comes to another county by an edition: its villages, records and people go with it")
    func townMovesToAnotherCounty() throws {
        let county = try County()
        try county.makeThree()
        let job = try county.as(.province).importFile(
            1, "kind=divisions&on=2026-02-01", Self.header + "\(Place.townB),乙镇,town,\(Place.neighbourCounty)\n")
        #expect(job.counts == [0, 1, 0, 0, 0], "\(job.counts)")
        #expect(try county.as(.administrator).get("/v1/households").items.count == 2)
        #expect(
            try county.as(.neighbour).get("/v1/households").items.compactMap { $0["archiveNumber"]?.string } == ["H3"])
        #expect(try county.as(.clerkB).get("/v1/households").items.count == 1)
        #expect(
            try county.query("SELECT count(*) FROM change WHERE operation = 'move' AND entity = 'households'") {
                $0.int(0)
            } == [1])
        #expect(try county.faults() == [])
    }
}
