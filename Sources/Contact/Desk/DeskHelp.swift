// What changes among those who answer for households, as far as the desk tells of it: who took over lately, so that
// what was overdue before is not theirs, and who is known to go. Both are few; they are found once and joined as
// values.

import Domain
import Pairing
import SQL
import Service

struct DeskHelp {
    /// Households with the day on which whoever answers for them began to, where something was overdue on it already
    /// and the day decides in which week that counts: as JSON.
    let takeovers: String
    /// Households that will wait for a successor, from which day, and by when they must have one: as JSON.
    let losses: String

    /// - Parameter figures: for which it is asked.
    init(for figures: [DeskFigure], in scope: Scope, _ days: DeskDays, _ connection: Connection) throws {
        takeovers =
            figures.contains { $0.overdue(on: days.today) != nil }
            ? try Self.takeovers(
                in: scope, since: days.today.adding(days: -DeskFigure.weeksDays), days.today, connection)
            : "[]"
        losses =
            figures.contains(.handoverDeadlines)
            ? Self.list(
                try ComingLoss.all(in: scope, after: days.today, through: days.last, connection)
                    .filter { $0.due <= days.last }.map { ($0.household, [$0.since, $0.due]) })
            : "[]"
    }

    /// Rows of `(household, day …)` as values of JSON.
    static func table(_ columns: [String], _ parameter: String) -> String {
        let values = columns.enumerated().map { "value ->> \($0) AS \($1)" }
        return "(SELECT \(values.joined(separator: ", ")) FROM json_each(\(parameter)))"
    }

    private static func list(_ rows: [(household: Int64, days: [CivilDate])]) -> String {
        let texts = rows.map { row in "[\(row.household),\(row.days.map { "\"\($0)\"" }.joined(separator: ","))]" }
        return "[\(texts.joined(separator: ","))]"
    }

    /// After a plan thousands have just begun to answer, and hardly anything is overdue: the first day on which
    /// anything is spares the look at each of them.
    private static func takeovers(
        in scope: Scope, since first: CivilDate, _ today: CivilDate, _ connection: Connection
    ) throws -> String {
        list(
            try connection.query(
                """
                WITH begun AS MATERIALIZED (
                    SELECT household_number, valid_from FROM responsibility r
                    WHERE superseded_at IS NULL AND valid_from BETWEEN $1 AND $2
                        AND (valid_to IS NULL OR valid_to > $2)
                        AND valid_from > (SELECT min(period_end) FROM contact_duty WHERE done_on IS NULL)
                        AND EXISTS (SELECT 1 FROM contact_duty u WHERE u.household_number = r.household_number
                            AND u.done_on IS NULL AND u.period_end < r.valid_from))
                SELECT h.household_number, \(ContactFaces.answeringSince) AS since
                FROM begun r CROSS JOIN household h ON h.household_number = r.household_number
                JOIN cadre c ON c.id = \(Helping.responsible("h.household_number", on: "$2"))
                WHERE h.area_code BETWEEN $3 AND $4 AND since >= $1
                """, first, today, scope.first, scope.last
            ) { ($0.int64(0), [try $0.date(1)]) })
    }
}
