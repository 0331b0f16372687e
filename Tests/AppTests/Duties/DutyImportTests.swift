// Files of duties: rows become duties and teams, known again by id or by what they say, and exports are read again.

import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Imports of duties")
struct DutyImportTests {
    private static let national = """
        职责类型,区划代码,单位,姓名,holderName,开始时间,结束时间,结束原因
        第一书记,\(Place.villageA1),县委办,钱进,,2016/3/1,,
        包村,\(Place.villageA1),县委办,,,20160301,,
        挂点镇,\(Place.townA),县委办,周立新,,2016-03-01,2020-01-01,轮换
        书记,\(Place.villageA2),,,赵长富,2015-01-01,,

        """

    @Test("national rows become duties once, changed cells change what they say")
    func national() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=duties", Self.national).counts == [4, 0, 0, 0, 0])
        #expect(try session.importFile(2, "kind=duties", Self.national).counts == [0, 0, 4, 0, 0])
        let ended = Self.national.replacing("2016/3/1,,", with: "2016/3/1,2018-03-01,任期届满")
        #expect(try session.importFile(3, "kind=duties", ended).counts == [0, 1, 3, 0, 0])
        let duty = try required(session.get("/v1/duties?kind=first-secretary").items.first)
        #expect(duty["to"]?.string == "2018-03-01")
        #expect(duty["endReason"]?.string == "term-expired")
        #expect(duty["cadreId"]?.string == Sample.id(513))
        #expect(try county.faults() == [])
    }

    @Test("what a row names wrongly is refused at its column, and the other rows are kept")
    func refusals() throws {
        let county = try County()
        try county.addPeople()
        try county.addUnit(503, "县委办", in: Place.townB)
        try county.addCadre(531, "钱进", unit: 503)
        let session = try county.as(.administrator)
        let file = """
            dutyId,kind,areaCode,organizationName,cadreId,cadreName,from,to
            ,first-secretary,\(Place.villageA1),,\(Sample.id(513)),,2016-03-01,
            ,first-secretary,\(Place.villageA1),,\(Sample.id(521)),,2018-03-01,
            ,village-guarantee,\(Place.villageA1),县委办,,,2016-03-01,
            ,first-secretary,\(Place.villageA2),,,钱进,2016-03-01,
            ,leader-town,\(Place.villageA2),,\(Sample.id(511)),,2016-03-01,
            ,leader-town,\(Place.neighbourTown),,\(Sample.id(511)),,2016-03-01,
            ,first-secretary,\(Place.villageA2),,\(Sample.id(521)),,2016-03-01,2016-03-01
            ,boss,\(Place.villageA2),,\(Sample.id(521)),,2016-02-31,
            ,leader-town,\(Place.townA),,\(Sample.id(521)),,2016-03-01,

            """
        #expect(try session.importFile(1, "kind=duties", file).counts == [1, 0, 0, 0, 8])
        #expect(
            try session.refusals(1) == [
                "3 areaCode village-has-first-secretary refused",
                "4 organizationName ambiguous-organization refused", "5 cadreName ambiguous-cadre refused",
                "6 areaCode wrong-level refused", "7 areaCode unknown-division refused",
                "8 to ends-before-it-begins refused", "9 kind unknown-code refused", "9 from not-a-date refused",
                "10 cadreId not-a-county-leader refused",
            ])
        #expect(try county.faults() == [])
    }

    @Test("an export has the columns of the import; read into another register it gives the same export")
    func roundTrip() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        try #require(session.importFile(1, "kind=duties", Self.national).counts == [4, 0, 0, 0, 0])
        let team: JSON = [
            "villageCode": .string(Place.villageA3), "name": "工作队", "from": "2016-03-01", "to": "2020-12-31",
            "endReason": "village-exited",
            "members": [
                [
                    "kind": "team-leader", "cadreId": .string(Sample.id(521)), "to": "2020-12-31",
                    "endReason": "team-ended",
                ],
                ["kind": "team-member", "holderName": "孙秀芳", "title": "农技员", "to": "2017-01-01", "endReason": "other"],
            ],
        ]
        try #require(session.put("/v1/work-teams/\(Sample.id(900))", team).status == 201)
        for column in DutyExport.plan(.everything).columns { #expect(DutyColumn(rawValue: column.name) != nil) }
        let first = try exported(DutyExport.plan(.everything), county)
        #expect(first.split(separator: "\n").count == 7)

        let other = try County()
        try other.addPeople()
        #expect(try other.as(.administrator).importFile(1, "kind=duties", first).counts == [6, 0, 0, 0, 0])
        #expect(try exported(DutyExport.plan(.everything), other) == first)
        #expect(try other.as(.administrator).importFile(2, "kind=duties", first).counts == [0, 0, 6, 0, 0])
        #expect(try other.faults() == [])
    }

    @Test("a leader's village of unknown kind is taken with a warning, one that is known not to be poor is refused")
    func unknownKinds() throws {
        let county = try County()
        try county.addPeople()
        try county.makePoor(Place.villageA2, kind: "ordinary")
        let session = try county.as(.administrator)
        let file = """
            kind,areaCode,cadreId,from
            leader-village,\(Place.villageA1),\(Sample.id(511)),2016-03-01
            leader-village,\(Place.villageA2),\(Sample.id(512)),2016-03-01

            """
        #expect(try session.importFile(1, "kind=duties", file).counts == [1, 0, 0, 0, 1])
        #expect(
            try session.report(1).sorted() == [
                "2 areaCode village-kind-unknown warning", "3 areaCode not-a-poor-village refused",
            ])
    }

    @Test("villages travel with their dated kinds, targets, tags and profiles; an export is read again")
    func villages() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let file = """
            区划代码,开始时间,结束时间,村类型,计划退出年度,村标签,年度,总人口,通硬化路,mainIndustry
            \(Place.villageA1),2014-01-01,2018-12-31,贫困村,2018,弱;产业,,,,
            \(Place.villageA1),2018-12-31,,出列村,,,,,,
            \(Place.villageA1),,,,,,2016,1655,是,茶叶
            \(Place.villageB1),2014-01-01,,一般村,,,,,,

            """
        #expect(try session.importFile(1, "kind=villages", file).counts == [3, 1, 0, 0, 0])
        #expect(try session.importFile(2, "kind=villages", file).counts == [0, 0, 4, 0, 0])
        let past = try session.get("/v1/villages/\(Place.villageA1)?on=2016-01-01").json
        #expect(past["kind"].string == "poor")
        #expect(past["tags"].list.count == 2)
        let wrong = """
            villageCode,from,to,kind,tags,year,totalPopulation
            \(Place.villageA1),,,poor,,,
            \(Place.villageA1),2014-01-01,2014-01-01,x,x,,
            \(Place.villageA1),2014-01-01,,,,2016,-1
            \(Place.neighbourVillage),2014-01-01,,poor,,,

            """
        let before = try exported(VillageExport.plan(.everything), county)
        #expect(try session.importFile(3, "kind=villages", wrong).counts == [0, 0, 0, 0, 4])
        #expect(
            try session.refusals(3) == [
                "2 from required refused", "3 to ends-before-it-begins refused", "3 kind unknown-code refused",
                "3 tags unknown-code refused", "4 from not-for-kind refused", "4 totalPopulation out-of-range refused",
                "5 villageCode unknown-village refused",
            ])
        #expect(try exported(VillageExport.plan(.everything), county) == before)
        #expect(before.split(separator: "\n").count == 8)

        let other = try County()
        #expect(try other.as(.administrator).importFile(1, "kind=villages", before).counts[4] == 0)
        #expect(try exported(VillageExport.plan(.everything), other) == before)
        #expect(try other.faults() == [])
    }

    @Test("an import of duties and villages is undone: what it made goes, what it changed is again what it was")
    func undone() throws {
        let county = try County()
        try county.addPeople()
        let session = try county.as(.administrator)
        try county.makePoor(Place.villageA1)
        try #require(session.importFile(1, "kind=duties", Self.national).counts == [4, 0, 0, 0, 0])
        let duties = try exported(DutyExport.plan(.everything), county)
        let villages = try exported(VillageExport.plan(.everything), county)
        let file =
            Self.national.replacing("2016/3/1,,", with: "2016/3/1,2018-03-01,任期届满")
            .replacing("holderName,", with: "holderName,teamName,").replacing(",,2016", with: ",,,2016")
            .replacing(",,2015", with: ",,,2015").replacing("赵长富,2015", with: "赵长富,,2015")
            + "队长,\(Place.villageA3),县委办,钱进,,工作队,2016-03-01,,\n"
            + "队员,\(Place.villageA3),,,孙秀芳,工作队,2016-04-01,,\n"
        let changed = try session.importFile(2, "kind=duties", file)
        #expect(changed.counts == [2, 1, 3, 0, 0], "\(changed.counts)")
        let facts =
            "villageCode,from,kind,tags\n\(Place.villageA1),2018-12-31,exited,weak\n"
            + "\(Place.villageB1),2014-01-01,ordinary,\n"
        #expect(try session.importFile(3, "kind=villages", facts).counts == [1, 1, 0, 0, 0])
        #expect(try session.undo(3)["state"]?.string == "undone")
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try exported(DutyExport.plan(.everything), county) == duties)
        #expect(try exported(VillageExport.plan(.everything), county) == villages)
        #expect(try session.get("/v1/work-teams").items.isEmpty)
        #expect(try county.faults() == [])
    }

    /// An export as CSV.
    private func exported(_ plan: ExportPlan, _ county: County) throws -> String {
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let sql = """
            SELECT \(plan.columns.map(\.expression).joined(separator: ", ")) FROM \(plan.source)
            WHERE \(plan.conditions.clauses.joined(separator: " AND ")) ORDER BY \(plan.order.joined(separator: ", "))
            """
        var text = plan.columns.map(\.name).joined(separator: ",") + "\n"
        try reader.forEach(sql, values: plan.conditions.values) { row in
            let cells = (0..<plan.columns.count).map { index in
                if row.isNull(index) { return "" }
                return switch row.value(index) {
                case .blob: row.optionalIdentifier(index)?.description ?? ""
                case .integer(let value): String(value)
                default: row.text(index)
                }
            }
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }
}
