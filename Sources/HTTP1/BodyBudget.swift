// How many octets of requests' bodies a server keeps at a time: of everybody together, and of each owner. Who owns what
// is the application's to say; where the octets lie, in memory or in a spool file, makes no difference here.

import Synchronization

/// Whose bodies are counted together. The value is the application's, for example the id of a user.
public struct BodyOwner: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// An owner of 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// Why there is no room for a body.
public enum BodyShortage: Error, Sendable {
    /// The bodies of everybody together are as large as they may be.
    case server
    /// The owner's bodies are as large as one owner's may be.
    case owner
}

/// The octets that are kept, shared by the loops and by whoever works on a body.
final class BodyBudget: Sendable {
    private struct State {
        var byteCount = 0
        var ownerByteCounts: [BodyOwner: Int] = [:]
    }

    private let bytesMax: Int
    private let ownerBytesMax: Int
    private let state = Mutex(State())

    init(_ limits: Limits) {
        bytesMax = limits.keptBodyBytesMax
        ownerBytesMax = limits.keptBodyBytesPerOwnerMax
    }

    /// Octets kept now.
    var byteCount: Int { state.withLock { $0.byteCount } }

    fileprivate func take(_ count: Int, _ owner: BodyOwner?) throws(BodyShortage) {
        let shortage: BodyShortage? = state.withLock { state in
            // Compared by what is left: a count from outside may be as large as an integer can be.
            guard count <= bytesMax - state.byteCount else { return .server }
            if let owner {
                let held = state.ownerByteCounts[owner, default: 0]
                guard count <= ownerBytesMax - held else { return .owner }
                state.ownerByteCounts[owner] = held + count
            }
            state.byteCount += count
            return nil
        }
        if let shortage { throw shortage }
    }

    fileprivate func giveBack(_ count: Int, _ owner: BodyOwner?) {
        state.withLock { state in
            state.byteCount -= count
            guard let owner, let held = state.ownerByteCounts[owner] else { return }
            state.ownerByteCounts[owner] = held > count ? held - count : nil
        }
    }
}

/// What one request takes of the budget, from the announcement of its body to its answer. It is given back when the
/// last one lets go who holds it: whoever keeps more of a body than its answer needs keeps the share too.
public final class BodyShare: Sendable {
    private let budget: BodyBudget
    private let owner: BodyOwner?
    private let held = Mutex(0)

    init(_ budget: BodyBudget, _ owner: BodyOwner?) {
        self.budget = budget
        self.owner = owner
    }

    /// Takes as much more as is needed to hold so many octets. Throws what stands against it, and then holds what it
    /// held before.
    public func grow(to byteCount: Int) throws(BodyShortage) {
        let shortage: BodyShortage? = held.withLock { held -> BodyShortage? in
            guard byteCount > held else { return nil }
            do throws(BodyShortage) { try budget.take(byteCount - held, owner) } catch { return error }
            held = byteCount
            return nil
        }
        if let shortage { throw shortage }
    }

    /// Octets that it holds.
    public var byteCount: Int { held.withLock { $0 } }

    deinit {
        let count = byteCount
        if count > 0 { budget.giveBack(count, owner) }
    }
}
