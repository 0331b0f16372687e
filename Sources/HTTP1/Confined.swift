// A value that belongs to one thread or one serial queue, carried through code that must be Sendable.

import Dispatch
import Glibc

/// Holds a value that is not Sendable and lets it out only where it belongs. The check costs a comparison, and is made
/// in release builds too: a use anywhere else ends the process, because going on would be a data race.
public struct Confined<Value>: @unchecked Sendable {
    private enum Owner {
        case thread(pthread_t)
        case queue(DispatchQueue)
    }

    private let owner: Owner
    private let held: Value

    /// Confines the value to the thread that calls this, which must outlive its use (a loop's thread does).
    public init(_ value: Value) {
        held = value
        owner = .thread(pthread_self())
    }

    /// Confines the value to a serial queue. The value must not be reachable from elsewhere.
    public init(_ value: sending Value, queue: DispatchQueue) {
        held = value
        owner = .queue(queue)
    }

    /// The value; ends the process on any other thread or queue.
    public var value: Value {
        switch owner {
        case .thread(let thread): precondition(pthread_equal(thread, pthread_self()) != 0, "used off its thread")
        case .queue(let queue): dispatchPrecondition(condition: .onQueue(queue))
        }
        return held
    }

    /// True on the thread that the value is confined to; false for a value confined to a queue.
    public var isOnOwnThread: Bool {
        if case .thread(let thread) = owner { return pthread_equal(thread, pthread_self()) != 0 }
        return false
    }
}
