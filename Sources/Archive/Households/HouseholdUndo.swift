// Taking back what an import did to a household: a new one goes with its members, a changed one is again what it was,
// with its kept figures and its names in the index.

import Domain
import SQL
import Service

enum HouseholdUndo {
    static let undoable = Undoable(
        .household, table: "household", key: "household_number", label: "archive_number", place: "area_code",
        own: [
            "household_history": "household_number", "member": "household_number",
            "member_history": "household_number", "household_help": "household_number",
            "contact_duty": "household_number",
        ], remove: remove, revert: revert)

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let household = try HouseholdTable.find(id, connection) else { return }
        let members = household.members.map(\.state)
        HouseholdSearch.remove(HouseholdFigures(household.state, members).searchNames, household.number, connection)
        try transaction.publish(
            HouseholdWritten(
                occurrence: .removed, number: household.number, before: household, state: household.state))
        for table in ["member_history", "member", "household_history", "household"] {
            try connection.run("DELETE FROM \(table) WHERE household_number = $1", household.number)
        }
        for record in [id] + members.map(\.id) {
            try connection.run("DELETE FROM partner_id WHERE entity_id = $1", record)
        }
        try connection.run("DELETE FROM judgement WHERE entity_id = $1", id)
        transaction.figures.replace(CountedHousehold(household), by: nil)
        try transaction.audit("undo", .household, id, before: HouseholdAudit.whole(household.state, members))
        try transaction.change(
            .end, .household, id, version: household.version + 1, from: household.areaCode, to: nil)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let household = try HouseholdTable.find(id, connection) else { return }
        let latest = max(household.recordedAt, household.members.map(\.recordedAt).max() ?? 0)
        let recordedAt = max(transaction.now.milliseconds, latest + 1)
        try HouseholdTable.dated.revert(
            [household.number], before: time, recordedAt: recordedAt,
            restoring: try job.kept(.householdPhone, of: id, before: time, connection), connection)
        var former: [StoredMember] = []
        for member in household.members {
            let key: [any Bindable] = [household.number, member.state.id]
            if try MemberTable.dated.existed(key, before: time, connection) {
                former.append(member)
            } else {
                try connection.run("DELETE FROM member_history WHERE household_number = $1 AND id = $2", values: key)
                try connection.run("DELETE FROM member WHERE household_number = $1 AND id = $2", values: key)
            }
        }
        // Whoever stops being householder goes first: at any moment a unique index allows one.
        let isHead = { (member: StoredMember) in
            member.state.isPresent && member.state.relation == HouseholdFigures.householder
        }
        for member in former.filter(isHead) + former.filter({ !isHead($0) }) {
            try MemberTable.dated.revert(
                [household.number, member.state.id], before: time, recordedAt: recordedAt,
                restoring: try job.kept(.memberIdentity, of: member.state.id, before: time, connection), connection)
        }
        try settle(household, transaction)
    }

    /// Kept figures, place and index of names after the facts are what they were; audit and change rows.
    private static func settle(_ before: StoredHousehold, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let after = try HouseholdTable.find(before.id, connection),
            let village = try DivisionStore.find(after.state.villageId, connection)
        else { return }
        let figures = HouseholdFigures(after.state, after.members.map(\.state))
        let figuresBefore = HouseholdFigures(before.state, before.members.map(\.state))
        try HouseholdTable.update(
            after, to: after.state, areaCode: village.areaCode, validFrom: after.validFrom,
            recordedAt: after.recordedAt, figures: figures, connection)
        if figures.searchNames != figuresBefore.searchNames {
            HouseholdSearch.remove(figuresBefore.searchNames, before.number, connection)
            HouseholdSearch.add(figures.searchNames, before.number, connection)
        }
        transaction.figures.replace(CountedHousehold(before), by: CountedHousehold(after))
        let known = Dictionary(uniqueKeysWithValues: after.members.map { ($0.state.id, $0.state) })
        let differing = before.members.map(\.state).filter { known[$0.id] != $0 }
        let (now, then) = HouseholdAudit.difference(after, before.state, differing)
        try transaction.audit("undo", .household, before.id, before: then, after: now)
        try transaction.change(
            village.areaCode == before.areaCode ? .change : .move, .household, before.id, version: before.version + 1,
            from: before.areaCode, to: village.areaCode)
        try transaction.carry(hangingOn: .household, before.number, to: village.areaCode)
        try transaction.publish(
            HouseholdWritten(occurrence: .restored, number: before.number, before: before, state: after.state))
        let members = after.members.map(\.state)
        let labour = try LabourJudgement.judge(
            before.id, in: after.state.villageId, members, isNew: false, transaction)
        try HouseholdWarnings.keep(before.number, after.state, members, labour, transaction)
    }
}
