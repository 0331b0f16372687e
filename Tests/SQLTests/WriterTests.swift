// The writer: groups, isolation, bounds of queue and waiting, and the commit counter.

import Dispatch
import Synchronization
import Testing

@testable import SQL

/// Holds the writer in a piece of work until it is opened, so that what is submitted meanwhile makes one group.
final class Gate: Sendable {
    private let entered = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    func close(_ writer: Writer) {
        writer.submit { _ in
            self.entered.signal()
            self.opened.wait()
        } then: { (_: Result<Void, any Error>) in
        }
        entered.wait()
    }

    func open() { opened.signal() }
}

/// What came back from many submissions.
final class Answers: Sendable {
    private let group = DispatchGroup()
    private let given = Mutex<[Int: Result<Int, any Error>]>([:])

    func submit(
        _ writer: Writer, _ key: Int, waitSecondsMax: Double = 2, _ work: @escaping @Sendable (Connection) throws -> Int
    ) {
        group.enter()
        writer.submit(waitSecondsMax: waitSecondsMax, work) { result in
            self.given.withLock { $0[key] = result }
            self.group.leave()
        }
    }

    func wait() -> [Int: Result<Int, any Error>] {
        group.wait()
        return given.withLock { $0 }
    }

    func error(_ key: Int) -> (any Error)? {
        guard case .failure(let error)? = wait()[key] else { return nil }
        return error
    }
}

let makeTable = "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB) STRICT"

@Suite struct WriterTests {
    private func opened(_ folder: Folder, vfs: String? = nil, queueMax: Int = 4096) throws -> Database {
        let database = try folder.open(vfs: vfs, queueMax: queueMax) { error in Issue.record("fatal: \(error)") }
        try database.writer.perform { try $0.run(makeTable) }
        return database
    }

    @Test("an observer is told of commits that changed something, once each, and not of others")
    func observedCommits() throws {
        let folder = try Folder()
        let database = try opened(folder)
        defer { database.close() }
        let told = Mutex<[UInt64]>([])
        let writer = database.writer
        writer.observeCommits { [weak writer] in
            if let writer { told.withLock { $0.append(writer.changeCounter) } }
        }
        let before = writer.changeCounter
        try writer.perform { try $0.run("INSERT INTO t (a) VALUES (1)") }
        _ = try writer.perform { try $0.query("SELECT a FROM t") { $0.int(0) } }
        #expect(throws: (any Error).self) { try writer.perform { try $0.run("INSERT INTO t (a) VALUES (1)") } }
        try writer.performAlone { try $0.run("INSERT INTO t (a) VALUES (2)") }
        #expect(told.withLock { $0 } == [before + 1, before + 2])
    }

    @Test("what is written first stays though all that follows is refused, and its failure stops nobody")
    func firstWork() throws {
        struct Refused: Error {}
        let folder = try Folder()
        let database = try opened(folder)
        defer { database.close() }
        let writer = database.writer
        let due = Mutex<[Int]>([])
        writer.begin(
            with: FirstWork(isDue: { _ in due.withLock { !$0.isEmpty } }) { connection in
                let key = due.withLock { $0.removeFirst() }
                try connection.run("INSERT INTO t (a) VALUES ($1)", key)
                if key == 3 { throw Refused() }
            })
        func rows() throws -> [Int] { try writer.perform { try $0.query("SELECT a FROM t ORDER BY a") { $0.int(0) } } }
        due.withLock { $0 = [1] }
        #expect(throws: Refused.self) { try writer.perform { _ in throw Refused() } }
        #expect(try rows() == [1])
        due.withLock { $0 = [2] }
        #expect(throws: Refused.self) { try writer.performAlone { _ in throw Refused() } }
        #expect(try rows() == [1, 2])
        due.withLock { $0 = [3] }
        try writer.perform { try $0.run("INSERT INTO t (a) VALUES (4)") }
        #expect(try rows() == [1, 2, 4])
    }

    @Test("64 requests that wait together share a few syncs")
    func groupCommit() throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder, vfs: faults.name)
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        for number in 0..<64 {
            answers.submit(database.writer, number) { try $0.run("INSERT INTO t (a) VALUES ($1)", number) }
        }
        #expect(database.writer.statistics.queueDepth == 64)
        let before = (syncs: faults.syncs, commits: database.writer.statistics.commits)
        gate.open()
        #expect(answers.wait().values.allSatisfy { (try? $0.get()) == 1 })
        let after = database.writer.statistics
        #expect(faults.syncs - before.syncs <= 16)
        #expect(after.commits - before.commits <= 17)
        #expect(after.largestGroupRequests >= 4)
        #expect(after.requestsCommitted == 66)
        #expect(after.queueDepth == 0)
        #expect(try database.makeReader().count("t") == 64)
        database.close()
    }

    @Test("one request at a time syncs each commit once, before its answer")
    func oneSync() throws {
        let faults = try FaultFileSystem()
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder, vfs: faults.name)
        // The first commit after opening also syncs the new log's header.
        try database.writer.perform { try $0.run("INSERT INTO t (a) VALUES (0)") }
        for number in 1...5 {
            let before = faults.syncs
            try database.writer.perform { try $0.run("INSERT INTO t (a) VALUES ($1)", number) }
            #expect(faults.syncs - before == 1)
        }
        database.close()
    }

    @Test("a request that throws loses only its own savepoint")
    func isolation() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        answers.submit(database.writer, 1) { try $0.run("INSERT INTO t (a) VALUES (1)") }
        answers.submit(database.writer, 2) { connection in
            try connection.run("INSERT INTO t (a) VALUES (2)")
            return try connection.run("INSERT INTO t (a) VALUES (1)")
        }
        answers.submit(database.writer, 3) { try $0.run("INSERT INTO t (a) VALUES (3)") }
        gate.open()
        #expect(answers.error(2) as? SQLError == .unique(table: "t", columns: ["a"]))
        #expect(answers.error(1) == nil)
        #expect(answers.error(3) == nil)
        #expect(try database.makeReader().query("SELECT a FROM t ORDER BY a") { $0.int(0) } == [1, 3])
        database.close()
    }

    @Test("what the requests of a group leave to the commit is done for all of them, or none is told of success")
    func leftToTheCommit() throws {
        struct Refused: Error {}
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let gate = Gate()
        let answers = Answers()
        @Sendable func leave(_ number: Int, to connection: Connection) -> Int {
            connection.beforeCommit { try connection.run("INSERT INTO t (a) VALUES ($1)", number) }
            return number
        }
        gate.close(database.writer)
        answers.submit(database.writer, 1) { leave(1, to: $0) }
        answers.submit(database.writer, 2) { connection in
            _ = leave(2, to: connection)
            throw Refused()
        }
        answers.submit(database.writer, 3) { leave(3, to: $0) }
        gate.open()
        #expect(answers.error(2) is Refused)
        #expect(answers.error(1) == nil)
        #expect(answers.error(3) == nil)
        let reader = try database.makeReader()
        #expect(try reader.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == [1, 3])
        let second = Gate()
        second.close(database.writer)
        answers.submit(database.writer, 4) { try $0.run("INSERT INTO t (a) VALUES (4)") }
        answers.submit(database.writer, 5) { leave(1, to: $0) }
        second.open()
        #expect(answers.error(4) != nil)
        #expect(answers.error(5) != nil)
        #expect(try reader.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == [1, 3])
        try database.writer.perform { _ = try $0.run("INSERT INTO t (a) VALUES (6)") }
        database.close()
    }

    @Test("when a request ends the group's transaction, nobody of the group is told of success")
    func transactionLost() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        answers.submit(database.writer, 1) { try $0.run("INSERT INTO t (a) VALUES (1)") }
        answers.submit(database.writer, 2) { try $0.run("ROLLBACK") }
        gate.open()
        #expect(answers.error(1) as? WriterError == .transactionLost)
        #expect(answers.error(2) as? WriterError == .transactionLost)
        #expect(try database.writer.perform { try $0.run("INSERT INTO t (a) VALUES (9)") } == 1)
        #expect(try database.makeReader().query("SELECT a FROM t") { $0.int(0) } == [9])
        database.close()
    }

    @Test("a COMMIT that fails fails its whole group, a refused request too")
    func failedCommit() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        try database.writer.perform { connection in
            try connection.run("CREATE TABLE late (a INTEGER REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED) STRICT")
        }
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        answers.submit(database.writer, 1) { try $0.run("INSERT INTO t (a) VALUES (1)") }
        answers.submit(database.writer, 2) { try $0.run("INSERT INTO late VALUES (77)") }
        answers.submit(database.writer, 3) { try $0.run("INSERT INTO t (a) VALUES (1)") }
        gate.open()
        for key in 1...3 { #expect(answers.error(key) as? SQLError == .foreignKey) }
        #expect(try database.makeReader().count("t") == 0)
        #expect(try database.writer.perform { try $0.run("INSERT INTO t (a) VALUES (1)") } == 1)
        database.close()
    }

    @Test("past the queue's bound a request is refused at once, and does nothing")
    func queueBound() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder, queueMax: 3)
        let gate = Gate()
        let answers = Answers()
        let refused = Answers()
        gate.close(database.writer)
        for number in 0..<3 {
            answers.submit(database.writer, number) { try $0.run("INSERT INTO t (a) VALUES ($1)", number) }
        }
        refused.submit(database.writer, 3) { try $0.run("INSERT INTO t (a) VALUES (3)") }
        // Answered while the writer is still held.
        #expect(refused.error(3) as? WriterError == .overloaded)
        gate.open()
        #expect(answers.wait().values.allSatisfy { (try? $0.get()) == 1 })
        #expect(try database.makeReader().count("t") == 3)
        #expect(database.writer.statistics.requestsOverloaded == 1)
        database.close()
    }

    @Test("who waits too long behind a long piece is answered before the piece ends, and does nothing")
    func waitingBound() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        answers.submit(database.writer, 1, waitSecondsMax: 60) { try $0.run("INSERT INTO t (a) VALUES (1)") }
        let refused = Answers()
        refused.submit(database.writer, 2, waitSecondsMax: 0.02) { try $0.run("INSERT INTO t (a) VALUES (2)") }
        refused.submit(database.writer, 3, waitSecondsMax: 0.05) { try $0.run("INSERT INTO t (a) VALUES (3)") }
        #expect(refused.error(2) as? WriterError == .overloaded)
        #expect(refused.error(3) as? WriterError == .overloaded)
        gate.open()
        #expect(answers.error(1) == nil)
        #expect(try database.makeReader().query("SELECT a FROM t") { $0.int(0) } == [1])
        database.close()
    }

    @Test("while another process holds the write lock, requests wait for it and no longer than they may")
    func foreignLock() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let other = try Connection(path: folder.databasePath, role: .writer)
        let answers = Answers()
        let refused = Answers()
        try other.transaction(.immediate) {
            answers.submit(database.writer, 1, waitSecondsMax: 30) { try $0.run("INSERT INTO t (a) VALUES (1)") }
            refused.submit(database.writer, 2, waitSecondsMax: 0.05) { try $0.run("INSERT INTO t (a) VALUES (2)") }
            #expect(refused.error(2) as? WriterError == .overloaded)
        }
        #expect(answers.error(1) == nil)
        #expect(try database.makeReader().count("t") == 1)
        database.close()
    }

    @Test("a long piece has a transaction of its own: whole, or nothing of it")
    func alone() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        #expect(throws: SQLError.unique(table: "t", columns: ["a"])) {
            try database.writer.performAlone { connection in
                for number in [1, 2, 3, 1] { try connection.run("INSERT INTO t (a) VALUES ($1)", number) }
            }
        }
        #expect(try database.makeReader().count("t") == 0)
        let sum = try database.writer.performAlone { connection in
            try [1, 2, 3].map { try connection.run("INSERT INTO t (a) VALUES ($1)", $0) }.reduce(0, +)
        }
        #expect(sum == 3)
        #expect(try database.makeReader().count("t") == 3)
        database.close()
    }

    @Test("the counter moves with every change, before its answer, and only then")
    func changeCounter() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let writer = database.writer
        let start = writer.changeCounter
        let seen = Collected<UInt64>()
        let done = DispatchSemaphore(value: 0)
        writer.submit {
            try $0.run("INSERT INTO t (a) VALUES (1)")
        } then: { _ in
            seen.append(writer.changeCounter)
            done.signal()
        }
        done.wait()
        #expect(seen.all == [start + 1])
        try writer.perform { try $0.run("DELETE FROM t WHERE a = 99") }
        #expect(throws: SQLError.self) { try writer.perform { try $0.run("INSERT INTO t (a) VALUES (1)") } }
        #expect(writer.changeCounter == start + 1)
        database.close()
    }

    @Test("closing runs what is queued; later work is refused")
    func closing() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let gate = Gate()
        let answers = Answers()
        gate.close(database.writer)
        for number in 0..<20 {
            answers.submit(database.writer, number) { try $0.run("INSERT INTO t (a) VALUES ($1)", number) }
        }
        gate.open()
        database.close()
        #expect(answers.wait().values.allSatisfy { (try? $0.get()) == 1 })
        #expect(throws: WriterError.closed) { try database.writer.perform { try $0.run("DELETE FROM t") } }
        #expect(try folder.open().makeReader().count("t") == 20)
    }

    @Test("requests from many threads are all done, each once")
    func threads() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try opened(folder)
        let writer = database.writer
        DispatchQueue.concurrentPerform(iterations: 400) { number in
            _ = try? writer.perform { try $0.run("INSERT INTO t (a) VALUES ($1)", number) }
        }
        #expect(try database.makeReader().count("t") == 400)
        #expect(writer.statistics.requestsCommitted == 401)
        database.close()
    }
}
