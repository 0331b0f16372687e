// Writes declared records, new and changed ones. Each write leaves an audit event and a change row.

import Domain
import SQL
import Web

extension Record {
    /// Applies what a body or a row states; everything that is wrong with it is reported at once.
    package func apply(
        _ edits: [RecordEdit<State>], to draft: inout RecordDraft<State>, _ context: RecordContext
    ) throws {
        var wrong = WrongFields()
        for edit in edits { try wrong.gather { try edit(&draft, context) } }
        try wrong.finish()
    }

    /// Runs a write, and turns a violated constraint into the record's problem for it.
    package func locating<Result>(
        _ state: State, _ scope: Scope, _ connection: Connection, _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch {
            throw try problem(error, state, scope, connection) ?? error
        }
    }

    /// - Parameters:
    ///   - day: from which the state holds.
    ///   - contentHash: of the body that creates it; nil for a row of a file.
    package func create(
        _ draft: RecordDraft<State>, from day: CivilDate, contentHash: [UInt8]?, _ transaction: Transaction
    ) throws {
        let now = transaction.now.milliseconds
        let own: [String: any Bindable] = [
            "id": draft.id, "version": 1, "area_code": draft.place, "valid_from": day, "recorded_at": now,
            "created_at": now, "content_hash": contentHash,
        ]
        let values =
            ownColumns.map { own[$0] ?? Int?.none }
            + fields.flatMap { field in field.bind(draft.state) + seal(field, draft.state) }
        try transaction.connection.run(insertSQL, values: values)
        for field in fields { try field.part?.write(draft.id, nil, draft.state, transaction) }
        try transaction.audit("create", entity, draft.id, after: RecordAudit.whole(auditFields(draft.state)))
        try transaction.change(.create, entity, draft.id, version: 1, to: draft.place)
    }

    private func seal(_ field: RecordField<State>, _ state: State) -> [any Bindable] {
        guard field.sealed != nil else { return [] }
        let number = field.number(state)
        return [number?.sealed, number?.hash]
    }

    /// Changes a record by what a body or a row states of it. What is told of days before its present state holds
    /// until the next thing that is known.
    ///
    /// - Parameter replacesLater: whether what is known of later days is wiped.
    /// - Returns: whether anything was different, and what was told late.
    func tell(
        _ edits: [StatedEdit], of stored: Stored, from day: CivilDate, replacesLater: Bool, _ context: RecordContext,
        _ transaction: Transaction
    ) throws -> (isChanged: Bool, retold: [RetoldSpan]) {
        var draft = RecordDraft(id: stored.id, before: stored.state, state: stored.state, place: stored.areaCode)
        try apply(edits.map(\.edit), to: &draft, context)
        var telling: LateTelling?
        let end = toldEnd(from: stored.state, to: draft.state, from: day)
        if history == .dated, day < stored.validFrom || end != nil {
            let facts = edits.compactMap { field($0.field) }.filter { !$0.columns.isEmpty && !$0.isFixed }
            let late = try LateTelling(
                facts.map { $0.told(draft.state) }, of: [stored.id], in: dated, from: day,
                end: end, replacesLater: replacesLater, transaction.connection)
            let past = Set(facts.map { "\($0.name)" }).subtracting(late.holdingNow)
            draft = RecordDraft(id: stored.id, before: stored.state, state: stored.state, place: stored.areaCode)
            try apply(edits.filter { !past.contains($0.field) }.map(\.edit), to: &draft, context)
            telling = late
        }
        try settle(&draft, context)
        let isChanged = try locating(draft.state, context.scope, transaction.connection) {
            try change(stored, to: draft.state, place: draft.place, from: day, telling: telling, transaction)
        }
        return (isChanged, telling?.retold ?? [])
    }

    /// What is told of the end of a record; nil where that is nothing, or holds from the day of the message on.
    private func toldEnd(from old: State, to new: State, from day: CivilDate) -> ToldEnd? {
        guard let field = fields.first(where: { $0.endedOn != nil }), let endedOn = field.endedOn else { return nil }
        return .told(field.name, formerly: endedOn(old), endedOn(new), from: day)
    }

    /// Gives a record a new state from a day on. One that was withdrawn stays as it is.
    ///
    /// - Parameters:
    ///   - place: of the state's division.
    ///   - telling: what is told of earlier days; without it the new state holds on all days from then on.
    ///   - takesBack: whether what had withdrawn it is itself taken back.
    /// - Returns: whether anything was different.
    @discardableResult
    package func change(
        _ stored: Stored, to state: State, place: Int64, from day: CivilDate, telling: LateTelling? = nil,
        takesBack: Bool = false, _ transaction: Transaction
    ) throws -> Bool {
        guard state != stored.state || place != stored.areaCode || telling?.isDifferent == true else { return false }
        if !takesBack && state != stored.state && fields.contains(where: { $0.isWithdrawn?(stored.state) == true }) {
            throw Problem(.recordWithdrawn)
        }
        var values: [any Bindable] = [stored.id, place]
        var recordedAt: Int64?
        if history != .audited {
            let filed = try file(stored, state, from: day, telling, transaction)
            values += [filed.validFrom, filed.recordedAt] as [any Bindable]
            recordedAt = max(transaction.now.milliseconds, filed.recordedAt)
        }
        for field in fields where !field.isFixed { values += field.bind(state) + seal(field, state) }
        try transaction.connection.run(updateSQL, values: values)
        for field in fields { try field.part?.write(stored.id, stored.state, state, transaction) }
        let isEnding = isEnded(state) && !isEnded(stored.state)
        let (before, after) = RecordAudit.difference(auditFields(stored.state), auditFields(state))
        try transaction.audit(
            isEnding ? "end" : "change", entity, stored.id, before: before,
            after: RetoldSpan.appending(telling?.retold ?? [], to: after))
        let isMove = place != stored.areaCode
        try transaction.change(
            isEnding ? .end : isMove ? .move : .change, entity, stored.id, version: stored.version + 1,
            from: stored.areaCode, to: place, recordedAt: recordedAt)
        if isMove { try moved(stored.id, place, transaction) }
        return true
    }

    /// Moves the old row to the history, and keeps the sealed numbers that it loses.
    ///
    /// - Returns: from when its new facts hold, and when they were recorded.
    private func file(
        _ stored: Stored, _ state: State, from day: CivilDate, _ telling: LateTelling?, _ transaction: Transaction
    ) throws -> (validFrom: CivilDate, recordedAt: Int64) {
        guard state != stored.state || telling?.isDifferent == true else {
            return (stored.validFrom, stored.recordedAt)
        }
        let recordedAt = max(transaction.now.milliseconds, stored.recordedAt + 1)
        // A correction applies to all days of the record.
        let day = history == .corrected ? stored.validFrom : day
        var isLate = telling != nil
        if let telling {
            try telling.write(recordedAt: recordedAt, transaction.connection)
        } else {
            isLate = try dated.file(
                [stored.id], from: day, recordedAt: recordedAt,
                changes: DatedTable.changes(facts(stored.state), facts(state)), transaction.connection)
        }
        for field in fields {
            guard let sealed = field.sealed, field.number(state) != field.number(stored.state) else { continue }
            try transaction.keep(sealed, of: stored.id)
        }
        return (telling?.validFrom ?? (isLate ? stored.validFrom : day), recordedAt)
    }

    package func isEnded(_ state: State) -> Bool { fields.contains { $0.isEnded?(state) == true } }
}

// MARK: What the rest of the service asks

extension Record {
    /// The kind of record as the service knows it.
    ///
    /// - Parameters:
    ///   - hasLevel: its rows have the level of their division.
    ///   - isImported: it has files, or imports change it, and these can be undone.
    ///   - audience: who is shown its changes.
    package func kind(
        hangsOn: [Hanging] = [], hasLevel: Bool = false, isImported: Bool = false,
        audience: RecordAudience = .ofPlace
    ) -> RecordKind {
        RecordKind(
            entity: entity, table: table, hasLevel: hasLevel, audience: audience, hangsOn: hangsOn,
            json: { id, reader, connection in
                _ = try rows.version(of: id, reader.scope, connection)
                return try json(id, on: reader.today, connection)
            },
            undo: isImported ? undoable : nil, facts: facts, nameForm: nameForm)
    }

    private var undoable: Undoable {
        precondition(history != .audited, "\(table) has files and no history to take them back from")
        return Undoable(
            entity, dated, sealed: sealed, label: fields.first { $0.form == .name }?.columns.first ?? "id",
            fields: { id, connection in try find(id, connection).map { auditFields($0.state) } },
            settle: { id, transaction in
                guard let home = home?.columns.first else { return }
                let connection = transaction.connection
                let places = try connection.first(
                    """
                    SELECT r.area_code, d.area_code FROM \(table) r JOIN division d ON d.id = r.\(home)
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
            texts: named.flatMap(\.columns).map { "SELECT id, \($0), 0 FROM \(table) WHERE \($0) IS NOT NULL" }
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
