// The C file system with faults, for one test.

import CFaultVFS
import Foundation
import Testing

/// Registered for the life of this value; every connection through it must be closed before.
final class FaultFileSystem {
    let name = "fault-" + UUID().uuidString
    private let vfs: OpaquePointer

    init() throws {
        vfs = try #require(fault_vfs_register(name))
    }

    deinit {
        fault_vfs_unregister(vfs)
    }

    var syncs: Int { Int(fault_vfs_sync_count(vfs)) }
    var writes: Int { Int(fault_vfs_write_count(vfs)) }

    /// The nth sync from now fails.
    func failSync(_ nth: Int, code: Int32) { fault_vfs_fail_sync(vfs, Int32(nth), code) }
    /// The nth write from now fails.
    func failWrite(_ nth: Int, code: Int32) { fault_vfs_fail_write(vfs, Int32(nth), code) }
    func setFull(_ isFull: Bool) { fault_vfs_set_full(vfs, isFull ? 1 : 0) }
}
