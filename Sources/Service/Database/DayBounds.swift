// Which days may be stated, by the parameters that hold everywhere, because a body or a row is read before its area is
// known. Kept in memory beside the code lists, because every day of every body is checked against it.

import Domain
import SQL
import Web

/// The rows that bound days.
package struct DayBounds: Sendable {
    private struct Row: Sendable {
        let key: String
        let days: DayInterval
        let value: Int
    }

    private var rows: [Row] = []

    private static let keys = [ParameterKey.dayBirthYear, ParameterKey.dayFirstYear, ParameterKey.dayYearsAhead]

    package static func concerns(_ key: String) -> Bool { keys.contains(key) }

    package static func load(_ connection: Connection) throws -> DayBounds {
        var bounds = DayBounds()
        try connection.forEach(
            """
            SELECT key, first_on, end_on, value FROM parameter
            WHERE key IN ($1, $2, $3) AND division_id IS NULL AND (end_on IS NULL OR end_on > first_on)
            """, keys[0], keys[1], keys[2]
        ) { row in
            // A number is stored as its digits.
            guard let number = Int(row.text(3)) else { return }
            bounds.rows.append(
                Row(
                    key: row.text(0), days: DayInterval(first: try row.date(1), end: try row.optionalDate(2)),
                    value: number))
        }
        return bounds
    }

    package func days(on today: CivilDate) -> PlausibleDays {
        let usual = PlausibleDays.usual(year: today.year)
        func value(_ key: String) -> Int? { rows.first { $0.key == key && $0.days.contains(today) }?.value }
        return PlausibleDays(
            birthYear: value(ParameterKey.dayBirthYear) ?? usual.birthsFrom.year,
            firstYear: value(ParameterKey.dayFirstYear) ?? usual.othersFrom.year,
            lastYear: today.year + (value(ParameterKey.dayYearsAhead) ?? PlausibleDays.yearsAheadUsual))
    }
}

extension PlausibleDays {
    /// A day as a body states it.
    package func day(_ text: String) throws(FieldError) -> CivilDate {
        guard let date = CivilDate(text) else { throw malformed(from: othersFrom) }
        return try check(date)
    }

    /// The day of a birth as a body states it.
    package func birth(_ text: String) throws(FieldError) -> CivilDate {
        guard let date = CivilDate(text) else { throw malformed(from: birthsFrom) }
        return try check(date, birth: true)
    }

    /// - Throws: `implausible-day` with the bounds.
    @discardableResult
    package func check(_ date: CivilDate, birth isBirth: Bool = false) throws(FieldError) -> CivilDate {
        let first = isBirth ? birthsFrom : othersFrom
        guard first <= date, date <= last else {
            throw FieldError(
                .implausibleDay,
                detail: Message(
                    zh: "\(date) 不合理，应在 \(first) 至 \(last) 之间，写作 YYYY-MM-DD（年份四位）",
                    en:
                        "\(date) is implausible: it should be from \(first) to \(last), with a four-digit year"
                ))
        }
        return date
    }

    package func malformed(from first: CivilDate) -> FieldError {
        FieldError(
            .notADate,
            detail: Message(
                zh: "应为有效日期 YYYY-MM-DD（年份四位），在 \(first) 至 \(last) 之间",
                en: "a real date is expected: YYYY-MM-DD with a four-digit year, from \(first) to \(last)")
        )
    }
}
