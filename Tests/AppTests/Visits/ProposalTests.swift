// Change proposals: what was seen, field by field beside the archive, and what becomes of it when a person decides.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Change proposals")
struct ProposalTests {
    private static let household = "/v1/households/\(Sample.id(1))"

    private static func decide(_ session: Session, _ path: String, version: Int, _ decisions: JSON...) throws -> Answer
    {
        try session.patch(path, version: version, ["decisions": .array(decisions)])
    }

    @Test("different fields merge whatever version they were based on, and the household's history names the proposal")
    func merging() throws {
        let county = try County()
        try county.makeThree()
        let first = try county.propose(
            901, Sample.proposal(["changes": ["willingness": "industry", "povertyDepth": nil]]))
        #expect(
            try county.fields(first) == ["willingness null>industry (null) open", "povertyDepth null>null (null) open"])
        let clerk = try county.as(.clerkA)
        #expect(try clerk.patch(Self.household, version: 1, ["mainCause": "illness"]).status == 200)
        let second = try county.propose(
            902,
            Sample.proposal(["happenedOn": "2026-02-20", "changes": ["selfCare": false, "otherCauses": ["disaster"]]]))
        #expect(
            try county.fields(second) == ["selfCare true>false (true) open", "otherCauses []>[\"disaster\"] ([]) open"])
        let accepted = try Self.decide(
            clerk, first, version: 1, Sample.accept("willingness"), Sample.refuse("povertyDepth"))
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(accepted.versionTag == "v2", "\(accepted.text)")
        #expect(accepted.json["state"].string == "decided")
        let both = try Self.decide(clerk, second, version: 1, Sample.accept("selfCare"), Sample.accept("otherCauses"))
        #expect(both.status == 200, "\(both.text)")
        let now = try clerk.get(Self.household).json
        #expect(now["mainCause"].string == "illness")
        #expect(now["willingness"].string == "industry")
        #expect(now["selfCare"].boolean == false)
        #expect(now["otherCauses"].list.compactMap(\.string) == ["disaster"])
        #expect(try clerk.get(Self.household + "?on=2026-02-19").json["selfCare"].boolean == true)
        #expect(try clerk.get(Self.household + "?on=2026-02-20").json["selfCare"].boolean == false)
        let trail = try clerk.get(Self.household + "/history").items.compactMap { $0["after"]?["proposalId"]?.string }
        #expect(trail == [Sample.id(902), Sample.id(901)])
        #expect(try county.faults() == [])
    }

    @Test("a field that has changed since is shown with both values, and overwritten only by naming what stands there")
    func changedField() throws {
        let county = try County()
        try county.makeThree()
        let path = try county.propose(901, Sample.proposal(["changes": ["mainCause": "illness", "labour": "weak"]]))
        let clerk = try county.as(.clerkA)
        #expect(try clerk.patch(Self.household, version: 1, ["mainCause": "disaster"]).status == 200)
        #expect(
            try county.fields(path).first == "mainCause lack-of-technology>illness (disaster) open contested")
        #expect(try clerk.get("/v1/change-proposals?isContested=true").items.count == 1)
        let before = try county.digest()
        let refused = try Self.decide(clerk, path, version: 1, Sample.accept("labour"), Sample.accept("mainCause"))
        #expect(refused.status == 409, "\(refused.text)")
        #expect(refused.problem == "field-changed", "\(refused.text)")
        #expect(refused.errors == ["/decisions/1/over field-changed"])
        #expect(refused.text.contains("disaster"))
        #expect(refused.text.contains("illness"))
        let wrong = try Self.decide(
            clerk, path, version: 1, Sample.accept("mainCause").with(["over": "lack-of-technology"]))
        #expect(wrong.problem == "field-changed")
        #expect(try county.digest() == before)
        let accepted = try Self.decide(
            clerk, path, version: 1, Sample.accept("mainCause").with(["over": "disaster", "reason": "已核实"]))
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(accepted.json["fields"][0]["replaced"]?.string == "disaster")
        #expect(try clerk.get(Self.household).json["mainCause"].string == "illness")
        #expect(accepted.json["state"].string == "open")
        #expect(
            try Self.decide(clerk, path, version: 2, Sample.accept("mainCause")).errors
                == ["/decisions/0/field already-decided"])
        let late = try county.propose(
            902, Sample.proposal(base: 2, ["changes": ["mainCause": "lack-of-funds"]]), as: .workerA1)
        #expect(try county.fields(late) == ["mainCause disaster>lack-of-funds (illness) open contested"])
        #expect(try county.faults() == [])
    }

    @Test(
        "two open proposals for one field are each shown the other's value, and neither overwrites the other silently")
    func rivals() throws {
        let county = try County()
        try county.makeThree()
        let first = try county.propose(901, Sample.proposal(["changes": ["mainCause": "illness"]]))
        let same = try county.propose(902, Sample.proposal(["changes": ["mainCause": "illness"]]), as: .workerA1)
        #expect(try county.as(.clerkA).get(first).json["isContested"].boolean == false)
        let other = try county.propose(903, Sample.proposal(["changes": ["mainCause": "disaster"]]), as: .workerA1)
        let clerk = try county.as(.clerkA)
        let shown = try clerk.get(first).json["fields"][0]
        #expect(shown["isContested"].boolean == true)
        #expect(shown["hasChanged"].boolean == false)
        #expect(
            shown["others"].list.map { "\($0["proposalId"]?.string ?? "") \($0["proposed"]?.string ?? "")" } == [
                "\(Sample.id(903)) disaster"
            ])
        #expect(try clerk.get("/v1/change-proposals?isContested=true").items.count == 3)
        #expect(try Self.decide(clerk, first, version: 1, Sample.accept("mainCause")).status == 200)
        #expect(try Self.decide(clerk, other, version: 1, Sample.accept("mainCause")).problem == "field-changed")
        #expect(
            try Self.decide(clerk, same, version: 1, Sample.accept("mainCause")).status == 200, "it says so already")
        #expect(try clerk.get(Self.household).json["version"].integer == 2)
        #expect(try clerk.get("/v1/change-proposals?state=open").items.count == 1)
    }

    @Test("a member changes, is born, and dies by proposals, with the rules of the archive")
    func members() throws {
        let county = try County()
        try county.makeThree()
        let clerk = try county.as(.clerkA)
        let number = Sample.identityNumber(born: "2026-02-18", 7)
        let born: JSON = [
            "id": .string(Sample.id(301)), "name": "陈小宝", "relation": "son", "sex": "male",
            "identityNumber": .string(number), "ethnicity": "01", "health": "healthy", "joinReason": "birth",
        ]
        let birth = try county.propose(901, Sample.proposal(["happenedOn": "2026-02-18", "newMember": born]))
        #expect(try !clerk.get(birth).text.contains(number))
        let accepted = try Self.decide(clerk, birth, version: 1, Sample.accept("newMember"))
        #expect(accepted.status == 200, "\(accepted.text)")
        let child = try required(clerk.get(Self.household).json["members"].list.last)
        #expect(child["name"]?.string == "陈小宝")
        #expect(child["identityState"]?.string == "verified")
        #expect(child["joinedOn"]?.string == "2026-02-18")
        let ill = try county.propose(
            902,
            Sample.proposal(
                base: 2, ["member": ["memberId": .string(Sample.id(301)), "changes": ["health": "disabled"]]]))
        #expect(try county.fields(ill) == ["health healthy>disabled (healthy) open"])
        #expect(try Self.decide(clerk, ill, version: 1, Sample.accept("health")).status == 200)
        let death = try county.propose(
            903,
            Sample.proposal(
                base: 3,
                ["memberLeaves": ["memberId": .string(Sample.id(301)), "leftOn": "2026-03-01", "leftReason": "death"]]))
        #expect(try county.fields(death).count == 2)
        let before = try county.digest()
        let half = try Self.decide(clerk, death, version: 1, Sample.accept("leftOn"))
        #expect(half.status == 422, "a day without a reason")
        #expect(try county.digest() == before)
        let left = try Self.decide(clerk, death, version: 1, Sample.accept("leftOn"), Sample.accept("leftReason"))
        #expect(left.status == 200, "\(left.text)")
        #expect(try clerk.get(Self.household).json["memberCount"].integer == 1)
        let head = try county.propose(
            904,
            Sample.proposal(
                base: 4,
                [
                    "member": [
                        "memberId": .string(Sample.id(101)),
                        "changes": ["relation": "son", "labourCapacity": "lost", "birthDate": "2030-01-01"],
                    ]
                ]))
        let digest = try county.digest()
        let broken = try Self.decide(
            clerk, head, version: 1, Sample.accept("relation"), Sample.accept("birthDate"),
            Sample.accept("labourCapacity"))
        #expect(broken.status == 422, "\(broken.text)")
        #expect(broken.errors.count >= 2, "\(broken.text)")
        #expect(try county.digest() == digest)
        #expect(try county.faults() == [])
    }

    @Test(
        "numbers of people are sealed: no table, answer, history or log line has them; accepted, they are the archive's"
    )
    func sealedNumbers() throws {
        let county = try County()
        try county.makeThree()
        let phone = "13912345678"
        let number = Sample.identityNumber(9)
        let clerk = try county.as(.clerkA)
        let first = try county.propose(901, Sample.proposal(["changes": ["phone": "139 1234 5678"]]))
        let second = try county.propose(
            902,
            Sample.proposal([
                "member": ["memberId": .string(Sample.id(101)), "changes": ["identityNumber": .string(number)]]
            ]))
        #expect(try county.fields(first) == ["phone null>*******5678 (null) open"])
        let rival = try county.propose(903, Sample.proposal(["changes": ["phone": "13900005678"]]), as: .workerA1)
        #expect(try clerk.get(first).json["isContested"].boolean == true, "one mask, two numbers")
        #expect(try Self.decide(clerk, first, version: 1, Sample.accept("phone")).status == 200)
        #expect(try Self.decide(clerk, rival, version: 1, Sample.accept("phone")).problem == "field-changed")
        let accepted = try Self.decide(clerk, second, version: 1, Sample.accept("identityNumber"))
        #expect(accepted.status == 200, "\(accepted.text)")
        let id = try required(Identifier(Sample.id(1)))
        let sealed = try required(
            county.query("SELECT phone_sealed FROM household ORDER BY household_number LIMIT 1") { $0.blob(0) }.first)
        #expect(try county.register.keys.open(sealed, for: SealedPlace("household.phone", id)) == phone)
        #expect(try clerk.get(Self.household).json["members"][0]["identityState"]?.string == "verified")
        let tables = try county.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ) { $0.text(0) }
        for table in tables {
            let rows = try county.query("SELECT * FROM \"\(table)\"") { row in
                (0..<row.columnCount).map { "\(row.value($0))" }.joined(separator: "|")
            }
            #expect(!rows.contains { $0.contains(phone) || $0.contains(number) }, "\(table)")
        }
        #expect(try !county.requestLines().contains(phone))
        #expect(!county.log.all.contains { $0.contains(phone) || $0.contains(number) })
        let feed = try clerk.get("/v1/changes?include=record&entity=change-proposals")
        #expect(feed.items.count == 5)
        #expect(!feed.text.contains(phone))
    }

    @Test("what is wrong with a proposal is told at its place, all at once, and nothing is changed")
    func refusals() throws {
        let county = try County()
        try county.makeThree()
        let path = Sample.path(ofProposal: 901)
        let tablet = try county.as(.tabletA1)
        let before = try county.digest()
        let cases: [(JSON, [String])] = [
            (Sample.proposal([:]), ["/changes required"]),
            (Sample.proposal(["changes": [:]]), ["/changes too-few"]),
            (
                Sample.proposal(["changes": ["mainCause": "x", "colour": "red"]]),
                ["/changes/mainCause unknown-code", "/changes/colour unknown-field"]
            ),
            (Sample.proposal(["changes": ["effectiveOn": "2026-01-01"]]), ["/changes/effectiveOn unknown-field"]),
            (
                Sample.proposal(["changes": ["phone": "abc"], "happenedOn": "2026-03-03"]),
                ["/happenedOn in-future", "/changes/phone not-a-phone-number"]
            ),
            (
                Sample.proposal(["changes": ["labour": "weak"], "newMember": Sample.member("甲", relation: "son")]),
                ["/newMember only-one"]
            ),
            (Sample.proposal(base: 2, ["changes": ["labour": "weak"]]), ["/baseVersion unknown-version"]),
            (
                Sample.proposal(["member": ["memberId": .string(Sample.id(102)), "changes": ["health": "healthy"]]]),
                ["/member/memberId unknown-member"]
            ),
            (Sample.proposal(["member": ["memberId": .string(Sample.id(101))]]), ["/member/changes required"]),
            (
                Sample.proposal(["changes": ["labour": "weak"], "visitId": .string(Sample.id(7))]),
                ["/visitId unknown-visit"]
            ),
            (Sample.proposal(of: 2, ["changes": ["labour": "weak"]]), ["/householdId unknown-household"]),
            (
                Sample.proposal([
                    "newMember": ["name": "甲", "relation": "son", "sex": "male", "identityNumber": "4.50923E+17"]
                ]), ["/newMember/identityNumber scientific-notation"]
            ),
        ]
        for (body, errors) in cases {
            let answer = try tablet.put(path, body)
            #expect(answer.status == 422, "\(body.text): \(answer.errors)")
            #expect(answer.errors == errors, "\(body.text): \(answer.errors)")
        }
        #expect(try county.digest() == before)
    }

    @Test("a proposal is made once, seen within the area, decided by clerks, and taken back by whoever made it")
    func rightsAndReplay() throws {
        let county = try County()
        try county.makeThree()
        let body = Sample.proposal(["changes": ["labour": "weak"], "note": "年老体弱"])
        let path = try county.propose(901, body)
        let tablet = try county.as(.tabletA1)
        #expect(try county.as(.clerkB).get("/v1/change-proposals?count=true").json["total"].integer == 0)
        let listed = try county.as(.auditor).get("/v1/change-proposals?householdId=\(Sample.id(1))").items
        #expect(listed.first?["fieldNames"].list.compactMap(\.string) == ["labour"])
        #expect(listed.first?["recordedBy"]["name"].string == "tabletA1")
        #expect(try Self.decide(tablet, path, version: 1, Sample.accept("labour")).status == 403)
        let clerk = try county.as(.clerkA)
        let before = try county.digest()
        #expect(try clerk.patch(path, version: 1, ["withdrawn": true]).status == 403)
        #expect(try clerk.patch(path, version: 1, [:]).errors == ["/decisions required"])
        #expect(
            try Self.decide(
                clerk, path, version: 1, Sample.accept("health"), Sample.refuse("labour"), Sample.refuse("labour")
            ).errors
                == ["/decisions/0/field unknown-field", "/decisions/2/field repeated"])
        #expect(try county.digest() == before)
        let withdrawn = try tablet.patch(path, version: 1, ["withdrawn": true])
        #expect(withdrawn.json["state"].string == "withdrawn")
        #expect(withdrawn.versionTag == "v2")
        #expect(try Self.decide(clerk, path, version: 2, Sample.accept("labour")).status == 422)
        #expect(try clerk.get(Self.household).json["version"].integer == 1)
    }

    @Test("proposals and needs go where their household goes with the version they had, and followers are told")
    func moving() throws {
        let county = try County()
        try county.makeThree()
        let path = try county.propose(901, Sample.proposal(["changes": ["labour": "weak"]]))
        let administrator = try county.as(.administrator)
        #expect(try administrator.put(Sample.path(ofNeed: 902), Sample.need()).status == 201)
        let moved = try administrator.patch(Self.household, version: 1, ["villageCode": .string(Place.villageB1)])
        #expect(moved.status == 200)
        for target in [path, Sample.path(ofNeed: 902)] {
            #expect(try county.as(.clerkB).get(target).versionTag == "v1")
            #expect(try county.as(.clerkA).get(target).status == 404)
        }
        #expect(try county.as(.clerkB).get("/v1/change-proposals").items.count == 1)
        let told = try county.as(.clerkA).get("/v1/changes?entity=change-proposals,needs").items
        #expect(told.suffix(2).compactMap { $0["operation"]?.string } == ["left", "left"])
        #expect(try Self.decide(county.as(.clerkB), path, version: 1, Sample.accept("labour")).status == 200)
        let back = try county.propose(
            903, Sample.proposal(base: 3, ["changes": ["villageCode": .string(Place.villageA1)]]), as: .administrator)
        let accepted = try Self.decide(administrator, back, version: 1, Sample.accept("villageCode"))
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(accepted.versionTag == "v2", "\(accepted.text)")
        #expect(try county.as(.clerkA).get(back).status == 200)
        #expect(try county.faults() == [])
    }
}
