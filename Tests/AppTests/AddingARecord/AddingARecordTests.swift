// docs/adding-a-record.md is true: its code is what is compiled here, and all that a record has works with it.

import ExpandContract
import Foundation
import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Adding a record as the document says")
struct AddingARecordTests {
    private static let repository = URL(fileURLWithPath: Contract.path).deletingLastPathComponent().path
    private static let composition = Composition(Composition.jiedui.modules + [.culturalRooms])

    /// The block of a language in the document.
    private static func block(_ language: String) throws -> String {
        let text = try String(contentsOfFile: repository + "/docs/adding-a-record.md", encoding: .utf8)
        let rest = try required(text.range(of: "```\(language)\n")).upperBound
        return String(text[rest...].prefix(upTo: try required(text[rest...].range(of: "```")).lowerBound))
    }

    /// A county whose schema and modules are as after the document.
    private static func county() throws -> (county: County, contract: Contract) {
        let folder = try Folder()
        let migrations = try FileManager.default.contentsOfDirectory(atPath: County.migrations)
        for name in migrations {
            try FileManager.default.copyItem(atPath: County.migrations + "/" + name, toPath: folder.path + "/" + name)
        }
        let number = String(10_001 + migrations.count).dropFirst()
        try block("sql").write(
            toFile: folder.path + "/\(number)_cultural_rooms.sql", atomically: true, encoding: .utf8)
        let county = try County(composition: composition, migrations: folder.path)
        let records = RecordFacts.all(county.register)
        let fragments =
            try Fragment.all(of: repository, records)
            + [Fragment(path: "Sources/Archive/Villages/CulturalRooms/contract.yaml", block("yaml"), records)]
        let expansion = try Expansion(
            fragments, RouteFacts.all(county.register), ProblemFacts.all(county.register),
            Catalogues.all(county.register))
        return (county, try Contract(expansion.text()))
    }

    @Test("the document shows the code that is compiled here, and it touches six files with at most 200 lines")
    func document() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let compiled = try String(contentsOf: folder.appendingPathComponent("CulturalRoom.swift"), encoding: .utf8)
        let shown = try Self.block("swift")
        #expect(compiled == shown)
        let lines = try ["sql", "swift", "yaml"].map { try Self.block($0).split(separator: "\n").count }
        #expect(lines.reduce(3, +) <= 200, "\(lines)")
    }

    @Test("the record is put, replayed, changed, listed, filed, followed and read as of a day")
    func life() throws {
        let (county, contract) = try Self.county()
        try Contract.$judge.withValue(contract) {
            let clerk = try county.as(.clerkA)
            let path = "/v1/cultural-rooms/\(Sample.id(901))"
            let body: JSON = [
                "villageCode": .string(Place.villageA1), "name": "东村文化活动室", "squareMetres": 120,
                "phone": "13800005678", "effectiveOn": "2026-01-10",
            ]
            let made = try clerk.put(path, body)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["townName"].string == "甲镇")
            #expect(made.json["phone"].string == "*******5678")
            #expect(try clerk.put(path, body)["idempotency-replayed"] == "true")
            let changed = try clerk.patch(path, version: 1, ["isOpen": false, "squareMetres": 150])
            #expect(changed.json["isOpen"].boolean == false, "\(changed.text)")
            #expect(try clerk.get(path + "?on=2026-02-01").json["squareMetres"].integer == 120)
            #expect(try clerk.get(path + "/history").items.count == 2)
            #expect(try clerk.again(path).status == 304)
            #expect(try clerk.get("/v1/cultural-rooms?q=%E6%96%87&ended=false&count=true").json["total"].integer == 1)
            let file = try clerk.get("/v1/cultural-rooms", ["Accept": "text/csv"]).text
            #expect(file.hasPrefix("id,version,villageCode,villageName,townName,name,"), "\(file)")
            let wrong = try clerk.put(
                "/v1/cultural-rooms/\(Sample.id(902))",
                ["villageCode": .string(Place.villageB1), "squareMetres": 0, "builtOn": "2026-09-09"])
            #expect(wrong.errors.sorted() == ["/builtOn in-future", "/name required", "/squareMetres out-of-range"])
            #expect(try county.as(.clerkB).get(path).status == 404)
            #expect(try county.as(.tabletA1).put(path, body).status == 403)
            let changes = try clerk.get("/v1/changes?include=record&entity=cultural-rooms").items
            #expect(changes.compactMap { $0["operation"]?.string } == ["create", "change"])
            #expect(changes.last?["record"]?["squareMetres"]?.integer == 150)
            #expect(try county.faults() == [])
        }
    }

    @Test("its file is imported, exported, known again, changed and undone; it follows its village")
    func files() throws {
        let (county, contract) = try Self.county()
        try Contract.$judge.withValue(contract) {
            let session = try county.as(.administrator)
            let file = "村代码,文化活动室名称,建筑面积,联系电话\n\(Place.villageA1),东村文化活动室,120,13800005678\n"
            #expect(try session.importFile(1, "kind=cultural-rooms", file).counts == [1, 0, 0, 0, 0])
            #expect(try session.importFile(2, "kind=cultural-rooms", file).counts == [0, 0, 1, 0, 0])
            county.clock.advance(days: 1)
            let larger = file.replacing(",120,", with: ",150,") + "\(Place.villageA2),西村文化活动室,80,\n"
            #expect(try session.importFile(3, "kind=cultural-rooms", larger).counts == [1, 1, 0, 0, 0])
            _ = try session.export(1, ["kind": "cultural-rooms", "format": "csv"])
            let exported = try session.content(1).text
            #expect(
                try session.importFile(4, "kind=cultural-rooms", exported).counts == [0, 0, 2, 0, 0], "\(exported)")
            #expect(try session.undo(3).counts[0] != nil)
            let left = try session.get("/v1/cultural-rooms").items
            #expect(left.map { $0["squareMetres"]?.integer } == [120])
            let moved = try session.put(
                "/v1/divisions/\(Place.villageA1)/successor",
                ["successorCode": .string(Place.villageA3), "effectiveOn": "2026-03-01"])
            #expect(moved.status < 300, "\(moved.text)")
            #expect(try session.get("/v1/cultural-rooms?areaCode=\(Place.villageA3)").items.count == 1)
            #expect(try county.faults() == [])
        }
    }
}
