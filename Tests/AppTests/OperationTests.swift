// Running the service: health, figures, logs, backups, checks, secrets, and addresses that do not exist.

import Foundation
import Glibc
import HTTP1
import Testing
import Yams

@testable import App
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("Operation")
struct OperationTests {
    @Test("health, readiness and the contract are for everybody; a service that is draining is not ready but answers")
    func health() throws {
        let county = try County()
        let nobody = try county.with(token: nil)
        #expect(try nobody.get("/healthz").text == "ok\n")
        #expect(try nobody.get("/readyz").status == 200)
        let contract = try nobody.get("/openapi.yaml")
        #expect(contract.text.contains("\nopenapi: 3.0.3\n"))
        #expect(try nobody.get("/openapi.yaml", ["If-None-Match": required(contract["etag"])]).status == 304)
        #expect(try Yams.load(yaml: contract.text) as? [String: Any] != nil)
        county.application.beginDraining()
        #expect(try nobody.get("/readyz").status == 503)
        #expect(try nobody.get("/healthz").status == 200)
        #expect(try county.as(.tabletA1).get("/v1/me").status == 200)
    }

    @Test("figures count answers by route and status, never by path, and are Prometheus text")
    func metrics() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        for number in 1...3 { _ = try county.as(.auditor).get("/v1/households/\(Sample.id(number))") }
        _ = try county.as(.auditor).get("/v1/nothing/here")
        let answer = try county.with(token: nil).get("/metrics")
        #expect(answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = answer.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("jiedui_http_requests_total{route=\"/v1/households/{id}\",status=\"200\"} 1"))
        #expect(lines.contains("jiedui_http_requests_total{route=\"/v1/households/{id}\",status=\"404\"} 2"))
        #expect(lines.contains("jiedui_http_requests_total{route=\"/v1/households/{id}\",status=\"201\"} 1"))
        #expect(lines.contains("jiedui_http_request_seconds_count{route=\"/v1/households/{id}\"} 4"))
        #expect(lines.contains("jiedui_http_request_seconds_bucket{route=\"/v1/households/{id}\",le=\"+Inf\"} 4"))
        #expect(lines.contains { $0.hasPrefix("jiedui_open_connections ") && !$0.hasSuffix(" 0") })
        for name in [
            "jiedui_writer_queue_depth", "jiedui_writer_last_group_requests", "jiedui_wal_pages",
            "jiedui_writer_commits_total", "jiedui_kept_body_bytes", "jiedui_log_lines_lost_total",
        ] {
            #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
        #expect(!answer.text.contains("nothing/here"))
        #expect(!answer.text.contains(Sample.id(1)))
        #expect(answer.text.hasSuffix("\n"))
        for line in lines where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: /[a-z_]+(\{[^{}]*(\{[a-zA-Z]+\}[^{}]*)*\})? [0-9.e+-]+/) != nil, "\(line)")
        }
    }

    @Test(
        "a request is one line of JSON with id, route, status, time and caller; a client's id is taken where sound"
    )
    func requestLog() throws {
        let county = try County()
        let session = try county.as(.auditor)
        #expect(try session.get("/v1/me", ["X-Request-ID": "abc-1"])["x-request-id"] == "abc-1")
        let traced = try session.get(
            "/v1/me", ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
        #expect(traced["x-request-id"] == "0af7651916cd43dd8448eb211c80319c")
        for bad in ["a b\tc", String(repeating: "x", count: 500), "\"quoted\"", "名"] {
            let made = try session.get("/v1/me", ["X-Request-ID": bad])["x-request-id"]
            #expect(made != bad)
            #expect(made?.isEmpty == false)
        }
        let refused = try session.get("/v1/households/x", ["X-Request-ID": "abc-2"])
        #expect(refused.json["instance"].string == "abc-2")
        let lines = try county.requestLines().split(separator: "\n").map { try JSONDocument(Array($0.utf8)).root }
        #expect(lines.count == 7)
        let first = try required(lines.first)
        #expect(
            first.members.map(\.name) == [
                "time", "request", "method", "route", "status", "bytes", "microseconds", "caller",
            ])
        #expect(first["request"]?.string == "abc-1")
        #expect(first["route"]?.string == "/v1/me")
        #expect(first["status"]?.integer == 200)
        #expect(lines.last?["route"]?.string == "/v1/households/{id}")
    }

    @Test("what is not there is 404, what cannot be done there is 405 with what can, and OPTIONS tells it")
    func addresses() throws {
        let county = try County()
        let session = try county.as(.administrator)
        for path in ["/", "/v1", "/v2/households", "/v1/households/", "/v1/household", "/v1/households/1/2/3/4"] {
            let answer = try session.get(path)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.problem == "not-found", "\(path)")
        }
        for path in ["/v1/households/%zz", "/v1/households/a%2Fb", "/v1/%ff"] {
            #expect([400, 404].contains(try session.get(path).status), "\(path)")
        }
        let wrong = try session.send("DELETE", "/v1/households")
        #expect(wrong.status == 405)
        #expect(
            wrong["allow"].map {
                Set($0.split(separator: ", ").map(String.init)).isSuperset(of: ["GET", "POST"])
            } == true)
        let options = try session.send("OPTIONS", "/v1/households/\(Sample.id(1))")
        #expect(options.status == 204)
        #expect(options["allow"]?.contains("PATCH") == true)
        let chinese = try session.get("/v1/none")
        #expect(chinese.json["title"].string == "找不到")
        #expect(try session.get("/v1/none", ["Accept-Language": "en-GB"]).json["title"].string == "Not found")
        #expect(chinese.json.names == ["type", "title", "status", "instance"])
    }

    @Test("who I am is my name, role and division")
    func me() throws {
        let county = try County()
        let me = try county.as(.clerkA).get("/v1/me").json
        #expect(me["name"].string == "clerkA")
        #expect(me["role"].string == "town-clerk")
        #expect(me["areaCode"].string == Place.townA)
        #expect(me["areaName"].string == "甲镇")
    }

    @Test("slugs of problems are unique, and every refusal of the service is in the catalogue")
    func catalogue() {
        let slugs = Composition.jiedui.problems.map(\.slug)
        #expect(Set(slugs).count == slugs.count)
        for kind in Composition.jiedui.problems {
            #expect((400...599).contains(kind.status))
            #expect(kind.slug.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
            #expect(!kind.title.text(in: .zh).isEmpty)
            #expect(!kind.title.text(in: .en).isEmpty)
        }
    }

    // MARK: Backups

    @Test("a backup taken while households are written holds what its sequence says, and restores to exactly that")
    func backup() throws {
        let county = try County()
        let token = try county.as(.administrator).token
        let target = county.folder.path + "/backup.sqlite"
        let sequences = try Parallel.map(3) { index in
            if index == 0 {
                let reader = try county.register.directory.reader()
                defer { reader.close() }
                return try BackupFile.make(from: reader, to: target)
            }
            let session = try county.with(token: token)
            for number in 0..<40 {
                _ = try session.put(
                    "/v1/households/\(Sample.id(index * 100 + number))", Sample.household("H\(index)-\(number)"))
            }
            return 0
        }
        let clock = county.clock
        let folder = county.folder
        let expected = try county.query(
            """
            SELECT entity_id FROM change
            WHERE sequence <= \(sequences[0]) AND entity = 'households' AND operation = 'create' ORDER BY sequence
            """
        ) { Hex.text($0.blob(0)) }
        #expect(throws: DatabaseError.self) {
            try BackupFile.restore(target, into: DataDirectory(path: folder.path), .jiedui)
        }
        county.close()
        #expect(!(try folder.read("backup.sqlite")).contains(try folder.read("key")))
        #expect(try BackupFile.restore(target, into: DataDirectory(path: folder.path), .jiedui) == sequences[0])
        let restored = try County(reopening: folder, clock: clock)
        #expect(
            try restored.query("SELECT id FROM household ORDER BY household_number") { Hex.text($0.blob(0)) }
                == expected)
        #expect(
            try restored.as(.administrator).get("/v1/households?count=true").json["total"].integer == expected.count)
        #expect(try restored.faults() == [])
    }

    @Test("a backup of another key, a damaged one, and what is no backup are refused, and the data stays as it is")
    func badBackups() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        let folder = county.folder
        let directory = DataDirectory(path: folder.path)
        let reader = try directory.reader()
        _ = try BackupFile.make(from: reader, to: folder.path + "/backup.sqlite")
        reader.close()
        county.close()
        let before = try Self.content(folder)
        let key = try folder.read("key")
        _ = try folder.write("key", Array(String(repeating: "ab", count: 32).utf8))
        chmod(folder.path + "/key", 0o600)
        #expect(throws: RestoreError.self) {
            try BackupFile.restore(folder.path + "/backup.sqlite", into: directory, .jiedui)
        }
        #expect(throws: InstallationError.self) { try County(reopening: folder, clock: ManualClock(County.start)) }
        _ = try folder.write("key", key)
        chmod(folder.path + "/key", 0o600)
        var damaged = try folder.read("backup.sqlite")
        for offset in stride(from: 4_096 * 8, to: damaged.count, by: 4_096 * 3) {
            for byte in 0..<64 { damaged[offset + byte] ^= 0xFF }
        }
        for (name, bytes) in [
            ("damaged", damaged), ("cut", Array(damaged.prefix(5_000))), ("text", Array("hello".utf8)), ("empty", []),
        ] {
            let path = try folder.write(name, bytes)
            #expect(throws: (any Error).self, "\(name)") { try BackupFile.restore(path, into: directory, .jiedui) }
        }
        #expect(throws: (any Error).self) { try BackupFile.restore(folder.path + "/none", into: directory, .jiedui) }
        #expect(try Self.content(folder) == before)
        chmod(folder.path + "/key", 0o644)
        #expect(throws: InstallationError.self) { try County(reopening: folder, clock: ManualClock(County.start)) }
    }

    private static func content(_ folder: Folder) throws -> [String: String] {
        let reader = try DataDirectory(path: folder.path).reader()
        defer { reader.close() }
        return try Digest.tables(reader)
    }

    @Test("a second process on the data is kept out, and so is a key for a database that has another")
    func locked() throws {
        let county = try County()
        #expect(throws: DatabaseError.self) { try County(reopening: county.folder, clock: county.clock) }
        #expect(try county.as(.auditor).get("/v1/me").status == 200)
    }

    // MARK: Check

    @Test("check names what was tampered with: audit rows, kept figures, places, codes and the index of names")
    func check() throws {
        let tampering: [(sql: [String], subject: String)] = [
            (
                ["DROP TRIGGER audit_event_no_update", "UPDATE audit_event SET after = '{}' WHERE sequence = 20"],
                "audit chain"
            ),
            (["DROP TRIGGER audit_event_no_delete", "DELETE FROM audit_event WHERE sequence = 20"], "audit chain"),
            (["UPDATE household SET member_count = 7 WHERE archive_number = 'H1'"], "kept member counts and names"),
            (
                ["UPDATE household SET householder_name = '别人' WHERE archive_number = 'H1'"],
                "kept member counts and names"
            ),
            (
                ["UPDATE household SET area_code = \(Place.villageB3) WHERE archive_number = 'H1'"],
                "places of households"
            ),
            (["UPDATE household SET state = 'rich' WHERE archive_number = 'H1'"], "codes of households"),
            (["UPDATE member SET relation = 'son'"], "every household has one householder"),
            (["UPDATE household SET search_names = '别人' WHERE archive_number = 'H1'"], "index of names"),
            (
                [
                    """
                    UPDATE division SET area_code = 990924100999, area_last = 990924100999
                    WHERE code = \(Place.villageB3)
                    """
                ], "places of divisions"
            ),
            (
                [
                    "PRAGMA foreign_keys = OFF", "DELETE FROM division_version",
                    "UPDATE village_group SET village_id = zeroblob(16)",
                ], "references"
            ),
        ]
        for (sql, subject) in tampering {
            let county = try County()
            try county.makeThree()
            _ = try county.as(.clerkA).put(
                "/v1/groups/\(Sample.id(60))", ["villageCode": .string(Place.villageA1), "name": "一组"])
            #expect(try county.faults() == [])
            let folder = county.folder
            county.close()
            let writer = try Connection(path: folder.path + "/jiedui.sqlite", role: .writer)
            for statement in sql { _ = try writer.run(statement) }
            writer.close()
            let reader = try Database.reader(path: folder.path + "/jiedui.sqlite")
            defer { reader.close() }
            let wrong = try RegisterCheck.run(reader, .jiedui).filter { !$0.isSound }
            #expect(wrong.contains { $0.subject == subject }, "\(sql): \(wrong.map(\.description))")
        }
    }

    @Test("the last audit rows cannot be cut off unseen")
    func cutTrail() throws {
        let county = try County()
        try county.makeThree()
        let folder = county.folder
        county.close()
        let writer = try Connection(path: folder.path + "/jiedui.sqlite", role: .writer)
        _ = try writer.run("DROP TRIGGER audit_event_no_delete")
        _ = try writer.run("DELETE FROM audit_event WHERE sequence = (SELECT max(sequence) FROM audit_event)")
        writer.close()
        let reader = try Database.reader(path: folder.path + "/jiedui.sqlite")
        defer { reader.close() }
        #expect(try RegisterCheck.run(reader, .jiedui).contains { !$0.isSound })
    }

    // MARK: Secrets

    @Test("a number, a phone and a token stand in no answer, log line, audit row, report or table")
    func secrets() throws {
        let number = Sample.identityNumber(177)
        let other = Sample.identityNumber(178)
        let phone = "13912345678"
        let county = try County()
        let session = try county.as(.administrator)
        var said = ""
        func note(_ answer: Answer) {
            said += answer.text + answer.fields.map { $0.name + ": " + $0.value + "\n" }.joined()
        }
        let path = "/v1/households/\(Sample.id(1))"
        let body = Sample.household("H1", members: [Sample.member("陈示例", identityNumber: number, id: Sample.id(11))])
            .with(["phone": .string(phone)])
        note(try session.put(path, body))
        note(try session.put(path, body))
        note(
            try session.post(
                "/v1/households", Sample.household("H2", members: [Sample.member("乙", identityNumber: other)]), key: "k"
            ))
        note(
            try session.post(
                "/v1/households", Sample.household("H3", members: [Sample.member("丙", identityNumber: number)])))
        note(
            try session.put(
                "/v1/households/\(Sample.id(5))",
                Sample.household("H5", members: [Sample.member("丁", sex: "female", identityNumber: number)])))
        note(
            try session.patch(
                path + "/members/\(Sample.id(11))", version: 1, ["identityNumber": .string(number + "11")]))
        note(try session.patch(path, version: 2, ["phone": .string(phone + "9")]))
        note(
            try session.put(
                path + "/members/\(Sample.id(12))", Sample.member("戊", relation: "son", identityNumber: number)))
        note(
            try session.patch(
                path + "/members/\(Sample.id(11))", version: 3, ["identityNumber": .string(number + number)]))
        let rows =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate,identityNumber,phone\n"
            + "\(Place.villageA1),H6,general,illness,己,householder,male,1980-05-06,\(number),\(phone)\n"
            + "\(Place.villageA1),H7,general,illness,庚,householder,female,1980-05-07,\(number),\(phone)\n"
            + "\(Place.villageA1),H8,general,illness,辛,householder,x,1980-05-06,\(number),\(phone)x\n"
        _ = try session.importFile(1, "kind=households", rows)
        for target in [
            path, path + "?on=2026-01-01", path + "/history", "/v1/households", "/v1/imports/\(Sample.id(1))/report",
            "/v1/imports/\(Sample.id(1))", "/v1/tokens", "/v1/me", "/metrics",
        ] {
            note(try session.get(target))
            note(try session.get(target, ["Accept": "text/csv, */*;q=0.1"]))
        }
        note(try session.get("/v1/households?q=\(number)"))
        said += try county.requestLines() + county.log.all.joined(separator: "\n")
        said += try county.everyCell()
        let token = try required(session.token)
        for secret in [
            number, String(number.dropFirst(4).dropLast(4)), other, phone, String(phone.dropFirst(2).dropLast(2)),
            token, String(token.dropFirst(3)),
        ] + MaskSearch.windows(number) + MaskSearch.windows(phone) {
            #expect(
                !said.contains(secret),
                "a secret is told near: \(said.range(of: secret).map { said[..<$0.lowerBound].suffix(200) } ?? "")")
        }
        #expect(try county.count("member") == 5)
        #expect(said.contains(NumberMask.identity(number)))
        #expect(MaskSearch.wideMasks(said) == [])
    }

    @Test("spool files of requests are gone when they are answered, and of jobs when they have ended")
    func spool() throws {
        let county = try County()
        let session = try county.as(.administrator)
        let rows =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate\n"
            + (0..<3_000).map { "\(Place.villageA1),H\($0),general,illness,陈\($0),householder,male,1980-05-06\n" }
            .joined()
        #expect(try session.importFile(1, "kind=households&dryRun=true", rows).counts[0] == 3_000)
        #expect(
            try session.send("PUT", "/v1/imports/\(Sample.id(1))?kind=households", [:], body: Array(rows.utf8)).status
                == 409)
        #expect(try session.get("/v1/households", ["Accept": "text/csv"]).status == 200)
        #expect(try session.importFile(2, "kind=households", "no,such,columns\n1,2,3\n")["state"]?.string == "failed")
        #expect(
            try session.importFile(3, "kind=households&mode=atomic", rows + "ragged\n")["state"]?.string == "failed")
        county.close()
        // A worker of the pool lets go of an answer a moment after it was sent.
        var left: [String] = []
        for _ in 0..<2_000 {
            left = try FileManager.default.contentsOfDirectory(atPath: county.folder.path + "/spool")
            if left.isEmpty { break }
            usleep(1_000)
        }
        #expect(left == [])
    }
}
