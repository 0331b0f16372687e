// Calendar days of Asia/Shanghai as plain values: parsing, printing, arithmetic, ages.
// Deliberately knows no clock and no time zone; `Instant` turns a moment into a day.

/// A day of the proleptic Gregorian calendar, 0001-01-01 to 9999-12-31.
///
/// Kept as a day number, so that comparing and counting days are integer operations. Written and read as
/// `YYYY-MM-DD` (RFC 3339 full-date), which is also its form in the database.
public struct CivilDate: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// Days since 1970-01-01; negative before it.
    public let dayNumber: Int32

    /// The first day that can be represented, 0001-01-01.
    public static let first = CivilDate(clampingDayNumber: Int64(Int32.min))
    /// The last day that can be represented, 9999-12-31.
    public static let last = CivilDate(clampingDayNumber: Int64(Int32.max))

    private static let firstDayNumber: Int64 = -719_162
    private static let lastDayNumber: Int64 = 2_932_896

    /// The day with the given number, or nil outside years 1 to 9999.
    public init?(dayNumber: Int32) {
        guard (Self.firstDayNumber...Self.lastDayNumber).contains(Int64(dayNumber)) else { return nil }
        self.dayNumber = dayNumber
    }

    /// The given day, or nil if the calendar has no such day or the year is not 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(year: year, month: month)
        else { return nil }
        dayNumber = Self.dayNumber(year: year, month: month, day: day)
    }

    /// Reads exactly `YYYY-MM-DD` with ASCII digits; nil for anything else, also for days that do not exist.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads exactly the ten bytes of `YYYY-MM-DD`.
    public init?(utf8: some Collection<UInt8>) {
        var reader = DigitReader(utf8)
        guard let year = reader.number(digits: 4), reader.take(UInt8(ascii: "-")),
            let month = reader.number(digits: 2), reader.take(UInt8(ascii: "-")),
            let day = reader.number(digits: 2), reader.isAtEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private init(clampingDayNumber number: Int64) {
        dayNumber = Int32(min(max(number, Self.firstDayNumber), Self.lastDayNumber))
    }

    /// The year, 1 to 9999.
    public var year: Int { components.year }
    /// The month, 1 to 12.
    public var month: Int { components.month }
    /// The day of the month, 1 to 31.
    public var day: Int { components.day }

    /// Year, month and day together, for one computation instead of three.
    public var components: (year: Int, month: Int, day: Int) {
        // Years are counted from 1 March, so that the leap day is the last of its year and months need no table.
        let shifted = Int(dayNumber) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = components
        return String(unsafeUninitializedCapacity: 10) { buffer in
            buffer.writeDigits(year, at: 0, count: 4)
            buffer[4] = UInt8(ascii: "-")
            buffer.writeDigits(month, at: 5, count: 2)
            buffer[7] = UInt8(ascii: "-")
            buffer.writeDigits(day, at: 8, count: 2)
            return 10
        }
    }

    /// The day that many days later (earlier if negative), held within the first and the last day.
    public func adding(days: Int) -> CivilDate {
        let (sum, overflow) = Int64(dayNumber).addingReportingOverflow(Int64(days))
        guard !overflow else { return days < 0 ? .first : .last }
        return CivilDate(clampingDayNumber: sum)
    }

    /// The same day of the month that many months later (earlier if negative), or the last day of a shorter month:
    /// 31 January and one month is 28 or 29 February. Held within the first and the last day.
    public func adding(months: Int) -> CivilDate {
        let (year, month, day) = components
        let bounded = min(max(months, -120_000), 120_000)
        let count = year * 12 + (month - 1) + bounded
        guard count >= 12 else { return .first }
        guard count < 10_000 * 12 else { return .last }
        let newYear = count / 12
        let newMonth = count % 12 + 1
        let newDay = min(day, Self.daysInMonth(year: newYear, month: newMonth))
        return CivilDate(clampingDayNumber: Int64(Self.dayNumber(year: newYear, month: newMonth, day: newDay)))
    }

    /// Whole years (周岁) of somebody born on this day, at the given day. A year is complete on the birthday; for
    /// 29 February on 1 March of common years. Negative before the birth.
    public func age(on day: CivilDate) -> Int {
        let birth = components
        let now = day.components
        let birthdayPassed = (now.month, now.day) >= (birth.month, birth.day)
        return now.year - birth.year - (birthdayPassed ? 0 : 1)
    }

    /// Days from the other day to this one; negative if this one is earlier.
    public func days(since other: CivilDate) -> Int {
        Int(dayNumber) - Int(other.dayNumber)
    }

    /// Orders days by time.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.dayNumber < right.dayNumber
    }

    static func isLeap(year: Int) -> Bool {
        (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    }

    static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func dayNumber(year: Int, month: Int, day: Int) -> Int32 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days = shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear
        return Int32(days - 719_468)
    }
}
