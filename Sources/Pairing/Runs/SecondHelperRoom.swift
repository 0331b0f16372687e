// Of how many households a cadre may be a second helper, looked at from a run's day on: limits are dated, links are
// dated, and so are the pairings that count. Whoever begins now fits below the limit of every later day.

import Archive
import Domain
import SQL
import Service

/// The limits that are ahead of cadres.
struct SecondHelperLimits {
    /// From a day on, as the area says that the cadre is linked to.
    typealias Limit = (first: CivilDate, most: Int)

    private var numbers = NearestNumber(ParameterKey.secondHelperMax)
    private let day: CivilDate
    /// Later days on which any area's limit may change.
    private let changes: [CivilDate]

    init(from day: CivilDate, _ connection: Connection) throws {
        self.day = day
        changes = try connection.query(
            "SELECT DISTINCT day FROM parameter_day WHERE key = $1 AND day > $2 ORDER BY day",
            ParameterKey.secondHelperMax, day
        ) { try $0.date(0) }
    }

    /// On the days on which a cadre can help, in order.
    mutating func limits(of ahead: CapacityAhead, _ connection: Connection) throws -> [Limit] {
        var limits: [Limit] = []
        for segment in ahead.segments where segment.quota > 0 {
            guard let division = segment.division else { continue }
            let first = max(day, segment.days.first)
            for start in [first] + changes.filter({ $0 > first && segment.days.contains($0) }) {
                guard let most = try numbers.value(in: division.id, on: start, connection) else { continue }
                if limits.last?.most != most { limits.append((start, most)) }
            }
        }
        return limits
    }
}

extension CapacityAhead {
    /// Of how many households of the problem they may be a second helper, so that no later day has more than its limit;
    /// nil for any number.
    func secondHelperRoom(_ limits: [SecondHelperLimits.Limit], from day: CivilDate) -> Int? {
        let starts = otherSeconds.map(\.first).filter { $0 > day }
        let rests = (limits.map(\.first) + starts).compactMap { start in
            limits.last { $0.first <= start }.map { $0.most - otherSeconds.count { $0.contains(start) } }
        }
        return rests.min().map { max(0, $0) }
    }
}
