// The desk: what has happened since a day, what waits, what is to come. Every number is what its list counts, towns add
// up to the county, and archives with warnings are a kept list.

import Testing

@testable import App
@testable import Domain
@testable import Service
@testable import Web

@Suite("The desk")
struct DeskTests {
    private static func must(_ answer: Answer, _ status: Int = 200) throws {
        guard answer.status == status else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
    }

    /// Something of each kind in the week before the tests' day, and in the month after it.
    private static func county() throws -> County {
        let county = try County()
        let session = try county.as(.administrator)
        try county.oweNoFestivals()
        try county.addHelpers()
        try county.addPeople()
        try county.makePoor(Place.villageA1)
        let wife = Sample.member("李示例", relation: "spouse", sex: "female", id: Sample.id(102))
        let husband = Sample.member("陈示例", id: Sample.id(101))
        try county.make(1, Sample.household("H1", since: "2016-01-01", members: [husband, wife]))
        for (number, village) in [(2, Place.villageA1), (3, Place.villageB1), (4, Place.villageB1)] {
            try county.make(number, Sample.household("H\(number)", in: village, since: "2016-01-01"))
        }
        try county.make(5, Sample.household("H5", in: Place.villageA2, since: "2026-02-27"))
        try county.help(2, by: 411, from: "2025-06-01")
        try county.help(3, by: 421, from: "2025-06-01", to: "2026-02-28")
        // A birth, a death, a move, two changes of state.
        let child = Sample.member("陈小示例", relation: "son", born: "2026-02-24").with([
            "joinReason": "birth", "joinedOn": "2026-02-25", "education": .omitted, "labourCapacity": "none",
        ])
        try must(session.put("/v1/households/\(Sample.id(1))/members/\(Sample.id(103))", child), 201)
        try must(
            session.patch(
                "/v1/households/\(Sample.id(1))/members/\(Sample.id(102))", version: 2,
                ["leftOn": "2026-02-26", "leftReason": "death"]))
        try county.move(1, to: Place.villageA2, version: 3)
        let states = [(2, 1, "lifted", "2026-02-24"), (4, 1, "lifted", "2025-01-01"), (4, 2, "returned", "2026-03-01")]
        for (household, version, state, day) in states {
            try must(
                session.patch(
                    "/v1/households/\(Sample.id(household))", version: version,
                    ["state": .string(state), "effectiveOn": .string(day)]))
        }
        try must(session.put(Sample.path(ofNeed: 1), Sample.need(2).with(["voicedOn": "2025-06-01"])), 201)
        try must(session.put(Sample.path(ofNeed: 2), Sample.need(3).with(["voicedOn": "2026-03-01"])), 201)
        try county.propose(1, Sample.proposal(of: 2, base: 2, ["changes": ["mainCause": "illness"]]))
        // What is to come.
        try must(
            session.patch(
                "/v1/cadres/\(Sample.id(412))", version: 1, ["postState": "retired", "postStateFrom": "2026-03-20"]))
        try must(
            session.patch("/v1/cadres/\(Sample.id(411))", version: 1, ["rank": "ordinary", "rankFrom": "2026-03-25"]))
        try must(
            session.put(
                Sample.path(ofDuty: 1),
                Sample.duty("first-secretary", Place.villageA1).with([
                    "cadreId": .string(Sample.id(513)), "sendingOrganizationId": .string(Sample.id(501)),
                    "to": "2026-03-28",
                ])), 201)
        county.application.housekeeping.look()
        return county
    }

    /// Every number of an answer with the address of its list.
    private static func numbers(_ value: JSONValue?, _ path: String = "") -> [(path: String, count: Int, list: String)]
    {
        guard let value else { return [] }
        if let count = value["count"]?.integer, let list = value["list"]?.string { return [(path, count, list)] }
        return Array(value.members).flatMap { numbers($0.value, "\(path)/\($0.name)") }
            + Array(value.elements).enumerated().flatMap { numbers($0.element, "\(path)/\($0.offset)") }
    }

    @Test("every number is what its list counts and shows, and the towns add up to the county")
    func lists() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        for query in [
            "", "?from=2016-01-01", "?areaCode=\(Place.townA)", "?areaCode=\(Place.villageB1)&from=2026-02-28",
        ] {
            let answer = try session.get("/v1/desk\(query)")
            #expect(answer.status == 200, "\(answer.text)")
            let numbers = Self.numbers(answer.json)
            #expect(numbers.count >= 23, "\(numbers.count)")
            for number in numbers {
                let separator = number.list.contains("?") ? "&" : "?"
                let list = try session.get(number.list + separator + "count=true&limit=1000")
                #expect(list.status == 200, "\(number.list): \(list.text)")
                #expect(list.json["total"].integer == number.count, "\(query) \(number)")
                #expect(list.items.count == number.count, "\(query) \(number)")
            }
            for name in ["newlyUncovered", "registered", "lifted", "returned", "born", "died", "moved"] {
                let items = answer.json["since"]["items"].list.compactMap { $0[name]?["count"]?.integer }
                guard !items.isEmpty else { continue }
                #expect(items.reduce(0, +) == answer.json["since"]["sum"][name]["count"].integer, "\(query) \(name)")
            }
        }
    }

    @Test("what has happened, what waits and what is to come is told as it was told to the service")
    func told() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        let desk = try session.get("/v1/desk?areaCode=\(Place.county)").json
        let counts = Dictionary(uniqueKeysWithValues: Self.numbers(desk).map { ($0.path, $0.count) })
        let expected = [
            "/since/sum/newlyUncovered": 1, "/since/sum/registered": 1, "/since/sum/lifted": 1,
            "/since/sum/returned": 1, "/since/sum/born": 1, "/since/sum/died": 1, "/since/sum/moved": 1,
            "/since/items/0/lifted": 1, "/since/items/1/lifted": 0, "/since/items/1/newlyUncovered": 1,
            "/today/awaiting": 1, "/today/handoversOverdue": 0, "/today/openProposals": 1, "/today/heldVisits": 0,
            "/today/needsOverdue": 1, "/ahead/postsEnding": 1, "/ahead/dutiesEnding": 1, "/ahead/teamsEnding": 0,
            "/ahead/handoverDeadlines": 1, "/ahead/needDeadlines": 1,
        ]
        for (path, count) in expected { #expect(counts[path] == count, "\(path)") }
        // Whoever retires has a quota that falls, too.
        #expect(counts["/ahead/quotasFalling"] == 2)
        #expect(desk["on"].string == County.today)
        #expect(desk["since"]["from"].string == "2026-02-23")
        #expect(desk["ahead"]["to"].string == "2026-04-02")
        #expect(desk["today"]["areDutiesKept"].boolean == true)
        let moved = try session.get("/v1/desk/records?figure=moved").items.first
        #expect(moved?["archiveNumber"]?.string == "H1")
        #expect(moved?["villageCode"]?.string == Place.villageA2)
        #expect(moved?["on"]?.string == County.today)
        let born = try session.get("/v1/desk/records?figure=born").items.first
        #expect(born?["memberName"]?.string == "陈小示例")
        #expect(born?["on"]?.string == "2026-02-25")
        #expect(try session.get("/v1/desk/records?figure=posts-ending").items.first?["cadreName"]?.string == "李示例")
        let overdue = ["OneWeek", "TwoWeeks", "FourWeeks", "Longer"].compactMap { counts["/today/dutiesOverdue\($0)"] }
        let listed = try session.get("/v1/contact-duties?state=overdue&count=true").json["total"].integer
        #expect(overdue.reduce(0, +) == listed)
        #expect(overdue[0] > 0)
        county.clock.advance(days: 20)
        county.application.housekeeping.look()
        let later = try session.get("/v1/desk").json
        #expect(later["today"]["handoversOverdue"]["count"].integer == 1)
        #expect(later["since"]["sum"]["born"]["count"].integer == 0)
    }

    @Test("the desk is that of the caller's area, and refuses what it cannot tell")
    func refusals() throws {
        let county = try Self.county()
        let clerk = try county.as(.clerkB).get("/v1/desk").json
        #expect(clerk["areaCode"].string == Place.townB)
        #expect(
            clerk["since"]["items"].list.map { $0["areaCode"]?.string } == [
                Place.villageB1, Place.villageB2, Place.villageB3,
            ])
        #expect(clerk["since"]["sum"]["lifted"]["count"].integer == 0)
        let foreign = try county.as(.clerkB).get("/v1/desk?areaCode=\(Place.townA)")
        #expect(foreign.status == 404)
        #expect(foreign.errors == ["?areaCode unknown-division"])
        #expect(
            try county.as(.clerkB).get("/v1/desk/records?figure=lifted&areaCode=\(Place.townA)").status == 404)
        let session = try county.as(.administrator)
        for wrong in ["from=2026-03-03", "from=x", "areaCode=1", "to=2026-03-01", "limit=3"] {
            #expect(try session.get("/v1/desk?\(wrong)").status == 400, "\(wrong)")
        }
        for wrong in ["figure=awaiting", "figure=all", "figure=born&to=2026-01-01", "figure=born&limit=0"] {
            #expect(try session.get("/v1/desk/records?\(wrong)").status == 400, "\(wrong)")
        }
        for path in ["/v1/desk", "/v1/desk/records?figure=born", "/v1/household-warnings"] {
            #expect(try county.with(token: nil).get(path).status == 401)
        }
    }

    @Test("a warning of an archive stays listed until the archive is right, whichever way it came")
    func warnings() throws {
        let county = try County()
        let session = try county.as(.administrator)
        func warned(_ query: String = "", as person: Person = .administrator) throws -> [String] {
            try county.as(person).get("/v1/household-warnings?\(query)").items.flatMap { item in
                item["warnings"].list.map { "\(item["archiveNumber"]?.string ?? "") \($0["code"]?.string ?? "")" }
            }
        }
        func archives(_ code: String) throws -> [String] {
            try session.get("/v1/household-warnings?code=\(code)").items.compactMap { $0["archiveNumber"]?.string }
        }
        let ill = Sample.member("陈示例", id: Sample.id(101)).with(["labourCapacity": "lost", "health": "healthy"])
        let created = try session.put("/v1/households/\(Sample.id(1))", Sample.household("H1", members: [ill]))
        try Self.must(created, 201)
        let said = created.json["warnings"].list.compactMap { $0["code"]?.string }
        #expect(said.contains("labour-lost-but-healthy"))
        #expect(try warned() == said.map { "H1 \($0)" })
        #expect(try archives("labour-lost-but-healthy") == ["H1"])
        #expect(try archives("pupil-too-old").isEmpty)
        #expect(try warned(as: .clerkB).isEmpty)
        #expect(try session.get("/v1/desk").json["today"]["warnedHouseholds"]["count"].integer == 1)
        let item = try session.get("/v1/household-warnings").items.first
        let member = item?["warnings"].list.first { $0["code"]?.string == "labour-lost-but-healthy" }
        #expect(member?["memberName"]?.string == "陈示例")
        #expect(member?["memberId"]?.string == Sample.id(101))
        #expect(item?["judgedOn"]?.string == County.today)
        #expect(try session.get("/v1/household-warnings?code=no-such").status == 400)
        #expect(try session.get("/v1/household-warnings", ["Accept": "text/csv"]).text.contains("H1"))
        #expect(try county.faults().isEmpty)
        try Self.must(
            session.patch(
                "/v1/households/\(Sample.id(1))/members/\(Sample.id(101))", version: 1, ["labourCapacity": "ordinary"]))
        #expect(try archives("labour-lost-but-healthy").isEmpty)
        // By a file, and taken back with it.
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,health,labourCapacity\n"
        let job = try session.importFile(
            70, "kind=households",
            header + "\(Place.villageA1),H2,general,illness,王示例,householder,male,1980-05-06,healthy,lost\n")
        #expect(job["state"]?.string == "done")
        #expect(try archives("labour-lost-but-healthy") == ["H2"])
        // A register that never kept them, and what time alone brings about: they are found by the chore of the day.
        try county.alter("UPDATE household SET warnings = '', judged_on = NULL")
        county.clock.advance(days: 1)
        county.application.housekeeping.look()
        #expect(try archives("labour-lost-but-healthy") == ["H2"])
        let pupil = Sample.member("子", relation: "son", born: "2006-03-10").with([
            "schoolState": "primary", "education": .omitted, "labourCapacity": "none",
        ])
        try Self.must(
            session.put(
                "/v1/households/\(Sample.id(3))", Sample.household("H3", members: [Sample.member("丙"), pupil])), 201)
        #expect(try archives("pupil-too-old").isEmpty)
        county.clock.advance(days: 10)
        county.application.housekeeping.look()
        #expect(try archives("pupil-too-old") == ["H3"])
        #expect(try county.faults().isEmpty)
        try county.alter("UPDATE household SET warnings = '' WHERE archive_number = 'H3'")
        #expect(
            try county.faults() == ["kept warnings of households: household H3 keeps other warnings than are found"])
    }
}
