// What the tests of SQL share: a folder of their own, a fresh database in it, and a table.

import Foundation
import Synchronization
import Testing

@testable import SQL

/// A folder of one test, which removes it at its end.
struct Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("sql-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    var databasePath: String { path + "/test.sqlite" }

    func open(
        vfs: String? = nil, queueMax: Int = 4096, onFatal: @escaping @Sendable (SQLError) -> Void = { _ in }
    ) throws -> Database {
        try Database.open(path: databasePath, vfs: vfs, queueMax: queueMax, onFatal: onFatal)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    }

    /// What a process that is killed now would leave: the files as they are.
    func copy() throws -> Folder {
        let copy = try Folder()
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where name.hasPrefix("test.sqlite") && !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }
}

/// A writing connection on a database of its own, for tests of statements.
func withConnection(_ body: (Connection) throws -> Void) throws {
    let folder = try Folder()
    defer { folder.remove() }
    let connection = try Connection(path: folder.databasePath, role: .writer)
    try body(connection)
    connection.close()
}

extension Connection {
    func count(_ table: String) throws -> Int {
        try first("SELECT count(*) FROM \(table)") { $0.int(0) } ?? -1
    }
}

/// Answers collected from many threads.
final class Collected<T: Sendable>: Sendable {
    private let values = Mutex<[T]>([])

    func append(_ value: T) {
        values.withLock { $0.append(value) }
    }

    var all: [T] { values.withLock { $0 } }
}
