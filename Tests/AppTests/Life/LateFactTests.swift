// Plain facts of cadres and declared records told late hold until the next thing that is known, by the API and by
// files; what was told of later days is wiped only where that is asked for.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Facts told late")
struct LateFactTests {
    private static let cadre = "/v1/cadres/\(Sample.id(11))"
    private static let unit = "/v1/organizations/\(Sample.id(1))"

    /// A cadre of January 2026 who was 科员, from 10 February 股长 and from 20 February 副局长; their unit had the contact
    /// 王示例, then 李示例, then 张示例 on the same days.
    private func county() throws -> (County, Session) {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization(
            1, Sample.organization("县农业局").with(["contactName": "王示例", "effectiveOn": "2026-01-01"]))
        try county.makeCadre(
            11, Sample.cadre("陈示例").with(["positionTitle": "科员", "effectiveOn": "2026-01-01"]))
        for (version, (title, contact, day)) in [
            ("股长", "李示例", "2026-02-10"), ("副局长", "张示例", "2026-02-20"),
        ].enumerated() {
            county.clock.advance(milliseconds: 1_000)
            for (path, field, value) in [
                (Self.cadre, "positionTitle", title), (Self.unit, "contactName", contact),
            ] {
                let answer = try session.patch(
                    path, version: version + 1, [field: .string(value), "effectiveOn": .string(day)])
                #expect(answer.status == 200, "\(answer.text)")
            }
        }
        county.clock.advance(milliseconds: 1_000)
        return (county, session)
    }

    private func values(_ session: Session, _ path: String, _ field: String) throws -> [String?] {
        try ["2026-01-01", "2026-01-15", "2026-02-10", "2026-02-20", County.today].map {
            try session.get(path + "?on=\($0)").json[field].string
        }
    }

    private func retold(_ answer: Answer) -> [String] {
        answer.json["retold"].list.map { span in
            func text(_ name: String) -> String { span[name]?.string ?? "" }
            return "\(text("field")) \(text("from"))-\(text("to")) \(text("before"))>\(text("after"))"
        }
    }

    private static let kinds = [
        (cadre, "positionTitle", "科员", "股长", "副局长"), (unit, "contactName", "王示例", "李示例", "张示例"),
    ]

    @Test("a fact told late holds until the next one, and the answer says which days it changes", arguments: kinds)
    func untilTheNext(_ kind: (path: String, field: String, first: String, second: String, third: String)) throws {
        let (county, session) = try county()
        let (path, field) = (kind.path, kind.field)
        let answer = try session.patch(path, version: 3, [field: "新示例", "effectiveOn": "2026-01-15"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json[field].string == kind.third)
        #expect(answer.json["version"].integer == 4)
        #expect(retold(answer) == ["\(field) 2026-01-15-2026-02-10 \(kind.first)>新示例"], "\(answer.text)")
        #expect(try values(session, path, field) == [kind.first, "新示例", kind.second, kind.third, kind.third])
        // What is told late as it is now changes the days before, too.
        county.clock.advance(milliseconds: 1_000)
        let same = try session.patch(path, version: 4, [field: .string(kind.third), "effectiveOn": "2026-02-10"])
        #expect(same.status == 200, "\(same.text)")
        #expect(try values(session, path, field) == [kind.first, "新示例", kind.third, kind.third, kind.third])
        // Another fact of the same record is told of a day before, and nothing else is touched.
        #expect(try county.faults() == [])
    }

    @Test("what was told of later days is wiped where that is asked for", arguments: kinds)
    func wiped(_ kind: (path: String, field: String, first: String, second: String, third: String)) throws {
        let (county, session) = try county()
        let answer = try session.patch(
            kind.path, version: 3, [kind.field: "新示例", "effectiveOn": "2026-01-15", "replacesLater": true])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try values(session, kind.path, kind.field) == [kind.first, "新示例", "新示例", "新示例", "新示例"])
        #expect(retold(answer).count == 3, "\(answer.text)")
        #expect(try county.faults() == [])
    }

    @Test("a fact of which nothing is known later holds on, and what else is known stays")
    func otherFact() throws {
        let (county, session) = try county()
        let answer = try session.patch(
            Self.cadre, version: 3, ["line": "technical", "positionTitle": "新示例", "effectiveOn": "2026-01-15"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["line"].string == "technical")
        #expect(answer.json["positionTitle"].string == "副局长")
        #expect(try session.get(Self.cadre + "?on=2026-01-14").json["line"].string == "economic")
        #expect(try session.get(Self.cadre + "?on=2026-01-15").json["line"].string == "technical")
        #expect(try county.faults() == [])
    }

    @Test(
        "a file of an earlier day changes those days alone, says so and is undone; with replacesLater it wipes",
        arguments: ["each", "atomic"])
    func files(_ mode: String) throws {
        let (county, session) = try county()
        let cadres = "id,organizationName,name,positionTitle\n\(Sample.id(11)),县农业局,陈示例,新示例\n"
        let units =
            "id,areaCode,name,kind,level,contactName\n\(Sample.id(1)),\(Place.county),县农业局,state-organ,county,新示例\n"
        for (number, kind, content, field) in [
            (4, "cadres", cadres, Self.kinds[0]), (6, "organizations", units, Self.kinds[1]),
        ] {
            let told = try session.importFile(number, "kind=\(kind)&on=2026-01-15&mode=\(mode)", content)
            #expect(told.counts == [0, 1, 0, 0, 0], "\((try? session.report(number)) ?? [])")
            #expect(
                try session.report(number).contains { $0.hasSuffix("told-late notice") },
                "\((try? session.report(number)) ?? [])")
            #expect(
                try values(session, field.0, field.1) == [field.2, "新示例", field.3, field.4, field.4], "\(kind)")
            #expect(try session.undo(number)["state"]?.string == "undone")
            #expect(try values(session, field.0, field.1) == [field.2, field.2, field.3, field.4, field.4], "\(kind)")
            let wiping = try session.importFile(
                number + 1, "kind=\(kind)&on=2026-01-15&mode=\(mode)&replacesLater=true", content)
            #expect(wiping.counts == [0, 1, 0, 0, 0], "\((try? session.report(number + 1)) ?? [])")
            #expect(
                try values(session, field.0, field.1) == [field.2, "新示例", "新示例", "新示例", "新示例"], "\(kind)")
        }
        #expect(try county.faults() == [])
    }

    @Test("a rank, a village's kind and a household's state told late in a file are wiping where that is asked for")
    func datedFactsInFiles() throws {
        let (county, session) = try county()
        for (rank, day, version) in [("section", "2026-01-01", 3), ("division", "2026-02-10", 4)] {
            county.clock.advance(milliseconds: 1_000)
            let answer = try session.patch(
                Self.cadre, version: version, ["rank": .string(rank), "rankFrom": .string(day)])
            #expect(answer.status == 200, "\(answer.text)")
        }
        func ranks() throws -> [String?] { try values(session, Self.cadre, "rank") }
        county.clock.advance(milliseconds: 1_000)
        let content = "id,organizationName,name,rank,rankFrom\n\(Sample.id(11)),县农业局,陈示例,ordinary,2026-01-15\n"
        _ = try session.importFile(4, "kind=cadres", content)
        #expect(try ranks() == ["section", "ordinary", "division", "division", "division"])
        county.clock.advance(milliseconds: 1_000)
        _ = try session.importFile(5, "kind=cadres&replacesLater=true", content)
        #expect(try ranks() == ["section", "ordinary", "ordinary", "ordinary", "ordinary"])
        try county.make(1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(21))]))
        let household = "/v1/households/\(Sample.id(1))"
        #expect(
            try session.patch(household, version: 1, ["state": "lifted", "effectiveOn": "2026-02-20"]).status == 200)
        county.clock.advance(milliseconds: 1_000)
        let state =
            "villageCode,archiveNumber,attribute,state,stateSince,mainCause,name,relation,sex,birthDate\n"
            + "\(Place.villageA1),H1,general,preparing,2026-01-10,lack-of-technology,陈示例,householder,male,1980-05-06\n"
        _ = try session.importFile(6, "kind=households&on=2026-01-15", state)
        #expect(try session.get(household).json["state"].string == "lifted")
        _ = try session.importFile(7, "kind=households&on=2026-01-15&replacesLater=true", state)
        #expect(try session.get(household).json["state"].string == "preparing")
        #expect(try county.faults() == [])
    }
}
