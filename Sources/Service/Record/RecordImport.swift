// Files of declared records, one row each. A record is recognised by our id, by the partner's id, or by one of its own
// keys. Missing columns, masked numbers and empty end dates leave what is stored.

import Domain
import SQL
import Web

/// What a row says.
struct RecordRow<State: RecordState>: Sendable {
    /// Our id, if the file has it.
    let id: Identifier?
    let partnerId: String?
    let edits: [(field: String, edit: RecordEdit<State>)]
    /// Columns of numbers that are masks.
    let masked: [RecordColumn<State>]
}

enum RecordImport<State: RecordState>: RowKind {
    typealias Column = RecordColumn<State>

    /// A row that names no division keeps its record's, or gets that of the importing user.
    static var required: [Column] {
        State.record.fields.filter { $0.isRequired && !$0.isPlace }.compactMap(\.column)
    }

    static var texts: [Column] { State.record.texts }

    static func names(
        _ row: FileRow, _ header: FileHeader<Column>, _ register: Register, _ connection: Connection
    ) throws -> (stated: String, stored: String)? {
        let record = State.record
        guard let column = record.texts.first, let name = record.field(column.rawValue),
            let stated = header.cell(column, row)
        else { return nil }
        var known = try header.cell(.id, row).flatMap { Identifier($0) }.flatMap { try record.find($0, connection) }
        if known == nil {
            let today = register.clock.now.shanghaiDate
            let keys = record.knownBy.filter { !$0.contains("\(name.name)") }
            let cells = CellReader(header, register.codeLists, on: today)
            var said = RecordCells<State>(row: row, reader: cells, errors: RowErrors(header), keys: register.keys)
            let edits = record.fields.filter { field in keys.joined().contains("\(field.name)") }
                .compactMap { field in field.column.flatMap { field.readCell?($0, &said) } }
            guard said.errors.rows.isEmpty else { return nil }
            var draft = RecordDraft(id: Identifier(high: 0, low: 0), before: nil, state: State(), place: 0)
            try record.apply(edits, to: &draft, RecordContext(.everything, connection, today, nil))
            known = try record.find(draft, by: keys, connection)
        }
        guard let known, case .text(let stored)? = name.audit?(known.state) else { return nil }
        return (stated, stored)
    }

    static func read(
        _ row: FileRow, _ cells: inout CellReader<Column>, _ order: ImportOrder, _ register: Register,
        _ errors: inout RowErrors<Column>
    ) throws -> RecordRow<State>? {
        let id = cells.value(.id, row, &errors, FieldText.identifier)
        let partnerId = cells.text(.partnerId, row, 1...100, &errors)
        var said = RecordCells<State>(row: row, reader: cells, errors: errors, keys: register.keys)
        var edits: [(field: String, edit: RecordEdit<State>)] = []
        var masked: [Column] = []
        for field in State.record.filed {
            guard let column = field.column else { continue }
            if let edit = field.readCell?(column, &said) { edits.append((column.rawValue, edit)) }
            if field.sealed != nil && cells.isMasked(column, row) { masked.append(column) }
        }
        (cells, errors) = (said.reader, said.errors)
        return RecordRow(id: id, partnerId: partnerId, edits: edits, masked: masked)
    }

    static func apply(
        _ row: RecordRow<State>, _ context: RowContext<Column>, _ transaction: Transaction
    ) throws -> (result: RowResult, findings: [ReportRow]) {
        let record = State.record
        let connection = transaction.connection
        let asked = RecordContext(context.scope, transaction)
        let day = min(context.order.on, transaction.today)
        // By itself a row needs only what identifies its record.
        var said = RecordDraft(id: row.id ?? transaction.newId(), before: nil, state: State(), place: 0)
        let telling = row.edits.filter { record.telling.contains($0.field) }.map { $0.edit }
        try record.apply(telling, to: &said, asked)
        let partnerId = try PartnerEntity(record.entity).flatMap {
            try PartnerRowId(row.partnerId, $0, context.order, connection)
        }
        let stored =
            try partnerId?.ours(connection).flatMap { try record.find($0, connection) }
            ?? (row.id.flatMap { try record.find($0, connection) })
            ?? record.find(try atHome(said, context.scope, connection), by: record.knownBy, connection)
        if let stored {
            guard context.scope.contains(stored.areaCode) else { throw Problem(.conflictingContent) }
            let change = try record.tell(
                row.edits, of: stored, from: day, replacesLater: context.order.replacesLater, asked, transaction)
            try partnerId?.note(stored.id, connection)
            return (change.isChanged ? .changed : .unchanged, change.retold.map { context.toldLate($0) })
        }
        try record.apply(row.edits.map { $0.edit }, to: &said, asked)
        said = try atHome(said, context.scope, connection)
        try requireReadable(said.state, context)
        guard said.place != 0 else {
            throw context.refusal(record.home?.column, FieldError(.required))
        }
        try record.settle(&said, asked)
        let made = said
        try record.locating(made.state, context.scope, connection) {
            try record.create(made, from: day, contentHash: nil, transaction)
        }
        try partnerId?.note(made.id, connection)
        return (.created, row.masked.map { withoutNumber($0, context) })
    }

    /// The same, in the division of the importing user's range if the row names none.
    private static func atHome(
        _ draft: RecordDraft<State>, _ scope: Scope, _ connection: Connection
    ) throws -> RecordDraft<State> {
        guard draft.place == 0, let place = State.record.home else { return draft }
        let division = try connection.first(
            """
            SELECT id, area_code FROM division
            WHERE area_code = $1 AND area_last = $2 AND successor_id IS NULL AND ended_on IS NULL
            """, scope.first, scope.last
        ) { (id: try $0.identifier(0), areaCode: $0.int64(1)) }
        guard let division else { return draft }
        var draft = draft
        place.setPlace?(division.id, &draft.state)
        draft.place = division.areaCode
        return draft
    }

    private static func requireReadable(_ state: State, _ context: RowContext<Column>) throws {
        for column in State.record.texts {
            guard let field = State.record.field(column.rawValue), case .text(let name)? = field.audit?(state),
                let error = KnownText.unreadable(name, as: field.use)
            else { continue }
            throw context.refusal(column, error)
        }
    }

    private static func withoutNumber(_ column: Column, _ context: RowContext<Column>) -> ReportRow {
        ReportRow(
            line: context.line, column: context.header.name(column), .warning, .maskedNumber,
            zh: "号码是掩码，因此新登记的记录没有号码；请填写完整号码",
            en: "this is a masked number, so the new record has none; enter the full number")
    }
}

extension Record {
    /// The live record that a draft means, found by the first of some keys of which the draft has every field. A record
    /// that differs in an earlier key is another one.
    fileprivate func find(
        _ draft: RecordDraft<State>, by keys: [[String]], _ connection: Connection
    ) throws -> Stored? {
        var told: [[String]] = []
        for key in keys {
            guard let values = values(of: key, draft.state) else { continue }
            defer { told.append(key) }
            var found = try find(matching(key), values, connection).filter { !isEnded($0.state) }
            if found.isEmpty { found = try findDamaged(draft, by: key, connection) }
            guard found.count == 1 else { continue }
            let isOther = told.contains { other in
                guard let theirs = self.values(of: other, found[0].state),
                    let ours = self.values(of: other, draft.state)
                else { return false }
                return theirs.map { $0.sqlValue } != ours.map { $0.sqlValue }
            }
            return isOther ? nil : found[0]
        }
        return nil
    }

    /// The record whose name the draft may mean, if characters of the name were lost.
    private func findDamaged(
        _ draft: RecordDraft<State>, by key: [String], _ connection: Connection
    ) throws -> [Stored] {
        guard let name = key.compactMap({ field($0) }).first(where: { $0.form == .name }),
            case .text(let stated)? = name.audit?(draft.state), DamagedText.isDamaged(stated, as: name.use)
        else { return [] }
        let rest = key.filter { $0 != "\(name.name)" }
        guard !rest.isEmpty, let values = values(of: rest, draft.state) else { return [] }
        return try find(matching(rest), values, connection).filter { stored in
            guard !isEnded(stored.state), case .text(let known)? = name.audit?(stored.state) else { return false }
            return DamagedText.mayMean(stated, known)
        }
    }

    /// Leaves out those that have ended, if SQL can tell, because unique indexes leave them out too.
    func matching(_ key: [String]) -> String {
        let columns = key.compactMap { field($0)?.columns.first }
        return columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: " AND ") + living
    }

    /// Nil if one of them is missing.
    private func values(of key: [String], _ state: State) -> [any Bindable]? {
        let values = key.compactMap { field($0)?.bind(state).first }.filter { $0.sqlValue != .null }
        return values.count == key.count ? values : nil
    }
}
