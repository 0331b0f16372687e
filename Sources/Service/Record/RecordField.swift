// What a field of a declared record is: how a body and a file say it, where it lies, how it is shown, audited and
// filtered. The kinds of fields are in RecordFields and RecordReferences.

import Domain
import SQL
import Web

/// What reading a body knows.
package struct RecordReading {
    package let id: Identifier
    /// A whole record and not a patch: a required field that is missing is an error.
    package let isWhole: Bool
    /// The days on which the facts hold, for codes that end.
    package var days: FactDays
    package let today: CivilDate
    package let codes: CodeLists
    package let keys: KeyRing
    /// The day on which the record ends, where the body says one.
    package var end: CivilDate?
    /// The day from which it holds, where the body of a new one says so.
    package var first: CivilDate?
}

/// What showing a record knows.
package struct RecordView {
    /// The name under which the facts stand in the query; all else of the row is `r`.
    package let facts: String
    /// The day for which it is shown.
    package let day: CivilDate

    package init(facts: String, day: CivilDate) {
        self.facts = facts
        self.day = day
    }

    /// The day as a literal.
    package var daySQL: String { "'\(day)'" }

    /// For a field: what never changes stands in the record's row alone.
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
    /// Reads the parameter; gives the condition that it adds, or that holds without it.
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
    /// An answer always has it; a new record must say it.
    package var isAlways = false

    package init(name: String, schema: RecordSchema, isAlways: Bool = false) {
        self.name = name
        self.schema = schema
        self.isAlways = isAlways
    }
}

/// Which body says a field.
package enum RecordStating {
    case always
    /// Only the body of a new record: it never changes.
    case atCreation
    /// Only a patch.
    case byChange
    /// None: it follows from others.
    case never
}

/// Rows of another table that belong to a field.
package struct RecordPart<State: RecordState>: Sendable {
    package let load: @Sendable (Identifier, inout State, Connection) throws -> Void
    /// Writes what is new of a record; nil for what it was where it is new.
    package let write: @Sendable (Identifier, _ old: State?, _ new: State, Transaction) throws -> Void
    /// Shows it in the single form; nil for what has a list of its own.
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
    /// In the audit trail, where that says something else than bodies do.
    var auditName: StaticString?
    package var stating = RecordStating.always
    /// Its columns; dated where the record is.
    package var columns: [String] = []
    package var bind: @Sendable (State) -> [any Bindable] = { _ in [] }
    /// Where it is a sealed number.
    package var sealed: SealedColumn?
    package var number: @Sendable (State) -> SealedNumber? = { _ in nil }
    /// Columns that a state is read from.
    package var selected: [String] = []
    /// Reads it from a row, whose columns of this field begin at the index.
    package var load: @Sendable (borrowing Row, Int, inout State) throws -> Void = { _, _, _ in }
    /// Columns of answers and lists.
    package var shown: @Sendable (RecordView) -> [ListColumn] = { _ in [] }
    /// The schemas of these columns, in their order; of an object of columns one.
    package var shownSchemas: [RecordMember] = []
    /// The schemas of what a body says.
    package var statedSchemas: [RecordMember] = []
    /// Other tables that these columns need, over the facts.
    package var join: @Sendable (_ facts: String) -> String = { _ in "" }
    /// Nil for what the trail has no need to say.
    package var audit: (@Sendable (State) -> AuditValue)?
    /// The same where it has several names in the trail.
    package var audits: (@Sendable (State) -> [AuditField])?
    /// Reads what a body says of it; nil where it says nothing.
    package var read: Reading = { _, _ in nil }
    package var filters: [RecordFilter] = []
    /// Brings a text into its one form.
    package var mend: (@Sendable (inout State) -> Void)?
    /// Whether the record has ended.
    package var isEnded: (@Sendable (State) -> Bool)?
    /// The same as a condition of a record that has not; nil where only its state tells.
    var living: String?
    /// Whether a record was taken back for good, because it was entered in error.
    package var isWithdrawn: (@Sendable (State) -> Bool)?
    package var part: RecordPart<State>?
    package var form = CellForm.text
    package var use = DamagedText.Use.name
    package var codeList: CodeListKey?
    var isDay = false
    /// Where its first column is the division in which the record is at home.
    var setPlace: (@Sendable (Identifier, inout State) -> Void)?
    package var isPlace: Bool { setPlace != nil }
    /// It names a record of its own kind, under which it stands.
    var isParent = false
    /// Its column in files; nil for a field that they do not have.
    package var column: RecordColumn<State>?
    /// Whether exports have its column too.
    var isExported = true
    /// Reads what a row of a file says of it; nil where it says nothing, or something wrong.
    var readCell: CellReading?

    /// A new record must say it.
    var isRequired = false
    var isFixed: Bool { stating == .atCreation }

    /// The seal and the hash of a number, which are not dated.
    var sealedColumns: [String] { sealed.map { [$0.name + "_sealed", $0.name + "_hash"] } ?? [] }

    // MARK: Words of a declaration

    /// The same, said by some bodies only.
    package func stated(_ stating: RecordStating) -> Self {
        var field = self
        field.stating = stating
        return field
    }

    /// The same, by which lists are filtered.
    package func filtered(_ filter: RecordFilter) -> Self {
        var field = self
        field.filters.append(filter)
        return field
    }

    /// The same, and a record of which this is true has ended.
    package func ending(_ isEnded: @escaping @Sendable (State) -> Bool) -> Self {
        var field = self
        field.isEnded = isEnded
        return field
    }

    /// The same, with a column in files.
    ///
    /// - Parameters:
    ///   - national: its names in national files, and other spellings that files are known to use.
    ///   - role: what it decides.
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

    /// Reads a body unless that is not the one to say it.
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
    /// A field of a kind's own: the kind says whatever it does.
    package init(name: StaticString) { self.init(name: name, auditName: nil) }
}
