// A season that comes every year, as a parameter states it: from a day of the year through another one.

/// Days of every year, for example `07-16/08-05`. One whose end lies before its beginning goes on into the next year.
public struct YearlySeason: Hashable, Sendable {
    private struct YearDay: Hashable {
        let month: Int
        let day: Int

        init?(_ text: Substring) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let month = Int(parts[0]),
                let day = Int(parts[1]), CivilDate(year: 2000, month: month, day: day) != nil
            else { return nil }
            self.month = month
            self.day = day
        }

        /// 29 February is the last of the month in common years.
        func date(in year: Int) -> CivilDate? {
            CivilDate(year: year, month: month, day: day) ?? CivilDate(year: year, month: month, day: 28)
        }
    }

    private let first: YearDay
    private let last: YearDay

    /// Reads `MM-DD/MM-DD`; nil for anything else, also for days that no year has.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = YearDay(parts[0]), let last = YearDay(parts[1]) else { return nil }
        self.first = first
        self.last = last
    }

    /// The season that begins in a year; nil beyond the years of the calendar.
    public func days(beginningIn year: Int) -> ClosedRange<CivilDate>? {
        let wraps = (last.month, last.day) < (first.month, first.day)
        guard let begin = first.date(in: year), let end = last.date(in: wraps ? year + 1 : year) else { return nil }
        return begin...end
    }
}
