// Opening: settings, the lock, files and their modes, and the log's size.

import CSQLite
import Dispatch
import Foundation
import Testing

@testable import SQL

@Suite struct DatabaseTests {
    @Test("every setting of a writer and of a reader is as it must be, and a change of one is seen")
    func settings() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        let reader = try database.makeReader()
        #expect(try reader.configurationFaults() == [])
        #expect(try database.writer.perform { try $0.configurationFaults() } == [])
        try reader.run("PRAGMA query_only = OFF")
        #expect(try reader.configurationFaults() == ["query_only is 0, not 1"])
        reader.close()
        database.close()
        let writer = try Connection(path: folder.databasePath, role: .writer)
        try writer.run("PRAGMA synchronous = NORMAL")
        try writer.run("PRAGMA wal_autocheckpoint = 1000")
        jiedui_sqlite3_db_config_flag(writer.handle, Int32(SQLITE_DBCONFIG_DQS_DML), 1)
        #expect(
            try writer.configurationFaults() == [
                "wal_autocheckpoint is 1000, not 0", "synchronous is 1, not 2",
                "double-quoted strings in queries is 1, not 0",
            ])
    }

    @Test("foreign keys are enforced, and a double-quoted string is a name")
    func behaviour() throws {
        try withConnection { connection throws in
            #expect(throws: SQLError.self) { try connection.run("SELECT \"no such column\"") }
            #expect(throws: SQLError.self) { try connection.run("CREATE TABLE t (a TEXT CHECK (a <> \"x\")) STRICT") }
            #expect(try connection.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
        }
    }

    @Test("a second opener is refused at once with the holder's process, until the first closes")
    func lock() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let first = try folder.open()
        #expect(throws: DatabaseError.locked(processID: getpid())) { try folder.open() }
        let reader = try Database.reader(path: folder.databasePath)
        #expect(try reader.first("SELECT 1") { $0.int(0) } == 1)
        first.close()
        try folder.open().close()
    }

    @Test("a refused opener leaves no descriptor open")
    func descriptors() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let first = try folder.open()
        func openLocks() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name))
                    == folder.path + "/lock"
            }
        }
        for _ in 0..<5 { #expect(throws: DatabaseError.self) { try folder.open() } }
        #expect(try openLocks() == 1)
        first.close()
        #expect(try openLocks() == 0)
    }

    @Test("the files are for their owner only")
    func modes() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { try $0.run(makeTable) }
        for name in ["test.sqlite", "test.sqlite-wal", "test.sqlite-shm", "lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        database.close()
    }

    @Test("a folder that is not there is told")
    func noFolder() throws {
        let folder = try Folder()
        folder.remove()
        #expect(throws: FileError.self) { try folder.open() }
    }

    @Test("a path that looks like a URI is a path")
    func uri() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path + "/file:x?mode=memory"
        let database = try Database.open(path: path) { _ in }
        try database.writer.perform { try $0.run(makeTable) }
        #expect(FileManager.default.fileExists(atPath: path))
        database.close()
    }

    @Test("a reader that closes last leaves the log to the writer")
    func readerClosesLast() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { try $0.run(makeTable) }
        let copy = try folder.copy()
        defer { copy.remove() }
        database.close()
        let log = copy.databasePath + "-wal"
        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        let reader = try Database.reader(path: copy.databasePath)
        #expect(try reader.count("t") == 0)
        reader.close()
        #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int == size)
    }

    @Test("opening moves what the log holds into the file")
    func logAtOpening() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        try database.writer.perform { try $0.run(makeTable) }
        let copy = try folder.copy()
        defer { copy.remove() }
        database.close()
        let reopened = try copy.open()
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.databasePath + "-wal")
        #expect(attributes[.size] as? Int == 0)
        #expect(try reopened.makeReader().count("t") == 0)
        reopened.close()
    }

    @Test("the log is copied every 2,000 pages and emptied when idle, past a reader that held it back")
    func logSize() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try folder.open()
        let writer = database.writer
        try writer.perform { try $0.run(makeTable) }
        let reader = try database.makeReader()
        try reader.transaction(.deferred) {
            #expect(try reader.count("t") == 0)
            for number in 0..<10 {
                try writer.perform { try $0.run("INSERT INTO t VALUES ($1, zeroblob(2000000))", number) }
            }
            // A checkpoint follows the answer, on the same serial queue.
            try writer.perform { _ in }
            #expect(writer.statistics.checkpoints >= 2)
            #expect(writer.statistics.logPages > 4000)
            // The snapshot stands still for as long as its transaction.
            #expect(try reader.count("t") == 0)
        }
        #expect(try reader.count("t") == 10)
        let pause = DispatchSemaphore(value: 0)
        for _ in 0..<500 where writer.statistics.logPages > 0 {
            _ = pause.wait(timeout: .now() + .milliseconds(20))
        }
        #expect(writer.statistics.logPages == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.databasePath + "-wal")
        #expect(attributes[.size] as? Int == 0)
        database.close()
    }
}
