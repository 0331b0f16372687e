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
    /// What was believed until now is kept as superseded; what is still believed of the days before `day` is kept as
    /// valid. A day before the current row's own is a late message: believed history after it takes the changed
    /// columns, and keeps what it says of the others. Before the first day of all it reaches back to the day.
    /// - Parameters:
    ///   - recordedAt: the time of this change, later than the current row's.
    ///   - changes: the columns that differ, with their new values.
    /// - Returns: whether believed history after the day took the changes, so that the current row begins where it
    ///   began.
    func file(
        _ key: [any Bindable], from day: CivilDate, recordedAt: Int64, changes: [(column: String, value: any Bindable)],
        _ connection: Connection
    ) throws -> Bool {
        let day: any Bindable = day
        let recorded: any Bindable = recordedAt
        let dayParameter = "$\(key.count + 1)"
        let nowParameter = "$\(key.count + 2)"
        let values = key + [day, recorded]
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), valid_from, \(dayParameter), \(nowParameter) FROM \(history)
            WHERE \(self.key) AND superseded_at IS NULL AND valid_from < \(dayParameter) AND valid_to > \(dayParameter)
            """, values: values)
        let believed =
            "\(self.key) AND superseded_at IS NULL AND valid_to > \(dayParameter) AND recorded_at < \(nowParameter)"
        let retold = try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), CASE valid_from WHEN (SELECT min(valid_from) FROM \(history) WHERE \(believed))
                THEN \(dayParameter) ELSE valid_from END, valid_to, \(nowParameter) FROM \(history) WHERE \(believed)
            """, values: values)
        try connection.run(
            """
            UPDATE \(history) SET superseded_at = \(nowParameter)
            WHERE \(believed)
            """, values: values)
        if retold > 0 && !changes.isEmpty {
            let settings = changes.enumerated().map { "\($1.column) = $\(values.count + 1 + $0)" }.joined(
                separator: ", ")
            try connection.run(
                """
                UPDATE \(history) SET \(settings)
                WHERE \(self.key) AND superseded_at IS NULL AND valid_from >= \(dayParameter)
                    AND recorded_at = \(nowParameter)
                """, values: values + changes.map(\.value))
        }
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), valid_from, \(dayParameter), \(nowParameter) FROM \(current)
            WHERE \(self.key) AND valid_from < \(dayParameter)
            """, values: values)
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at, superseded_at)
            SELECT \(columns), valid_from, NULL, recorded_at, $\(key.count + 1) FROM \(current) WHERE \(self.key)
            """, values: key + [recorded])
        return retold > 0
    }

    /// The columns whose values differ.
    static func changes(
        _ old: [(column: String, value: any Bindable)], _ new: [(column: String, value: any Bindable)]
    ) -> [(column: String, value: any Bindable)] {
        zip(old, new).filter { $0.value.sqlValue != $1.value.sqlValue }.map(\.1)
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
