// A database file as a whole: its lock, its one writer, its readers. It deliberately does not know what is stored.

import Glibc
import Synchronization

/// Why a database could not be opened.
public enum DatabaseError: Error, Equatable, Sendable {
    /// Another process (its id, where it could be read) has it open for writing. A command ends with exit code 75
    /// (EX_TEMPFAIL).
    case locked(processID: Int32?)
}

extension DatabaseError: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .locked(let process):
            "another process\(process.map { " (process \($0))" } ?? "") has this data open"
        }
    }
}

/// An open database: one writer, and as many readers as asked for.
///
/// The folder's `lock` file keeps a second writing process out until this one is closed or let go.
public final class Database: Sendable {
    /// The file.
    public let path: String
    /// The only connection that writes.
    public let writer: Writer
    private let vfs: String?
    private let lock: Mutex<LockFile?>

    private init(path: String, vfs: String?, lock: LockFile, writer: Writer) {
        self.path = path
        self.vfs = vfs
        self.lock = Mutex(lock)
        self.writer = writer
    }

    /// Opens the file for reading and writing; makes it (mode 0600) where there is none.
    ///
    /// What the log holds is first moved into the file: after an end by a failed sync, the log's tail may exist in
    /// memory only, and new commits must not stand behind it.
    /// - Parameters:
    ///   - vfs: The name of a registered SQLite file system; nil for the system's own.
    ///   - queueMax: How many requests may wait for the writer.
    ///   - onFatal: Called once, on the writer's queue, after an I/O error or corruption: the process must end (exit
    ///     code 70).
    /// - Throws: ``DatabaseError/locked(processID:)``, ``FileError``, ``SQLError``.
    public static func open(
        path: String, vfs: String? = nil, queueMax: Int = 4096,
        onFatal: @escaping @Sendable (SQLError) -> Void
    ) throws -> Database {
        let folder = Files.folder(of: path)
        let lock = try LockFile(ofDatabase: path)
        try Files.createPrivate(path)
        let connection = try Connection(path: path, role: .writer, vfs: vfs)
        _ = try connection.checkpoint(.truncate(waitMilliseconds: 250))
        try Files.sync(folder)
        let writer = Writer(connection: connection, queueMax: queueMax, onFatal: onFatal)
        return Database(path: path, vfs: vfs, lock: lock, writer: writer)
    }

    /// A new connection that only reads; its owner confines it.
    public func makeReader() throws -> Connection {
        try Connection(path: path, role: .reader, vfs: vfs)
    }

    /// A connection that only reads a database which may be open in another process: for checks and backups by command.
    public static func reader(path: String) throws -> Connection {
        try Connection(path: path, role: .reader)
    }

    /// Writes the file anew, without what deleted and overwritten rows have left in unused parts of it, and empties
    /// the log. Takes as much room again as the file, and as long as writing it.
    ///
    /// `secure_delete` overwrites rows as they go; what moving rows between pages leaves behind it does not.
    /// - Returns: false where a reader kept the log from being emptied, so that it still holds what was.
    /// - Throws: ``SQLError``, ``WriterError``.
    public func rewriteFile() throws -> Bool {
        try writer.performBare { connection in
            // In memory the copy would be as large as the file.
            try connection.run("PRAGMA temp_store = FILE")
            defer { _ = try? connection.run("PRAGMA temp_store = MEMORY") }
            try connection.run("VACUUM")
            return try connection.checkpoint(.truncate(waitMilliseconds: 5_000))
        }
    }

    /// Runs what is still queued, checkpoints, closes the writer and gives up the lock. Readers are closed by their
    /// owners.
    public func close() {
        writer.close()
        lock.withLock { $0 = nil }
    }
}

/// The lock that says "this process writes": `flock` on a file, with the process's id in it.
///
/// The file is never removed: a removed name could be locked twice. The kernel lets go of the lock when the process
/// ends, however.
public final class LockFile: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the database at `databasePath`, until this is released.
    /// - Throws: ``DatabaseError/locked(processID:)``, ``FileError``.
    public convenience init(ofDatabase databasePath: String) throws {
        try self.init(Files.folder(of: databasePath) + "/lock")
    }

    init(_ path: String) throws {
        // Stored last: from then on `deinit` closes it, also when something here throws.
        let opened = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw FileError("open", path) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let error = FileError("lock", path)
            let holder = LockFile.processID(in: opened)
            Glibc.close(opened)
            throw error.code == EWOULDBLOCK ? DatabaseError.locked(processID: holder) : error
        }
        descriptor = opened
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(opened, 0) == 0, pwrite(opened, text, text.count, 0) == text.count else {
            throw FileError("write", path)
        }
    }

    deinit {
        // Closing alone would not do: a child between fork and exec holds the same lock until then.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}
