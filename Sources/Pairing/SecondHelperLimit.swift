// Of how many households a cadre may be a second helper (R034; parameter `second-helper.max-households` of the area
// that they are linked to): held wherever a pairing is written. A run is stricter: there a household that needs two
// units counts for each of its helpers, whoever then answers for it, because roles are given after the pairs.

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

enum SecondHelperLimit {
    /// - Throws: what the triggers of pairings throw, where on one of the days the cadre is a joint helper of too many.
    static func require(_ cadre: Identifier, on days: DayInterval, _ transaction: Transaction) throws {
        let joint = try jointDays(of: cadre, transaction.connection)
        // The count only rises on first days.
        let firsts = Set(joint.map { max($0.first, days.first) }).filter(days.contains)
        var limit = NearestNumber(ParameterKey.secondHelperMax)
        for day in firsts.sorted() {
            let count = joint.count { $0.contains(day) }
            guard count > 1, let max = try number(for: cadre, on: day, &limit, transaction.connection) else { continue }
            if count > max { throw SQLError.trigger(ProblemKind.secondHelperFull.slug) }
        }
    }

    /// The same for whoever answered for a household and answers no more.
    ///
    /// - Parameter former: who answered before.
    static func require(
        displaced former: [Responsibility], from day: CivilDate, _ transaction: Transaction
    ) throws {
        for own in former {
            let days = DayInterval(first: max(own.days.first, day), end: own.days.end)
            guard !days.isEmpty, let stored = try PairingTable.find(own.pairingId, transaction.connection) else {
                continue
            }
            try require(stored.state.cadreId, on: days, transaction)
        }
    }

    /// Days on which a cadre is a joint helper, household by household.
    private static func jointDays(of cadre: Identifier, _ connection: Connection) throws -> [DayInterval] {
        var responsible: [Identifier: [DayInterval]] = [:]
        try connection.forEach(
            """
            SELECT r.pairing_id, r.valid_from, r.valid_to FROM pairing p JOIN responsibility r ON r.pairing_id = p.id
            WHERE p.cadre_id = $1 AND r.superseded_at IS NULL ORDER BY r.valid_from
            """, cadre
        ) { row in
            responsible[try row.identifier(0), default: []].append(
                DayInterval(first: try row.date(1), end: try row.optionalDate(2)))
        }
        let pairings = try connection.query(
            "SELECT id, first_on, end_on FROM pairing WHERE cadre_id = $1 AND (end_on IS NULL OR end_on > first_on)",
            cadre
        ) { row in
            (id: try row.identifier(0), days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)))
        }
        return pairings.flatMap { DayInterval.subtracting(responsible[$0.id] ?? [], from: [$0.days]) }
    }

    private static func number(
        for cadre: Identifier, on day: CivilDate, _ limit: inout NearestNumber, _ connection: Connection
    ) throws -> Int? {
        let linked = try connection.first(
            """
            SELECT division_id FROM cadre_capacity
            WHERE cadre_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
            """, cadre, day
        ) { $0.optionalIdentifier(0) }
        guard let linked, let linked else {
            return try NearestNumber.value(
                ParameterKey.secondHelperMax, in: AreaChain.of(nil, connection), on: day, connection)
        }
        return try limit.value(in: linked, on: day, connection)
    }
}
