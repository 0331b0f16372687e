// Splits and mergers in files beside what the register knows already: the day, who goes, both sides, contradictions.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Splits in files")
struct SplitFileTests {
    private let origin = "/v1/households/\(Sample.id(1))"

    /// Father 11, mother 12, son 13 with his wife 14.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(4, splits: true))
        county.clock.advance(milliseconds: 1_000)
        return (county, try county.as(.administrator))
    }

    private static let columns = [
        "villageCode", "archiveNumber", "attribute", "mainCause", "name", "relation", "sex", "birthDate",
        "identityNumber",
    ]

    private static func file(_ more: [String], _ rows: [[String]]) -> String {
        ([columns + more] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    }

    private static func row(_ number: String, _ person: [String], _ more: [String]) -> [String] {
        [Place.villageA1, number, "general", "lack-of-technology"] + person + more
    }

    private static let father = ["陈示例", "householder", "male", "1980-05-06", Sample.identityNumber(1)]
    private static let mother = ["李示例", "spouse", "female", "1980-05-06", ""]
    private static let son = [
        "陈小示", "householder", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3),
    ]
    private static let wife = ["王小例", "spouse", "female", "1980-05-06", ""]
    private static let stranger = ["丁示例", "householder", "male", "1970-01-01", ""]

    private func household(_ number: String, _ session: Session) throws -> String {
        let all = try session.walk("/v1/households?limit=100") + session.walk("/v1/households?ended=true&limit=100")
        let id = try required(all.first { $0["archiveNumber"]?.string == number }?["id"]?.string)
        return "/v1/households/\(id)"
    }

    private func names(_ session: Session, _ path: String, on day: String) throws -> [String?] {
        try session.get(path + "?on=\(day)").json["members"].list.map { $0["name"]?.string }
    }

    private func retell(_ session: Session, _ path: String, _ body: JSON) throws {
        session.county.clock.advance(milliseconds: 1_000)
        let version = try session.get(origin).json["version"].integer
        let answer = try session.patch(path, version: version, body)
        guard answer.status == 200 else { throw ClientError(action: answer.text, code: CInt(answer.status)) }
        session.county.clock.advance(milliseconds: 1_000)
    }

    @Test(
        "told late in a file, the new archive has what was known on the day and since; masked numbers are taken along")
    func late() throws {
        let (county, session) = try county()
        try retell(session, origin, ["effectiveOn": "2026-02-20", "state": "lifted"])
        try retell(
            session, origin + "/members/\(Sample.id(13))", ["effectiveOn": "2026-02-22", "health": "disabled"])
        try retell(
            session, origin + "/members/\(Sample.id(14))",
            ["effectiveOn": "2026-02-24", "leftOn": "2026-02-24", "leftReason": "death"])
        let content = Self.file(
            ["joinedOn", "splitFrom"],
            [
                Self.row("H2", Self.son, ["2026-02-10", "H1"]),
                Self.row("H2", Self.wife, ["2026-02-10", "H1"]),
            ])
        let job = try session.importFile(5, "kind=households", content)
        #expect(job.counts == [2, 0, 0, 0, 0], "\((try? session.report(5)) ?? [])")
        let new = try household("H2", session)
        #expect(try session.get(new + "?on=2026-02-10").json["state"].string == "registered")
        #expect(try session.get(new + "?on=2026-02-20").json["state"].string == "lifted")
        #expect(try session.get(new + "?on=2026-02-21").json["members"][0]["health"].string == "healthy")
        #expect(try session.get(new).json["members"][0]["health"].string == "disabled")
        #expect(try names(session, new, on: "2026-02-23") == ["陈小示", "王小例"])
        #expect(try names(session, new, on: County.today) == ["陈小示"])
        #expect(try names(session, origin, on: "2026-02-10") == ["陈示例", "李示例"])
        #expect(try session.report(5).contains { $0.contains("told-late") }, "\((try? session.report(5)) ?? [])")
        try expectNoFaults(county)
        #expect(try session.undo(5)["state"]?.string == "undone")
        #expect(try names(session, origin, on: "2026-02-23").count == 4)
        try expectNoFaults(county)
    }

    @Test(
        "the day of a split is that of joining, else that of the file, never that since when a state holds",
        arguments: [("", "2026-02-17"), ("2026-02-10", "2026-02-10")])
    func day(_ joinedOn: String, _ day: String) throws {
        let (county, session) = try county()
        let content = Self.file(
            ["state", "stateSince", "joinedOn", "splitFrom"],
            [
                Self.row("H2", Self.son, ["registered", "2016-01-01", joinedOn, "H1"]),
                Self.row("H2", Self.wife, ["registered", "2016-01-01", joinedOn, "H1"]),
            ])
        let job = try session.importFile(5, "kind=households&on=2026-02-17", content)
        #expect(job.counts == [2, 0, 0, 0, 0], "\((try? session.report(5)) ?? [])")
        let new = try household("H2", session)
        #expect(try session.get(new).json["members"][0]["joinedOn"].string == day)
        #expect(try session.get(new).json["stateSince"].string == "2016-01-01")
        let before = try required(CivilDate(day)).adding(days: -1)
        #expect(try names(session, origin, on: before.description).count == 4)
        #expect(try names(session, origin, on: day) == ["陈示例", "李示例"])
        #expect(try session.get(new + "?on=\(before)").status == 404)
        #expect(try names(session, new, on: day) == ["陈小示", "王小例"])
        try expectNoFaults(county)
    }

    @Test("one split is on one day")
    func oneDay() throws {
        let (county, session) = try county()
        let content = Self.file(
            ["joinedOn", "splitFrom"],
            [
                Self.row("H2", Self.son, ["2026-02-10", "H1"]),
                Self.row("H2", Self.wife, ["2026-02-12", "H1"]),
            ])
        let before = try names(session, origin, on: County.today)
        _ = try session.importFile(5, "kind=households", content)
        #expect(
            try session.refusals(5).contains("3 joinedOn contradictory refused"), "\((try? session.report(5)) ?? [])")
        #expect(try names(session, origin, on: County.today) == before)
        try expectNoFaults(county)
    }

    @Test("strangers are told, and refused where nobody of the rows ever lived in the household")
    func strangers() throws {
        let (county, session) = try county()
        let none = Self.file(["splitFrom"], [Self.row("H2", Self.stranger, ["H1"])])
        let refused = try session.importFile(5, "kind=households", none)
        #expect(refused.counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(5) == ["2 splitFrom not-of-origin refused"], "\((try? session.report(5)) ?? [])")
        let some = Self.file(
            ["joinedOn", "splitFrom"],
            [
                Self.row("H2", Self.son, ["2026-02-10", "H1"]),
                Self.row("H2", ["丁示例", "spouse", "female", "1970-01-01", ""], ["2026-02-10", "H1"]),
            ])
        let told = try session.importFile(6, "kind=households", some)
        #expect(told.counts == [2, 0, 0, 0, 0], "\((try? session.report(6)) ?? [])")
        #expect(
            try session.report(6).contains("3 splitFrom not-of-origin warning"), "\((try? session.report(6)) ?? [])")
        try expectNoFaults(county)
    }

    @Test("nobody goes into two archives", arguments: ["each", "atomic"])
    func twoArchives(_ mode: String) throws {
        let (county, session) = try county()
        let content = Self.file(
            ["joinedOn", "splitFrom"],
            [
                Self.row("H2", Self.son, ["2026-02-10", "H1"]),
                Self.row("H3", Self.son, ["2026-02-10", "H1"]),
            ])
        _ = try session.importFile(5, "kind=households&mode=\(mode)", content)
        #expect(
            try session.refusals(5).contains("3 splitFrom split-elsewhere refused"), "\((try? session.report(5)) ?? [])"
        )
        let count = try session.walk("/v1/households?limit=100").count
        #expect(count == (mode == "atomic" ? 1 : 2))
        try expectNoFaults(county)
    }

    @Test("a day that a file corrects on one side moves on the other, too", arguments: ["2026-02-05", "2026-02-15"])
    func sides(_ day: String) throws {
        let (county, session) = try county()
        func content(_ day: String) -> String {
            Self.file(
                ["joinedOn", "splitFrom"],
                [Self.row("H2", Self.son, [day, "H1"]), Self.row("H2", Self.wife, [day, "H1"])])
        }
        _ = try session.importFile(5, "kind=households", content("2026-02-10"))
        county.clock.advance(milliseconds: 1_000)
        let job = try session.importFile(6, "kind=households", content(day))
        #expect(job.counts == [0, 2, 0, 0, 0], "\((try? session.report(6)) ?? [])")
        let new = try household("H2", session)
        for other in ["2026-02-04", "2026-02-05", "2026-02-10", "2026-02-14", "2026-02-15", County.today] {
            let isThere = other >= day
            #expect(try names(session, origin, on: other).contains("陈小示") == !isThere, "\(other)")
            #expect(try names(session, new, on: other) == (isThere ? ["陈小示", "王小例"] : []), "\(other)")
        }
        try expectNoFaults(county)
        #expect(try session.undo(6)["state"]?.string == "undone")
        #expect(try names(session, new, on: "2026-02-10").count == 2)
        try expectNoFaults(county)
    }

    @Test("an export of a register with a split makes the same in an empty one, and its sides stay one person")
    func exported() throws {
        let (county, session) = try county()
        let split = Self.file(
            ["joinedOn", "splitFrom"],
            [Self.row("H2", Self.son, ["2026-02-10", "H1"]), Self.row("H2", Self.wife, ["2026-02-10", "H1"])])
        _ = try session.importFile(5, "kind=households", split)
        let rows = [
            Self.row("H1", Self.father, ["2016-01-01", "", "", ""]),
            Self.row("H1", Self.mother, ["2016-01-01", "", "", ""]),
            Self.row(
                "H1", ["陈小示", "son", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3)],
                ["2016-01-01", "2026-02-10", "household-split", ""]),
            Self.row("H2", Self.son, ["2026-02-10", "", "", "H1"]),
        ]
        let other = try County()
        let there = try other.as(.administrator)
        let job = try there.importFile(
            1, "kind=households", Self.file(["joinedOn", "leftOn", "leftReason", "splitFrom"], rows))
        #expect(job.counts == [4, 0, 0, 0, 0], "\((try? there.report(1)) ?? [])")
        #expect(try other.query("SELECT count(*) FROM member WHERE split_from_id IS NOT NULL") { $0.int(0) } == [1])
        #expect(try other.faults() == [])
        try expectNoFaults(county)
    }

    // MARK: Rows of those who have left

    @Test("a row of somebody who has left finds them, by number or by name and birth date, and corrects the day")
    func left() throws {
        let (county, session) = try county()
        for person in [13, 14] {
            try retell(
                session, origin + "/members/\(Sample.id(person))",
                ["effectiveOn": "2026-02-10", "leftOn": "2026-02-10", "leftReason": "moved-out"])
        }
        func content(_ day: String) -> String {
            Self.file(
                ["leftOn", "leftReason"],
                [
                    Self.row("H1", Self.father, ["", ""]), Self.row("H1", Self.mother, ["", ""]),
                    Self.row(
                        "H1", ["陈小示", "son", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3)],
                        [day, "moved-out"]),
                    Self.row(
                        "H1", ["王小例", "daughter-in-law", "female", "1980-05-06", ""], [day, "moved-out"]),
                ])
        }
        let same = try session.importFile(5, "kind=households", content("2026-02-10"))
        #expect(same.counts == [0, 0, 4, 0, 0], "\((try? session.report(5)) ?? [])")
        let other = try session.importFile(6, "kind=households", content("2026-02-15"))
        #expect(other.counts == [0, 2, 2, 0, 0], "\((try? session.report(6)) ?? [])")
        let members = try session.get(origin + "?includeLeft=true").json["members"].list
        #expect(members.count == 4)
        #expect(try names(session, origin, on: "2026-02-14").count == 4)
        #expect(try names(session, origin, on: "2026-02-15").count == 2)
        try expectNoFaults(county)
    }

    // MARK: Mergers, contradictions and counts

    @Test(
        "some split into a new archive, and the rest becomes part of it in the same file",
        arguments: [[0, 1], [1, 0]], ["each", "atomic"])
    func splitAndMerged(_ order: [Int], _ mode: String) throws {
        let (county, session) = try county()
        let head = ["joinedOn", "splitFrom", "to", "endReason", "successor"]
        let end = ["2026-02-20", "merged", "H2"]
        let groups = [
            [
                Self.row("H1", Self.father, ["2016-01-01", ""] + end),
                Self.row("H1", Self.mother, ["2016-01-01", ""] + end),
            ],
            [
                Self.row("H2", Self.son, ["2026-02-10", "H1", "", "", ""]),
                Self.row("H2", Self.wife, ["2026-02-10", "H1", "", "", ""]),
                Self.row(
                    "H2", ["陈示例", "father", "male", "1980-05-06", Sample.identityNumber(1)],
                    ["2026-02-20", "H1", "", "", ""]),
                Self.row("H2", ["李示例", "mother", "female", "1980-05-06", ""], ["2026-02-20", "H1", "", "", ""]),
            ],
        ]
        let job = try session.importFile(
            5, "kind=households&mode=\(mode)", Self.file(head, order.flatMap { groups[$0] }))
        #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        let new = try household("H2", session)
        let old = try session.get(origin).json
        #expect(old["to"].string == "2026-02-20")
        #expect(old["successorId"].string == (try session.get(new).json["id"].string))
        #expect(try names(session, origin, on: "2026-02-15") == ["陈示例", "李示例"])
        #expect(try names(session, new, on: "2026-02-15") == ["陈小示", "王小例"])
        #expect(try names(session, new, on: "2026-02-20").count == 4)
        try expectNoFaults(county)
    }

    @Test("nothing becomes part of a household that has ended before, and the words say so, by file and by API")
    func mergedIntoEnded() throws {
        let (county, session) = try county()
        try county.make(2, Sample.household("H2", members: [Sample.member("丁示例", id: Sample.id(21))]))
        let ended = try session.patch(
            "/v1/households/\(Sample.id(2))", version: 1, ["to": "2026-02-10", "endReason": "moved-out"])
        #expect(ended.status == 200, "\(ended.text)")
        let answer = try session.patch(
            origin, version: 1,
            ["to": "2026-02-20", "endReason": "merged", "successorId": .string(Sample.id(2))])
        #expect(answer.errors == ["/successorId household-ended"], "\(answer.text)")
        #expect(answer.text.contains("2026-02-10"))
        let content = Self.file(
            ["to", "endReason", "successor"],
            [Self.father, Self.mother].map { Self.row("H1", $0, ["2026-02-20", "merged", "H2"]) })
        _ = try session.importFile(5, "kind=households", content)
        #expect(
            try session.refusals(5).contains("2 successor household-ended refused"), "\((try? session.report(5)) ?? [])"
        )
        try expectNoFaults(county)
    }

    @Test("an end that stands in another row of the household than the first is refused, not lost")
    func endInSecondRow() throws {
        let (county, session) = try county()
        let content = Self.file(
            ["to", "endReason"],
            [Self.row("H1", Self.father, ["", ""]), Self.row("H1", Self.mother, ["2026-02-20", "moved-out"])])
        let job = try session.importFile(5, "kind=households", content)
        #expect(job.counts == [0, 0, 0, 0, 2])
        #expect(
            try session.refusals(5).contains("3 to contradictory refused"), "\((try? session.report(5)) ?? [])")
        try expectNoFaults(county)
    }

    @Test("an exchange of the householder beside a split is counted as a change", arguments: ["each", "atomic"])
    func counted(_ mode: String) throws {
        let (county, session) = try county()
        let rows = [
            Self.row("H1", ["李示例", "householder", "female", "1980-05-06", ""], ["", ""]),
            Self.row("H1", ["王小例", "daughter-in-law", "female", "1980-05-06", ""], ["", ""]),
            Self.row("H2", Self.father, ["2026-02-10", "H1"]),
            Self.row(
                "H2", ["陈小示", "son", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3)],
                ["2026-02-10", "H1"]),
        ]
        let job = try session.importFile(
            5, "kind=households&mode=\(mode)",
            Self.file(["joinedOn", "splitFrom"], rows.map { $0 }))
        #expect(job.counts == [2, 1, 1, 0, 0], "\((try? session.report(5)) ?? [])")
        #expect(try session.get(origin).json["householderName"].string == "李示例")
        try expectNoFaults(county)
    }

    private func expectNoFaults(_ county: County, _ location: SourceLocation = #_sourceLocation) throws {
        let faults = try county.faults()
        #expect(faults == [], sourceLocation: location)
    }

    @Test(
        "the householder of those who remain may have died before the split, on its day, or after it",
        arguments: ["2026-02-05", "2026-02-10", "2026-02-15"], [false, true])
    func formerHouseholderDied(_ day: String, _ newFirst: Bool) throws {
        let (county, session) = try county()
        let widow = ["李示例", "householder", "female", "1980-05-06", ""]
        let former = [
            Self.row("H1", Self.father, ["", day, "death", ""]), Self.row("H1", widow, ["", "", "", ""]),
        ]
        let new = [Self.son, Self.wife].map { Self.row("H2", $0, ["2026-02-10", "", "", "H1"]) }
        let content = Self.file(
            ["joinedOn", "leftOn", "leftReason", "splitFrom"], newFirst ? new + former : former + new)
        let job = try session.importFile(5, "kind=households", content)
        #expect(job.counts == [2, 2, 0, 0, 0], "\((try? session.report(5)) ?? [])")
        for (other, head) in [("2026-02-04", "陈示例"), (day, "李示例"), (County.today, "李示例")] {
            let members = try session.get(origin + "?on=\(other)").json["members"].list
            #expect(members.first { $0["relation"]?.string == "householder" }?["name"]?.string == head, "\(other)")
        }
        #expect(try names(session, household("H2", session), on: "2026-02-10") == ["陈小示", "王小例"])
        try expectNoFaults(county)
    }

    @Test(
        "who is householder of those who remain changes on the day of the file, where the one of the split's day stays")
    func exchangeIsNotDatedBack() throws {
        let (county, session) = try county()
        let content = Self.file(
            ["joinedOn", "splitFrom"],
            [
                Self.row("H1", ["陈示例", "spouse", "male", "1980-05-06", Self.father[4]], ["", ""]),
                Self.row("H1", ["李示例", "householder", "female", "1980-05-06", ""], ["", ""]),
                Self.row("H2", Self.son, ["2026-02-10", "H1"]), Self.row("H2", Self.wife, ["2026-02-10", "H1"]),
            ])
        let job = try session.importFile(5, "kind=households&on=2026-02-20", content)
        #expect(job.counts == [2, 2, 0, 0, 0], "\((try? session.report(5)) ?? [])")
        for (day, head) in [("2026-02-10", "陈示例"), ("2026-02-19", "陈示例"), ("2026-02-20", "李示例")] {
            let members = try session.get(origin + "?on=\(day)").json["members"].list
            #expect(members.first { $0["relation"]?.string == "householder" }?["name"]?.string == head, "\(day)")
        }
        try expectNoFaults(county)
    }
}
