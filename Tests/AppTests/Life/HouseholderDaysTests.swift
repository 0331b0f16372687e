// One householder on every day: what is told of a household leaves no past day with none or two, or is refused with the
// day, who is householder on it, and who may follow.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("One householder on every day")
struct HouseholderDaysTests {
    enum Teller: CaseIterable { case api, file }

    private static let path = "/v1/households/\(Sample.id(1))"
    private var path: String { Self.path }
    private func member(_ number: Int) -> String { path + "/members/\(Sample.id(number))" }

    /// Husband 11, wife 12, son 13, since 2016.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(3))
        return (county, try county.as(.administrator))
    }

    private func named(_ number: Int, _ relation: String) -> JSON {
        ["id": .string(Sample.id(number)), "relation": .string(relation)]
    }

    @discardableResult
    private func patch(_ session: Session, _ path: String, _ body: JSON) throws -> Answer {
        session.county.clock.advance(milliseconds: 1_000)
        let version = try session.get(self.path).json["version"].integer
        return try session.patch(path, version: version, body)
    }

    private func tell(_ session: Session, _ path: String, _ body: JSON) throws {
        let answer = try patch(session, path, body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Ids of householders on days, as `11`, `-` for none.
    private func heads(_ session: Session, _ days: [String]) throws -> [String] {
        try days.map { day in
            let heads = try session.get(path + "?on=\(day)").json["members"].list
                .filter { $0["relation"]?.string == "householder" }.map { String($0["id"]?.string?.suffix(2) ?? "") }
            return heads.isEmpty ? "-" : heads.joined(separator: "+")
        }
    }

    private func dies(_ session: Session, _ number: Int = 11, on day: String, then next: Int = 12) throws {
        try tell(
            session, member(number),
            ["leftOn": .string(day), "leftReason": "death", "members": [named(next, "householder")]])
    }

    /// The rows of the household with ids, as an export has them: relation, then day and reason of leaving.
    private func file(_ session: Session, _ number: Int, _ rows: [(Int, String, String)]) throws -> JSONValue {
        session.county.clock.advance(milliseconds: 1_000)
        let people = [
            11: "陈示例,male,1980-05-06", 12: "李示例,female,1980-05-06", 13: "陈小示,male,2005-01-01",
        ]
        let head =
            "villageCode,archiveNumber,attribute,mainCause,memberId,name,sex,birthDate,relation,leftOn,leftReason"
        let lines = rows.map { id, relation, left in
            "\(Place.villageA1),H1,general,lack-of-technology,\(Sample.id(id)),\(people[id] ?? ""),\(relation),\(left)"
        }
        return try session.importFile(number, "kind=households", ([head] + lines).joined(separator: "\n") + "\n")
    }

    // MARK: The day of a death

    @Test(
        "a death that was earlier or later takes whoever followed with it, by the API and by files",
        arguments: Teller.allCases, ["2026-02-05", "2026-02-15"])
    func deathDayCorrected(_ teller: Teller, _ day: String) throws {
        let (county, session) = try county()
        try dies(session, on: "2026-02-10")
        if teller == .api {
            try tell(session, member(11), ["leftOn": .string(day)])
        } else {
            let job = try file(
                session, 5,
                [(11, "householder", "\(day),death"), (12, "householder", ","), (13, "son", ",")])
            #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        }
        let before = try #require(CivilDate(day)).adding(days: -1).description
        #expect(try heads(session, ["2026-01-01", before, day, County.today]) == ["11", "11", "12", "12"])
        #expect(try county.faults() == [])
    }

    @Test("a wrong death taken back gives the place back", arguments: Teller.allCases)
    func deathTakenBack(_ teller: Teller) throws {
        let (county, session) = try county()
        try dies(session, on: "2026-02-10")
        if teller == .api {
            try tell(session, member(11), ["leftOn": nil, "leftReason": nil])
        } else {
            let job = try file(session, 5, [(11, "householder", ","), (12, "spouse", ","), (13, "son", ",")])
            #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        }
        #expect(
            try heads(session, ["2026-02-09", "2026-02-10", "2026-02-20", County.today]) == ["11", "11", "11", "11"])
        let wife = try session.get(path).json["members"].list.first { $0["id"]?.string == Sample.id(12) }
        #expect(wife?["relation"]?.string == "spouse")
        #expect(try county.faults() == [])
    }

    @Test("a death taken back before a later exchange is refused with the relation that is missing, and taken with it")
    func takenBackBeforeExchange() throws {
        let (county, session) = try county()
        try dies(session, on: "2026-02-10")
        try tell(
            session, member(13),
            ["effectiveOn": "2026-02-20", "relation": "householder", "members": [named(12, "mother")]])
        let before = try county.digest()
        let alone = try patch(session, member(11), ["leftOn": nil, "leftReason": nil])
        #expect(alone.errors == ["/members several-householders"], "\(alone.text)")
        #expect(alone.text.contains("2026-02-20"), "\(alone.text)")
        #expect(alone.text.contains("陈小示"))
        #expect(try county.digest() == before)
        try tell(
            session, member(11),
            ["effectiveOn": "2026-02-20", "leftOn": nil, "leftReason": nil, "relation": "father"])
        #expect(
            try heads(session, ["2026-02-10", "2026-02-19", "2026-02-20", County.today]) == ["11", "11", "13", "13"])
        #expect(try county.faults() == [])
    }

    // MARK: Told before a known exchange

    /// The wife is householder from 20 February on.
    private func exchanged() throws -> (County, Session) {
        let (county, session) = try county()
        try tell(
            session, member(12),
            ["effectiveOn": "2026-02-20", "relation": "householder", "members": [named(11, "spouse")]])
        return (county, session)
    }

    @Test(
        "a death before a known exchange: whoever is householder already follows from that day",
        arguments: Teller.allCases)
    func deathBeforeExchange(_ teller: Teller) throws {
        let (county, session) = try exchanged()
        if teller == .api {
            let before = try county.digest()
            let alone = try patch(session, member(11), ["leftOn": "2026-02-10", "leftReason": "death"])
            #expect(alone.errors == ["/members no-householder"], "\(alone.text)")
            for part in ["2026-02-10", "2026-02-20", "李示例", Sample.id(13)] {
                #expect(alone.text.contains(part), "\(part) in \(alone.text)")
            }
            #expect(try county.digest() == before)
            try dies(session, on: "2026-02-10")
        } else {
            let job = try file(
                session, 5, [(11, "spouse", "2026-02-10,death"), (12, "householder", ","), (13, "son", ",")])
            #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        }
        #expect(
            try heads(session, ["2026-02-09", "2026-02-10", "2026-02-20", County.today]) == ["11", "12", "12", "12"])
        #expect(try county.faults() == [])
    }

    @Test("another one who follows before a known exchange does so until then")
    func otherBeforeExchange() throws {
        let (county, session) = try exchanged()
        try dies(session, on: "2026-02-10", then: 13)
        #expect(
            try heads(session, ["2026-02-09", "2026-02-10", "2026-02-19", "2026-02-20"]) == ["11", "13", "13", "12"])
        let son = try session.get(path).json["members"].list.first { $0["id"]?.string == Sample.id(13) }
        #expect(son?["relation"]?.string == "son")
        #expect(try county.faults() == [])
    }

    @Test("an exchange told late holds until the next one that is known")
    func lateExchange() throws {
        let (county, session) = try exchanged()
        try tell(
            session, member(13),
            ["effectiveOn": "2026-02-10", "relation": "householder", "members": [named(11, "father")]])
        #expect(
            try heads(session, ["2026-02-09", "2026-02-10", "2026-02-19", "2026-02-20"]) == ["11", "13", "13", "12"])
        let half = try patch(session, member(13), ["effectiveOn": "2026-01-10", "relation": "householder"])
        #expect(half.errors == ["/members several-householders"], "\(half.text)")
        #expect(half.text.contains("2026-01-10"), "\(half.text)")
        #expect(half.text.contains("陈示例"), "\(half.text)")
        #expect(try county.faults() == [])
    }

    // MARK: Who may follow

    @Test("whoever had left, or was not there yet, does not follow, and is not among those who may")
    func strangers() throws {
        let (county, session) = try county()
        try tell(session, member(12), ["leftOn": "2026-02-01", "leftReason": "marriage"])
        let child = Sample.member("陈新示", relation: "daughter", sex: "female", born: "2026-02-20", id: Sample.id(14))
            .with(["joinedOn": "2026-02-20"])
        #expect(try session.put(member(14), child).status == 201)
        let before = try county.digest()
        for (next, reason) in [(12, "2026-02-01"), (14, "2026-02-20")] {
            let answer = try patch(
                session, member(11),
                ["leftOn": "2026-02-10", "leftReason": "death", "members": [named(next, "householder")]])
            #expect(answer.errors == ["/members no-householder"], "\(answer.text)")
            #expect(answer.text.contains(reason), "\(answer.text)")
            #expect(answer.text.contains("陈小示 (\(Sample.id(13)))"), "\(answer.text)")
            #expect(!answer.text.contains("李示例 ("), "\(answer.text)")
            #expect(!answer.text.contains("陈新示 ("), "\(answer.text)")
        }
        #expect(try county.digest() == before)
        let job = try file(
            session, 5,
            [(11, "householder", "2026-02-10,death"), (12, "spouse", "2026-02-01,marriage"), (13, "son", ",")])
        #expect(job.counts.last == 3, "\((try? session.report(5)) ?? [])")
        let words = try session.walk("/v1/imports/\(Sample.id(5))/report?limit=100").compactMap {
            $0["message"]?.string
        }
        #expect(words.contains { $0.contains("陈小示") && $0.contains("2026-02-10") }, "\(words)")
        #expect(!words.contains { $0.contains("李示例 (") }, "\(words)")
    }

    @Test("days that were wrong before lock nothing up, and are found by the check")
    func wrongBefore() throws {
        let (county, session) = try county()
        try dies(session, on: "2026-02-10")
        try county.alter("UPDATE member_history SET relation = 'son' WHERE relation = 'householder'")
        let faults = try county.faults()
        #expect(faults.contains { $0.contains("0 householders from 2016-01-01 on") }, "\(faults)")
        try tell(session, member(13), ["leftOn": "2026-02-20", "leftReason": "marriage"])
        #expect(
            try session.put(
                member(15), Sample.member("陈女示", relation: "daughter", sex: "female").with(["joinedOn": "2026-01-20"])
            ).status == 201)
    }

    // MARK: Files

    @Test("a new household of a file keeps the days of those who left, and its householders one after the other")
    func newOfFile() throws {
        let county = try County()
        let administrator = try county.as(.administrator)
        let head =
            "villageCode,archiveNumber,attribute,mainCause,stateSince,name,relation,sex,birthDate,leftOn,leftReason\n"
        let content =
            head
            + "\(Place.villageA1),H1,general,illness,2016-01-01,陈示例,householder,male,1950-01-01,2020-05-01,death\n"
            + "\(Place.villageA1),H1,general,illness,2016-01-01,李示例,householder,female,1952-01-01,,\n"
        let job = try administrator.importFile(5, "kind=households", content)
        #expect(job.counts == [2, 0, 0, 0, 0], "\((try? administrator.report(5)) ?? [])")
        let id = try required(administrator.get("/v1/households").items.first?["id"]?.string)
        func people(_ day: String) throws -> [String] {
            try administrator.get("/v1/households/\(id)?on=\(day)").json["members"].list.map {
                "\($0["name"]?.string ?? "") \($0["relation"]?.string ?? "")"
            }
        }
        #expect(try people("2018-01-01") == ["陈示例 householder", "李示例 other"])
        #expect(try people("2020-05-01") == ["李示例 householder"])
        #expect(try county.faults() == [])
        #expect(try administrator.undo(5)["state"]?.string == "undone")
        #expect(try county.count("member_history") == 0)
    }
}
