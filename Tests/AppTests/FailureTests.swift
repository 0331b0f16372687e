// What clients see when the disk is full, the writer is held, or work is stopped half-way.

import Dispatch
import Testing

@testable import Archive
@testable import SQL
@testable import Service
@testable import Web

@Suite("Failures")
struct FailureTests {
    @Test(
        "a full disk is 507 for writers and nothing for readers, keeps nothing, and is over when there is space"
    )
    func diskFull() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        let session = try county.as(.administrator)
        let pages = try required(county.query("PRAGMA page_count") { $0.int(0) }.first)
        try county.register.database.writer.perform { connection in
            _ = try connection.first("PRAGMA max_page_count = \(pages)") { $0.int(0) }
        }
        let before = try county.digest()
        let members = (0..<40).map { Sample.member("成员\($0)", relation: $0 == 0 ? "householder" : "son") }
        var refused = 0
        for number in 2..<30 {
            let answer = try session.put(
                "/v1/households/\(Sample.id(number))", Sample.household("H\(number)", members: members))
            #expect([201, 507].contains(answer.status), "\(answer.text)")
            guard answer.status == 507 else { continue }
            refused += 1
            #expect(answer.problem == "disk-full")
            #expect(answer["retry-after"] != nil)
            #expect(try session.get("/v1/households/\(Sample.id(number))").status == 404)
        }
        #expect(refused > 20)
        #expect(try session.get("/v1/households/\(Sample.id(1))").status == 200)
        #expect(try session.get("/readyz").status == 503)
        #expect(try county.digest()["division"] == before["division"])
        try county.register.database.writer.perform { connection in
            _ = try connection.first("PRAGMA max_page_count = 1000000") { $0.int(0) }
        }
        #expect(try session.put("/v1/households/\(Sample.id(90))", Sample.household("H90")).status == 201)
        #expect(try session.get("/readyz").status == 200)
        #expect(try county.faults() == [])
    }

    @Test("a write that waits too long for the writer is 503 with Retry-After, and reads go on meanwhile")
    func writerHeld() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        county.register.database.writer.submit { _ in
            begun.signal()
            end.wait()
        } then: { _ in
        }
        begun.wait()
        let statuses = try Parallel.map(4) { index in
            let session = try county.with(token: county.as(.administrator).token)
            if index == 0 {
                let read = try session.get("/v1/households/\(Sample.id(1))").status
                return [read]
            }
            let answer = try session.put("/v1/households/\(Sample.id(index + 1))", Sample.household("H\(index + 1)"))
            return [answer.status, answer["retry-after"] == nil ? 0 : 1]
        }
        end.signal()
        #expect(statuses == [[200], [503, 1], [503, 1], [503, 1]])
        #expect(
            try county.as(.administrator).put("/v1/households/\(Sample.id(2))", Sample.household("H2")).status == 201)
        #expect(try county.count("household") == 2)
    }

    @Test("a running import is cancelled between pieces: what is done stays, the rest is never done")
    func cancelRunning() throws {
        let county = try County()
        county.application.stop()
        let session = try county.as(.administrator)
        let piece = HouseholdImporter.recordsPerPiece
        let rows =
            "villageCode,archiveNumber,attribute,mainCause,name,relation,sex,birthDate\n"
            + (0..<(5 * piece)).map { "\(Place.villageA1),H\($0),general,illness,陈\($0),householder,male,1980-05-06\n" }
            .joined()
        let path = "/v1/imports/\(Sample.id(1))"
        _ = try session.send("PUT", path + "?kind=households", [:], body: Array(rows.utf8))
        let job = try county.register.perform { transaction in
            let job = try required(JobStore.next(transaction.connection))
            try JobStore.start(job.id, transaction)
            return job
        }
        var statuses: [Int] = []
        let end = try ImportRun(
            job, county.register,
            watch: { progress in
                guard progress.rows == 3 * piece else { return }
                statuses.append((try? session.send("POST", path + "/cancel").status) ?? 0)
            }
        ).run()
        #expect(end == .cancelled)
        #expect(statuses == [202])
        let after = try session.job(1)
        #expect(after["state"]?.string == "cancelled")
        #expect(after["created"]?.integer == 3 * piece)
        #expect(try county.count("household") == 3 * piece)
        #expect(try session.send("POST", path + "/cancel").status == 409)
        #expect(try county.faults() == [])
    }

    @Test("an unforeseen error is 500 without inner words, logged with the request's id")
    func unforeseen() throws {
        let county = try County()
        try county.make(1, Sample.household("H1"))
        try county.register.database.writer.perform {
            _ = try $0.run("UPDATE household SET village_id = village_id, recorded_at = 1, state_since = '2016-99-99'")
        }
        let answer = try county.as(.clerkA).patch(
            "/v1/households/\(Sample.id(1))", version: 1, ["mainCause": "illness"])
        #expect(answer.status == 500)
        #expect(answer.problem == "internal-error")
        #expect(answer.json.names == ["type", "title", "status", "instance"])
        let id = try required(answer["x-request-id"])
        #expect(county.log.all.contains { $0.contains(id) && $0.hasPrefix("error") })
    }
}
