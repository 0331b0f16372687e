// Figures of households and people: what is counted, on which day, for whom, and that the kept rows are what a recount
// finds, whatever was done to the register.

import Foundation
import Testing

@testable import Archive
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Statistics")
struct StatisticsTests {
    private static func figures(_ session: Session, _ query: String = "") throws -> JSONValue {
        try required(session.get("/v1/statistics/households\(query)").json)
    }

    /// `code households people` of one dimension.
    private static func lines(_ statistics: JSONValue, _ dimension: String) -> [String] {
        statistics[dimension].list.map { item in
            "\(item["code"]?.string ?? "-") \(item["households"]?.integer ?? -1) \(item["people"]?.integer ?? -1)"
        }
    }

    private static func ages(_ statistics: JSONValue) -> [Int] {
        statistics["age"].list.map { $0["people"]?.integer ?? -1 }
    }

    @Test("households and people are counted by what is known of them, in the caller's area only")
    func counts() throws {
        let county = try County()
        try county.make(
            1,
            Sample.household(
                "H1",
                members: [
                    Sample.member("陈甲"), Sample.member("陈乙", relation: "spouse", sex: "female", born: "1982-01-01"),
                    Sample.member("陈丙", relation: "son", born: "2012-03-02").with([
                        "education": .omitted, "labourCapacity": "none",
                    ]),
                ]))
        try county.make(2, Sample.household("H2", in: Place.villageB1).with(["attribute": "low-income"]))
        let session = try county.as(.administrator)
        let all = try Self.figures(session)
        #expect(all["households"]?.integer == 2)
        #expect(all["people"]?.integer == 4)
        #expect(all["on"]?.string == County.today)
        #expect(Self.lines(all, "state") == ["registered 2 4"])
        #expect(Self.lines(all, "attribute") == ["general 1 3", "low-income 1 1"])
        #expect(Self.lines(all, "mainCause") == ["lack-of-technology 2 4"])
        #expect(Self.lines(all, "labour") == ["present 2 4"])
        #expect(Self.lines(all, "sex") == ["female 1 1", "male 2 3"])
        #expect(Self.lines(all, "education") == ["- 1 1", "junior 2 3"])
        #expect(Self.lines(all, "labourCapacity") == ["none 1 1", "ordinary 2 3"])
        #expect(Self.ages(all) == [0, 1, 0, 3, 0, 0, 0])
        #expect(try Self.figures(session, "?areaCode=\(Place.townB)")["households"]?.integer == 1)
        #expect(try Self.figures(county.as(.clerkA))["people"]?.integer == 3)
        #expect(try Self.figures(county.as(.workerB1))["people"]?.integer == 1)
        #expect(
            try county.as(.clerkA).get("/v1/statistics/households?areaCode=\(Place.townB)").status == 404)
        #expect(try Self.figures(county.as(.neighbour))["households"]?.integer == 0)
        #expect(try session.get("/v1/statistics/households?on=2027-03-03").errors == ["?on too-far-ahead"])
        #expect(try session.get("/v1/statistics/households?areaCode=990999000000").status == 404)
    }

    @Test("ages move with the calendar: a birthday counts from its day, one of 29 February from 1 March")
    func ages() throws {
        let county = try County()
        let born = ["2010-03-02", "2010-03-03", "1966-03-01", "1966-12-31", "1946-03-03", "2008-02-29"]
        let file =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate\n"
            + born.enumerated().map { index, day in
                "\(Place.villageA1),H1,general,illness,陈\(index),\(index == 0 ? "householder" : "other"),male,\(day)\n"
            }.joined() + "\(Place.villageA1),H1,general,illness,陈老,other,male,\n"
        #expect(try county.as(.administrator).importFile(1, "kind=households", file).counts[0] == 7)
        func now() throws -> [Int] { try Self.ages(Self.figures(county.as(.administrator))) }
        #expect(try now() == [0, 1, 1, 2, 1, 1, 0, 1], "the last one has no birth date")
        county.clock.advance(days: 1)
        #expect(try now() == [0, 0, 2, 2, 1, 0, 1, 1], "one is 16 today, one is 80")
        let session = try county.as(.administrator)
        #expect(
            try Self.ages(Self.figures(session, "?on=2026-03-02")) == [0, 1, 1, 2, 1, 1, 0, 1], "as they were then")
        #expect(try Self.ages(Self.figures(session, "?on=2026-03-01")) == [0, 0, 0, 0, 0, 0, 0], "before they came")
    }

    @Test("another day is counted from what held then, as it is known now")
    func anotherDay() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.administrator)
        let moved = try session.patch(
            "/v1/households/\(Sample.id(1))", version: 1,
            ["state": "lifted", "attribute": "low-income", "effectiveOn": "2020-06-01"])
        #expect(moved.status == 200)
        let left = try session.patch(
            "/v1/households/\(Sample.id(2))/members/\(Sample.id(102))", version: 1,
            ["relation": "other"])
        #expect(left.status == 422, "somebody has to be householder")
        #expect(Self.lines(try Self.figures(session), "state") == ["lifted 1 1", "registered 2 2"])
        #expect(Self.lines(try Self.figures(session, "?on=2020-05-31"), "state") == ["registered 3 3"])
        #expect(
            Self.lines(try Self.figures(session, "?on=2020-06-01"), "attribute") == ["general 2 2", "low-income 1 1"])
        #expect(try Self.figures(session, "?on=2015-12-31")["households"]?.integer == 0)
        #expect(try Self.figures(session, "?on=2020-05-31&areaCode=\(Place.villageA1)")["households"]?.integer == 1)
        let named = try county.as(.province).put(
            "/v1/divisions/\(Place.villageA1)/successor",
            ["successorCode": .string(Place.villageB1), "effectiveOn": "2026-03-01"])
        #expect(named.status == 200, "\(named.text)")
        #expect(try Self.figures(session, "?areaCode=\(Place.townB)")["households"]?.integer == 2)
        #expect(try Self.figures(session, "?areaCode=\(Place.townB)&on=2020-06-01")["households"]?.integer == 2)
        #expect(try Self.figures(session, "?areaCode=\(Place.townA)&on=2020-06-01")["households"]?.integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("a register from before the figures has them after the migration")
    func migration() throws {
        let county = try County()
        try county.makeThree()
        try county.make(4, Sample.household("H4").with(["selfCare": false]))
        func statement(_ file: String, from start: String) throws -> String {
            let script = String(
                decoding: try Files.read(Self.migrations + file, bytesMax: 1 << 20), as: UTF8.self)
            let first = try required(script.range(of: start)).lowerBound
            let end = try required(script[first...].range(of: ";\n")).lowerBound
            return String(script[first..<end])
        }
        let statements = [
            "DELETE FROM household_figure", "UPDATE household SET needs_two_units = 0",
            // Migration 0027 has renamed what it fills.
            try statement("/0007_statistics.sql", from: "INSERT INTO household_figure")
                .replacing("status", with: "state"),
            try statement("/0010_pairing.sql", from: "UPDATE household SET needs_two_units = 1"),
            try statement("/0010_pairing.sql", from: "INSERT INTO household_figure (village_id"),
        ]
        try county.register.perform { transaction in
            for statement in statements { try transaction.connection.run(statement) }
        }
        #expect(try county.faults() == [])
    }

    private static let migrations =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Migrations"
}

/// Random work on a register; after each step the figures are recounted.
@Suite("Figures against a recount")
struct FigurePropertyTests {
    private static let villages = [
        Place.villageA1, Place.villageA2, Place.villageA3, Place.villageB1, Place.villageB2, Place.villageB3,
    ]

    @Test(
        "kept figures are a recount's after any edits, moves, imports, dry runs, refusals and mergers",
        arguments: [1, 2, 3])
    func anyWork(seed: Int) throws {
        let county = try County()
        var chance = SeededGenerator(seed: UInt64(seed))
        var villages = Self.villages
        for step in 0..<40 {
            try Self.step(step, county, &villages, &chance)
            let faults = try county.faults()
            #expect(faults == [], "step \(step) of seed \(seed)")
            guard faults.isEmpty else { return }
        }
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let today = county.clock.now.shanghaiDate
        let kept = try HouseholdStatistics.kept(in: .everything, on: today, reader)
        let counted = try HouseholdStatistics.counted(in: PastArea(.everything), on: today, reader)
        for dimension in FigureDimension.allCases where dimension != .birthDate {
            func text(_ statistics: HouseholdStatistics) -> [String] {
                statistics.counts(dimension).map { "\($0.code) \($0.counts)" }
            }
            #expect(text(kept) == text(counted), "\(dimension)")
        }
        #expect(kept.ages == counted.ages)
        #expect(kept.ageless == counted.ageless)
        #expect(kept.total == counted.total)
        #expect(kept.total.households > 5)
    }

    private static func step(
        _ step: Int, _ county: County, _ villages: inout [String], _ chance: inout SeededGenerator
    ) throws {
        let session = try county.as(.province)
        let administrator = try county.as(.administrator)
        let village = try required(villages.randomElement(using: &chance))
        switch Int.random(in: 0..<10, using: &chance) {
        case 0...2:
            let names = (0...Int.random(in: 0...3, using: &chance)).map { "王\($0)" }
            let members = names.enumerated().map { index, name in
                Sample.member(
                    name, relation: index == 0 ? "householder" : "other",
                    born: "\(Int.random(in: 1930...2025, using: &chance))-0\(Int.random(in: 1...9, using: &chance))-11")
            }
            _ = try administrator.put(
                "/v1/households/\(Sample.id(1000 + step))", Sample.household("H\(step)", in: village, members: members))
        case 3...5:
            guard let household = try session.get("/v1/households?limit=100").items.randomElement(using: &chance),
                let id = household["id"]?.string, let version = household["version"]?.integer
            else { return }
            let changes: [JSON] = [
                ["state": "lifted"], ["villageCode": .string(village)], ["mainCause": "illness", "otherCauses": []],
                ["attribute": "low-income", "effectiveOn": "2019-01-01"], ["labour": "weak"],
            ]
            _ = try administrator.patch(
                "/v1/households/\(id)", version: version, try required(changes.randomElement(using: &chance)))
        case 6:
            guard let household = try session.get("/v1/households?limit=100").items.randomElement(using: &chance),
                let id = household["id"]?.string
            else { return }
            let shown = try required(administrator.get("/v1/households/\(id)").json)
            guard let member = shown["members"].list.last?["id"]?.string, let version = shown["version"]?.integer else {
                return
            }
            let changes: [JSON] = [
                ["leftOn": "2026-02-01", "leftReason": "other"], ["birthDate": "1999-12-31"], ["health": "disabled"],
            ]
            _ = try administrator.patch(
                "/v1/households/\(id)/members/\(member)", version: version,
                try required(changes.randomElement(using: &chance)))
            _ = try administrator.put(
                "/v1/households/\(id)/members/\(Sample.id(5000 + step))",
                Sample.member("赵\(step)", relation: "other", born: "2001-01-01"))
        case 7...8: try importSome(step, administrator, village, &chance)
        default:
            guard villages.count > 3 else { return }
            let old = villages.remove(at: Int.random(in: 0..<villages.count, using: &chance))
            let new = try required(villages.randomElement(using: &chance))
            let day = county.clock.now.shanghaiDate.description
            let named = try session.put(
                "/v1/divisions/\(old)/successor", ["successorCode": .string(new), "effectiveOn": .string(day)])
            #expect(named.status == 200 || named.status == 409, "\(named.text)")
            if named.status != 200 { villages.append(old) }
        }
    }

    private static func importSome(
        _ step: Int, _ session: Session, _ village: String, _ chance: inout SeededGenerator
    ) throws {
        let rows = (0..<6).map { index -> String in
            let isWrong = Int.random(in: 0..<6, using: &chance) == 0
            let archive = "H\(Int.random(in: 0..<40, using: &chance))-\(index)"
            let born = "19\(Int.random(in: 40...99, using: &chance))-05-06"
            return
                "\(village),\(archive),general,illness,李\(step),householder,\(isWrong ? "none" : "male"),\(born)\n"
        }
        let options = ["mode=each", "mode=atomic", "dryRun=true", "mode=atomic&dryRun=true", "complete=true"]
        // The same number in two households: refused by the database, in the middle of a piece.
        let twice = (0..<2).map { index in
            "\(village),D\(step)-\(index),general,illness,李\(step),householder,male,\n"
        }
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber\n"
        let number = Sample.identityNumber(step + 1)
        let lines =
            rows.map { $0.replacing("\n", with: ",\n") }
            + twice.map { $0.replacing("\n", with: ",\(number)\n") }
        let file = header + lines.joined()
        _ = try session.importFile(
            7000 + step, "kind=households&" + (try required(options.randomElement(using: &chance))), file)
    }
}
