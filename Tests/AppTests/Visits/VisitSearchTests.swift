// What visits say is found in Chinese (R064): by one character, two, or a longer piece, by right and area.

import Testing

@testable import Service
@testable import Web

@Suite("Search in visits")
struct VisitSearchTests {
    private func found(_ county: County, _ words: String, _ rest: String = "", as person: Person = .administrator)
        throws -> [Int]
    {
        let encoded = words.utf8.map { "%" + Hex.text([$0]) }.joined()
        return try county.visits("q=\(encoded)\(rest)", as: person)
    }

    @Test("diaries, deeds, events and names are found, newest first, each in its area")
    func search() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, Sample.visit().with(["diary": ["did": "屋顶漏雨，已报村委", "saw": "种了油桃"]]))
        try county.visit(
            502, Sample.visit(2).with(["deeds": [["kind": "house-repair", "result": "修好屋顶"]], "diary": ["did": "雨后"]]))
        try county.visit(
            503,
            Sample.visit(3).with([
                "events": [["kind": "illness", "happenedOn": "2026-02-01", "note": "漏诊住院 Hospital 3"]],
                "cadreId": .string(Sample.id(22)), "companions": [["name": "欧阳建国"]],
            ]))
        #expect(try found(county, "雨") == [502, 501])
        #expect(try found(county, "屋顶") == [502, 501])
        #expect(try found(county, "漏") == [503, 501])
        #expect(try found(county, "漏雨") == [501])
        #expect(try found(county, "屋顶漏雨") == [501])
        #expect(try found(county, "顶漏屋") == [])
        #expect(try found(county, "陈示例") == [503, 502, 501])
        #expect(try found(county, "干部22") == [503])
        #expect(try found(county, "欧阳建国") == [503])
        #expect(try found(county, "阳建") == [503])
        #expect(try found(county, "hospital") == [503])
        #expect(try found(county, "HOSPITAL") == [503])
        #expect(try found(county, "，") == [])
        #expect(try found(county, "雨雪") == [])
        // Neighbours of two texts are no word.
        #expect(try found(county, "委种") == [])
        #expect(try found(county, "村委种了") == [])
        #expect(try found(county, "雨，已") == [501])
        #expect(try found(county, "雨", as: .tabletA1) == [501])
        #expect(try found(county, "雨", as: .workerB1) == [])
        #expect(try found(county, "雨", "&areaCode=\(Place.townB)") == [])
        #expect(try found(county, "雨", "&householdId=\(Sample.id(2))") == [502])
        #expect(try found(county, "雨", "&limit=1&count=true") == [502])
        #expect(try county.faults() == [])
    }

    @Test("a corrected visit is still found, flagged as corrected, and by the name that it was recorded with")
    func corrected() throws {
        let county = try County()
        try county.makeVisited()
        try county.visit(501, Sample.visit().with(["diary": ["did": "屋顶漏雨"]]))
        try county.visit(
            502, Sample.visit().with(["correctsVisitId": .string(Sample.id(501)), "diary": ["did": "屋顶完好"]]))
        #expect(try found(county, "漏雨") == [501])
        #expect(try found(county, "漏雨", "&isCounted=true") == [])
        #expect(try found(county, "屋顶") == [502, 501])
        let member = "/v1/households/\(Sample.id(1))/members/\(Sample.id(101))"
        #expect(try county.as(.administrator).patch(member, version: 1, ["name": "陈改名"]).status == 200)
        #expect(try found(county, "陈示例") == [502, 501])
        #expect(try found(county, "陈改名") == [])
        #expect(try county.faults() == [])
    }

    @Test("pages of a search go on where the last one ended, for a village and for the county")
    func pages() throws {
        let county = try County()
        try county.makeVisited()
        for number in 1...9 {
            try county.visit(500 + number, Sample.visit(number % 3 + 1).with(["diary": ["did": "核对收入"]]))
        }
        let encoded = "核对".utf8.map { "%" + Hex.text([$0]) }.joined()
        #expect(try county.as(.administrator).walk("/v1/visits?q=\(encoded)&limit=2").count == 9)
        #expect(try county.as(.clerkA).walk("/v1/visits?q=\(encoded)&limit=1").count == 6)
        #expect(try county.as(.tabletA1).walk("/v1/visits?q=\(encoded)&limit=1").count == 3)
        let file = try county.as(.clerkA).get("/v1/visits?q=\(encoded)", ["Accept": "application/x-ndjson"])
        #expect(file.text.split(separator: "\n").count == 7)
    }
}
