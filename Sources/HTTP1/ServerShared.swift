// The few things that the loops of one server share. All of it is atomic or behind a mutex.

import Synchronization

final class ServerShared: Sendable {
    let openConnections = Atomic<Int>(0)
    let bodies: BodyBudget
    private let perAddress = Mutex<[Address: Int]>([:])

    init(_ limits: Limits) { bodies = BodyBudget(limits) }

    /// Takes a place for a connection; false if all are taken.
    func admit(connectionsMax: Int) -> Bool {
        let count = openConnections.add(1, ordering: .relaxed).newValue
        if count <= connectionsMax { return true }
        openConnections.subtract(1, ordering: .relaxed)
        return false
    }

    /// Takes a place for a connection of the address; false if it has all of its own.
    func admit(_ address: Address, connectionsMax: Int) -> Bool {
        perAddress.withLock { counts in
            let count = counts[address, default: 0]
            guard count < connectionsMax else { return false }
            counts[address] = count + 1
            return true
        }
    }

    func leave() { openConnections.subtract(1, ordering: .relaxed) }

    func leave(_ address: Address) {
        perAddress.withLock { counts in
            let count = counts[address, default: 1] - 1
            counts[address] = count > 0 ? count : nil
        }
    }
}
