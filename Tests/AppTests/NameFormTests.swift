// One person is written once: names and keys in every spelling that keyboards and spreadsheets make are one record,
// over bodies, files and questions, and what was stored in other forms before is brought into the one.

import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

@Suite("One form of names")
struct NameFormTests {
    /// 张三 as it comes.
    static let spellings = ["张\u{3000}三", "张 三", "\u{A0}张三", "张\u{200B}三", "\u{202A}张三\u{202C}", "\u{FEFF}张\u{2060}三"]

    private static func file(_ archive: String, _ names: [String], group: String = "第八组") -> String {
        let relations = ["householder", "spouse", "son"]
        let rows = zip(names, relations).map { name, relation in
            "\(Place.villageA1),\(archive),general,illness,\(group),\(name),\(relation),"
                + "\(relation == "spouse" ? "female" : "male"),1980-05-06\n"
        }
        return "villageCode,archiveNumber,attribute,mainCause,groupName,name,relation,sex,birthDate\n" + rows.joined()
    }

    @Test("a file with other spaces, marks, dots and widths names the same people, group and household")
    func households() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let first = Self.file("H1", ["陈示例", "买买提·艾力"])
        #expect(try session.importFile(1, "kind=households", first).counts == [2, 0, 0, 0, 0])
        let files = [
            Self.file("Ｈ１", ["陈 示例", "买买提•艾力"]),
            Self.file("H\u{200B}1", ["陈示\u{3000}例", "买买提・艾力"], group: "第 八\u{A0}组"),
            Self.file("H1\u{3000}", ["\u{FEFF}陈示例\u{200E}", "买买提．艾力"], group: "第\u{3000}八 组"),
            Self.file("H1", ["陈示例", "买买提 ‧ 艾力"]),
        ]
        for (number, file) in files.enumerated() {
            let job = try session.importFile(10 + number, "kind=households&complete=true", file)
            #expect(job.counts == [0, 0, 2, 0, 0], "\(number): \(job.counts)")
        }
        #expect(try county.count("village_group") == 1)
        // A row with another width of its archive number stands in the same household.
        let mixed =
            Self.file("H1", ["陈示例"]) + "\(Place.villageA1),Ｈ1,general,illness,第八组,买买提•艾力,spouse,female,1980-05-06\n"
        #expect(try session.importFile(20, "kind=households&complete=true", mixed).counts == [0, 0, 2, 0, 0])
        #expect(try county.faults() == [])
    }

    @Test("bodies store the form, refuse blank names, and are found by a question in any spelling")
    func bodies() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let path = try county.make(
            1,
            Sample.household("Ｈ\u{200B}1", members: [Sample.member("陈 示\u{3000}例", id: Sample.id(11))]).with([
                "groupName": "第 八 组"
            ]))
        let json = try session.get(path).json
        #expect(json["archiveNumber"].string == "H1")
        #expect(json["householderName"].string == "陈示例")
        #expect(json["groupName"].string == "第八组")
        let taken = try session.put("/v1/households/\(Sample.id(2))", Sample.household("H１"))
        #expect(taken.problem == "archive-number-taken")
        for blank in ["\u{3000}", "\u{200B}\u{FEFF}", " \u{A0} "] {
            let answer = try session.put(
                "/v1/households/\(Sample.id(3))", Sample.household("H3", members: [Sample.member(blank)]))
            #expect(answer.status == 422)
            #expect(answer.json["errors"][0]["pointer"].string == "/members/0/name")
        }
        let control = try session.put(
            "/v1/households/\(Sample.id(3))", Sample.household("H3", members: [Sample.member("陈\u{7}例")]))
        #expect(control.json["errors"][0]["code"].string == "control-character")
        #expect(try session.get("/v1/households?q=%E9%99%88%E3%80%80%E7%A4%BA").items.count == 1)
        let member = "\(path)/members/\(Sample.id(11))"
        #expect(try session.patch(member, version: 1, ["name": "陈\u{A0}示例"]).status == 200)
        #expect(try session.get(path).json["version"].integer == 1, "nothing is different")
        #expect(try county.count("household") == 1)
        #expect(try county.count("village_group") == 1)
    }

    @Test("one helper has one quota: no second cadre, organization, team or group by a space", arguments: spellings)
    func helpers(_ spelling: String) throws {
        let county = try County()
        let session = try county.as(.administrator)
        let organizations = "name,kind,level,areaCode,contactName\n县农业局,state-organ,county,\(Place.county),张三\n"
        let cadres = "name,organizationName,rank\n张三,县农业局,section\n"
        let duties =
            "kind,areaCode,teamName,organizationName,cadreName,teamFrom,from\n"
            + "team-leader,\(Place.villageA1),东村工作队,县农业局,张三,2016-01-01,2016-01-01\n"
        #expect(try session.importFile(1, "kind=organizations", organizations).counts == [1, 0, 0, 0, 0])
        #expect(try session.importFile(2, "kind=cadres&on=2016-01-01", cadres).counts == [1, 0, 0, 0, 0])
        #expect(try session.importFile(3, "kind=duties", duties).counts == [1, 0, 0, 0, 0])
        func other(_ text: String) -> String {
            text.replacing("张三", with: spelling).replacing("县农业局", with: "县\u{3000}农业 局")
                .replacing("东村工作队", with: "东村 工作队\u{200B}")
        }
        #expect(try session.importFile(4, "kind=organizations", other(organizations)).counts == [0, 0, 1, 0, 0])
        #expect(try session.importFile(5, "kind=cadres&on=2016-01-01", other(cadres)).counts == [0, 0, 1, 0, 0])
        #expect(try session.importFile(6, "kind=duties", other(duties)).counts == [0, 0, 1, 0, 0])
        let same = try session.put(
            "/v1/organizations/\(Sample.id(9))", Sample.organization("县农业\u{200B}局\u{3000}"))
        #expect(same.status == 409, "\(same.status)")
        #expect(try session.get("/v1/cadres?q=%E5%BC%A0%20%E4%B8%89").items.count == 1)
        #expect(try county.count("cadre") == 1)
        #expect(try county.count("organization") == 1)
        #expect(try county.count("work_team") == 1)
        #expect(try county.faults() == [])
    }

    @Test("places of a path are found in any spelling")
    func paths() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let file =
            "省份,地市,区县,乡镇,行政村,户编号,贫困户属性,主要致贫原因,姓名,性别,与户主关系\n"
            + "示例 省,示例市\u{200B},结\u{3000}对县,甲镇\u{A0},北 村,H1,低保户,缺资金,陈示例,男,户主\n"
        let job = try session.importFile(1, "kind=households", file.replacing("甲镇", with: "乙镇"))
        let report = try session.report(1)
        #expect(job.counts == [1, 0, 0, 0, 0], "\(report)")
    }

    @Test("a proposal to write a name with a space says what is there already, and is applied in the form")
    func proposals() throws {
        let county = try County()
        try county.make(1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]))
        func name(_ name: String) -> JSON {
            Sample.proposal([
                "member": ["memberId": .string(Sample.id(11)), "changes": ["name": .string(name)]]
            ])
        }
        let path = try county.propose(5, name("王\u{3000}示 例"))
        #expect(try county.fields(path) == ["name 陈示例>王示例 (陈示例) open"])
        try county.propose(
            6, Sample.proposal(["changes": ["groupName": "第\u{A0}八 组", "archiveNumber": "Ｈ２"]]))
        let fields = try county.fields(Sample.path(ofProposal: 6))
        #expect(fields.contains { $0.hasPrefix("archiveNumber H1>H2 ") }, "\(fields)")
        #expect(fields.contains { $0.hasPrefix("groupName ") && $0.contains(">第八组 ") }, "\(fields)")
    }

    @Test(
        "names stored in other forms are brought into the one when the register is opened, and told when they cannot be"
    )
    func upgrade() throws {
        let county = try County()
        try county.make(
            1, Sample.household("H1", members: [Sample.member("陈示例", id: Sample.id(11))]).with(["groupName": "一组"]))
        try county.make(2, Sample.household("H2").with(["groupName": "二组"]))
        try county.makeOrganization()
        try county.makeCadre(7, Sample.cadre("张三"))
        try county.register.database.writer.perform { connection in
            for sql in [
                "UPDATE member SET name = '陈　示例' WHERE name = '陈示例' AND id = x'\(Sample.id(11).filter { $0 != "-" })'",
                "UPDATE household SET archive_number = 'Ｈ1' WHERE archive_number = 'H1'",
                "UPDATE village_group SET name = '一 组' WHERE name = '二组'",
                "UPDATE cadre SET name = '张 三'", "UPDATE organization SET name = '县 农业局'",
                "DELETE FROM setting WHERE key = 'name-form'",
            ] { try connection.run(sql) }
        }
        let (folder, clock) = (county.folder, county.clock)
        county.close()
        let again = try County(reopening: folder, clock: clock)
        let session = try again.as(.administrator)
        let household = try session.get("/v1/households/\(Sample.id(1))").json
        #expect(household["archiveNumber"].string == "H1")
        #expect(household["householderName"].string == "陈示例")
        #expect(household["version"].integer == 2, "whoever follows the feed is told")
        #expect(try again.query("SELECT name FROM cadre") { $0.text(0) } == ["张三"])
        #expect(try again.query("SELECT name FROM organization") { $0.text(0) } == ["县农业局"])
        // The village has a group of this name: both stay, and are told.
        #expect(try again.query("SELECT name FROM village_group ORDER BY name") { $0.text(0) } == ["一 组", "一组"])
        let faults = try again.faults()
        #expect(faults.count == 1, "\(faults)")
        #expect(faults[0].hasPrefix("names in one form: groups/"), "\(faults)")
        #expect(try session.get("/v1/households?q=%E9%99%88%E7%A4%BA").items.count == 2)
    }
}
