// Undoing imports: what a job made is taken out, what it changed is again what it was, and what somebody touched later
// stands in the way.

import Glibc
import Testing

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

extension Session {
    /// Asks for an import to be undone and waits for it.
    func undo(_ number: Int) throws -> JSONValue {
        let answer = try send("POST", "/v1/imports/\(Sample.id(number))/undo")
        guard answer.status == 202 else { throw ClientError(action: "undo \(answer.text)", code: CInt(answer.status)) }
        for _ in 0..<60_000 {
            let job = try job(number)
            if job["state"]?.string != "undoing" { return job }
            usleep(1_000)
        }
        throw ClientError(action: "the undo does not end", code: 0)
    }
}

@Suite("Undoing imports")
struct UndoTests {
    private static let header =
        "villageCode,groupName,archiveNumber,attribute,mainCause,phone,name,relation,sex,birthDate,identityNumber,"
        + "memberId\n"

    private static func row(
        _ archive: String, _ name: String, _ relation: String = "householder", village: String = Place.villageA1,
        group: String = "", cause: String = "illness", phone: String = "", born: String = "1980-05-06",
        number: String = "", id: String = ""
    ) -> String {
        "\(village),\(group),\(archive),general,\(cause),\(phone),\(name),\(relation),male,\(born),\(number),\(id)\n"
    }

    /// Everything that is true of the register, whatever its history: as an export in clear says it.
    private func register(_ county: County) throws -> [String] {
        try [ImportKind.divisions, .households].map { kind in
            _ = try ExportCommand.run(
                ExportOrder(kind: kind, isPlain: true, reason: "for a test"), county.register,
                to: county.folder.path + "/now.csv")
            return String(decoding: try county.folder.read("now.csv"), as: UTF8.self)
        }
    }

    @Test("new households go without a trace but the audit trail's, with their groups, names and numbers")
    func created() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.make(1, Sample.household("H1"))
        let tables = [
            "household", "household_history", "member", "member_history", "village_group", "partner_id", "job_kept",
        ]
        let before = try county.digest()
        let rows =
            Self.header + Self.row("H2", "李示例", group: "一组", phone: "13912345678", number: Sample.identityNumber())
            + Self.row("H2", "李小示", "son", group: "一组", born: "2010-01-01")
            + Self.row("H3", "王示例", village: Place.villageB1, group: "二组")
        #expect(try session.importFile(1, "kind=households", rows).counts == [3, 0, 0, 0, 0])
        #expect(try session.get("/v1/imports/\(Sample.id(1))/undo-obstacles").items.isEmpty)
        let job = try session.undo(1)
        #expect(job["state"]?.string == "undone", "two households, two groups")
        #expect(job["undone"]?.integer == 4, "two households, two groups")
        #expect(job["undoneAt"]?.string != nil)
        #expect(job.counts == [3, 0, 0, 0, 0])
        let after = try county.digest()
        for table in tables { #expect(after[table] == before[table], "\(table)") }
        #expect(try session.get("/v1/households?q=%E6%9D%8E").items.isEmpty)
        #expect(try county.faults() == [])
        let trail = try county.query(
            "SELECT before FROM audit_event WHERE action = 'undo' AND entity = 'households' ORDER BY sequence"
        ) { $0.text(0) }
        #expect(trail.count == 2)
        #expect(trail.contains { $0.contains("李小示") && $0.contains("*******5678") })
        #expect(!trail.contains { $0.contains("13912345678") || $0.contains(Sample.identityNumber()) })
        let ends = try county.query("SELECT operation FROM change ORDER BY sequence DESC LIMIT 4") { $0.text(0) }
        #expect(ends == ["end", "end", "end", "end"])
        // Asked again it is the same answer, and the file may come once more under another id.
        let again = try session.send("POST", "/v1/imports/\(Sample.id(1))/undo")
        #expect(again.status == 202)
        #expect(again.json["state"].string == "undone")
        #expect(try session.importFile(2, "kind=households", rows).counts == [3, 0, 0, 0, 0])
    }

    @Test("changed households are again what they were: facts, members, head, numbers, phone, and what was known when")
    func changed() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let number = Sample.identityNumber()
        let first =
            Self.header
            + Self.row("H1", "陈示例", group: "一组", phone: "13912345678", number: number, id: Sample.id(11))
            + Self.row("H1", "陈小示", "son", group: "一组", born: "2001-01-01", id: Sample.id(12))
            + Self.row("H2", "李示例", village: Place.villageB1)
        _ = try session.importFile(1, "kind=households&on=2026-01-01", first)
        let before = try register(county)
        let known = county.clock.now.description
        let path =
            "/v1/households/" + (try required(session.get("/v1/households").items.first?["id"]?.string))
        let then = try session.get(path + "?on=2026-02-01&knownAt=\(known)").text
        county.clock.advance(milliseconds: 5_000)
        // Another village, cause, phone and number; the son becomes head, the father leaves, a daughter comes.
        let second =
            Self.header
            + Self.row(
                "H1", "陈小示", village: Place.villageA2, group: "新组", cause: "disability", phone: "13900005678",
                born: "2001-01-01", number: Sample.identityNumber(born: "2001-01-01", 3), id: Sample.id(12))
            + Self.row(
                "H1", "陈小花", "daughter", village: Place.villageA2, group: "新组", phone: "13900005678",
                born: "2005-01-01", id: Sample.id(13))
        _ = try session.importFile(2, "kind=households&complete=true&on=2026-02-10", second)
        #expect(try register(county) != before)
        #expect(try county.count("job_kept") == 2)
        let changed = try session.get(path).text
        let knownChanged = county.clock.now.description
        county.clock.advance(milliseconds: 5_000)
        let job = try session.undo(2)
        #expect(job["state"]?.string == "undone")
        #expect(try !session.report(2).contains { $0.contains("not-undone") })
        #expect(try register(county) == before)
        #expect(try county.count("job_kept") == 0)
        #expect(try county.query("SELECT name FROM village_group") { $0.text(0) }.sorted() == ["一组", "新组"])
        #expect(try county.faults() == [])
        // What was known before, and what was believed in between, is still known to have been.
        #expect(try session.get(path + "?on=2026-02-01&knownAt=\(known)").text == then)
        let between = try session.get(path + "?knownAt=\(knownChanged)").json
        let whole = try JSONDocument(Array(changed.utf8)).root
        #expect(between["mainCause"].string == "disability")
        #expect(whole["mainCause"]?.string == "disability")
        #expect(try session.get(path + "?on=2026-02-01").json["mainCause"].string == "illness")
        #expect(try session.get(path).json["version"].integer == 3)
        #expect(try session.get(path + "/history").items.first?["action"]?.string == "undo")
        // The earlier import can be undone in its turn: what came between was taken back exactly.
        #expect(try session.undo(1)["state"]?.string == "undone")
        #expect(try county.count("household") == 0)
        #expect(try county.count("member") == 0)
        #expect(try county.faults() == [])
    }

    @Test("a job of which a record was changed later is not undone: 409 names what stands in the way, nothing changes")
    func blocked() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows =
            Self.header + Self.row("H1", "陈示例") + Self.row("H2", "李示例")
            + Self.row("H3", "王示例", village: Place.villageB1)
        _ = try session.importFile(1, "kind=households", rows)
        let items = try session.get("/v1/households").items
        let id = try required(items.first { $0["archiveNumber"]?.string == "H2" }?["id"]?.string)
        _ = try session.patch("/v1/households/\(id)", version: 1, ["mainCause": "disability"])
        let before = try county.digest()
        let refused = try session.send("POST", "/v1/imports/\(Sample.id(1))/undo", ["Accept-Language": "en"])
        #expect(refused.status == 409)
        #expect(refused.problem == "undo-blocked")
        #expect(refused.errors == ["/households/\(id) changed-later"])
        #expect(refused.text.contains("1 records prevent undoing"))
        #expect(refused.text.contains("H2"))
        let obstacles = try session.get("/v1/imports/\(Sample.id(1))/undo-obstacles?count=true")
        #expect(obstacles.json["total"].integer == 1)
        #expect(obstacles.items.first?["name"]?.string == "H2")
        #expect(obstacles.items.first?["reason"]?.string == "changed-later")
        let csv = try session.get("/v1/imports/\(Sample.id(1))/undo-obstacles", ["Accept": "text/csv"]).text
        #expect(csv == "entity,id,reason,name\r\nhouseholds,\(id),changed-later,H2\r\n")
        for person in [Person.neighbour, .clerkA] {
            #expect(try county.as(person).send("POST", "/v1/imports/\(Sample.id(1))/undo").status >= 403)
            #expect(try county.as(person).get("/v1/imports/\(Sample.id(1))/undo-obstacles").status == 404)
        }
        // Undoing a later import of the same rows is none of the first one's business, and the other way round it is.
        _ = try session.importFile(2, "kind=households", rows.replacing(",illness,,王", with: ",schooling,,王"))
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(1))/undo").errors.count == 2)
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(1))/undo").errors.count == 1)
        #expect(try county.faults() == [])
        #expect(before["household"] != nil)
    }

    @Test("divisions: new ones go while nothing uses them, names and ends are taken back, moves are not undone in part")
    func divisions() throws {
        let county = try County()
        let session = try county.as(.province)
        let before = try register(county)
        county.clock.advance(milliseconds: 1_000)
        let tree =
            "code,name,level,parentCode\n990923102000,丁镇,town,990923000000\n990923102201,新村,village,990923102000\n"
            + "\(Place.townA),新甲镇,town,\(Place.county)\n"
        _ = try session.importFile(1, "kind=divisions&complete=\(Place.townA)", tree)
        county.clock.advance(milliseconds: 1_000)
        _ = try session.importFile(
            2, "kind=divisions&complete=\(Place.townA)", tree + "\(Place.villageA1),东村,village,\(Place.townA)\n")
        try county.make(1, Sample.household("H1", in: "990923102201"))
        let refused = try session.send("POST", "/v1/imports/\(Sample.id(1))/undo")
        #expect(refused.status == 409)
        #expect(refused.errors.map { $0.split(separator: " ").last }.contains("in-use"))
        try county.register.perform { transaction in
            let id = try required(Identifier(Sample.id(1)))
            try required(county.register.composition.record(.household)?.undo).remove(id, transaction)
        }
        #expect(try session.undo(2)["state"]?.string == "undone")
        #expect(try session.undo(1)["state"]?.string == "undone")
        #expect(try register(county) == before)
        #expect(try county.faults() == [])
        let moved = "code,name,level,parentCode\n\(Place.villageA1),东村,village,\(Place.townB)\n"
        _ = try session.importFile(3, "kind=divisions", moved)
        _ = try session.importFile(
            4, "kind=successors", "code,successorCode,effectiveOn\n\(Place.villageA3),\(Place.villageA2),2026-02-01\n")
        let digest = try county.digest()
        for number in [3, 4] {
            let answer = try session.send("POST", "/v1/imports/\(Sample.id(number))/undo")
            #expect(answer.problem == "undo-unsupported", "\(number): \(answer.text)")
        }
        #expect(try county.digest() == digest)
    }

    @Test(
        "organizations, cadres and parameters are taken back through their tables: facts, dated facts, sealed numbers")
    func helpers() throws {
        let county = try County()
        let session = try county.as(.administrator)
        try county.makeOrganization(401)
        try county.makeCadre(
            501, Sample.cadre("周示例", of: 401).with(["phone": "13800001111", "rank": "section"]))
        func held() throws -> [String] {
            try [ImportKind.parameters, .organizations, .cadres].map { kind in
                _ = try ExportCommand.run(
                    ExportOrder(kind: kind, isPlain: true, reason: "for a test"), county.register,
                    to: county.folder.path + "/now.csv")
                return String(decoding: try county.folder.read("now.csv"), as: UTF8.self)
            }
        }
        let before = try held()
        county.clock.advance(milliseconds: 1_000)
        let files = [
            (
                1, "organizations",
                "id,name,kind,level,areaCode,phone\n\(Sample.id(401)),县农业农村局,state-organ,county,"
                    + "\(Place.county),13900002222\n\(Sample.id(402)),县水利局,state-organ,county,\(Place.county),\n"
            ),
            (
                2, "cadres",
                "id,organizationId,name,sex,phone,rank,rankFrom,linkedAreaCode\n"
                    + "\(Sample.id(501)),\(Sample.id(401)),周示例,male,13800003333,ordinary,2026-01-01,"
                    + "\(Place.villageA1)\n"
                    + "\(Sample.id(502)),\(Sample.id(402)),吴示例,male,13800004444,,,\n"
            ),
        ]
        for (number, kind, file) in files {
            let job = try session.importFile(number, "kind=\(kind)", file)
            #expect(job.counts == [1, 1, 0, 0, 0], "\(kind): \(job.counts) \(file)")
            county.clock.advance(milliseconds: 1_000)
        }
        #expect(try held() != before)
        let inUse = try session.send("POST", "/v1/imports/\(Sample.id(1))/undo")
        #expect(inUse.errors == ["/organizations/\(Sample.id(402)) in-use"])
        for number in [2, 1] {
            let job = try session.undo(number)
            #expect(job["undone"]?.integer == 2, "\(number)")
        }
        #expect(try held() == before)
        #expect(try county.count("job_kept") == 0)
        #expect(try county.faults() == [])
    }

    @Test("dry runs and running jobs are not undone; whoever may not import may not undo")
    func refusals() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows = Self.header + Self.row("H1", "陈示例")
        _ = try session.importFile(1, "kind=households&dryRun=true", rows)
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(1))/undo").problem == "undo-unsupported")
        _ = try session.importFile(2, "kind=households", rows)
        try county.register.perform { transaction in
            let id = try required(Identifier(Sample.id(2)))
            _ = try transaction.connection.run("UPDATE job SET state = 'queued' WHERE id = $1", id)
        }
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(2))/undo").problem == "job-not-ended")
        #expect(try session.send("POST", "/v1/imports/\(Sample.id(99))/undo").status == 404)
        #expect(try county.as(.auditor).send("POST", "/v1/imports/\(Sample.id(2))/undo").status == 403)
    }

    @Test("an undo that a restart interrupted goes on, and leaves what somebody changed meanwhile, with a word")
    func interrupted() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows = Self.header + (0..<450).map { Self.row("H\($0)", "陈示例") }.joined()
        _ = try session.importFile(1, "kind=households", rows)
        let ids = try session.walk("/v1/households?limit=1000").compactMap { $0["id"]?.string }
        let job = try required(Identifier(Sample.id(1)))
        // As a process leaves it that is killed after it was asked, before it began.
        try county.register.perform { try JobStore.undo(job, $0) }
        county.close()
        let reopening = try Register(
            DataDirectory(path: county.folder.path),
            migrations: #filePath.replacing("Tests/AppTests/UndoTests.swift", with: "Migrations"), create: false,
            environment: county.clock.environment, onFatal: { _ in })
        let stored = try required(try reopening.perform { try JobStore.find(job, $0.connection) })
        let pieces = Counter()
        let end = try UndoRun(job: stored, register: reopening, shouldStop: { pieces.next() > 2 }).run()
        #expect(end == .interrupted)
        // The first of them is among the last to be taken back.
        try reopening.perform { transaction in
            _ = try transaction.connection.run(
                "UPDATE household SET version = 2 WHERE household_number = 1")
        }
        reopening.close()
        let reopened = try County(reopening: county.folder, clock: county.clock)
        let later = try reopened.as(.administrator)
        let ended = try later.undo(1)
        #expect(ended["state"]?.string == "undone", "\(ended["undone"]?.integer ?? -1)")
        #expect(ended["undone"]?.integer == 449, "\(ended["undone"]?.integer ?? -1)")
        #expect(try later.report(1).filter { $0.contains("not-undone") } == ["0 not-undone warning"])
        #expect(try reopened.count("household") == 1)
        #expect(ids.count == 450)
        #expect(try reopened.faults() == [])
    }
}

/// Counts calls.
private final class Counter {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}
