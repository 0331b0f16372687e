// Areas whose quotas or places a transaction has changed. A file of parameters or divisions changes many, and each
// concerns many cadres: they are gathered, and the capacities written once before the transaction's work returns.

import Domain
import SQL
import Service

extension Transaction {
    /// Areas whose cadres' capacities are recounted before the work returns.
    package var capacity: CapacityChanges { memory() }
}

/// The areas of one transaction, and what it has read of quotas and places. Used by the writer's thread only. What a
/// savepoint took back may stay in it: whoever did not change is not written.
package final class CapacityChanges: Gatherer {
    package static var isToldOf: Bool { true }

    package let policies = QuotaPolicies()
    private var areas: Set<Identifier> = []
    private var isEverywhere = false

    package init() {}

    /// The quotas or places of an area have changed; nil for everywhere.
    package func touch(area: Identifier?) {
        policies.forget()
        if let area { areas.insert(area) } else { isEverywhere = true }
    }

    package func endPart(isTakenBack: Bool) { if isTakenBack { policies.forget() } }

    /// Writes the capacities of all cadres whom these areas concern.
    package func write(_ transaction: Transaction) throws {
        guard isEverywhere || !areas.isEmpty else { return }
        let connection = transaction.connection
        policies.forget()
        var cadres: Set<Identifier> = []
        if isEverywhere {
            cadres = Set(try CadreCapacity.concerned(by: nil, connection))
        } else {
            for area in areas {
                guard let division = try DivisionStore.find(area, connection) else { continue }
                let living = try DivisionStore.followSuccessors(division, connection)
                cadres.formUnion(try CadreCapacity.concerned(by: living.scope, connection))
            }
        }
        areas = []
        isEverywhere = false
        try CadreCapacity.refresh(Array(cadres), transaction)
    }
}
