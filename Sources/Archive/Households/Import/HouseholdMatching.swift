// Which rows of a file are which known members of their household, and what becomes of both. A member is known again by
// our id, then by a verified number, then by one that is not verified where nobody else of the household has it and the
// name or the birth date agrees, then by name and birth date. All members are asked by one before any by the next, so
// the order of rows decides nothing. Columns that the file does not have, masked numbers and texts that lost
// characters leave what is stored.

import Domain
import SQL
import Service
import Web

/// The members of a household of a file as they are to be.
struct MatchedMembers {
    var members: [MemberState] = []
    /// What members were on the day of the file, where that lies before what is known of them.
    var bases: [Identifier: MemberState] = [:]
    /// What the file makes of them as they are known now.
    var presents: [Identifier: MemberState] = [:]
    /// Known ones whom the file does not name.
    var missing: [StoredMember] = []
    var findings: [ReportRow] = []

    /// Everybody whom the file tells of, with those who leave by not standing in it.
    func told(_ leaving: [MemberState]) -> [ToldMember] {
        (members + leaving).map { member in
            // Rows name everybody: only whoever is householder in them takes that over, on the day of leaving.
            let isHead = member.isHouseholder
            return ToldMember(
                member, over: bases[member.id], present: presents[member.id],
                relation: isHead ? HouseholdFigures.householder : nil)
        }
    }
}

extension HouseholdImporter {
    static func matched(
        _ stored: StoredHousehold, _ record: HouseholdRecord, on day: CivilDate, _ transaction: Transaction
    ) throws -> MatchedMembers {
        let keys = transaction.register.keys
        let known = stored.members.filter { $0.state.isPresent || record.header.has(.leftOn) }.map(\.state)
        let stated = record.checked.members
        let named = try record.partnerIds?.members(transaction.connection) ?? [:]
        let found = match(stated, known, named, record.header)
        var matched = MatchedMembers()
        for (index, member) in stated.enumerated() {
            guard let place = found[index] else {
                guard !record.maskedMembers.contains(member.id) else {
                    throw Problem.field(
                        "/members/\(index)/identityNumber", .maskedNumber, zh: "新成员的证件号码不能是掩码",
                        en: "a new member cannot have a masked number")
                }
                try refuseUnreadable([member], among: stated)
                var joining = member
                joining.position = (stored.members.map(\.state.position).max() ?? -1) + matched.members.count + 1
                matched.members.append(joining)
                continue
            }
            var old = known[place]
            if let member = stored.members.first(where: { $0.state.id == old.id }), day < member.validFrom {
                old = try ToldMember.unchanged(member, of: stored, on: day, transaction).told
                matched.bases[old.id] = old
                var present = merged(record.checked.members[index], into: known[place], record)
                present.identity = known[place].identity
                matched.presents[old.id] = present
            }
            var changed = merged(member, into: old, record)
            if changed.identity != old.identity {
                changed.identity = try changed.identity.moved(from: member.id, to: old.id, keys)
            } else {
                changed.identity = old.identity
            }
            matched.findings += differences(member, old, changed, record.lines[index], record.header)
            matched.members.append(changed)
        }
        let taken = Set(found.compactMap(\.self))
        let missing = Set(known.enumerated().filter { !taken.contains($0.offset) }.map(\.element.id))
        matched.missing = stored.members.filter { missing.contains($0.state.id) }
        return matched
    }

    /// What a person should look at where a file says other things of somebody than are known.
    private static func differences(
        _ stated: MemberState, _ old: MemberState, _ new: MemberState, _ line: Int, _ header: HouseholdHeader
    ) -> [ReportRow] {
        var found: [ReportRow] = []
        func warn(_ column: HouseholdColumn, _ code: FieldCode) {
            found.append(
                ReportRow(line: line, column: header.name(column), .warning, code))
        }
        if WrittenForm.letters(new.name) != WrittenForm.letters(old.name) {
            warn(.name, .nameChanged)
        }
        if stated.identity.hash != nil, stated.identity.hash != new.identity.hash {
            warn(.identityNumber, .numberKept)
        }
        if let birthDate = stated.birthDate, birthDate != old.birthDate, old.birthDate != nil {
            if birthDate == new.birthDate {
                warn(.birthDate, .birthDateChanged)
            } else {
                warn(.birthDate, .birthDateKept)
            }
        }
        return found
    }

    /// - Throws: 422 for somebody new of whose name nothing can be read.
    static func refuseUnreadable(_ members: [MemberState], among all: [MemberState]) throws {
        for member in members {
            guard let error = KnownText.unreadable(member.name) else { continue }
            let index = all.firstIndex { $0.id == member.id } ?? 0
            throw InvalidBody(errors: [error.at("/members/\(index)/name")])
        }
    }

    /// For each stated member the place of the same person among the known ones; nil for somebody new.
    private static func match(
        _ stated: [MemberState], _ known: [MemberState], _ named: [Identifier: Identifier], _ header: HouseholdHeader
    ) -> [Int?] {
        var found = [Int?](repeating: nil, count: stated.count)
        var free = Set(known.indices)
        func match(isOnly: Bool = false, _ fits: (MemberState, MemberState) -> Bool) {
            for index in stated.indices where found[index] == nil {
                let fitting = free.sorted().filter { fits(stated[index], known[$0]) }
                guard let first = fitting.first, !isOnly || fitting.count == 1 else { continue }
                found[index] = first
                free.remove(first)
            }
        }
        match { named[$0.id] == $1.id }
        if header.has(.memberId) { match { $0.id == $1.id } }
        // Somebody who left is known again as such; whoever else is named is one of those who live there.
        match { $0.leftOn != nil && $0.leftOn == $1.leftOn && isSamePerson($0, $1) }
        match { $1.isPresent && isSameVerified($0, $1) }
        match { $0.leftOn != nil && isSameVerified($0, $1) }
        let shared = sharedNumbers(stated).union(sharedNumbers(known.filter(\.isPresent)))
        match { stated, known in
            guard known.isPresent, let hash = stated.identity.hash, known.identity.hash == hash, !shared.contains(hash)
            else { return false }
            return stated.name == known.name || (stated.birthDate != nil && stated.birthDate == known.birthDate)
        }
        match { $1.isPresent && $0.name == $1.name && $0.birthDate != nil && $0.birthDate == $1.birthDate }
        match { $1.isPresent && hasSameName($1, $0) }
        // Who is said to have left and lives there no more left on another day.
        match { $0.leftOn != nil && hasSameName($1, $0) && !areOthers($0, $1) }
        // The only one of a name in file and household, with a number or a birth date that was mistyped or corrected.
        let names = Dictionary(grouping: stated, by: \.name).mapValues(\.count)
        match(isOnly: true) { stated, known in
            known.isPresent && stated.name == known.name && names[stated.name] == 1 && !areOthers(stated, known)
        }
        match(isOnly: true) { stated, known in
            known.isPresent && stated.birthDate != nil && stated.birthDate == known.birthDate
                && (DamagedText.mayMean(stated.name, known.name) || DamagedText.mayMean(known.name, stated.name))
        }
        return found
    }

    /// Numbers that more than one of these people have.
    private static func sharedNumbers(_ members: [MemberState]) -> Set<[UInt8]> {
        let numbers = Dictionary(grouping: members.compactMap(\.identity.hash), by: \.self)
        return Set(numbers.filter { $0.value.count > 1 }.keys)
    }

    private static func isSameVerified(_ one: MemberState, _ other: MemberState) -> Bool {
        one.identity.state == .verified && other.identity.state == .verified && one.identity.hash == other.identity.hash
    }

    /// Whether two people have numbers that are verified and differ.
    private static func areOthers(_ one: MemberState, _ other: MemberState) -> Bool {
        one.identity.state == .verified && other.identity.state == .verified && one.identity.hash != other.identity.hash
    }

    /// Somebody new in a household who may be a member whom its rows do not name, written otherwise: the name or the
    /// birth date agrees or one of them is unknown, and no verified numbers say that they are two.
    static func unclear(_ joining: [MemberState], _ absent: [MemberState]) -> MemberState? {
        joining.first { new in
            absent.contains { old in
                guard !areOthers(new, old) else { return false }
                // Without a birth date nothing but the name tells them apart, and names are mistyped.
                guard let born = new.birthDate, let known = old.birthDate else { return true }
                return born == known || WrittenForm.letters(new.name) == WrittenForm.letters(old.name)
                    || DamagedText.mayMean(new.name, old.name)
            }
        }
    }

    static func isSamePerson(_ stated: MemberState, _ stored: MemberState) -> Bool {
        isSameVerified(stated, stored) || hasSameName(stored, stated)
    }

    private static func hasSameName(_ stored: MemberState, _ stated: MemberState) -> Bool {
        stored.name == stated.name
            && (stored.birthDate == stated.birthDate || stored.birthDate == nil || stated.birthDate == nil)
    }

    /// What the file states, and what is stored where the file has no such column.
    static func merged(
        _ stated: HouseholdState, into stored: HouseholdState, _ record: HouseholdRecord
    ) -> HouseholdState {
        let header = record.header
        var state = stored
        state.villageId = stated.villageId
        state.archiveNumber = stated.archiveNumber
        state.attribute = stated.attribute
        state.mainCause = stated.mainCause
        let isElsewhere = stated.villageId != stored.villageId
        if isElsewhere || (header.has(.groupName) && !record.keepsGroup) { state.groupId = stated.groupId }
        if header.has(.state) {
            state.state = stated.state
            if header.has(.stateSince) || stated.state != stored.state { state.stateSince = stated.stateSince }
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

    static func merged(_ stated: MemberState, into stored: MemberState, _ record: HouseholdRecord)
        -> MemberState
    {
        let header = record.header
        var member = stored
        if !KnownText.isWorse(stated.name, than: stored.name) { member.name = stated.name }
        member.relation = stated.relation
        // A number that is verified says sex and birth date too; what was not checked does not win over it. Whoever
        // names somebody by id may correct the two: the number is then read again.
        let isProved = stored.identity.state == .verified && stated.identity.state != .verified
        if !isProved || header.has(.memberId) {
            member.sex = stated.sex
            if header.has(.birthDate) || stored.birthDate == nil {
                member.birthDate = stated.birthDate ?? stored.birthDate
            }
        }
        if header.has(.identityNumber), !isProved, !keepsNumber(of: stated, stored, record) {
            member.identity = stated.identity
        }
        if header.has(.ethnicity) { member.ethnicity = stated.ethnicity }
        if header.has(.education) { member.education = stated.education }
        if header.has(.schoolState) { member.schoolState = stated.schoolState }
        if header.has(.schoolBlocked) { member.schoolBlocked = stated.schoolBlocked }
        if header.has(.health) { member.health = stated.health }
        if header.has(.labourCapacity) { member.labourCapacity = stated.labourCapacity }
        if header.has(.workPlace) { member.workPlace = stated.workPlace }
        if header.has(.workMonths) { member.workMonths = stated.workMonths }
        // An empty cell leaves it: when somebody joined is always known.
        if record.statesJoining.contains(stated.id) { member.joinedOn = stated.joinedOn }
        if header.has(.joinReason) { member.joinReason = stated.joinReason }
        if header.has(.leftOn) {
            member.leftOn = stated.leftOn
            member.leftReason = stated.leftReason
        }
        return member
    }

    /// A mask, or something that stands for no number, takes no number away; only what was kept of the like before.
    private static func keepsNumber(
        of stated: MemberState, _ stored: MemberState, _ record: HouseholdRecord
    ) -> Bool {
        if record.maskedMembers.contains(stated.id) { return true }
        guard let placeholder = record.placeholders[stated.id] else { return false }
        return stored.identity.hash != placeholder
    }
}
