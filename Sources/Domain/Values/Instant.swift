// Moments in time: milliseconds UTC, their RFC 3339 form, and the day they fall on in the county.
// Deliberately reads no clock: whoever needs the present is handed it.

/// A moment, in milliseconds since 1970-01-01T00:00:00Z without leap seconds, in years 1 to 9999.
public struct Instant: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    private static let millisecondsPerDay: Int64 = 86_400_000
    private static let shanghaiOffsetMilliseconds: Int64 = 8 * 3_600_000
    private static let earliest: Int64 = -719_162 * 86_400_000
    private static let latest: Int64 = 2_932_897 * 86_400_000 - 1

    /// The moment; a number outside years 1 to 9999 is held at the nearest end.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.earliest), Self.latest)
    }

    /// Reads an RFC 3339 date-time: `T` and `Z` in either case, any offset up to 23:59, one to nine digits of a
    /// second's fraction (cut to milliseconds). Nil for anything else. A leap second (`:60`) is refused, because it
    /// has no place of its own in this count.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads the bytes of an RFC 3339 date-time, as ``init(_:)`` does.
    public init?(utf8: some Collection<UInt8>) {
        guard utf8.count >= 20, utf8.count <= 35, let date = CivilDate(utf8: utf8.prefix(10)) else { return nil }
        var reader = DigitReader(utf8.dropFirst(10))
        guard reader.take(UInt8(ascii: "T")) || reader.take(UInt8(ascii: "t")),
            let hour = reader.number(digits: 2), hour < 24, reader.take(UInt8(ascii: ":")),
            let minute = reader.number(digits: 2), minute < 60, reader.take(UInt8(ascii: ":")),
            let second = reader.number(digits: 2), second < 60,
            let fraction = Self.fractionMilliseconds(&reader),
            let offsetMinutes = Self.offsetMinutes(&reader), reader.isAtEnd
        else { return nil }
        let secondOfDay = Int64(hour * 3600 + minute * 60 + second) - Int64(offsetMinutes) * 60
        let total = Int64(date.dayNumber) * Self.millisecondsPerDay + secondOfDay * 1000 + Int64(fraction)
        guard (Self.earliest...Self.latest).contains(total) else { return nil }
        milliseconds = total
    }

    /// `2026-11-21T12:34:56.789Z`: always UTC, always three digits of the second.
    public var description: String {
        let (days, millisecondOfDay) = Self.split(milliseconds)
        let day = CivilDate.first.adding(days: days + 719_162).description
        return day
            + String(unsafeUninitializedCapacity: 14) { buffer in
                let seconds = millisecondOfDay / 1000
                buffer[0] = UInt8(ascii: "T")
                buffer.writeDigits(seconds / 3600, at: 1, count: 2)
                buffer[3] = UInt8(ascii: ":")
                buffer.writeDigits(seconds / 60 % 60, at: 4, count: 2)
                buffer[6] = UInt8(ascii: ":")
                buffer.writeDigits(seconds % 60, at: 7, count: 2)
                buffer[9] = UInt8(ascii: ".")
                buffer.writeDigits(millisecondOfDay % 1000, at: 10, count: 3)
                buffer[13] = UInt8(ascii: "Z")
                return 14
            }
    }

    /// The day in Asia/Shanghai (UTC+8 all year since 1992; dates of the register are days there).
    public var shanghaiDate: CivilDate {
        let (days, _) = Self.split(milliseconds + Self.shanghaiOffsetMilliseconds)
        return CivilDate.first.adding(days: days + 719_162)
    }

    /// The first moment of a day in Asia/Shanghai.
    public init(startOf day: CivilDate) {
        self.init(milliseconds: Int64(day.dayNumber) * Self.millisecondsPerDay - Self.shanghaiOffsetMilliseconds)
    }

    /// Orders moments by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    private static func split(_ milliseconds: Int64) -> (days: Int, millisecondOfDay: Int) {
        let rest = milliseconds % millisecondsPerDay
        let millisecondOfDay = rest < 0 ? rest + millisecondsPerDay : rest
        return (Int((milliseconds - millisecondOfDay) / millisecondsPerDay), Int(millisecondOfDay))
    }

    private static func fractionMilliseconds(_ reader: inout DigitReader<some Collection<UInt8>>) -> Int? {
        guard reader.take(UInt8(ascii: ".")) else { return 0 }
        var value = 0
        var digits = 0
        while let digit = reader.digit() {
            digits += 1
            guard digits <= 9 else { return nil }
            if digits <= 3 { value = value * 10 + digit }
        }
        switch digits {
        case 0: return nil
        case 1: return value * 100
        case 2: return value * 10
        default: return value
        }
    }

    private static func offsetMinutes(_ reader: inout DigitReader<some Collection<UInt8>>) -> Int? {
        if reader.take(UInt8(ascii: "Z")) || reader.take(UInt8(ascii: "z")) { return 0 }
        let isEast = reader.take(UInt8(ascii: "+"))
        guard isEast || reader.take(UInt8(ascii: "-")),
            let hours = reader.number(digits: 2), hours < 24, reader.take(UInt8(ascii: ":")),
            let minutes = reader.number(digits: 2), minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
