// A family that splits in a file (分户): the rows of the new archive name the one that its people come from. They leave
// that one and stand in the new one on the same day, together with what the file says of those who remain. What was
// known of them on that day and since is known of the new archive; what the file says holds from its own day on.

import Domain
import SQL
import Service
import Web

/// The split that the rows of a new archive tell.
private struct FileSplit {
    /// A row of the new archive.
    struct Row {
        var person: HouseholdSplit.Person
        /// Who it is in the archive that they leave.
        let stored: StoredMember?
        /// Whether they leave that one now; false for whoever left it before, as told by the file itself or another.
        var isLeaving = false
    }

    let record: HouseholdRecord
    let order: ImportOrder
    let origin: StoredHousehold
    let day: CivilDate
    /// On which the rest of the household becomes part of the new one.
    private let mergesOn: CivilDate?

    init(_ record: HouseholdRecord, _ order: ImportOrder, _ origin: StoredHousehold) throws {
        self.record = record
        self.order = order
        self.origin = origin
        let end = record.origin.first?.end
        let mergesOn = end?.successor == record.checked.state.archiveNumber ? end?.day : nil
        self.mergesOn = mergesOn
        var days: Set<CivilDate> = []
        for (index, member) in record.checked.members.enumerated()
        where record.statesJoining.contains(member.id) && Self.stored(member, origin) != nil
            && member.joinedOn != mergesOn
        {
            guard days.isEmpty || days.contains(member.joinedOn) else {
                throw Problem.field(
                    "/members/\(index)/joinedOn", .contradictory,
                    zh: "同一次分户只有一天：本户另一行写的是 \(days.min()?.description ?? "")",
                    en: "a split is on one day: another row of the household says \(days.min()?.description ?? "")")
            }
            days.insert(member.joinedOn)
        }
        day = days.first ?? mergesOn ?? order.on
    }

    /// Who a row is in the household that splits; whoever still lives there comes first.
    private static func stored(_ member: MemberState, _ origin: StoredHousehold) -> StoredMember? {
        let same = origin.members.filter { HouseholdImporter.isSamePerson(member, $0.state) }
        return same.first(where: \.state.isPresent)
            ?? same.max { ($0.state.leftOn ?? .first) < ($1.state.leftOn ?? .first) }
    }

    /// From when on what the file says holds.
    var toldFrom: CivilDate { max(day, order.on) }

    /// The rows as people of the new archive.
    ///
    /// - Throws: 422 for somebody who has gone into another archive already.
    func rows(_ members: [MemberState], _ split: HouseholdSplit, _ connection: Connection) throws -> [Row] {
        try members.enumerated().map { index, member in
            let stored = Self.stored(member, origin)
            var alone = member
            if !record.statesJoining.contains(member.id) { alone.joinedOn = max(day, member.birthDate ?? day) }
            var person = HouseholdSplit.Person(
                former: member,
                course: .new(alone), isOfOrigin: false)
            guard let stored, mergesOn == nil || mergesOn == day || member.joinedOn != mergesOn else {
                return Row(person: person, stored: stored)
            }
            if let going = try split.person(stored, as: member.id, member.relation, connection) {
                return Row(person: told(member, of: going), stored: stored, isLeaving: true)
            }
            if try SplitSides.hasGone(stored.state.id, of: origin.number, connection) {
                throw Problem.field(
                    "/members/\(index)/splitFrom", .splitElsewhere,
                    zh: "\(member.name) 已从户 \(origin.state.archiveNumber) 分户到另一户，不能再分到本户",
                    en: "\(member.name) has gone from household \(origin.state.archiveNumber) into another archive "
                        + "already, and cannot go into this one too")
            }
            // Left on the day of the split, as the rows of the household itself say.
            if stored.state.leftOn == day, stored.state.leftReason == HouseholdSplit.leaveReason {
                alone.joinedOn = day
                person = HouseholdSplit.Person(
                    former: stored.state,
                    course: .new(alone))
            }
            return Row(person: person, stored: stored)
        }
    }

    /// Somebody who goes, with what their row says of them.
    private func told(_ stated: MemberState, of person: HouseholdSplit.Person) -> HouseholdSplit.Person {
        var person = person
        guard let base = person.course.state(on: toldFrom) else { return person }
        var told = HouseholdImporter.merged(stated, into: base, record)
        (told.joinedOn, told.joinReason) = (day, stated.joinReason ?? HouseholdSplit.joinReason)
        if stated.leftOn == nil { (told.leftOn, told.leftReason) = (base.leftOn, base.leftReason) }
        person.course = person.course.changing { $0.joinReason = told.joinReason }
        person.course.tell(
            MemberState.toldFacts.filter { !$0.isSame(base, told) }, of: told, from: toldFrom,
            replacesLater: order.replacesLater)
        if let leftOn = stated.leftOn, leftOn != base.leftOn {
            person.course.tell([MemberState.leavingFact], of: told, from: leftOn, replacesLater: true)
        }
        return person
    }

    /// What the file's own rows say of who is householder among those who remain, where the one of the day goes, so
    /// that whoever follows does so in the same act. Everything else that they say holds from the day of the file.
    func remaining(_ going: Set<Identifier>, _ transaction: Transaction) throws -> [ToldMember] {
        guard let rows = record.origin.first,
            try origin.members.contains(where: { member in
                try going.contains(member.state.id)
                    && ToldMember.unchanged(member, of: origin, on: day, transaction).told.isHouseholder
            })
        else { return [] }
        let matched = try HouseholdImporter.matched(origin, rows, on: day, transaction)
        let known = Dictionary(uniqueKeysWithValues: origin.members.map { ($0.state.id, $0) })
        return try matched.members.compactMap { member in
            guard let stored = known[member.id], !going.contains(member.id), stored.state.isPresent,
                member.relation != stored.state.relation
            else { return nil }
            let base = try ToldMember.unchanged(stored, of: origin, on: day, transaction)
            var told = base.told
            told.relation = member.relation
            return ToldMember(told, over: base.base, present: base.present, relation: member.relation)
        }
    }

    /// Says who of the rows never lived in the household that they name.
    ///
    /// - Throws: 422 where that is everybody, unless the file itself has made the household.
    func strangers(_ rows: [Row]) throws -> [ReportRow] {
        let strange = rows.enumerated().filter { $0.element.stored == nil && $0.element.person.former.joinedOn <= day }
        let number = origin.state.archiveNumber
        if !record.originIsNew, !rows.contains(where: { $0.stored != nil }) {
            throw Problem.field(
                "/splitFrom", .notOfOrigin, zh: "这些行中的人从未登记在户 \(number)：请改正原户编号，或去掉该列",
                en: "nobody of these rows ever lived in household \(number): correct the archive number, or leave the "
                    + "column out")
        }
        return strange.map { index, row in
            ReportRow(
                line: record.lines[index], column: record.header.name(.splitFrom), .warning, .notOfOrigin,
                zh: "\(row.person.former.name) 从未登记在户 \(number)，按新加入处理",
                en: "\(row.person.former.name) never lived in household \(number), and joins as somebody new")
        }
    }

    /// The state of the new archive.
    func state(
        _ new: HouseholdState, of rows: [Row], _ village: Division, _ split: inout HouseholdSplit
    ) {
        let base = split.course.state(on: toldFrom) ?? split.then
        var told = HouseholdImporter.merged(new, into: base, record)
        told.end = nil
        let header = record.header
        if !header.has(.labour) {
            told.labour = HouseholdRules.labour(
                ofCapacities: rows.compactMap { $0.person.course.current?.state }.filter(\.isPresent).map(
                    \.labourCapacity))
        }
        split.tell { state in
            state.archiveNumber = told.archiveNumber
            state.labour = told.labour
            state.phone = new.phone
        }
        (told.labour, told.phone) = (told.labour, new.phone)
        if told.villageId != base.villageId { split.place(in: village) }
        if header.has(.groupName), !record.keepsGroup { split.group(new.groupId, in: village) }
        split.tell(told, from: toldFrom, stateFrom: header.has(.stateSince) ? told.stateSince : nil)
    }
}

extension HouseholdImporter {
    /// Makes a household that the register does not have, of people who leave the one that it names.
    static func split(
        _ new: NewHousehold, _ record: HouseholdRecord, _ village: Division, _ order: ImportOrder, _ scope: Scope,
        _ transaction: Transaction
    ) throws -> ImportOutcome {
        let connection = transaction.connection
        guard let number = record.splitFrom,
            let origin = try HouseholdTable.find(archiveNumber: number, inCountyOf: village.areaCode, connection),
            scope.contains(origin.areaCode)
        else { throw Problem.field("/splitFrom", .unknownHousehold) }
        let told = try FileSplit(record, order, origin)
        var split = try HouseholdSplit(origin, into: new.id, on: told.day, connection)
        var rows = try told.rows(new.members, split, connection)
        let strangers = try told.strangers(rows)
        let leaving = rows.filter(\.isLeaving)
        // The rest of the household may become part of the new one in the same file.
        let end = record.origin.first?.end.flatMap { $0.day >= told.day ? $0 : nil }
        let left = try split.leave(
            leaving.map(\.person), try told.remaining(Set(leaving.map(\.person.former.id)), transaction),
            endsOn: end?.day, scope, transaction)
        if let end, let rest = try HouseholdTable.find(origin.id, connection), rest.state.end == nil {
            try HouseholdEnding.end(rest, end.alone, scope, transaction)
        }
        told.state(new.state, of: rows, village, &split)
        for index in rows.indices {
            rows[index].person.course = rows[index].person.course.changing { $0.position = index }
            rows[index].person = try split.sealed(rows[index].person, transaction)
        }
        let people = try split.succeeding(rows.map(\.person))
        let household = NewHousehold(
            id: new.id, state: split.course.current?.state ?? new.state,
            members: people.compactMap { $0.course.current?.state }, contentHash: nil,
            validFrom: split.course.current?.first, splitFrom: origin.number)
        var outcome = try create(
            household, record, village, past: split.past(people),
            known: Set(leaving.compactMap { $0.person.course.current?.state.id }), transaction)
        outcome.rows += strangers + toldLate(left?.retold ?? [], rows.map(\.person.former), record)
        return outcome
    }
}
