// A family splits in one act, by the API and in a file, in any order of rows.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("A family splits")
struct HouseholdSplitTests {
    private let origin = "/v1/households/\(Sample.id(1))"
    private var split: String { origin + "/splits/\(Sample.id(2))" }

    /// Father 11, mother 12, son 13 with his wife 14; cadre 411 answers for them.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.addHelpers()
        try county.make(1, Sample.family(4, splits: true))
        try county.pair(101, Sample.pairing(1, by: 411, from: "2026-01-05"))
        return (county, try county.as(.clerkA))
    }

    private func going(_ relations: KeyValuePairs<Int, String>) -> JSON {
        .array(relations.map { ["id": .string(Sample.id($0)), "relation": .string($1)] })
    }

    private func names(_ session: Session, _ path: String, on day: String) throws -> [String?] {
        try session.get(path + "?on=\(day)").json["members"].list.map { $0["name"]?.string }
    }

    @Test("some leave one archive and stand in another the same day, both name each other, the helper is proposed")
    func splits() throws {
        let (county, session) = try county()
        let body: JSON = [
            "effectiveOn": "2026-02-10", "archiveNumber": "H2",
            "members": going([13: "householder", 14: "spouse"]),
        ]
        let answer = try session.put(split, body)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["splitFromId"].string == Sample.id(1))
        #expect(answer.json["householderName"].string == "陈小示")
        #expect(answer.json["members"][0]["joinReason"].string == "household-split")
        #expect(answer.json["members"][0]["identityState"].string == "verified")
        let two = "/v1/households/\(Sample.id(2))"
        #expect(try session.get(origin).json["splitIntoIds"][0].string == Sample.id(2))
        #expect(try names(session, origin, on: "2026-02-09").count == 4)
        #expect(try names(session, origin, on: "2026-02-10") == ["陈示例", "李示例"])
        #expect(try session.get(two + "?on=2026-02-09").status == 404)
        #expect(try names(session, two, on: "2026-02-10") == ["陈小示", "王小例"])
        let candidates = try session.get(two + "/helper-candidates").json["items"].list
        #expect(candidates.first?["cadreId"]?.string == Sample.id(411), "\(candidates)")
        #expect(candidates.first?["helpsOrigin"]?.boolean == true)
        let statistics = try session.get("/v1/statistics/households?on=2026-02-10").json
        #expect([statistics["households"].integer, statistics["people"].integer] == [2, 4])
        #expect(try session.put(split, body).status == 200)
        #expect(try session.put(split, body.with(["archiveNumber": "H3"])).status == 409)
        #expect(try county.faults() == [])
    }

    @Test("when the householder goes, who follows stands in the same body, or is asked for by name")
    func householderGoes() throws {
        let (county, session) = try county()
        let body: JSON = [
            "effectiveOn": "2026-02-10", "archiveNumber": "H2",
            "members": going([11: "householder", 12: "spouse"]),
        ]
        let before = try county.digest()
        let missing = try session.put(split, body)
        #expect(missing.errors == ["/members no-householder"], "\(missing.text)")
        #expect(missing.text.contains("remaining"))
        #expect(try county.digest() == before)
        let answer = try session.put(
            split, body.with(["remaining": going([13: "householder", 14: "spouse"])]))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try session.get(origin).json["householderName"].string == "陈小示")
        #expect(try county.faults() == [])
    }

    @Test("whoever does not live there, or is named twice, or leaves nobody behind, is refused and nothing changes")
    func refusals() throws {
        let (county, session) = try county()
        let before = try county.digest()
        func errors(_ members: JSON) throws -> [String] {
            try session.put(split, ["archiveNumber": "H2", "members": members]).errors
        }
        #expect(try errors(going([99: "householder"])) == ["/members/0/id unknown-member"])
        #expect(try errors(going([13: "householder", 13: "son"])) == ["/members/1/id repeated"])
        #expect(try errors(going([13: "son"])) == ["/members no-householder"])
        #expect(
            try errors(going([11: "householder", 12: "spouse", 13: "son", 14: "daughter-in-law"]))
                == ["/members no-householder"])
        #expect(
            try session.put(split, ["archiveNumber": "H1", "members": going([13: "householder"])]).status == 409)
        #expect(try county.digest() == before)
    }

    // MARK: Files

    private static let head =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber,joinedOn,splitFrom"

    private static func row(
        _ number: String, _ name: String, _ relation: String, _ sex: String, _ born: String, _ identity: String,
        _ rest: String
    ) -> String {
        "\(Place.villageA1),\(number),general,lack-of-technology,\(name),\(relation),\(sex),\(born),\(identity),\(rest)"
    }

    private static let father = row(
        "H1", "陈示例", "householder", "male", "1980-05-06", Sample.identityNumber(1), "2016-01-01,")
    private static let mother = row("H1", "李示例", "spouse", "female", "1980-05-06", "", "2016-01-01,")
    private static let son = row(
        "H2", "陈小示", "householder", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3),
        "2026-02-10,H1")
    private static let wife = row("H2", "王小例", "spouse", "female", "1980-05-06", "", "2026-02-10,H1")

    private static func file(_ rows: [String]) -> String { ([head] + rows).joined(separator: "\n") + "\n" }

    private func household(_ number: String, _ session: Session) throws -> JSONValue? {
        try session.walk("/v1/households?limit=100").first { $0["archiveNumber"]?.string == number }
    }

    @Test(
        "the rows of the new archive may stand before or after those of the former one, and are known again",
        arguments: [[0, 1], [1, 0]], ["each&complete=true", "each", "atomic", "atomic&complete=true"])
    func files(_ order: [Int], _ mode: String) throws {
        let (county, _) = try county()
        let session = try county.as(.administrator)
        let groups = [[Self.father, Self.mother], [Self.son, Self.wife]]
        let content = Self.file(order.flatMap { groups[$0] })
        let job = try session.importFile(5, "kind=households&mode=\(mode)", content)
        #expect(job.counts == [2, 0, 2, 0, 0], "\((try? session.report(5)) ?? [])")
        let id = try required(household("H2", session)?["id"]?.string)
        #expect(try session.get("/v1/households/\(id)").json["splitFromId"].string == Sample.id(1))
        #expect(try names(session, origin, on: "2026-02-09").count == 4)
        #expect(try names(session, origin, on: "2026-02-10") == ["陈示例", "李示例"])
        #expect(try names(session, "/v1/households/\(id)", on: "2026-02-10") == ["陈小示", "王小例"])
        let again = try session.importFile(6, "kind=households&mode=\(mode)", content)
        #expect(again.counts == [0, 0, 4, 0, 0], "\((try? session.report(6)) ?? [])")
        #expect(try county.faults() == [])
        #expect(try session.undo(5)["state"]?.string == "undone")
        #expect(try household("H2", session) == nil)
        #expect(try names(session, origin, on: County.today).count == 4)
        #expect(try county.faults() == [])
    }

    @Test("the householder goes, and the rows of the former archive say who follows", arguments: [[0, 1], [1, 0]])
    func householderGoesInFile(_ order: [Int]) throws {
        let (county, _) = try county()
        let session = try county.as(.administrator)
        let groups = [
            [
                Self.row(
                    "H1", "陈小示", "householder", "male", "2000-01-01", Sample.identityNumber(born: "2000-01-01", 3),
                    "2016-01-01,"),
                Self.row("H1", "王小例", "spouse", "female", "1980-05-06", "", "2016-01-01,"),
            ],
            [
                Self.row(
                    "H2", "陈示例", "householder", "male", "1980-05-06", Sample.identityNumber(1), "2026-02-10,H1"),
                Self.row("H2", "李示例", "spouse", "female", "1980-05-06", "", "2026-02-10,H1"),
            ],
        ]
        let job = try session.importFile(5, "kind=households", Self.file(order.flatMap { groups[$0] }))
        #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        #expect(try session.get(origin).json["householderName"].string == "陈小示")
        #expect(try household("H2", session)?["householderName"]?.string == "陈示例")
        #expect(try county.faults() == [])
    }

    @Test(
        "an origin that nobody knows is refused; an empty register takes both from one file",
        arguments: [[0, 1], [1, 0]])
    func unknownOrigin(_ order: [Int]) throws {
        let county = try County()
        let session = try county.as(.administrator)
        let refused = try session.importFile(5, "kind=households", Self.file([Self.son, Self.wife]))
        #expect(refused.counts == [0, 0, 0, 0, 2], "\((try? session.report(5)) ?? [])")
        #expect(
            try session.refusals(5).contains("2 splitFrom unknown-household refused"),
            "\((try? session.report(5)) ?? [])")
        let groups = [[Self.father, Self.mother], [Self.son, Self.wife]]
        let job = try session.importFile(6, "kind=households", Self.file(order.flatMap { groups[$0] }))
        #expect(job.counts == [4, 0, 0, 0, 0], "\((try? session.report(6)) ?? [])")
        #expect(try household("H2", session)?["memberCount"]?.integer == 2)
        #expect(try county.faults() == [])
    }
}
