// Files of pairings: keys, refusals row by row, that what is exported is read back as it was, and undoing.

import Testing

@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Importing pairings")
struct PairingImportTests {
    private func county() throws -> County {
        let county = try County()
        try county.makeThree()
        try county.addHelpers()
        try county.addHouseholds(11...12)
        return county
    }

    private func export(_ county: County) throws -> String {
        _ = try ExportCommand.run(
            ExportOrder(kind: .pairings, isPlain: true, reason: "for a test"), county.register,
            to: county.folder.path + "/out.csv")
        return String(decoding: try county.folder.read("out.csv"), as: UTF8.self)
    }

    @Test("national sheets are read by archive number, name, phone and unit; the same file again changes nothing")
    func nationalSheets() throws {
        let county = try county()
        let session = try county.as(.administrator)
        _ = try session.patch("/v1/cadres/\(Sample.id(412))", version: 1, ["phone": "13800001111"])
        let file = """
            户编号,帮扶责任人,帮扶单位,联系电话,帮扶角色,开始时间
            H1,张示例,县农业局,,第一责任人,2020/1/1
            H1,李示例,,13800001111,协同帮扶人,2020-01-01
            H11,张示例,,,第一责任人,20210101
            """
        let dry = try session.importFile(1, "kind=pairings&dryRun=true", file)
        let count = try county.count("pairing")
        #expect(dry.counts == [3, 0, 0, 0, 0])
        #expect(count == 0)
        #expect(try session.importFile(2, "kind=pairings", file).counts == [3, 0, 0, 0, 0])
        #expect(try session.report(2) == [])
        #expect(try county.responsible(1, on: County.today) == "张示例")
        let begun = try session.get("/v1/pairings").items.first
        #expect(begun["origin"].string == "import")
        #expect(begun["originId"].string == Sample.id(2))
        #expect(try session.importFile(3, "kind=pairings", file).counts == [0, 0, 3, 0, 0])
        // The longest first, then the one who goes: a file can replace a helper.
        let next = """
            archiveNumber,countyCode,cadreId,role,from,to,endReason
            H1,\(Place.county),\(Sample.id(413)),joint,2026-03-01,,
            H1,\(Place.villageA1),\(Sample.id(411)),,2020-01-01,2026-03-01,replaced
            H1,\(Place.county),\(Sample.id(412)),first-responsible,2020-01-01,,
            """
        #expect(try session.importFile(4, "kind=pairings", next).counts == [1, 1, 1, 0, 0])
        #expect(try county.responsible(1, on: County.today) == "李示例")
        #expect(try county.faults() == [])
    }

    @Test("what the rules refuse is reported row by row with the codes of the API, and changes nothing")
    func refusals() throws {
        let county = try county()
        let session = try county.as(.administrator)
        let duty: JSON = [
            "kind": "village-guarantee", "areaCode": .string(Place.villageA2),
            "organizationId": .string(Sample.id(401)), "from": "2025-01-01",
        ]
        #expect(try session.put(Sample.path(ofDuty: 1), duty).status == 201)
        let file = """
            pairingId,archiveNumber,cadreId,role,from,to,responsibleDays
            \(Sample.id(801)),H1,\(Sample.id(413)),first-responsible,2020-01-01,,
            ,H11,\(Sample.id(413)),first-responsible,2020-01-01,,
            ,H2,\(Sample.id(411)),first-responsible,2020-01-01,,
            ,H1,\(Sample.id(413)),joint,2021-01-01,,
            ,H1,\(Sample.id(411)),first-responsible,2020-01-01,,
            ,H99,\(Sample.id(499)),joint,2020-01-01,,
            \(Sample.id(801)),,,,2020-01-01,2026-01-01,
            ,H12,\(Sample.id(411)),,2020-01-01,,
            ,H12,\(Sample.id(411)),joint,2020-01-01,,2019-01-01/
            ,H12,\(Sample.id(411)),joint,2020-01-01,,later
            \(Sample.id(801)),H12,,,2020-01-01,,
            ,H12,\(Sample.id(412)),first-responsible,2025-06-01,,
            """
        #expect(try session.importFile(1, "kind=pairings", file).counts == [2, 0, 0, 0, 10])
        #expect(
            try session.report(1) == [
                "3 cadreId quota-full refused", "4 cadreId outside-linked-area refused",
                "5 cadreId pairing-exists refused",
                "6 role first-responsible-taken refused", "7 archiveNumber unknown-household refused",
                "8 to no-unhooking refused", "9 role required refused", "10 responsibleDays outside-pairing refused",
                "11 responsibleDays malformed refused", "12 pairingId pairing-differs refused",
                "13 reason reason-needed warning",
            ])
        #expect(try county.count("pairing") == 2)
        // Of another county nothing is known; an id that was used there is taken.
        let neighbour = try county.as(.neighbour)
        #expect(
            try neighbour.importFile(
                2, "kind=pairings",
                "pairingId,archiveNumber,cadreId,role\n\(Sample.id(801)),H3,\(Sample.id(421)),joint\n"
                    + ",H1,\(Sample.id(421)),joint\n,,\(Sample.id(421)),joint\n"
            ).counts == [0, 0, 0, 0, 3])
        #expect(
            try neighbour.report(2) == [
                "2 id-reused refused", "3 archiveNumber unknown-household refused",
                "4 householdId required refused",
            ])
        #expect(try county.faults() == [])
    }

    @Test("what is exported with its whole history is read elsewhere, and exported again it is equal")
    func roundTrip() throws {
        let county = try county()
        let session = try county.as(.administrator)
        try county.pair(801, Sample.pairing(1, by: 411, from: "2018-01-01").with(["reason": "老乡", "isPinned": true]))
        try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2019-01-01"))
        _ = try session.patch(
            Sample.path(ofPairing: 802), version: 1, ["role": "first-responsible", "on": "2024-01-01"])
        try county.pair(803, Sample.pairing(11, by: 413, from: "2019-01-01").with(["to": "2020-01-01"]))
        try county.pair(804, Sample.pairing(11, by: 413, "joint", from: "2027-01-01"))
        try county.pair(805, Sample.pairing(3, by: 421))
        let taken = try county.pair(
            806, Sample.pairing(1, by: 413, "joint", from: "2021-01-01").with(["to": "2022-01-01"]))
        #expect(
            try session.patch(taken, version: 1, ["to": "2021-01-01"]).json["endReason"].string == "entered-in-error")
        let file = try export(county)
        #expect(file.contains("2018-01-01/2024-01-01"))
        #expect(!file.contains(Sample.id(806)))
        #expect(try session.importFile(1, "kind=pairings", file).counts == [0, 0, 5, 0, 0])
        let other = try self.county()
        let imported = try other.as(.administrator).importFile(1, "kind=pairings", file)
        #expect(try other.as(.administrator).report(1) == [])
        #expect(imported.counts == [5, 0, 0, 0, 0])
        #expect(try export(other) == file)
        #expect(try other.responsible(1, on: "2023-12-31") == "张示例")
        #expect(try other.responsible(1, on: "2024-01-01") == "李示例")
        #expect(try other.faults() == [])
    }

    @Test("an import is undone with everything that it did to who answers for whom")
    func undoing() throws {
        let county = try county()
        let session = try county.as(.administrator)
        try county.pair(801, Sample.pairing(1, by: 411))
        try county.pair(802, Sample.pairing(1, by: 412, "joint", from: "2021-01-01"))
        county.clock.advance(milliseconds: 1_000)
        let before = try export(county)
        let file = """
            pairingId,archiveNumber,cadreId,role,from,to
            \(Sample.id(803)),H1,\(Sample.id(413)),joint,2026-01-01,
            \(Sample.id(802)),,,first-responsible,2021-01-01,
            \(Sample.id(801)),,,,2020-01-01,2026-02-01
            \(Sample.id(804)),H11,\(Sample.id(411)),first-responsible,2022-01-01,
            """
        #expect(try session.importFile(1, "kind=pairings&on=2026-01-15", file).counts == [2, 2, 0, 0, 0])
        #expect(try county.responsible(1, on: County.today) == "李示例")
        #expect(try export(county) != before)
        county.clock.advance(milliseconds: 1_000)
        let undone = try session.undo(1)
        #expect(undone["state"].string == "undone", "\(undone)")
        #expect(undone["undone"].integer == 4, "\(undone)")
        #expect(try export(county) == before)
        #expect(try county.count("pairing") == 2)
        #expect(try county.responsible(1, on: County.today) == "张示例")
        #expect(try session.report(1).filter { $0.contains("not-undone") } == [])
        // A pairing that somebody changed after it stands in the way.
        #expect(try session.importFile(2, "kind=pairings&on=2026-01-15", file).counts == [2, 2, 0, 0, 0])
        _ = try session.patch(Sample.path(ofPairing: 804), version: 1, ["isPinned": true])
        let blocked = try session.send("POST", "/v1/imports/\(Sample.id(2))/undo")
        #expect(blocked.problem == "undo-blocked")
        #expect(blocked.errors == ["/pairings/\(Sample.id(804)) changed-later"])
        #expect(try county.faults() == [])
    }
}
