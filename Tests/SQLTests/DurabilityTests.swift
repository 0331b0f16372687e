// Failing disks: what is acknowledged is there after reopening, what is half done never is, and nothing is tried again.

import CSQLite
import Foundation
import Testing

@testable import SQL

@Suite struct DurabilityTests {
    private static let rowBytes = 6000

    /// One request: two rows, which are there together or not at all.
    private static func insert(_ number: Int) -> @Sendable (Connection) throws -> Int {
        { connection in
            let changed = try connection.run("INSERT INTO t VALUES ($1, zeroblob($2))", 2 * number, rowBytes)
            return try changed + connection.run("INSERT INTO t VALUES ($1, zeroblob($2))", 2 * number + 1, rowBytes)
        }
    }

    /// Writes in groups of up to three until the writer ends; returns the numbers acknowledged.
    private func writeUntilFailure(_ database: Database, groupsMax: Int) -> Set<Int> {
        var acknowledged: Set<Int> = []
        for group in 0..<groupsMax {
            let answers = Answers()
            let numbers = (3 * group)..<(3 * group + 3)
            for number in numbers {
                answers.submit(database.writer, number, waitSecondsMax: 60, DurabilityTests.insert(number))
            }
            var hasFailed = false
            for (number, result) in answers.wait() {
                switch result {
                case .success: acknowledged.insert(number)
                case .failure(let error):
                    hasFailed = true
                    #expect(error as? WriterError == .storageFailed)
                }
            }
            if hasFailed { break }
        }
        return acknowledged
    }

    private func checkAfterwards(_ folder: Folder, _ acknowledged: Set<Int>) throws {
        let database = try folder.open { error in Issue.record("fatal: \(error)") }
        let reader = try database.makeReader()
        let found = Set(try reader.query("SELECT a FROM t") { $0.int(0) })
        for number in acknowledged {
            #expect(found.contains(2 * number), "\(number) is lost")
            #expect(found.contains(2 * number + 1), "\(number) is lost")
        }
        for row in found {
            #expect(found.contains(row ^ 1), "\(row) is half of a request")
        }
        #expect(try reader.integrityReport().isSound)
        #expect(try database.writer.perform(DurabilityTests.insert(1_000_000)) == 2)
        database.close()
    }

    @Test("after a failed sync nobody of the group is told of success, and nothing is synced again", arguments: 1...200)
    func failedSync(nth: Int) throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let fatal = Collected<SQLError>()
        let database = try folder.open(vfs: faults.name) { fatal.append($0) }
        try database.writer.perform { try $0.run(makeTable) }
        faults.failSync(nth, code: JIEDUI_SQLITE_IOERR_FSYNC)
        let syncsBefore = faults.syncs
        let acknowledged = writeUntilFailure(database, groupsMax: 400)
        #expect(!database.writer.isHealthy)
        #expect(throws: WriterError.storageFailed) { try database.writer.perform { try $0.run("DELETE FROM t") } }
        database.close()
        #expect(faults.syncs - syncsBefore == nth)
        #expect(fatal.all == [.inputOutput(code: JIEDUI_SQLITE_IOERR_FSYNC)])
        try checkAfterwards(folder, acknowledged)
    }

    @Test("a failed write ends the writer as a failed sync does", arguments: [1, 2, 3, 4, 5, 8, 13, 21, 50, 100, 400])
    func failedWrite(nth: Int) throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let fatal = Collected<SQLError>()
        let database = try folder.open(vfs: faults.name) { fatal.append($0) }
        try database.writer.perform { try $0.run(makeTable) }
        faults.failWrite(nth, code: JIEDUI_SQLITE_IOERR_WRITE)
        let acknowledged = writeUntilFailure(database, groupsMax: 400)
        // The queue is serial: after closing, what follows the answers is over.
        database.close()
        #expect(fatal.all == [.inputOutput(code: JIEDUI_SQLITE_IOERR_WRITE)])
        try checkAfterwards(folder, acknowledged)
    }

    @Test("a failed sync of a checkpoint ends the writer; what was acknowledged before stays", arguments: 1...3)
    func failedCheckpoint(nth: Int) throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let fatal = Collected<SQLError>()
        let database = try folder.open(vfs: faults.name) { fatal.append($0) }
        try database.writer.perform { try $0.run(makeTable) }
        try database.writer.perform(DurabilityTests.insert(0))
        // The first sync is the commit's, the second the log's before it is copied, the third the file's after it.
        faults.failSync(nth, code: JIEDUI_SQLITE_IOERR_FSYNC)
        let answer = Result {
            try database.writer.performAlone { connection in
                for number in 1...1500 { _ = try DurabilityTests.insert(number)(connection) }
            }
        }
        database.close()
        #expect(fatal.all == [.inputOutput(code: JIEDUI_SQLITE_IOERR_FSYNC)])
        switch answer {
        case .success: try checkAfterwards(folder, Set(0...1500))
        case .failure(let error):
            #expect(nth == 1)
            #expect(error as? WriterError == .storageFailed)
            try checkAfterwards(folder, [0])
        }
    }

    @Test("a full disk refuses the whole group, reads go on, and the writer recovers by itself")
    func fullDisk() throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open(vfs: faults.name) { error in Issue.record("fatal: \(error)") }
        let writer = database.writer
        try writer.perform { try $0.run(makeTable) }
        try writer.perform(DurabilityTests.insert(0))
        let reader = try database.makeReader()
        faults.setFull(true)
        let gate = Gate()
        let answers = Answers()
        gate.close(writer)
        for number in 1...5 { answers.submit(writer, number, DurabilityTests.insert(number)) }
        gate.open()
        for number in 1...5 { #expect(answers.error(number) as? SQLError == .diskFull) }
        #expect(!writer.isHealthy)
        #expect(try reader.count("t") == 2)
        #expect(throws: SQLError.diskFull) { try writer.perform(DurabilityTests.insert(6)) }
        faults.setFull(false)
        #expect(try writer.perform(DurabilityTests.insert(7)) == 2)
        #expect(writer.isHealthy)
        #expect(try reader.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == [0, 1, 14, 15])
        reader.close()
        database.close()
    }

    @Test("a request that finds the file full is refused whole, its neighbours stay, and room makes it healthy again")
    func fullFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open { error in Issue.record("fatal: \(error)") }
        let writer = database.writer
        try writer.perform { try $0.run(makeTable) }
        let reader = try database.makeReader()
        let pages = try #require(try reader.first("PRAGMA page_count") { $0.int(0) })
        try writer.perform { try $0.run("PRAGMA max_page_count = \(pages + 3)") }
        let gate = Gate()
        let answers = Answers()
        gate.close(writer)
        answers.submit(writer, 1) { try $0.run("INSERT INTO t VALUES (1, NULL)") }
        answers.submit(writer, 2) { connection in
            try connection.run("INSERT INTO t VALUES (2, NULL)")
            return try connection.run("INSERT INTO t VALUES (3, zeroblob(1000000))")
        }
        answers.submit(writer, 4) { connection in
            try connection.run("INSERT INTO t VALUES (4, NULL)")
            // Swallowing the error does not make the request a success.
            _ = try? connection.run("INSERT INTO t VALUES (5, zeroblob(1000000))")
            return 1
        }
        gate.open()
        #expect(answers.error(2) as? SQLError == .diskFull)
        #expect(answers.error(4) as? SQLError == .diskFull)
        #expect(!writer.isHealthy)
        let acknowledged = answers.error(1) == nil ? [1] : []
        #expect(try reader.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == acknowledged)
        try writer.perform { try $0.run("PRAGMA max_page_count = 100000") }
        #expect(!writer.isHealthy)
        #expect(try writer.perform { try $0.run("INSERT INTO t VALUES (6, zeroblob(1000000))") } == 1)
        #expect(writer.isHealthy)
        database.close()
    }

    @Test("a killed process loses nothing that was acknowledged")
    func killed() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { try $0.run(makeTable) }
        for number in 0..<20 { try database.writer.perform(DurabilityTests.insert(number)) }
        let left = Collected<Folder>()
        try database.writer.perform { connection in
            _ = try DurabilityTests.insert(20)(connection)
            left.append(try folder.copy())
        }
        let copy = try #require(left.all.first)
        defer { copy.remove() }
        try checkAfterwards(copy, Set(0..<20))
        database.close()
    }
}
