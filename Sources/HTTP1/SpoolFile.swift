// A temporary file that lives as long as somebody holds it. Where spool files lie is the caller's decision.

import Glibc
import Synchronization

/// A failed system call on a file: what was tried, and `errno`.
public struct FileError: Error, Sendable, CustomStringConvertible {
    /// The call and the path.
    public let action: String
    /// The value of `errno`.
    public let code: CInt

    /// True when the disk, the quota or the size limit is used up.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// True when the process or the system can open no further file; somebody else's closing one mends it.
    public var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }

    /// - Parameter code: the value of `errno`.
    public init(action: String, code: CInt) {
        self.action = action
        self.code = code
    }

    /// The action and the system's words for the code.
    public var description: String { "\(action): \(String(cString: strerror(code)))" }
}

/// A file with mode 0600 that is removed when it is released, unless `keep(as:)` gave it a name. It survives a killed
/// process, so whoever owns the directory empties it at start.
public final class SpoolFile: Sendable {
    /// Where it was made.
    public let path: String
    /// Open for reading and writing; closed on release.
    public let descriptor: CInt
    private let written = Atomic<Int>(0)
    private let kept = Atomic<Bool>(false)
    private static let sequence = Atomic<UInt64>(0)

    /// Octets written so far.
    public var byteCount: Int { written.load(ordering: .acquiring) }

    /// Makes an empty file in the directory. Throws `FileError`.
    public init(directory: String) throws {
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        let number = SpoolFile.sequence.add(1, ordering: .relaxed).newValue
        path = "\(directory)/spool-\(getpid())-\(clock.tv_sec)-\(clock.tv_nsec)-\(number)"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(action: "create \(path)", code: errno) }
    }

    /// Opens a file that somebody keeps, to be read: it stays when this is released. Throws `FileError`.
    public init(reading path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(action: "open \(path)", code: errno) }
        kept.store(true, ordering: .releasing)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(action: "look at \(path)", code: errno) }
        written.store(Int(status.st_size), ordering: .releasing)
    }

    /// Appends all of the bytes. Throws `FileError`; then nothing may be concluded about the file's end.
    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(descriptor, base + offset, bytes.count - offset, off_t(byteCount))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(action: "write \(path)", code: errno)
            }
            offset += count
            written.add(count, ordering: .releasing)
        }
    }

    /// Appends all of the bytes. Throws `FileError`.
    public func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    /// Up to `count` octets from `offset`; fewer only at the end. Throws `FileError`.
    public func read(at offset: Int, count: Int) throws -> [UInt8] {
        let wanted = max(0, min(count, byteCount - offset))
        return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
            while initialized < wanted, let base = buffer.baseAddress {
                let got = pread(descriptor, base + initialized, wanted - initialized, off_t(offset + initialized))
                if got == 0 { return }
                if got < 0 {
                    if errno == EINTR { continue }
                    throw FileError(action: "read \(path)", code: errno)
                }
                initialized += got
            }
        }
    }

    /// Syncs the content, renames the file (same file system) and syncs the directory; from then on the name belongs
    /// to the caller. Throws `FileError`; a file that could not be renamed is still removed on release.
    public func keep(as newPath: String) throws {
        let slash = newPath.utf8.lastIndex(of: 0x2f)
        let directory = slash.map { $0 == newPath.startIndex ? "/" : String(newPath[..<$0]) } ?? "."
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw FileError(action: "open \(directory)", code: errno) }
        defer { close(handle) }
        // The directory is open before anything is renamed: without a free descriptor nothing has happened.
        guard fsync(descriptor) == 0 else { throw FileError(action: "sync \(path)", code: errno) }
        guard rename(path, newPath) == 0 else { throw FileError(action: "rename to \(newPath)", code: errno) }
        kept.store(true, ordering: .releasing)
        guard fsync(handle) == 0 else { throw FileError(action: "sync \(directory)", code: errno) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !kept.load(ordering: .acquiring) { unlink(path) }
    }
}
