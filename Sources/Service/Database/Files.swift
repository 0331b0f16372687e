// Whole small files, read and written so that a crash leaves the old or the new content.

import Glibc

package enum Files {
    /// - Throws: `InstallationError.unreadable`, or if the file is longer than `bytesMax`.
    package static func read(_ path: String, bytesMax: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        try forEachChunk(path) { chunk in
            content += chunk
            guard content.count <= bytesMax else { throw InstallationError.unreadable(path, EFBIG) }
        }
        return content
    }

    /// The file's content in chunks of at most 256 KB.
    static func forEachChunk(_ path: String, _ body: ([UInt8]) throws -> Void) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InstallationError.unreadable(path, errno) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw InstallationError.unreadable(path, errno) }
            if count == 0 { return }
            try body(Array(buffer[..<count]))
        }
    }

    /// A copy that is on disk when this returns.
    static func copy(_ path: String, to target: String, mode: mode_t) throws {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw InstallationError.unwritable(target, errno) }
        defer { close(descriptor) }
        try forEachChunk(path) { try write($0, to: descriptor, path: target) }
        guard fsync(descriptor) == 0 else { throw InstallationError.unwritable(target, errno) }
    }

    /// Writes a file piece by piece; it is on disk when this returns.
    package static func stream(to path: String, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw InstallationError.unwritable(path, errno) }
        defer { close(descriptor) }
        try body { try write($0, to: descriptor, path: path) }
        guard fsync(descriptor) == 0 else { throw InstallationError.unwritable(path, errno) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt, path: String) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw InstallationError.unwritable(path, errno) }
            offset += count
        }
    }

    /// Writes beside the target, syncs, renames, and syncs the directory.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let draft = path + ".draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw InstallationError.unwritable(draft, errno) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path: draft)
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw InstallationError.unwritable(path, errno) }
        syncDirectory(of: path)
    }

    /// Removes the files of a directory whose names begin with the prefix; what cannot be removed stays.
    package static func removeAll(in directory: String, prefix: String) {
        for name in names(in: directory, prefix: prefix) { unlink(directory + "/" + name) }
    }

    /// The names in a directory that begin with the prefix; none if there is no directory.
    package static func names(in directory: String, prefix: String = "") -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = name(entry)
            if name != "." && name != ".." && name.hasPrefix(prefix) { names.append(name) }
        }
        return names
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }

    /// Makes a rename or a new name durable: without it a crash may forget the directory entry.
    static func syncDirectory(of path: String) {
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
