// Taking back what an import did to pairings: a new one goes, a changed one is again what it was, and who answered for
// the household before answers for it again on the days that the import had given away.

import Domain
import SQL
import Service

package enum PairingUndo {
    package static let undoable = Undoable(
        .pairing, table: "pairing",
        label: "(SELECT h.archive_number FROM household h WHERE h.household_number = pairing.household_number)",
        place: "area_code", own: ["pairing_history": "id", "responsibility": "pairing_id"], remove: remove,
        revert: revert)

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let stored = try PairingTable.find(id, connection) else { return }
        let since = try connection.first("SELECT min(recorded_at) FROM responsibility WHERE pairing_id = $1", id) {
            $0.optionalInt64(0)
        }
        if let since = since ?? nil { try giveBack(try own(stored, connection), of: stored, since: since, transaction) }
        try connection.run("DELETE FROM responsibility WHERE pairing_id = $1", id)
        try connection.run("DELETE FROM pairing_history WHERE id = $1", id)
        try connection.run("DELETE FROM partner_id WHERE entity_id = $1", id)
        try connection.run("DELETE FROM pairing WHERE id = $1", id)
        try transaction.audit(
            "undo", .pairing, id,
            before: RecordAudit.whole(PairingTable.auditFields(stored.state, household: stored.householdId)))
        try transaction.change(.end, .pairing, id, version: stored.version + 1, from: stored.areaCode, to: nil)
        try touch(stored, transaction)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let stored = try PairingTable.find(id, connection) else { return }
        let now = try own(stored, connection)
        let then = try connection.query(
            """
            SELECT valid_from, valid_to FROM responsibility
            WHERE pairing_id = $1 AND recorded_at < $2 AND (superseded_at IS NULL OR superseded_at >= $2)
            ORDER BY valid_from
            """, id, time
        ) { DayInterval(first: try $0.date(0), end: try $0.optionalDate(1)) }
        // Before the days of the pairing shrink, because whoever answers helps on that day.
        try requireFormer(DayInterval.subtracting(then, from: now), of: stored, before: time, connection)
        try giveBack(DayInterval.subtracting(then, from: now), of: stored, since: time, transaction)
        let recordedAt = max(transaction.now.milliseconds, stored.recordedAt + 1)
        try PairingTable.dated.revert([id], before: time, recordedAt: recordedAt, connection)
        try connection.run("UPDATE pairing SET version = version + 1 WHERE id = $1", id)
        guard let former = try PairingTable.find(id, connection) else { return }
        // Where only who answers has changed, it is taken from whoever got it, so that this fails where they cannot
        // stand beside it. Where days come back, whoever inherited them gives them back when their own turn comes.
        let held =
            former.state == stored.state
            ? try own(former, connection)
            : try PairingTable.responsibilities(of: stored.state.householdNumber, connection).map(\.days)
        for lost in DayInterval.subtracting(held, from: then) {
            if let days = lost.intersection(former.state.days) {
                try PairingStore.state(id, days, of: stored.state.householdNumber, transaction)
            }
        }
        let (before, after) = RecordAudit.difference(
            fields(stored, now, on: transaction.today),
            fields(former, try own(former, connection), on: transaction.today))
        try transaction.audit("undo", .pairing, id, before: before, after: after)
        try transaction.change(
            .change, .pairing, id, version: stored.version + 1, from: stored.areaCode, to: stored.areaCode,
            recordedAt: recordedAt)
        try SecondHelperLimit.settleUndone(before: time, transaction)
        try touch(stored, transaction)
    }

    /// What the trail says of a pairing; its role is that of the day, from the days on which its cadre answers.
    private static func fields(_ stored: StoredPairing, _ days: [DayInterval], on day: CivilDate) -> [AuditField] {
        let role: PairingRole = days.contains { $0.contains(day) } ? .firstResponsible : .joint
        return PairingTable.auditFields(stored.state, household: stored.householdId) + [("role", .text(role.code))]
    }

    private static func own(_ stored: StoredPairing, _ connection: Connection) throws -> [DayInterval] {
        try PairingTable.responsibilities(of: stored.state.householdNumber, connection)
            .filter { $0.pairingId == stored.id }.map(\.days)
    }

    /// Whoever answered before answers again: where that pairing has not come back, nobody would.
    ///
    /// - Throws: the trigger `responsible-without-pairing`, as if it had been tried.
    private static func requireFormer(
        _ days: [DayInterval], of stored: StoredPairing, before time: Int64, _ connection: Connection
    ) throws {
        let former = try connection.query(
            """
            SELECT r.valid_from, r.valid_to, p.first_on, p.end_on
            FROM responsibility r JOIN pairing p ON p.id = r.pairing_id
            WHERE r.household_number = $1 AND r.pairing_id <> $2 AND r.recorded_at < $3 AND r.superseded_at >= $3
            """, stored.state.householdNumber, stored.id, time
        ) { row in
            (
                answered: DayInterval(first: try row.date(0), end: try row.optionalDate(1)),
                helps: DayInterval(first: try row.date(2), end: try row.optionalDate(3))
            )
        }
        for belief in former {
            let wanted = days.compactMap { $0.intersection(belief.answered) }
            guard DayInterval.subtracting([belief.helps], from: wanted).isEmpty else {
                throw SQLError.trigger("responsible-without-pairing")
            }
        }
    }

    /// Takes days of responsibility from a pairing, and gives them to whoever was believed to answer on them last, as
    /// far as they help the household on them.
    private static func giveBack(
        _ days: [DayInterval], of stored: StoredPairing, since time: Int64, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        let household = stored.state.householdNumber
        for taken in days {
            let recordedAt = try PairingTable.responsibility.nextRecordedAt(
                [household], now: transaction.now, connection)
            try PairingTable.responsibility.clear([household], taken, recordedAt: recordedAt, connection)
        }
        guard !days.isEmpty else { return }
        let former = try connection.query(
            """
            SELECT r.pairing_id, r.valid_from, r.valid_to, p.first_on, p.end_on
            FROM responsibility r JOIN pairing p ON p.id = r.pairing_id
            WHERE r.household_number = $1 AND r.pairing_id <> $2 AND r.superseded_at >= $3
            ORDER BY r.superseded_at DESC, r.recorded_at DESC, r.valid_from
            """, household, stored.id, time
        ) { row in
            (
                pairing: try row.identifier(0),
                days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)).intersection(
                    DayInterval(first: try row.date(3), end: try row.optionalDate(4)))
            )
        }
        var open = days
        for belief in former {
            guard let days = belief.days else { continue }
            let pieces = open.compactMap { $0.intersection(days) }
            for piece in pieces { try PairingStore.state(belief.pairing, piece, of: household, transaction) }
            open = DayInterval.subtracting(pieces, from: open)
        }
    }

    private static func touch(_ stored: StoredPairing, _ transaction: Transaction) throws {
        transaction.help.touch(household: stored.state.householdNumber)
        transaction.help.touch(cadre: stored.state.cadreId)
        try transaction.publish(HouseholdHelpChanged(householdNumber: stored.state.householdNumber, from: .first))
    }
}
