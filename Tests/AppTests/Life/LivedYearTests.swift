// The lived year: a family from its registration through a birth, the death of the householder, a split, a move,
// lifting, return and end, told by the API and by files; and on each day the answers that a person would give.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The lived year")
struct LivedYearTests {
    enum Teller: CaseIterable { case api, file }

    /// Cadre 411 may carry five households in A1, and 412 as many in A2.
    private func county() throws -> County {
        let county = try County()
        try county.oweNoFestivals()
        try county.makeOrganization(401)
        try county.makeCadre(411, "section", of: 401, since: "2015-01-01", named: "张示例")
        try county.makeCadre(412, "section", at: Place.villageA2, of: 401, since: "2015-01-01", named: "李示例")
        return county
    }

    private func go(_ county: County, to day: String) throws {
        let days = try required(CivilDate(day)).days(since: county.clock.now.shanghaiDate)
        county.clock.advance(days: Int64(days))
        county.application.housekeeping.look()
    }

    @Test("told by the API and by files, each day is answered as a person would", arguments: Teller.allCases)
    func year(_ teller: Teller) throws {
        let county = try county()
        let telling = LivedTelling(county: county, session: try county.as(.administrator), teller: teller)
        try telling.register()
        try county.pair(
            101,
            [
                "householdId": .string(telling.id("H1")), "cadreId": .string(Sample.id(411)),
                "role": "first-responsible", "from": "2026-03-02",
            ])
        try go(county, to: "2026-04-12")
        try telling.birth()
        try go(county, to: "2026-06-08")
        try telling.death()
        try go(county, to: "2026-08-01")
        try telling.split()
        try go(county, to: "2026-09-10")
        try telling.move()
        try go(county, to: "2026-11-25")
        try telling.lifting()
        try go(county, to: "2027-01-15")
        try telling.returning()
        try go(county, to: "2027-02-10")
        try telling.end()
        try go(county, to: "2027-02-20")
        #expect(try county.faults() == [])
        #expect(try county.contactFaults() == [])
        for (day, expected) in Self.answers {
            #expect(try telling.answers(on: day) == expected, "\(day) told by \(teller)")
        }
    }

    /// On a day: the family of H1, then what the county counts, then what is owed in calls and who is on the roster.
    private static let answers: [(String, String)] = [
        ("2026-02-28", "none; 0 households 0 people, 0 covered; owed 0; roster 0"),
        ("2026-03-02", "陈示例 of 3 in A1 registered; 1 households 3 people, 1 covered; owed 1; roster 1"),
        ("2026-04-09", "陈示例 of 3 in A1 registered; 1 households 3 people, 1 covered; owed 2; roster 1"),
        ("2026-04-10", "陈示例 of 4 in A1 registered; 1 households 4 people, 1 covered; owed 2; roster 1"),
        ("2026-06-04", "陈示例 of 4 in A1 registered; 1 households 4 people, 1 covered; owed 4; roster 1"),
        ("2026-06-05", "王示例 of 3 in A1 registered; 1 households 3 people, 1 covered; owed 4; roster 1"),
        ("2026-07-31", "王示例 of 3 in A1 registered; 1 households 3 people, 1 covered; owed 5; roster 1"),
        ("2026-08-01", "王示例 of 1 in A1 registered; 2 households 3 people, 1 covered; owed 6; roster 1"),
        ("2026-09-09", "王示例 of 1 in A1 registered; 2 households 3 people, 1 covered; owed 7; roster 1"),
        ("2026-09-10", "王示例 of 1 in A2 registered; 2 households 3 people, 1 covered; owed 7; roster 1"),
        ("2026-11-19", "王示例 of 1 in A2 registered; 2 households 3 people, 1 covered; owed 9; roster 1"),
        ("2026-11-20", "王示例 of 1 in A2 lifted; 2 households 3 people, 1 covered; owed 9; roster 1"),
        ("2027-01-14", "王示例 of 1 in A2 lifted; 2 households 3 people, 1 covered; owed 11; roster 1"),
        ("2027-01-15", "王示例 of 1 in A2 returned; 2 households 3 people, 1 covered; owed 11; roster 1"),
        ("2027-02-09", "王示例 of 1 in A2 returned; 2 households 3 people, 1 covered; owed 12; roster 1"),
        ("2027-02-10", "ended died-out; 1 households 2 people, 0 covered; owed 0; roster 0"),
        ("2027-02-20", "ended died-out; 1 households 2 people, 0 covered; owed 0; roster 0"),
    ]
}

/// One way of telling a family's life.
private struct LivedTelling {
    let county: County
    let session: Session
    let teller: LivedYearTests.Teller

    private static let fatherNumber = Sample.identityNumber(born: "1950-01-01", 1)
    private static let motherNumber = Sample.identityNumber(born: "1952-01-01", male: false, 2)
    private static let sonNumber = Sample.identityNumber(born: "1985-01-01", 3)

    /// The id of a household, also of one that has ended.
    func id(_ archiveNumber: String) throws -> String {
        let all = try session.walk("/v1/households?limit=100") + session.walk("/v1/households?ended=true&limit=100")
        return try required(all.first { $0["archiveNumber"]?.string == archiveNumber }?["id"]?.string)
    }

    private func path(_ archiveNumber: String) throws -> String { "/v1/households/\(try id(archiveNumber))" }

    private func patch(_ path: String, _ body: JSON, _ member: String = "") throws {
        let version = try session.get(path).json["version"].integer
        let answer = try session.patch(path + member, version: version, body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    // MARK: Files

    private static let head =
        "villageCode,archiveNumber,state,stateSince,attribute,mainCause,name,relation,sex,birthDate,identityNumber,"
        + "joinedOn,joinReason,leftOn,leftReason,to,endReason,splitFrom"

    private func file(_ number: Int, _ rows: [String]) throws {
        let job = try session.importFile(
            number, "kind=households", ([Self.head] + rows).joined(separator: "\n") + "\n")
        #expect(job.counts.last == 0, "\((try? session.report(number)) ?? [])")
    }

    private func row(
        _ person: String, of archiveNumber: String = "H1", in village: String = Place.villageA1,
        state: String = "registered,2026-03-02", joined: String = "2026-03-02,", left: String = ",",
        ended: String = ",", from: String = ""
    ) -> String {
        "\(village),\(archiveNumber),\(state),general,lack-of-technology,\(person),\(joined),\(left),\(ended),\(from)"
    }

    private static let father = "陈示例,householder,male,1950-01-01,\(fatherNumber)"
    private static let wife = "王示例,spouse,female,1952-01-01,\(motherNumber)"
    private static let mother = "王示例,householder,female,1952-01-01,\(motherNumber)"
    private static func son(_ relation: String) -> String { "陈小示,\(relation),male,1985-01-01,\(sonNumber)" }
    private static func child(_ relation: String) -> String { "陈新示,\(relation),female,2026-04-10," }

    // MARK: Events

    func register() throws {
        guard teller == .api else {
            return try file(1, [row(Self.father), row(Self.wife), row(Self.son("son"))])
        }
        let members = [
            Sample.member("陈示例", born: "1950-01-01", identityNumber: Self.fatherNumber, id: Sample.id(11)),
            Sample.member(
                "王示例", relation: "spouse", sex: "female", born: "1952-01-01", identityNumber: Self.motherNumber,
                id: Sample.id(12)),
            Sample.member(
                "陈小示", relation: "son", born: "1985-01-01", identityNumber: Self.sonNumber, id: Sample.id(13)),
        ]
        try county.make(1, Sample.household("H1", since: "2026-03-02", members: members))
    }

    func birth() throws {
        guard teller == .api else {
            return try file(
                2,
                [
                    row(Self.father), row(Self.wife), row(Self.son("son")),
                    row(Self.child("granddaughter"), joined: "2026-04-10,birth"),
                ])
        }
        let answer = try session.put(
            try path("H1") + "/members/\(Sample.id(14))",
            Sample.member("陈新示", relation: "granddaughter", sex: "female", born: "2026-04-10").with([
                "joinedOn": "2026-04-10", "joinReason": "birth",
            ]))
        #expect(answer.status == 201, "\(answer.text)")
    }

    func death() throws {
        guard teller == .api else {
            return try file(
                3,
                [
                    row(Self.mother), row(Self.son("son")),
                    row(Self.child("granddaughter"), joined: "2026-04-10,birth"),
                    row(Self.father, left: "2026-06-05,death"),
                ])
        }
        try patch(
            path("H1"),
            [
                "leftOn": "2026-06-05", "leftReason": "death",
                "members": [["id": .string(Sample.id(12)), "relation": "householder"]],
            ], "/members/\(Sample.id(11))")
    }

    func split() throws {
        guard teller == .api else {
            return try file(
                4,
                [
                    row(Self.son("householder"), of: "H2", joined: "2026-08-01,", from: "H1"),
                    row(Self.child("daughter"), of: "H2", joined: "2026-08-01,", from: "H1"), row(Self.mother),
                ])
        }
        let answer = try session.put(
            try path("H1") + "/splits/\(Sample.id(2))",
            [
                "effectiveOn": "2026-08-01", "archiveNumber": "H2",
                "members": [
                    ["id": .string(Sample.id(13)), "relation": "householder"],
                    ["id": .string(Sample.id(14)), "relation": "daughter"],
                ],
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    func move() throws {
        guard teller == .api else { return try file(5, [row(Self.mother, in: Place.villageA2)]) }
        try patch(path("H1"), ["villageCode": .string(Place.villageA2)])
    }

    func lifting() throws {
        guard teller == .api else {
            return try file(6, [row(Self.mother, in: Place.villageA2, state: "lifted,2026-11-20")])
        }
        try patch(path("H1"), ["state": "lifted", "effectiveOn": "2026-11-20"])
    }

    func returning() throws {
        guard teller == .api else {
            return try file(7, [row(Self.mother, in: Place.villageA2, state: "returned,2027-01-15")])
        }
        try patch(path("H1"), ["state": "returned"])
    }

    func end() throws {
        guard teller == .api else {
            return try file(
                8, [row(Self.mother, in: Place.villageA2, state: "returned,2027-01-15", ended: "2027-02-10,died-out")])
        }
        try patch(path("H1"), ["to": "2027-02-10", "endReason": "died-out"])
    }

    // MARK: Answers

    func answers(on day: String) throws -> String {
        let one = try id("H1")
        let statistics = try session.get("/v1/statistics/households?areaCode=\(Place.county)&on=\(day)").json
        let coverage = try session.get("/v1/coverage?areaCode=\(Place.county)&on=\(day)").json
        let duties = try session.walk("/v1/contact-duties?householdId=\(one)&kind=phone&on=\(day)&limit=100")
        let open = duties.filter { $0["state"]?.string != "done" }.count
        let roster = try session.walk("/v1/roster?areaCode=\(Place.county)&on=\(day)&limit=100")
        func number(_ value: JSONValue?) -> Int { value.integer ?? -1 }
        return "\(try family(one, on: day)); \(number(statistics["households"])) households "
            + "\(number(statistics["people"])) people, \(number(coverage["sum"]["covered"])) covered; "
            + "owed \(open); roster \(roster.count)"
    }

    private func family(_ id: String, on day: String) throws -> String {
        let answer = try session.get("/v1/households/\(id)?on=\(day)")
        guard answer.status == 200 else { return "none" }
        if let reason = answer.json["endReason"].string { return "ended \(reason)" }
        let members = answer.json["members"].list
        let head = members.first { $0["relation"]?.string == "householder" }?["name"]?.string ?? "nobody"
        let village = answer.json["villageCode"].string == Place.villageA1 ? "A1" : "A2"
        return "\(head) of \(members.count) in \(village) \(answer.json["state"].string ?? "")"
    }
}
