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
