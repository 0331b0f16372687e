// A new pairing on its way into the register, from a body or from a file: held against the register first, then begun,
// and only then the one that it replaces is ended, so that at no moment a household is without a helper.

import Domain
import SQL
import Service
import Web

struct PairingBeginning {
    let id: Identifier
    let draft: PairingDraft
    let contentHash: [UInt8]?
    let scope: Scope
    var origin = PairingOrigin.person
    /// For one that is written down when it is over.
    var endReason: String? = nil
    /// Whether a reason that is missing (R044) is told and not refused: registers come in as they were kept.
    var takesWithoutReason = false
    /// Whether the days on which the cadre answers for the household are still to be stated.
    var statesDaysLater = false

    /// Begins it.
    ///
    /// - Returns: what does not stand in the way and should be looked at.
    /// - Throws: 422 with everything that is wrong, 409 for what the triggers refuse.
    @discardableResult
    func begin(_ transaction: Transaction) throws -> [FieldError] {
        let connection = transaction.connection
        var placing = PairingPlacing(scope, connection)
        let found = try placing.household(draft.householdId)
        let canHelp = try placing.checkHelper(draft.cadreId, on: draft.days.first)
        placing.check(draft.days)
        var replaced: StoredPairing?
        var warnings: [FieldError] = []
        if let household = found {
            // Nothing is told of a cadre whom the caller does not see.
            if canHelp, draft.reason == nil,
                let missing = try PairingPlacing.missingReason(
                    draft.cadreId, household.areaCode, on: draft.days.first, connection)
            {
                if takesWithoutReason { warnings.append(missing) } else { placing.report(missing) }
            }
            replaced = try draft.replaces.flatMap { try self.replaced($0, of: household, &placing) }
        }
        try placing.finish()
        guard let household = found else { return warnings }
        try write(household, in: replaced, transaction)
        return warnings
    }

    private func write(
        _ household: PairedHousehold, in replaced: StoredPairing?, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let attempt = PairingAttempt(
            id: id, householdNumber: household.number, cadreId: draft.cadreId, days: draft.days)
        let role = try draft.role ?? replaced.map { try self.role(of: $0, connection) } ?? .joint
        if role == .firstResponsible {
            try PairingProblems.requireFree(attempt, besides: replaced?.id, connection)
        }
        try PairingProblems.locating(attempt, connection) {
            try PairingStore.begin(
                NewPairing(
                    id: id, householdNumber: household.number, areaCode: household.areaCode, cadreId: draft.cadreId,
                    isResponsible: role == .firstResponsible, first: draft.days.first, end: draft.days.end,
                    reason: draft.reason, isPinned: draft.isPinned, origin: origin, contentHash: contentHash,
                    endReason: endReason),
                transaction)
            if let replaced {
                try PairingStore.end(replaced, on: draft.days.first, reason: PairingEndReason.replaced, transaction)
            }
            guard role == .joint, !statesDaysLater else { return }
            try SecondHelperLimit.settle(transaction)
        }
    }

    private func replaced(
        _ id: Identifier, of household: PairedHousehold, _ placing: inout PairingPlacing
    ) throws -> StoredPairing? {
        guard let stored = try PairingTable.find(id, placing.connection), stored.householdId == household.id else {
            placing.report(FieldError(pointer: "/replaces", .unknownPairing))
            return nil
        }
        guard stored.state.days.contains(draft.days.first) else {
            placing.report(FieldError(pointer: "/replaces", .outsidePairing))
            return nil
        }
        return stored
    }

    private func role(of stored: StoredPairing, _ connection: Connection) throws -> PairingRole {
        try PairingTable.responsibilities(of: stored.state.householdNumber, connection).contains {
            $0.pairingId == stored.id && $0.days.contains(draft.days.first)
        } ? .firstResponsible : .joint
    }
}
