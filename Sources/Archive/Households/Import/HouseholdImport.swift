// Applies a household of a file: a new one, or changes of the one that is known. A household is known again by our id
// or by its archive number in the county; its members as HouseholdMatching says. Whoever is missing from a complete
// file has left, where the file leaves no doubt about it.

import Domain
import SQL
import Service
import Web

extension HouseholdImporter {
    static func apply(
        _ record: HouseholdRecord, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let connection = transaction.connection
        let (village, known) = try village(of: record, scope, connection)
        guard let village, village.isLive || (village.awaitsSuccessor && record.header.has(.householdId)),
            scope.contains(village.areaCode)
        else {
            throw refused(
                record,
                [FieldError(.outsideArea)])
        }
        let new = try placed(record, in: village, transaction)
        let state = new.state
        var existing =
            try known
            ?? HouseholdTable.find(archiveNumber: state.archiveNumber, inCountyOf: village.areaCode, connection)
        if existing == nil, record.header.has(.householdId) {
            existing = try HouseholdTable.find(record.checked.id, connection)
        }
        let named = try record.partnerIds?.household(connection)
        if let named, let existing, named.id != existing.id {
            throw refused(
                record,
                [FieldError(pointer: "/partnerId", .partnerIdTaken)])
        }
        existing = existing ?? named
        do {
            return try HouseholdPlacing.locating(
                record.checked.members, archiveNumber: state.archiveNumber, areaCode: village.areaCode, scope,
                connection
            ) {
                if record.isLink { return try link(existing, record, scope, transaction) }
                guard let existing else {
                    let outcome =
                        try record.splitFrom == nil
                        ? create(new, record, village, transaction)
                        : split(new, record, village, order, scope, transaction)
                    try end(new.id, record, scope, transaction)
                    return outcome
                }
                guard scope.contains(existing.areaCode) else { throw Problem(.conflictingContent) }
                guard let living = try reopened(existing, record, scope, transaction) else {
                    let version = try HouseholdTable.find(existing.id, connection)?.version
                    return ended(record, isChanged: version != existing.version)
                }
                var outcome = try change(living, record, state, village, order, scope, transaction)
                if living.version != existing.version || record.end != nil { outcome.counts.noteChange() }
                try end(living.id, record, scope, transaction)
                return outcome
            }
        } catch let problem as Problem {
            throw refused(
                record,
                problem.errors.isEmpty
                    ? [FieldError(FieldCode(problem.kind))] : problem.errors)
        } catch let invalid as InvalidBody {
            throw refused(record, invalid.errors)
        }
    }

    /// The village that the file says; where a spreadsheet destroyed its code, that in which the household is known
    /// to be.
    private static func village(
        of record: HouseholdRecord, _ scope: Scope, _ connection: Connection
    ) throws -> (Division?, StoredHousehold?) {
        if let village = record.village { return (try DivisionStore.find(village, connection), nil) }
        var known: [StoredHousehold] = []
        if record.header.has(.householdId), let found = try HouseholdTable.find(record.checked.id, connection) {
            known = [found]
        } else {
            known = try HouseholdTable.find(
                archiveNumber: record.checked.state.archiveNumber, within: scope, connection)
        }
        guard known.count == 1, scope.contains(known[0].areaCode) else {
            throw refused(
                record,
                [FieldError(pointer: "/villageCode", .villageCodeDestroyed)])
        }
        return (try DivisionStore.find(known[0].state.villageId, connection), known[0])
    }

    /// The household as it was prepared, its group made where the village does not have it yet.
    private static func placed(
        _ record: HouseholdRecord, in village: Division, _ transaction: Transaction
    ) throws -> NewHousehold {
        let new = record.new
        guard !record.isGroupThere else { return new }
        let group = try HouseholdPlacing.group(
            record.checked.groupName, in: village, new: new.state.groupId, transaction)
        guard group != new.state.groupId || record.village == nil else { return new }
        // Somebody else made it meanwhile, under another id.
        return NewHousehold(
            id: new.id, state: record.checked.placed(in: village.id, group: group), members: new.members,
            contentHash: nil)
    }

    static func refused(_ record: HouseholdRecord, _ errors: [FieldError]) -> RecordRefused {
        let rows = errors.map { error in
            let parts = error.pointer.split(separator: "/")
            let index = parts.count > 1 && parts[0] == "members" ? Int(parts[1]) ?? 0 : 0
            let column = parts.last.flatMap { HouseholdColumn(rawValue: String($0)) }
            return ReportRow(
                line: record.lines.indices.contains(index) ? record.lines[index] : record.lines[0],
                column: column.map(record.header.name), error)
        }
        return RecordRefused(rows: refusing(record.lines, rows))
    }

    /// What the rows of a household did that has ended, and stays so.
    private static func ended(_ record: HouseholdRecord, isChanged: Bool) -> ImportOutcome {
        var outcome = ImportOutcome()
        outcome.counts.unchanged = record.lines.count
        if isChanged { outcome.counts.noteChange() }
        return outcome
    }

    /// - Parameters:
    ///   - past: what is known of its earlier days.
    ///   - known: those of its people whose numbers are known.
    static func create(
        _ new: NewHousehold, _ record: HouseholdRecord, _ village: Division, past: HouseholdPast? = nil,
        known: Set<Identifier> = [], _ transaction: Transaction
    ) throws -> ImportOutcome {
        guard record.maskedMembers.isSubset(of: known) else {
            throw Problem.field(
                "/members/0/identityNumber", .maskedNumber, zh: "新户的证件号码不能是掩码",
                en: "a new household cannot have masked numbers")
        }
        try refuseUnreadable(new.members, among: new.members)
        if past == nil { try new.throwBlocking(naming: .rows) }
        let found = try HouseholdStore.create(new, areaCode: village.areaCode, past: past, transaction)
        var outcome = ImportOutcome()
        outcome.counts.created = record.lines.count
        try record.partnerIds?.note(record.checked.id, [:], transaction.connection)
        outcome.rows = try warnings(found, new.members, record) + ofFirstDay(new.id, record, transaction)
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
                FieldCode(finding.rule))
        }
    }

    private static func ofFirstDay(
        _ id: Identifier, _ record: HouseholdRecord, _ transaction: Transaction
    ) throws -> [ReportRow] {
        try HouseholdWarnings.ofFirstDay(id, transaction.connection).map { finding in
            ReportRow(line: record.lines[0], .warning, FieldCode(finding.rule))
        }
    }

    // MARK: Changing

    private static func change(
        _ stored: StoredHousehold, _ record: HouseholdRecord, _ stated: HouseholdState, _ village: Division,
        _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        let keys = transaction.register.keys
        let base =
            order.on < stored.validFrom
            ? try HouseholdTable.course(of: stored, reaching: order.on, transaction.connection).state(on: order.on)
            : nil
        var state = merged(stated, into: base ?? stored.state, record)
        state.phone = try state.phone.map { phone in
            if phone == stored.state.phone { return phone }
            return try phone.moved(from: record.checked.id, to: stored.id, keys)
        }
        let matched = try matched(stored, record, on: order.on, transaction)
        let (members, unmatched) = (matched.members, matched.missing.map(\.state).filter(\.isPresent))
        var outcome = ImportOutcome()
        outcome.rows = matched.findings
        if record.village == nil { outcome.rows.append(villageKept(record)) }
        var leaving: [MemberState] = []
        let joining = members.filter { member in !stored.members.contains { $0.state.id == member.id } }
        if !joining.isEmpty, joining.count == members.count, stored.members.contains(where: \.state.isPresent) {
            throw InvalidBody(errors: [Self.householdOfOthers])
        }
        if let unclear = unclear(joining, unmatched) {
            let index = members.firstIndex { $0.id == unclear.id } ?? 0
            let error = Self.memberUnclear.at("/members/\(index)/name")
            if order.isComplete { throw InvalidBody(errors: [error]) }
            outcome.rows.append(
                ReportRow(
                    line: record.lines[index], column: record.header.name(.name), .warning, error))
        }
        if order.isComplete, !unmatched.isEmpty {
            let doubt = record.people?.doubt(
                of: stored, line: record.lines[0], archiveNumber: record.checked.state.archiveNumber,
                place: record.place, stated: members, absent: unmatched)
            if let doubt {
                outcome.rows += findings(doubt, stored, record)
            } else {
                leaving = unmatched.map { member in
                    var left = member
                    left.leftOn = max(order.on, left.joinedOn)
                    left.leftReason = "other"
                    return left
                }
                outcome.rows += leaving.map { gone($0, order.on, record) }
            }
        }
        let telling = try HouseholdTelling(
            stored, to: state, over: base, present: base.map { _ in merged(stated, into: stored.state, record) },
            try HouseholdStore.reread(matched.told(leaving), of: stored, transaction), from: order.on,
            stateFrom: record.header.has(.stateSince) ? state.stateSince : nil, replacesLater: order.replacesLater,
            transaction.connection)
        try judge(telling, record, on: transaction.today)
        transaction.consequences.ask()
        let change = try HouseholdStore.write(telling, areaCode: village.areaCode, scope, transaction)
        outcome.rows += toldLate(change.retold, members, record)
        outcome.rows += transaction.consequences.take(in: .everything).errors(at: "").map {
            ReportRow(line: record.lines[0], column: record.header.name(.villageCode), .warning, $0)
        }
        let ours = Dictionary(uniqueKeysWithValues: zip(record.checked.members.map(\.id), members.map(\.id)))
        try record.partnerIds?.note(stored.id, ours, transaction.connection)
        outcome.rows += warnings(change.findings, members, record)
        if change.isChanged { outcome.rows += try ofFirstDay(stored.id, record, transaction) }
        outcome.counts.ended = leaving.count
        outcome.counts += counts(
            of: members, over: stored, try former(stored, record, matched.bases, transaction),
            isChanged: change.isChanged, isOther: state != base ?? stored.state)
        return outcome
    }

    /// Holds what the file makes of a household against the rules, its rows before those whom it does not name.
    private static func judge(_ telling: HouseholdTelling, _ record: HouseholdRecord, on today: CivilDate) throws {
        let named = telling.members
        let wrong = named.enumerated().compactMap { index, member in
            member.leavingError(today)?.at("/members/\(index)/leftOn")
        }
        if !wrong.isEmpty { throw InvalidBody(errors: wrong) }
        let rest = telling.everybody.filter { member in !named.contains { $0.id == member.id } }
        let findings = HouseholdRules.findings(telling.state.facts(named + rest), on: today)
        let isEmpty =
            !telling.everybody.contains(where: \.isPresent)
            && (record.header.has(.householdId) || record.end != nil)
        try HouseholdAct(telling: telling, endsOn: record.end?.day).throwBlocking(
            isEmpty ? findings.exceptOfNobody : findings, naming: .rows)
    }

    /// What a file tells of earlier days than are known.
    static func toldLate(
        _ retold: [(member: Identifier?, span: RetoldSpan)], _ members: [MemberState], _ record: HouseholdRecord
    ) -> [ReportRow] {
        retold.map { member, span in
            let index = member.flatMap { id in members.firstIndex { $0.id == id } } ?? 0
            let end = span.days.end
            return ReportRow(
                line: record.lines[index], column: HouseholdColumn(rawValue: span.field).map(record.header.name),
                .notice, .toldLate,
                zh: "自 \(span.days.first) 起\(end.map { "至 \($0) 前" } ?? "")改写了已登记的情况",
                en: "what was known is told otherwise from \(span.days.first) on" + (end.map { " until \($0)" } ?? ""))
        }
    }

    private static let householdOfOthers = FieldError(pointer: "/archiveNumber", .householdOfOthers)

    private static let memberUnclear = FieldError(.memberUnclear)

    /// Says who has left, because the file is complete and does not have them.
    private static func gone(_ member: MemberState, _ day: CivilDate, _ record: HouseholdRecord) -> ReportRow {
        ReportRow(
            line: record.lines[0], .notice, .memberLeft, zh: "\(member.name) 不在文件中，自 \(day) 起按离开处理",
            en: "\(member.name) is not in the file and has left from \(day) on")
    }

    private static func villageKept(_ record: HouseholdRecord) -> ReportRow {
        ReportRow(line: record.lines[0], column: record.header.name(.villageCode), .warning, .villageKept)
    }

    /// What is said where it is not certain who is missing: where members stand, and that nobody has left.
    private static func findings(
        _ doubt: AbsenceDoubt, _ stored: StoredHousehold, _ record: HouseholdRecord
    ) -> [ReportRow] {
        var rows: [ReportRow] = []
        let own = stored.state.archiveNumber
        if case .standingElsewhere(let standing) = doubt {
            rows = standing.map { line, other in
                let number = other ?? "—"
                return ReportRow(
                    line: line, column: record.header.name(.archiveNumber), .warning, .standsElsewhere,
                    zh: "此行的人登记在户 \(own)（第 \(record.lines[0]) 行），文件中在户 \(number) 下，未作离开处理",
                    en: "whoever stands here is registered in household \(own) (line \(record.lines[0])) and "
                        + "stands in the file under \(number): nobody has left for that")
            }
        }
        let reason = doubt.reason
        rows.append(
            ReportRow(
                line: record.lines[0], .warning, .nothingEnded, zh: "\(reason.zh)，不能确定户 \(own) 缺少谁，因此没有成员离开",
                en: "\(reason.en), so it is not certain who is missing from household \(own): nobody has left"))
        return rows
    }

    /// What members were before the file where its splits have told of those who remain already, so that their rows
    /// are counted as what they did; else what they were on its day.
    private static func former(
        _ stored: StoredHousehold, _ record: HouseholdRecord, _ bases: [Identifier: MemberState],
        _ transaction: Transaction
    ) throws -> [Identifier: MemberState] {
        guard record.isSplit, let job = transaction.jobId else { return bases }
        let first =
            try transaction.connection.first(
                "SELECT min(recorded_at) FROM job_record WHERE job_id = $1 AND entity = $2 AND entity_id = $3", job,
                Entity.household.rawValue, stored.id
            ) { $0.optionalInt64(0) } ?? nil
        guard let first else { return bases }
        let before = try transaction.connection.query(
            MemberTable.dated.recorded("household_number = $1", known: "$2"), stored.number, first - 1,
            row: MemberTable.read)
        return bases.merging(before.map { ($0.id, $0) }) { $1 }
    }

    /// What the rows of a known household did. What is said of the household itself stands in its first row.
    private static func counts(
        of members: [MemberState], over stored: StoredHousehold, _ bases: [Identifier: MemberState], isChanged: Bool,
        isOther: Bool
    ) -> ImportCounts {
        let known = Dictionary(
            uniqueKeysWithValues: stored.members.map { ($0.state.id, bases[$0.state.id] ?? $0.state) })
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
}

extension ImportCounts {
    /// The first row of a household changed something, if none is counted as such.
    fileprivate mutating func noteChange() {
        guard changed == 0, created == 0, unchanged > 0 else { return }
        unchanged -= 1
        changed += 1
    }
}
