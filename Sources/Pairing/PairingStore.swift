// What may be written of pairings: beginning one, ending one, and who answers for a household. The triggers of the
// database have the last word about quota, area and unhooking; their order of things is kept here: a successor begins,
// then responsibility goes over, then the old pairing ends.

import Domain
import SQL
import Service

/// What began a pairing.
enum PairingOrigin: Sendable {
    case person
    case run(Identifier)
    case handover(Identifier)
    case `import`(Identifier)

    var code: String {
        switch self {
        case .person: "person"
        case .run: "run"
        case .handover: "handover"
        case .import: "import"
        }
    }

    var id: Identifier? {
        switch self {
        case .person: nil
        case .run(let id), .handover(let id), .import(let id): id
        }
    }
}

/// A pairing about to be written.
struct NewPairing: Sendable {
    let id: Identifier
    let householdNumber: Int64
    /// The place of the household's village.
    let areaCode: Int64
    let cadreId: Identifier
    /// Whether the cadre answers for the household on all these days, in place of whoever did; else a joint helper.
    let isResponsible: Bool
    let first: CivilDate
    let end: CivilDate?
    let reason: String?
    let isPinned: Bool
    let origin: PairingOrigin
    let contentHash: [UInt8]?
    /// A code of `pairing-end-reason`, for one that is written down when it is over.
    var endReason: String? = nil
    /// The days on which a joint helper answers nevertheless, in place of whoever did.
    var answering: [DayInterval] = []

    var role: PairingRole { isResponsible ? .firstResponsible : .joint }

    var state: PairingState {
        PairingState(
            householdNumber: householdNumber, cadreId: cadreId, first: first, end: end, reason: reason,
            endReason: endReason,
            isPinned: isPinned, handoverId: nil)
    }
}

enum PairingStore {
    /// Begins a pairing.
    ///
    /// - Throws: what the triggers refuse, as `SQLError`.
    static func begin(_ new: NewPairing, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let found = try connection.first(
            "SELECT id, created_at FROM household WHERE household_number = $1", new.householdNumber
        ) { (id: try $0.identifier(0), createdOn: Instant(milliseconds: $0.int64(1)).shanghaiDate) }
        guard let (household, createdOn) = found else { throw DamagedRow(column: 0) }
        try PairingTable.insert(new, transaction)
        for days in new.isResponsible ? [new.state.days] : new.answering {
            try state(new.id, days, of: new.householdNumber, transaction)
        }
        try transaction.audit(
            "create", .pairing, new.id,
            after: RecordAudit.whole(
                PairingTable.auditFields(new.state, household: household)
                    + [("role", .text(new.role.code))]))
        try transaction.change(.create, .pairing, new.id, version: 1, to: new.areaCode)
        touch(new.state, transaction)
        // A household that was helped before its archive came into the register came under duty then.
        if new.first < createdOn {
            try transaction.publish(HouseholdHelpChanged(householdNumber: new.householdNumber, from: new.first))
        }
    }

    /// Ends a pairing on a day, the first on which it no longer holds; before its first day all of it is taken back.
    ///
    /// Where its cadre answered for the household and another helper stays, the longest of them answers from then on.
    /// - Parameters:
    ///   - reason: a code of `pairing-end-reason`.
    ///   - handover: what alone may leave a household without a helper.
    static func end(
        _ stored: StoredPairing, on day: CivilDate, reason: String, handover: Identifier? = nil,
        _ transaction: Transaction
    ) throws {
        var state = stored.state
        state.end = max(day, state.first)
        state.endReason = reason
        state.handoverId = handover
        try change(stored, to: state, transaction)
    }

    /// Gives a pairing other days, another reason, a pin. Responsibility shrinks with it, or grows with it where nobody
    /// else answers for the household on the days that are gained.
    static func change(_ stored: StoredPairing, to state: PairingState, _ transaction: Transaction) throws {
        guard state != stored.state else { return }
        let connection = transaction.connection
        for own in try PairingTable.responsibilities(of: state.householdNumber, connection)
        where own.pairingId == stored.id {
            try release(own, of: stored, keeping: state.days, transaction)
        }
        let recordedAt = try PairingTable.revise(stored, to: state, transaction)
        try regain(stored, state, transaction)
        let (before, after) = RecordAudit.difference(
            PairingTable.auditFields(stored.state, household: stored.householdId),
            PairingTable.auditFields(state, household: stored.householdId))
        try transaction.audit("change", .pairing, stored.id, before: before, after: after)
        let hasEnded = stored.state.end == nil && state.end != nil
        try transaction.change(
            hasEnded ? .end : .change, .pairing, stored.id, version: stored.version + 1, from: stored.areaCode,
            to: stored.areaCode, recordedAt: recordedAt)
        touch(state, transaction)
        if state.first != stored.state.first || state.days.isEmpty != stored.state.days.isEmpty {
            let first = min(state.first, stored.state.first)
            try transaction.publish(HouseholdHelpChanged(householdNumber: state.householdNumber, from: first))
        }
    }

    /// Makes a pairing's cadre answer for the household from a day on, in place of whoever did.
    ///
    /// - Parameter end: from when on what is stated already holds; nil for as long as the pairing lasts.
    static func makeResponsible(
        _ stored: StoredPairing, from day: CivilDate, until end: CivilDate? = nil, _ transaction: Transaction
    ) throws {
        let interval = DayInterval(
            first: max(day, stored.state.first), end: [end, stored.state.end].compactMap(\.self).min())
        let responsible = try PairingTable.responsibilities(of: stored.state.householdNumber, transaction.connection)
        if responsible.contains(where: { $0.pairingId == stored.id && $0.days.contains(interval) }) { return }
        // Whoever answered until now becomes a joint helper: for followers that pairing has changed as well.
        let others = Set(responsible.filter { $0.days.overlaps(interval) }.map(\.pairingId)).subtracting([stored.id])
        try state(stored.id, interval, of: stored.state.householdNumber, transaction)
        try tell(stored, .firstResponsible, on: [interval], transaction)
        for other in others.sorted() {
            guard let joint = try PairingTable.find(other, transaction.connection) else { continue }
            try tell(joint, .joint, on: [interval], transaction)
        }
        touch(stored.state, transaction)
    }

    /// Makes a pairing's cadre answer for the household on exactly these days; nobody else answers on those that it
    /// gains.
    static func answer(_ stored: StoredPairing, on days: [DayInterval], _ transaction: Transaction) throws {
        let connection = transaction.connection
        let household = stored.state.householdNumber
        let own = try PairingTable.responsibilities(of: household, connection).filter { $0.pairingId == stored.id }
            .map(\.days)
        guard own != days else { return }
        for lost in DayInterval.subtracting(days, from: own) {
            let recordedAt = try PairingTable.responsibility.nextRecordedAt(
                [household], now: transaction.now, connection)
            try PairingTable.responsibility.clear([household], lost, recordedAt: recordedAt, connection)
        }
        for gained in DayInterval.subtracting(own, from: days) {
            try state(stored.id, gained, of: household, transaction)
        }
        try tell(stored, days.isEmpty ? .joint : .firstResponsible, on: days, transaction)
        touch(stored.state, transaction)
    }

    // MARK: Responsibility

    /// Says that a pairing's cadre answers for the household on some days, in place of whoever did. Stretches of their
    /// that meet become one.
    static func state(
        _ pairing: Identifier, _ interval: DayInterval, of household: Int64, _ transaction: Transaction
    ) throws {
        guard !interval.isEmpty else { return }
        let connection = transaction.connection
        let own = try PairingTable.responsibilities(of: household, connection).filter { $0.pairingId == pairing }
        let days = own.reduce(interval) { $0.joined($1.days) ?? $0 }
        let recordedAt = try PairingTable.responsibility.nextRecordedAt([household], now: transaction.now, connection)
        try PairingTable.responsibility.state([household], [pairing], days, recordedAt: recordedAt, connection)
    }

    /// Takes from a pairing the days of responsibility that it no longer covers, and gives those after its end to the
    /// longest of the other helpers, one after another where somebody's own days end: of those who can help, while
    /// there are any.
    private static func release(
        _ own: Responsibility, of stored: StoredPairing, keeping days: DayInterval, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let household = stored.state.householdNumber
        func clear(_ interval: DayInterval) throws {
            let recordedAt = try PairingTable.responsibility.nextRecordedAt(
                [household], now: transaction.now, connection)
            try PairingTable.responsibility.clear([household], interval, recordedAt: recordedAt, connection)
        }
        if own.days.first < days.first {
            let end = own.days.end.map { min($0, days.first) } ?? days.first
            try clear(DayInterval(first: own.days.first, end: end))
        }
        guard let end = days.end, own.days.end.map({ $0 > end }) ?? true else { return }
        let lost = DayInterval(first: max(own.days.first, end), end: own.days.end)
        for (able, days) in try PairingTable.longestAble(household: household, on: lost, besides: stored.id, connection)
        {
            if let able {
                try inherit(able.id, days, transaction)
            } else if let rest = try nameOthers(of: household, besides: stored.id, on: days, transaction) {
                try clear(rest)
            }
        }
    }

    /// On days on which nobody can help, the longest of those who are named answer, one after another.
    ///
    /// - Returns: the days from the first on which nobody is named.
    private static func nameOthers(
        of household: Int64, besides: Identifier, on days: DayInterval, _ transaction: Transaction
    ) throws -> DayInterval? {
        var first = days.first
        while days.contains(first) {
            let named = try PairingTable.active(household: household, on: first, transaction.connection)
                .first { $0.id != besides }
            guard let named else { return DayInterval(first: first, end: days.end) }
            let end = [days.end, named.state.end].compactMap(\.self).min()
            try inherit(named.id, DayInterval(first: first, end: end), transaction)
            guard let end else { return nil }
            first = end
        }
        return nil
    }

    private static func inherit(_ id: Identifier, _ days: DayInterval, _ transaction: Transaction) throws {
        // It may have inherited other days just now.
        guard let heir = try PairingTable.find(id, transaction.connection) else { throw DamagedRow(column: 0) }
        try state(id, days, of: heir.state.householdNumber, transaction)
        try tell(heir, .firstResponsible, on: [days], transaction)
        touch(heir.state, transaction)
    }

    /// Lets responsibility grow with a pairing whose days grew, as far as nobody else has it.
    private static func regain(
        _ stored: StoredPairing, _ state: PairingState, _ transaction: Transaction
    ) throws {
        let responsible = try PairingTable.responsibilities(of: state.householdNumber, transaction.connection)
        let own = responsible.filter { $0.pairingId == stored.id }
        if state.first < stored.state.first, own.contains(where: { $0.days.first == stored.state.first }) {
            let taken = responsible.compactMap { $0.days.first < stored.state.first ? $0.days.end : nil }.max()
            let first = max(state.first, taken ?? state.first)
            try self.state(
                stored.id, DayInterval(first: first, end: stored.state.first), of: state.householdNumber, transaction)
        }
        guard let formerEnd = stored.state.end, state.end.map({ $0 > formerEnd }) ?? true,
            own.contains(where: { $0.days.end == formerEnd })
        else { return }
        let next = responsible.map(\.days.first).filter { $0 >= formerEnd }.min()
        let end = [next, state.end].compactMap(\.self).min()
        try self.state(stored.id, DayInterval(first: formerEnd, end: end), of: state.householdNumber, transaction)
    }

    /// Leaves the trail of a role that has changed: to whoever reads the pairing, it has changed.
    private static func tell(
        _ stored: StoredPairing, _ role: PairingRole, on days: [DayInterval], _ transaction: Transaction
    ) throws {
        let recordedAt = try PairingTable.revise(stored, to: stored.state, transaction)
        try transaction.audit(
            "role", .pairing, stored.id,
            after: RecordAudit.whole([("role", .text(role.code)), ("days", .texts(days.map(\.description)))]))
        try transaction.change(
            .change, .pairing, stored.id, version: stored.version + 1, from: stored.areaCode, to: stored.areaCode,
            recordedAt: recordedAt)
    }

    private static func touch(_ state: PairingState, _ transaction: Transaction) {
        transaction.help.touch(household: state.householdNumber)
        transaction.help.touch(cadre: state.cadreId)
    }
}
