// Applies a household of a file: a new one, or changes of the one that is known. A household is known again by our id
// or by its archive number in the county; a member by our id, then by the number, then by name and birth date. Columns
// that the file does not have, and masked numbers, leave what is stored.

import Domain
import SQL
import Web

extension HouseholdImporter {
    static func apply(
        _ record: HouseholdRecord, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let connection = transaction.connection
        guard let village = try DivisionStore.find(record.village, connection),
            village.isLive || (village.awaitsSuccessor && record.header.has(.householdId)),
            scope.contains(village.areaCode)
        else {
            throw refused(
                record,
                [
                    FieldError(
                        code: "outside-area", detail: Message(zh: "该村不在您的范围内", en: "the village is not in your area"))
                ])
        }
        let new = try placed(record, in: village, transaction)
        let state = new.state
        var existing = try HouseholdTable.find(
            archiveNumber: state.archiveNumber, inCountyOf: village.areaCode, connection)
        if existing == nil, record.header.has(.householdId) {
            existing = try HouseholdTable.find(record.checked.id, connection)
        }
        let named = try record.partnerIds?.household(connection)
        if let named, let existing, named.id != existing.id {
            throw refused(
                record,
                [
                    FieldError(
                        pointer: "/partnerId", code: "partner-id-taken",
                        detail: Message(zh: "该编号已属于另一户", en: "the partner calls another household so"))
                ])
        }
        existing = existing ?? named
        do {
            return try HouseholdPlacing.locating(
                record.checked.members, archiveNumber: state.archiveNumber, areaCode: village.areaCode, scope,
                connection
            ) {
                guard let existing else { return try create(new, record, village, transaction) }
                guard scope.contains(existing.areaCode) else { throw Problem(.conflictingContent) }
                return try change(existing, record, state, village, order, transaction)
            }
        } catch let problem as Problem {
            throw refused(
                record,
                problem.errors.isEmpty
                    ? [FieldError(code: problem.kind.slug, detail: problem.kind.title)] : problem.errors)
        } catch let invalid as InvalidBody {
            throw refused(record, invalid.errors)
        }
    }

    /// The household as it was prepared, its group made where the village does not have it yet.
    private static func placed(
        _ record: HouseholdRecord, in village: Division, _ transaction: Transaction
    ) throws -> NewHousehold {
        let new = record.new
        guard !record.isGroupThere else { return new }
        let group = try HouseholdPlacing.group(
            record.checked.groupName, in: village, new: new.state.groupId, transaction)
        guard group != new.state.groupId else { return new }
        // Somebody else made it meanwhile, under another id.
        return NewHousehold(
            id: new.id, state: record.checked.placed(in: village.id, group: group), members: new.members,
            contentHash: nil)
    }

    private static func refused(_ record: HouseholdRecord, _ errors: [FieldError]) -> RecordRefused {
        let rows = errors.map { error in
            let parts = error.pointer.split(separator: "/")
            let index = parts.count > 1 && parts[0] == "members" ? Int(parts[1]) ?? 0 : 0
            let column = parts.last.flatMap { HouseholdColumn(rawValue: String($0)) }
            return ReportRow(
                line: record.lines.indices.contains(index) ? record.lines[index] : record.lines[0],
                column: column.map(record.header.name), code: error.code, error.detail)
        }
        return RecordRefused(rows: refusing(record.lines, rows))
    }

    private static func create(
        _ new: NewHousehold, _ record: HouseholdRecord, _ village: Division, _ transaction: Transaction
    ) throws -> ImportOutcome {
        guard record.maskedMembers.isEmpty else {
            throw Problem.field(
                "/members/0/identityNumber", "masked-number", zh: "新户的证件号码不能是掩码",
                en: "a new household cannot have masked numbers")
        }
        let found = try HouseholdStore.create(new, areaCode: village.areaCode, transaction)
        var outcome = ImportOutcome()
        outcome.counts.created = record.lines.count
        try record.partnerIds?.note(record.checked.id, [:], transaction.connection)
        outcome.rows = warnings(found, new.members, record)
        return outcome
    }

    /// What the ages of labour of the area say of the members of a file's rows.
    private static func warnings(
        _ findings: [LabourFinding], _ members: [MemberState], _ record: HouseholdRecord
    ) -> [ReportRow] {
        findings.compactMap { finding in
            guard let index = members.firstIndex(where: { $0.id == finding.member }) else { return nil }
            return ReportRow(
                line: record.lines[index], column: record.header.name(.labourCapacity), .warning,
                code: finding.rule.code, Message(zh: finding.rule.chinese, en: finding.rule.english))
        }
    }

    // MARK: Changing

    private static func change(
        _ stored: StoredHousehold, _ record: HouseholdRecord, _ stated: HouseholdState, _ village: Division,
        _ order: ImportOrder, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let keys = transaction.register.keys
        var state = merged(stated, into: stored.state, record.header)
        state.phone = try state.phone.map { phone in
            if phone == stored.state.phone { return phone }
            return try phone.moved(from: record.checked.id, to: stored.id, keys)
        }
        let (members, others) = try matched(stored, record, transaction)
        let unmatched = others.filter(\.state.isPresent)
        var leaving: [MemberState] = []
        let endsMissing = order.isComplete && record.isWhole
        if endsMissing {
            leaving = unmatched.map { member in
                var left = member.state
                left.leftOn = max(order.on, left.joinedOn)
                left.leftReason = "other"
                return left
            }
        }
        let present = members + (endsMissing ? [] : unmatched.map(\.state))
        let findings = HouseholdRules.findings(state.facts(present), on: transaction.today)
        let isEmpty = !present.contains(where: \.isPresent) && record.header.has(.householdId)
        try (isEmpty ? findings.exceptOfNobody : findings).throwBlocking()
        let change = try HouseholdStore.change(
            stored, to: state, members: leaving + members, areaCode: village.areaCode, from: order.on, transaction)

        let ours = Dictionary(uniqueKeysWithValues: zip(record.checked.members.map(\.id), members.map(\.id)))
        try record.partnerIds?.note(stored.id, ours, transaction.connection)
        var outcome = ImportOutcome()
        outcome.rows = warnings(change.findings, members, record)
        outcome.counts.ended = leaving.count
        if order.isComplete && !endsMissing && !unmatched.isEmpty {
            outcome.rows.append(
                ReportRow(
                    line: record.lines[0], .warning, code: "nothing-ended",
                    Message(
                        zh: "旁边有无法读取的行，不能确定是否缺少成员，因此没有成员离开",
                        en: "a row beside these could not be read, so it is not certain who is missing: nobody has left"
                    )))
        }
        outcome.counts += counts(of: members, over: stored, isChanged: change.isChanged, isOther: state != stored.state)
        return outcome
    }

    /// What the rows of a known household did. What is said of the household itself stands in its first row.
    private static func counts(
        of members: [MemberState], over stored: StoredHousehold, isChanged: Bool, isOther: Bool
    ) -> ImportCounts {
        let known = Dictionary(uniqueKeysWithValues: stored.members.map { ($0.state.id, $0.state) })
        var counts = ImportCounts()
        if members.isEmpty {
            if isChanged { counts.changed += 1 } else { counts.unchanged += 1 }
        }
        for (index, member) in members.enumerated() {
            if known[member.id] == nil {
                counts.created += 1
            } else if known[member.id] != member || (index == 0 && isChanged && isOther) {
                counts.changed += 1
            } else {
                counts.unchanged += 1
            }
        }
        return counts
    }

    /// The members of a file as they are to be, known ones by what is stored of them, and those whom it does not name.
    private static func matched(
        _ stored: StoredHousehold, _ record: HouseholdRecord, _ transaction: Transaction
    ) throws -> (members: [MemberState], unmatched: [StoredMember]) {
        let keys = transaction.register.keys
        var unmatched = stored.members.filter { $0.state.isPresent || record.header.has(.leftOn) }
        var members: [MemberState] = []
        let named = try record.partnerIds?.members(transaction.connection) ?? [:]
        for (index, member) in record.checked.members.enumerated() {
            guard let found = match(member, named[member.id], unmatched, record.header) else {
                guard !record.maskedMembers.contains(member.id) else {
                    throw Problem.field(
                        "/members/\(index)/identityNumber", "masked-number", zh: "新成员的证件号码不能是掩码",
                        en: "a new member cannot have a masked number")
                }
                var joining = member
                joining.position = (stored.members.map(\.state.position).max() ?? -1) + members.count + 1
                members.append(joining)
                continue
            }
            let known = unmatched.remove(at: found).state
            var changed = merged(member, into: known, record)
            if changed.identity != known.identity {
                changed.identity = try changed.identity.moved(from: member.id, to: known.id, keys)
            } else {
                changed.identity = known.identity
            }
            members.append(changed)
        }
        return (members, unmatched)
    }

    /// - Parameter named: the member whom the partner of the import calls so.
    private static func match(
        _ member: MemberState, _ named: Identifier?, _ candidates: [StoredMember], _ header: HouseholdHeader
    ) -> Int? {
        if let named, let index = candidates.firstIndex(where: { $0.state.id == named }) { return index }
        if header.has(.memberId), let index = candidates.firstIndex(where: { $0.state.id == member.id }) {
            return index
        }
        // Somebody who left is known again as such; whoever else is named is one of those who live there.
        if member.leftOn != nil,
            let index = candidates.firstIndex(where: {
                $0.state.leftOn == member.leftOn && isSamePerson($0.state, member)
            })
        {
            return index
        }
        let sameNumber = candidates.firstIndex {
            $0.state.isPresent && member.identity.hash != nil && $0.state.identity.hash == member.identity.hash
        }
        return sameNumber ?? candidates.firstIndex { $0.state.isPresent && hasSameName($0.state, member) }
    }

    private static func isSamePerson(_ stored: MemberState, _ stated: MemberState) -> Bool {
        (stated.identity.hash != nil && stored.identity.hash == stated.identity.hash) || hasSameName(stored, stated)
    }

    private static func hasSameName(_ stored: MemberState, _ stated: MemberState) -> Bool {
        stored.name == stated.name
            && (stored.birthDate == stated.birthDate || stored.birthDate == nil || stated.birthDate == nil)
    }

    /// What the file states, and what is stored where the file has no such column.
    private static func merged(
        _ stated: HouseholdState, into stored: HouseholdState, _ header: HouseholdHeader
    ) -> HouseholdState {
        var state = stored
        state.villageId = stated.villageId
        state.archiveNumber = stated.archiveNumber
        state.attribute = stated.attribute
        state.mainCause = stated.mainCause
        if header.has(.groupName) || stated.villageId != stored.villageId { state.groupId = stated.groupId }
        if header.has(.status) {
            state.status = stated.status
            if header.has(.statusSince) || stated.status != stored.status { state.statusSince = stated.statusSince }
        }
        if header.has(.identificationStandard) { state.identificationStandard = stated.identificationStandard }
        if header.has(.otherCauses) { state.otherCauses = stated.otherCauses }
        if header.has(.labour) { state.labour = stated.labour }
        if header.has(.selfCare) { state.selfCare = stated.selfCare }
        if header.has(.willingness) { state.willingness = stated.willingness }
        if header.has(.povertyDepth) { state.povertyDepth = stated.povertyDepth }
        if header.has(.phone), let phone = stated.phone { state.phone = phone }
        return state
    }

    private static func merged(_ stated: MemberState, into stored: MemberState, _ record: HouseholdRecord)
        -> MemberState
    {
        let header = record.header
        var member = stored
        member.name = stated.name
        member.relation = stated.relation
        member.sex = stated.sex
        if header.has(.birthDate) || stored.birthDate == nil { member.birthDate = stated.birthDate ?? stored.birthDate }
        if header.has(.identityNumber), !record.maskedMembers.contains(stated.id) { member.identity = stated.identity }
        if header.has(.ethnicity) { member.ethnicity = stated.ethnicity }
        if header.has(.education) { member.education = stated.education }
        if header.has(.schoolState) { member.schoolState = stated.schoolState }
        if header.has(.schoolBlocked) { member.schoolBlocked = stated.schoolBlocked }
        if header.has(.health) { member.health = stated.health }
        if header.has(.labourCapacity) { member.labourCapacity = stated.labourCapacity }
        if header.has(.workPlace) { member.workPlace = stated.workPlace }
        if header.has(.workMonths) { member.workMonths = stated.workMonths }
        if header.has(.joinedOn) { member.joinedOn = stated.joinedOn }
        if header.has(.joinReason) { member.joinReason = stated.joinReason }
        if header.has(.leftOn) {
            member.leftOn = stated.leftOn
            member.leftReason = stated.leftReason
        }
        return member
    }
}
