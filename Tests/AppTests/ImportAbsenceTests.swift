// Complete files: who has left, and that nobody does whose row was not understood.

import Testing

@testable import Archive
@testable import Domain
@testable import Service
@testable import Web

@Suite("Absence from complete files")
struct ImportAbsenceTests {
    private static let header =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber\n"

    private static func row(
        _ archive: String, _ name: String, _ relation: String = "son", born: String = "2010-01-01", number: String = "",
        village: String = Place.villageA1
    ) -> String {
        "\(village),\(archive),general,lack-of-funds,\(name),\(relation),male,\(born),\(number)\n"
    }

    private static func head(_ archive: String, _ name: String, born: String = "1980-05-06", number: String = "")
        -> String
    { row(archive, name, "householder", born: born, number: number) }

    /// Three households: H1 of three, H2 of two, H3 of two.
    private static let rows = [
        head("H1", "陈甲"), row("H1", "陈乙"), row("H1", "陈丙", born: "2012-02-02"), head("H2", "李甲"), row("H2", "李乙"),
        head("H3", "王甲"), row("H3", "王乙"),
    ]

    private static func stored() throws -> (County, Session) {
        let county = try County()
        let session = try county.as(.administrator)
        let job = try session.importFile(1, "kind=households&on=2026-01-01", header + rows.joined())
        #expect(job.counts == [7, 0, 0, 0, 0])
        return (county, session)
    }

    private static func living(_ county: County) throws -> [String] {
        try county.query("SELECT name FROM member WHERE left_on IS NULL ORDER BY name") { $0.text(0) }
    }

    /// Imports a complete file.
    private static func complete(_ rows: [String], _ session: Session, _ number: Int = 2, _ query: String = "")
        throws -> JSONValue
    {
        try session.importFile(
            number, "kind=households&complete=true&on=2026-02-01" + query, header + rows.joined())
    }

    @Test("archive numbers in merged cells end nobody, and the report says that cells seem merged")
    func mergedCells() throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        var rows = Self.rows
        for index in [1, 2, 4, 6] { rows[index] = rows[index].replacing(#/,H\d,/#, with: ",,") }
        let job = try Self.complete(rows, session)
        #expect(job.counts == [0, 0, 3, 0, 4], "\(job.counts)")
        #expect(try Self.living(county) == before)
        let report = try session.report(2)
        #expect(
            report.filter { $0.hasSuffix("refused") }
                == [3, 4, 6, 8].map { "\($0) archiveNumber required refused" })
        #expect(
            report.filter { $0.hasSuffix("nothing-ended warning") }
                == [2, 5, 7].map { "\($0) nothing-ended warning" })
        let words = try session.get("/v1/imports/\(Sample.id(2))/report").items.compactMap { $0["message"]?.string }
        #expect(words.contains { $0.contains("合并") })
        #expect(try county.faults() == [])
    }

    @Test(
        "one mistyped letter in an archive number ends nobody, wherever in the household, however it is refused",
        arguments: [0, 1, 2, 3, 4])
    func mistyped(index: Int) throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        for (number, typed) in ["H1x", "H3", "H9", "Hl", "０"].enumerated() {
            var rows = Self.rows
            rows[index] = rows[index].replacing(#/,H\d,/#, with: ",\(typed),")
            let job = try Self.complete(rows, session, 2 + number)
            let families = index < 3 ? ["陈甲", "陈乙", "陈丙"] : ["李甲", "李乙"]
            #expect(try Set(Self.living(county)).isSuperset(of: before), "\(typed) in \(index): \(job.counts)")
            #expect(job["ended"]?.integer == 0, "\(families)")
        }
        #expect(try county.faults() == [])
    }

    /// The third row, of 陈丙, as it comes back, and the counts of the file with it.
    private static let otherRows: [(row: String, counts: [Int?])] = [
        (row("H1", "陈丙", born: "2012-03-02"), [0, 1, 6, 0, 0]),
        (row("H1", "陈丙", born: ""), [0, 0, 7, 0, 0]),
        (row("H1", "陈\u{FFFD}", born: "2012-02-02"), [0, 0, 7, 0, 0]),
        (
            row("H1", "陈丙", born: "", number: String(Sample.identityNumber(born: "2012-02-03").dropLast()) + "Y"),
            [0, 1, 6, 0, 0]
        ),
        (row("H1", "陈柄", born: "2012-02-02"), [0, 0, 4, 0, 3]),
        (row("H1", "陈柄", born: ""), [0, 0, 4, 0, 3]),
    ]

    @Test(
        "a member whose row is written otherwise stays one person: known again, or refused with the household",
        arguments: 0..<6)
    func writtenOtherwise(index: Int) throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        var rows = Self.rows
        rows[2] = Self.otherRows[index].row
        let job = try Self.complete(rows, session)
        #expect(job.counts == Self.otherRows[index].counts, "\(job.counts)")
        #expect(try Self.living(county) == before)
        let report = try session.report(2)
        #expect(report.contains("4 name member-unclear refused") == (job.counts[4] != 0), "\(report)")
        #expect(try county.faults() == [])
    }

    @Test("somebody new with a verified number, or with name and birth date of their own, takes the place of nobody")
    func someoneElse() throws {
        let (county, session) = try Self.stored()
        var rows = Self.rows
        rows[2] = Self.row("H1", "陈丁", born: "2025-05-05")
        #expect(try Self.complete(rows, session).counts == [1, 0, 6, 1, 0])
        #expect(try session.report(2).contains("2 member-left notice"))
        let words = try session.get("/v1/imports/\(Sample.id(2))/report").items.compactMap { $0["message"]?.string }
        #expect(words.contains { $0.contains("陈丙") })
        #expect(try county.faults() == [])
    }

    @Test(
        "a split whose rows are damaged or wrong ends nobody",
        arguments: [
            row("H7", "陈?", "householder"), row("H7", "陈乙", "householder", born: "2009-09-09"),
            row("H7", "陈乙", "householder", born: ""),
        ])
    func splitWrittenOtherwise(row: String) throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        let job = try Self.complete([Self.rows[0], Self.rows[2]] + Self.rows[3...] + [row], session)
        #expect(job["ended"]?.integer == 0, "\(job.counts)")
        #expect(try Set(Self.living(county)).isSuperset(of: before))
        #expect(try session.report(2).contains("8 archiveNumber stands-elsewhere warning"))
    }

    @Test("a verified number, and the sex and birth date that it says, do not yield to what is not verified")
    func verifiedStays() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let number = Sample.identityNumber(born: "1980-05-06")
        let file = Self.header + Self.head("H1", "陈甲", number: number)
        #expect(try session.importFile(1, "kind=households&on=2026-01-01", file).counts == [1, 0, 0, 0, 0])
        let before = try county.query("SELECT birth_date, identity_hash, identity_state, sex FROM member") {
            "\($0.text(0)) \($0.blob(1)) \($0.text(2)) \($0.text(3))"
        }
        let wrong = String(number.dropLast()) + (number.hasSuffix("0") ? "1" : "0")
        let others = [
            (Self.head("H1", "陈甲", number: wrong), "2 identityNumber number-kept warning"),
            (Self.head("H1", "陈甲", number: "身份证丢失"), "2 identityNumber placeholder notice"),
            (Self.head("H1", "陈甲", number: ""), nil),
            (Self.head("H1", "陈甲", born: "1981-01-01", number: number), "2 birthDate birth-date-kept warning"),
            (Self.head("H1", "陈甲", born: "1981-01-01"), "2 birthDate birth-date-kept warning"),
        ]
        for (index, (row, warning)) in others.enumerated() {
            let job = try Self.complete([row], session, 2 + index)
            #expect(job.counts == [0, 0, 1, 0, 0], "\(index): \(job.counts)")
            let report = try session.report(2 + index)
            #expect(warning.map(report.contains) ?? true, "\(index): \(report)")
        }
        let after = try county.query("SELECT birth_date, identity_hash, identity_state, sex FROM member") {
            "\($0.text(0)) \($0.blob(1)) \($0.text(2)) \($0.text(3))"
        }
        #expect(after == before)
    }

    @Test(
        "a family under the archive number of another one is refused, and takes nobody's place",
        arguments: ["true", "false"])
    func householdOfOthers(isComplete: String) throws {
        let (county, session) = try Self.stored()
        let before = try county.digest()["member"]
        let rows = [Self.head("H1", "赵甲", born: "1951-01-01"), Self.row("H1", "赵乙", born: "1971-01-01")]
        let query = isComplete == "true" ? "&complete=true" : ""
        let job = try session.importFile(2, "kind=households&on=2026-02-01" + query, Self.header + rows.joined())
        #expect(job.counts == [0, 0, 0, 0, 2], "\(job.counts)")
        #expect(try session.report(2).contains("2 archiveNumber household-of-others refused"))
        #expect(try county.digest()["member"] == before)
    }

    @Test("a family whose archive number was changed on the way is refused, and somebody who would live twice is told")
    func livingTwice() throws {
        let (county, session) = try Self.stored()
        let before = try county.digest()["member"]
        let renumbered = Self.rows[0..<3].map { $0.replacing(",H1,", with: ",H-1,") }
        let job = try session.importFile(2, "kind=households", Self.header + renumbered.joined())
        #expect(job.counts == [0, 0, 0, 0, 3], "\(job.counts)")
        #expect(try session.report(2).contains("2 archiveNumber household-known refused"))
        #expect(try county.digest()["member"] == before)
        // One of two lives elsewhere, and the file itself says somebody twice.
        let others =
            Self.head("H7", "赵甲", born: "1955-05-05") + Self.row("H7", "陈乙") + Self.head("H8", "赵甲", born: "1955-05-05")
        #expect(try session.importFile(3, "kind=households", Self.header + others).counts == [3, 0, 0, 0, 0])
        #expect(
            try session.report(3).filter { $0.contains("lives-twice") }
                == ["3 name lives-twice warning", "4 name lives-twice warning"])
        // Whoever is named by id, or has a verified number of their own, is taken as they are.
        let verified = Self.head("H9", "王甲", number: Sample.identityNumber(born: "1980-05-06"))
        let known = Self.head("H10", "王甲", number: Sample.identityNumber(born: "1980-05-06", 3))
        #expect(
            try session.importFile(4, "kind=households", Self.header + verified + known).counts == [2, 0, 0, 0, 0])
        #expect(
            try session.report(4).filter { $0.contains("lives-twice") } == [
                "2 name lives-twice warning", "3 name lives-twice warning",
            ])
    }

    @Test("a column of birth dates that was sorted by itself stops the file, unless that is asked for")
    func sortedBirthDates() throws {
        let (county, session) = try Self.stored()
        let before = try county.digest()["member"]
        let births = ["2010-01-01", "1980-05-06", "2010-01-01", "2012-02-02", "1980-05-06", "2010-01-01", "1980-05-06"]
        let rows = zip(Self.rows, births).map { row, born in row.replacing(#/,\d{4}-\d\d-\d\d,/#, with: ",\(born),") }
        let job = try Self.complete(rows, session)
        #expect(job["state"]?.string == "failed")
        #expect(job["failure"]?.string?.contains("renames=true") == true, "\(job["failure"]?.string ?? "")")
        #expect(try county.digest()["member"] == before)
        #expect(try Self.complete(rows, session, 3, "&renames=true")["ended"]?.integer == 0)
    }

    @Test("a split of a household ends nobody: whoever stands under another number is said with line and both numbers")
    func split() throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        let earlier = [Self.head("H0", "陈乙", born: "2010-01-01")] + [Self.rows[0], Self.rows[2]] + Self.rows[3...]
        let later = [Self.rows[0], Self.rows[2]] + Self.rows[3...] + [Self.head("H7", "陈乙", born: "2010-01-01")]
        for (number, rows) in [earlier, later].enumerated() {
            let job = try Self.complete(rows, session, 2 + number)
            #expect(job.counts == [1, 0, 6, 0, 0], "\(job.counts)")
            let line = number == 0 ? 2 : 8
            #expect(
                try session.report(2 + number).filter { $0.contains("elsewhere") }
                    == ["\(line) archiveNumber stands-elsewhere warning"])
            let words =
                try session.get("/v1/imports/\(Sample.id(2 + number))/report", ["Accept-Language": "en"]).items
                .first { $0["code"]?.string == "stands-elsewhere" }?["message"]?.string ?? ""
            #expect(words.contains("H1"), "\(words)")
            #expect(words.contains(number == 0 ? "H0" : "H7"), "\(words)")
        }
        #expect(try Set(Self.living(county)).isSuperset(of: before))
        #expect(try county.faults() == [])
    }

    @Test("whoever is refused under another number because of their identity number keeps their household whole")
    func takenNumber() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let number = Sample.identityNumber(born: "2010-01-01")
        let rows = [
            Self.head("H1", "陈甲"), Self.row("H1", "陈乙", number: number), Self.row("H1", "陈丙", born: "2012-02-02"),
        ]
        #expect(
            try session.importFile(1, "kind=households&on=2026-01-01", Self.header + rows.joined()).counts[0] == 3)
        // Found by the number only: name and birth date are another's.
        let split = [Self.head("H0", "陈一", born: "", number: number), rows[0]]
        let job = try Self.complete(split, session)
        #expect(job.counts == [0, 0, 1, 0, 1], "\(job.counts)")
        #expect(try session.refusals(2) == ["2 identityNumber identity-number-taken refused"])
        #expect(try Self.living(county) == ["陈丙", "陈乙", "陈甲"])
        #expect(try county.faults() == [])
    }

    @Test("an unreadable row, and one that names nobody, may be of any household: nobody leaves, and the line is told")
    func unreadable() throws {
        let (county, session) = try Self.stored()
        let before = try Self.living(county)
        let missing = Self.rows[...1] + Self.rows[3...]
        for (number, row) in [
            "\(Place.villageA1),H2,general\n", "\(Place.villageA1),,general,lack-of-funds,,son,male,,\n",
        ]
        .enumerated() {
            let job = try Self.complete(missing + [row], session, 2 + number)
            #expect(job["ended"]?.integer == 0, "\(job.counts)")
            #expect(job["refused"]?.integer == 1, "\(job.counts)")
            #expect(try session.report(2 + number).contains("2 nothing-ended warning"))
            let words = try session.get("/v1/imports/\(Sample.id(2 + number))/report").items.compactMap {
                $0["message"]?.string
            }
            #expect(words.contains { $0.contains("8") })
        }
        #expect(try Self.living(county) == before)
        #expect(try county.faults() == [])
    }

    @Test(
        "who is really missing leaves, also beside refused households and empty lines; it is undone as a whole",
        arguments: ["", "&mode=atomic"])
    func reallyMissing(mode: String) throws {
        let (county, session) = try Self.stored()
        let rows = Self.rows[...1] + Self.rows[3...] + [",,,,,,,,\n"]
        let refused = mode.isEmpty ? [Self.row("H2", "李坏", "nephew-of-a-friend")] : []
        let file = Array(rows[..<4]) + refused + Array(rows[4..<6])
        let dry = try Self.complete(file, session, 2, mode + "&dryRun=true")
        let job = try Self.complete(file, session, 3, mode)
        #expect(job.counts == (mode.isEmpty ? [0, 0, 4, 1, 3] : [0, 0, 6, 1, 0]), "\(job.counts)")
        #expect(dry.counts == job.counts)
        #expect(try !Self.living(county).contains("陈丙"))
        #expect(try Self.living(county).count == 6)
        let undone = try session.send("POST", "/v1/imports/\(Sample.id(3))/undo")
        #expect(undone.status == 202)
        for _ in 0..<1_000 where try session.job(3)["state"]?.string != "undone" {}
        #expect(try Self.living(county).contains("陈丙"))
        #expect(try county.faults() == [])
    }

    @Test("a householder who is missing leaves when another one stands in the file, in the same change")
    func newHouseholder() throws {
        let (county, session) = try Self.stored()
        let rows = [Self.head("H2", "李乙", born: "2010-01-01")]
        let job = try Self.complete(rows, session)
        #expect(job.counts == [0, 1, 0, 1, 0], "\(job.counts)")
        #expect(try !Self.living(county).contains("李甲"))
        #expect(try county.faults() == [])
    }

    @Test("a complete import that is interrupted ends exactly those whom one that was not does")
    func resuming() throws {
        let households = 5 * HouseholdImporter.recordsPerPiece / 2
        var (first, second) = (Self.header, Self.header)
        for number in 0..<households {
            let archive = "R\(10_000 + number)"
            let son = Self.row(archive, "子\(number)")
            first += Self.head(archive, "陈\(number)") + son
            second += Self.head(archive, "陈\(number)")
            if number % 3 == 0 { second += son.replacing(archive, with: "") } else if number % 3 == 1 { second += son }
        }
        let county = try County()
        let session = try county.as(.administrator)
        #expect(try session.importFile(1, "kind=households&on=2026-01-01", first).counts[0] == 2 * households)
        county.application.stop()
        let accepted = try session.send(
            "PUT", "/v1/imports/\(Sample.id(2))?kind=households&complete=true&on=2026-02-01", [:],
            body: Array(second.utf8))
        #expect(accepted.status == 202)
        let job = try county.register.perform { transaction in
            let job = try required(JobStore.next(transaction.connection))
            try JobStore.start(job.id, transaction)
            return job
        }
        nonisolated(unsafe) var pieces = 0
        let end = try ImportRun(
            job, county.register,
            shouldStop: {
                pieces += 1
                return pieces > 2
            }
        ).run()
        #expect(end == .interrupted)
        let clock = county.clock
        let folder = county.folder
        county.close()
        let again = try County(reopening: folder, clock: clock)
        let resumed = try again.as(.administrator).job(2)
        // A third lacks its archive number: it, and what stands beside it, is not certain.
        let left = try again.query("SELECT name FROM member WHERE left_on IS NOT NULL") { $0.text(0) }
        #expect(resumed["state"]?.string == "done", "\(resumed.counts)")
        #expect(resumed["ended"]?.integer == left.count, "\(resumed.counts)")
        #expect(resumed["refused"]?.integer == (households + 2) / 3)
        #expect(left.allSatisfy { (Int($0.dropFirst()) ?? 0) % 3 == 2 })
        #expect(try again.faults() == [])
    }
}
