// A family's split as a tablet proposes it: decided by a clerk, carried out as any split.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("A proposed split")
struct ProposedSplitTests {
    private let origin = "/v1/households/\(Sample.id(1))"

    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.family(3, splits: true))
        return (county, try county.as(.clerkA))
    }

    private func split(_ going: [(Int, String)], _ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
        let members = going.map { JSON.object([("id", .string(Sample.id($0.0))), ("relation", .string($0.1))]) }
        return JSON.object([("archiveNumber", "H2"), ("members", .array(members))]).with(more)
    }

    @Test("what a tablet proposes is carried out when a clerk accepts it, on the day on which it happened")
    func accepted() throws {
        let (county, session) = try county()
        let path = try county.propose(
            1,
            Sample.proposal([
                "happenedOn": "2026-02-10", "split": split([(13, "householder")], ["id": .string(Sample.id(2))]),
            ]))
        #expect(try session.get("/v1/change-proposals?state=open").items.count == 1)
        #expect(try session.get(origin).json["members"].list.count == 3)
        let accepted = try session.patch(path, version: 1, ["decisions": [Sample.accept("split")]])
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(accepted.json["state"].string == "decided")
        let new = try session.get("/v1/households/\(Sample.id(2))").json
        #expect(new["splitFromId"].string == Sample.id(1))
        #expect(new["householderName"].string == "陈小示")
        #expect(new["members"][0]["joinedOn"].string == "2026-02-10")
        #expect(new["members"][0]["identityState"].string == "verified")
        #expect(try session.get(origin).json["splitIntoIds"][0].string == Sample.id(2))
        #expect(try session.get(origin + "?on=2026-02-10").json["members"].list.count == 2)
        #expect(try county.faults() == [])
    }

    @Test("who follows as householder stands in it, or is asked for; refused it changes nothing")
    func remaining() throws {
        let (county, session) = try county()
        let missing = try county.propose(1, Sample.proposal(["split": split([(11, "householder")])]))
        let before = try county.digest()
        let answer = try session.patch(missing, version: 1, ["decisions": [Sample.accept("split")]])
        #expect(answer.errors == ["/decisions/0 no-householder"], "\(answer.text)")
        #expect(try county.digest() == before)
        let refused = try session.patch(missing, version: 1, ["decisions": [Sample.refuse("split")]])
        #expect(refused.status == 200, "\(refused.text)")
        let whole = try county.propose(
            2,
            Sample.proposal([
                "split": split(
                    [(11, "householder")],
                    ["remaining": [["id": .string(Sample.id(12)), "relation": "householder"]]])
            ]))
        let accepted = try session.patch(whole, version: 1, ["decisions": [Sample.accept("split")]])
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(try session.get(origin).json["householderName"].string == "李示例")
        #expect(try county.faults() == [])
    }

    @Test("what is wrong with a proposed split is refused at its field")
    func refusals() throws {
        let (county, _) = try county()
        let tablet = try county.as(.tabletA1)
        func errors(_ split: JSON) throws -> [String] {
            try tablet.put(Sample.path(ofProposal: 9), Sample.proposal(["split": split])).errors
        }
        #expect(try errors(split([(99, "householder")])) == ["/split/members/0/id unknown-member"])
        #expect(try errors(split([(13, "householder")], ["phone": "13800001234"])) == ["/split/phone not-for-kind"])
        #expect(
            try errors(
                split(
                    [(13, "householder")],
                    ["remaining": [["id": .string(Sample.id(12)), "identityNumber": .string(Sample.identityNumber())]]])
            )
                == ["/split/remaining/0/identityNumber not-for-kind"])
        #expect(try errors(split([])) == ["/split/members too-few"])
        let both = try tablet.put(
            Sample.path(ofProposal: 9),
            Sample.proposal(["changes": ["mainCause": "illness"], "split": split([(13, "householder")])]))
        #expect(both.errors == ["/split only-one"], "\(both.text)")
    }
}
