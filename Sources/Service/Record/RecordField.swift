// A field of a declared record: how bodies and files state it, where it is stored, how it is shown, audited and
// filtered. The kinds of fields are in RecordFields and RecordReferences.

import Domain
import SQL
import Web

/// What is known while a body is read.
package struct RecordReading {
    package let id: Identifier
    /// A whole record, not a patch: a missing required field is an error.
    package let isWhole: Bool
    /// The days on which the facts hold, for codes that end.
    package var days: FactDays
    package let today: CivilDate
    package let codes: CodeLists
    package let keys: KeyRing
    /// The day on which the record ends, if the body states one.
    package var end: CivilDate?
    /// The day from which it holds, if the body of a new record states it.
    package var first: CivilDate?
}

/// What is known while a record is shown.
package struct RecordView {
    /// The alias of the dated facts in the query; the alias for everything else of the row is `r`.
    package let facts: String
    /// The day for which it is shown.
    package let day: CivilDate

    package init(facts: String, day: CivilDate) {
        self.facts = facts
        self.day = day
    }

    /// The day as a literal.
    package var daySQL: String { "'\(day)'" }

    /// For a field that never changes, which is stored in the record's row only.
    package func of<State: RecordState>(_ field: RecordField<State>) -> RecordView {
        field.isFixed ? RecordView(facts: "r", day: day) : self
    }
}

/// How a list is filtered.
package struct RecordFilter: Sendable {
    /// The condition, over the record `r`.
    package typealias Condition = @Sendable (inout ListConditions) -> Void

    package let name: String
    package let schema: RecordSchema
    /// Reads the parameter; returns the condition that it adds, or that applies without it.
    package let read: @Sendable (inout Query, CodeLists, _ today: CivilDate) -> Condition?

    package init(
        name: String, schema: RecordSchema,
        read: @escaping @Sendable (inout Query, CodeLists, _ today: CivilDate) -> Condition?
    ) {
        self.name = name
        self.schema = schema
        self.read = read
    }
}

/// What a value looks like, for the contract.
package enum RecordSchema: Sendable {
    case text(ClosedRange<Int>), lines(ClosedRange<Int>), texts(count: ClosedRange<Int>, characters: ClosedRange<Int>)
    case code(CodeListKey), words([String]), areaCode, id, date, integer(ClosedRange<Int>), boolean, maskedPhone, phone
    /// Somebody who did something.
    case actor
    /// Items with a schema of their own, by its name; a value with one.
    case list(String, ClosedRange<Int>), named(String)
}

/// A member of a body or an answer, for the contract.
package struct RecordMember: Sendable {
    package let name: String
    package let schema: RecordSchema
    /// An answer always has it, and a new record must have it.
    package var isAlways = false

    package init(name: String, schema: RecordSchema, isAlways: Bool = false) {
        self.name = name
        self.schema = schema
        self.isAlways = isAlways
    }
}

/// Which bodies may state a field.
package enum RecordStating {
    case always
    /// Only the body of a new record, because it never changes.
    case atCreation
    /// Only a patch.
    case byChange
    /// None, because it follows from other fields.
    case never
}

/// Rows of another table that belong to a field.
package struct RecordPart<State: RecordState>: Sendable {
    package let load: @Sendable (Identifier, inout State, Connection) throws -> Void
    /// Writes the rows of a record; the old state is nil for a new record.
    package let write: @Sendable (Identifier, _ old: State?, _ new: State, Transaction) throws -> Void
    /// Shows it in the single form; nil if it has a list of its own.
    package let show: (@Sendable (Identifier, inout JSONWriter, Connection) throws -> Void)?

    package init(
        load: @escaping @Sendable (Identifier, inout State, Connection) throws -> Void,
        write: @escaping @Sendable (Identifier, _ old: State?, _ new: State, Transaction) throws -> Void,
        show: (@Sendable (Identifier, inout JSONWriter, Connection) throws -> Void)?
    ) {
        self.load = load
        self.write = write
        self.show = show
    }
}

package struct RecordField<State: RecordState>: Sendable {
    package typealias Path<Value> = any WritableKeyPath<State, Value> & Sendable
    package typealias Reading = @Sendable (inout ObjectReader, inout RecordReading) -> RecordEdit<State>?
    typealias CellReading = @Sendable (RecordColumn<State>, inout RecordCells<State>) -> RecordEdit<State>?

    /// In bodies, answers, files and the audit trail.
    package let name: StaticString
    /// Its name in the audit trail, if different from that in bodies.
    var auditName: StaticString?
    package var stating = RecordStating.always
    /// Its columns, which are dated if the record is.
    package var columns: [String] = []
    package var bind: @Sendable (State) -> [any Bindable] = { _ in [] }
    /// Its columns if it is a sealed number.
    package var sealed: SealedColumn?
    package var number: @Sendable (State) -> SealedNumber? = { _ in nil }
    /// Columns that a state is read from.
    package var selected: [String] = []
    /// Reads it from a row in which this field's columns begin at the index.
    package var load: @Sendable (borrowing Row, Int, inout State) throws -> Void = { _, _, _ in }
    /// Columns of answers and lists.
    package var shown: @Sendable (RecordView) -> [ListColumn] = { _ in [] }
    /// The schemas of these columns, in their order; columns that form an object have one together.
    package var shownSchemas: [RecordMember] = []
    /// The schemas of what a body states.
    package var statedSchemas: [RecordMember] = []
    /// Joins of other tables that these columns need.
    package var join: @Sendable (_ facts: String) -> String = { _ in "" }
    /// Nil for a field that the trail need not show.
    package var audit: (@Sendable (State) -> AuditValue)?
    /// The same for a field with several names in the trail.
    package var audits: (@Sendable (State) -> [AuditField])?
    /// Reads what a body states; nil if it states nothing.
    package var read: Reading = { _, _ in nil }
    package var filters: [RecordFilter] = []
    /// Converts a text to its written form.
    package var mend: (@Sendable (inout State) -> Void)?
    /// Whether the record has ended.
    package var isEnded: (@Sendable (State) -> Bool)?
    /// The day on which the record ended.
    package var endedOn: (@Sendable (State) -> CivilDate?)?
    /// The same as an SQL condition for records that have not ended; nil if only the state shows it.
    var living: String?
    /// Whether a record was taken back for good, because it was entered in error.
    package var isWithdrawn: (@Sendable (State) -> Bool)?
    package var part: RecordPart<State>?
    package var form = CellForm.text
    package var use = DamagedText.Use.name
    package var codeList: CodeListKey?
    var isDay = false
    /// Sets the division to which the record belongs; only for the field whose first column is that division.
    var setPlace: (@Sendable (Identifier, inout State) -> Void)?
    package var isPlace: Bool { setPlace != nil }
    /// It names the record of the same kind that is above this one.
    var isParent = false
    /// Its column in files; nil for a field that files do not have.
    package var column: RecordColumn<State>?
    /// Whether exports have its column too.
    var isExported = true
    /// Reads what a row of a file states; nil if it states nothing, or something wrong.
    var readCell: CellReading?

    /// A new record must have it.
    var isRequired = false
    var isFixed: Bool { stating == .atCreation }

    /// The seal and the hash of a number, which are not dated.
    var sealedColumns: [String] { sealed.map { [$0.name + "_sealed", $0.name + "_hash"] } ?? [] }

    /// What a state says of it, to be told of earlier days.
    func told(_ state: State) -> ToldColumns {
        var isFlag = false
        if case .boolean = shownSchemas.first?.schema { isFlag = true }
        return ToldColumns(name, columns, bind(state), isFlag: isFlag)
    }

    // MARK: Words of a declaration

    /// The same field, stated by some bodies only.
    package func stated(_ stating: RecordStating) -> Self {
        var field = self
        field.stating = stating
        return field
    }

    /// The same field, by which lists can be filtered.
    package func filtered(_ filter: RecordFilter) -> Self {
        var field = self
        field.filters.append(filter)
        return field
    }

    /// The same field; a record has ended if this is true of it.
    package func ending(_ isEnded: @escaping @Sendable (State) -> Bool) -> Self {
        var field = self
        field.isEnded = isEnded
        return field
    }

    /// The same field, with a column in files.
    ///
    /// - Parameters:
    ///   - national: its names in national files, and other spellings that files are known to use.
    ///   - role: what it identifies.
    package func inFiles(_ national: [String] = [], role: HeadingRole? = nil) -> Self {
        var field = self
        field.column = RecordColumn(
            rawValue: "\(name)", nationalNames: national, codeList: codeList, role: role, form: form, use: use,
            day: isDay ? columns.first : nil)
        return field
    }

    /// The same, with a column that files may have and exports have not: it says what is to happen.
    package func onlyImported() -> Self {
        var field = self
        field.isExported = false
        return field
    }

    /// Reads a body if it may state the field.
    package func edit(_ body: inout ObjectReader, _ reading: inout RecordReading) -> RecordEdit<State>? {
        switch stating {
        case .always: read(&body, &reading)
        case .atCreation: reading.isWhole ? read(&body, &reading) : nil
        case .byChange: reading.isWhole ? nil : read(&body, &reading)
        case .never: nil
        }
    }
}

extension RecordField {
    /// A special field of one kind, which defines everything that it does.
    package init(name: StaticString) { self.init(name: name, auditName: nil) }
}
