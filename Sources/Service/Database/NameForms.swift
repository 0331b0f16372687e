// Names and keys that were stored before they had a single written form (`WrittenForm`). Each is converted once, as an
// ordinary change of its record, so that history, audit trail and feed show it. What was believed before stays as it
// was written. If another record already has the converted name, the name stays as it is, and `jiedui check` reports
// it.

import Domain
import SQL
import Web

package enum NameForms {
    /// Set once everything has been looked at.
    private static let setting = "name-form"
    /// Changing the number makes everything be looked at again.
    private static let form = "1"

    /// Converts everything that has not been converted yet. While the clock is in doubt nothing is changed; the next
    /// start does it.
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

    /// A conflict of one record does not stop the others.
    private static func mend(_ form: NameForm, _ id: Identifier, _ transaction: Transaction) throws {
        do {
            try transaction.savepoint { try form.mend(id, transaction) }
        } catch is Problem {
        } catch SQLError.unique, SQLError.uniqueIndex, SQLError.trigger, SQLError.check {
        }
    }

    /// Records with a text in another form; blank texts are left out.
    private static func others(_ form: NameForm, _ connection: Connection) throws -> [Identifier] {
        var found: [Identifier] = []
        var seen: Set<Identifier> = []
        try connection.forEach(form.texts) { row in
            let text = row.text(1)
            let written = row.bool(2) ? WrittenForm.key(text) : WrittenForm.name(text)
            // Compared by bytes, because Swift treats characters as equal that SQL does not.
            guard !written.isEmpty, !written.utf8.elementsEqual(text.utf8) else { return }
            let id = try row.identifier(0)
            if seen.insert(id).inserted { found.append(id) }
        }
        return found
    }

    /// Reports each record that could not be converted.
    package static func check(_ records: [RecordKind]) -> Check {
        Check("names in one form") { connection, _ in
            try records.flatMap { kind in
                try (kind.nameForm.map { try others($0, connection) } ?? []).map {
                    "\(kind.entity.rawValue)/\($0) has the same name as another, written differently; end one of them"
                }
            }
        }
    }

    /// A name in its written form; a name of which nothing would remain stays as it is.
    package static func name(_ text: String) -> String {
        let form = WrittenForm.name(text)
        return form.isEmpty ? text : form
    }
}

/// The texts of one kind of record that have a written form.
package struct NameForm: Sendable {
    /// SQL for the id of the record, a text, and whether it is a key.
    package let texts: String
    /// Converts the record's texts to their written form.
    package let mend: @Sendable (Identifier, Transaction) throws -> Void

    package init(texts: String, mend: @escaping @Sendable (Identifier, Transaction) throws -> Void) {
        self.texts = texts
        self.mend = mend
    }
}
