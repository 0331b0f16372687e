// The turning of the day: facts that begin or end on a day are written into the rows of their cadres on it. What is
// kept is that of the day in setting `kept-day`. The writer turns the day in a transaction of its own, before the first
// write of it (`NewDay`): a refusal does not take it back, and no user and no job answers for it. Where midnight falls
// between the two, a write of a cadre turns the day itself, so that the two never part.

import Domain
import SQL
import Service

package enum CadreDay {
    package static let setting = "kept-day"

    /// The day that is kept; nil in a register that has never kept one.
    package static func kept(_ connection: Connection) throws -> CivilDate? {
        try connection.first("SELECT value FROM setting WHERE key = $1", setting) { try $0.date(0) }
    }

    /// Whether the day that is kept is an earlier one.
    package static func isDue(_ today: CivilDate, _ connection: Connection) throws -> Bool {
        try kept(connection).map { $0 < today } ?? true
    }

    /// Brings the kept columns of all cadres to today; after the first time on a day it is one read.
    ///
    /// A machine's clock that went back turns nothing back: the facts in between were kept already.
    package static func turn(_ transaction: Transaction) throws {
        let connection = transaction.connection
        let today = transaction.today
        if let last = try kept(connection) {
            guard last < today else { return }
            for id in try due(after: last, until: today, connection) {
                guard let cadre = try CadreTable.find(id, connection) else { continue }
                let home = try connection.first(
                    "SELECT area_code FROM organization WHERE id = $1", cadre.state.organizationId
                ) { $0.int64(0) }
                let kept = try CadreStore.kept(
                    id, home: home ?? cadre.kept.areaCode, on: today, connection)
                try CadreStore.keep(cadre, kept, "turn", transaction)
            }
            try transaction.publish(DayTurned(last: last, today: today))
            try connection.run("UPDATE setting SET value = $2 WHERE key = $1", setting, today)
        } else {
            try connection.run("INSERT INTO setting (key, value) VALUES ($1, $2)", setting, today)
        }
    }

    /// Cadres of whom a fact began or ended on the days after `last` until `today`. It reads all facts, once a day:
    /// some milliseconds, where an index of their days would cost every write of a fact.
    private static func due(
        after last: CivilDate, until today: CivilDate, _ connection: Connection
    ) throws -> [Identifier] {
        let turns = [CadreTable.ranks, CadreTable.posts, CadreTable.links].map { table in
            """
            SELECT cadre_id FROM \(table.name)
            WHERE superseded_at IS NULL
                AND ((valid_from > $1 AND valid_from <= $2) OR (valid_to > $1 AND valid_to <= $2))
            """
        }
        return try connection.query(turns.joined(separator: " UNION ") + " ORDER BY 1", last, today) {
            try $0.identifier(0)
        }
    }
}
