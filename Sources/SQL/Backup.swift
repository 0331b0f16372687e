// Copies of a database while it is written, and the questions that say whether a database is sound.
//
// The copy goes through sqlite3_backup from a reading connection that holds one snapshot for the whole copy. Without
// it every commit in between would start the copy over, and a busy database would never be copied. VACUUM INTO would
// hold the same snapshot, but cannot tell its progress, cannot be stopped between steps, and builds every index anew.

import CSQLite
import Glibc

/// What SQLite finds when it looks through a whole database.
public struct IntegrityReport: Sendable, Equatable {
    /// A row that refers to nothing.
    public struct DanglingReference: Sendable, Equatable {
        /// The table of the row.
        public let table: String
        /// The row's number in its table; nil for a table without one.
        public let row: Int64?
        /// The table it refers to.
        public let parent: String
    }

    /// What `integrity_check` says is wrong with pages, indexes and constraints.
    public let faults: [String]
    /// What `foreign_key_check` finds.
    public let danglingReferences: [DanglingReference]

    /// True where nothing was found.
    public var isSound: Bool { faults.isEmpty && danglingReferences.isEmpty }
}

extension Connection {
    /// Looks through the whole database, at most 100 faults of each kind: minutes on a large one.
    /// - Throws: ``SQLError``; ``SQLError/corrupt`` where the damage does not even let it look.
    public func integrityReport() throws -> IntegrityReport {
        let lines = try query("PRAGMA integrity_check(100)") { $0.text(0) }
        let dangling = try query("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100") { row in
            IntegrityReport.DanglingReference(table: row.text(0), row: row.optionalInt64(1), parent: row.text(2))
        }
        return IntegrityReport(faults: lines == ["ok"] ? [] : lines, danglingReferences: dangling)
    }
}

/// Why there is no backup; nothing is left under the name asked for.
public enum BackupError: Error, Equatable, Sendable {
    /// There already is a file of this name, which is never overwritten.
    case targetExists(path: String)
    /// The copy, and so most likely the database, is damaged.
    case damaged(IntegrityReport)
}

extension BackupError: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .targetExists(let path): "there is a file \(path) already, and it is not overwritten"
        case .damaged(let report):
            "the copy is damaged, and most likely the database too: "
                + (report.faults.first ?? "\(report.danglingReferences.count) references lead nowhere")
        }
    }
}

/// Online backup into a new file.
public enum Backup {
    /// How far a backup is.
    public struct Progress: Sendable, Equatable {
        /// Pages copied.
        public let pagesDone: Int
        /// Pages in all.
        public let pagesTotal: Int
    }

    /// Copies the database that `source` reads into one file without a log, looks through the copy, and puts it on
    /// the disk.
    ///
    /// The writer goes on meanwhile; its log cannot start over until the copy is complete. The copy grows under
    /// `target` + ".partial" and gets its name last, so a file of the name asked for is always whole. Mode 0600.
    /// - Parameters:
    ///   - source: A reading connection outside a transaction, used for nothing else meanwhile.
    ///   - pagesPerStep: The pages copied between two calls of `progress` (4 KB each).
    ///   - progress: Throwing ends the backup and leaves nothing.
    /// - Returns: The pages copied.
    /// - Throws: ``BackupError``, ``SQLError``, ``FileError``, and what `progress` throws.
    @discardableResult
    public static func copy(
        from source: Connection, to target: String, pagesPerStep: Int = 256,
        progress: (Progress) throws -> Void = { _ in }
    ) throws -> Int {
        guard !Files.exists(target) else { throw BackupError.targetExists(path: target) }
        let partial = target + ".partial"
        // What an earlier backup left when its process was killed.
        removeWithJournals(partial)
        try Files.createPrivate(partial, mustBeNew: true)
        defer { removeWithJournals(partial) }
        let pages = try copyPages(from: source, to: partial, pagesPerStep, progress)
        try verify(partial)
        try Files.sync(partial)
        // Again, as the copy took its time. Not link(2), which would settle it: a backup may go to a stick without
        // links.
        guard !Files.exists(target) else { throw BackupError.targetExists(path: target) }
        try Files.rename(partial, target)
        try Files.sync(Files.folder(of: target))
        return pages
    }

    private static func copyPages(
        from source: Connection, to partial: String, _ pagesPerStep: Int, _ progress: (Progress) throws -> Void
    ) throws -> Int {
        let destination = try Connection(path: partial, role: .copy)
        defer { destination.close() }
        let pages = try source.transaction(.deferred) {
            // The first read takes the snapshot.
            _ = try source.first("SELECT count(*) FROM sqlite_schema") { $0.int(0) }
            guard let backup = sqlite3_backup_init(destination.handle, "main", source.handle, "main") else {
                throw destination.failure(sqlite3_extended_errcode(destination.handle), "backup")
            }
            do {
                var code = SQLITE_OK
                while code == SQLITE_OK {
                    code = sqlite3_backup_step(backup, Int32(clamping: max(1, pagesPerStep)))
                    let total = Int(sqlite3_backup_pagecount(backup))
                    try progress(Progress(pagesDone: total - Int(sqlite3_backup_remaining(backup)), pagesTotal: total))
                }
            } catch {
                sqlite3_backup_finish(backup)
                throw error
            }
            let total = Int(sqlite3_backup_pagecount(backup))
            let code = sqlite3_backup_finish(backup)
            guard code == SQLITE_OK else { throw destination.failure(code, "backup") }
            return total
        }
        // The copied header says WAL; a backup is one file, with nothing beside it that could be forgotten.
        try destination.run("PRAGMA journal_mode = DELETE")
        return pages
    }

    private static func verify(_ path: String) throws {
        let copy = try Connection(path: path, role: .reader)
        defer { copy.close() }
        let report = try copy.integrityReport()
        guard report.isSound else { throw BackupError.damaged(report) }
    }

    private static func removeWithJournals(_ path: String) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            Files.remove(path + suffix)
        }
    }
}
