// Dated facts with a beginning and an end: a rank, a post, a link, a parameter. For each key at most one holds on any
// day, as known now; what was believed before is kept. It deliberately knows no particular fact: tables supply their
// columns.

import Domain
import SQL

/// The days of a fact: from its first day until before `end`; nil for no end.
package struct DayInterval: Hashable, Sendable {
    package let first: CivilDate
    package let end: CivilDate?

    package init(first: CivilDate, end: CivilDate?) {
        self.first = first
        self.end = end
    }

    /// All days.
    package static let always = DayInterval(first: .first, end: nil)

    package func contains(_ day: CivilDate) -> Bool { first <= day && (end.map { day < $0 } ?? true) }

    package func overlaps(_ other: DayInterval) -> Bool {
        (end.map { other.first < $0 } ?? true) && (other.end.map { first < $0 } ?? true)
    }
}

extension DayInterval: CustomStringConvertible {
    /// `2016-03-01/2018-01-01`; nothing follows the slash if there is no end.
    package var description: String { "\(first)/\(end?.description ?? "")" }

    package var isEmpty: Bool { end.map { $0 <= first } ?? false }

    /// SQL that says whether a row with `first_on` and `end_on` holds on the day in a parameter.
    package static func holds(_ alias: String, on parameter: String) -> String {
        "\(alias).first_on <= \(parameter) AND (\(alias).end_on IS NULL OR \(alias).end_on > \(parameter))"
    }

    /// The days that both have; nil if they do not overlap.
    package func intersection(_ other: DayInterval) -> DayInterval? {
        let both = DayInterval(
            first: max(first, other.first), end: [end, other.end].compactMap(\.self).min())
        return both.isEmpty ? nil : both
    }

    /// The days of both together, if they touch or overlap.
    package func joined(_ other: DayInterval) -> DayInterval? {
        guard end.map({ other.first <= $0 }) ?? true, other.end.map({ first <= $0 }) ?? true else { return nil }
        let last: CivilDate? = if let end, let otherEnd = other.end { max(end, otherEnd) } else { nil }
        return DayInterval(first: min(first, other.first), end: last)
    }

    /// The first day on which two facts differ; nil for none.
    ///
    /// - Parameter isSame: whether they say the same on the days that both have.
    package func firstDifference(from other: DayInterval, isSame: Bool) -> CivilDate? {
        if first != other.first || !isSame { return min(first, other.first) }
        guard end != other.end else { return nil }
        return min(end ?? .last, other.end ?? .last)
    }

    /// What is left of some days without the others.
    package static func subtracting(_ others: [DayInterval], from days: [DayInterval]) -> [DayInterval] {
        others.reduce(days) { left, other in
            left.flatMap { piece -> [DayInterval] in
                guard piece.overlaps(other) else { return [piece] }
                let before = DayInterval(first: piece.first, end: other.first)
                let after = other.end.map { DayInterval(first: $0, end: piece.end) }
                return [before, after].compactMap(\.self).filter { !$0.isEmpty }
            }
        }
    }
}

/// A table of bitemporal intervals: key columns, value columns, `valid_from`, `valid_to` (NULL: no end),
/// `recorded_at`, `superseded_at` (NULL: believed now).
package struct IntervalTable: Sendable {
    package let name: String
    /// The columns that say whose fact it is.
    package let key: [String]
    /// The columns of the fact itself.
    package let values: [String]

    package init(name: String, key: [String], values: [String]) {
        self.name = name
        self.key = key
        self.values = values
    }

    private var all: String { (key + values).joined(separator: ", ") }

    /// The condition that finds a key's rows, over `$1` and on.
    private var isKey: String { key.enumerated().map { "\($1) IS $\($0 + 1)" }.joined(separator: " AND ") }

    /// States that a fact holds in an interval. What was believed about those days is superseded; what was believed
    /// about other days stays believed.
    ///
    /// - Parameter recordedAt: milliseconds, later than every row of the key (see `nextRecordedAt`).
    /// - Returns: whether anything was different before.
    @discardableResult
    package func state(
        _ key: [any Bindable], _ values: [any Bindable], _ interval: DayInterval, recordedAt: Int64,
        _ connection: Connection
    ) throws -> Bool {
        if try isStated(key, values, interval, connection) { return false }
        try clear(key, interval, recordedAt: recordedAt, connection)
        try insert(key, values, interval, recordedAt: recordedAt, connection)
        return true
    }

    /// States that a fact holds in an interval and that nothing holds on any other day.
    ///
    /// - Parameter recordedAt: as in `state`.
    package func restate(
        _ key: [any Bindable], _ values: [any Bindable], _ interval: DayInterval, recordedAt: Int64,
        _ connection: Connection
    ) throws {
        try clear(key, .always, recordedAt: recordedAt, connection)
        try insert(key, values, interval, recordedAt: recordedAt, connection)
    }

    private func insert(
        _ key: [any Bindable], _ values: [any Bindable], _ interval: DayInterval, recordedAt: Int64,
        _ connection: Connection
    ) throws {
        let parameters = (1...(key.count + values.count + 3)).map { "$\($0)" }.joined(separator: ", ")
        try connection.run(
            "INSERT INTO \(name) (\(all), valid_from, valid_to, recorded_at) VALUES (\(parameters))",
            values: key + values + [interval.first, interval.end, recordedAt])
    }

    /// States that no fact holds in an interval.
    package func clear(
        _ key: [any Bindable], _ interval: DayInterval, recordedAt: Int64, _ connection: Connection
    ) throws {
        let first = "$\(key.count + 1)"
        let end = "$\(key.count + 2)"
        let now = "$\(key.count + 3)"
        let bound: [any Bindable] = key + [interval.first, interval.end, recordedAt]
        let touched =
            "\(isKey) AND superseded_at IS NULL AND recorded_at < \(now) AND (valid_to IS NULL OR valid_to > \(first)) "
            + "AND (\(end) IS NULL OR valid_from < \(end))"
        // Superseded first, because the table's trigger allows only one believed fact a day at any moment.
        try connection.run("UPDATE \(name) SET superseded_at = \(now) WHERE \(touched)", values: bound)
        let cut = "\(isKey) AND superseded_at = \(now)"
        try connection.run(
            """
            INSERT INTO \(name) (\(all), valid_from, valid_to, recorded_at)
            SELECT \(all), valid_from, \(first), \(now) FROM \(name)
            WHERE \(cut) AND valid_from < \(first) AND (\(end) IS NULL OR valid_from < \(end))
            UNION ALL
            SELECT \(all), \(end), valid_to, \(now) FROM \(name)
            WHERE \(cut) AND \(end) IS NOT NULL AND (valid_to IS NULL OR valid_to > \(end))
            """, values: bound)
    }

    /// Restores exactly what was believed just before a time. What was believed since is kept, as superseded.
    ///
    /// - Parameter recordedAt: milliseconds, later than every row of the key.
    package func revert(_ key: [any Bindable], before time: Int64, recordedAt: Int64, _ connection: Connection) throws {
        let first = "$\(key.count + 1)"
        let now = "$\(key.count + 2)"
        let bound: [any Bindable] = key + [time, recordedAt]
        try connection.run(
            """
            UPDATE \(name) SET superseded_at = \(now)
            WHERE \(isKey) AND superseded_at IS NULL AND recorded_at >= \(first)
            """, values: bound)
        try connection.run(
            """
            INSERT INTO \(name) (\(all), valid_from, valid_to, recorded_at)
            SELECT \(all), valid_from, valid_to, \(now) FROM \(name)
            WHERE \(isKey) AND recorded_at < \(first) AND superseded_at >= \(first) AND superseded_at < \(now)
            """, values: bound)
    }

    /// The first day after another on which something that is believed of a key begins; nil for none.
    package func nextDay(
        _ key: [any Bindable], after day: CivilDate, _ connection: Connection
    ) throws -> CivilDate? {
        try connection.first(
            """
            SELECT min(valid_from) FROM \(name) WHERE \(isKey) AND superseded_at IS NULL
                AND valid_from > $\(key.count + 1)
            """, values: key + [day]
        ) { try $0.optionalDate(0) } ?? nil
    }

    /// Whether exactly this is believed already.
    private func isStated(
        _ key: [any Bindable], _ values: [any Bindable], _ interval: DayInterval, _ connection: Connection
    ) throws -> Bool {
        let equal = self.values.enumerated().map { " AND \($1) IS $\(key.count + $0 + 1)" }.joined()
        let next = key.count + values.count
        return try connection.first(
            """
            SELECT 1 FROM \(name) WHERE \(isKey) AND superseded_at IS NULL\(equal)
                AND valid_from = $\(next + 1) AND valid_to IS $\(next + 2)
            """, values: key + values + [interval.first, interval.end]
        ) { _ in true } ?? false
    }

    /// Whether a fact is believed to hold on all days of an interval, in one piece.
    package func holds(
        _ key: [any Bindable], _ values: [any Bindable], _ interval: DayInterval, _ connection: Connection
    ) throws -> Bool {
        let equal = self.values.enumerated().map { " AND \($1) IS $\(key.count + $0 + 1)" }.joined()
        let next = key.count + values.count
        return try connection.first(
            """
            SELECT 1 FROM \(name) WHERE \(isKey) AND superseded_at IS NULL\(equal)
                AND valid_from <= $\(next + 1) AND (valid_to IS NULL OR valid_to >= $\(next + 2))
            """, values: key + values + [interval.first, interval.end]
        ) { _ in true } ?? false
    }

    /// A time for the next change of a key: now, but later than everything recorded about it, even if the machine's
    /// clock went back or two changes happen in the same millisecond.
    package func nextRecordedAt(_ key: [any Bindable], now: Instant, _ connection: Connection) throws -> Int64 {
        let latest = try connection.first(
            "SELECT max(coalesce(superseded_at, recorded_at)) FROM \(name) WHERE \(isKey)", values: key
        ) { $0.optionalInt64(0) }
        return max(now.milliseconds, ((latest ?? nil) ?? 0) + 1)
    }

    /// SQL that returns the rows that hold on a day, as they were known at a time; a time of NULL means as known now.
    ///
    /// - Parameters:
    ///   - condition: over the table's columns.
    ///   - day: the parameter that holds the day.
    ///   - known: the parameter that holds the time in milliseconds; nil for what is known now.
    package func asOf(_ condition: String, day: String, known: String? = nil) -> String {
        let belief =
            known.map { "recorded_at <= \($0) AND (superseded_at IS NULL OR superseded_at > \($0))" }
            ?? "superseded_at IS NULL"
        return """
            SELECT \(all), valid_from, valid_to, recorded_at FROM \(name)
            WHERE \(condition) AND valid_from <= \(day) AND (valid_to IS NULL OR valid_to > \(day)) AND \(belief)
            """
    }
}
