// Texts that are not what their field or column is for: words that stand for no number, wrecked cells as names, numbers
// of people outside the columns for them.

import Testing

@testable import App
@testable import Domain
@testable import Web

@Suite("Texts in a wrong place")
struct WrongTextTests {
    private static let header =
        "villageCode,archiveNumber,groupName,attribute,mainCause,name,relation,sex,birthDate,identityNumber\n"

    private static func row(_ number: Int, _ name: String, archive: String? = nil, group: String = "一组") -> String {
        "\(Place.villageA1),\(archive ?? "H\(100 + number)"),\(group),general,lack-of-funds,\(name),householder,male,"
            + "1980-05-06,\(Sample.identityNumber(number))\n"
    }

    private static func codes(_ answer: Answer) -> [String] {
        answer.errors.map { String($0.split(separator: " ").last ?? "") }
    }

    @Test(
        "a text that stands for no number is refused in a change and takes no stored number away; null does",
        arguments: ["无", "########", "0", "N/A", "11111", "-"])
    func placeholders(_ text: String) throws {
        let county = try County()
        let number = Sample.identityNumber()
        let phone: KeyValuePairs<String, JSON> = ["phone": "13800001234"]
        let member = Sample.member("陈示例", identityNumber: number, id: Sample.id(101))
        let path = try county.make(1, Sample.household("H1", members: [member]).with(phone))
        try county.makeOrganization(1, Sample.organization("县农业局").with(phone))
        let cadre = try county.makeCadre(
            31, Sample.cadre("张示例").with(phone).with(["identityNumber": .string(Sample.identityNumber(2))]))
        let session = try county.as(.administrator)
        let helper = "/v1/helpers/\(Sample.id(41))"
        let volunteer: JSON = ["areaCode": .string(Place.villageA1), "kind": "volunteer", "name": "李示例"]
        #expect(try session.put(helper, volunteer.with(phone)).status == 201)
        let before = try county.digest()
        let identityChange: JSON = ["identityNumber": .string(text)]
        let phoneChange: JSON = ["phone": .string(text)]
        let answers = [
            try session.patch(path, version: 1, phoneChange),
            try session.patch(cadre, version: 1, phoneChange),
            try session.patch("/v1/organizations/\(Sample.id(1))", version: 1, phoneChange),
            try session.patch(helper, version: 1, phoneChange),
            try session.put(Sample.path(ofProposal: 3), Sample.proposal(["changes": phoneChange])),
        ]
        for answer in answers {
            #expect(answer.status == 422, "\(answer.text)")
            #expect(Self.codes(answer) == ["placeholder"], "\(answer.text)")
        }
        let changes = [
            try session.patch(path + "/members/\(Sample.id(101))", version: 1, identityChange),
            try session.patch(cadre, version: 1, identityChange),
            try session.put(
                Sample.path(ofProposal: 2),
                Sample.proposal(["member": ["memberId": .string(Sample.id(101)), "changes": identityChange]])),
        ]
        for answer in changes {
            #expect(answer.status == 422, "\(answer.text)")
            #expect(Self.codes(answer) == ["placeholder"], "\(answer.text)")
        }
        #expect(try county.digest() == before)
        #expect(try session.patch(path, version: 1, ["phone": nil]).status == 200)
        #expect(try session.patch(cadre, version: 1, ["phone": nil, "identityNumber": nil]).status == 200)
        #expect(
            try county.query("SELECT 1 FROM cadre WHERE phone_hash IS NULL AND identity_hash IS NULL") { _ in 1 } == [1]
        )
        // Whoever is new simply has none.
        let made = try session.put(
            "/v1/households/\(Sample.id(2))",
            Sample.household("H2", members: [Sample.member("王示例", identityNumber: text)]).with(["phone": .string(text)])
        )
        #expect(made.status == 201, "\(made.text)")
    }

    private static let wrecks = ["#REF!", "#N/A", "########", "4.50923E+11", "无", "0", "/", "同上", "12345", "138****"]

    @Test(
        "a wrecked cell is no name of a person: a known one keeps the own, somebody new is refused", arguments: wrecks)
    func names(_ wreck: String) throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households", Self.header + Self.row(1, "陈示例")).counts[0] == 1)
        let known = try session.importFile(2, "kind=households", Self.header + Self.row(1, wreck))
        #expect(known.counts == [0, 0, 1, 0, 0], "\(known.counts)")
        #expect(try session.report(2).contains("2 name damaged-text warning"))
        let new = try session.importFile(3, "kind=households", Self.header + Self.row(2, wreck))
        #expect(new.counts == [0, 0, 0, 0, 1], "\(new.counts)")
        #expect(try session.refusals(3) == ["2 name unreadable-name refused"])
        #expect(try county.query("SELECT name FROM member") { $0.text(0) } == ["陈示例"])
        let body = Sample.member(wreck, relation: "spouse", sex: "female")
        let path = "/v1/households/\(Sample.id(20))"
        let answer = try session.put(path, Sample.household("H9", members: [body]))
        #expect(
            answer.errors == ["/members/0/name damaged-text", "/members no-householder"], "\(answer.text)")
        try county.makeOrganization()
        #expect(try session.put("/v1/cadres/\(Sample.id(30))", Sample.cadre(wreck)).errors == ["/name damaged-text"])
    }

    @Test("wrecked names of organizations, cadres, holders, teams and groups are not taken; a post may be none")
    func otherNames() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let header = "name,kind,level,contactName\n"
        #expect(
            try session.importFile(1, "kind=organizations", header + "示例局,state-organ,county,张小三\n").counts[0] == 1)
        _ = try session.importFile(2, "kind=organizations", header + "#REF!,state-organ,county,无\n")
        #expect(try session.refusals(2) == ["2 name unreadable-name refused"])
        #expect(
            try session.importFile(3, "kind=organizations", header + "示例局,state-organ,county,无\n").counts[2] == 1)
        #expect(try county.query("SELECT name || contact_name FROM organization") { $0.text(0) } == ["示例局张小三"])
        let cadres = "name,organizationName,positionTitle\n"
        #expect(try session.importFile(4, "kind=cadres", cadres + "王小五,示例局,副科长\n").counts[0] == 1)
        _ = try session.importFile(5, "kind=cadres", cadres + "同上,示例局,\n王小五,示例局,#REF!\n")
        #expect(try session.refusals(5) == ["2 name unreadable-name refused"])
        #expect(try county.query("SELECT position_title FROM cadre") { $0.text(0) } == ["副科长"])
        #expect(try session.importFile(6, "kind=cadres", cadres + "王小五,示例局,无\n").counts[1] == 1)
        let organization = Sample.organization("无")
        #expect(
            try session.put("/v1/organizations/\(Sample.id(50))", organization).errors == ["/name damaged-text"])
        // Groups are called by numbers.
        let rows = Self.row(1, "陈示例", group: "8") + Self.row(2, "李示例", group: "#REF!")
        #expect(try session.importFile(7, "kind=households", Self.header + rows).counts[0] == 2)
        #expect(try county.query("SELECT name FROM village_group") { $0.text(0) } == ["8"])
        let duties = "kind,areaCode,from,holderName,teamName\n"
        _ = try session.importFile(
            8, "kind=duties",
            duties + "team-member,\(Place.villageA1),2026-01-01,0,甲村工作队\n"
                + "team-member,\(Place.villageA1),2026-01-01,李示例,#N/A\n")
        #expect(
            try session.refusals(8) == ["2 holderName unreadable-name refused", "3 teamName unreadable-name refused"])
        #expect(try county.count("duty") == 0)
        #expect(try county.count("work_team") == 0)
    }

    @Test("an identity number in a field for something else is refused, and nothing repeats it")
    func identityNumbersElsewhere() throws {
        let county = try County()
        let number = Sample.identityNumber(7)
        let member = Sample.member("陈示例", id: Sample.id(101))
        let path = try county.make(1, Sample.household("H1", members: [member]))
        try county.makeOrganization()
        let cadre = try county.makeCadre(31, Sample.cadre("张示例"))
        let session = try county.as(.administrator)
        let before = try county.digest()
        let text: JSON = .string("'" + number)
        let name: JSON = ["name": text]
        let answers = [
            try session.patch(path + "/members/\(Sample.id(101))", version: 1, name),
            try session.patch(path, version: 1, ["groupName": text]),
            try session.patch(path, version: 1, ["archiveNumber": text]),
            try session.put("/v1/households/\(Sample.id(2))", Sample.household(number)),
            try session.patch(cadre, version: 1, name),
            try session.patch(cadre, version: 1, ["positionTitle": text]),
            try session.patch("/v1/organizations/\(Sample.id(1))", version: 1, name),
            try session.patch("/v1/organizations/\(Sample.id(1))", version: 1, ["contactName": text]),
            try session.put(Sample.path(ofProposal: 1), Sample.proposal(["changes": ["groupName": text]])),
            try session.put(
                Sample.path(ofProposal: 2),
                Sample.proposal(["member": ["memberId": .string(Sample.id(101)), "changes": name]])),
        ]
        for answer in answers {
            #expect(answer.status == 422, "\(answer.text)")
            #expect(Self.codes(answer) == ["identity-number-here"], "\(answer.text)")
            #expect(!answer.text.contains(number))
        }
        #expect(try county.digest() == before)
        let rows =
            Self.row(2, number) + Self.row(3, "李示例", group: number) + Self.row(4, "王示例", archive: "'" + number)
        _ = try session.importFile(1, "kind=households", Self.header + rows)
        #expect(
            try session.refusals(1) == [
                "2 name identity-number-here refused", "3 groupName identity-number-here refused",
                "4 archiveNumber identity-number-here refused",
            ])
        _ = try session.importFile(2, "kind=cadres", "name,organizationName,positionTitle\n王示例,县农业局,\(number)\n")
        #expect(try session.refusals(2) == ["2 positionTitle identity-number-here refused"])
        #expect(try county.count("household") == 1)
        #expect(try county.count("cadre") == 1)
        // A village and a number in it: no identity number of the old form is meant.
        let key = Place.villageA1 + "001"
        let plain = try session.importFile(3, "kind=households", Self.header + Self.row(5, "赵示例", archive: key))
        #expect(plain.counts[0] == 1)
    }

    @Test("masked numbers make no second cadre, and a new organization with a masked phone is said to be without one")
    func maskedNumbers() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization()
        let header = "name,organizationName,identityNumber,phone\n"
        let number = Sample.identityNumber(3)
        let first = try session.importFile(1, "kind=cadres", header + "张示例,县农业局,\(number),13812345678\n")
        #expect(first.counts[0] == 1)
        let before = try county.digest()
        let masked =
            header + "张师例,县农业局,\(NumberMask.identity(number)),\n张师例,县农业局,,138****5678\n"
            + "张示例,县农业局,\(NumberMask.identity(number)),138****5678\n"
        let job = try session.importFile(2, "kind=cadres", masked)
        #expect(job.counts == [0, 0, 1, 0, 2], "\(job.counts)")
        #expect(
            try session.refusals(2) == ["2 identityNumber masked-number refused", "3 phone masked-number refused"])
        let after = try county.digest()
        #expect(after["cadre"] == before["cadre"])
        let organizations = "name,kind,level,areaCode,phone\n示例局,state-organ,county,\(Place.county),138****5678\n"
        #expect(try session.importFile(3, "kind=organizations", organizations).counts[0] == 1)
        #expect(try session.report(3) == ["2 phone masked-number warning"])
        #expect(try session.importFile(4, "kind=organizations", organizations).counts[2] == 1)
        #expect(try session.report(4) == [])
    }

    @Test("the marks by which spreadsheets keep text are no part of a key, and commas between thousands are refused")
    func quotedKeys() throws {
        let county = try County()
        let session = try county.as(.administrator)
        func file(_ archive: String) -> String { Self.header + Self.row(1, "陈示例", archive: archive) }
        #expect(try session.importFile(1, "kind=households", file("10000100006")).counts[0] == 1)
        for (index, text) in ["'10000100006", "\"=\"\"10000100006\"\"\"", "‘10000100006"].enumerated() {
            let job = try session.importFile(2 + index, "kind=households", file(text))
            #expect(job.counts == [0, 0, 1, 0, 0], "\(text): \(job.counts)")
        }
        let apart = try session.importFile(8, "kind=households", file("\"10,000,100,006\""))
        #expect(apart.counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(8) == ["2 archiveNumber thousands-separator refused"])
        #expect(try county.query("SELECT archive_number FROM household") { $0.text(0) } == ["10000100006"])
        let body = Sample.household("'H7")
        let made = try session.put("/v1/households/\(Sample.id(7))", body)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["archiveNumber"].string == "H7", "\(made.text)")
        let refused = try session.put("/v1/households/\(Sample.id(8))", Sample.household("10,000,100,006"))
        #expect(refused.errors == ["/archiveNumber thousands-separator"])
    }
}
