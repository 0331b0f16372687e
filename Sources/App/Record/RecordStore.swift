// Writing declared records: a new one, and one that changes from a day on. Each leaves an audit event and a
// change row.

import Domain
import SQL
import Web

extension Record {
    /// - Parameter day: from which the state holds.
    func create(
        _ draft: RecordDraft<State>, from day: CivilDate, contentHash: [UInt8]?, _ transaction: Transaction
    ) throws {
        let numbers = fields.filter { $0.sealed != nil }
        let columns =
            ["id", "version"] + fields.map(\.column) + ["area_code"]
            + sealed.flatMap { [$0.name + "_sealed", $0.name + "_hash"] }
            + ["valid_from", "recorded_at", "created_at", "content_hash"]
        let now = transaction.now.milliseconds
        let values: [any Bindable] =
            [draft.id, 1] + fields.map { $0.bind(draft.state) } + [draft.place]
            + numbers.flatMap { field -> [any Bindable] in
                let number = field.number(draft.state)
                return [number?.sealed, number?.hash]
            } + [day, now, now, contentHash]
        let parameters = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        try transaction.connection.run(
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(parameters))", values: values)
        try transaction.audit("create", entity, draft.id, after: RecordAudit.whole(auditFields(draft.state)))
        try transaction.change(.create, entity, draft.id, version: 1, to: draft.place)
    }

    /// Makes a record what it should be from a day on.
    ///
    /// - Parameter place: of the state's division.
    /// - Returns: whether anything was different.
    @discardableResult
    func change(
        _ stored: Stored, to state: State, place: Int64, from day: CivilDate, _ transaction: Transaction
    ) throws -> Bool {
        guard state != stored.state || place != stored.areaCode else { return false }
        var validFrom = stored.validFrom
        var recordedAt = stored.recordedAt
        if state != stored.state {
            recordedAt = max(transaction.now.milliseconds, stored.recordedAt + 1)
            let isLate = try dated.file(
                [stored.id], from: day, recordedAt: recordedAt,
                changes: DatedTable.changes(facts(stored.state), facts(state)), transaction.connection)
            if !isLate { validFrom = day }
        }
        for field in fields {
            guard let sealed = field.sealed, field.number(state) != field.number(stored.state) else { continue }
            try transaction.keep(sealed, of: stored.id)
        }
        try update(stored.id, state, place, validFrom, recordedAt, transaction.connection)
        let (before, after) = RecordAudit.difference(auditFields(stored.state), auditFields(state))
        try transaction.audit("change", entity, stored.id, before: before, after: after)
        let isMove = place != stored.areaCode
        try transaction.change(
            hasEnded(stored.state, state) ? .end : isMove ? .move : .change, entity, stored.id,
            version: stored.version + 1, from: stored.areaCode, to: place)
        if isMove { try moved(stored.id, place, transaction) }
        return true
    }

    private func hasEnded(_ old: State, _ new: State) -> Bool {
        guard let end = fields.first(where: { $0.column == "ended_on" }) else { return false }
        return end.bind(old).sqlValue == .null && end.bind(new).sqlValue != .null
    }

    private func update(
        _ id: Identifier, _ state: State, _ place: Int64, _ validFrom: CivilDate, _ recordedAt: Int64,
        _ connection: Connection
    ) throws {
        var settings = ["version = version + 1"]
        var values: [any Bindable] = [id]
        func set(_ column: String, _ value: any Bindable, _ expression: (String) -> String = { $0 }) -> String {
            values.append(value)
            return "\(column) = \(expression("$\(values.count)"))"
        }
        for field in fields {
            settings.append(set(field.column, field.bind(state)))
            guard let sealed = field.sealed else { continue }
            let mask = "$\(values.count)"
            // A number that stays has no plain text here, so its seal stays too.
            settings.append(
                set(sealed.name + "_sealed", field.number(state)?.sealed) {
                    "CASE WHEN \(mask) IS NULL THEN NULL ELSE coalesce(\($0), \(sealed.name)_sealed) END"
                })
            settings.append(set(sealed.name + "_hash", field.number(state)?.hash))
        }
        settings += [set("area_code", place), set("valid_from", validFrom), set("recorded_at", recordedAt)]
        try connection.run(
            "UPDATE \(table) SET \(settings.joined(separator: ", ")) WHERE id = $1", values: values)
    }
}

// MARK: What the rest of the service asks

extension Record {
    /// The record as the service knows it.
    ///
    /// - Parameter isImported: it has files, and their imports can be undone.
    func kind(hangsOn: [Hanging] = [], isImported: Bool = false) -> RecordKind {
        RecordKind(
            entity: entity, table: table, hangsOn: hangsOn,
            json: { try $1.contains(table, $0, $2) ? json($0, $2) : nil },
            undo: isImported ? undoable : nil, nameForm: nameForm)
    }

    private var undoable: Undoable {
        Undoable(
            entity, dated, sealed: sealed,
            fields: { id, connection in try find(id, connection).map { auditFields($0.state) } },
            settle: { id, transaction in
                let connection = transaction.connection
                let places = try connection.first(
                    """
                    SELECT r.area_code, d.area_code FROM \(table) r JOIN division d ON d.id = r.division_id
                    WHERE r.id = $1
                    """, id
                ) { (own: $0.int64(0), home: $0.int64(1)) }
                guard let places, places.own != places.home else { return }
                try connection.run("UPDATE \(table) SET area_code = $2 WHERE id = $1", id, places.home)
                try moved(id, places.home, transaction)
            })
    }

    private var nameForm: NameForm? {
        let named = fields.filter { $0.mend != nil }
        guard !named.isEmpty else { return nil }
        return NameForm(
            texts: named.map { "SELECT id, \($0.column), 0 FROM \(table) WHERE \($0.column) IS NOT NULL" }
                .joined(separator: " UNION ALL "),
            mend: { id, transaction in
                guard let stored = try find(id, transaction.connection) else { return }
                var state = stored.state
                for field in named { field.mend?(&state) }
                try change(
                    stored, to: state, place: stored.areaCode, from: max(transaction.today, stored.validFrom),
                    transaction)
            })
    }
}
