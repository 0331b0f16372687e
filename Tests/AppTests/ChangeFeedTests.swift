// The change feed: who sees which change, in which order, and what becomes of a place that can no longer be told.

import Synchronization
import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("The change feed")
struct ChangeFeedTests {
    /// `operation before>after` of the changes of a household, as somebody sees them.
    private func story(_ county: County, _ person: Person, of number: Int = 1) throws -> [String] {
        try county.as(person).get("/v1/changes?entity=households").items
            .filter { $0["id"]?.string == Sample.id(number) }
            .map { item in
                let (before, after) = (item["areaCodeBefore"]?.string ?? "", item["areaCodeAfter"]?.string ?? "")
                return "\(item["operation"]?.string ?? "") \(before)>\(after)"
            }
    }

    @Test("a change has these fields and no others, with the version that it made")
    func fields() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        #expect(try session.patch(path, version: 1, ["attribute": "low-income"]).status == 200)
        let page = try session.get("/v1/changes?entity=households")
        let last = try required(page.items.last)
        let names = ["sequence", "entity", "id", "version", "operation", "areaCodeBefore", "areaCodeAfter", "at"]
        #expect(last.members.map(\.name) == names)
        #expect(last["entity"]?.string == "households")
        #expect(last["id"]?.string == Sample.id(1))
        #expect(last["version"]?.integer == 2)
        #expect(last["operation"]?.string == "change")
        #expect(last["areaCodeBefore"]?.string == Place.villageA1)
        #expect(last["areaCodeAfter"]?.string == Place.villageA1)
        #expect(last["at"]?.string == "2026-03-02T01:00:00.000Z")
        #expect(page.items.map { $0["version"]?.integer } == [1, 2])
        #expect(page.json["more"].boolean == false)
        let none = try session.get("/v1/changes?after=\(required(page.json["next"].string))")
        #expect(none.items.isEmpty)
        #expect(none.json["next"].string != nil)
        #expect(none["cache-control"] == "no-store")
    }

    @Test("who has a record in their range sees it come, change, and leave, and never where it comes from or goes to")
    func ranges() throws {
        let county = try County()
        let path = try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        #expect(try session.patch(path, version: 1, ["villageCode": .string(Place.villageA2)]).status == 200)
        #expect(try session.patch(path, version: 2, ["villageCode": .string(Place.villageB1)]).status == 200)
        #expect(try session.patch(path, version: 3, ["attribute": "low-income"]).status == 200)
        let (a1, a2, b1) = (Place.villageA1, Place.villageA2, Place.villageB1)
        for person in [Person.administrator, .auditor, .province] {
            #expect(
                try story(county, person) == [
                    "create >\(a1)", "move \(a1)>\(a2)", "move \(a2)>\(b1)", "change \(b1)>\(b1)",
                ], "\(person)")
        }
        #expect(try story(county, .clerkA) == ["create >\(a1)", "move \(a1)>\(a2)", "left \(a2)>"])
        #expect(try story(county, .clerkB) == ["entered >\(b1)", "change \(b1)>\(b1)"])
        #expect(try story(county, .workerA1) == ["create >\(a1)", "left \(a1)>"])
        #expect(try story(county, .tabletA1) == ["create >\(a1)", "left \(a1)>"])
        #expect(try story(county, .workerB1) == ["entered >\(b1)", "change \(b1)>\(b1)"])
        #expect(try story(county, .neighbour) == [])
    }

    @Test("records without a place are everybody's; users and jobs are seen by those who oversee them")
    func otherRecords() throws {
        let county = try County()
        let partner: JSON = ["key": "province", "name": "省平台"]
        #expect(try county.as(.administrator).put("/v1/partners/\(Sample.id(7))", partner).status == 201)
        for person in Person.allCases {
            let partners = try county.as(person).get("/v1/changes?entity=partners").items
            #expect(partners.map { $0["operation"]?.string } == ["create"], "\(person)")
            #expect(partners.allSatisfy { $0["areaCodeBefore"] == nil && $0["areaCodeAfter"] == nil })
            let users = try county.as(person).get("/v1/changes?entity=users,tokens,imports").items.count
            let expected =
                switch person {
                case .administrator, .auditor: 7
                case .province: 9
                case .neighbour: 1
                default: 0
                }
            #expect(users == expected, "\(person)")
        }
    }

    @Test("records are embedded as their address gives them, with masks, and not once they are out of range")
    func records() throws {
        let county = try County()
        let number = Sample.identityNumber()
        let path = try county.make(
            1,
            Sample.household("H1", members: [Sample.member("陈示例", identityNumber: number)]).with([
                "phone": "13800001234"
            ]))
        let target = "/v1/changes?entity=households,divisions&include=record"
        let seen = try county.as(.clerkA).get(target)
        let record = try required(seen.items.last)["record"]
        let shown = try required(county.as(.clerkA).get(path).json)
        #expect(record.map { $0.canonicalText } == shown.canonicalText)
        #expect(!seen.text.contains(number))
        #expect(!seen.text.contains("13800001234"))
        let divisions = seen.items.filter { $0["entity"]?.string == "divisions" }
        #expect(divisions.compactMap { $0["record"]?["name"]?.string } == ["甲镇", "东村", "西村", "南村"])
        let session = try county.as(.administrator)
        #expect(try session.patch(path, version: 1, ["villageCode": .string(Place.villageB1)]).status == 200)
        let after = try county.as(.clerkA).get(target)
        #expect(after.items.filter { $0["entity"]?.string == "households" }.allSatisfy { $0["record"] == nil })
        #expect(!after.text.contains(Place.villageB1))
        #expect(!after.text.contains("陈示例"))
        #expect(try county.as(.clerkB).get(target).items.last?["record"]?["version"]?.integer == 2)
    }

    @Test("every kind of record that has an address is embedded as that gives it")
    func kindsOfRecords() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let village = Place.villageA1
        try county.makePoor(village)
        let put: [(String, Int, JSON)] = [
            ("organizations", 1, Sample.organization("县农业局")),
            ("organizations", 2, Sample.organization("甲镇农技站", at: Place.townA)),
            ("cadres", 3, Sample.cadre("周立新").with(["phone": "13800001234"])),
            ("helpers", 4, ["kind": "volunteer", "name": "吴志远", "areaCode": .string(village), "skills": ["果树"]]),
            ("duties", 5, Sample.duty("first-secretary", village).with(["cadreId": .string(Sample.id(3))])),
            (
                "work-teams", 6,
                [
                    "villageCode": .string(village), "name": "驻东村工作队", "from": "2016-03-01",
                    "members": [["kind": "team-leader", "holderName": "孙秀芳"]],
                ]
            ),
            ("parameters", 7, Self.visits(9, in: Place.county)),
        ]
        for (path, number, body) in put {
            let answer = try session.put("/v1/\(path)/\(Sample.id(number))", body)
            #expect(answer.status == 201, "\(answer.text)")
        }
        let page = try session.get("/v1/changes?include=record&limit=1000")
        #expect(!page.text.contains("13800001234"))
        for (path, number, _) in put {
            let item = try required(page.items.last { $0["id"]?.string == Sample.id(number) })
            let shown = try required(session.get("/v1/\(path)/\(Sample.id(number))").json)
            #expect(item["record"].map(\.canonicalText) == shown.canonicalText, "\(path)")
        }
        let item = try required(page.items.last { $0["entity"]?.string == "villages" })
        let shown = try required(session.get("/v1/villages/\(village)").json)
        #expect(item["record"].map(\.canonicalText) == shown.canonicalText)
        let clerks = try county.as(.clerkA).get("/v1/changes?include=record&entity=organizations,cadres").items
        #expect(clerks.compactMap { $0["record"]?["name"]?.string } == ["甲镇农技站"])
    }

    private static func visits(_ value: Int, in area: String) -> JSON {
        [
            "key": "cadence.visit", "value": .integer(value), "unit": "times-per-year", "areaCode": .string(area),
            "from": "2026-04-01",
        ]
    }

    @Test("what is laid down for an area above is seen below it, and not beside it")
    func parametersAbove() throws {
        let county = try County()
        let areas = [Place.county, Place.townA, Place.villageA1]
        for (number, area) in areas.enumerated() {
            let path = "/v1/parameters/\(Sample.id(70 + number))"
            let answer = try county.as(.administrator).put(path, Self.visits(8 + number, in: area))
            #expect(answer.status == 201, "\(answer.text)")
        }
        for (person, seen) in [
            (Person.administrator, areas), (.province, areas), (.clerkA, areas), (.workerA1, areas),
            (.clerkB, [Place.county]), (.workerB1, [Place.county]), (.neighbour, []),
        ] {
            let items = try county.as(person).get("/v1/changes?entity=parameters&include=record").items
                .filter { $0["areaCodeAfter"] != nil }
            #expect(items.compactMap { $0["areaCodeAfter"]?.string } == seen, "\(person)")
            #expect(items.allSatisfy { $0["record"]?["value"] != nil }, "\(person)")
        }
    }

    @Test("pages of any size meet every change once, in order, and numbers of refused writes are given again")
    func pages() throws {
        let county = try County()
        try county.makeThree()
        let refused = try county.as(.administrator).put(
            "/v1/households/\(Sample.id(4))", Sample.household("H1"))
        #expect(refused.status == 409)
        try county.make(4, Sample.household("H4"))
        let all = try county.query("SELECT sequence FROM change ORDER BY sequence") { $0.int(0) }
        #expect(all == Array(1...all.count))
        for limit in [1, 2, 7, all.count, 10_000] {
            #expect(try follow(county.as(.province), limit: limit) == all, "limit \(limit)")
        }
        let clerk = try follow(county.as(.clerkA), limit: 2)
        #expect(clerk == clerk.sorted())
        #expect(Set(clerk).count == clerk.count)
        #expect(clerk.count < all.count)
    }

    /// The numbers of all changes, page by page.
    private func follow(_ session: Session, limit: Int) throws -> [Int] {
        var found: [Int] = []
        var cursor = ""
        while true {
            let page = try session.get("/v1/changes?limit=\(limit)" + cursor)
            #expect(page.items.count <= limit)
            found += page.items.compactMap { $0["sequence"]?.integer }
            cursor = "&after=\(try required(page.json["next"].string))"
            if page.json["more"].boolean == false { return found }
        }
    }

    @Test("followers beside many writers get every committed change exactly once, in order")
    func underLoad() throws {
        let county = try County()
        let (writers, each) = (6, 40)
        let running = Atomic<Int>(writers)
        let tokens = try [Person.administrator, .clerkA].map { try county.as($0).token }
        let seen = try withExtendedLifetime(running) {
            try Parallel.map(writers + 2) { index -> [Int] in
                let isWriter = index < writers
                let session = try county.with(token: isWriter ? tokens[0] : tokens[index - writers])
                guard isWriter else { return try self.followWhile(running, session) }
                defer { running.subtract(1, ordering: .acquiringAndReleasing) }
                for number in 0..<each {
                    let id = index * 1_000 + number + 1
                    let village = number.isMultiple(of: 2) ? Place.villageA1 : Place.villageB2
                    // Every fifth is refused: somebody else's archive number.
                    let archive = number % 5 == 4 ? "W\(index)-0" : "W\(index)-\(number)"
                    let answer = try session.put(
                        "/v1/households/\(Sample.id(id))", Sample.household(archive, in: village))
                    #expect(answer.status == (number % 5 == 4 ? 409 : 201))
                }
                return []
            }
        }
        let all = try county.query("SELECT sequence FROM change WHERE entity = 'households' ORDER BY sequence") {
            $0.int(0)
        }
        let inTown = try county.query(
            """
            SELECT sequence FROM change WHERE entity = 'households'
            AND area_after BETWEEN 990923100000 AND 990923100999 ORDER BY sequence
            """
        ) { $0.int(0) }
        #expect(all.count == writers * each * 4 / 5)
        #expect(inTown.count > 50)
        #expect(seen[writers] == all)
        #expect(seen[writers + 1] == inTown)
    }

    /// Follows as long as somebody writes, and then to the end.
    private func followWhile(_ running: borrowing Atomic<Int>, _ session: Session) throws -> [Int] {
        var found: [Int] = []
        var cursor = ""
        while true {
            let isLast = running.load(ordering: .acquiring) == 0
            let page = try session.get("/v1/changes?entity=households&limit=5&wait=\(isLast ? 0 : 1)" + cursor)
            found += page.items.compactMap { $0["sequence"]?.integer }
            cursor = "&after=\(try required(page.json["next"].string))"
            if isLast && page.items.isEmpty && page.json["more"].boolean == false { return found }
        }
    }

    // MARK: Cursors

    @Test("a cursor is of one user; another's, a changed one and another list's are refused with its place")
    func foreignCursors() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.administrator)
        let own = try required(session.get("/v1/changes?after=now").json["next"].string)
        #expect(try session.get("/v1/changes?after=\(own)").status == 200)
        let foreign = try county.as(.auditor).get("/v1/changes?after=\(own)")
        #expect(foreign.status == 400)
        #expect(foreign.problem == "foreign-cursor")
        #expect(foreign.errors == ["?after foreign-cursor"])
        let listed = try required(session.get("/v1/households?limit=1").json["next"].string)
        for cursor in [String(own.dropLast()) + (own.last == "A" ? "B" : "A"), listed, "x", "NOW"] {
            #expect(try session.get("/v1/changes?after=\(cursor)").problem == "invalid-cursor", "\(cursor)")
        }
        let wrong = try session.get("/v1/changes?limit=10001&wait=61&entity=households,house&include=all&x=1")
        #expect(
            wrong.errors.sorted() == [
                "?entity unknown-code", "?include unknown-code", "?limit out-of-range", "?wait out-of-range",
                "?x unknown-parameter",
            ])
        #expect(try session.get("/v1/changes?include=record&limit=1001").status == 400)
        #expect(try county.with(token: nil).get("/v1/changes").status == 401)
    }

    @Test("a number that an export states is a place too, and one that was never given out is 410")
    func numbers() throws {
        let county = try County()
        let last = try required(county.query("SELECT max(sequence) FROM change") { $0.int(0) }.first)
        try county.make(1, Sample.household("H1"))
        let session = try county.as(.clerkA)
        let found = try session.get("/v1/changes?after=\(last)")
        #expect(found.items.map { $0["id"]?.string } == [Sample.id(1)])
        #expect(try session.get("/v1/changes?after=\(required(found.json["next"].string))").items.isEmpty)
        #expect(try session.get("/v1/changes?after=0").items.count > 1)
        #expect(try session.get("/v1/changes?after=\(last + 2)").problem == "register-restored")
        #expect(try session.get("/v1/changes?after=9999999999999999999").problem == "invalid-cursor")
    }

    @Test("whose range has changed must read everything again")
    func rangeChanged() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.administrator)
        let own = try required(session.get("/v1/changes").json["next"].string)
        let clerks = try required(county.as(.clerkA).get("/v1/changes").json["next"].string)
        let merged = try session.put(
            "/v1/divisions/\(Place.townA)/successor", ["successorCode": .string(Place.townB)])
        #expect(merged.status == 200)
        let answer = try county.as(.clerkA).get("/v1/changes?after=\(clerks)")
        #expect(answer.status == 410)
        #expect(answer.problem == "range-changed")
        #expect(answer.errors == ["?after range-changed"])
        let again = try required(county.as(.clerkA).get("/v1/changes?after=now").json["next"].string)
        #expect(try county.as(.clerkA).get("/v1/changes?after=\(again)").items.isEmpty)
        let moved = try session.get("/v1/changes?entity=households&after=\(own)").items
        #expect(moved.map { $0["operation"]?.string } == ["move", "move"])
    }

    @Test("past the retention a cursor is 410, one at its edge goes on, and numbers are never given again")
    func retention() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let old = try required(session.get("/v1/changes?limit=1").json["next"].string)
        let edge = try required(session.get("/v1/changes?after=now").json["next"].string)
        let last = try required(county.query("SELECT max(sequence) FROM change") { $0.int(0) }.first)
        county.clock.advance(days: 300)
        try county.make(1, Sample.household("H1"))
        try ChangeRetention.pruneAll(county.register)
        #expect(try session.get("/v1/changes?after=\(old)").status == 200, "nothing is past its days yet")
        county.clock.advance(days: 101)
        // Tokens of the fixture live a year; what follows is asked with a new one.
        let token = try county.register.perform { transaction in
            let user = try required(
                transaction.connection.first(
                    "SELECT id FROM user_account WHERE name = $1", Person.administrator.rawValue
                ) { try $0.identifier(0) })
            return try AccessStore.createToken(user: user, device: "later", days: 10, transaction).text
        }
        let later = try county.with(token: token)
        try ChangeRetention.pruneAll(county.register)
        let refused = try later.get("/v1/changes?after=\(old)")
        #expect(refused.status == 410)
        #expect(refused.problem == "cursor-too-old")
        #expect(try later.get("/v1/changes?after=\(edge)").items.map { $0["sequence"]?.integer } == [last + 1])
        #expect(try later.get("/v1/changes").items.map { $0["sequence"]?.integer } == [last + 1])
        county.clock.advance(days: 1_000)
        try ChangeRetention.pruneAll(county.register)
        #expect(try county.count("change") == 0)
        #expect(try county.faults() == [])
        try county.register.perform { transaction in
            try transaction.change(.create, .partner, transaction.newId(), version: 1, to: nil)
        }
        #expect(try county.query("SELECT sequence FROM change") { $0.int(0) } == [last + 2])
    }

    @Test("a cursor of a register that was restored since is 410, also when its number was given again")
    func restored() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let backup = try required(county.query("SELECT max(sequence) FROM change") { $0.int(0) }.first)
        try county.make(1, Sample.household("H1"))
        try county.make(2, Sample.household("H2"))
        let ahead = try required(session.get("/v1/changes").json["next"].string)
        // What a restored copy of an earlier moment looks like to its followers.
        try county.register.perform { transaction in
            try transaction.connection.run("DELETE FROM change WHERE sequence > $1", backup)
            try transaction.connection.run("UPDATE sqlite_sequence SET seq = $1 WHERE name = 'change'", backup)
        }
        #expect(try session.get("/v1/changes?after=\(ahead)").problem == "register-restored")
        county.clock.advance(milliseconds: 60_000)
        for number in 3...6 { try county.make(number, Sample.household("H\(number)")) }
        let answer = try session.get("/v1/changes?after=\(ahead)")
        #expect(answer.status == 410)
        #expect(answer.problem == "register-restored")
    }
}

extension JSONValue {
    /// The same text for the same content.
    var canonicalText: String { String(decoding: canonicalBytes(), as: UTF8.self) }
}
