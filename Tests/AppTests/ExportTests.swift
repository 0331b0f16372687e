// Exports: files that their imports read, from one moment; numbers in clear only with the right to them and a reason.

import Crypto
import Glibc
import Testing

@testable import Domain
@testable import Service
@testable import Web

extension Session {
    /// Orders an export and waits until it has ended.
    func export(_ number: Int, _ order: JSON) throws -> JSONValue {
        let answer = try put("/v1/exports/\(Sample.id(number))", order)
        guard answer.status == 202 else {
            throw ClientError(action: "export \(answer.text)", code: CInt(answer.status))
        }
        for _ in 0..<60_000 {
            let job = try required(get("/v1/exports/\(Sample.id(number))").json)
            if let state = job["state"]?.string, state != "queued" && state != "running" { return job }
            usleep(1_000)
        }
        throw ClientError(action: "the export does not end", code: 0)
    }

    func content(_ number: Int) throws -> Answer { try get("/v1/exports/\(Sample.id(number))/content") }
}

extension County {
    /// Gives somebody the right to numbers in clear.
    func grantSealed(_ person: Person) throws {
        let id = try required(Identifier(required(self.as(person).get("/v1/me").json["id"].string)))
        try register.perform { try AccessStore.set("read-sealed", of: id, to: true, $0) }
    }
}

@Suite("Exports")
struct ExportTests {
    private static let plain: JSON = [
        "kind": "households", "format": "csv", "sealed": "plain", "reason": "县库迁移，核对号码",
    ]
    private static let masked: JSON = ["kind": "households", "format": "csv"]

    /// Households as registers have them: groups, a phone, numbers that are right, wrong and missing, members who left,
    /// and one that everybody has left.
    private func fill(_ county: County) throws {
        let number = Sample.identityNumber()
        let wrong = String(number.dropLast()) + (number.hasSuffix("0") ? "1" : "0")
        let header =
            "villageCode,groupName,archiveNumber,attribute,mainCause,otherCauses,phone,selfCare,name,relation,sex,"
            + "birthDate,identityNumber,leftOn,leftReason,householdId,stateSince,joinedOn\n"
        let rows = [
            "\(Place.villageA1),一组,H1,general,illness,disability,13912345678,否,陈示例,householder,male,1980-05-06,"
                + "\(number),,,\(Sample.id(1)),2015-11-19,2015-11-19",
            "\(Place.villageA1),一组,H1,general,illness,disability,13912345678,否,李示例,spouse,female,1981-01-01,,,,"
                + "\(Sample.id(1)),2015-11-19,2016-02-03",
            "\(Place.villageA1),一组,H1,general,illness,disability,13912345678,否,\"=陈,小\",son,male,2001-01-01,,"
                + "2024-09-01,marriage,\(Sample.id(1)),2015-11-19,2015-11-19",
            "\(Place.villageB1),,H2,low-income,other,,,是,王示例,householder,male,1980-05-06,\(wrong),,,,2016-01-01,",
            "\(Place.villageB1),＋三组,H3,general,other,,,是,赵示例,householder,male,1950-01-01,,2020-01-01,death,"
                + "\(Sample.id(3)),2016-01-01,2016-01-01",
        ]
        let job = try county.as(.administrator).importFile(
            900, "kind=households", header + rows.joined(separator: "\n") + "\n")
        guard job.counts == [5, 0, 0, 0, 0] else {
            throw ClientError(
                action: "fill \(job.counts) \(try county.as(.administrator).report(900))", code: 0)
        }
    }

    /// An empty register, as on another machine.
    private func emptied() throws -> County {
        let county = try County()
        // Commands import into it: no runner may sweep their files away.
        county.application.stop()
        try county.register.perform { transaction in
            for table in ["user_right", "user_place", "token", "user_account", "division_version"] {
                try transaction.connection.run("DELETE FROM \(table)")
            }
            for level in DivisionLevel.allCases.reversed() {
                try transaction.connection.run("DELETE FROM division WHERE level = $1", level.rawValue)
            }
        }
        return county
    }

    private func importing(_ county: County, _ kind: ImportKind, _ content: [UInt8]) throws -> ImportCounts {
        let path = try county.folder.write("in-\(kind.rawValue).csv", content)
        return try ImportCommand.run(
            path, ImportOrder(kind: kind, on: county.clock.now.shanghaiDate), county.register
        ).counts
    }

    private func exporting(_ county: County, _ kind: ImportKind) throws -> [UInt8] {
        let order = ExportOrder(kind: kind, isPlain: true, reason: "县库迁移")
        _ = try ExportCommand.run(order, county.register, to: county.folder.path + "/out.csv")
        return try county.folder.read("out.csv")
    }

    @Test("a register that is exported, imported elsewhere and exported again gives equal files, of every kind")
    func roundTrip() throws {
        let county = try County()
        try fill(county)
        // A village that went into another, and one that ended and awaits a successor with its household.
        let administrator = try county.as(.administrator)
        try county.make(7, Sample.household("H7", in: Place.villageB2))
        _ = try administrator.importFile(
            901, "kind=successors", "code,successorCode,effectiveOn\n\(Place.villageA3),\(Place.villageA2),2026-02-01\n"
        )
        let rest = Place.all.filter { $0.code != Place.villageB2 && $0.code != Place.villageA3 }.map {
            "\($0.code),\($0.name),\($0.level.name),\($0.parent ?? "")"
        }
        _ = try administrator.importFile(
            902, "kind=divisions&complete=\(Place.townB)&on=2026-02-15",
            "code,name,level,parentCode\n" + rest.joined(separator: "\n") + "\n")
        #expect(try county.query("SELECT count(*) FROM division WHERE ended_on IS NOT NULL") { $0.int(0) } == [2])
        try county.makeOrganization(401)
        try county.makeOrganization(
            402, Sample.organization("甲镇政府", at: Place.townA).with(["parentOrganizationId": .string(Sample.id(401))]))
        try county.makeCadre(
            501,
            Sample.cadre("周示例", of: 401).with([
                "phone": "13800001111", "identityNumber": .string(Sample.identityNumber(born: "1975-03-04", 9)),
                "rank": "section", "linkedAreaCode": .string(Place.villageA2),
            ]))
        try county.makeCadre(502, Sample.cadre("吴示例", of: 402))
        let kinds: [ImportKind] = [.divisions, .successors, .parameters, .organizations, .cadres, .households]
        let first = try kinds.map { try exporting(county, $0) }
        let other = try emptied()
        for (kind, content) in zip(kinds, first) {
            let counts = try importing(other, kind, content)
            #expect(counts.refused == 0, "\(kind): \(counts)")
            #expect((counts.rows > 0), "\(kind): \(counts)")
        }
        for (kind, content) in zip(kinds, first) {
            let again = try exporting(other, kind)
            #expect(
                again == content,
                "\(kind)\n\(String(decoding: content, as: UTF8.self))\n\(String(decoding: again, as: UTF8.self))")
            let counts = try importing(other, kind, content)
            #expect(counts.created == 0, "\(kind): \(counts)")
            #expect(counts.changed == 0, "\(kind): \(counts)")
            #expect(counts.refused == 0, "\(kind): \(counts)")
        }
        #expect(try other.faults() == [])
        #expect(try other.query("SELECT identity_state FROM member ORDER BY identity_state") { $0.text(0) }.count == 6)
    }

    @Test("the file is the caller's area only, has masks, and its figures and tag are those of the content")
    func masked() throws {
        let county = try County()
        try fill(county)
        let clerk = try county.as(.clerkA)
        let job = try clerk.export(1, Self.masked)
        #expect(job["state"]?.string == "done", "\(job["failure"]?.string ?? "")")
        #expect(job["rows"]?.integer == 3, "\(job["failure"]?.string ?? "")")
        let answer = try clerk.content(1)
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "text/csv; charset=utf-8; header=present")
        #expect(answer["content-disposition"] == "attachment; filename=\"households.csv\"")
        #expect(answer.text.hasPrefix("householdId,villageCode,villageName,townName,groupName,archiveNumber,"))
        #expect(answer.text.contains("*******5678"))
        #expect(!answer.text.contains("13912345678"))
        #expect(!answer.text.contains(Sample.identityNumber()))
        #expect(!answer.text.contains("王示例"))
        #expect(answer.text.contains("\"'=陈,小\""), "a formula is guarded")
        let hash = Hex.text(SHA256.hash(data: answer.body))
        #expect(job["sha256"]?.string == hash)
        #expect(job["bytes"]?.integer == answer.body.count)
        #expect(answer["etag"] == "\"\(hash)\"")
        let path = "/v1/exports/\(Sample.id(1))/content"
        #expect(try clerk.get(path, ["If-None-Match": "\"\(hash)\""]).status == 304)
        let sequence = try county.query("SELECT max(sequence) FROM change") { $0.int(0) }
        #expect(job["changesAfter"]?.integer == sequence.first)
        // Others: who sees all of it, who sees less, and who sees elsewhere.
        #expect(try county.as(.administrator).content(1).status == 200)
        for person in [Person.clerkB, .neighbour] { #expect(try county.as(person).get(path).status == 404) }
        #expect(try county.as(.clerkB).get("/v1/exports").items.isEmpty)
        #expect(try clerk.get("/v1/exports").items.count == 1)
    }

    @Test("what is wrong with an order is named field by field, and an area of others is not there")
    func sameOrder() throws {
        let county = try County()
        let session = try county.as(.clerkA)
        let before = try county.digest()
        let wrong: [(JSON, [String])] = [
            (Self.masked.with(["areaCode": .string(Place.townB)]), ["/areaCode unknown-division"]),
            (Self.masked.with(["areaCode": "990999000000"]), ["/areaCode unknown-division"]),
            (Self.masked.with(["kind": "cows", "format": "xls"]), ["/kind unknown-code", "/format unknown-code"]),
            (Self.masked.with(["sealed": "plain"]), ["/reason required"]),
            (
                ["kind": "households", "format": "ndjson", "encoding": "gb18030", "byteOrderMark": true],
                ["/encoding not-for-kind", "/byteOrderMark not-for-kind"]
            ),
        ]
        for (order, errors) in wrong {
            let answer = try session.put("/v1/exports/\(Sample.id(2))", order)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.errors == errors, "\(answer.text)")
        }
        #expect(try county.digest() == before)
        #expect(try session.content(2).status == 404)
    }

    @Test("numbers in clear need the right and a reason, are audited, and only whoever asked may fetch them")
    func plainNumbers() throws {
        let county = try County()
        try fill(county)
        let administrator = try county.as(.administrator)
        let path = "/v1/exports/\(Sample.id(1))"
        let before = try county.digest()
        let refused = try administrator.put(path, Self.plain)
        #expect(refused.status == 403)
        #expect(refused.problem == "right-needed")
        #expect(try county.digest() == before)
        try county.grantSealed(.administrator)
        let job = try administrator.export(1, Self.plain)
        #expect(job["state"]?.string == "done")
        let answer = try administrator.content(1)
        #expect(answer.text.contains("13912345678"))
        #expect(answer.text.contains(Sample.identityNumber()))
        #expect(try county.as(.province).content(1).problem == "right-needed")
        let trail = try county.query(
            "SELECT action || ' ' || after FROM audit_event WHERE action IN ('export', 'exported') ORDER BY sequence"
        ) { $0.text(0) }
        #expect(trail.count == 2)
        #expect(trail.allSatisfy { $0.contains("县库迁移，核对号码") && $0.contains("plain") })
        #expect(trail.last?.contains("\"rows\":5") == true)
        let lines = try county.requestLines()
        #expect(!(trail + [lines]).contains { $0.contains("13912345678") })
        // One day, and the file is gone; masked ones stay for a week.
        _ = try administrator.export(2, Self.masked)
        county.clock.advance(days: 2)
        #expect(try administrator.content(1).status == 410)
        #expect(try administrator.content(2).status == 200)
        _ = try administrator.export(3, Self.masked)
        #expect(Files.names(in: county.folder.path + "/spool", prefix: "export-").count == 2)
        #expect(try administrator.get(path).json["state"].string == "expired")
        #expect(try administrator.content(1).problem == "export-expired")
        let user = try required(Identifier(required(administrator.get("/v1/me").json["id"].string)))
        try county.register.perform { try AccessStore.set("read-sealed", of: user, to: false, $0) }
        #expect(try administrator.put("/v1/exports/\(Sample.id(4))", Self.plain).status == 403)
    }

    @Test("GB18030, a byte order mark, gzip, national names and NDJSON hold the same rows")
    func forms() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        _ = try session.export(1, Self.masked)
        let text = try session.content(1).text
        _ = try session.export(2, Self.masked.with(["encoding": "gb18030"]))
        let gb = try session.content(2)
        #expect(gb.body == Packed.gb18030(text))
        #expect(gb["content-type"]?.contains("gb18030") == true)
        _ = try session.export(3, Self.masked.with(["byteOrderMark": true]))
        #expect(try session.content(3).body == [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        let zipped = try session.export(4, Self.masked.with(["gzip": true]))
        let packed = try session.content(4)
        #expect(packed["content-type"] == "application/gzip")
        #expect(packed.body.starts(with: [0x1F, 0x8B]))
        #expect(packed["content-disposition"]?.contains("households.csv.gz") == true)
        #expect(zipped["bytes"]?.integer == text.utf8.count)
        let again = try session.importFile(50, "kind=households", packed.body, [:])
        #expect(again.counts == [0, 0, 5, 0, 0], "masks and all: \(again.counts)")
        _ = try session.export(5, Self.masked.with(["names": "national"]))
        let national = try session.content(5).text
        #expect(national.hasPrefix("householdId,villageCode,村,乡,组,户编号,脱贫属性,"))
        #expect(try session.importFile(51, "kind=households", national).counts == [0, 0, 5, 0, 0])
        _ = try session.export(6, ["kind": "households", "format": "ndjson"])
        let lines = try session.content(6).text.split(separator: "\n")
        let end = try JSONDocument(Array(try required(lines.last).utf8)).root
        #expect(lines.count == 6)
        #expect(end["_end"]?.boolean == true)
        #expect(end["count"]?.integer == 5)
        let body = lines.dropLast().map { $0 + "\n" }.joined()
        #expect(end["sha256"]?.string == Hex.text(SHA256.hash(data: Array(body.utf8))))
        let row = try JSONDocument(Array(lines[0].utf8)).root
        #expect(row["archiveNumber"]?.string == "H1")
        #expect(row["selfCare"]?.boolean == false)
        #expect(row["otherCauses"].list.map(\.string) == ["disability"])
        #expect(row["phone"]?.string == "*******5678")
        #expect(try county.faults() == [])
    }

    @Test("a file for a partner speaks in its codes and ids; codes that it lacks are named all at once, without a file")
    func partners() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        let partner = "/v1/partners/\(Sample.id(700))"
        _ = try session.put(partner, ["key": "platform", "name": "省平台"])
        let order = Self.masked.with(["partner": "platform"])
        _ = try session.put(
            partner + "/codes/poverty-cause", ["values": [["code": "illness", "partnerCode": "1"]]])
        let failed = try session.export(1, order)
        #expect(failed["state"]?.string == "failed")
        let words = failed["failure"]?.string ?? ""
        #expect(words.contains("poverty-cause disability"), "\(words)")
        #expect(words.contains("poverty-cause other"), "\(words)")
        #expect(try session.content(1).status == 404)
        _ = try session.put(
            partner + "/codes/poverty-cause",
            [
                "values": [
                    ["code": "illness", "partnerCode": "1"], ["code": "disability", "partnerCode": "2"],
                    ["code": "other", "partnerCode": "9"],
                ]
            ])
        try county.register.perform { transaction in
            _ = try transaction.connection.run(
                "INSERT INTO partner_id (partner_id, entity, their_id, entity_id) VALUES ($1, 'households', 'P-1', $2)",
                try required(Identifier(Sample.id(700))), try required(Identifier(Sample.id(1))))
        }
        _ = try session.export(2, order)
        let text = try session.content(2).text
        #expect(text.split(separator: "\r\n").first?.hasSuffix(",partnerId,partnerMemberId") == true)
        #expect(text.contains(",general,,1,2,"))
        #expect(text.contains(",P-1,"))
        let again = try session.importFile(50, "kind=households&partner=platform", text)
        #expect(again.counts == [0, 0, 5, 0, 0], "\(again.counts)")
        let unknown = try session.put("/v1/exports/\(Sample.id(3))", order.with(["partner": "nobody"]))
        #expect(unknown.errors == ["/partner unknown-partner"])
    }

    @Test("a masked number of a new member is refused, and one of a known member leaves what is stored")
    func masksComeBack() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        _ = try session.export(1, Self.masked)
        let text = try session.content(1).text
        let before = try county.query("SELECT identity_hash FROM member ORDER BY id") { $0.optionalBlob(0) }
        let changed = text.replacing("李示例", with: "李新名")
        #expect(try session.importFile(50, "kind=households", changed).counts == [0, 1, 4, 0, 0])
        #expect(
            try county.query("SELECT identity_hash FROM member ORDER BY id") { $0.optionalBlob(0) } == before)
        let stranger = text.split(separator: "\r\n").map(String.init)
        let masked = try required(stranger.first { $0.contains("陈示例") })
        let cells = masked.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let own = cells[17]
        let rows = stranger[0] + "\r\n" + masked.replacing(own, with: Sample.id(77)).replacing(cells[18], with: "新人")
        let job = try session.importFile(51, "kind=households", rows + "\r\n")
        #expect(job.counts == [0, 0, 0, 0, 1], "\(job.counts)")
        #expect(try session.refusals(51) == ["2 identityNumber masked-number refused"])
        #expect(try county.faults() == [])
    }

    @Test("exports that a restart interrupted are begun again, files of no export are swept, and deleted ones are gone")
    func restart() throws {
        let county = try County()
        try fill(county)
        let session = try county.as(.administrator)
        _ = try session.export(1, Self.masked)
        let text = try session.content(1).text
        try county.register.perform { transaction in
            _ = try transaction.connection.run(
                "UPDATE export_job SET state = 'running', sha256 = NULL, expires_at = NULL")
        }
        county.close()
        _ = try county.folder.write("spool/export-\(Sample.id(66))", [1])
        let reopened = try County(reopening: county.folder, clock: county.clock)
        let later = try reopened.as(.administrator)
        _ = try later.export(2, Self.masked)
        #expect(try later.content(1).text == text)
        #expect(Files.names(in: county.folder.path + "/spool", prefix: "export-").count == 2)
        #expect(try later.send("POST", "/v1/exports/\(Sample.id(1))/cancel").problem == "job-ended")
        #expect(try reopened.as(.province).send("DELETE", "/v1/exports/\(Sample.id(1))").status == 403)
        #expect(try later.send("DELETE", "/v1/exports/\(Sample.id(1))").status == 204)
        #expect(try later.content(1).status == 404)
    }
}
