// A householder's death, departure or exchange is one act: whoever leaves names who follows, in one body, in decisions
// about several proposals, or in the rows of a file.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The householder follows in one act")
struct HouseholderTests {
    private let path = "/v1/households/\(Sample.id(1))"
    private func member(_ number: Int) -> String { path + "/members/\(Sample.id(number))" }

    /// Husband 11, wife 12, son 13.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(3))
        return (county, try county.as(.clerkA))
    }

    private func named(_ number: Int, _ relation: String) -> JSON {
        ["id": .string(Sample.id(number)), "relation": .string(relation)]
    }

    private func heads(_ session: Session, on day: String) throws -> [String?] {
        try session.get(path + "?on=\(day)").json["members"].list
            .filter { $0["relation"]?.string == "householder" }.map { $0["name"]?.string }
    }

    @Test("a householder dies, and in the same body the wife follows from that day on")
    func dies() throws {
        let (county, session) = try county()
        let answer = try session.patch(
            member(11), version: 1,
            ["leftOn": "2026-02-10", "leftReason": "death", "members": [named(12, "householder")]])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["householderName"].string == "李示例")
        #expect(answer.json["version"].integer == 2)
        #expect(try heads(session, on: "2026-02-09") == ["陈示例"])
        #expect(try heads(session, on: "2026-02-10") == ["李示例"])
        #expect(try county.faults() == [])
    }

    @Test("the same act through the household: leaving, following, and what the others are to whoever follows")
    func diesThroughHousehold() throws {
        let (county, session) = try county()
        let answer = try session.patch(
            path, version: 1,
            [
                "effectiveOn": "2026-02-01",
                "members": [
                    ["id": .string(Sample.id(11)), "leftOn": "2026-02-10", "leftReason": "death"],
                    named(13, "householder"), named(12, "mother"),
                ],
            ])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["householderName"].string == "陈小示")
        #expect(try heads(session, on: "2026-02-05") == ["陈示例"])
        #expect(try heads(session, on: "2026-02-10") == ["陈小示"])
        #expect(try county.faults() == [])
    }

    @Test("two change places in one body, whichever of them is named first", arguments: [[12, 11], [11, 12]])
    func exchange(_ order: [Int]) throws {
        let (county, session) = try county()
        let relations = [11: "spouse", 12: "householder"]
        let first = order[0]
        let second = order[1]
        let answer = try session.patch(
            member(first), version: 1,
            ["relation": .string(relations[first] ?? ""), "members": [named(second, relations[second] ?? "")]])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["householderName"].string == "李示例")
        #expect(try heads(session, on: "2026-03-01") == ["陈示例"])
        #expect(try county.faults() == [])
    }

    @Test("what is missing is said by name")
    func missing() throws {
        let (county, session) = try county()
        let before = try county.digest()
        let left = try session.patch(member(11), version: 1, ["leftOn": "2026-02-10", "leftReason": "death"])
        #expect(left.errors == ["/members no-householder"])
        #expect(left.text.contains("李示例"))
        #expect(left.text.contains(Sample.id(13)))
        let taken = try session.patch(member(12), version: 1, ["relation": "householder"])
        #expect(taken.errors == ["/members several-householders"])
        #expect(taken.text.contains("陈示例"))
        let unknown = try session.patch(path, version: 1, ["members": [named(99, "son")]])
        #expect(unknown.errors == ["/members/0/id unknown-member"], "\(unknown.text)")
        let twice = try session.patch(
            member(11), version: 1, ["relation": "father", "members": [named(11, "householder")]])
        #expect(twice.errors == ["/members/0/id repeated"], "\(twice.text)")
        let halved = try session.patch(
            path, version: 1, ["members": [["id": .string(Sample.id(11)), "leftOn": "2026-02-10"]]])
        #expect(halved.errors == ["/members/0/leftReason required"], "\(halved.text)")
        #expect(try county.digest() == before)
    }

    @Test("two proposals of tablets, that he died and that she follows, are decided together")
    func proposals() throws {
        let (county, session) = try county()
        let leaves = try county.propose(
            1,
            Sample.proposal([
                ("memberLeaves"): [
                    "memberId": .string(Sample.id(11)), "leftOn": "2026-02-10", "leftReason": "death",
                ]
            ]))
        try county.propose(
            2,
            Sample.proposal([
                ("member"): ["memberId": .string(Sample.id(12)), "changes": ["relation": "householder"]]
            ]))
        let both: [JSON] = [Sample.accept("leftOn"), Sample.accept("leftReason")]
        let alone = try session.patch(leaves, version: 1, ["decisions": .array(both)])
        #expect(alone.errors == ["/decisions no-householder"], "\(alone.text)")
        let together = try session.patch(
            leaves, version: 1,
            [
                "decisions": .array(both),
                "together": [
                    ["proposalId": .string(Sample.id(2)), "decisions": [Sample.accept("relation")]]
                ],
            ])
        #expect(together.status == 200, "\(together.text)")
        #expect(try session.get(Sample.path(ofProposal: 2)).json["state"].string == "decided")
        #expect(try heads(session, on: "2026-02-10") == ["李示例"])
        #expect(try county.faults() == [])
    }

    @Test("what is decided together is of one household, and each proposal once")
    func strayProposals() throws {
        let (county, session) = try county()
        try county.make(2, Sample.household("H2", members: [Sample.member("王示例", id: Sample.id(21))]))
        let one = try county.propose(1, Sample.proposal([("changes"): ["mainCause": "illness"]]))
        try county.propose(2, Sample.proposal(of: 2, [("changes"): ["mainCause": "illness"]]))
        let before = try county.digest()
        for other in [2, 1, 77] {
            let answer = try session.patch(
                one, version: 1,
                [
                    "decisions": [Sample.accept("mainCause")],
                    "together": [
                        ["proposalId": .string(Sample.id(other)), "decisions": [Sample.accept("mainCause")]]
                    ],
                ])
            #expect(answer.errors.first?.hasPrefix("/together/0/proposalId") == true, "\(answer.text)")
        }
        #expect(try county.digest() == before)
    }

    // MARK: Files

    private static let head =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,leftOn,leftReason"
    private static func row(_ name: String, _ relation: String, _ sex: String, _ born: String, _ left: String) -> String
    {
        "\(Place.villageA1),H1,general,lack-of-technology,\(name),\(relation),\(sex),\(born),\(left)"
    }

    @Test(
        "rows say in any order that he died and she follows, from the day of his death on",
        arguments: [[0, 1, 2], [1, 0, 2], [2, 1, 0]], ["each", "atomic"])
    func file(_ order: [Int], _ mode: String) throws {
        let (county, _) = try county()
        let session = try county.as(.administrator)
        let rows = [
            Self.row("陈示例", "householder", "male", "1980-05-06", "2026-02-10,死亡"),
            Self.row("李示例", "householder", "female", "1980-05-06", ","),
            Self.row("陈小示", "son", "male", "2005-01-01", ","),
        ]
        let content = ([Self.head] + order.map { rows[$0] }).joined(separator: "\n") + "\n"
        let job = try session.importFile(5, "kind=households&mode=\(mode)", content)
        #expect(job.counts.last == 0, "\((try? session.report(5)) ?? [])")
        #expect(try heads(session, on: "2026-02-09") == ["陈示例"])
        #expect(try heads(session, on: "2026-02-10") == ["李示例"])
        let again = try session.importFile(6, "kind=households&mode=\(mode)", content)
        #expect(again.counts == [0, 0, 3, 0, 0], "\((try? session.report(6)) ?? [])")
        #expect(try session.undo(5)["state"]?.string == "undone")
        #expect(try heads(session, on: County.today) == ["陈示例"])
        #expect(try county.faults() == [])
    }
}
