// A folder of one test.

import Foundation

/// A folder that is removed when nobody holds it any more.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("county-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    /// Copies the files of another folder that have these names.
    func copy(_ names: [String], from other: String) throws {
        for name in names {
            try FileManager.default.copyItem(atPath: other + "/" + name, toPath: path + "/" + name)
        }
    }
}
