// The rows of pairings (R042, R050): who helps which household from when to when, and who of its helpers answers for
// it. What may be written is decided in PairingStore.

import Domain
import SQL
import Service

/// What is said of a pairing.
struct PairingState: Equatable, Sendable {
    var householdNumber: Int64
    var cadreId: Identifier
    var first: CivilDate
    /// The first day on which it no longer holds; the first day itself where a correction has taken all of it back.
    var end: CivilDate?
    var reason: String?
    /// A code of `pairing-end-reason`.
    var endReason: String?
    var isPinned: Bool
    /// The handover that ended it.
    var handoverId: Identifier?

    var days: DayInterval { DayInterval(first: first, end: end) }
}

/// A pairing as the database holds it.
struct StoredPairing: Sendable {
    let id: Identifier
    let version: Int
    let state: PairingState
    let householdId: Identifier
    let areaCode: Int64
    /// The day on which it was first stated: the time axis of its history, not of its days.
    let statedOn: CivilDate
    let recordedAt: Int64
}

/// Days on which a pairing's cadre answers for its household, as believed.
struct Responsibility: Equatable, Sendable {
    let pairingId: Identifier
    let days: DayInterval
}

enum PairingTable {
    static let dated = DatedTable(
        current: "pairing", history: "pairing_history",
        columns: """
            id, version, household_number, cadre_id, first_on, end_on, reason, end_reason, is_pinned, handover_id
            """,
        key: "id = $1")
    /// Keyed by the household's number.
    static let responsibility = IntervalTable(
        name: "responsibility", key: ["household_number"], values: ["pairing_id"])

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredPairing? {
        try find("p.id = $1", [id], connection).first
    }

    /// The pairings of a household that hold on a day, the longest first, and of equally long ones as cadres come.
    static func active(
        household number: Int64, on day: CivilDate, _ connection: Connection
    ) throws -> [StoredPairing] {
        try find(
            "p.household_number = $1 AND \(DayInterval.holds("p", on: "$2"))", [number, day],
            beside: "JOIN cadre c ON c.id = p.cadre_id \(CadreOrder.joins)", ties: CadreOrder.columns, connection)
    }

    /// Those of them whose cadres can help then, each with the end of the days on which that is sure.
    static func able(
        household number: Int64, on day: CivilDate, _ connection: Connection
    ) throws -> [(pairing: StoredPairing, end: CivilDate?)] {
        var ends: [Identifier: CivilDate?] = [:]
        try connection.forEach(
            """
            SELECT a.pairing_id, a.end_on FROM pairing_able a
            WHERE a.household_number = $1 AND \(DayInterval.holds("a", on: "$2"))
            """, number, day
        ) { row in ends[try row.identifier(0)] = .some(try row.optionalDate(1)) }
        return try active(household: number, on: day, connection).compactMap { pairing in
            ends[pairing.id].map { (pairing, $0) }
        }
    }

    /// Who can help a household on some days, one after another: the longest until they cannot help any more, then the
    /// longest of those who can then.
    ///
    /// - Parameter besides: a pairing that does not count.
    /// - Returns: all of the days, in their order; on days without a pairing nobody can.
    static func longestAble(
        household number: Int64, on days: DayInterval, besides: Identifier? = nil, _ connection: Connection
    ) throws -> [(pairing: StoredPairing?, days: DayInterval)] {
        var found: [(pairing: StoredPairing?, days: DayInterval)] = []
        var first = days.first
        while days.contains(first) {
            let heir = try able(household: number, on: first, connection).first { $0.pairing.id != besides }
            let until =
                try heir.map(\.end)
                ?? connection.first(
                    """
                    SELECT min(first_on) FROM pairing_able
                    WHERE household_number = $1 AND first_on > $2 AND pairing_id IS NOT $3
                    """, number, first, besides
                ) { try $0.optionalDate(0) } ?? nil
            let end = [days.end, until].compactMap(\.self).min()
            found.append((heir?.pairing, DayInterval(first: first, end: end)))
            guard let end else { break }
            first = end
        }
        return found
    }

    /// The pairings of a cadre that hold on a day, the longest first, and of equally long ones by archive numbers.
    static func active(cadre id: Identifier, on day: CivilDate, _ connection: Connection) throws -> [StoredPairing] {
        try find("p.cadre_id = $1 AND \(DayInterval.holds("p", on: "$2"))", [id, day], connection)
    }

    /// - Parameters:
    ///   - condition: over the pairing `p`.
    ///   - joins: what else the order needs.
    ///   - ties: in which order those come that began on one day.
    static func find(
        _ condition: String, _ values: [any Bindable], beside joins: String = "",
        ties: String = "h.area_code, h.archive_number", _ connection: Connection
    ) throws -> [StoredPairing] {
        try connection.query(
            """
            SELECT p.id, p.version, p.household_number, p.cadre_id, p.first_on, p.end_on, p.reason, p.end_reason,
                p.is_pinned, p.handover_id, h.id, p.area_code, p.valid_from, p.recorded_at
            FROM pairing p JOIN household h ON h.household_number = p.household_number \(joins)
            WHERE \(condition) ORDER BY p.first_on, \(ties), p.id
            """, values: values
        ) { row in
            StoredPairing(
                id: try row.identifier(0), version: row.int(1),
                state: PairingState(
                    householdNumber: row.int64(2), cadreId: try row.identifier(3), first: try row.date(4),
                    end: try row.optionalDate(5), reason: row.optionalText(6), endReason: row.optionalText(7),
                    isPinned: row.bool(8), handoverId: row.optionalIdentifier(9)),
                householdId: try row.identifier(10), areaCode: row.int64(11), statedOn: try row.date(12),
                recordedAt: row.int64(13))
        }
    }

    /// Who answers for a household on which days, as believed now, in the order of days.
    static func responsibilities(of number: Int64, _ connection: Connection) throws -> [Responsibility] {
        try connection.query(
            """
            SELECT pairing_id, valid_from, valid_to FROM responsibility
            WHERE household_number = $1 AND superseded_at IS NULL ORDER BY valid_from
            """, number
        ) { row in
            Responsibility(
                pairingId: try row.identifier(0),
                days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)))
        }
    }

    // MARK: Writing

    static func insert(_ pairing: NewPairing, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            INSERT INTO pairing (id, version, household_number, cadre_id, area_code, first_on, end_on, reason,
                is_pinned, begun_by, begun_by_id, valid_from, recorded_at, created_at, content_hash, end_reason,
                begun_by_user_id)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15)
            """, pairing.id, pairing.householdNumber, pairing.cadreId, pairing.areaCode, pairing.first, pairing.end,
            pairing.reason, pairing.isPinned, pairing.origin.code, pairing.origin.id, transaction.today,
            transaction.now.milliseconds, pairing.contentHash, pairing.endReason,
            transaction.actor.userId)
    }

    /// Files the pairing as it was, and writes what it is now.
    ///
    /// - Returns: the time under which the change is recorded.
    @discardableResult
    static func revise(
        _ old: StoredPairing, to new: PairingState, _ transaction: Transaction
    ) throws -> Int64 {
        let recordedAt = max(transaction.now.milliseconds, old.recordedAt + 1)
        _ = try dated.file([old.id], from: old.statedOn, recordedAt: recordedAt, changes: [], transaction.connection)
        try transaction.connection.run(
            """
            UPDATE pairing SET version = version + 1, first_on = $2, end_on = $3, reason = $4, end_reason = $5,
                is_pinned = $6, handover_id = $7, recorded_at = $8
            WHERE id = $1
            """, old.id, new.first, new.end, new.reason, new.endReason, new.isPinned, new.handoverId, recordedAt)
        return recordedAt
    }

    static func auditFields(_ state: PairingState, household: Identifier) -> [AuditField] {
        [
            ("householdId", .text(household.description)), ("cadreId", .text(state.cadreId.description)),
            ("from", .text(state.first.description)), ("to", .of(state.end?.description)),
            ("reason", .of(state.reason)), ("endReason", .of(state.endReason)), ("isPinned", .boolean(state.isPinned)),
            ("handoverId", .of(state.handoverId?.description)),
        ]
    }
}
