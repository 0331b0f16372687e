// What may be written of a cadre: making a new one, changes from a day on, and keeping in the row what holds today.
// The database's own constraints are the last word; their names become problems in HelperProblems.

import Domain
import SQL
import Service
import Web

/// A cadre about to be written: checked, numbers sealed, places found.
package struct NewCadre {
    package let id: Identifier
    package let state: CadreState
    package let facts: CadreFacts
    /// The place of their organization's home.
    package let home: Int64
    /// From which day the plain facts hold.
    package let day: CivilDate
    package let contentHash: [UInt8]?
    /// The live division that they are linked to, where it was read already.
    package var link: Division?
}

package enum CadreStore {
    /// - Parameter isTurned: whether the caller has turned the day.
    package static func create(_ cadre: NewCadre, isTurned: Bool = false, _ transaction: Transaction) throws {
        if !isTurned { try CadreDay.turn(transaction) }
        let kept = try kept(of: cadre, transaction)
        try CadreTable.insert(
            cadre.id, cadre.state, kept, from: cadre.day, contentHash: cadre.contentHash, transaction)
        try cadre.facts.insert(cadre.id, recordedAt: transaction.now.milliseconds, transaction.connection)
        try CadreCapacity.create(cadre, transaction)
        try transaction.audit(
            "create", .cadre, cadre.id, after: RecordAudit.whole(CadreTable.auditFields(cadre.state, kept)))
        try transaction.change(.create, .cadre, cadre.id, version: 1, to: kept.areaCode)
        try transaction.publish(CadreWritten(occurrence: .changed, id: cadre.id))
    }

    /// Makes a cadre what the body says: plain facts from a day on, dated facts on days of their own.
    ///
    /// - Parameters:
    ///   - stored: read after the day was turned, which may change the cadre.
    ///   - home: the place of the organization in the new state.
    ///   - scope: where the cadre must still be seen afterwards.
    ///   - stated: the names of the plain facts that are told; nil for those that differ.
    ///   - replacesLater: whether what is known of later days is wiped.
    /// - Returns: whether anything was different, and what was told late.
    /// - Throws: 422 when the cadre would leave the caller's range.
    @discardableResult
    package static func change(
        _ stored: StoredCadre, to state: CadreState, _ facts: CadreFacts, home: Int64, from day: CivilDate,
        stated: Set<String>? = nil, replacesLater: Bool = false, _ scope: Scope, _ transaction: Transaction
    ) throws -> (isDifferent: Bool, retold: [RetoldSpan]) {
        let connection = transaction.connection
        let written = try facts.write(stored.id, replacesLater: replacesLater, transaction)
        let unit = state.organizationId
        var (state, home) = (state, home)
        let telling = try CadreTable.telling(
            &state, over: stored, stated, from: day, replacesLater: replacesLater, connection)
        guard written.isDifferent || state != stored.state || telling?.isDifferent == true else { return (false, []) }
        if state.organizationId != unit, let own = try OrganizationHome.find(state.organizationId, connection) {
            home = own.areaCode
        }
        let kept = try kept(stored.id, home: home, on: transaction.today, connection)
        guard scope.contains(kept.areaCode) else {
            throw Problem.field(
                "/linkedAreaCode", .outsideArea, zh: "修改后该干部将不在您的范围内",
                en: "after the change the cadre would not be in your area")
        }
        let (validFrom, recordedAt) = try file(stored, state, facts, from: day, telling, transaction)
        let retold = written.retold + (telling?.retold ?? [])
        try write(
            stored, state, kept, validFrom: validFrom, recordedAt: recordedAt, "change", retold: retold, transaction)
        try CadreCapacity.refresh(stored.id, transaction)
        return (true, retold)
    }

    /// Files the plain facts where they change, and lets them reach back to the first day of a dated fact: whoever had
    /// a rank on a day existed on it.
    private static func file(
        _ stored: StoredCadre, _ state: CadreState, _ facts: CadreFacts, from day: CivilDate,
        _ telling: LateTelling?, _ transaction: Transaction
    ) throws -> (validFrom: CivilDate, recordedAt: Int64) {
        let connection = transaction.connection
        var validFrom = stored.validFrom
        var recordedAt = stored.recordedAt
        if let telling, telling.isDifferent || state != stored.state {
            recordedAt = max(transaction.now.milliseconds, recordedAt + 1)
            try telling.write(recordedAt: recordedAt, connection)
            validFrom = telling.validFrom ?? validFrom
        } else if state != stored.state {
            recordedAt = max(transaction.now.milliseconds, recordedAt + 1)
            let changes = DatedTable.changes(CadreTable.facts(stored.state), CadreTable.facts(state))
            let isLate = try CadreTable.dated.file(
                [stored.id], from: day, recordedAt: recordedAt, changes: changes, connection)
            if !isLate { validFrom = day }
        } else if let first = facts.first, first < validFrom {
            let known = try connection.first(
                "SELECT min(valid_from) FROM cadre_history WHERE id = $1 AND superseded_at IS NULL", stored.id
            ) { try $0.optionalDate(0) }
            guard first < (known ?? nil) ?? validFrom else { return (validFrom, recordedAt) }
            recordedAt = max(transaction.now.milliseconds, recordedAt + 1)
            let isLate = try CadreTable.dated.file(
                [stored.id], from: first, recordedAt: recordedAt, changes: [], connection)
            if !isLate { validFrom = first }
        }
        return (validFrom, recordedAt)
    }

    /// Overwrites the row, and leaves the trail of it.
    package static func write(
        _ stored: StoredCadre, _ state: CadreState, _ kept: CadreKept, validFrom: CivilDate, recordedAt: Int64,
        _ action: String, retold: [RetoldSpan] = [], _ transaction: Transaction
    ) throws {
        if state.phone != stored.state.phone { try transaction.keep(.cadrePhone, of: stored.id) }
        if state.identity != stored.state.identity { try transaction.keep(.cadreIdentity, of: stored.id) }
        try CadreTable.update(
            stored, to: state, kept, validFrom: validFrom, recordedAt: recordedAt, transaction.connection)
        let (before, after) = RecordAudit.difference(
            CadreTable.auditFields(stored.state, stored.kept), CadreTable.auditFields(state, kept))
        try transaction.audit(
            action, .cadre, stored.id, before: before, after: RetoldSpan.appending(retold, to: after))
        let hasEnded = stored.state.endedOn == nil && state.endedOn != nil
        let hasMoved = kept.areaCode != stored.kept.areaCode
        try transaction.change(
            hasEnded ? .end : hasMoved ? .move : .change, .cadre, stored.id, version: stored.version + 1,
            from: stored.kept.areaCode, to: kept.areaCode)
        let hasOtherUnit = state.organizationId != stored.state.organizationId
        try transaction.publish(CadreWritten(occurrence: hasOtherUnit ? .changedUnit : .changed, id: stored.id))
    }

    /// Writes what holds today, where the row keeps something else.
    package static func keep(_ stored: StoredCadre, _ kept: CadreKept, _ action: String, _ transaction: Transaction)
        throws
    {
        guard kept != stored.kept else { return }
        try write(
            stored, stored.state, kept, validFrom: stored.validFrom, recordedAt: stored.recordedAt, action, transaction)
    }

    /// Cadres of an organization that has moved go with it, unless they are linked to an area of their own.
    package static func follow(organization: Identifier, to areaCode: Int64, _ transaction: Transaction) throws {
        let staying = try CadreTable.find(
            "organization_id = $1 AND linked_division_id IS NULL", [organization], transaction.connection)
        for cadre in staying {
            // A cadre is counted in a division, and two divisions may share a place.
            try transaction.publish(CadreWritten(occurrence: .changed, id: cadre.id))
            var kept = cadre.kept
            kept.areaCode = areaCode
            try keep(cadre, kept, "follow", transaction)
        }
        // The quotas of days without a link are those of the organization's home.
        transaction.capacity.policies.forget()
        let everybody = try transaction.connection.query(
            "SELECT id FROM cadre WHERE organization_id = $1", organization
        ) { try $0.identifier(0) }
        try CadreCapacity.refresh(everybody, transaction)
    }

    // MARK: What holds today

    /// The dated facts of a stored cadre on a day.
    package static func kept(
        _ id: Identifier, home: Int64, on day: CivilDate, _ connection: Connection
    ) throws -> CadreKept {
        func value<Value>(_ table: IntervalTable, _ read: (borrowing Row) throws -> Value) throws -> Value? {
            try connection.first(table.asOf("cadre_id = $1", day: "$2"), id, day) { row in try read(row) }
        }
        let link = try value(CadreTable.links) { try $0.identifier(1) }
        let area = try link.flatMap { try standing($0, connection) }
        return CadreKept(
            rank: try value(CadreTable.ranks) { $0.text(1) }, postState: try value(CadreTable.posts) { $0.text(1) },
            linkedDivisionId: area?.id, areaCode: area?.areaCode ?? home)
    }

    /// The state of a cadre's post on a day.
    package static func postState(
        of id: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> String? {
        try connection.first(CadreTable.posts.asOf("cadre_id = $1", day: "$2"), id, day) { $0.text(1) }
    }

    private static func kept(of cadre: NewCadre, _ transaction: Transaction) throws -> CadreKept {
        let today = transaction.today
        let area = try cadre.facts.link.value(on: today).flatMap { id in
            // A living division has no successor.
            try cadre.link.flatMap { $0.id == id && $0.isLive ? $0 : nil } ?? standing(id, transaction.connection)
        }
        return CadreKept(
            rank: cadre.facts.rank.value(on: today), postState: cadre.facts.postState.value(on: today),
            linkedDivisionId: area?.id, areaCode: area?.areaCode ?? cadre.home)
    }

    /// A linked division, or who took over from it.
    private static func standing(_ id: Identifier, _ connection: Connection) throws -> Division? {
        try DivisionStore.find(id, connection).map { try DivisionStore.followSuccessors($0, connection) }
    }
}

extension FactChange {
    /// What it says of a day, where nothing else is known of the cadre.
    package func value(on day: CivilDate) -> Value? {
        switch self {
        case .keep: nil
        case .since(let value, let first, _): first <= day ? value : nil
        case .whole(let intervals): intervals.first { $0.days.contains(day) }?.value
        }
    }
}
