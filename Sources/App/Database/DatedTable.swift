// Dated facts in two tables: the row that holds now, and in `…_history` what held before and what was believed before.
// A row of the current table holds from valid_from on, open-ended, as known since recorded_at.

import Domain
import SQL

/// A current table and its history, which share columns and a key.
struct DatedTable {
    let current: String
    let history: String
    /// The columns that both have, besides the four of validity.
    let columns: String
    /// The condition that finds one record in either, over `$1` (and `$2`).
    let key: String

    /// Files the current row into the history before it is overwritten by what holds from `day` on.
    ///
    /// What was believed until now is kept as superseded; what is still believed of the days before `day` is kept as valid. A day
    /// before the current row's own is a correction: believed history after it is superseded too.
    /// - Parameter recordedAt: the time of this change, later than the current row's.
    func file(_ key: [any Bindable], from day: CivilDate, recordedAt: Int64, _ connection: Connection) throws {
        let day: any Bindable = day
        let recorded: any Bindable = recordedAt
        let dayParameter = "$\(key.count + 1)"
        let nowParameter = "$\(key.count + 2)"
        let values = key + [day, recorded]
        _ = try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), valid_from, \(dayParameter), \(nowParameter) FROM \(history)
            WHERE \(self.key) AND superseded_at IS NULL AND valid_from < \(dayParameter) AND valid_to > \(dayParameter)
            """, values: values)
        _ = try connection.run(
            """
            UPDATE \(history) SET superseded_at = \(nowParameter)
            WHERE \(self.key) AND superseded_at IS NULL AND valid_to > \(dayParameter) AND recorded_at < \(nowParameter)
            """, values: values)
        _ = try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), valid_from, \(dayParameter), \(nowParameter) FROM \(current)
            WHERE \(self.key) AND valid_from < \(dayParameter)
            """, values: values)
        _ = try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at, superseded_at)
            SELECT \(columns), valid_from, NULL, recorded_at, $\(key.count + 1) FROM \(current) WHERE \(self.key)
            """, values: key + [recorded])
    }

    /// SQL that gives the rows that held on a day, as they were known at a time.
    ///
    /// - Parameters:
    ///   - where: condition over the record's columns.
    ///   - day: the parameter that holds the day.
    ///   - known: the parameter that holds the time in milliseconds.
    func asOf(_ condition: String, day: String, known: String) -> String {
        """
        SELECT \(columns) FROM \(current)
        WHERE \(condition) AND valid_from <= \(day) AND recorded_at <= \(known)
        UNION ALL
        SELECT \(columns) FROM \(history)
        WHERE \(condition) AND valid_from <= \(day) AND (valid_to IS NULL OR valid_to > \(day))
        AND recorded_at <= \(known) AND (superseded_at IS NULL OR superseded_at > \(known))
        """
    }
}
