// Of how many households a cadre may be a second helper (R034; parameter `second-helper.max-households` of the area
// that they are linked to): the database holds it, whatever writes a pairing. A role is given after its pairing is
// written, so the database notes what may have become a second helper's (`pairing_unsettled`), and looks when the act
// is finished: here, or at the latest before the transaction's work returns. A run is stricter and looks itself: there
// every household that needs two units counts for each of its helpers, whoever then answers for it.

import Archive
import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let secondHelperFull = ProblemKind(
        "second-helper-full", status: 409, zh: "超出第二帮扶人最多户数",
        en: "The cadre may not be the second helper of another household")
}

/// What the transaction has noted and nobody has finished.
package final class SecondHelperLimit: Gatherer {
    package static var after: [any Gatherer.Type] { [CapacityChanges.self] }

    package init() {}

    package func write(_ transaction: Transaction) throws { try Self.settle(transaction) }

    /// An act is finished: each helper has the role that they are to have.
    ///
    /// - Parameter cadre: whose days; nil for everybody's.
    /// - Throws: the trigger `second-helper-full`.
    static func settle(of cadre: Identifier? = nil, _ transaction: Transaction) throws {
        let whose = cadre == nil ? "" : " WHERE cadre_id = $1"
        try transaction.connection.run("DELETE FROM pairing_unsettled\(whose)", values: cadre.map { [$0] } ?? [])
    }

    /// A run has held its own limit.
    static func excuse(_ transaction: Transaction) throws {
        try transaction.connection.run("UPDATE pairing_unsettled SET is_excused = 1")
    }

    /// A pairing is taken back to what it was before a time: its cadre may be a second helper as often as is allowed,
    /// or as was believed then, whatever is allowed since.
    ///
    /// - Throws: the trigger `second-helper-full`, where they took another household meanwhile.
    static func settleUndone(before time: Int64, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let excess = try connection.query(
            "SELECT unsettled_id, cadre_id, day, households FROM second_helper_excess ORDER BY unsettled_id, day"
        ) { (note: $0.int64(0), cadre: try $0.identifier(1), day: try $0.date(2), households: $0.int(3)) }
        var excused = Set(excess.map(\.note))
        for item in excess where try item.households > believed(item.cadre, on: item.day, before: time, connection) {
            excused.remove(item.note)
        }
        for note in excused.sorted() {
            try connection.run("UPDATE pairing_unsettled SET is_excused = 1 WHERE id = $1", note)
        }
        try settle(transaction)
    }

    /// Of how many households a cadre was believed to be a second helper on a day, before a time.
    private static func believed(
        _ cadre: Identifier, on day: CivilDate, before time: Int64, _ connection: Connection
    ) throws -> Int {
        try connection.first(
            """
            SELECT count(*) FROM (\(PairingTable.dated.recorded("cadre_id = $1", known: "$3"))) a
            WHERE a.first_on <= $2 AND (a.end_on IS NULL OR a.end_on > $2)
                AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = a.id AND r.recorded_at <= $3
                    AND (r.superseded_at IS NULL OR r.superseded_at > $3)
                    AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2))
            """, cadre, day, time - 1
        ) { $0.int(0) } ?? 0
    }

    /// Why it was refused: the first day, and what the cadre has and may have on it.
    static func detail(_ connection: Connection) throws -> Message? {
        try connection.first(
            "SELECT day, households, most FROM second_helper_excess ORDER BY day, households DESC LIMIT 1"
        ) { (day: $0.text(0), households: $0.int(1), most: $0.int(2)) }.map { day, households, most in
            Message(
                zh: "\(day) 将为第二帮扶人的户数为 \(households)，最多 \(most) 户",
                en: "on \(day) it would be \(households) households as a second helper; at most \(most) are allowed")
        }
    }
}
