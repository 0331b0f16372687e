// The real tree of divisions, where JIEDUI_DIVISIONS names the folder of its files: a county, all of a province, and
// the towns of a later edition over it.

import Foundation
import HTTP1
import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

private let folder = ProcessInfo.processInfo.environment["JIEDUI_DIVISIONS"]

@Suite("Real divisions", .enabled(if: folder != nil))
struct RealDivisionTests {
    private struct Row {
        let code: String
        let name: String
        let level: String
        let parent: String
    }

    private static func content(_ name: String) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: (folder ?? "") + "/" + name)))
        return name.hasSuffix(".gz") ? try ContentCoding.inflateGzip(bytes, bytesMax: 64 << 20, ratioMax: 100) : bytes
    }

    private static func rows(_ bytes: [UInt8]) -> [Row] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Row(code: cells[0], name: cells[1], level: cells[2], parent: cells[3])
        }
    }

    @Test("the county of Bobai imports over the API, twice: 390 rows created, then 390 unchanged")
    func bobai() throws {
        let first = try County()
        first.application.stop()
        let content = try Self.content("divisions-bobai.csv")
        // Only a caller of the whole country could start another province: the file goes in by command first.
        let file = try first.folder.write("bobai.csv", content)
        let order = ImportOrder(kind: .divisions, on: try required(CivilDate("2016-07-31")))
        #expect(try ImportCommand.run(file, order, first.register).counts.created == 390)
        #expect(try ImportCommand.run(file, order, first.register).counts.unchanged == 390)
        first.close()
        let county = try County(reopening: first.folder, clock: first.clock)
        let user = try county.register.perform { transaction in
            let user = try AccessStore.addUser(
                name: "博白", role: "county-administrator", division: "450923000000", transaction)
            return try AccessStore.createToken(user: user, device: "test", days: 1, transaction).text
        }
        let session = try county.with(token: user)
        #expect(
            try session.importFile(1, "kind=divisions&complete=450923000000", content, [:]).counts == [0, 0, 390, 0, 0])
        #expect(try session.get("/v1/divisions?level=village&count=true&limit=1").json["total"].integer == 359)
        #expect(try session.get("/v1/divisions?level=town&count=true&limit=1").json["total"].integer == 28)
        #expect(try session.walk("/v1/divisions?limit=50").count == 388)
        #expect(try county.faults() == [])
    }

    @Test(
        "all of Guangxi, then its towns of 2023: what ended and what is new is listed, and every village stays in sight"
    )
    func guangxi() throws {
        let county = try County()
        // A command imports while nobody serves: no runner may take its job.
        county.application.stop()
        let first = try Self.content("divisions-guangxi.csv.gz")
        let second = try Self.content("divisions-guangxi-town-2023.csv")
        let (old, new) = (Self.rows(first), Self.rows(second))
        let file = try county.folder.write("first.csv", first)
        let created = try ImportCommand.run(
            file, ImportOrder(kind: .divisions, on: try required(CivilDate("2016-07-31"))), county.register)
        #expect(created.counts.created == 17_868, "\(created.report.prefix(5))")
        #expect(created.counts.refused == 0, "\(created.report.prefix(5))")

        var later = ImportOrder(kind: .divisions, on: try required(CivilDate("2023-06-30")))
        later.completeBelow = AreaCode("450000000000")
        let newFile = try county.folder.write("second.csv", second)
        let edition = try ImportCommand.run(newFile, later, county.register)
        let (oldCodes, newCodes) = (Set(old.map(\.code)), Set(new.map(\.code)))
        let gone = Set(old.filter { $0.level != "village" && !newCodes.contains($0.code) }.map(\.code))
        #expect(edition.counts.refused == 0, "\(edition.report.prefix(5))")
        #expect(edition.counts.created == newCodes.subtracting(oldCodes).count)
        #expect(edition.counts.ended == gone.count)
        #expect(gone.count > 10)
        #expect(
            try Set(
                county.query("SELECT code FROM division WHERE ended_on IS NOT NULL AND code / 10000000000 = 45") {
                    String($0.int64(0))
                }) == gone)
        #expect(try county.faults() == [])
        try expectVillagesInSight(county, old, new)

        // Counties whose code changed: the new county that begins with the same character follows, and its clerk sees
        // the villages.
        let counties = new.filter { $0.level == "county" && !oldCodes.contains($0.code) }
        var named = 0
        for ended in old where ended.level == "county" && gone.contains(ended.code) {
            guard let follower = counties.first(where: { $0.name.first == ended.name.first }) else { continue }
            let (from, to) = (try required(AreaCode(ended.code)), try required(AreaCode(follower.code)))
            try county.register.perform { transaction in
                let old = try required(DivisionStore.findForSuccession(from, transaction.connection))
                let new = try required(DivisionStore.find(code: to, transaction.connection))
                try Successors.name(new, after: old, on: required(CivilDate("2023-06-30")), transaction)
            }
            named += 1
        }
        #expect(named == 5)
        #expect(try county.faults() == [])
        try expectVillagesInSight(county, old, new)
        #expect(try ImportCommand.run(newFile, later, county.register).counts.created == 0)
        #expect(try county.faults() == [])
    }

    /// Every village of the first edition lies in the range of who works for its county, or for the county that its
    /// town came to.
    private func expectVillagesInSight(_ county: County, _ old: [Row], _ new: [Row]) throws {
        let reader = try county.register.database.makeReader()
        defer { reader.close() }
        let oldParent = Dictionary(uniqueKeysWithValues: old.map { ($0.code, $0.parent) })
        let newParent = Dictionary(uniqueKeysWithValues: new.map { ($0.code, $0.parent) })
        var scopes: [String: Scope] = [:]
        var hidden: [String] = []
        for village in old where village.level == "village" {
            let town = village.parent
            let code = newParent[town] ?? oldParent[town] ?? ""
            if scopes[code] == nil {
                scopes[code] = try DivisionStore.resolve(code: required(AreaCode(code)), reader)?.scope
            }
            let place = try DivisionStore.find(code: required(AreaCode(village.code)), reader)?.areaCode
            if let place, scopes[code]?.contains(place) == true { continue }
            hidden.append(village.code)
        }
        #expect(hidden == [], "\(hidden.count) of \(old.count) are out of sight")
    }
}
