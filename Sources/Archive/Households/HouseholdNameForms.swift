// How archive numbers and names of members are brought into one form.

import Domain
import SQL
import Service

/// Of households and their members.
enum HouseholdNames {
    static let form = NameForm(
        texts: """
            SELECT id, archive_number, 1 FROM household UNION ALL
            SELECT h.id, m.name, 0 FROM member m JOIN household h ON h.household_number = m.household_number
            """, mend: mend)

    @Sendable
    private static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try HouseholdTable.find(id, transaction.connection) else { return }
        var state = stored.state
        let key = WrittenForm.key(state.archiveNumber)
        // Where another household has the number, the names are still to be mended.
        let isFree = try HouseholdTable.find(archiveNumber: key, inCountyOf: stored.areaCode, transaction.connection)
        if !key.isEmpty, isFree == nil { state.archiveNumber = key }
        let members = stored.members.map { member in
            var state = member.state
            state.name = NameForms.name(state.name)
            return state
        }
        try HouseholdStore.change(
            stored, to: state, members: members, areaCode: stored.areaCode,
            from: max(transaction.today, stored.validFrom), .everything, transaction)
    }
}
