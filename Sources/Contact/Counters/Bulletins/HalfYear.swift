// Half a year of the calendar, as bulletins name it.

import Domain
import Web

/// January to June, or July to December.
struct HalfYear: Hashable {
    let year: Int
    /// 1 or 2.
    let half: Int

    /// The half year that contains a day.
    init(containing day: CivilDate) {
        year = day.year
        half = day.month <= 6 ? 1 : 2
    }

    private init(year: Int, half: Int) {
        self.year = year
        self.half = half
    }

    /// Reads `2026-1` or `2026-2`.
    ///
    /// - Throws: `malformed`.
    init(_ text: String) throws(FieldError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), (2000...2100).contains(year),
            parts[1] == "1" || parts[1] == "2"
        else {
            throw FieldError(
                .malformed, zh: "应为半年，写作 2026-1 或 2026-2", en: "a half year is expected, like 2026-1 or 2026-2")
        }
        self.init(year: year, half: parts[1] == "1" ? 1 : 2)
    }

    var before: HalfYear { half == 1 ? HalfYear(year: year - 1, half: 2) : HalfYear(year: year, half: 1) }

    var period: CountedPeriod {
        let first = CivilDate(year: year, month: half == 1 ? 1 : 7, day: 1) ?? .first
        return CountedPeriod(first: first, last: first.adding(months: 6).adding(days: -1))
    }

    var description: String { "\(year)-\(half)" }
    var chinese: String { "\(year) 年\(half == 1 ? "上" : "下")半年" }
}
