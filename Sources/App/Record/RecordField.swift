// The fields of declared records: what each kind of field reads from a body, binds to its column, shows and audits.

import Domain
import SQL
import Web

/// What reading a body knows.
struct RecordReading {
    let table: String
    let id: Identifier
    /// A whole record and not a patch: a required field that is missing is an error.
    let isWhole: Bool
    /// The days on which the facts hold, for codes that end.
    let days: FactDays
    let today: CivilDate
    let codes: CodeLists
    let keys: KeyRing
    /// The day on which the record ends, where the body says one.
    var end: CivilDate?
}

/// How a list is filtered by a field.
struct RecordFilter: Sendable {
    /// Reads the parameter; gives the condition that it adds, over the record `r`.
    let read: @Sendable (inout Query, CodeLists) -> (@Sendable (inout ListConditions) -> Void)?
}

struct RecordField<State: RecordState>: Sendable {
    typealias Path<Value> = any WritableKeyPath<State, Value> & Sendable

    let column: String
    let auditName: StaticString
    /// Where it is a sealed number.
    var sealed: SealedColumn?
    /// Columns that a state is read from; the first is the dated one.
    let selected: [String]
    /// Columns of answers and lists; facts stand under the name that is given.
    var shown: @Sendable (_ facts: String) -> [ListColumn]
    /// Other tables that these columns need.
    var join: @Sendable (_ facts: String) -> String = { _ in "" }
    let bind: @Sendable (State) -> any Bindable
    /// Reads it from a row, whose columns of this field begin at the index.
    let load: @Sendable (borrowing Row, Int, inout State) throws -> Void
    let audit: @Sendable (State) -> AuditValue
    var number: @Sendable (State) -> SealedNumber? = { _ in nil }
    /// Reads what a body says of it; nil where it says nothing.
    let read: @Sendable (inout ObjectReader, inout RecordReading) -> RecordEdit<State>?
    var filter: RecordFilter?
    /// Brings a text into its one form.
    var mend: (@Sendable (inout State) -> Void)?
}

// MARK: Kinds of fields

extension RecordField {
    /// A name that must be there. `q` searches a part of it.
    static func name(
        _ name: StaticString, _ path: Path<String>, _ column: String, characters: ClosedRange<Int>,
        as use: DamagedText.Use = .name
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)")] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = $0.text($1) }, audit: { .text($0[keyPath: path]) },
            read: { body, reading in
                if reading.isWhole {
                    let text = body.name(name, characters: characters, as: use)
                    return { draft, _, _ in draft.state[keyPath: path] = text }
                }
                guard case .set(let text) = body.changeName(name, characters: characters, as: use, clearable: false)
                else { return nil }
                return { draft, _, _ in draft.state[keyPath: path] = text }
            },
            filter: RecordFilter { query, _ in
                guard let part = query.name("q", characters: 1...30) else { return nil }
                return { conditions in conditions.add("instr(r.\(column), \(conditions.bind(part))) > 0") }
            }, mend: { $0[keyPath: path] = NameForms.name($0[keyPath: path]) })
    }

    /// A name that may be absent.
    static func optionalName(
        _ name: StaticString, _ path: Path<String?>, _ column: String, characters: ClosedRange<Int>,
        as use: DamagedText.Use = .name
    ) -> RecordField {
        var field = text(
            name, path, column,
            { text throws(FieldError) in try FieldText.name(text, characters, as: use) })
        field.mend = { $0[keyPath: path] = $0[keyPath: path].map(NameForms.name) }
        return field
    }

    /// A text of a form of its own that may be absent.
    static func text(
        _ name: StaticString, _ path: Path<String?>, _ column: String,
        _ check: @escaping @Sendable (String) throws(FieldError) -> String
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)")] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = $0.optionalText($1) }, audit: { .of($0[keyPath: path]) },
            read: { body, reading in
                let change =
                    reading.isWhole
                    ? body.optionalValue(name, check).map { .set($0) } ?? .keep : body.change(name, check)
                if change.isKeep { return nil }
                return { draft, _, _ in draft.state[keyPath: path] = change.applied(to: nil) }
            })
    }

    /// A code that must be there, and by which lists are filtered.
    static func code(
        _ name: StaticString, _ path: Path<String>, _ column: String, _ list: CodeListKey
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)")] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = $0.text($1) }, audit: { .text($0[keyPath: path]) },
            read: { body, reading in
                let (codes, days) = (reading.codes, reading.days)
                let check = { (text: String) throws(FieldError) in try codes.check(text, in: list, on: days) }
                if reading.isWhole {
                    let code = body.value(name, placeholder: "", check)
                    return { draft, _, _ in draft.state[keyPath: path] = code }
                }
                guard case .set(let code) = body.change(name, clearable: false, check) else { return nil }
                return { draft, _, _ in draft.state[keyPath: path] = code }
            },
            filter: RecordFilter { query, codes in
                guard let code = query.code(name.description, list, codes) else { return nil }
                return { conditions in conditions.add("r.\(column) = \(conditions.bind(code))") }
            })
    }

    /// The division where the record is at home: its place. Lists are asked for an area by `area`.
    static func area(_ name: StaticString, _ path: Path<Identifier>, audit auditName: StaticString) -> RecordField {
        let column = "division_id"
        return RecordField(
            column: column, auditName: auditName, selected: [column],
            shown: { _ in [ListColumn(name, "d.code", .areaCode), ListColumn("areaName", "d.name")] },
            join: { "JOIN division d ON d.id = \($0).\(column)" }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = try $0.identifier($1) },
            audit: { .text($0[keyPath: path].description) },
            read: { body, reading in
                let code: AreaCode
                if reading.isWhole {
                    code = body.value(name, placeholder: FieldText.anyArea, FieldText.areaCode)
                } else {
                    guard case .set(let other) = body.change(name, clearable: false, FieldText.areaCode) else {
                        return nil
                    }
                    code = other
                }
                return { draft, scope, connection in
                    let division = try DivisionPlacing.division(code, "/\(name)", scope, connection)
                    draft.state[keyPath: path] = division.id
                    draft.place = division.areaCode
                }
            })
    }

    /// Another record that may be named.
    ///
    /// - Parameter find: holds one that is newly named to the rules.
    static func reference(
        _ name: StaticString, _ path: Path<Identifier?>, _ column: String,
        find: @escaping @Sendable (Identifier, RecordDraft<State>, Scope, Connection) throws -> Identifier
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)", .identifier)] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = $0.optionalIdentifier($1) },
            audit: { .of($0[keyPath: path]?.description) },
            read: { body, reading in
                let change =
                    reading.isWhole
                    ? body.optionalValue(name, FieldText.identifier).map { .set($0) } ?? .keep
                    : body.change(name, FieldText.identifier)
                if change.isKeep { return nil }
                return { draft, scope, connection in
                    let other = change.applied(to: nil)
                    guard other != draft.state[keyPath: path] else { return }
                    draft.state[keyPath: path] = try other.map { try find($0, draft, scope, connection) }
                }
            })
    }

    /// The same, with a column of the other record beside its id. Lists are filtered by it.
    ///
    /// - Parameters:
    ///   - table: the other table.
    ///   - shows: the column, and its name in answers.
    static func reference(
        _ name: StaticString, _ path: Path<Identifier?>, _ column: String, to table: String,
        shows: (name: StaticString, column: String),
        find: @escaping @Sendable (Identifier, RecordDraft<State>, Scope, Connection) throws -> Identifier
    ) -> RecordField {
        var field = reference(name, path, column, find: find)
        let own = field.shown
        field.shown = { own($0) + [ListColumn(shows.name, "\(column)_named.\(shows.column)")] }
        field.join = { "LEFT JOIN \(table) \(column)_named ON \(column)_named.id = \($0).\(column)" }
        field.filter = RecordFilter { query, _ in
            guard let id = query.value(name.description, FieldText.identifier) else { return nil }
            return { conditions in conditions.add("r.\(column) = \(conditions.bind(id))") }
        }
        return field
    }

    /// Short texts in one column, with semicolons between them. Lists are asked for one by its own parameter.
    static func texts(
        _ name: StaticString, _ path: Path<[String]>, _ column: String, count: ClosedRange<Int>,
        characters: ClosedRange<Int>, filter one: String
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)", .texts)] },
            bind: { $0[keyPath: path].isEmpty ? String?.none : $0[keyPath: path].joined(separator: ";") },
            load: { $2[keyPath: path] = $0.optionalText($1).map { $0.split(separator: ";").map(String.init) } ?? [] },
            audit: { .texts($0[keyPath: path]) },
            read: { body, reading in
                let change =
                    reading.isWhole
                    ? body.optionalStrings(name, count: count, characters: characters).map { .set($0) } ?? .keep
                    : body.changeStrings(name, count: count, characters: characters)
                if change.isKeep { return nil }
                let texts = change.applied(to: nil) ?? []
                checkTexts(texts, name, &body)
                return { draft, _, _ in draft.state[keyPath: path] = texts }
            },
            filter: RecordFilter { query, _ in
                guard let text = query.string(one, characters: characters) else { return nil }
                return { conditions in
                    let sought = conditions.bind(text)
                    conditions.add("instr(';' || r.\(column) || ';', ';' || \(sought) || ';') > 0")
                }
            })
    }

    /// None holds a semicolon: it stands between two of them in files and in the database.
    private static func checkTexts(_ texts: [String], _ name: StaticString, _ body: inout ObjectReader) {
        for (index, text) in texts.enumerated() {
            if text.contains(";") {
                body.report("/\(name)/\(index)", .malformed, zh: "不能含有分号", en: "a semicolon is not allowed")
            } else if texts[..<index].contains(text) {
                body.report("/\(name)/\(index)", .repeated)
            }
        }
    }

    /// A whole number that may be absent.
    static func integer(
        _ name: StaticString, _ path: Path<Int?>, _ column: String, in range: ClosedRange<Int>
    ) -> RecordField {
        RecordField(
            column: column, auditName: name, selected: [column],
            shown: { [ListColumn(name, "\($0).\(column)", .integer)] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = $0.optionalInt($1) },
            audit: { $0[keyPath: path].map(AuditValue.integer) ?? .null },
            read: { body, reading in
                let change =
                    reading.isWhole
                    ? body.optionalInteger(name, in: range).map { .set($0) } ?? .keep
                    : body.changeInteger(name, in: range)
                if change.isKeep { return nil }
                return { draft, _, _ in draft.state[keyPath: path] = change.applied(to: nil) }
            })
    }

    /// A phone number, sealed for its row.
    static func phone(_ name: StaticString, _ path: Path<SealedNumber?>, _ sealed: SealedColumn) -> RecordField {
        let mask = sealed.name + "_mask"
        return RecordField(
            column: mask, auditName: name, sealed: sealed, selected: [mask, sealed.name + "_hash"],
            shown: { [ListColumn(name, "\($0).\(mask)")] }, bind: { $0[keyPath: path]?.mask },
            load: { row, index, state in
                state[keyPath: path] =
                    row.isNull(index) ? nil : SealedNumber(hash: row.blob(index + 1), mask: row.text(index))
            }, audit: { .of($0[keyPath: path]) }, number: { $0[keyPath: path] },
            read: { body, reading in
                let keys = reading.keys
                let change: Change<String> =
                    reading.isWhole
                    ? (body.optionalValue(name, FieldText.phone) ?? nil).map { .set($0) } ?? .keep
                    : body.change(name, FieldText.changedPhone)
                if change.isKeep { return nil }
                let place = SealedPlace(sealed, reading.id)
                return { draft, _, _ in
                    draft.state[keyPath: path] = try change.applied(to: nil).map {
                        try StatedNumber.phone($0, keys).sealed(for: place, keys)
                    }
                }
            })
    }

    /// The day on which the record ended; null takes the end back. Lists are asked by `ended`.
    static func end(_ path: Path<CivilDate?>) -> RecordField {
        RecordField(
            column: "ended_on", auditName: "to", selected: ["ended_on"],
            shown: { [ListColumn("to", "\($0).ended_on")] }, bind: { $0[keyPath: path] },
            load: { $2[keyPath: path] = try $0.optionalDate($1) },
            audit: { .of($0[keyPath: path]?.description) },
            read: { body, reading in
                // Nothing is made ended.
                if reading.isWhole { return nil }
                let change = body.changeEnd(reading.codes.days, today: reading.today)
                if change.isKeep { return nil }
                reading.end = change.applied(to: nil)
                return { draft, _, _ in draft.state[keyPath: path] = change.applied(to: nil) }
            },
            filter: RecordFilter { query, _ in
                guard let ended = query.boolean("ended") else { return nil }
                return { conditions in
                    conditions.add(ended ? "r.ended_on IS NOT NULL" : "r.ended_on IS NULL")
                }
            })
    }
}
