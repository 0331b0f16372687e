// Backups: whole while the database is written, refused where a file stands, nothing left of a failed one.

import Dispatch
import Foundation
import Synchronization
import Testing

@testable import SQL

@Suite struct BackupTests {
    private func filled(_ folder: Folder, rows: Int = 200) throws -> Database {
        let database = try folder.open()
        try database.writer.perform { connection in
            try connection.run(makeTable)
            for number in 0..<rows { try connection.run("INSERT INTO t VALUES ($1, zeroblob(5000))", number) }
        }
        return database
    }

    private func names(_ folder: Folder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") }
    }

    @Test("a copy taken while the database is written is sound and holds what was acknowledged before it began")
    func underLoad() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        let reader = try database.makeReader()
        var number = 1000
        var progress: [Backup.Progress] = []
        let pages = try Backup.copy(from: reader, to: folder.path + "/copy.sqlite", pagesPerStep: 10) { step in
            progress.append(step)
            // Every step meets a commit, which would start a copy without a snapshot over.
            number += 1
            let key = number
            try database.writer.perform { try $0.run("INSERT INTO t VALUES ($1, zeroblob(5000))", key) }
        }
        #expect(progress.count == (pages + 9) / 10)
        #expect(progress.last == Backup.Progress(pagesDone: pages, pagesTotal: pages))
        let copy = try Connection(path: folder.path + "/copy.sqlite", role: .reader)
        #expect(try copy.integrityReport() == IntegrityReport(faults: [], danglingReferences: []))
        #expect(try copy.query("SELECT a FROM t ORDER BY a") { $0.int(0) } == Array(0..<200))
        copy.close()
        #expect(try names(folder) == ["copy.sqlite"])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/copy.sqlite")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try reader.count("t") == 200 + progress.count)
        database.close()
    }

    @Test("a backup opens as a database and goes on")
    func restored() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        let other = try Folder()
        defer { other.remove() }
        try Backup.copy(from: database.makeReader(), to: other.databasePath)
        database.close()
        let restored = try other.open()
        #expect(try restored.writer.perform { try $0.run("INSERT INTO t VALUES (999, NULL)") } == 1)
        #expect(try restored.makeReader().count("t") == 201)
        restored.close()
    }

    @Test("a file that stands is never overwritten")
    func targetExists() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        let target = folder.path + "/copy.sqlite"
        try folder.write("copy.sqlite", "keep me")
        #expect(throws: BackupError.targetExists(path: target)) {
            try Backup.copy(from: database.makeReader(), to: target)
        }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "keep me")
        try FileManager.default.removeItem(atPath: target)
        // A file that appears while the copy runs stays, too.
        #expect(throws: BackupError.targetExists(path: target)) {
            try Backup.copy(from: database.makeReader(), to: target) { _ in try folder.write("copy.sqlite", "new") }
        }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "new")
        #expect(try names(folder) == ["copy.sqlite"])
        database.close()
    }

    @Test("a backup that is stopped leaves nothing, and the reader goes on")
    func stopped() throws {
        struct Stop: Error {}
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        let reader = try database.makeReader()
        #expect(throws: Stop.self) {
            try Backup.copy(from: reader, to: folder.path + "/copy.sqlite", pagesPerStep: 5) { step in
                if step.pagesDone > 20 { throw Stop() }
            }
        }
        #expect(try names(folder) == [])
        #expect(reader.isAutocommit)
        #expect(try reader.count("t") == 200)
        database.close()
    }

    @Test("what a killed backup left is taken away by the next")
    func leftOver() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        try folder.write("copy.sqlite.partial", "half")
        try Backup.copy(from: database.makeReader(), to: folder.path + "/copy.sqlite")
        #expect(try names(folder) == ["copy.sqlite"])
        database.close()
    }

    @Test("a damaged database gives no backup, and the report says so")
    func damaged() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let database = try filled(folder)
        try database.writer.perform { connection in
            try connection.run("CREATE INDEX t_b ON t (length(b), a)")
        }
        database.close()
        let root = try {
            let reader = try Database.reader(path: folder.databasePath)
            defer { reader.close() }
            return try #require(
                try reader.first("SELECT rootpage FROM sqlite_schema WHERE name = 't_b'") { $0.int(0) })
        }()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.databasePath))
        try file.seek(toOffset: UInt64((root - 1) * 4096 + 4000))
        try file.write(contentsOf: [UInt8](repeating: 0x55, count: 96))
        try file.close()
        let reader = try Database.reader(path: folder.databasePath)
        #expect(try !reader.integrityReport().isSound)
        #expect {
            try Backup.copy(from: reader, to: folder.path + "/copy.sqlite")
        } throws: { error in
            guard case BackupError.damaged(let report)? = error as? BackupError else { return false }
            return !report.isSound
        }
        #expect(try names(folder) == [])
    }

    @Test("rows that refer to nothing are reported")
    func danglingReferences() throws {
        try withConnection { connection throws in
            try connection.run("CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT")
            try connection.run("CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)) STRICT")
            try connection.run("PRAGMA foreign_keys = OFF")
            try connection.run("INSERT INTO c VALUES (7, 1)")
            let found = [IntegrityReport.DanglingReference(table: "c", row: 7, parent: "p")]
            #expect(try connection.integrityReport() == IntegrityReport(faults: [], danglingReferences: found))
        }
    }
}
