// What the process's memory allocator keeps of freed memory. glibc gives little of it back by itself: its threshold for
// blocks of their own grows with each large block that is freed, up to 32 MB, and what lies between two blocks that are
// in use stays resident for good. After a flood of large bodies that is most of what the flood needed.

import CLinux
import Dispatch
import Glibc
import Synchronization

/// Gives memory that nothing uses back to the system. For a program that serves for months.
public final class Heap: Sendable {
    /// Blocks from this size on are mapped by themselves, and gone when they are freed.
    private static let mappedBytesMin = 1 << 20
    /// Less than this is not worth the walk through the heap, during which nobody can allocate.
    private static let worthBytes = 16 << 20
    private static let secondsBetweenLooks = 10

    private let queue = DispatchQueue(label: "heap", qos: .utility)
    /// Resident octets after the last return.
    private let residentAfter = Atomic<Int>(0)

    /// From now on large blocks go back when they are freed, and the rest is looked after every few seconds.
    public init() {
        jiedui_map_blocks_from(CInt(Heap.mappedBytesMin))
        lookLater()
    }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + .seconds(Heap.secondsBetweenLooks)) { [weak self] in
            guard let self else { return }
            look()
            lookLater()
        }
    }

    /// Free memory may be resident or not, which the allocator does not know: looked at is what has become resident
    /// since the last return, as far as it can be free memory.
    private func look() {
        let resident = Heap.residentBytes()
        guard min(jiedui_free_heap_bytes(), resident - residentAfter.load(ordering: .relaxed)) >= Heap.worthBytes else {
            return
        }
        _ = malloc_trim(0)
        residentAfter.store(Heap.residentBytes(), ordering: .relaxed)
    }

    private static func residentBytes() -> Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = Glibc.read(file, &text, text.count)
        let words = text.prefix(max(count, 0)).split(separator: 0x20)
        guard words.count > 1 else { return 0 }
        return (Int(String(decoding: words[1], as: UTF8.self)) ?? 0) * Int(sysconf(CInt(_SC_PAGESIZE)))
    }
}
