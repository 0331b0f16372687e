// Ends of households in files: in their own columns, in any order of rows, known again, and undone.

import Testing

@testable import Domain
@testable import Service
@testable import Web

@Suite("The end of a household in a file")
struct HouseholdEndFileTests {
    private static let head =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber,stateSince,"
        + "to,endReason,successor"
    private static let village = Place.villageA1

    /// - Parameter end: day, reason and successor, with commas.
    private static func row(_ number: String, _ name: String, _ ordinal: Int, _ end: String = ",,") -> String {
        let identity = Sample.identityNumber(ordinal)
        return "\(village),\(number),general,illness,\(name),householder,male,1980-05-06,\(identity),2016-01-01,\(end)"
    }

    private static func file(_ rows: [String]) -> String { ([head] + rows).joined(separator: "\n") + "\n" }

    private func county() throws -> (County, Session) {
        let county = try County()
        try county.addHelpers()
        let session = try county.as(.administrator)
        let job = try session.importFile(
            1, "kind=households", Self.file([Self.row("H1", "陈示例", 1), Self.row("H2", "王示例", 2)]))
        #expect(job.counts == [2, 0, 0, 0, 0])
        return (county, session)
    }

    private func household(_ number: String, _ session: Session) throws -> JSONValue {
        let list = try session.walk("/v1/households?limit=100") + session.walk("/v1/households?ended=true&limit=100")
        let id = try required(list.first { $0["archiveNumber"]?.string == number }?["id"]?.string)
        return try required(session.get("/v1/households/\(id)?includeLeft=true").json)
    }

    @Test(
        "a file ends a household, is known again, and takes the end back with an empty cell",
        arguments: ["each", "atomic"])
    func ends(_ mode: String) throws {
        let (county, session) = try county()
        let ended = Self.file([Self.row("H1", "陈示例", 1, "2026-02-10,清退,"), Self.row("H2", "王示例", 2)])
        let job = try session.importFile(2, "kind=households&mode=\(mode)", ended)
        #expect(job.counts == [0, 1, 1, 0, 0], "\((try? session.report(2)) ?? [])")
        let one = try household("H1", session)
        #expect(one["to"]?.string == "2026-02-10")
        #expect(one["endReason"]?.string == "wrongly-included")
        #expect(one["memberCount"]?.integer == 0)
        let again = try session.importFile(3, "kind=households&mode=\(mode)", ended)
        #expect(again.counts == [0, 0, 2, 0, 0], "\((try? session.report(3)) ?? [])")
        #expect(try household("H1", session)["version"]?.integer == one["version"]?.integer)
        let back = Self.file([Self.row("H1", "陈示例", 1), Self.row("H2", "王示例", 2)])
        let taken = try session.importFile(4, "kind=households&mode=\(mode)", back)
        #expect(taken.counts == [0, 1, 1, 0, 0], "\((try? session.report(4)) ?? [])")
        #expect(try household("H1", session)["memberCount"]?.integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("a file that does not know of the end changes nothing of the household, and says so")
    func unaware() throws {
        let (county, session) = try county()
        _ = try session.importFile(
            2, "kind=households", Self.file([Self.row("H1", "陈示例", 1, "2026-02-10,清退,")]))
        let plain =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate\n"
            + "\(Self.village),H1,general,illness,陈示例,householder,male,1980-05-06\n"
        let job = try session.importFile(3, "kind=households", plain)
        #expect(job.counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(3) == ["2 household-ended refused"], "\((try? session.report(3)) ?? [])")
        #expect(try county.faults() == [])
    }

    @Test(
        "a household becomes part of another one of the file, in either order of rows",
        arguments: [[0, 1], [1, 0]], ["each", "atomic"])
    func merges(_ order: [Int], _ mode: String) throws {
        let (county, session) = try county()
        // Whose household ended stands in the other one now.
        let households = [
            [Self.row("H1", "陈示例", 1, "2026-02-10,并户,H2")],
            [
                Self.row("H2", "王示例", 2),
                "\(Self.village),H2,general,illness,陈示例,other,male,1980-05-06,\(Sample.identityNumber(1)),"
                    + "2016-01-01,,,",
            ],
        ]
        let job = try session.importFile(
            2, "kind=households&mode=\(mode)", Self.file(order.flatMap { households[$0] }))
        #expect(job.counts == [1, 1, 1, 0, 0], "\((try? session.report(2)) ?? [])")
        let (one, two) = (try household("H1", session), try household("H2", session))
        #expect(one["successorId"]?.string == two["id"]?.string)
        #expect(two["memberCount"]?.integer == 2)
        #expect(try county.faults() == [])
    }

    @Test("a household whose successor is not there does not end", arguments: ["each", "atomic"], ["nix", "H1", "H3"])
    func missingSuccessor(_ mode: String, _ successor: String) throws {
        let (county, session) = try county()
        // H3 has the identity number of H2's householder: it is refused.
        let third = Self.row("H3", "丁示例", 2)
        let rows = [Self.row("H1", "陈示例", 1, "2026-02-10,并户,\(successor)"), Self.row("H2", "王示例", 2)]
        _ = try session.importFile(
            2, "kind=households&mode=\(mode)", Self.file(successor == "H3" ? rows + [third] : rows))
        #expect(
            try session.refusals(2).contains("2 successor unknown-household refused"),
            "\((try? session.report(2)) ?? [])")
        let one = try household("H1", session)
        #expect(one["to"]?.string == nil)
        #expect(one["memberCount"]?.integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("households that became part of each other one after the other end in one file, in any order of rows")
    func chain() throws {
        let (county, session) = try county()
        let rows = [
            Self.row("H1", "陈示例", 1, "2026-01-10,并户,H2"), Self.row("H2", "王示例", 2, "2026-02-10,并户,H3"),
            Self.row("H3", "丁示例", 3),
        ]
        for (number, order) in [(2, [0, 1, 2]), (3, [2, 1, 0])] {
            let job = try session.importFile(number, "kind=households", Self.file(order.map { rows[$0] }))
            #expect(job.counts[4] == 0, "\((try? session.report(number)) ?? [])")
            let (one, two) = (try household("H1", session), try household("H2", session))
            #expect(one["successorId"]?.string == two["id"]?.string)
            #expect(two["successorId"]?.string == (try household("H3", session))["id"]?.string)
        }
        #expect(try county.faults() == [])
    }

    @Test("an import that ended a household and its help is undone as a whole")
    func undone() throws {
        let (county, session) = try county()
        let id = try required(household("H1", session)["id"]?.string)
        let paired = try session.put(
            Sample.path(ofPairing: 101),
            [
                "householdId": .string(id), "cadreId": .string(Sample.id(413)), "role": "first-responsible",
                "from": .string(County.today),
            ])
        #expect(paired.status == 201, "\(paired.text)")
        let before = try session.get("/v1/coverage?areaCode=\(Place.villageA1)").json["sum"]["covered"].integer
        #expect(before == 1)
        _ = try session.importFile(
            2, "kind=households", Self.file([Self.row("H1", "陈示例", 1, "\(County.today),清退,")]))
        #expect(try session.get("/v1/coverage?areaCode=\(Place.villageA1)").json["sum"]["covered"].integer == 0)
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try household("H1", session)["to"]?.string == nil)
        #expect(try household("H1", session)["memberCount"]?.integer == 1)
        #expect(try session.get("/v1/coverage?areaCode=\(Place.villageA1)").json["sum"]["covered"].integer == 1)
        #expect(try county.faults() == [])
    }

    @Test("an export of ended households is taken by an empty register as it is")
    func exported() throws {
        let (county, session) = try county()
        _ = try session.importFile(
            2, "kind=households", Self.file([Self.row("H1", "陈示例", 1, "2026-02-10,重复录入,H2")]))
        #expect(try household("H1", session)["successorId"]?.string != nil)
        try county.grantSealed(.administrator)
        _ = try session.export(
            1, ["kind": "households", "format": "csv", "sealed": "plain", "reason": "县库迁移，核对号码"])
        let csv = try session.content(1).text
        let again = try session.importFile(3, "kind=households", csv)
        #expect(again.counts == [0, 0, 2, 0, 0], "\((try? session.report(3)) ?? [])")
        let other = try County()
        let there = try other.as(.administrator)
        let job = try there.importFile(1, "kind=households", csv)
        #expect(job.counts == [2, 0, 0, 0, 0], "\((try? there.report(1)) ?? [])")
        #expect(try household("H1", there)["to"]?.string == "2026-02-10")
        #expect(try household("H1", there)["successorId"]?.string != nil)
        #expect(try other.faults() == [])
        #expect(try county.faults() == [])
    }
}
