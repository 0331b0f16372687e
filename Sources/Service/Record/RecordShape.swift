// How values of one type are read from bodies and cells, stored and shown. A field is a shape with a name and a column
// (RecordFields).

import Domain
import SQL
import Web

package struct RecordShape<Value: Equatable & Sendable>: Sendable {
    /// How a cell is read; the last step converts it to the value.
    package enum Cell: Sendable {
        case text(ClosedRange<Int>, @Sendable (String) -> Value)
        case code(CodeListKey, @Sendable (String) -> Value)
        case day(@Sendable (CivilDate) -> Value)
        case integer(ClosedRange<Int>, @Sendable (Int) -> Value)
        case flag(@Sendable (Bool) -> Value)
        case own(@Sendable (String) throws(FieldError) -> Value)
    }

    package var list = ListValue.text
    package let bind: @Sendable (Value) -> any Bindable
    /// Reads a column that is not NULL.
    package let load: @Sendable (borrowing Row, Int) throws -> Value
    package let audit: @Sendable (Value) -> AuditValue
    /// Reads a member of a whole body; nil if it is absent, null, or wrong, which is reported.
    package let whole: @Sendable (inout ObjectReader, StaticString, RecordReading) -> Value?
    /// Reads a member of a patch.
    package let change:
        @Sendable (inout ObjectReader, StaticString, _ isClearable: Bool, RecordReading) -> Change<Value>
    package let cell: Cell
    package let schema: RecordSchema
    package var form = CellForm.text
    package var use = DamagedText.Use.name
    /// Converts a value to its written form.
    package var mend: (@Sendable (Value) -> Value)?
    /// Whether a file's value is worse than the known one.
    package var isWorse: @Sendable (_ stated: Value?, _ known: Value?) -> Bool = { _, _ in false }
}

extension RecordShape where Value == String {
    /// A name of somebody or something.
    package static func name(_ characters: ClosedRange<Int>, as use: DamagedText.Use) -> Self {
        let read = own { text throws(FieldError) in try FieldText.name(text, characters, as: use) }
        var shape = RecordShape(
            bind: read.bind, load: read.load, audit: read.audit, whole: read.whole, change: read.change,
            cell: .text(characters, \.self), schema: .text(characters))
        shape.form = .name
        shape.use = use
        shape.mend = NameForms.name
        shape.isWorse = { KnownText.isWorse($0, than: $1, as: use) }
        return shape
    }

    /// A number or key that identifies something.
    package static func key(_ characters: ClosedRange<Int>) -> Self {
        let read = own { text throws(FieldError) in try FieldText.key(text, characters) }
        return RecordShape(
            bind: read.bind, load: read.load, audit: read.audit, whole: read.whole, change: read.change,
            cell: read.cell, schema: .text(characters))
    }

    /// A text with a form of its own.
    package static func own(_ check: @escaping @Sendable (String) throws(FieldError) -> String) -> Self {
        RecordShape(
            bind: \.self, load: { $0.text($1) }, audit: AuditValue.text,
            whole: { body, name, _ in body.optionalValue(name, check) },
            change: { body, name, isClearable, _ in body.change(name, clearable: isClearable, check) },
            cell: .own(check), schema: .text(1...ObjectReader.ownTypeCharactersMax))
    }

    /// Free text.
    ///
    /// - Parameter rule: whether it has one line or several.
    package static func words(_ characters: ClosedRange<Int>, _ rule: TextRule) -> Self {
        RecordShape(
            bind: \.self, load: { $0.text($1) }, audit: AuditValue.text,
            whole: { body, name, _ in body.optionalString(name, characters: characters, rule) },
            change: { body, name, isClearable, _ in
                body.changeString(name, characters: characters, rule, clearable: isClearable)
            }, cell: .text(characters, \.self), schema: rule == .line ? .text(characters) : .lines(characters))
    }

    package static func code(_ list: CodeListKey) -> Self {
        RecordShape(
            bind: \.self, load: { $0.text($1) }, audit: AuditValue.text,
            whole: { body, name, reading in
                body.optionalValue(name) { text throws(FieldError) in
                    try reading.codes.check(text, in: list, on: reading.days)
                }
            },
            change: { body, name, isClearable, reading in
                body.change(name, clearable: isClearable) { text throws(FieldError) in
                    try reading.codes.check(text, in: list, on: reading.days)
                }
            }, cell: .code(list, \.self), schema: .code(list))
    }
}

extension RecordShape where Value == CivilDate {
    /// A plausible day.
    package static let day = RecordShape(
        bind: \.self, load: { try $0.date($1) }, audit: { .text($0.description) },
        whole: { body, name, reading in body.optionalValue(name, reading.codes.days.day) },
        change: { body, name, isClearable, reading in
            body.change(name, clearable: isClearable, reading.codes.days.day)
        }, cell: .day(\.self), schema: .date)

    /// A plausible day that is not in the future.
    package static let pastDay = RecordShape(
        bind: day.bind, load: day.load, audit: day.audit,
        whole: { body, name, reading in
            let day = body.optionalValue(name, reading.codes.days.day)
            if let day, day > reading.today { body.report("\(name)", .inFuture) }
            return day
        },
        change: { body, name, isClearable, reading in
            let change = body.change(name, clearable: isClearable, reading.codes.days.day)
            if case .set(let day) = change, day > reading.today { body.report("\(name)", .inFuture) }
            return change
        }, cell: .day(\.self), schema: .date)
}

extension RecordShape where Value == Int {
    package static func integer(in range: ClosedRange<Int>) -> Self {
        RecordShape(
            list: .integer, bind: \.self, load: { $0.int($1) }, audit: AuditValue.integer,
            whole: { body, name, _ in body.optionalInteger(name, in: range) },
            change: { body, name, isClearable, _ in body.changeInteger(name, in: range, clearable: isClearable) },
            cell: .integer(range, \.self), schema: .integer(range))
    }
}

extension RecordShape where Value == Bool {
    package static let flag = RecordShape(
        list: .boolean, bind: \.self, load: { $0.bool($1) }, audit: AuditValue.boolean,
        whole: { body, name, _ in body.optionalBoolean(name) },
        change: { body, name, isClearable, _ in body.changeBoolean(name, clearable: isClearable) }, cell: .flag(\.self),
        schema: .boolean)
}

extension RecordShape where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words of the program's own.
    package static var word: Self {
        RecordShape(
            bind: { $0.rawValue },
            load: { row, index in
                guard let word = Value(rawValue: row.text(index)) else { throw DamagedRow(column: index) }
                return word
            }, audit: { .text($0.rawValue) },
            whole: { body, name, _ in body.optionalValue(name, FieldText.word) },
            change: { body, name, isClearable, _ in body.change(name, clearable: isClearable, FieldText.word) },
            cell: .own(FieldText.word), schema: .words(Value.allCases.map(\.rawValue)))
    }
}
