// Brings a database's schema forward from a folder of numbered SQL files. Deliberately forward only: what is applied is
// never changed or undone.

import CSQLite
import Crypto

/// Why a schema was not brought forward; the database is as it was before the migration named.
public enum MigrationError: Error, Equatable, Sendable {
    /// A `.sql` file whose name is not `NNNN_name.sql`.
    case nameMalformed(file: String)
    /// The folder holds no migration: most likely the wrong folder.
    case none(folder: String)
    /// Two files with one number.
    case duplicate(number: Int)
    /// A number that is missing in the folder.
    case gap(number: Int)
    /// A file that was changed or renamed after it had been applied.
    case changed(file: String)
    /// The database is newer than the program's files.
    case newer(database: Int, folder: Int)
    /// A statement of the file failed; statements count from 1.
    case failed(file: String, statement: Int, SQLError)
    /// Rows that refer to nothing after the migration, by table.
    case foreignKeys(file: String, tables: [String])
}

/// The migrations of a folder, `0001_reference.sql` and on.
///
/// Each is applied in one transaction together with its row in `schema_migration`, so that an end at any moment
/// leaves the schema before it or after it, and a second start goes on from there.
public struct Migrator: Sendable {
    /// One file.
    public struct Migration: Sendable, Equatable {
        /// The number, from 1 without a gap.
        public let number: Int
        /// The file's name.
        public let file: String
        /// SHA-256 of the bytes, in hexadecimal.
        public let sha256: String
        let bytes: [UInt8]
    }

    /// The migrations in their order.
    public let migrations: [Migration]
    /// Called before each statement with the migration's and the statement's number; throwing stops there.
    var beforeStatement: (@Sendable (_ migration: Int, _ statement: Int) throws -> Void)?

    /// Reads the folder; files that do not end in `.sql` are left alone.
    /// - Throws: ``MigrationError``, ``FileError``.
    public init(folder: String) throws {
        var found: [Migration] = []
        for file in try Files.names(in: folder) where file.hasSuffix(".sql") {
            guard let number = Migrator.number(of: file) else { throw MigrationError.nameMalformed(file: file) }
            let bytes = try Files.read(folder + "/" + file)
            found.append(Migration(number: number, file: file, sha256: Migrator.sha256(bytes), bytes: bytes))
        }
        guard !found.isEmpty else { throw MigrationError.none(folder: folder) }
        for (expected, migration) in zip(1..., found) where migration.number != expected {
            throw migration.number < expected
                ? MigrationError.duplicate(number: migration.number) : MigrationError.gap(number: expected)
        }
        migrations = found
    }

    /// Applies what is missing and returns the files applied.
    /// - Parameter atMilliseconds: The time to record, milliseconds UTC.
    /// - Throws: ``MigrationError``, ``SQLError``, ``WriterError``.
    @discardableResult
    public func migrate(_ database: Database, atMilliseconds: Int64) throws -> [String] {
        try database.writer.performBare { connection in
            let pending = try self.pending(connection)
            for migration in pending {
                try self.apply(migration, connection, atMilliseconds)
            }
            return pending.map(\.file)
        }
    }

    /// The migrations that a database lacks; refuses one that does not fit the folder. Changes nothing.
    /// - Throws: ``MigrationError``, ``SQLError``.
    public func pending(_ connection: Connection) throws -> ArraySlice<Migration> {
        let isKnown = try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'") { _ in true }
        guard isKnown == true else { return migrations[...] }
        let applied = try connection.query("SELECT number, name, sha256 FROM schema_migration ORDER BY number") { row in
            (number: row.int(0), file: row.text(1), sha256: row.text(2))
        }
        guard applied.count <= migrations.count else {
            throw MigrationError.newer(database: applied.count, folder: migrations.count)
        }
        for (old, migration) in zip(applied, migrations)
        where old.number != migration.number || old.file != migration.file || old.sha256 != migration.sha256 {
            throw MigrationError.changed(file: migration.file)
        }
        return migrations[applied.count...]
    }

    private func apply(_ migration: Migration, _ connection: Connection, _ atMilliseconds: Int64) throws {
        try connection.transaction(.immediate) {
            try connection.run(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    number INTEGER PRIMARY KEY,
                    name TEXT NOT NULL, -- of the file
                    sha256 TEXT NOT NULL, -- of the file's bytes; a file never changes once it is applied
                    applied_at INTEGER NOT NULL -- milliseconds UTC
                ) STRICT
                """)
            var statement = 0
            do {
                try connection.runScript(migration.bytes) {
                    statement += 1
                    try beforeStatement?(migration.number, statement)
                }
            } catch let error as SQLError {
                throw MigrationError.failed(file: migration.file, statement: statement, error)
            }
            let tables = try connection.query("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check") { $0.text(0) }
            guard tables.isEmpty else {
                throw MigrationError.foreignKeys(file: migration.file, tables: tables.sorted())
            }
            try connection.run(
                "INSERT INTO schema_migration (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)",
                migration.number, migration.file, migration.sha256, atMilliseconds)
            try beforeStatement?(migration.number, statement + 1)
        }
    }

    /// "0012_visits.sql" → 12
    private static func number(of file: String) -> Int? {
        let parts = file.dropLast(4).split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, !parts[1].isEmpty,
            parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(parts[0])
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in hash.finalize() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Connection {
    /// Runs the statements of a script one by one, without values. The script may not begin or end transactions, nor
    /// attach files: it runs inside one that must stay whole.
    func runScript(_ script: [UInt8], beforeStatement: () throws -> Void) throws {
        sqlite3_set_authorizer(
            handle,
            { _, action, _, _, _, _ in
                let refused = [SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH]
                return refused.contains(action) ? SQLITE_DENY : SQLITE_OK
            }, nil)
        defer { sqlite3_set_authorizer(handle, nil, nil) }
        // SQLite finds the end of each statement itself, also of a trigger with statements inside.
        try (script + [0]).withUnsafeBytes { bytes in
            var next = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            while let start = next {
                var statement: OpaquePointer?
                let prepared = sqlite3_prepare_v3(handle, start, -1, 0, &statement, &next)
                guard prepared == SQLITE_OK else {
                    try beforeStatement()
                    throw scriptFailure(prepared)
                }
                guard let statement else { return }
                defer { sqlite3_finalize(statement) }
                try beforeStatement()
                var code = sqlite3_step(statement)
                while code == SQLITE_ROW { code = sqlite3_step(statement) }
                guard code == SQLITE_DONE else { throw scriptFailure(code) }
            }
        }
    }

    /// A script has no bound values, so SQLite's own text can be told whole.
    private func scriptFailure(_ code: Int32) -> SQLError {
        let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? ""
        switch failure(code, "script") {
        case .other: return .other(code: code, message: message)
        case let error: return error
        }
    }
}
