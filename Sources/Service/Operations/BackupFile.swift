// Backups as files: made online, verified, and put back only when they are whole and belong to this installation's key.

import Domain
import Glibc
import SQL

/// Why a backup was not put back; the data is as it was.
public enum RestoreError: Error, CustomStringConvertible {
    case notADatabase(String)
    case damaged(String)
    case keyDiffers(backup: String, file: String)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .notADatabase(let path): "\(path) is not a backup of this program"
        case .damaged(let report): "the backup is damaged: \(report)"
        case .keyDiffers(let backup, let file):
            "the backup was sealed under key \(backup), the key file here is \(file): "
                + "put the right key file into the data directory first"
        }
    }
}

/// Backups of an installation.
public enum BackupFile {
    /// Copies and verifies; returns the change sequence of the copy.
    ///
    /// - Throws: `BackupError`, `SQLError`, or a file error; then nothing is left under the requested name.
    public static func make(
        from reader: Connection, to path: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Int64 {
        try Backup.copy(from: reader, to: path) { progress($0.pagesDone, $0.pagesTotal) }
        let copy = try Database.reader(path: path)
        defer { copy.close() }
        return try sequence(copy)
    }

    /// Puts a backup in place of the database; the old one is kept beside it as `….replaced` until the next restore.
    ///
    /// - Throws: `RestoreError`, or `DatabaseError.locked` while the data is served.
    public static func restore(
        _ path: String, into directory: DataDirectory, _ composition: Composition
    ) throws -> Int64 {
        try directory.make()
        let lock = try LockFile(ofDatabase: directory.database)
        defer { withExtendedLifetime(lock) {} }
        let keys = try KeyRing.load(path: directory.key, create: false)
        let sequence = try verified(path, keys, composition)
        let draft = directory.database + ".restoring"
        try Files.copy(path, to: draft, mode: 0o600)
        // The copy on this disk is what will be used, so it is verified again.
        _ = try verified(draft, keys, composition)
        try setAside(directory)
        guard rename(draft, directory.database) == 0 else {
            throw InstallationError.unwritable(directory.database, errno)
        }
        Files.syncDirectory(of: directory.database)
        return sequence
    }

    /// Renames the old database with its log, which may contain rows that the file does not: so nothing is lost, and
    /// the log is never used with another file of the same name.
    private static func setAside(_ directory: DataDirectory) throws {
        let replaced = directory.database + ".replaced"
        for suffix in ["-wal", ""] {
            unlink(replaced + suffix)
            guard rename(directory.database + suffix, replaced + suffix) == 0 || errno == ENOENT else {
                throw InstallationError.unwritable(directory.database, errno)
            }
        }
        unlink(directory.database + "-shm")
    }

    private static func verified(_ path: String, _ keys: KeyRing, _ composition: Composition) throws -> Int64 {
        let copy: Connection
        let fingerprint: String?
        do {
            copy = try Database.reader(path: path)
            fingerprint = try copy.first("SELECT value FROM setting WHERE key = 'key-fingerprint'") { $0.text(0) }
        } catch {
            throw RestoreError.notADatabase(path)
        }
        defer { copy.close() }
        guard fingerprint == keys.fingerprint else {
            throw RestoreError.keyDiffers(backup: fingerprint ?? "unknown", file: keys.fingerprint)
        }
        let findings = try RegisterCheck.run(copy, composition)
        guard findings.allSatisfy(\.isSound) else {
            throw RestoreError.damaged(findings.filter { !$0.isSound }.map(\.description).joined(separator: "; "))
        }
        return try sequence(copy)
    }

    private static func sequence(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT coalesce(max(sequence), 0) FROM change") { $0.int64(0) } ?? 0
    }
}
