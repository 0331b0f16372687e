// Files of organizations and cadres: national names, keys, masks, refusals, and that what is exported is read back as
// it was.

import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Importing organizations and cadres")
struct CadreImportTests {
    private static let organizations = """
        单位名称,单位类型,隶属关系,统一社会信用代码,区划代码,联系人,联系电话
        县农业局,国家机关,县直,11990923MB00000071,\(Place.county),李联系,13800000001
        甲镇中心小学,学校,镇,,\(Place.townA),,
        县社工站,社工站,县,51990923MJ0000003Y,,,
        """

    private static func cadres(_ extra: String = "") -> String {
        """
        姓名,性别,单位,职务,职务级别,联系电话,证件号码,挂钩区划代码
        张示例,男,县农业局,局长,乡科级正,13811110001,\(Sample.identityNumber(born: "1970-01-02", 1)),\(Place.villageA1)
        李示例,女,县农业局,干事,科员级,13811110002,\(Sample.identityNumber(born: "1985-01-02", male: false, 2)),\(Place.villageB1)
        王示例,男,甲镇中心小学,教师,一般,,,
        \(extra)
        """
    }

    @Test("national sheets are read, dry runs change nothing, and the same file again changes nothing")
    func nationalSheets() throws {
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=organizations", Self.organizations).counts == [3, 0, 0, 0, 0])
        let dry = try session.importFile(2, "kind=cadres&dryRun=true", Self.cadres())
        let count = try county.count("cadre")
        #expect(dry.counts == [3, 0, 0, 0, 0])
        #expect(count == 0)
        #expect(try session.importFile(3, "kind=cadres&on=2025-06-01", Self.cadres()).counts == [3, 0, 0, 0, 0])
        #expect(try session.report(3) == [])
        let section = try session.get("/v1/cadres?rank=section").items
        #expect(section.compactMap { $0["name"].string } == ["张示例"])
        #expect(section.first["linkedAreaCode"].string == Place.villageA1)
        #expect(section.first["postState"].string == "in-post")
        let id = try required(section.first["id"].string)
        let ranks = try session.get("/v1/cadres/\(id)").json["ranks"].list
        #expect(ranks.first["from"].string == "2025-06-01")
        #expect(try session.importFile(4, "kind=organizations", Self.organizations).counts == [0, 0, 3, 0, 0])
        #expect(try session.importFile(5, "kind=cadres&on=2025-06-01", Self.cadres()).counts == [0, 0, 3, 0, 0])
        #expect(try session.importFile(6, "kind=cadres&on=2026-01-01", Self.cadres()).counts == [0, 0, 3, 0, 0])
        #expect(try county.faults() == [])
    }

    @Test(
        "a cadre is known by identity number, by phone and name, by name in the organization; a mask leaves what is"
    )
    func keys() throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.importFile(1, "kind=organizations", Self.organizations)
        _ = try session.importFile(2, "kind=cadres", Self.cadres())
        let before = try county.query("SELECT id, phone_hash, identity_hash FROM cadre ORDER BY name") {
            [$0.blob(0), $0.optionalBlob(1) ?? [], $0.optionalBlob(2) ?? []]
        }
        let file = """
            姓名,单位,职务,联系电话,证件号码
            张改名,县农业局,书记,138****0001,\(Sample.identityNumber(born: "1970-01-02", 1))
            李示例,县农业局,股长,13811110002,
            王示例,甲镇中心小学,校长,13811110003,9909**********0012
            """
        #expect(try session.importFile(3, "kind=cadres", file).counts == [0, 3, 0, 0, 0])
        let after = try county.query("SELECT id, phone_hash, identity_hash FROM cadre ORDER BY id") {
            [$0.blob(0), $0.optionalBlob(1) ?? [], $0.optionalBlob(2) ?? []]
        }
        #expect(Set(after.map { $0[0] }) == Set(before.map { $0[0] }))
        #expect(Set(after.map { $0[2] }) == Set(before.map { $0[2] }))
        #expect(try session.get("/v1/cadres?q=%E5%BC%A0%E6%94%B9%E5%90%8D").items.count == 1)
        // What was sealed for another id would not open.
        let sealed = try county.query("SELECT id, phone_sealed FROM cadre WHERE phone_sealed IS NOT NULL") {
            (try $0.identifier(0), $0.blob(1))
        }
        let phones = try sealed.map { try county.register.keys.open($0.1, for: CadreTable.phonePlace($0.0)) }
        #expect(Set(phones) == ["13811110001", "13811110002", "13811110003"])
        #expect(try county.faults() == [])
    }

    @Test("what a row may not say is refused at its column, and nothing of it is kept")
    func refusals() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let codes = """
            name,kind,level,creditCode,areaCode
            甲,state-organ,county,11990921MB0000001J,\(Place.county)
            乙,guild,county,,\(Place.county)
            丙,state-organ,county,,\(Place.neighbourCounty)
            """
        #expect(try session.importFile(1, "kind=organizations", codes).counts == [0, 0, 0, 0, 3])
        #expect(
            try session.report(1) == [
                "2 creditCode wrong-check-character refused", "3 kind unknown-code refused",
                "4 areaCode unknown-division refused",
            ])
        _ = try session.importFile(2, "kind=organizations", Self.organizations)
        let before = try county.digest().filter { $0.key.hasPrefix("cadre") || $0.key == "change" }
        let rows = """
            name,organizationName,rank,rankFrom,linkedAreaCode,phone,identityNumber
            一,县农业局,king,,,,
            二,县林业局,,,,,
            三,县农业局,division,,\(Place.villageA1),,
            四,县农业局,,,\(Place.neighbourVillage),,
            五,县农业局,,2020-02-30,,123,
            六,县农业局,,,,,99092319800506123X
            ,县农业局,,,,,
            八,,,,,,
            """
        #expect(try session.importFile(3, "kind=cadres", rows).counts == [0, 0, 0, 0, 8])
        #expect(
            try session.report(3) == [
                "2 rank unknown-code refused", "3 organizationName unknown-organization refused",
                "4 linkedAreaCode wrong-level refused", "5 linkedAreaCode unknown-division refused",
                "6 phone not-a-phone-number refused", "6 rankFrom not-a-date refused",
                "7 identityNumber wrong-check-digit refused", "8 name required refused",
                "9 organizationName required refused",
            ])
        #expect(try county.digest().filter { $0.key.hasPrefix("cadre") || $0.key == "change" } == before)
        let twice = "name,organizationName,phone\n甲,县农业局,13800009999\n乙,县农业局,13800009999\n"
        #expect(try session.importFile(4, "kind=cadres", twice).counts == [1, 0, 0, 0, 1])
        #expect(try session.report(4) == ["3 phone phone-in-use refused"])
    }

    @Test(
        "the columns of an export are those of the import, and reading it back changes nothing, here or elsewhere"
    )
    func roundTrip() throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.importFile(1, "kind=organizations", Self.organizations)
        try county.makeOrganization(
            5,
            Sample.organization("甲镇教学点", at: Place.villageA1).with([
                "parentOrganizationId": .string(
                    try required(session.get("/v1/organizations?q=%E5%B0%8F%E5%AD%A6").items.first["id"].string))
            ]))
        _ = try session.importFile(2, "kind=cadres&on=2024-06-01", Self.cadres())
        try county.makeCadre(
            11,
            Sample.cadre("赵示例", of: 5).with([
                "rank": "division", "rankFrom": "2026-09-01", "linkedAreaCode": .string(Place.townB),
                "linkedFrom": "2026-09-01", "isCountyLeader": true, "phone": "13811110011",
            ]))
        _ = try session.patch("/v1/cadres/\(Sample.id(11))", version: 1, ["to": "2026-02-01"])
        let organizations = try export(
            Organization.record.exportPlan(Self.everything), RecordColumn<Organization>.self, county)
        let cadres = try export(
            CadreExport.plan(.everything, on: required(CivilDate(County.today))), CadreColumn.self, county)
        #expect(organizations.split(separator: "\n").count == 5)
        #expect(cadres.split(separator: "\n").count == 5)
        #expect(try session.importFile(3, "kind=organizations", organizations).counts == [0, 0, 4, 0, 0])
        #expect(try session.importFile(4, "kind=cadres", cadres).counts == [0, 0, 4, 0, 0])
        let elsewhere = try County()
        let there = try elsewhere.as(.administrator)
        #expect(try there.importFile(3, "kind=organizations", organizations).counts == [4, 0, 0, 0, 0])
        #expect(try there.importFile(4, "kind=cadres", cadres).counts == [4, 0, 0, 0, 0])
        #expect(
            try export(Organization.record.exportPlan(Self.everything), RecordColumn<Organization>.self, elsewhere)
                == organizations)
        #expect(
            try export(
                CadreExport.plan(.everything, on: required(CivilDate(County.today))), CadreColumn.self, elsewhere)
                == cadres)
        #expect(try elsewhere.faults() == [])
    }

    private static let everything = ExportQuestion(scope: .everything, day: .last, partner: nil)

    /// A plan as a file, with its sealed numbers opened.
    private func export<Column: FileColumn>(
        _ plan: ExportPlan, _ columns: Column.Type, _ county: County
    ) throws -> String {
        for column in plan.columns { #expect(Column(rawValue: column.name) != nil, "\(column.name)") }
        let expressions = plan.columns.map { column in
            switch column.value {
            case .plain(.identifier): "hex(\(column.expression))"
            case .plain: "CAST(\(column.expression) AS TEXT)"
            case .sealed(_, let sealed, let id): "nullif(hex(\(sealed)), '') || '/' || hex(\(id))"
            }
        }
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        var lines = [plan.columns.map(\.name).joined(separator: ",")]
        try reader.forEach(
            """
            SELECT \(expressions.joined(separator: ", ")) FROM \(plan.source)
            WHERE \(plan.conditions.clauses.joined(separator: " AND ")) ORDER BY \(plan.order.joined(separator: ", "))
            """, values: plan.conditions.values
        ) { row in
            let cells = try plan.columns.enumerated().map { index, column -> String in
                guard let text = row.optionalText(index), !text.isEmpty else { return "" }
                switch column.value {
                case .plain(.identifier): return try required(Identifier(bytes: required(Hex.bytes(text)))).description
                case .plain: return text
                case .sealed(let place, _, _):
                    let parts = try text.split(separator: "/").map { try required(Hex.bytes(String($0))) }
                    let id = try required(Identifier(bytes: parts[1]))
                    return try county.register.keys.open(parts[0], for: SealedPlace(place, id))
                }
            }
            lines.append(cells.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
