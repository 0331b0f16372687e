// Names and keys that were stored before there was one form of them (`WrittenForm`): each is brought into it once, as a
// change of its record like any other, so that history, trail and feed tell it. What was believed before stays as it
// was written. Where another record has the form already, the name stays as it is, and `jiedui check` names it.

import Domain
import SQL
import Web

enum NameForms {
    /// Stands in the settings once everything was looked at.
    private static let setting = "name-form"
    /// Another number has everything looked at again.
    private static let form = "1"

    /// Texts of one kind of record.
    private struct Kind: Sendable {
        let subject: String
        /// SQL for the id of the record, a text, and whether it is a key.
        let texts: String
        /// Brings the record's texts into their form.
        let mend: @Sendable (Identifier, Transaction) throws -> Void
    }

    private static let kinds = [
        Kind(
            subject: "division", texts: "SELECT id, name, 0 FROM division WHERE ended_on IS NULL",
            mend: { try division($0, $1) }),
        Kind(subject: "group", texts: "SELECT id, name, 0 FROM village_group", mend: { try GroupStore.mend($0, $1) }),
        Kind(
            subject: "organization",
            texts: """
                SELECT id, name, 0 FROM organization UNION ALL SELECT id, contact_name, 0 FROM organization
                WHERE contact_name IS NOT NULL
                """, mend: { try organization($0, $1) }),
        Kind(subject: "cadre", texts: "SELECT id, name, 0 FROM cadre", mend: { try cadre($0, $1) }),
        Kind(subject: "helper", texts: "SELECT id, name, 0 FROM helper", mend: { try helper($0, $1) }),
        Kind(
            subject: "team", texts: "SELECT team_id, name, 0 FROM work_team_term WHERE superseded_at IS NULL",
            mend: { try team($0, $1) }),
        Kind(
            subject: "duty",
            texts: """
                SELECT duty_id, holder_name, 0 FROM duty_term WHERE superseded_at IS NULL AND holder_name IS NOT NULL
                """, mend: { try duty($0, $1) }),
        Kind(
            subject: "household",
            texts: """
                SELECT id, archive_number, 1 FROM household UNION ALL
                SELECT h.id, m.name, 0 FROM member m JOIN household h ON h.household_number = m.household_number
                """, mend: { try household($0, $1) }),
    ]

    /// Brings everything into its form, where that was not done yet. While the clock is in doubt nothing is changed:
    /// the next start sees to it.
    static func begin(_ register: Register) throws {
        let isDone = try register.database.writer.perform { connection in
            try connection.first("SELECT value FROM setting WHERE key = $1", setting) { $0.text(0) } == form
        }
        if isDone || register.clock.doubt != nil { return }
        try register.perform { transaction in
            try CadreDay.turn(transaction)
            for kind in kinds {
                for id in try others(kind, transaction.connection) { try mend(kind, id, transaction) }
            }
            try transaction.connection.run(
                """
                INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """, setting, form)
        }
    }

    /// What stands in the way of one record keeps no other from its form.
    private static func mend(_ kind: Kind, _ id: Identifier, _ transaction: Transaction) throws {
        do {
            try transaction.savepoint { try kind.mend(id, transaction) }
        } catch is Problem {
        } catch SQLError.unique, SQLError.uniqueIndex, SQLError.trigger, SQLError.check {
        }
    }

    /// Records with a text in another form; blank ones have none.
    private static func others(_ kind: Kind, _ connection: Connection) throws -> [Identifier] {
        var found: [Identifier] = []
        var seen: Set<Identifier> = []
        try connection.forEach(kind.texts) { row in
            let text = row.text(1)
            let form = row.bool(2) ? WrittenForm.key(text) : WrittenForm.name(text)
            // By bytes: Swift takes characters for equal that SQL does not.
            guard !form.isEmpty, !form.utf8.elementsEqual(text.utf8) else { return }
            let id = try row.identifier(0)
            if seen.insert(id).inserted { found.append(id) }
        }
        return found
    }

    /// A line for each record that could not be brought into its form.
    static func faults(_ connection: Connection, max: Int) throws -> [String] {
        try Array(
            kinds.flatMap { kind in
                try others(kind, connection).map {
                    "\(kind.subject) \($0) is written otherwise than another of the same name; end one of them"
                }
            }.prefix(max))
    }

    // MARK: Records

    /// A name in its form; one of which nothing would be left stays.
    static func name(_ text: String) -> String {
        let form = WrittenForm.name(text)
        return form.isEmpty ? text : form
    }

    private static func division(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let division = try DivisionStore.find(id, connection) else { return }
        let parent = try division.parentId.flatMap { try DivisionStore.find($0, connection) }
        try DivisionStore.revise(
            division, name: name(division.name), parent: parent, on: transaction.today, transaction)
    }

    private static func organization(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try OrganizationTable.find(id, transaction.connection) else { return }
        var state = stored.state
        state.name = name(state.name)
        state.contactName = state.contactName.map(name)
        try OrganizationStore.change(
            stored, to: state, areaCode: stored.areaCode, from: max(transaction.today, stored.validFrom), transaction)
    }

    private static func cadre(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let stored = try CadreTable.find(id, connection) else { return }
        let home = try CadrePlacing.organization(
            stored.state.organizationId, hasChanged: false, .everything, connection)
        var state = stored.state
        state.name = name(state.name)
        try CadreStore.change(
            stored, to: state, CadreFacts(rank: .keep, postState: .keep, link: .keep), home: home.areaCode,
            from: max(transaction.today, stored.validFrom), .everything, transaction)
    }

    private static func helper(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try HelperTable.find(id, transaction.connection) else { return }
        var state = stored.state
        state.name = name(state.name)
        try HelperStore.change(
            stored, to: state, areaCode: stored.areaCode, from: max(transaction.today, stored.validFrom), transaction)
    }

    private static func team(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try TeamTable.find(id, transaction.connection), var state = stored.state else { return }
        state.name = name(state.name)
        try TeamStore.change(stored, to: state, .everything, transaction)
    }

    private static func duty(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try DutyTable.find(id, transaction.connection), var state = stored.state else { return }
        state.holderName = state.holderName.map(name)
        try DutyStore.change(stored, to: state, .everything, transaction)
    }

    private static func household(_ id: Identifier, _ transaction: Transaction) throws {
        guard let stored = try HouseholdTable.find(id, transaction.connection) else { return }
        var state = stored.state
        let key = WrittenForm.key(state.archiveNumber)
        // Where another household has the number, the names are still to be mended.
        let isFree = try HouseholdTable.find(archiveNumber: key, inCountyOf: stored.areaCode, transaction.connection)
        if !key.isEmpty, isFree == nil { state.archiveNumber = key }
        let members = stored.members.map { member in
            var state = member.state
            state.name = name(state.name)
            return state
        }
        try HouseholdStore.change(
            stored, to: state, members: members, areaCode: stored.areaCode,
            from: max(transaction.today, stored.validFrom), transaction)
    }
}
