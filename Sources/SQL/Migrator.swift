// Brings a database's schema forward from a folder of numbered SQL files, with steps in code where a file names one.
// Deliberately forward only: what is applied is never changed or undone.

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
    /// A file that names a step which this program does not have.
    case unknownStep(file: String, name: String)
    /// Rows that refer to nothing after the migration, by table.
    case foreignKeys(file: String, tables: [String])
}

extension MigrationError: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .nameMalformed(let file): "\(file) is not named like a migration, NNNN_name.sql"
        case .none(let folder): "there are no migrations in \(folder)"
        case .duplicate(let number): "two migrations have the number \(number)"
        case .gap(let number): "migration \(number) is missing"
        case .changed(let file): "\(file) was changed after it had been applied"
        case .newer(let database, let folder):
            "the database has \(database) migrations and this program only \(folder): use a newer program"
        case .failed(let file, let statement, let error): "statement \(statement) of \(file) failed: \(error)"
        case .unknownStep(let file, let name): "\(file) names the step \(name), which this program does not have"
        case .foreignKeys(let file, let tables):
            "after \(file) rows refer to nothing in \(tables.joined(separator: ", "))"
        }
    }
}

/// The migrations of a folder, `0001_reference.sql` and on.
///
/// Each is applied in one transaction together with its row in `schema_migration`, so that an end at any moment
/// leaves the schema before it or after it, and a second start goes on from there.
///
/// What SQL cannot say is a step in code, which a file names on a line of its own, `-- step: NAME`: it runs where the
/// line stands, between the statements before and after it, in the same transaction. It finds the schema as that file
/// has it at this place, not as the program has it, so it uses SQL of its own.
public struct Migrator: Sendable {
    /// A step in code: it gets the migration's connection and time, must not begin or end transactions, and keeps its
    /// memory bounded.
    public typealias Step = @Sendable (_ connection: Connection, _ atMilliseconds: Int64) throws -> Void

    /// One file.
    public struct Migration: Sendable, Equatable {
        /// The number, from 1 without a gap.
        public let number: Int
        /// The file's name.
        public let file: String
        /// SHA-256 of the bytes, in hexadecimal.
        public let sha256: String
        let parts: [Part]
    }

    /// What a file holds between two of its lines that name steps, or the step.
    enum Part: Sendable, Equatable {
        case statements([UInt8])
        case step(String)
    }

    /// The migrations in their order.
    public let migrations: [Migration]
    private let steps: [String: Step]
    /// Called before each statement with the migration's and the statement's number; throwing stops there.
    var beforeStatement: (@Sendable (_ migration: Int, _ statement: Int) throws -> Void)?

    /// Reads the folder; files that do not end in `.sql` are left alone.
    /// - Parameter steps: the steps that files may name.
    /// - Throws: ``MigrationError``, ``FileError``.
    public init(folder: String, steps: [String: Step] = [:]) throws {
        self.steps = steps
        var found: [Migration] = []
        for file in try Files.names(in: folder) where file.hasSuffix(".sql") {
            guard let number = Migrator.number(of: file) else { throw MigrationError.nameMalformed(file: file) }
            let bytes = try Files.read(folder + "/" + file)
            let parts = Migrator.parts(of: bytes)
            for case .step(let name) in parts where steps[name] == nil {
                throw MigrationError.unknownStep(file: file, name: name)
            }
            found.append(Migration(number: number, file: file, sha256: Migrator.sha256(bytes), parts: parts))
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
                func begin() throws {
                    statement += 1
                    try beforeStatement?(migration.number, statement)
                }
                for part in migration.parts {
                    switch part {
                    case .statements(let script): try connection.runScript(script, beforeStatement: begin)
                    case .step(let name):
                        try begin()
                        try steps[name]?(connection, atMilliseconds)
                    }
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

    private static func parts(of bytes: [UInt8]) -> [Part] {
        let mark = Array("-- step: ".utf8)
        var parts: [Part] = []
        var script: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard line.starts(with: mark) else {
                script += line + [UInt8(ascii: "\n")]
                continue
            }
            parts += [.statements(script), .step(String(decoding: line.dropFirst(mark.count), as: UTF8.self))]
            script = []
        }
        return parts + [.statements(script)]
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
