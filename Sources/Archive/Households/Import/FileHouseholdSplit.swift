// A family that splits in a file (分户): the rows of the new archive name the one that its people come from. They leave
// that one and stand in the new one on the same day, together with what the file says of those who remain.

import Domain
import SQL
import Service
import Web

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
        let day = record.header.has(.joinedOn) ? record.checked.members.map(\.joinedOn).max() ?? order.on : order.on
        let people = new.members.compactMap { member -> HouseholdSplit.Person? in
            let known = origin.members.map(\.state).filter(\.isPresent)
            let same = known.first { isSamePerson(member, $0) }
            return same.map { HouseholdSplit.Person(former: $0, new: member) }
        }
        let split = HouseholdSplit(origin, into: new.id, new.state, areaCode: village.areaCode, on: day)
        try split.leave(people, try remaining(origin, people, record, on: day, transaction), scope, transaction)
        var state = new.state
        // What the rows do not say of it is as in the archive that they leave.
        if !record.header.has(.state) { state.state = origin.state.state }
        if !record.header.has(.stateSince), state.state == origin.state.state {
            state.stateSince = origin.state.stateSince
        }
        let household = NewHousehold(
            id: new.id, state: state, members: new.members.map { joined($0, people, on: day) }, contentHash: nil,
            validFrom: record.header.has(.stateSince) ? max(day, state.stateSince) : day,
            splitFrom: origin.number)
        return try create(household, record, village, transaction)
    }

    /// What the file's own rows say of those who remain, so that whoever follows as householder does so in the same
    /// act.
    private static func remaining(
        _ origin: StoredHousehold, _ going: [HouseholdSplit.Person], _ record: HouseholdRecord, on day: CivilDate,
        _ transaction: Transaction
    ) throws -> [ToldMember] {
        guard let rows = record.origin.first else { return [] }
        let known = Set(origin.members.map(\.state.id))
        let leaving = Set(going.map(\.former.id))
        return try matched(origin, rows, on: day, transaction).told([]).filter {
            known.contains($0.told.id) && !leaving.contains($0.told.id)
        }
    }

    /// Somebody as they stand in the new archive.
    private static func joined(
        _ member: MemberState, _ people: [HouseholdSplit.Person], on day: CivilDate
    ) -> MemberState {
        guard people.contains(where: { $0.new.id == member.id }), member.isPresent else { return member }
        var joined = member
        (joined.joinedOn, joined.joinReason) = (day, member.joinReason ?? HouseholdSplit.joinReason)
        return joined
    }
}
