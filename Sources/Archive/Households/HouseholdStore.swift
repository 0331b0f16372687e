// What may be written of a household: creating it with its members, and changing either from a day on. The database's
// own constraints are the last word; their names become problems in HouseholdProblems.

import Domain
import SQL
import Service
import Web

/// A household about to be written: checked, its numbers sealed, and all that does not need the writer worked out.
package struct NewHousehold: Sendable {
    package let id: Identifier
    package let state: HouseholdState
    package let members: [MemberState]
    package let contentHash: [UInt8]?
    /// JSON of the whole for the audit trail, with masks.
    package let audit: [UInt8]
    package let figures: HouseholdFigures
    /// What the name index is given.
    let searchTokens: String

    package init(id: Identifier, state: HouseholdState, members: [MemberState], contentHash: [UInt8]?) {
        self.id = id
        self.state = state
        self.members = members
        self.contentHash = contentHash
        audit = HouseholdAudit.whole(state, members)
        figures = HouseholdFigures(state, members)
        searchTokens = HouseholdSearch.tokens(figures.searchNames)
    }
}

/// What a change of a household did.
package struct HouseholdChange {
    /// Whether anything was different.
    package let isChanged: Bool
    /// What its area's ages of labour say of its members; nothing where nothing was different.
    package let findings: [LabourFinding]
}

package enum HouseholdStore {
    /// Writes a new household in a village.
    ///
    /// - Returns: what its area's ages of labour say of its members.
    @discardableResult
    package static func create(_ household: NewHousehold, areaCode: Int64, _ transaction: Transaction) throws
        -> [LabourFinding]
    {
        let number = try HouseholdTable.insert(household, areaCode: areaCode, transaction)
        for member in household.members {
            try MemberTable.insert(
                member, household: number, validFrom: member.joinedOn, recordedAt: transaction.now.milliseconds,
                transaction.connection)
        }
        HouseholdSearch.add(tokens: household.searchTokens, number, transaction.connection)
        transaction.figures.replace(nil, by: CountedHousehold(household.state, household.members))
        try transaction.audit("create", .household, household.id, after: household.audit)
        try transaction.change(.create, .household, household.id, version: 1, to: areaCode)
        try transaction.publish(
            HouseholdWritten(occurrence: .created, number: number, before: nil, state: household.state))
        let labour = try LabourJudgement.judge(
            household.id, in: household.state.villageId, household.members, isNew: true, transaction)
        try HouseholdWarnings.keep(number, household.state, household.members, labour, transaction)
        return labour
    }

    /// Makes the household and its members what they should be from a day on; members not named stay as they are.
    ///
    /// - Parameters:
    ///   - members: the whole state of each member to change or add.
    ///   - areaCode: the place of the state's village.
    ///   - proposal: the change proposal that is carried out; the audit trail names it.
    /// - Returns: whether anything was different, and what is found of it then.
    @discardableResult
    package static func change(
        _ household: StoredHousehold, to state: HouseholdState, members: [MemberState], areaCode: Int64,
        from day: CivilDate, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdChange {
        let stored = Dictionary(uniqueKeysWithValues: household.members.map { ($0.state.id, $0) })
        let members = try members.map { try reread($0, over: stored[$0.id]?.state, household.number, transaction) }
        let changedMembers = members.filter { stored[$0.id]?.state != $0 }
        guard state != household.state || !changedMembers.isEmpty || areaCode != household.areaCode else {
            return HouseholdChange(isChanged: false, findings: [])
        }

        let connection = transaction.connection
        // Later than what it replaces also when the machine's clock went back or two changes meet in one millisecond.
        let latest = max(household.recordedAt, household.members.map(\.recordedAt).max() ?? 0)
        let recordedAt = max(transaction.now.milliseconds, latest + 1)
        var validFrom = household.validFrom
        var knownSince = household.recordedAt
        if state != household.state {
            let changes = DatedTable.changes(HouseholdTable.facts(household.state), HouseholdTable.facts(state))
            let isLate = try HouseholdTable.dated.file(
                [household.number], from: day, recordedAt: recordedAt, changes: changes, connection)
            if !isLate { validFrom = day }
            knownSince = recordedAt
        }
        try keepNumbers(household, state, changedMembers, recordedAt, transaction)
        // Whoever stops being householder goes first: at any moment a unique index allows one.
        for member in changedMembers.sorted(by: { !takesHeadship($0) && takesHeadship($1) }) {
            try write(member, over: stored[member.id], household.number, from: day, recordedAt: recordedAt, connection)
        }
        let after =
            household.members.map { old in changedMembers.first { $0.id == old.state.id } ?? old.state }
            + changedMembers.filter { stored[$0.id] == nil }
        let figures = HouseholdFigures(state, after)
        let figuresBefore = HouseholdFigures(household.state, household.members.map(\.state))
        try HouseholdTable.update(
            household, to: state, areaCode: areaCode, validFrom: validFrom, recordedAt: knownSince, figures: figures,
            connection)
        if figures.searchNames != figuresBefore.searchNames {
            HouseholdSearch.remove(figuresBefore.searchNames, household.number, connection)
            HouseholdSearch.add(figures.searchNames, household.number, connection)
        }
        transaction.figures.replace(CountedHousehold(household), by: CountedHousehold(state, after))
        let (before, afterJSON) = HouseholdAudit.difference(household, state, changedMembers, by: proposal)
        try transaction.audit("change", .household, household.id, before: before, after: afterJSON)
        try transaction.change(
            areaCode == household.areaCode ? .change : .move, .household, household.id, version: household.version + 1,
            from: household.areaCode, to: areaCode, recordedAt: recordedAt)
        if areaCode != household.areaCode {
            try transaction.carry(hangingOn: .household, household.number, to: areaCode)
        }
        try transaction.publish(
            HouseholdWritten(
                occurrence: .changed(members: changedMembers, from: day), number: household.number, before: household,
                state: state))
        let findings = try LabourJudgement.judge(household.id, in: state.villageId, after, isNew: false, transaction)
        try HouseholdWarnings.keep(household.number, state, after, findings, transaction)
        return HouseholdChange(isChanged: true, findings: findings)
    }

    /// Sealed numbers are in no history, so a job that replaces them keeps them.
    private static func keepNumbers(
        _ household: StoredHousehold, _ state: HouseholdState, _ members: [MemberState], _ recordedAt: Int64,
        _ transaction: Transaction
    ) throws {
        if state.phone != household.state.phone {
            try transaction.keep(.householdPhone, of: household.id, recordedAt: recordedAt)
        }
        for old in household.members.map(\.state) {
            guard let member = members.first(where: { $0.id == old.id }), member.identity != old.identity else {
                continue
            }
            try transaction.keep(.memberIdentity, of: old.id, recordedAt: recordedAt)
        }
    }

    /// A number was held against sex and birth date; where one of them changes and the number stays, it is read again.
    private static func reread(
        _ member: MemberState, over stored: MemberState?, _ household: Int64, _ transaction: Transaction
    ) throws -> MemberState {
        guard let stored, member.identity == stored.identity, member.identity.state != .missing,
            member.sex != stored.sex || member.birthDate != stored.birthDate,
            let sealed = try MemberTable.sealedIdentity(member.id, household, transaction.connection)
        else { return member }
        let keys = transaction.register.keys
        let reading = IdentityNumber.parse(
            try keys.open(sealed, for: SealedPlace("member.identity", member.id)), on: transaction.today)
        var changed = member
        do throws(FieldError) {
            changed.identity = try MemberIdentity.read(
                reading, sex: member.sex, birthDate: member.birthDate, of: member.id, keys)
        } catch {
            throw InvalidBody(errors: [error.at("/identityNumber")])
        }
        return changed
    }

    private static func takesHeadship(_ member: MemberState) -> Bool {
        member.isPresent && member.relation == HouseholdFigures.householder
    }

    private static func write(
        _ member: MemberState, over stored: StoredMember?, _ household: Int64, from day: CivilDate, recordedAt: Int64,
        _ connection: Connection
    ) throws {
        guard let stored else {
            try MemberTable.insert(
                member, household: household, validFrom: member.joinedOn, recordedAt: recordedAt, connection)
            return
        }
        // A member who left holds the state "left" from that day, not from the day of the message.
        let from = member.leftOn ?? day
        let changes = DatedTable.changes(
            MemberTable.facts(stored.state, household), MemberTable.facts(member, household))
        let isLate = try MemberTable.dated.file(
            [household, member.id], from: from, recordedAt: recordedAt, changes: changes, connection)
        try MemberTable.update(
            member, household: household, validFrom: isLate ? stored.validFrom : from, recordedAt: recordedAt,
            connection)
    }
}
