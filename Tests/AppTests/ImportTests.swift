// Imports of households over the API: what rows become, what is refused, and that a job is done once.

import Demonstration
import Testing

@testable import Archive
@testable import Domain
@testable import Service
@testable import Web

@Suite("Imports")
struct ImportTests {
    private static let header =
        "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber,memberId\n"

    private static func row(
        _ archive: String, _ name: String, _ relation: String = "householder", village: String = Place.villageA1,
        sex: String = "male",
        born: String = "1980-05-06", number: String = "", id: String = ""
    ) -> String {
        "\(village),\(archive),general,lack-of-funds,\(name),\(relation),\(sex),\(born),\(number),\(id)\n"
    }

    /// Two households: H1 of two people in A1, H2 of one in B1.
    private static let two =
        header + row("H1", "陈示例") + row("H1", "陈小示", "son", born: "2010-01-01")
        + row("H2", "李示例", village: Place.villageB1)

    @Test(
        "rows become households with members; the same file again changes nothing; changed cells change what they say")
    func each() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let first = try session.importFile(1, "kind=households", Self.two)
        #expect(first["state"]?.string == "done", "\(first.counts)")
        #expect(first.counts == [3, 0, 0, 0, 0], "\(first.counts)")
        #expect(try session.get("/v1/households").items.compactMap { $0["memberCount"]?.integer } == [2, 1])
        #expect(try session.importFile(2, "kind=households", Self.two).counts == [0, 0, 3, 0, 0])
        #expect(try county.query("SELECT max(version) FROM household") { $0.int(0) } == [1])
        let changed = try session.importFile(
            3, "kind=households", Self.two.replacing("陈小示", with: "陈小王").replacing("lack-of-funds,李", with: "illness,李")
        )
        #expect(
            changed.counts == [1, 1, 1, 0, 0],
            "a member without a number is known again by name and birth date: \(changed.counts)")
        #expect(try session.get("/v1/households").items.compactMap { $0["memberCount"]?.integer } == [3, 1])
        #expect(try county.faults() == [])
    }

    @Test(
        "the same job again is the same answer, its id with another file or order is 409, and nothing is done twice"
    )
    func sameJob() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let first = try session.importFile(1, "kind=households", Self.two)
        let before = try county.digest()
        let path = "/v1/imports/\(Sample.id(1))"
        let again = try session.send("PUT", path + "?kind=households", [:], body: Array(Self.two.utf8))
        #expect(again.status == 202)
        #expect(again["idempotency-replayed"] == "true")
        #expect(again.json.map { $0.counts } == first.counts)
        #expect(
            try session.send("PUT", path + "?kind=households", [:], body: Array((Self.two + " ").utf8)).problem
                == "id-reused")
        #expect(
            try session.send("PUT", path + "?kind=households&mode=atomic", [:], body: Array(Self.two.utf8)).status
                == 409)
        #expect(
            try county.as(.province).send("PUT", path + "?kind=households", [:], body: Array(Self.two.utf8)).status
                == 202)
        #expect(
            try county.as(.neighbour).send("PUT", path + "?kind=households", [:], body: Array(Self.two.utf8)).status
                == 409)
        #expect(try county.digest() == before)
        for person in [Person.neighbour, .clerkA, .tabletA1] {
            #expect(try county.as(person).get(path).status == 404)
            #expect(try county.as(person).get(path + "/report").status == 404)
            #expect(try county.as(person).get("/v1/imports").items.isEmpty)
        }
        #expect(try county.as(.neighbour).send("POST", path + "/cancel").status == 404)
        let ended = try session.send("POST", path + "/cancel")
        #expect(ended.status == 409)
        #expect(ended.problem == "job-ended")
        #expect(try county.digest() == before)
    }

    @Test("a row that is wrong is refused with line, column, code and words, with its household, and nothing else is")
    func refusedRows() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows =
            Self.header + Self.row("H1", "陈示例") + Self.row("H1", "乙", "nephew-of-a-friend") + Self.row("H2", "李示例")
            + Self.row("H3", "甲", number: "4.50923E+17") + Self.row("H4", "甲", born: "2026-02-30")
            + Self.row("H5", "", born: "")
            + Self.row("H6", "甲", village: "990923100999") + Self.row("H7", "甲", "son") + Self.row("H2", "又", "son")
            + Self.row("H8", "甲", village: Place.neighbourVillage) + "990923100201,H9,general\n"
            + Self.row("H10", "王示例")
        let job = try session.importFile(1, "kind=households", rows)
        #expect(job.counts == [2, 0, 0, 0, 10], "\(job.counts)")
        #expect(
            try session.report(1).filter { $0.hasSuffix("refused") }.sorted()
                == [
                    "10 archiveNumber household-scattered refused", "11 outside-area refused", "12 ragged-row refused",
                    "2 household-refused refused",
                    "3 relation unknown-code refused", "5 identityNumber scientific-notation refused",
                    "6 birthDate not-a-date refused",
                    "7 name required refused", "8 villageCode unknown-village refused", "9 no-householder refused",
                ].sorted())
        #expect(try session.get("/v1/households").items.compactMap { $0["archiveNumber"]?.string } == ["H10", "H2"])
        let english = try session.get("/v1/imports/\(Sample.id(1))/report", ["Accept-Language": "en"]).items
        #expect(english.contains { $0["message"]?.string?.hasPrefix("the row has 3 cells") == true })
        #expect(
            try session.get("/v1/imports/\(Sample.id(1))/report", ["Accept": "text/csv"]).text.hasPrefix(
                "line,column,severity,code,message\r\n"))
        #expect(try county.faults() == [])
    }

    @Test("mode atomic keeps all or nothing, and its report is the same")
    func atomic() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let before = try county.digest()
        let failed = try session.importFile(1, "kind=households&mode=atomic", Self.two + Self.row("H3", "甲", "son"))
        #expect(failed["state"]?.string == "failed", "\(failed.counts)")
        #expect(failed.counts == [0, 0, 0, 0, 1], "\(failed.counts)")
        #expect(try session.report(1) == ["5 no-householder refused"])
        // Only the database can tell that the person of line 5 lives elsewhere.
        try county.make(
            9, Sample.household("H9", members: [Sample.member("陈示例", identityNumber: Sample.identityNumber())]))
        let taken = try session.importFile(
            2, "kind=households&mode=atomic", Self.two + Self.row("H3", "甲", number: Sample.identityNumber()))
        #expect(taken["state"]?.string == "failed", "\(taken.counts)")
        #expect(taken.counts == [0, 0, 0, 0, 1], "\(taken.counts)")
        #expect(try session.refusals(2).first == "5 identityNumber identity-number-taken refused")
        let after = try county.digest()
        for table in ["member", "village_group", "division"] where table != "member" {
            #expect(after[table] == before[table], "\(table)")
        }
        #expect(try county.count("household") == 1)
        let done = try session.importFile(3, "kind=households&mode=atomic", Self.two)
        #expect(done["state"]?.string == "done")
        #expect(done.counts == [3, 0, 0, 0, 0])
        #expect(try county.faults() == [])
    }

    @Test("a dry run says what would be done, in either mode and for connected rows, and changes nothing but the job")
    func dryRuns() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let before = try county.digest()
        let rows = Self.two + Self.row("H3", "甲", "son")
        let orders = ["kind=households&dryRun=true", "kind=households&mode=atomic&dryRun=true"]
        for (number, query) in orders.enumerated() {
            let job = try session.importFile(number + 1, query, rows)
            #expect(job["state"]?.string == "done", "\(query): \(job.counts)")
            #expect(job.counts == [3, 0, 0, 0, 1], "\(query): \(job.counts)")
            #expect(try session.refusals(number + 1) == ["5 no-householder refused"], "\(query)")
        }
        let tree =
            "code,name,level,parentCode\n990923102000,丁镇,town,990923000000\n990923102201,新村,village,990923102000\n"
        let divisions = try session.importFile(3, "kind=divisions&dryRun=true&complete=\(Place.county)", tree)
        #expect(divisions.counts == [2, 0, 0, 8, 0], "\(divisions.counts)")
        let after = try county.digest()
        for (table, digest) in before where !["job", "job_row", "audit_event", "sqlite_sequence"].contains(table) {
            #expect(after[table] == digest, "\(table)")
        }
    }

    @Test(
        "members whom a file lacks stay, leave where it is complete, and stay where a row beside them is unreadable"
    )
    func complete() throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.importFile(1, "kind=households&on=2026-01-01", Self.two)
        let less = Self.header + Self.row("H1", "陈示例") + Self.row("H2", "李示例", village: Place.villageB1)
        #expect(try session.importFile(2, "kind=households", less).counts == [0, 0, 2, 0, 0])
        for (number, rows) in [
            Self.header + Self.row("H1", "陈示例") + "990923100201,H1,general,x\n"
                + Self.row("H2", "李示例", village: Place.villageB1),
            Self.header + "990923100201,H1,general,x\n" + Self.row("H1", "陈示例"),
        ].enumerated() {
            let job = try session.importFile(10 + number, "kind=households&complete=true", rows)
            #expect(job["ended"]?.integer == 0, "\(job.counts)")
            #expect(job["refused"]?.integer == 1, "\(job.counts)")
            #expect(try session.report(10 + number).contains { $0.hasSuffix("nothing-ended warning") })
        }
        let ended = try session.importFile(3, "kind=households&complete=true&on=2026-02-01", less)
        #expect(ended.counts == [0, 0, 2, 1, 0], "\(ended.counts)")
        let path =
            "/v1/households/"
            + (try required(session.get("/v1/households?areaCode=\(Place.villageA1)").items.first?["id"]?.string))
        let left = try session.get(path + "?includeLeft=true").json["members"].list
        #expect(left.compactMap { $0["leftOn"]?.string } == ["2026-02-01"])
        #expect(left.count == 2)
        #expect(
            try session.importFile(4, "kind=households&complete=true&on=2026-02-01", less).counts == [0, 0, 2, 0, 0])
        #expect(try county.faults() == [])
    }

    @Test(
        "UTF-8 with and without a mark, GB18030 and gzip give the same households; half a gzip and UTF-16 are refused")
    func encodings() throws {
        let national = """
            省,市,县,乡,村,组,户编号,贫困户属性,脱贫属性,主要致贫原因,其他致贫原因,姓名,性别,证件号码,与户主关系,民族,文化程度,在校生状况,健康状况,劳动能力,务工时间
            示例省,示例市,结对县,甲镇,东村,一组,H1,一般贫困户,未脱贫,缺技术,因病；因残,陈示例,男,'\(Sample.identityNumber())\t,户主,汉族,初中,非在校生,健康,普通劳动力,6

            """
        let forms: [(String, [UInt8], KeyValuePairs<String, String>)] = [
            ("UTF-8", Array(national.utf8), [:]), ("marked", [0xEF, 0xBB, 0xBF] + Array(national.utf8), [:]),
            ("GB18030", Packed.gb18030(national), [:]),
            ("gzip", Packed.gzip(Array(national.utf8)), ["Content-Encoding": "gzip"]),
            ("gzip of GB18030", Packed.gzip(Packed.gb18030(national)), ["Content-Encoding": "gzip"]),
        ]
        for (name, bytes, fields) in forms {
            let county = try County()
            let session = try county.as(.administrator)
            let job = try session.importFile(1, "kind=households", bytes, fields)
            #expect(job.counts == [1, 0, 0, 0, 0], "\(name): \(job.counts) \(job["failure"]?.string ?? "")")
            let item = try required(session.get("/v1/households").items.first)
            #expect(item["householderName"]?.string == "陈示例", "\(name)")
            #expect(item["groupName"]?.string == "一组", "\(name)")
            #expect(item["otherCauses"].list.compactMap(\.string) == ["illness", "disability"], "\(name)")
            let member = try session.get("/v1/households/\(item["id"]?.string ?? "")").json["members"][0]
            #expect(member["identityState"].string == "verified", "\(name)")
            #expect(member["workMonths"].integer == 6, "\(name)")
        }
        let county = try County()
        let session = try county.as(.administrator)
        let zipped = Packed.gzip(Array(national.utf8))
        for broken in [Array(zipped.dropLast(12)), Array(zipped.prefix(20)), Array(national.utf8)] {
            let answer = try session.send(
                "PUT", "/v1/imports/\(Sample.id(1))?kind=households", ["Content-Encoding": "gzip"], body: broken)
            #expect(answer.status == 400, "\(answer.status)")
        }
        #expect(try county.count("job") == 0)
        let wide = national.utf16.reduce(into: [0xFF, 0xFE] as [UInt8]) { $0 += [UInt8($1 & 0xFF), UInt8($1 >> 8)] }
        #expect(try session.importFile(2, "kind=households", wide, [:])["state"]?.string == "failed")
        #expect(try county.count("household") == 0)
    }

    @Test("a place is found by its whole path; one that two villages share is refused with both codes")
    func paths() throws {
        let county = try County()
        let session = try county.as(.administrator)
        _ = try session.importFile(
            1, "kind=divisions", "code,name,level,parentCode\n990923100209,东村,village,990923100000\n")
        let header = "省,市,县,乡,村,户编号,贫困户属性,主要致贫原因,姓名,性别,出生日期,与户主关系\n"
        func row(_ town: String, _ village: String, _ archive: String) -> String {
            "示例省,示例市,结对县,\(town),\(village),\(archive),低保户,缺资金,陈示例,男,1980/5/6,户主\n"
        }
        let job = try session.importFile(
            2, "kind=households", header + row("乙镇", "东村", "H1") + row("甲镇", "东村", "H2") + row("甲镇", "北村", "H3"))
        #expect(job.counts == [1, 0, 0, 0, 2], "\(job.counts)")
        #expect(try session.refusals(2) == ["3 村 ambiguous-village refused", "4 村 unknown-village refused"])
        let ambiguous = try session.get("/v1/imports/\(Sample.id(2))/report").items.first {
            $0["code"]?.string == "ambiguous-village"
        }
        let words = try required(ambiguous?["message"]?.string)
        #expect(words.contains(Place.villageA1))
        #expect(words.contains("990923100209"))
    }

    @Test("masked numbers keep what is stored, members are known again by id, number, then name")
    func matching() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let number = Sample.identityNumber()
        let rows = Self.header + Self.row("H1", "陈示例", number: number, id: Sample.id(11))
        #expect(try session.importFile(1, "kind=households", rows).counts == [1, 0, 0, 0, 0])
        let masked = Self.header + Self.row("H1", "陈示例", number: String(NumberMask.identity(number)), id: Sample.id(11))
        #expect(try session.importFile(2, "kind=households", masked).counts == [0, 0, 1, 0, 0])
        let renamed = Self.header + Self.row("H1", "陈改名", number: number + "11")
        #expect(try session.importFile(3, "kind=households", renamed).counts == [0, 1, 0, 0, 0])
        #expect(try county.count("member") == 1)
        let unknown = try session.importFile(
            4, "kind=households", Self.header + Self.row("H2", "甲", number: "9909**********1234"))
        #expect(unknown.counts == [0, 0, 0, 0, 1])
        #expect(try session.refusals(4) == ["2 identityNumber masked-number refused"])
    }

    @Test("a file changes birth date or sex without the number: the number is read again")
    func rereading() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.make(
            1,
            Sample.household(
                "H1", members: [Sample.member("陈示例", identityNumber: Sample.identityNumber(), id: Sample.id(11))]))
        let header = "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,memberId\n"
        let row =
            "\(Place.villageA1),H1,general,lack-of-technology,陈示例,householder,female,1980-05-06,\(Sample.id(11))\n"
        #expect(try session.importFile(1, "kind=households", header + row).counts == [0, 1, 0, 0, 0])
        let member = try session.get("/v1/households/\(Sample.id(1))").json["members"][0]
        #expect(member["identityProblem"].string == "sex-differs")
    }

    @Test("every row of the demonstration's bad file is refused, in either mode, with the code it was made for")
    func badFile() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let divisions = Place.all.compactMap { place in
            AreaCode(place.code).map {
                DemonstrationDivision(
                    code: $0, name: place.name, level: place.level, parent: place.parent.flatMap { AreaCode($0) })
            }
        }
        let rows = DemonstrationTrouble.rows(divisions: divisions, asOf: try required(CivilDate(County.today)))
        var csv = CSVWriter()
        for cells in [DemonstrationTrouble.columns] + rows.map(\.cells) {
            for cell in cells { csv.text(cell) }
            csv.endRow()
        }
        let bytes = csv.take()
        for (number, query) in ["kind=households", "kind=households&mode=atomic", "kind=households&dryRun=true"]
            .enumerated()
        {
            let job = try session.importFile(number + 1, query, bytes, [:])
            #expect(job.counts == [0, 0, 0, 0, rows.count], "\(query): \(job.counts)")
            let report = try session.walk("/v1/imports/\(Sample.id(number + 1))/report?limit=1000").filter {
                $0["severity"]?.string == "refused"
            }
            for (index, row) in rows.enumerated() {
                let codes = report.filter { $0["line"]?.integer == index + 2 }.compactMap { $0["code"]?.string }
                #expect(
                    codes.contains(row.code) || codes.contains("household-refused"),
                    "line \(index + 2): \(codes), not \(row.code)")
            }
        }
        #expect(try county.count("household") == 0)
    }

    @Test("an import that is interrupted between its pieces goes on where it was, and its counts are those of one run")
    func resuming() throws {
        let piece = HouseholdImporter.recordsPerPiece
        let households = 9 * piece / 2
        let rows = (0..<households).map { number in
            let archive = "R\(10_000 + number)"
            return Self.row(archive, "陈\(number)")
                + (number % 9 == 0
                    ? Self.row(archive, "坏", "x") : Self.row(archive, "子\(number)", "son", born: "2010-01-01"))
        }
        let content = Self.header + rows.joined()
        let whole = try County()
        let expected = try whole.as(.administrator).importFile(1, "kind=households", content)
        let refused = (households + 8) / 9
        #expect(expected.counts == [2 * (households - refused), 0, 0, 0, 2 * refused])

        let first = try County()
        first.application.stop()
        let accepted = try first.as(.administrator).send(
            "PUT", "/v1/imports/\(Sample.id(1))?kind=households", [:], body: Array(content.utf8))
        #expect(accepted.status == 202)
        #expect(accepted.json["state"].string == "queued")
        let job = try first.register.perform { transaction in
            let job = try required(JobStore.next(transaction.connection))
            try JobStore.start(job.id, transaction)
            return job
        }
        nonisolated(unsafe) var pieces = 0
        let end = try ImportRun(
            job, first.register,
            shouldStop: {
                pieces += 1; return pieces > 2
            }
        ).run()
        #expect(end == .interrupted)
        #expect(try first.count("household") > 0)
        #expect(try first.count("household") < households - refused)
        let clock = first.clock
        let folder = first.folder
        first.close()

        let second = try County(reopening: folder, clock: clock)
        let resumed = try second.as(.administrator).job(1)
        #expect(resumed["state"]?.string == "done", "\(resumed.counts)")
        #expect(resumed.counts == expected.counts, "\(resumed.counts)")
        #expect(try second.as(.administrator).report(1) == whole.as(.administrator).report(1))
        #expect(try second.count("household") == households - refused)
        #expect(try second.faults() == [])
    }

    @Test("a job that waits is cancelled before it begins")
    func cancelling() throws {
        let county = try County()
        county.application.stop()
        let session = try county.as(.administrator)
        let path = "/v1/imports/\(Sample.id(1))"
        #expect(try session.send("PUT", path + "?kind=households", [:], body: Array(Self.two.utf8)).status == 202)
        let cancelled = try session.send("POST", path + "/cancel")
        #expect(cancelled.status == 202)
        #expect(cancelled.json["state"].string == "cancelled")
        #expect(try session.send("POST", path + "/cancel").status == 409)
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(2))/cancel").status == 404)
        #expect(try county.count("household") == 0)
    }
}
