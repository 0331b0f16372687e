// Undoing an import is held to how many households a second helper may have, as it is to quotas: a record that no
// longer fits stays as it is, and the report says why.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("Undoing and second helpers")
struct SecondHelperUndoTests {
    private static func state(_ county: County, _ number: Int, most: Int, from: String = "2015-01-01") throws {
        let answer = try county.as(.administrator).put(
            "/v1/parameters/\(Sample.id(number))",
            [
                "key": "second-helper.max-households", "value": .integer(most), "unit": "households",
                "areaCode": .string(Place.county), "from": .string(from),
            ])
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// 11 answers for three households, 12 stands beside the first of them, and may stand beside one.
    private static func county(most: Int = 1) throws -> County {
        let county = try County()
        try state(county, 901, most: most)
        try county.makeCadre(11, "section")
        try county.makeCadre(12, "section", of: 2)
        for number in 1...3 { try county.make(number, Sample.household("H\(number)")) }
        for number in 1...3 { try county.help(number, by: 11, as: 200 + number, from: "2025-01-01") }
        for number in 1...most {
            try county.help(number, by: 12, as: 300 + number, isResponsible: false, from: "2025-01-01")
        }
        return county
    }

    /// A file with one row that changes what is there.
    private static func file(_ county: County, _ head: String, _ row: String, kind: String = "pairings") throws {
        county.clock.advance(milliseconds: 1_000)
        let session = try county.as(.administrator)
        let done = try session.importFile(61, "kind=\(kind)", "\(head)\n\(row)\n")
        let report = try session.report(61)
        #expect(done.counts == [0, 1, 0, 0, 0], "\(report)")
    }

    private static func takeAnother(_ county: County) throws {
        county.clock.advance(milliseconds: 1_000)
        let taken = try county.as(.administrator).put(
            Sample.path(ofPairing: 303), Sample.pairing(3, by: 12, "joint", from: County.today))
        #expect(taken.status == 201, "\(taken.text)")
    }

    /// What the report says stays.
    private static func left(_ session: Session) throws -> [String] {
        try session.walk("/v1/imports/\(Sample.id(61))/report?limit=1000")
            .filter { $0["code"]?.string == "not-undone" }.compactMap { $0["message"]?.string }.sorted()
    }

    private static func stays(_ pairing: Int) -> String { "pairings/\(Sample.id(pairing)) 保留原样：超出第二帮扶人最多户数" }

    @Test("a second helper whom a file ended and who has another household since does not come back")
    func ended() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        try Self.file(county, "pairingId,to,endReason", "\(Sample.id(301)),\(County.today),replaced")
        try Self.takeAnother(county)
        #expect(try session.undo(61)["undone"]?.integer == 0)
        #expect(try Self.left(session) == [Self.stays(301)])
        #expect(try county.pairs() == ["1 11 first", "2 11 first", "3 11 first", "3 12 joint"])
        #expect(try county.count("pairing_unsettled") == 0)
        #expect(try county.faults() == [])
    }

    @Test("whom a file made first responsible and who stands beside another household since goes on answering")
    func promoted() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        try Self.file(county, "pairingId,role", "\(Sample.id(301)),first-responsible")
        #expect(try county.pairs().prefix(2) == ["1 11 joint", "1 12 first"])
        try Self.takeAnother(county)
        #expect(try session.undo(61)["undone"]?.integer == 0)
        #expect(try Self.left(session) == [Self.stays(201), Self.stays(301)])
        #expect(try county.pairs() == ["1 11 joint", "1 12 first", "2 11 first", "3 11 first", "3 12 joint"])
        #expect(try county.faults() == [])
    }

    @Test("a household that a file ended comes back without a second helper who has another one since")
    func household() throws {
        let county = try Self.county()
        let session = try county.as(.administrator)
        try Self.file(
            county,
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,stateSince,to,endReason",
            "\(Place.villageA1),H1,general,lack-of-technology,陈示例,householder,male,1980-05-06,2016-01-01,"
                + "\(County.today),清退", kind: "households")
        #expect(try county.pairs() == ["2 11 first", "3 11 first"])
        try Self.takeAnother(county)
        #expect(try session.undo(61)["state"]?.string == "undone")
        #expect(try Self.left(session) == [Self.stays(301)])
        #expect(try county.pairs() == ["1 11 first", "2 11 first", "3 11 first", "3 12 joint"])
        #expect(try county.faults() == [])
    }

    @Test("without another household all of it comes back, also where fewer are allowed since")
    func allowed() throws {
        let county = try Self.county(most: 2)
        let session = try county.as(.administrator)
        let before = try county.pairs()
        try Self.file(county, "pairingId,to,endReason", "\(Sample.id(301)),\(County.today),replaced")
        try Self.state(county, 902, most: 1, from: "2026-01-01")
        #expect(try session.undo(61)["undone"]?.integer == 1)
        #expect(try Self.left(session) == [])
        #expect(try county.pairs() == before)
        #expect(try county.faults() == [])

        let roles = try Self.county()
        let again = try roles.as(.administrator)
        let then = try roles.pairs()
        try Self.file(roles, "pairingId,role", "\(Sample.id(301)),first-responsible")
        #expect(try again.undo(61)["undone"]?.integer == 2)
        #expect(try Self.left(again) == [])
        #expect(try roles.pairs() == then)
        #expect(try roles.faults() == [])
    }

    @Test("only what came back is counted: where a full quota keeps somebody away, the heir goes on answering")
    func counted() throws {
        let county = try County()
        try county.makeCadre(12)
        try county.makeCadre(13, "section", of: 2)
        for number in 1...2 { try county.make(number, Sample.household("H\(number)")) }
        try county.help(1, by: 12, as: 301, from: "2025-01-01")
        try county.help(1, by: 13, as: 302, isResponsible: false, from: "2025-01-01")
        let session = try county.as(.administrator)
        try Self.file(county, "pairingId,to,endReason", "\(Sample.id(301)),\(County.today),replaced")
        let taken = try session.put(Sample.path(ofPairing: 303), Sample.pairing(2, by: 12, from: County.today))
        #expect(taken.status == 201, "\(taken.text)")
        #expect(try session.undo(61)["undone"]?.integer == 0)
        #expect(
            try Self.left(session).map { $0.hasPrefix("pairings/\(Sample.id(301)) 保留原样：") } == [true, false])
        #expect(try county.pairs() == ["1 13 first", "2 12 first"])
        #expect(try county.responsible(1, on: County.today) == "干部13")
        #expect(try county.faults() == [])
    }
}
