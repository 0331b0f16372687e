// A machine's clock that jumps: nothing is pruned, turned, expired or recorded by it until it is right again or
// somebody confirms it, and everybody is told why.

import Glibc
import Testing

@testable import App
@testable import Archive
@testable import Domain
@testable import SQL
@testable import Service
@testable import Web

@Suite("A clock that jumps")
struct ClockTests {
    private static let twoYears: Int64 = 730

    private static func confirm(_ county: County, _ time: String, as person: Person = .administrator) throws -> Answer {
        try county.as(person).post("/v1/clock/confirmation", ["time": .string(time)])
    }

    private static func doubts(_ county: County) -> Int {
        county.log.all.count { $0.contains("the machine's clock is in doubt") }
    }

    @Test("two years ahead for twenty seconds: no change is pruned, no export expires, nothing is written, reads go on")
    func jumpAndBack() throws {
        let county = try County()
        try county.makeThree()
        let session = try county.as(.administrator)
        _ = try session.export(11, ["kind": "households", "format": "csv"])
        try county.visit(501, as: .tabletA1)
        let before = try county.digest()
        county.clock.jump(days: Self.twoYears)
        county.application.housekeeping.look()
        county.application.runners.runner(ExportRunner.self).wake()
        try ChangeFeedPruning.isRefused(county)
        let ready = try county.with(token: nil).get("/readyz", ["Accept-Language": "en"])
        #expect(ready.status == 503, "\(ready.text)")
        #expect(ready.problem == "clock-in-doubt", "\(ready.text)")
        #expect(ready.json["detail"].string?.contains("jumped to 2028-03-01") == true, "\(ready.text)")
        let write = try session.put(Sample.path(ofVisit: 502), Sample.visit())
        #expect(write.status == 503)
        #expect(write.problem == "clock-in-doubt")
        #expect(write["retry-after"] == "60")
        #expect(try session.sendBatch(1, [BatchSample.visit(600)]).status == 503)
        // Every token would have ended, and every export.
        #expect(try county.as(.tabletA1).get("/v1/me").status == 200)
        #expect(try session.content(11).status == 200)
        let clock = try county.as(.tabletA1).get("/v1/clock").json
        #expect(clock["state"].string == "in-doubt")
        #expect(clock["reason"].string == "jumped")
        #expect(clock["time"].string == "2026-03-02T01:00:00.000Z")
        #expect(clock["machineTime"].string == "2028-03-01T01:00:00.000Z")
        // Tablets measure their own clocks by it.
        #expect(ready["date"] == nil, "a tablet must not measure its clock by it")
        county.clock.advance(milliseconds: 20_000)
        county.clock.jump(days: -Self.twoYears)
        #expect(try county.with(token: nil).get("/readyz").status == 200)
        #expect(try county.digest() == before)
        let after = try session.put(Sample.path(ofVisit: 502), Sample.visit())
        #expect(after.status == 201)
        #expect(after.json["receivedAt"].string == "2026-03-02T01:00:20.000Z")
        #expect(Self.doubts(county) == 1)
        #expect(county.log.all.contains { $0.contains("believed again") })
        #expect(try county.faults() == [])
    }

    @Test("a clock that stays elsewhere is believed once an administrator says what time it is, and that is audited")
    func confirmation() throws {
        let county = try County()
        try county.makeThree()
        county.clock.jump(days: 100)
        let before = try county.digest()
        #expect(try Self.confirm(county, "2026-03-02T01:00:00Z").errors == ["/time not-the-machines"])
        #expect(try Self.confirm(county, "2026-06-10T01:06:00Z").errors == ["/time not-the-machines"])
        #expect(try Self.confirm(county, "soon").errors == ["/time not-a-time"])
        #expect(try Self.confirm(county, "2026-06-10T01:00:00Z", as: .clerkA).status == 403)
        #expect(try county.with(token: nil).get("/v1/clock").status == 401)
        #expect(try county.digest() == before)
        let confirmed = try Self.confirm(county, "2026-06-10T09:04:00+08:00")
        #expect(confirmed.status == 200, "\(confirmed.text)")
        #expect(confirmed.json["state"].string == "believed", "\(confirmed.text)")
        #expect(try county.with(token: nil).get("/readyz").status == 200)
        let visit = try county.visit(501, Sample.visit(at: "2026-06-09T02:00:00Z"), as: .tabletA1)
        #expect(visit.json["countedOn"].string == "2026-06-09")
        let events = try county.query(
            """
            SELECT at, before, after FROM audit_event
            WHERE action = 'confirm' AND entity = 'clock' AND user_id IS NOT NULL
            """
        ) { ($0.int64(0), $0.text(1), $0.text(2)) }
        #expect(events.count == 1)
        #expect(events.first?.0 == county.clock.now.milliseconds)
        #expect(events.first?.1.contains("\"reason\":\"jumped\"") == true, "\(events)")
        let settled = try county.digest()
        #expect(try Self.confirm(county, "2026-06-10T01:00:00Z").status == 200)
        #expect(try county.digest() == settled)
        #expect(try county.as(.administrator).get("/v1/changes?entity=clock").status == 400)
        #expect(try county.faults() == [])
    }

    @Test("minutes, sleep and a slow correction are no jump; six minutes forward or back are one")
    func steps() throws {
        let county = try County()
        try county.makeThree()
        func isBelieved() throws -> Bool { try county.with(token: nil).get("/readyz").status == 200 }
        for step: Int64 in [180_000, -290_000, 5_000, -3_000] {
            county.clock.jump(milliseconds: step)
            #expect(try isBelieved())
        }
        county.clock.advance(days: 20)
        #expect(try isBelieved(), "the machine slept")
        // 200 parts in a million, over a day in which nobody looked.
        county.clock.advance(days: 1)
        county.clock.jump(milliseconds: 317_280)
        #expect(try isBelieved())
        for step: Int64 in [360_000, -360_000] {
            county.clock.jump(milliseconds: step)
            #expect(try !isBelieved())
            county.clock.jump(milliseconds: -step)
            #expect(try isBelieved())
        }
    }

    /// Another run of the service after some time without it.
    private static func restart(_ county: County, after milliseconds: Int64) throws -> County {
        county.close()
        county.clock.jump(milliseconds: milliseconds)
        return try County(reopening: county.folder, clock: county.clock, seed: 7)
    }

    @Test("at a start an hour behind the last record or thirty days ahead of it is in doubt, less is not")
    func starts() throws {
        let day: Int64 = 86_400_000
        for (away, reason) in [
            (-1_800_000, nil), (-3 * 3_600_000, "behind"), (29 * day, nil), (40 * day, "ahead"),
            (-4_000 * day, "behind"),
        ] as [(Int64, String?)] {
            let county = try County()
            try county.makeThree()
            let later = try Self.restart(county, after: away)
            let clock = try later.as(.administrator).get("/v1/clock").json
            #expect(clock["reason"].string == reason, "\(away)")
            let status = try later.as(.tabletA1).put(Sample.path(ofVisit: 501), Sample.visit()).status
            #expect(status == (reason == nil ? 201 : 503), "\(away)")
            guard reason != nil else { continue }
            #expect(clock["time"].string == "2026-03-02T01:00:00.000Z")
            #expect(Self.doubts(later) == 1)
            // One confirmation, and everything goes on.
            #expect(try Self.confirm(later, later.clock.now.description).status == 200)
            later.application.housekeeping.look()
            #expect(try later.as(.tabletA1).put(Sample.path(ofVisit: 501), Sample.visit()).status < 300)
            let again = try Self.restart(later, after: 60_000)
            #expect(try again.with(token: nil).get("/readyz").status == 200)
            #expect(try again.faults() == [])
        }
    }

    @Test("how far ahead it may be is a parameter of the installation, and a service that ran idle was not off")
    func parameter() throws {
        let county = try County()
        try county.makeThree()
        try county.alter("UPDATE clock SET forward_days = 60")
        let later = try Self.restart(county, after: 40 * 86_400_000)
        #expect(try later.with(token: nil).get("/readyz").status == 200)
        // Fifty days on which only the hours passed.
        for _ in 0..<50 {
            later.clock.advance(days: 1)
            later.application.housekeeping.look()
        }
        let kept = try later.query("SELECT seen_at FROM clock") { $0.int64(0) }
        #expect(kept == [later.clock.now.milliseconds])
        let again = try Self.restart(later, after: 20 * 86_400_000)
        #expect(try again.with(token: nil).get("/readyz").status == 200)
    }

    @Test(
        "a clock that becomes plausible by itself is believed; the machine's own commands ask like anybody"
    )
    func comesBack() throws {
        let county = try County()
        try county.makeThree()
        let later = try Self.restart(county, after: -4_000 * 86_400_000)
        #expect(try later.with(token: nil).get("/readyz").status == 503)
        #expect(throws: ClockDoubt.self) { try later.register.perform { try ChangeRetention.prune($0) } }
        later.clock.jump(days: 4_000)
        #expect(try later.with(token: nil).get("/readyz").status == 200)
        later.close()
        later.clock.jump(days: 400)
        let register = try Register(
            DataDirectory(path: later.folder.path), migrations: County.migrations, create: false,
            environment: later.clock.environment, onFatal: { _ in })
        let reader = try register.database.makeReader()
        #expect(try ClockCommand.doubt(reader, environment: later.clock.environment)?.reason == .ahead)
        reader.close()
        #expect(register.clock.doubt?.description.contains("jiedui clock confirm") == true)
        #expect(throws: ClockDoubt.self) { try ChangeRetention.pruneAll(register) }
        #expect(try ClockCommand.confirm(register)?.reason == .ahead)
        #expect(try ClockCommand.confirm(register) == nil)
        try ChangeRetention.pruneAll(register)
        register.close()
    }

    @Test("an import that waits while the clock is in doubt is no failed one: it goes on when the clock is believed")
    func jobs() throws {
        let county = try County()
        let file = "area_code,name,kind,level\n\(Place.county),县文旅局,state-organ,county\n"
        let path = county.folder.path + "/spool/" + JobStore.filePrefix + Sample.id(31)
        let id = try required(Identifier(Sample.id(31)))
        let day = try required(CivilDate(County.today))
        county.clock.jump(days: 100)
        try county.register.perform(inDoubt: true) { transaction in
            // On the writer, or the sweep takes it for one that nobody wants.
            try Files.write(Array(file.utf8), to: path, mode: 0o600)
            let job = Job(
                id: id, order: ImportOrder(kind: .organizations, on: day), state: "queued", actor: .machine,
                scope: .everything, fileName: JobStore.filePrefix + id.description, position: 0, counts: ImportCounts())
            try JobStore.create(job, contentHash: [UInt8](repeating: 0, count: 32), transaction)
        }
        county.application.runners.runner(JobRunner.self).wake()
        #expect(try county.with(token: nil).get("/readyz").status == 503)
        #expect(try county.query("SELECT state FROM job") { $0.text(0) } == ["queued"])
        #expect(try Self.confirm(county, county.clock.now.description).status == 200)
        var state = "queued"
        for _ in 0..<60_000 where state == "queued" || state == "running" {
            state = try county.query("SELECT state FROM job") { $0.text(0) }.first ?? "gone"
            usleep(1_000)
        }
        #expect(state == "done")
    }
}

private enum ChangeFeedPruning {
    /// What housekeeping would do each day.
    static func isRefused(_ county: County) throws {
        #expect(throws: ClockDoubt.self) { try ChangeRetention.pruneAll(county.register) }
        #expect(throws: ClockDoubt.self) { try county.register.perform { try CadreDay.turn($0) } }
        #expect(throws: ClockDoubt.self) { try county.register.perform { try ExportStore.expire($0) } }
    }
}
