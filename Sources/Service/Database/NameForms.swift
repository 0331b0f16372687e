// Names and keys that were stored before there was one form of them (`WrittenForm`): each is brought into it once, as a
// change of its record like any other, so that history, trail and feed tell it. What was believed before stays as it
// was written. Where another record has the form already, the name stays as it is, and `jiedui check` names it.

import Domain
import SQL
import Web

package enum NameForms {
    /// Stands in the settings once everything was looked at.
    private static let setting = "name-form"
    /// Another number has everything looked at again.
    private static let form = "1"

    /// Brings everything into its form, where that was not done yet. While the clock is in doubt nothing is changed:
    /// the next start sees to it.
    package static func begin(_ register: Register) throws {
        let isDone = try register.database.writer.perform { connection in
            try connection.first("SELECT value FROM setting WHERE key = $1", setting) { $0.text(0) } == form
        }
        if isDone || register.clock.doubt != nil { return }
        try register.perform { transaction in
            for form in register.composition.records.compactMap(\.nameForm) {
                for id in try others(form, transaction.connection) { try mend(form, id, transaction) }
            }
            try transaction.connection.run(
                """
                INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """, setting, form)
        }
    }

    /// What stands in the way of one record keeps no other from its form.
    private static func mend(_ form: NameForm, _ id: Identifier, _ transaction: Transaction) throws {
        do {
            try transaction.savepoint { try form.mend(id, transaction) }
        } catch is Problem {
        } catch SQLError.unique, SQLError.uniqueIndex, SQLError.trigger, SQLError.check {
        }
    }

    /// Records with a text in another form; blank ones have none.
    private static func others(_ form: NameForm, _ connection: Connection) throws -> [Identifier] {
        var found: [Identifier] = []
        var seen: Set<Identifier> = []
        try connection.forEach(form.texts) { row in
            let text = row.text(1)
            let written = row.bool(2) ? WrittenForm.key(text) : WrittenForm.name(text)
            // By bytes: Swift takes characters for equal that SQL does not.
            guard !written.isEmpty, !written.utf8.elementsEqual(text.utf8) else { return }
            let id = try row.identifier(0)
            if seen.insert(id).inserted { found.append(id) }
        }
        return found
    }

    /// Says of each record that could not be brought into its form.
    package static func check(_ records: [RecordKind]) -> Check {
        Check("names in one form") { connection, _ in
            try records.flatMap { kind in
                try (kind.nameForm.map { try others($0, connection) } ?? []).map {
                    "\(kind.entity.rawValue)/\($0) has the same name as another, written differently; end one of them"
                }
            }
        }
    }

    /// A name in its form; one of which nothing would remain stays as it is.
    package static func name(_ text: String) -> String {
        let form = WrittenForm.name(text)
        return form.isEmpty ? text : form
    }
}

/// The texts of one kind of record that have one form.
package struct NameForm: Sendable {
    /// SQL for the id of the record, a text, and whether it is a key.
    package let texts: String
    /// Brings the record's texts into their form.
    package let mend: @Sendable (Identifier, Transaction) throws -> Void

    package init(texts: String, mend: @escaping @Sendable (Identifier, Transaction) throws -> Void) {
        self.texts = texts
        self.mend = mend
    }
}
