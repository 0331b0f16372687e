// Which days a register can speak of. A day outside is a mistake of whoever typed it or of a spreadsheet: year 16 for
// 2016, 1071 for 1971, 2916 for 2016.

/// The bounds of days that are stated.
public struct PlausibleDays: Sendable, Hashable {
    /// The first day on which somebody who is registered can be born.
    public let birthsFrom: CivilDate
    /// The first day of everything else.
    public let othersFrom: CivilDate
    /// The last day of anything, also of what is planned.
    public let last: CivilDate

    /// Bounds by whole years; a year that the calendar does not have is the nearest that it has.
    public init(birthYear: Int, firstYear: Int, lastYear: Int) {
        birthsFrom = CivilDate(year: birthYear, month: 1, day: 1) ?? .first
        othersFrom = CivilDate(year: firstYear, month: 1, day: 1) ?? .first
        last = CivilDate(year: lastYear, month: 12, day: 31) ?? .last
    }

    /// Whether something other than a birth can be on a day.
    public func isOpen(to day: CivilDate) -> Bool { othersFrom <= day && day <= last }

    /// The year before which nobody is born, whatever an installation lays down, also in identity numbers.
    public static let birthYearMin = 1900
    /// The bounds where nobody lays anything down, in a given year.
    public static func usual(year: Int) -> PlausibleDays {
        PlausibleDays(birthYear: birthYearMin, firstYear: 1949, lastYear: year + yearsAheadUsual)
    }
    /// Years from now in which plans still lie.
    public static let yearsAheadUsual = 30
    /// Days that may be asked for: of a day before there was anything the answer is empty, and harmless.
    public static let asked = PlausibleDays(birthYear: birthYearMin, firstYear: birthYearMin, lastYear: 2100)
}
