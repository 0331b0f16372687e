// Headings of files: which spellings are read, what an unknown one that matters does, and that no two columns of a
// kind have one heading.

import Testing

@testable import Archive
@testable import Domain
@testable import Pairing
@testable import Service
@testable import Web

@Suite("Headings of files")
struct HeadingTests {
    private static let numbers = [1, 2].map { Sample.identityNumber(born: "1980-05-06", $0) }

    /// Two people of one household under headings of the file's own.
    private static func file(_ headings: [String: String] = [:], besides: String = "", cells: String = "") -> String {
        let names = ["villageCode", "archiveNumber", "attribute", "state", "mainCause", "name", "relation", "sex"]
        let header = (names + ["identityNumber"]).map { headings[$0] ?? $0 }.joined(separator: ",")
        return header + besides + "\n"
            + "\(Place.villageA1),H1,general,lifted,illness,陈示例,householder,male,\(numbers[0])\(cells)\n"
            + "\(Place.villageA1),H1,general,lifted,illness,陈小示,son,male,\(numbers[1])\(cells)\n"
    }

    @Test(
        "a number or a status is read under every heading that forms give it, so that a complete file changes nothing",
        arguments: [
            ["identityNumber": "身份证号码"], ["identityNumber": "公民身份号码"], ["identityNumber": "*身份证号"],
            ["identityNumber": "\"证件\n号码\""], ["identityNumber": "证件号码（必填）"], ["identityNumber": "IDENTITYNUMBER"],
            ["identityNumber": "ｉｄｅｎｔｉｔｙ＿ｎｕｍｂｅｒ"], ["identityNumber": "身份 证\u{3000}号码：", "state": "脱贫状态"],
            ["villageCode": "\u{FEFF}\u{200B}区划代码", "archiveNumber": "贫困户编号", "state": "脱贫属性*"],
            ["archiveNumber": "户编码", "name": "＊姓名", "sex": "性\u{A0}别"],
            ["archiveNumber": "档案编号", "relation": "与户主的关系"],
        ])
    func spellings(_ headings: [String: String]) throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households", Self.file()).counts == [2, 0, 0, 0, 0])
        let again = try session.importFile(2, "kind=households&complete=true", Self.file(headings))
        #expect(again.counts == [0, 0, 2, 0, 0], "\(again["failure"]?.string ?? "")")
        #expect(try session.report(2).filter { $0.contains("column") } == [])
    }

    @Test("an unknown heading that looks like a number is a warning, others are notices")
    func warnings() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let file = Self.file(besides: ",残疾证号,人员编码,备注", cells: ",1,2,3")
        #expect(try session.importFile(1, "kind=households", file).counts == [2, 0, 0, 0, 0])
        #expect(
            try session.report(1).filter { $0.contains("column") } == [
                "1 残疾证号 column-not-read warning", "1 人员编码 column-not-read warning", "1 备注 column-not-read notice",
            ])
        let cadres = "name,organizationName,身份信息\n甲,局,1\n"
        _ = try session.importFile(2, "kind=cadres", cadres)
        #expect(try session.report(2).contains("1 身份信息 column-not-read warning"))
        let words = try session.get("/v1/imports/\(Sample.id(2))/report").items.compactMap { $0["message"]?.string }
        #expect(words.contains { $0.contains("identityNumber") })
    }

    @Test(
        "a complete file whose number stands under an unknown heading is refused whole, with heading and column",
        arguments: [
            ["identityNumber": "户主证件编号"], ["state": "是否脱贫"],
        ])
    func complete(_ headings: [String: String]) throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.importFile(1, "kind=households", Self.file())
        let before = try county.digest()["member"]
        let job = try session.importFile(2, "kind=households&complete=true", Self.file(headings))
        #expect(job["state"]?.string == "failed")
        #expect(job.counts == [0, 0, 0, 0, 0])
        let words = try required(job["failure"]?.string)
        for (column, heading) in headings {
            #expect(words.contains(heading), "\(words)")
            #expect(words.contains(column), "\(words)")
        }
        #expect(try county.digest()["member"] == before)
        // Without the word that others have left, it is said and read on.
        #expect(try session.importFile(3, "kind=households", Self.file(headings))["state"]?.string == "done")
        #expect(try session.report(3).contains { $0.hasSuffix("column-not-read warning") })
    }

    @Test("where a needed column is missing, the heading that may be it is named")
    func needed() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let files = [
            ("households", Self.file(["archiveNumber": "户内编号"]), "户内编号", "archiveNumber"),
            ("villages", "村庄代码,年度,总户数\n\(Place.villageA1),2016,10\n", "村庄代码", "villageCode"),
            ("pairings", "贫困户档案编号X,帮扶人,帮扶角色\nH1,甲,joint\n", "贫困户档案编号X", "archiveNumber"),
            ("divisions", "代号code,name,level,parentCode\n\(Place.townA),甲镇,town,\(Place.county)\n", "代号code", "code"),
            ("successors", "code,replacingCode,effectiveOn\n1,2,3\n", "replacingCode", "successorCode"),
        ]
        for (number, (kind, file, heading, column)) in files.enumerated() {
            let job = try session.importFile(number + 1, "kind=\(kind)", file)
            let words = job["failure"]?.string ?? ""
            #expect(job["state"]?.string == "failed", "\(kind): \(job.counts)")
            #expect(words.contains(heading), "\(kind): \(words)")
            #expect(words.contains(column), "\(kind): \(words)")
        }
        #expect(try county.count("household") == 0)
    }

    @Test("two headings that mean one column are refused with both")
    func twice() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let job = try session.importFile(1, "kind=households", Self.file(besides: ",身份证号", cells: ",1"))
        let words = job["failure"]?.string ?? ""
        #expect(job["state"]?.string == "failed", "\(words)")
        #expect(words.contains("身份证号"), "\(words)")
        #expect(words.contains("identityNumber"), "\(words)")
        #expect(try county.count("household") == 0)
    }

    @Test("divisions and successors are read under official headings")
    func divisions() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let tree = "*区划代码,名　称,级别,上级代码,备注\n990923102000,丁镇,town,990923000000,x\n"
        #expect(try session.importFile(1, "kind=divisions", tree).counts == [1, 0, 0, 0, 0])
        #expect(try session.report(1) == ["1 备注 column-not-read notice"])
        let successors = "原代码,新代码,变更日期\n\(Place.townB),990923102000,2026/1/1\n"
        #expect(try session.importFile(2, "kind=successors", successors)["state"]?.string == "done")
        #expect(try session.report(2).allSatisfy { !$0.contains("malformed") })
    }

    @Test("no two columns of a kind have one heading, and own names are read in any case and width")
    func distinct() {
        func check<Column: FileColumn>(_ kind: Column.Type) {
            var names: [String: Set<Column>] = [:]
            for column in Column.allCases {
                for name in [column.rawValue] + column.nationalNames + column.otherNames {
                    names[Heading.form(name), default: []].insert(column)
                }
                #expect(Column.byHeading[Heading.form("\u{FEFF}* " + column.rawValue.uppercased())] == column)
            }
            #expect(names.filter { $0.value.count > 1 }.isEmpty, "\(Column.self)")
        }
        check(HouseholdColumn.self)
        check(CadreColumn.self)
        check(RecordColumn<Organization>.self)
        check(DutyColumn.self)
        check(VillageColumn.self)
        check(PairingColumn.self)
        check(ParameterColumn.self)
        check(DivisionColumn.self)
        check(SuccessorColumn.self)
    }
}
