// The few file operations that SQLite does not do for us, over POSIX calls.

import Glibc

/// A file operation that the system refused.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried: "open", "fsync", …
    public let operation: String
    /// The file or folder.
    public let path: String
    /// The system's error number.
    public let code: Int32

    init(_ operation: String, _ path: String) {
        self.operation = operation
        self.path = path
        code = errno
    }

    /// One line for a log.
    public var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
}

enum Files {
    /// "a/b.sqlite" → "a"; "b.sqlite" → "."
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Makes an empty file that only its owner may read, unless there already is one.
    static func createPrivate(_ path: String, mustBeNew: Bool = false) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (mustBeNew ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
        close(descriptor)
    }

    /// Puts a file's bytes, or a folder's entries, on the disk.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("fsync", path) }
    }

    static func rename(_ old: String, _ new: String) throws {
        guard Glibc.rename(old, new) == 0 else { throw FileError("rename", new) }
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    /// The names in a folder, sorted by their bytes.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw FileError("open", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names.sorted()
    }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw FileError("read", path)
            }
        }
    }
}
