// How other threads reach a loop: a queue and an eventfd that is written only when the queue was empty.

import CLinux
import Glibc
import Synchronization

/// What other threads ask of a loop.
enum LoopMessage: Sendable {
    case answer(RequestKey, Response, note: (any AnyObject & Sendable)?)
    case watchPeer(RequestKey, @Sendable () -> Void)
    case drain(milliseconds: Int64)
}

/// One request of one connection; never matches a later user of the same descriptor.
struct RequestKey: Sendable, Equatable {
    let descriptor: CInt
    let generation: UInt32
    let number: UInt32
}

final class LoopMailbox: Sendable {
    let event: CInt
    private let messages = Mutex<[LoopMessage]>([])
    private let isSignalled = Atomic<Bool>(false)

    init() throws {
        event = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard event >= 0 else { throw FileError(action: "eventfd", code: errno) }
    }

    deinit { if event >= 0 { close(event) } }

    func post(_ message: LoopMessage) {
        messages.withLock { $0.append(message) }
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var one: UInt64 = 1
        while write(event, &one, 8) < 0, errno == EINTR {}
    }

    /// Everything posted so far; on the loop only.
    func take() -> [LoopMessage] {
        var ignored: UInt64 = 0
        while read(event, &ignored, 8) < 0, errno == EINTR {}
        isSignalled.store(false, ordering: .sequentiallyConsistent)
        return messages.withLock { held in
            let taken = held
            held = []
            return taken
        }
    }
}
