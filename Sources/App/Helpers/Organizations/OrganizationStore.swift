// What may be written of an organization: creating it, and changing it from a day on. Who belongs to it and is linked
// to no area of his own moves with its home.

import Domain
import SQL
import Web

enum OrganizationStore {
    static func create(
        _ id: Identifier, _ state: OrganizationState, areaCode: Int64, from day: CivilDate, contentHash: [UInt8]?,
        _ transaction: Transaction
    ) throws {
        try OrganizationTable.insert(
            id, state, areaCode: areaCode, from: day, contentHash: contentHash, transaction)
        try transaction.audit(
            "create", .organization, id, after: RecordAudit.whole(OrganizationTable.auditFields(state)))
        try transaction.change(.create, .organization, id, version: 1, to: areaCode)
    }

    /// Makes an organization what it should be from a day on.
    ///
    /// - Parameter areaCode: the place of the state's division.
    /// - Returns: whether anything was different.
    @discardableResult
    static func change(
        _ stored: StoredOrganization, to state: OrganizationState, areaCode: Int64, from day: CivilDate,
        _ transaction: Transaction
    ) throws -> Bool {
        guard state != stored.state || areaCode != stored.areaCode else { return false }
        let connection = transaction.connection
        var validFrom = stored.validFrom
        var knownSince = stored.recordedAt
        if state != stored.state {
            knownSince = max(transaction.now.milliseconds, stored.recordedAt + 1)
            let changes = DatedTable.changes(OrganizationTable.facts(stored.state), OrganizationTable.facts(state))
            let isLate = try OrganizationTable.dated.file(
                [stored.id], from: day, recordedAt: knownSince, changes: changes, connection)
            if !isLate { validFrom = day }
        }
        if state.phone != stored.state.phone { try transaction.keep(.organizationPhone, of: stored.id) }
        try OrganizationTable.update(
            stored, to: state, areaCode: areaCode, validFrom: validFrom, recordedAt: knownSince, connection)
        let (before, after) = RecordAudit.difference(
            OrganizationTable.auditFields(stored.state), OrganizationTable.auditFields(state))
        try transaction.audit("change", .organization, stored.id, before: before, after: after)
        let hasEnded = stored.state.endedOn == nil && state.endedOn != nil
        try transaction.change(
            hasEnded ? .end : areaCode == stored.areaCode ? .change : .move, .organization, stored.id,
            version: stored.version + 1, from: stored.areaCode, to: areaCode)
        if areaCode != stored.areaCode {
            try CadreStore.follow(organization: stored.id, to: areaCode, transaction)
            try transaction.carry(hangingOn: .organization, stored.id, to: areaCode)
        }
        return true
    }

    /// The parent that a state names, held to the caller's range and to a tree without circles.
    ///
    /// - Parameter id: whose parent it is to be.
    static func checkParent(
        _ parent: Identifier?, of id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws {
        guard let parent else { return }
        guard parent != id else { throw Self.circle }
        guard let found = try OrganizationTable.find(parent, connection), scope.contains(found.areaCode) else {
            throw Problem.field("/parentId", .unknownOrganization)
        }
        var next = found.state.parentId
        while let current = next {
            guard current != id else { throw Self.circle }
            next = try OrganizationTable.find(current, connection)?.state.parentId
        }
    }

    private static let circle = Problem.field("/parentId", .parentCircle)
}
