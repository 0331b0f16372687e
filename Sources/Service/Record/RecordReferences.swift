// The kinds of fields that refer to something else: a division, a household, another record, the user who did
// something.

import Domain
import SQL
import Web

extension RecordField {
    /// The division to which the record belongs, of any level: its place. Lists can be filtered by `areaCode`.
    ///
    /// - Parameter level: the column with the division's level, needed because a town and its first village may share a
    ///   place.
    package static func area(_ path: Path<Identifier>, level: Path<DivisionLevel>? = nil) -> RecordField {
        var field = place("areaCode", path, "division_id") { code, context in
            try DivisionPlacing.division(code, "/areaCode", context.scope, context.connection)
        }
        field.shown = { _ in [ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name")] }
        field.shownSchemas = .names(["areaName"], after: field.statedSchemas)
        field.join = { "JOIN division d ON d.id = \($0).division_id" }
        guard let level else { return field }
        let (bind, load, said) = (field.bind, field.load, field.read)
        field.columns.append("level")
        field.selected.append("level")
        field.bind = { bind($0) + [$0[keyPath: level].rawValue] }
        field.load = { row, index, state in
            try load(row, index, &state)
            guard let known = DivisionLevel(rawValue: row.int(index + 1)) else { throw DamagedRow(column: index + 1) }
            state[keyPath: level] = known
        }
        field.read = { body, reading in
            guard let edit = said(&body, &reading) else { return nil }
            return { draft, context in
                try edit(&draft, context)
                let division = try DivisionStore.find(draft.state[keyPath: path], context.connection)
                draft.state[keyPath: level] = division?.level ?? .village
            }
        }
        return field
    }

    /// The village to which the record belongs: its place.
    package static func village(_ path: Path<Identifier>) -> RecordField {
        var field = place("villageCode", path, "village_id") { code, context in
            try DivisionPlacing.village(code, context.scope, context.connection)
        }
        field.shown = { _ in
            [
                ListColumn("villageCode", "v.code", .areaCode), ListColumn("villageName", "v.name"),
                ListColumn("townName", "vt.name"),
            ]
        }
        field.shownSchemas = .names(["villageName", "townName"], after: field.statedSchemas)
        field.join = { "JOIN division v ON v.id = \($0).village_id JOIN division vt ON vt.id = v.parent_id" }
        return field
    }

    private static func place(
        _ name: StaticString, _ path: Path<Identifier>, _ column: String,
        _ find: @escaping @Sendable (AreaCode, RecordContext) throws -> Division
    ) -> RecordField {
        var field = RecordField(name: name)
        field.isRequired = true
        field.auditName = "divisionId"
        field.setPlace = { $1[keyPath: path] = $0 }
        field.columns = [column]
        field.selected = [column]
        field.statedSchemas = [RecordMember(name: "\(name)", schema: .areaCode, isAlways: true)]
        field.bind = { [$0[keyPath: path]] }
        field.load = { row, index, state in state[keyPath: path] = try row.identifier(index) }
        field.audit = { .text($0[keyPath: path].description) }
        @Sendable func edit(_ code: AreaCode) -> RecordEdit<State> {
            { draft, context in
                let division = try find(code, context)
                draft.state[keyPath: path] = division.id
                draft.place = division.areaCode
            }
        }
        field.read = { body, reading in
            if reading.isWhole { return edit(body.value(name, placeholder: FieldText.anyArea, FieldText.areaCode)) }
            guard case .set(let code) = body.change(name, clearable: false, FieldText.areaCode) else { return nil }
            return edit(code)
        }
        field.readCell = { column, cells in
            cells.value(column, RecordShape<AreaCode>.Cell.own(FieldText.areaCode)).map(edit)
        }
        return field
    }

    /// An optional reference to another record. Lists can be filtered by it.
    ///
    /// - Parameters:
    ///   - table: the other table.
    ///   - shows: a column of the other table that is shown beside the id, and its name in answers.
    ///   - find: checks a newly named record by the rules.
    package static func reference(
        _ name: StaticString, _ path: Path<Identifier?>, _ column: String, to table: String? = nil,
        shows: (name: StaticString, column: String)? = nil,
        find: @escaping @Sendable (Identifier, RecordDraft<State>, RecordContext) throws -> Identifier
    ) -> RecordField {
        var field = RecordField(name: name)
        field.columns = [column]
        field.selected = [column]
        field.shown = { view in
            [ListColumn(name, "\(view.facts).\(column)", .identifier)]
                + (shows.map { [ListColumn($0.name, "\(column)_named.\($0.column)")] } ?? [])
        }
        field.statedSchemas = [RecordMember(name: "\(name)", schema: .id)]
        field.shownSchemas =
            field.statedSchemas + (shows.map { [RecordMember(name: "\($0.name)", schema: .text(1...100))] } ?? [])
        if let table, shows != nil {
            field.join = { "LEFT JOIN \(table) \(column)_named ON \(column)_named.id = \($0).\(column)" }
        }
        field.bind = { [$0[keyPath: path]] }
        field.load = { row, index, state in state[keyPath: path] = row.optionalIdentifier(index) }
        field.audit = { .of($0[keyPath: path]?.description) }
        @Sendable func edit(_ other: Identifier?) -> RecordEdit<State> {
            { draft, context in
                guard other != draft.state[keyPath: path] else { return }
                draft.state[keyPath: path] = try other.map { try find($0, draft, context) }
            }
        }
        field.read = { body, reading in
            let change =
                reading.isWhole
                ? body.optionalValue(name, FieldText.identifier).map { .set($0) } ?? .keep
                : body.change(name, FieldText.identifier)
            return change.isKeep ? nil : edit(change.applied(to: nil))
        }
        field.readCell = { column, cells in
            guard cells.has(column) else { return nil }
            return edit(cells.value(column, RecordShape<Identifier>.Cell.own(FieldText.identifier)))
        }
        return field.filtered(
            RecordFilter(name: "\(name)", schema: .id) { query, _, _ in
                guard let id = query.value("\(name)", FieldText.identifier) else { return nil }
                return { conditions in conditions.add("r.\(column) = \(conditions.bind(id))") }
            })
    }

    /// The record of the same kind above this one; an export writes it before those below it.
    package static func parent(
        _ name: StaticString, _ path: Path<Identifier?>, _ column: String, to table: String,
        shows: (name: StaticString, column: String),
        find: @escaping @Sendable (Identifier, RecordDraft<State>, RecordContext) throws -> Identifier
    ) -> RecordField {
        var field = reference(name, path, column, to: table, shows: shows, find: find)
        field.isParent = true
        return field
    }

    /// The user who made the record.
    package static func recordedBy(_ path: Path<Identifier?>) -> RecordField {
        var field = actor("recordedBy", path, "recorded_by").stated(.atCreation)
        field.read = { _, _ in { draft, context in draft.state[keyPath: path] = context.userId } }
        return field
    }

    /// A user who did something, set by other fields and rules.
    package static func actor(_ name: StaticString, _ path: Path<Identifier?>, _ column: String) -> RecordField {
        var field = RecordField(name: name).stated(.never)
        field.columns = [column]
        field.selected = [column]
        field.shown = { ListColumn.actor("\(name)", id: "\($0.facts).\(column)", name: "\(column)_user.name") }
        field.shownSchemas = [RecordMember(name: "\(name)", schema: .actor)]
        field.join = { "LEFT JOIN user_account \(column)_user ON \(column)_user.id = \($0).\(column)" }
        field.bind = { [$0[keyPath: path]] }
        field.load = { row, index, state in state[keyPath: path] = row.optionalIdentifier(index) }
        return field
    }
}

extension [RecordMember] {
    /// Names that are shown beside a place.
    package static func names(_ names: [String], after places: [RecordMember]) -> [RecordMember] {
        places + names.map { RecordMember(name: $0, schema: .text(1...60), isAlways: true) }
    }
}
