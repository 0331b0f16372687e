// What a visit brings beside itself: proposals and needs are written with it, or not at all.

import Testing

@testable import Contact
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("What visits bring")
struct ProposalVisitTests {
    private static func take(
        _ county: County, _ number: Int, _ body: JSON, as person: Person = .tabletA1
    ) throws -> VisitOutcome {
        let token = try required(county.as(person).token)
        let root = try JSONDocument(Array(body.text.utf8)).root
        let id = try required(Identifier(Sample.id(number)))
        let now = county.clock.now
        return try county.register.perform { transaction in
            let caller = try required(Caller.authenticate(token.utf8, at: now, transaction.connection))
            var reader = ObjectReader(root)
            let draft = VisitDraft(&reader, id: id, codes: transaction.register.codeLists, receivedAt: now)
            do throws(InvalidBody) {
                try reader.finish()
            } catch {
                return .rejected(error.errors)
            }
            let content = VisitContent(root, transaction.register.keys)
            return try VisitIntake(caller: caller).take(
                draft, content: content.bytes, contentHash: content.hash, transaction)
        }
    }

    private static func visit(_ parts: KeyValuePairs<String, JSON>) -> JSON {
        JSON.object([
            ("householdId", .string(Sample.id(1))), ("kind", "home-visit"), ("occurredAt", "2026-02-24T02:00:00Z"),
        ]).with(parts)
    }

    private static let observation: JSON = [
        "id": .string(Sample.id(901)), "baseVersion": 1,
        "changes": ["willingness": "industry", "phone": "13912345678"],
    ]
    private static let need: JSON = ["id": .string(Sample.id(902)), "kind": "road", "text": "修路"]

    @Test("a visit brings proposals and needs, once, with its day")
    func together() throws {
        let county = try County()
        try county.makeThree()
        let body = Self.visit(["observations": [Self.observation], "needs": [Self.need]])
        #expect(try Self.take(county, 700, body) == .created(version: 1))
        let before = try county.digest()
        #expect(try Self.take(county, 700, body) == .replayed(version: 1))
        #expect(try county.digest() == before)
        let clerk = try county.as(.clerkA)
        let proposal = try clerk.get(Sample.path(ofProposal: 901)).json
        #expect(proposal["visitId"].string == Sample.id(700))
        #expect(proposal["effectiveOn"].string == "2026-02-24")
        #expect(proposal["recordedBy"]["name"].string == "tabletA1")
        let need = try clerk.get(Sample.path(ofNeed: 902)).json
        #expect(need["voicedOn"].string == "2026-02-24")
        #expect(need["channel"].string == "visit")
        #expect(try clerk.get("/v1/needs?visitId=\(Sample.id(700))").items.count == 1)
        #expect(try clerk.get("/v1/change-proposals?visitId=\(Sample.id(700))").items.count == 1)
        let accepted = try clerk.patch(
            Sample.path(ofProposal: 901), version: 1, ["decisions": [Sample.accept("willingness")]])
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(
            try clerk.get("/v1/households/\(Sample.id(1))?on=2026-02-23").json["willingness"] == nil)
        #expect(try county.faults() == [])
    }

    @Test("one wrong observation or need refuses the visit at its place, and nothing is written")
    func refusals() throws {
        let county = try County()
        try county.makeThree()
        try county.propose(901, Sample.proposal(["changes": ["labour": "weak"]]))
        let before = try county.digest()
        let wrong = Self.observation.with(["id": .string(Sample.id(903))])
        let cases: [(JSON, [String])] = [
            (
                Self.visit(["observations": [wrong.with(["baseVersion": 9])]]),
                ["/observations/0/baseVersion unknown-version"]
            ),
            (
                Self.visit(["observations": [wrong, wrong.with(["changes": ["mainCause": "x"]])]]),
                ["/observations/1/changes/mainCause unknown-code"]
            ),
            (Self.visit(["observations": [wrong, wrong]]), ["/observations/1/id repeated"]),
            (Self.visit(["observations": [Self.observation]]), ["/observations/0/id id-reused"]),
            (Self.visit(["needs": [Self.need.with(["kind": "x"])]]), ["/needs/0/kind unknown-code"]),
            (
                Self.visit([
                    "observations": [
                        wrong.with([
                            "changes": .omitted,
                            "member": ["memberId": .string(Sample.id(102)), "changes": ["health": "healthy"]],
                        ])
                    ]
                ]), ["/observations/0/member/memberId unknown-member"]
            ),
        ]
        for (index, (body, errors)) in cases.enumerated() {
            guard case .rejected(let found) = try Self.take(county, 700 + index, body) else {
                Issue.record("taken: \(body.text)")
                continue
            }
            #expect(found.map { "\($0.pointer) \($0.code)" } == errors, "\(body.text)")
        }
        #expect(try county.digest() == before)
    }

    @Test("a correction that repeats what its record brought adds nothing, and what it says otherwise stands beside")
    func corrections() throws {
        let county = try County()
        try county.makeThree()
        let body = Self.visit(["observations": [Self.observation], "needs": [Self.need]])
        #expect(try Self.take(county, 700, body) == .created(version: 1))
        let corrects: JSON = .string(Sample.id(700))
        #expect(try Self.take(county, 701, body.with(["correctsVisitId": corrects])) == .created(version: 1))
        #expect(try county.count("need") == 1)
        #expect(try county.count("change_proposal") == 1)
        let other = body.with([
            "correctsVisitId": .string(Sample.id(701)), "needs": [Self.need.with(["text": "修桥"])],
        ])
        #expect(try Self.take(county, 702, other) == .created(version: 1))
        #expect(try county.count("need") == 2)
        #expect(try county.count("change_proposal") == 1)
        #expect(try county.faults() == [])
    }

    @Test("a village's visit brings needs of the village, and no proposals")
    func villages() throws {
        let county = try County()
        let body = Self.visit([
            "householdId": .omitted, "villageCode": .string(Place.villageA1), "needs": [Self.need],
        ])
        #expect(try Self.take(county, 700, body) == .created(version: 1))
        let need = try county.as(.workerA1).get(Sample.path(ofNeed: 902)).json
        #expect(need["villageCode"].string == Place.villageA1)
        #expect(need["householdId"] == nil)
        guard case .rejected(let errors) = try Self.take(county, 701, body.with(["observations": [Self.observation]]))
        else {
            Issue.record("a proposal of a village")
            return
        }
        #expect(errors.map(\.code) == [.notForKind])
        #expect(try county.faults() == [])
    }
}
