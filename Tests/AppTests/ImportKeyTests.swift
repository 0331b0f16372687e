// What identifies nobody, and keys that a spreadsheet destroyed.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Keys in files and bodies")
struct ImportKeyTests {
    private static let header =
        "villageCode,archiveNumber,attribute,mainCause,phone,name,relation,sex,birthDate,identityNumber\n"

    private static func row(
        _ archive: String, _ name: String, _ relation: String = "householder", born: String = "1980-05-06",
        number: String = "", village: String = Place.villageA1, phone: String = ""
    ) -> String {
        "\(village),\(archive),general,lack-of-funds,\(phone),\(name),\(relation),male,\(born),\(number)\n"
    }

    private static func people(_ county: County) throws -> [String] {
        try county.query(
            "SELECT id, name, birth_date, identity_state FROM member WHERE left_on IS NULL ORDER BY id"
        ) { "\(try $0.identifier(0)) \($0.text(1)) \($0.optionalText(2) ?? "") \($0.text(3))" }
    }

    @Test("three members with one nonsense number stay who they are when their rows come in another order")
    func sharedNumber() throws {
        let rows = [
            row("12345678"), row("户口本0"), row("99092319800506"),
        ]
        for (number, rows) in rows.enumerated() {
            let county = try County()
            let session = try county.as(.administrator)
            #expect(try session.importFile(1, "kind=households", Self.header + rows.joined()).counts[0] == 3)
            let before = try Self.people(county)
            let shuffled = try session.importFile(
                2, "kind=households&complete=true", Self.header + rows[2] + rows[0] + rows[1])
            #expect(shuffled.counts == [0, 0, 3, 0, 0], "\(number): \(shuffled.counts)")
            #expect(try Self.people(county) == before)
            #expect(try county.faults() == [])
        }
        func row(_ number: String) -> [String] {
            [
                Self.row("H1", "陈甲", number: number),
                Self.row("H1", "陈乙", "son", born: "2010-01-01", number: number),
                Self.row("H1", "陈丙", "son", born: "2012-02-02", number: number),
            ]
        }
    }

    @Test("a number that is not verified finds whoever alone has it, where name or birth date agree, and nobody else")
    func unverifiedNumber() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let first = Self.row("H1", "陈甲") + Self.row("H1", "陈乙", "son", born: "2010-01-01", number: "A123")
        #expect(try session.importFile(1, "kind=households", Self.header + first).counts[0] == 2)
        let renamed = first.replacing("陈乙", with: "陈一")
        #expect(try session.importFile(2, "kind=households", Self.header + renamed).counts == [0, 1, 1, 0, 0])
        #expect(try session.report(2).contains("3 name name-changed warning"))
        let other = renamed.replacing("陈一", with: "陈二").replacing("2010-01-01", with: "2015-05-05")
        let job = try session.importFile(3, "kind=households&complete=true", Self.header + other)
        #expect(job.counts == [1, 0, 1, 0, 0], "\(job.counts)")
        #expect(
            try county.query("SELECT name FROM member WHERE left_on IS NULL ORDER BY name") { $0.text(0) }
                == ["陈一", "陈二", "陈甲"].sorted())
    }

    @Test("words and marks in place of a number are none, with a notice, and take no number away")
    func placeholders() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let words = ["无", "暂无", "/", "-", "—", "0", "000000000000000000", "户口本", "########", "N/A", "null", ".", "不详"]
        let file = words.enumerated().map { Self.row("H\(100 + $0.offset)", "陈甲", number: $0.element, phone: "无") }
        let job = try session.importFile(1, "kind=households", Self.header + file.joined())
        #expect(job.counts == [words.count, 0, 0, 0, 0], "\(job.counts)")
        #expect(
            try county.query(
                """
                SELECT DISTINCT identity_state || coalesce(phone_mask, '')
                FROM member JOIN household USING (household_number)
                """
            ) { $0.text(0) } == ["missing"])
        #expect(try session.report(1).filter { $0.hasSuffix("identityNumber placeholder notice") }.count == words.count)
        #expect(try session.report(1).filter { $0.hasSuffix("phone placeholder notice") }.count == words.count)
        // Who has a number keeps it.
        let known = Self.row("G1", "陈甲", number: Sample.identityNumber())
        #expect(try session.importFile(2, "kind=households", Self.header + known).counts[0] == 1)
        let without = Self.row("G1", "陈甲", number: "无")
        #expect(try session.importFile(3, "kind=households", Self.header + without).counts == [0, 0, 1, 0, 0])
        // No archive number.
        let nameless = try session.importFile(
            4, "kind=households", Self.header + ["无", "/", "0", "—"].map { Self.row($0, "陈甲") }.joined())
        #expect(nameless.counts == [0, 0, 0, 0, 4])
        #expect(try session.refusals(4).allSatisfy { $0.hasSuffix("archiveNumber required refused") })
    }

    @Test("a body with such a word has no number: households, members, cadres and proposals")
    func bodies() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.make(
            1,
            Sample.household("H1", members: [Sample.member("陈示例", identityNumber: "无", id: Sample.id(11))]).with([
                "phone": "暂无"
            ]))
        let household = try session.get("/v1/households/\(Sample.id(1))")
        #expect(household.json["members"][0]["identityState"].string == "missing", "\(household.text)")
        #expect(household.json["phone"].string == nil, "\(household.text)")
        for (body, pointer) in [
            (Sample.household("无"), "/archiveNumber required"),
            (Sample.household("4.50923E+11"), "/archiveNumber scientific-notation"),
            (Sample.household("H9").with(["villageCode": "9.90923E+11"]), "/villageCode scientific-notation"),
            (Sample.household("H9").with(["phone": "1.38E+10"]), "/phone scientific-notation"),
        ] {
            let answer = try session.put("/v1/households/\(Sample.id(9))", body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.errors == [pointer], "\(answer.text)")
        }
        #expect(try county.count("household") == 1)
    }

    @Test("keys that a spreadsheet destroyed are refused with words in every kind of file")
    func destroyed() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let damages = [
            ("4.50923E+11", "scientific-notation"), ("450923197901011000", "precision-lost"),
            ("#REF!", "formula-error"),
            ("#N/A", "formula-error"), ("########", "hidden-by-width"), ("990923100201.0", "decimal-number"),
        ]
        let files: [(kind: String, columns: String, row: (String) -> String, column: String)] = [
            ("households", Self.header, { Self.row($0, "陈甲") }, "archiveNumber"),
            ("organizations", "name,kind,level,creditCode\n", { "某局,state-organ,county,\($0)\n" }, "creditCode"),
            ("organizations", "name,kind,level,areaCode\n", { "某局,state-organ,county,\($0)\n" }, "areaCode"),
            ("cadres", "name,organizationId\n", { "张三,\($0)\n" }, "organizationId"),
            ("villages", "villageCode,from,kind\n", { "\($0),2016-01-01,poor\n" }, "villageCode"),
            ("duties", "kind,areaCode,from\n", { "village-cadre,\($0),2016-01-01\n" }, "areaCode"),
            ("pairings", "archiveNumber,cadreName\n", { "\($0),张三\n" }, "archiveNumber"),
            ("divisions", "code,name,level,parentCode\n", { "\($0),丁镇,town,\(Place.county)\n" }, "code"),
            ("parameters", "key,value,from,areaCode\n", { "quota.leader,5,2016-01-01,\($0)\n" }, "areaCode"),
        ]
        var number = 0
        for file in files {
            for (text, code) in damages {
                number += 1
                let job = try session.importFile(number, "kind=\(file.kind)", file.columns + file.row(text))
                #expect(job["refused"]?.integer == 1, "\(file.kind) \(text): \(job.counts)")
                let report = try session.refusals(number)
                #expect(report.contains("2 \(file.column) \(code) refused"), "\(file.kind) \(text): \(report)")
            }
        }
        #expect(try county.count("household") == 0)
        #expect(try county.count("organization") == 0)
    }

    @Test("a destroyed village code leaves a known household in its village with a warning; a new one is refused")
    func destroyedVillage() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows = Self.row("H1", "陈甲") + Self.row("H1", "陈乙", "son", born: "2010-01-01")
        #expect(try session.importFile(1, "kind=households", Self.header + rows).counts[0] == 2)
        let damaged = rows.replacing(Place.villageA1, with: "9.90923E+11")
        let job = try session.importFile(
            2, "kind=households&complete=true",
            Self.header + damaged.replacing("lack-of-funds", with: "illness")
                + Self.row("H2", "李甲", village: "9.90923E+11"))
        #expect(job.counts[1] == 1, "\(job.counts)")
        #expect(job.counts[4] == 1, "\(job.counts)")
        #expect(job.counts[3] == 0, "\(job.counts)")
        #expect(try session.report(2).contains("2 villageCode village-kept warning"))
        #expect(try session.refusals(2) == ["4 villageCode village-code-destroyed refused"])
        #expect(
            try session.get("/v1/households").items.compactMap { $0["villageCode"]?.string } == [Place.villageA1])
        #expect(try county.faults() == [])
    }
}
