// The kinds of fields that hold values: texts, codes, days, numbers.

import Domain
import SQL
import Web

extension RecordField {
    /// A required value.
    ///
    /// - Parameter standard: for a new record whose body does not state it; nil if it must.
    package static func required<Value>(
        _ name: StaticString, _ path: Path<Value>, _ column: String, _ shape: RecordShape<Value>,
        else standard: (@Sendable (RecordReading) -> Value)? = nil
    ) -> RecordField {
        var field = value(name, column, shape)
        field.isRequired = standard == nil
        field.shownSchemas = [RecordMember(name: "\(name)", schema: shape.schema, isAlways: true)]
        field.statedSchemas = [RecordMember(name: "\(name)", schema: shape.schema, isAlways: standard == nil)]
        field.bind = { [shape.bind($0[keyPath: path])] }
        field.load = { row, index, state in state[keyPath: path] = try shape.load(row, index) }
        field.audit = { shape.audit($0[keyPath: path]) }
        field.read = { body, reading in
            if !reading.isWhole {
                guard case .set(let value) = shape.change(&body, name, false, reading) else { return nil }
                return { draft, _ in draft.state[keyPath: path] = value }
            }
            let value = shape.whole(&body, name, reading) ?? standard?(reading)
            guard let value else {
                if body.isSound("\(name)") { body.report("\(name)", .required) }
                return nil
            }
            return { draft, _ in draft.state[keyPath: path] = value }
        }
        field.readCell = { column, cells in
            guard let value = cells.value(column, shape.cell) else {
                if standard == nil { cells.requireCell(column) }
                return nil
            }
            return { draft, _ in
                if draft.before == nil || !shape.isWorse(value, draft.state[keyPath: path]) {
                    draft.state[keyPath: path] = value
                }
            }
        }
        if let mend = shape.mend { field.mend = { $0[keyPath: path] = mend($0[keyPath: path]) } }
        return field
    }

    /// A value that may be absent. In a file that has the column, an empty cell removes it.
    package static func optional<Value>(
        _ name: StaticString, _ path: Path<Value?>, _ column: String, _ shape: RecordShape<Value>
    ) -> RecordField {
        var field = value(name, column, shape)
        field.bind = { [$0[keyPath: path].map(shape.bind) ?? String?.none] }
        field.load = { row, index, state in
            state[keyPath: path] = row.isNull(index) ? nil : try shape.load(row, index)
        }
        field.audit = { $0[keyPath: path].map(shape.audit) ?? .null }
        field.read = { body, reading in
            let change =
                reading.isWhole
                ? shape.whole(&body, name, reading).map { .set($0) } ?? .keep : shape.change(&body, name, true, reading)
            if change.isKeep { return nil }
            return { draft, _ in draft.state[keyPath: path] = change.applied(to: nil) }
        }
        field.readCell = { column, cells in
            guard cells.has(column) else { return nil }
            let value = cells.value(column, shape.cell)
            return { draft, _ in
                if draft.before == nil || !shape.isWorse(value, draft.state[keyPath: path]) {
                    draft.state[keyPath: path] = value
                }
            }
        }
        if let mend = shape.mend { field.mend = { $0[keyPath: path] = $0[keyPath: path].map(mend) } }
        return field
    }

    private static func value<Value>(
        _ name: StaticString, _ column: String, _ shape: RecordShape<Value>
    ) -> RecordField {
        var field = RecordField(name: name)
        field.columns = [column]
        field.selected = [column]
        field.shown = { [ListColumn(name, "\($0.facts).\(column)", shape.list)] }
        field.shownSchemas = [RecordMember(name: "\(name)", schema: shape.schema)]
        field.statedSchemas = field.shownSchemas
        field.form = shape.form
        field.use = shape.use
        if case .code(let list, _) = shape.cell { field.codeList = list }
        if case .day = shape.cell { field.isDay = true }
        return field
    }

    // MARK: Texts

    /// A required name. `q` searches for a part of it.
    package static func name(
        _ name: StaticString, _ path: Path<String>, _ column: String, _ characters: ClosedRange<Int>,
        as use: DamagedText.Use = .name
    ) -> RecordField {
        required(name, path, column, .name(characters, as: use)).filtered(
            RecordFilter(name: "q", schema: .text(1...30)) { query, _, _ in
                guard let part = query.name("q", characters: 1...30) else { return nil }
                return { conditions in conditions.add("instr(r.\(column), \(conditions.bind(part))) > 0") }
            })
    }

    /// A required code, by which lists can be filtered.
    package static func code(
        _ name: StaticString, _ path: Path<String>, _ column: String, _ list: CodeListKey
    ) -> RecordField {
        required(name, path, column, .code(list)).filtered(
            RecordFilter(name: "\(name)", schema: .code(list)) { query, codes, _ in
                guard let code = query.code("\(name)", list, codes) else { return nil }
                return { conditions in conditions.add("r.\(column) = \(conditions.bind(code))") }
            })
    }

    /// The state that the record has reached, one of a few words. Lists can be filtered by it.
    package static func state<Word: RawRepresentable<String> & CaseIterable & Equatable & Sendable>(
        _ name: StaticString, _ path: Path<Word>, _ column: String, else standard: Word
    ) -> RecordField {
        required(name, path, column, .word, else: { _ in standard }).filtered(
            RecordFilter(name: "\(name)", schema: .words(Word.allCases.map(\.rawValue))) { query, _, _ in
                guard let word: Word = query.value("\(name)", FieldText.word) else { return nil }
                return { conditions in conditions.add("r.\(column) = \(conditions.bind(word.rawValue))") }
            })
    }

    /// Short texts in one column, separated by semicolons. Lists can be filtered by one of them.
    package static func texts(
        _ name: StaticString, _ path: Path<[String]>, _ column: String, count: ClosedRange<Int>,
        characters: ClosedRange<Int>
    ) -> RecordField {
        var field = RecordField(name: name)
        field.columns = [column]
        field.selected = [column]
        field.shown = { [ListColumn(name, "\($0.facts).\(column)", .texts)] }
        let schema = RecordSchema.texts(count: count, characters: characters)
        field.shownSchemas = [RecordMember(name: "\(name)", schema: schema)]
        field.statedSchemas = field.shownSchemas
        field.bind = { [$0[keyPath: path].isEmpty ? String?.none : $0[keyPath: path].joined(separator: ";")] }
        field.load = { row, index, state in
            state[keyPath: path] = row.optionalText(index).map { $0.split(separator: ";").map(String.init) } ?? []
        }
        field.audit = { .texts($0[keyPath: path]) }
        field.read = { body, reading in
            let change = statedTexts(&body, name, reading.isWhole, count, characters)
            if change.isKeep { return nil }
            let texts = change.applied(to: nil) ?? []
            checkTexts(texts, name, &body)
            return { draft, _ in draft.state[keyPath: path] = texts }
        }
        field.readCell = { column, cells in
            guard cells.has(column) else { return nil }
            let texts = CellText.parts(cells.text(column, 1...10_000) ?? "")
            return { draft, _ in draft.state[keyPath: path] = texts }
        }
        return field.filtered(
            RecordFilter(name: "\(name)", schema: .text(characters)) { query, _, _ in
                guard let text = query.string("\(name)", characters: characters) else { return nil }
                return { conditions in
                    let sought = conditions.bind(text)
                    conditions.add("instr(';' || r.\(column) || ';', ';' || \(sought) || ';') > 0")
                }
            })
    }

    static func statedTexts(
        _ body: inout ObjectReader, _ name: StaticString, _ isWhole: Bool, _ count: ClosedRange<Int>,
        _ characters: ClosedRange<Int>
    ) -> Change<[String]> {
        isWhole
            ? body.optionalStrings(name, count: count, characters: characters).map { .set($0) } ?? .keep
            : body.changeStrings(name, count: count, characters: characters)
    }

    /// None may contain a semicolon, because it separates them in files and in the database.
    private static func checkTexts(_ texts: [String], _ name: StaticString, _ body: inout ObjectReader) {
        for (index, text) in texts.enumerated() {
            if text.contains(";") {
                body.report("/\(name)/\(index)", .malformed, zh: "不能含有分号", en: "a semicolon is not allowed")
            } else if texts[..<index].contains(text) {
                body.report("/\(name)/\(index)", .repeated)
            }
        }
    }

    /// Texts in the rows of another table, in their order; in the single form, and replaced as a whole.
    ///
    /// - Parameters:
    ///   - table: with the columns `position`, `text` and the one that identifies the record.
    ///   - key: that column.
    package static func lines(
        _ name: StaticString, _ path: Path<[String]>, table: String, key: String, count: ClosedRange<Int>,
        characters: ClosedRange<Int>
    ) -> RecordField {
        let rows = "SELECT text FROM \(table) WHERE \(key) = $1 ORDER BY position"
        var field = RecordField(name: name)
        let schema = RecordSchema.texts(count: count, characters: characters)
        field.shownSchemas = [RecordMember(name: "\(name)", schema: schema)]
        field.statedSchemas = field.shownSchemas
        field.audit = { .texts($0[keyPath: path]) }
        field.read = { body, reading in
            let change = statedTexts(&body, name, reading.isWhole, count, characters)
            if change.isKeep { return nil }
            return { draft, _ in draft.state[keyPath: path] = change.applied(to: nil) ?? [] }
        }
        field.part = RecordPart(
            load: { id, state, connection in state[keyPath: path] = try connection.query(rows, id) { $0.text(0) } },
            write: { id, old, new, transaction in
                let connection = transaction.connection
                guard new[keyPath: path] != old?[keyPath: path] ?? [] else { return }
                try connection.run("DELETE FROM \(table) WHERE \(key) = $1", id)
                for (position, text) in new[keyPath: path].enumerated() {
                    try connection.run(
                        "INSERT INTO \(table) (\(key), position, text) VALUES ($1, $2, $3)", id, position, text)
                }
            },
            show: { id, json, connection in
                json.key(name)
                json.beginArray()
                try connection.forEach(rows, id) { json.string(utf8: $0.utf8(0)) }
                json.endArray()
            })
        return field
    }

    // MARK: Numbers and days

    /// The day to which the record refers, by default today; its codes must hold then. It never changes.
    package static func factDay(_ name: StaticString, _ path: Path<CivilDate>, _ column: String) -> RecordField {
        var field = required(name, path, column, .pastDay, else: { $0.today }).stated(.atCreation)
        field.read = { body, reading in
            let day = RecordShape.pastDay.whole(&body, name, reading) ?? reading.today
            reading.days = FactDays(since: day, today: reading.today)
            return { draft, _ in draft.state[keyPath: path] = day }
        }
        return field
    }

    /// `withdrawn` in a patch takes the record back for good, because it was entered in error; other fields show that.
    package static func takingBack(
        where isWithdrawn: @escaping @Sendable (State) -> Bool, _ takeBack: @escaping @Sendable (inout State) -> Void
    ) -> RecordField {
        var field = RecordField(name: "withdrawn").stated(.byChange)
        field.statedSchemas = [RecordMember(name: "withdrawn", schema: .boolean)]
        field.isWithdrawn = isWithdrawn
        field.read = { body, _ in
            guard body.optionalBoolean("withdrawn") == true else { return nil }
            return { draft, _ in if !isWithdrawn(draft.state) { takeBack(&draft.state) } }
        }
        return field
    }

    /// A word with which a change is asked for that would be refused without it: `true` in a patch or a row. It is read
    /// by `settle`, which takes it out of the state, and is stored nowhere.
    package static func word(_ name: StaticString, _ path: Path<Bool>) -> RecordField {
        var field = RecordField(name: name).stated(.byChange)
        field.statedSchemas = [RecordMember(name: "\(name)", schema: .boolean)]
        field.isExported = false
        field.read = { body, _ in
            guard body.optionalBoolean(name) == true else { return nil }
            return { draft, _ in draft.state[keyPath: path] = true }
        }
        field.readCell = { column, cells in
            guard cells.value(column, RecordShape.flag.cell) == true else { return nil }
            return { draft, _ in draft.state[keyPath: path] = true }
        }
        return field
    }

    /// A value that follows from the row and the day for which it is shown.
    package static func computed(
        _ name: StaticString, _ schema: RecordSchema, isAlways: Bool = false,
        _ column: @escaping @Sendable (RecordView) -> ListColumn
    ) -> RecordField {
        var field = RecordField(name: name).stated(.never)
        field.shown = { [column($0)] }
        field.shownSchemas = [RecordMember(name: "\(name)", schema: schema, isAlways: isAlways)]
        return field
    }

    /// Whether it was entered in error: `withdrawn` in a patch, `state` in answers. Lists contain only valid records,
    /// unless a state is asked for.
    ///
    /// - Parameters:
    ///   - column: contains `withdrawn`, or the word for valid records.
    ///   - valid: that word.
    package static func withdrawal(_ path: Path<Bool>, _ column: String, valid: String) -> RecordField {
        let words = RecordSchema.words([valid, "withdrawn"])
        var field = required("withdrawn", path, column, .flag, else: { _ in false }).stated(.byChange)
        field.bind = { [$0[keyPath: path] ? "withdrawn" : valid] }
        field.load = { row, index, state in state[keyPath: path] = row.text(index) == "withdrawn" }
        field.shown = { [ListColumn("state", "\($0.facts).\(column)")] }
        field.shownSchemas = [RecordMember(name: "state", schema: words, isAlways: true)]
        return field.ending { $0[keyPath: path] }.filtered(
            RecordFilter(name: "state", schema: words) { query, _, _ in
                let state = query.value("state") { text throws(FieldError) in
                    guard [valid, "withdrawn"].contains(text) else { throw .notOneOf([valid, "withdrawn"]) }
                    return text
                }
                return { conditions in conditions.add("r.\(column) = \(conditions.bind(state ?? valid))") }
            })
    }

    /// A phone number, sealed for its row.
    package static func phone(_ name: StaticString, _ path: Path<SealedNumber?>, _ sealed: SealedColumn) -> RecordField
    {
        let mask = sealed.name + "_mask"
        var field = RecordField(name: name)
        field.columns = [mask]
        field.selected = [mask, sealed.name + "_hash"]
        field.sealed = sealed
        field.shown = { [ListColumn(name, "\($0.facts).\(mask)")] }
        field.shownSchemas = [RecordMember(name: "\(name)", schema: .maskedPhone)]
        field.statedSchemas = [RecordMember(name: "\(name)", schema: .phone)]
        field.bind = { [$0[keyPath: path]?.mask] }
        field.load = { row, index, state in
            state[keyPath: path] =
                row.isNull(index) ? nil : SealedNumber(hash: row.blob(index + 1), mask: row.text(index))
        }
        field.audit = { .of($0[keyPath: path]) }
        field.number = { $0[keyPath: path] }
        field.read = { body, reading in
            let keys = reading.keys
            let change: Change<String> =
                reading.isWhole
                ? (body.optionalValue(name, FieldText.phone) ?? nil).map { .set($0) } ?? .keep
                : body.change(name, FieldText.changedPhone)
            if change.isKeep { return nil }
            return { draft, _ in
                let place = SealedPlace(sealed, draft.id)
                draft.state[keyPath: path] = try change.applied(to: nil).map {
                    try StatedNumber.phone($0, keys).sealed(for: place, keys)
                }
            }
        }
        field.readCell = { column, cells in
            guard let number = cells.phone(column) else { return nil }
            let keys = cells.keys
            return { draft, _ in
                guard number.hash != draft.state[keyPath: path]?.hash else { return }
                draft.state[keyPath: path] = try number.sealed(for: SealedPlace(sealed, draft.id), keys)
            }
        }
        return field
    }

    /// The day on which the record ended; null reverses the end. Lists can be filtered by `ended`.
    package static func end(_ path: Path<CivilDate?>) -> RecordField {
        var field = optional("to", path, "ended_on", .pastDay).stated(.byChange)
        field.read = { body, reading in
            let change = RecordShape.pastDay.change(&body, "to", true, reading)
            if change.isKeep { return nil }
            reading.end = change.applied(to: nil)
            return { draft, _ in draft.state[keyPath: path] = change.applied(to: nil) }
        }
        field.readCell = { column, cells in
            guard let day = cells.value(column, RecordShape.pastDay.cell) else { return nil }
            return { draft, _ in draft.state[keyPath: path] = day }
        }
        field.isEnded = { $0[keyPath: path] != nil }
        field.endedOn = { $0[keyPath: path] }
        field.living = "ended_on IS NULL"
        return field.filtered(
            RecordFilter(name: "ended", schema: .boolean) { query, _, _ in
                guard let ended = query.boolean("ended") else { return nil }
                return { conditions in conditions.add(ended ? "r.ended_on IS NOT NULL" : "r.ended_on IS NULL") }
            })
    }
}
