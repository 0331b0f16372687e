// Dated facts in two tables: one with the row that holds now, and `…_history` with what held before and what was
// believed before. A row of the current table holds from valid_from on, open-ended, as known since recorded_at.

import Domain
import SQL

/// A row of a history, as it is written.
private struct ClosedRow: Equatable {
    let first: CivilDate
    let end: CivilDate
    let values: [SQLValue]
}

/// A current table and its history, which share columns and a key.
package struct DatedTable {
    package let current: String
    package let history: String
    /// The columns that both have, besides the four for validity.
    package let columns: String
    /// The condition that finds one record in either table, over `$1` (and `$2`).
    package let key: String

    package init(current: String, history: String, columns: String, key: String) {
        self.current = current
        self.history = history
        self.columns = columns
        self.key = key
    }

    /// Copies the current row into the history before it is overwritten by what holds from `day` on.
    ///
    /// What was believed until now is kept as superseded; what is still believed about the days before `day` is kept as
    /// valid. A day before the current row's own is a late message: believed history after that day takes the changed
    /// columns and keeps the others. If the day is before the record's first day, the history is extended back to it.
    /// - Parameters:
    ///   - recordedAt: the time of this change, which is later than the current row's.
    ///   - changes: the columns that differ, with their new values.
    /// - Returns: whether believed history after the day took the changes, in which case the current row still begins
    ///   on its old day.
    package func file(
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

    /// Files what a record was believed to be, and writes what is believed of earlier days now; the caller overwrites
    /// the current row with the last stretch of the new course.
    ///
    /// What was believed until now is kept as superseded; stretches that are told as before stay as they are.
    /// - Parameters:
    ///   - old: as the tables hold it; of a change that reaches into no earlier stretch the last one is enough.
    ///   - recordedAt: the time of this change, later than the current row's.
    ///   - values: those of `columns`, in their order.
    package func rewrite<State>(
        _ key: [any Bindable], from old: ToldCourse<State>, to new: ToldCourse<State>, recordedAt: Int64,
        _ connection: Connection, values: (ToldStretch<State>) -> [any Bindable]
    ) throws {
        let (before, after) = (Self.closed(old, values), Self.closed(new, values))
        for row in before where !after.contains(where: { $0 == row }) {
            try connection.run(
                """
                UPDATE \(history) SET superseded_at = $\(key.count + 2)
                WHERE \(self.key) AND superseded_at IS NULL AND valid_to IS NOT NULL AND valid_from = $\(key.count + 1)
                    AND recorded_at < $\(key.count + 2)
                """, values: key + [row.first, recordedAt])
        }
        for row in after where !before.contains(where: { $0 == row }) {
            try insert(row, recordedAt: recordedAt, connection)
        }
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at, superseded_at)
            SELECT \(columns), valid_from, NULL, recorded_at, $\(key.count + 1) FROM \(current) WHERE \(self.key)
            """, values: key + [recordedAt])
    }

    /// Writes what is believed of days before the present state of a new record; the caller writes the current row.
    package func fill<State>(
        _ course: ToldCourse<State>, recordedAt: Int64, _ connection: Connection,
        values: (ToldStretch<State>) -> [any Bindable]
    ) throws {
        for row in Self.closed(course, values) { try insert(row, recordedAt: recordedAt, connection) }
    }

    private static func closed<State>(
        _ course: ToldCourse<State>, _ values: (ToldStretch<State>) -> [any Bindable]
    ) -> [ClosedRow] {
        course.stretches.compactMap { stretch in
            stretch.end.map { ClosedRow(first: stretch.first, end: $0, values: values(stretch).map(\.sqlValue)) }
        }
    }

    private func insert(_ row: ClosedRow, recordedAt: Int64, _ connection: Connection) throws {
        let own = row.values as [any Bindable]
        let parameters = (1...own.count + 3).map { "$\($0)" }.joined(separator: ", ")
        try connection.run(
            "INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at) VALUES (\(parameters))",
            values: own + [row.first, row.end, recordedAt])
    }

    /// Whether a record of the current table existed before a time; false for one made since.
    package func existed(_ key: [any Bindable], before time: Int64, _ connection: Connection) throws -> Bool {
        let recordedAt = try connection.first(
            "SELECT recorded_at FROM \(current) WHERE \(self.key)", values: key
        ) { $0.int64(0) }
        guard let recordedAt, recordedAt >= time else { return recordedAt != nil }
        return try formerRow(key, before: time, connection) != nil
    }

    /// When the row that was current just before a time had been recorded, and when it was superseded.
    private func formerRow(_ key: [any Bindable], before time: Int64, _ connection: Connection) throws
        -> (recordedAt: Int64, supersededAt: Int64)?
    {
        try connection.first(
            """
            SELECT recorded_at, superseded_at FROM \(history)
            WHERE \(self.key) AND valid_to IS NULL AND recorded_at < $\(key.count + 1)
                AND superseded_at >= $\(key.count + 1)
            ORDER BY superseded_at LIMIT 1
            """, values: key + [time]
        ) { ($0.int64(0), $0.int64(1)) }
    }

    /// Restores exactly what was believed just before a time. What was believed since is kept, as superseded. The
    /// caller has to raise the record's version.
    ///
    /// - Parameters:
    ///   - recordedAt: the time of this change, later than everything recorded about the record.
    ///   - restoring: columns that are not in the history, such as sealed numbers, with the values they had.
    /// - Returns: false if nothing was changed since.
    @discardableResult
    package func revert(
        _ key: [any Bindable], before time: Int64, recordedAt: Int64,
        restoring: [(column: String, value: any Bindable)] = [], _ connection: Connection
    ) throws -> Bool {
        let changedAt = try connection.first(
            "SELECT recorded_at FROM \(current) WHERE \(self.key)", values: key
        ) { $0.int64(0) }
        guard let changedAt, changedAt >= time, let former = try formerRow(key, before: time, connection) else {
            return false
        }
        let first = "$\(key.count + 1)"
        let now = "$\(key.count + 2)"
        let values: [any Bindable] = key + [time, recordedAt]
        try connection.run(
            """
            UPDATE \(history) SET superseded_at = \(now)
            WHERE \(self.key) AND superseded_at IS NULL AND recorded_at >= \(first)
            """, values: values)
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at)
            SELECT \(columns), valid_from, valid_to, \(now) FROM \(history)
            WHERE \(self.key) AND valid_to IS NOT NULL AND recorded_at < \(first) AND superseded_at >= \(first)
            """, values: values)
        try connection.run(
            """
            INSERT INTO \(history) (\(columns), valid_from, valid_to, recorded_at, superseded_at)
            SELECT \(columns), valid_from, NULL, recorded_at, $\(key.count + 1) FROM \(current) WHERE \(self.key)
            """, values: key + [recordedAt])
        let facts = (factColumns.filter { name in !restoring.contains { $0.column == name } } + ["valid_from"])
            .joined(separator: ", ")
        let next = key.count + 4
        let settings = restoring.enumerated().map { ", \($1.column) = $\(next + $0)" }.joined()
        try connection.run(
            """
            UPDATE \(current) SET (\(facts)) = (SELECT \(facts) FROM \(history)
                WHERE \(self.key) AND valid_to IS NULL AND recorded_at = \(first) AND superseded_at = \(now) LIMIT 1),
                recorded_at = $\(key.count + 3)\(settings)
            WHERE \(self.key)
            """, values: key + [former.recordedAt, former.supersededAt, recordedAt] + restoring.map(\.value))
        return true
    }

    /// The columns with the record's facts: all except its key and its version.
    private var factColumns: [String] {
        let names = columns.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        let keys = key.split(separator: " ").map(String.init)
        return names.filter { $0 != "version" && !keys.contains($0) }
    }

    /// The columns whose values differ.
    package static func changes(
        _ old: [(column: String, value: any Bindable)], _ new: [(column: String, value: any Bindable)]
    ) -> [(column: String, value: any Bindable)] {
        zip(old, new).filter { $0.value.sqlValue != $1.value.sqlValue }.map(\.1)
    }

    /// SQL that returns the rows as they were at a time, whatever their days.
    ///
    /// - Parameter known: the parameter that holds the time in milliseconds.
    package func recorded(_ condition: String, known: String) -> String {
        """
        SELECT \(columns) FROM \(current) WHERE \(condition) AND recorded_at <= \(known)
        UNION ALL
        SELECT \(columns) FROM \(history) WHERE \(condition) AND valid_to IS NULL
        AND recorded_at <= \(known) AND superseded_at > \(known)
        """
    }

    /// SQL that returns the rows that held on a day, as they were known at a time.
    ///
    /// - Parameters:
    ///   - where: condition over the record's columns.
    ///   - day: the parameter that holds the day.
    ///   - known: the parameter that holds the time in milliseconds.
    package func asOf(_ condition: String, day: String, known: String) -> String {
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
