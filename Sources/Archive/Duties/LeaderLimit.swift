// How many towns and villages a county leader has (R008): as many as the parameters `quota.county-leader.town` and
// `quota.county-leader.village` of the place say, on each day. Who has fewer stands on the list of gaps.

import Domain
import SQL
import Service
import Web

enum LeaderLimit {
    /// - Throws: what the triggers of duties throw, where the leader has too many on one of the days.
    static func require(_ state: DutyState, _ connection: Connection) throws {
        guard state.kind.isForCountyLeaders, let cadre = state.cadreId else { return }
        let isTown = state.kind == .leaderTown
        let terms = try connection.query(
            """
            SELECT valid_from, valid_to FROM duty_term
            WHERE cadre_id = $1 AND kind = $2 AND superseded_at IS NULL
            """, cadre, state.kind.rawValue
        ) { DayInterval(first: try $0.date(0), end: try $0.optionalDate(1)) }
        var limit = NearestNumber(isTown ? ParameterKey.countyLeaderTowns : ParameterKey.countyLeaderVillages)
        // The count only rises on first days.
        for day in Set(terms.map { max($0.first, state.term.first) }).filter(state.term.contains).sorted() {
            guard let max = try limit.value(in: state.divisionId, on: day, connection) else { continue }
            if terms.count(where: { $0.contains(day) }) > max {
                throw SQLError.trigger((isTown ? ProblemKind.leaderHasTown : .leaderHasVillage).slug)
            }
        }
    }
}
