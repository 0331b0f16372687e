// How often a household is to be called or visited (R060, R061, R062), and the calendar periods that follow from it. It
// knows no parameter and no household: whoever asks brings the numbers.

/// So many contacts in each calendar period of some months.
public struct ContactCadence: Hashable, Sendable {
    /// Months of a period: 1, 2, 3, 6 or 12, counted from January.
    public let months: Int
    /// Contacts owed in each.
    public let times: Int

    /// The lengths of calendar periods, shortest first.
    public static let lengths = [1, 2, 3, 6, 12]

    /// The shortest periods over which so many times a year spread evenly: 12 is monthly, 4 quarterly, 8 quarterly
    /// twice, 5 yearly five times; nil for none at all.
    public init?(timesPerYear times: Int) {
        guard times > 0 else { return nil }
        months = Self.lengths.first { times % (12 / $0) == 0 } ?? 12
        self.times = times / (12 / months)
    }

    /// So many times every month; nil for none at all.
    public init?(timesPerMonth times: Int) {
        guard times > 0 else { return nil }
        months = 1
        self.times = times
    }
}

/// A month, two, a quarter, half a year or a year of the calendar.
public struct CalendarPeriod: Hashable, Sendable {
    /// Its first day.
    public let first: CivilDate
    /// Its last day.
    public let last: CivilDate

    /// The period of so many months in which a day lies.
    ///
    /// - Parameter months: a divisor of 12.
    public init(containing day: CivilDate, months: Int) {
        let (_, month, dayOfMonth) = day.components
        first = day.adding(days: 1 - dayOfMonth).adding(months: -((month - 1) % months))
        last = first.adding(months: months).adding(days: -1)
    }

    /// The one that begins when this one has ended.
    ///
    /// - Parameter months: its own length.
    public func next(months: Int) -> CalendarPeriod { CalendarPeriod(containing: last.adding(days: 1), months: months) }
}
