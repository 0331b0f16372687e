// What is told late holds until the next thing that is known of the same, the answer lists what it changes, and what
// was told of later days is wiped only where that is asked for.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Told late")
struct LateTellingTests {
    private let path = "/v1/households/\(Sample.id(1))"

    /// Registered in 2016, lifted on 2026-02-01, returned on 2026-02-20.
    private func county() throws -> (County, Session) {
        let county = try County()
        try county.make(1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]))
        let session = try county.as(.clerkA)
        for (version, (state, day)) in [("lifted", "2026-02-01"), ("returned", "2026-02-20")].enumerated() {
            county.clock.advance(milliseconds: 1_000)
            let answer = try session.patch(
                path, version: version + 1, ["state": .string(state), "effectiveOn": .string(day)])
            #expect(answer.status == 200, "\(answer.text)")
        }
        county.clock.advance(milliseconds: 1_000)
        return (county, session)
    }

    private func states(_ session: Session) throws -> [String?] {
        try ["2026-01-09", "2026-01-10", "2026-01-31", "2026-02-01", "2026-02-19", "2026-02-20", County.today].map {
            try session.get(path + "?on=\($0)").json["state"].string
        }
    }

    /// `field from-to before>after` of an answer.
    private func retold(_ answer: Answer) -> [String] {
        answer.json["retold"].list.map { span in
            func text(_ name: String) -> String { span[name]?.string ?? "" }
            return "\(text("field")) \(text("from"))-\(text("to")) \(text("before"))>\(text("after"))"
        }
    }

    @Test("a state told late holds until the next one that is known, and the answer lists what it changes")
    func untilTheNext() throws {
        let (county, session) = try county()
        let answer = try session.patch(path, version: 3, ["state": "preparing", "effectiveOn": "2026-01-10"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["state"].string == "returned")
        #expect(
            retold(answer) == [
                "state 2026-01-10-2026-02-01 registered>preparing",
                "stateSince 2026-01-10-2026-02-01 2016-01-01>2026-01-10",
            ])
        #expect(
            try states(session) == [
                "registered", "preparing", "preparing", "lifted", "lifted", "returned", "returned",
            ])
        #expect(
            try session.get("/v1/statistics/households?on=2026-01-15").json["state"][0]["code"].string == "preparing")
        #expect(try county.faults() == [])
    }

    @Test("what was told of later days is wiped where that is asked for")
    func wiped() throws {
        let (county, session) = try county()
        let answer = try session.patch(
            path, version: 3, ["state": "preparing", "effectiveOn": "2026-01-10", "replacesLater": true])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["state"].string == "preparing")
        #expect(retold(answer).contains("state 2026-02-20- returned>preparing"), "\(answer.text)")
        #expect(
            try states(session) == [
                "registered", "preparing", "preparing", "preparing", "preparing", "preparing", "preparing",
            ])
        #expect(try county.faults() == [])
    }

    @Test("the same state told of an earlier day begins then, and stays what it was later")
    func sameStateEarlier() throws {
        let (county, session) = try county()
        let answer = try session.patch(path, version: 3, ["state": "lifted", "effectiveOn": "2026-01-10"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try session.get(path + "?on=2026-02-10").json["stateSince"].string == "2026-01-10")
        #expect(
            try states(session) == ["registered", "lifted", "lifted", "lifted", "lifted", "returned", "returned"])
        #expect(try county.faults() == [])
    }

    @Test("what is told late as it is now still changes the days before")
    func equalToNow() throws {
        let (county, session) = try county()
        let answer = try session.patch(path, version: 3, ["state": "returned", "effectiveOn": "2026-02-10"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["version"].integer == 4)
        #expect(try session.get(path + "?on=2026-02-15").json["state"].string == "returned")
        #expect(try session.get(path + "?on=2026-02-09").json["state"].string == "lifted")
        #expect(try session.get(path).json["stateSince"].string == "2026-02-10")
        #expect(try county.faults() == [])
    }

    @Test("a fact of a member told late holds until the next one too")
    func members() throws {
        let (county, session) = try county()
        let member = path + "/members/\(Sample.id(11))"
        #expect(
            try session.patch(member, version: 3, ["health": "disabled", "effectiveOn": "2026-02-15"]).status == 200)
        county.clock.advance(milliseconds: 1_000)
        let late = try session.patch(member, version: 4, ["health": "chronic-illness", "effectiveOn": "2026-01-15"])
        #expect(late.status == 200, "\(late.text)")
        #expect(retold(late) == ["health 2026-01-15-2026-02-15 healthy>chronic-illness"])
        #expect(late.json["retold"][0]["memberId"].string == Sample.id(11))
        #expect(late.json["members"][0]["health"].string == "disabled")
        func health(_ day: String) throws -> String? {
            try session.get(path + "?on=\(day)").json["members"][0]["health"].string
        }
        #expect(
            try ["2026-01-14", "2026-01-15", "2026-02-14", "2026-02-15"].map(health) == [
                "healthy", "chronic-illness", "chronic-illness", "disabled",
            ])
        #expect(try county.faults() == [])
    }

    @Test("leaving that is told on another day, or taken back, was never on the former one")
    func leavingCorrected() throws {
        let county = try County()
        try county.make(
            1,
            Sample.household(
                "H1",
                members: [
                    Sample.member("陈示例", id: Sample.id(11)),
                    Sample.member("陈小示", relation: "son", id: Sample.id(12)),
                ]))
        let session = try county.as(.clerkA)
        let member = path + "/members/\(Sample.id(12))"
        func count(_ day: String) throws -> Int { try session.get(path + "?on=\(day)").json["members"].list.count }
        #expect(
            try session.patch(member, version: 1, ["leftOn": "2026-02-10", "leftReason": "marriage"]).status == 200)
        #expect(try session.patch(member, version: 2, ["leftOn": "2026-02-20"]).status == 200)
        #expect(try [count("2026-02-15"), count("2026-02-20")] == [2, 1])
        #expect(try session.patch(member, version: 3, ["leftOn": nil, "leftReason": nil]).status == 200)
        #expect(try [count("2026-02-15"), count("2026-02-25"), count(County.today)] == [2, 2, 2])
        #expect(try county.faults() == [])
    }

    @Test("what a tablet saw on an earlier day is told late too, and wipes where the clerk asks for it")
    func proposals() throws {
        let (county, session) = try county()
        for (number, replaces, expected) in [(1, false, "returned"), (2, true, "preparing")] {
            let proposal = try county.propose(
                number,
                Sample.proposal(base: number + 2, ["happenedOn": "2026-01-10", "changes": ["state": "preparing"]]))
            county.clock.advance(milliseconds: 1_000)
            let decided = try session.patch(
                proposal, version: 1, ["decisions": [Sample.accept("state")], "replacesLater": .boolean(replaces)])
            #expect(decided.status == 200, "\(decided.text)")
            #expect(try session.get(path).json["state"].string == expected)
            #expect(try session.get(path + "?on=2026-01-15").json["state"].string == "preparing")
        }
        #expect(try county.faults() == [])
    }

    // MARK: Files

    @Test("a file of an earlier day changes those days alone, says so, and is undone", arguments: ["each", "atomic"])
    func fileOfAnEarlierDay(_ mode: String) throws {
        let (county, _) = try county()
        let session = try county.as(.administrator)
        let content =
            "villageCode,archiveNumber,attribute,state,stateSince,mainCause,name,relation,sex,birthDate\n"
            + "\(Place.villageA1),H1,general,preparing,2026-01-10,lack-of-technology,陈示例,householder,male,1980-05-06\n"
        let told = try session.importFile(4, "kind=households&on=2026-01-15&mode=\(mode)", content)
        #expect(told.counts == [0, 1, 0, 0, 0], "\((try? session.report(4)) ?? [])")
        #expect(
            try session.report(4).contains { $0.hasSuffix("told-late notice") }, "\((try? session.report(4)) ?? [])")
        #expect(
            try states(session) == [
                "registered", "preparing", "preparing", "lifted", "lifted", "returned", "returned",
            ])
        let again = try session.importFile(5, "kind=households&on=2026-01-15&mode=\(mode)", content)
        #expect(again.counts == [0, 0, 1, 0, 0], "\((try? session.report(5)) ?? [])")
        #expect(try session.undo(4)["state"]?.string == "undone")
        #expect(
            try states(session) == [
                "registered", "registered", "registered", "lifted", "lifted", "returned", "returned",
            ])
        #expect(try county.faults() == [])
    }

    @Test("a file of today dates a state by its own column")
    func fileDatesTheState() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]))
        let session = try county.as(.administrator)
        let content =
            "villageCode,archiveNumber,attribute,state,stateSince,mainCause,name,relation,sex,birthDate\n"
            + "\(Place.villageA1),H1,general,lifted,2026-01-10,lack-of-technology,陈示例,householder,male,1980-05-06\n"
        let job = try session.importFile(4, "kind=households", content)
        #expect(job.counts == [0, 1, 0, 0, 0], "\((try? session.report(4)) ?? [])")
        #expect(try session.get(path + "?on=2026-01-09").json["state"].string == "registered")
        #expect(try session.get(path + "?on=2026-01-10").json["state"].string == "lifted")
        #expect(try county.faults() == [])
    }
}
