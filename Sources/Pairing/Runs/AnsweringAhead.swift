// Who answers for the households of a run on the days after it. What is already dated comes true beside the plan: a
// helper leaves, another one begins, somebody is stated to answer from a day on. Whoever the plan makes answer does so
// until then, and nobody may lose by the plan whoever would have answered later (R046).

import Domain
import SQL
import Service

struct AnsweringAhead {
    private let day: CivilDate
    /// Households of which anything is known to change after the day; of all others what holds on the day goes on.
    private let changing: Set<Int64>
    /// Of households that a plan touches the days on which they were covered before it.
    private var covered: [Int64: [DayInterval]] = [:]

    init(after day: CivilDate, in scope: Scope, _ connection: Connection) throws {
        self.day = day
        changing = Set(
            try connection.query(
                """
                SELECT DISTINCT p.household_number
                FROM household h CROSS JOIN pairing p ON p.household_number = h.household_number
                WHERE h.area_code BETWEEN $1 AND $2 AND (p.end_on IS NULL OR p.end_on > $3)
                    AND (p.first_on > $3 OR p.end_on IS NOT NULL
                    OR EXISTS (SELECT 1 FROM cadre_capacity c WHERE c.cadre_id = p.cadre_id
                        AND (c.valid_from > $3 OR c.valid_to > $3))
                    OR EXISTS (SELECT 1 FROM responsibility r WHERE r.household_number = p.household_number
                        AND r.superseded_at IS NULL AND (r.valid_from > $3 OR r.valid_to > $3)))
                """, scope.first, scope.last, day
            ) { $0.int64(0) })
    }

    /// Remembers on which days households are covered that a plan is going to touch.
    mutating func note(_ households: Set<Int64>, _ connection: Connection) throws {
        for household in households.intersection(changing) {
            covered[household] = try days("household_covered", of: household, connection)
        }
    }

    /// The first later day on which somebody else is stated to answer.
    func next(after stored: StoredPairing, _ connection: Connection) throws -> CivilDate? {
        guard changing.contains(stored.state.householdNumber) else { return nil }
        return try PairingTable.responsibilities(of: stored.state.householdNumber, connection)
            .filter { $0.pairingId != stored.id && $0.days.first > day }.map(\.days.first).min()
    }

    /// After the plan: on days on which nobody who can help answers for one of the noted households, the longest of
    /// those who can does.
    ///
    /// - Returns: households that had somebody on a day on which they have nobody now.
    func settle(_ transaction: Transaction) throws -> [Int64] {
        let connection = transaction.connection
        let all = [DayInterval(first: day, end: nil)]
        return try covered.keys.sorted().filter { household in
            let gaps = DayInterval.subtracting(try days("household_covered", of: household, connection), from: all)
            for gap in gaps {
                for (able, days) in try PairingTable.longestAble(household: household, on: gap, connection) {
                    // It may answer on other days since just now.
                    guard let able, let heir = try PairingTable.find(able.id, connection) else { continue }
                    try PairingStore.makeResponsible(heir, from: days.first, until: days.end, transaction)
                }
            }
            guard !gaps.isEmpty, let before = covered[household] else { return false }
            let now = try days("household_covered", of: household, connection)
            return !DayInterval.subtracting(now, from: before).isEmpty
        }
    }

    /// The days of a view's rows, from the run's on.
    private func days(_ view: String, of household: Int64, _ connection: Connection) throws -> [DayInterval] {
        try connection.query("SELECT first_on, end_on FROM \(view) WHERE household_number = $1", household) {
            DayInterval(first: try $0.date(0), end: try $0.optionalDate(1))
        }.compactMap { $0.intersection(DayInterval(first: day, end: nil)) }
    }
}
