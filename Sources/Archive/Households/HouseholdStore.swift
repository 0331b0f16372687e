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
    /// The first day of its archive.
    let validFrom: CivilDate
    /// The number of the household that its people came from when a family split.
    let splitFrom: Int64?
    /// Its people over all days, in the order of `members`.
    var courses: [ToldCourse<MemberState>] { ToldCourse.new(members) }
    /// What the name index is given.
    let searchTokens: String

    package init(
        id: Identifier, state: HouseholdState, members: [MemberState], contentHash: [UInt8]?,
        validFrom: CivilDate? = nil, splitFrom: Int64? = nil
    ) {
        self.validFrom = validFrom ?? state.stateSince
        self.splitFrom = splitFrom
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
    /// What is told of earlier days, where it was told late.
    package var retold: [(member: Identifier?, span: RetoldSpan)] = []
}

package enum HouseholdStore {
    /// Writes a new household in a village.
    ///
    /// - Returns: what its area's ages of labour say of its members.
    @discardableResult
    package static func create(_ household: NewHousehold, areaCode: Int64, _ transaction: Transaction) throws
        -> [LabourFinding]
    {
        try create(household, areaCode: areaCode, past: nil, transaction)
    }

    /// The same of one of whose earlier days something is known.
    @discardableResult
    static func create(
        _ household: NewHousehold, areaCode: Int64, past: HouseholdPast?, _ transaction: Transaction
    ) throws -> [LabourFinding] {
        let number = try HouseholdTable.insert(household, areaCode: areaCode, transaction)
        for course in past?.people ?? household.courses {
            try MemberTable.insert(
                course, household: number, recordedAt: transaction.now.milliseconds, transaction.connection)
        }
        try past?.write(number, recordedAt: transaction.now.milliseconds, transaction.connection)
        HouseholdSearch.add(tokens: household.searchTokens, number, transaction.connection)
        transaction.figures.replace(nil, by: CountedHousehold(household.state, household.members))
        try transaction.audit("create", .household, household.id, after: household.audit)
        try transaction.change(.create, .household, household.id, version: 1, to: areaCode)
        try transaction.publish(
            HouseholdWritten(
                occurrence: .created, number: number, before: nil, state: household.state, hasPast: past != nil))
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
    ///   - scope: what the caller may change: people who went with a split stand in another archive too.
    ///   - proposal: the change proposal that is carried out; the audit trail names it.
    /// - Returns: whether anything was different, and what is found of it then.
    @discardableResult
    package static func change(
        _ household: StoredHousehold, to state: HouseholdState, members: [MemberState], areaCode: Int64,
        from day: CivilDate, _ scope: Scope, by proposal: Identifier? = nil, _ transaction: Transaction
    ) throws -> HouseholdChange {
        let telling = try HouseholdTelling(
            household, to: state, try reread(members.map { ToldMember($0) }, of: household, transaction), from: day,
            transaction.connection)
        return try write(telling, areaCode: areaCode, scope, by: proposal, transaction)
    }

    /// Writes what an act tells.
    ///
    /// - Parameters:
    ///   - areaCode: the place of the village that it tells; where that is not the present one, it is not used.
    ///   - scope: what the caller may change: people who went with a split stand in another archive too.
    @discardableResult
    package static func write(
        _ telling: HouseholdTelling, areaCode told: Int64, _ scope: Scope, by proposal: Identifier? = nil,
        _ transaction: Transaction
    ) throws -> HouseholdChange {
        let (household, state) = (telling.household, telling.state)
        let areaCode = state.villageId == household.state.villageId && telling.isLate ? household.areaCode : told
        guard telling.isChanged || areaCode != household.areaCode else {
            return HouseholdChange(isChanged: false, findings: [], retold: [])
        }
        let connection = transaction.connection
        try telling.checkBeginning(connection)
        let others = try SplitSides.others(of: telling, scope, transaction)
        // Later than what it replaces also when the machine's clock went back or two changes meet in one millisecond.
        let latest = max(household.recordedAt, household.members.map(\.recordedAt).max() ?? 0)
        let recordedAt = max(transaction.now.milliseconds, latest + 1)
        let changed = telling.people.filter(\.isChanged)
        let changedMembers = changed.map(\.current)
        var knownSince = household.recordedAt
        if telling.old.differs(from: telling.new) {
            try HouseholdTable.dated.rewrite(
                [household.number], from: telling.old, to: telling.new, recordedAt: recordedAt, connection
            ) { HouseholdTable.values($0, household.number) }
            knownSince = recordedAt
        }
        try keepNumbers(household, state, changedMembers, recordedAt, transaction)
        // Whoever stops being householder goes first: at any moment a unique index allows one.
        for person in changed.sorted(by: { !$0.current.isHouseholder && $1.current.isHouseholder }) {
            try write(person, household.number, recordedAt: recordedAt, connection)
        }
        let after = telling.everybody
        let figures = HouseholdFigures(state, after)
        let figuresBefore = HouseholdFigures(household.state, household.members.map(\.state))
        try HouseholdTable.update(
            household, to: state, areaCode: areaCode, validFrom: telling.new.current?.first ?? telling.day,
            recordedAt: knownSince, figures: figures, connection)
        if figures.searchNames != figuresBefore.searchNames {
            HouseholdSearch.remove(figuresBefore.searchNames, household.number, connection)
            HouseholdSearch.add(figures.searchNames, household.number, connection)
        }
        transaction.figures.replace(CountedHousehold(household), by: CountedHousehold(state, after))
        let retold = telling.retold
        let (before, afterJSON) = HouseholdAudit.difference(household, state, changedMembers, retold, by: proposal)
        try transaction.audit("change", .household, household.id, before: before, after: afterJSON)
        let hasEnded = state.end != nil && household.state.end == nil
        try transaction.change(
            hasEnded ? .end : areaCode == household.areaCode ? .change : .move, .household, household.id,
            version: household.version + 1, from: household.areaCode, to: areaCode, recordedAt: recordedAt)
        if areaCode != household.areaCode {
            try transaction.carry(hangingOn: .household, household.number, to: areaCode)
        }
        let firstDay = ([telling.day] + changed.compactMap(\.firstDay)).min() ?? telling.day
        try transaction.publish(
            HouseholdWritten(
                occurrence: .changed(members: changedMembers, from: firstDay), number: household.number,
                before: household, state: state))
        let findings = try LabourJudgement.judge(household.id, in: state.villageId, after, isNew: false, transaction)
        try HouseholdWarnings.keep(household.number, state, after, findings, transaction)
        try SplitSides.follow(others, telling, scope, by: proposal, transaction)
        return HouseholdChange(isChanged: true, findings: findings, retold: retold)
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
    package static func reread(
        _ members: [ToldMember], of household: StoredHousehold, _ transaction: Transaction
    ) throws -> [ToldMember] {
        let stored = Dictionary(uniqueKeysWithValues: household.members.map { ($0.state.id, $0.state) })
        return try members.map {
            ToldMember(
                try reread($0.told, over: stored[$0.told.id], household.number, transaction), over: $0.base,
                present: $0.present, relation: $0.relation)
        }
    }

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

    private static func write(
        _ person: HouseholdTelling.Person, _ household: Int64, recordedAt: Int64, _ connection: Connection
    ) throws {
        let member = person.current
        guard person.stored != nil else {
            try MemberTable.insert(person.new, household: household, recordedAt: recordedAt, connection)
            return
        }
        try MemberTable.dated.rewrite(
            [household, member.id], from: person.old, to: person.new, recordedAt: recordedAt, connection
        ) { MemberTable.values($0, household) }
        try MemberTable.update(
            member, household: household, validFrom: person.new.current?.first ?? member.joinedOn,
            recordedAt: recordedAt, connection)
    }
}
