// HTTP dates by integer arithmetic (Foundation's formatters are slow and unsafe on Linux). Whole seconds, UTC only.

/// Seconds since 1970 as an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7). Years 1 to 9999.
public func httpDate(_ secondsSince1970: Int) -> String {
    let bounded = min(max(secondsSince1970, -62_135_596_800), 253_402_300_799)
    var text = [UInt8](repeating: 0, count: HTTPDate.byteCount)
    text.withUnsafeMutableBytes { HTTPDate.write(bounded, to: $0) }
    return String(decoding: text, as: UTF8.self)
}

/// Seconds since 1970 of a date in any of the three formats of RFC 9110 section 5.6.7; nil if it is none of them, or
/// names a day or time that does not exist. A two-digit year more than 50 years ahead is taken as past.
public func httpDateSeconds(_ bytes: ArraySlice<UInt8>, now: Int) -> Int? {
    bytes.withUnsafeBytes { HTTPDate.parse($0, now: now) }
}

enum HTTPDate {
    static let byteCount = 29

    private static let dayNames: StaticString = "SunMonTueWedThuFriSat"
    private static let monthNames: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

    static func write(_ seconds: Int, to target: UnsafeMutableRawBufferPointer) {
        let day = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
        let second = seconds - day * 86_400
        let (year, month, dayOfMonth) = civil(day)
        let weekday = ((day + 4) % 7 + 7) % 7
        func copy(_ text: StaticString, _ from: Int, _ count: Int, at offset: Int) {
            for index in 0..<count { target[offset + index] = text.utf8Start[from + index] }
        }
        func digits(_ value: Int, _ count: Int, at offset: Int) {
            var rest = value
            for index in stride(from: offset + count - 1, through: offset, by: -1) {
                target[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        copy("xxx, 00 xxx 0000 00:00:00 GMT", 0, byteCount, at: 0)
        copy(dayNames, weekday * 3, 3, at: 0)
        digits(dayOfMonth, 2, at: 5)
        copy(monthNames, (month - 1) * 3, 3, at: 8)
        digits(year, 4, at: 12)
        digits(second / 3_600, 2, at: 17)
        digits(second / 60 % 60, 2, at: 20)
        digits(second % 60, 2, at: 23)
    }

    static func parse(_ text: UnsafeRawBufferPointer, now: Int) -> Int? {
        guard text.count >= 24, text.count <= 33 else { return nil }
        if text.count == 29, text[3] == 0x2c {
            // Sun, 06 Nov 1994 08:49:37 GMT
            guard isDayName(text), text[4] == 0x20, text[7] == 0x20, text[11] == 0x20, text[16] == 0x20,
                text.slice(25, 29).equals(" GMT"), let day = number(text, 5, 2), let month = month(text, 8),
                let year = number(text, 12, 4), let time = time(text, 17)
            else { return nil }
            return seconds(year, month, day, time)
        }
        if text.count == 24, text[3] == 0x20 {
            // Sun Nov  6 08:49:37 1994
            guard isDayName(text), text[7] == 0x20, text[10] == 0x20, text[19] == 0x20,
                let day = text[8] == 0x20 ? number(text, 9, 1) : number(text, 8, 2), let month = month(text, 4),
                let year = number(text, 20, 4), let time = time(text, 11)
            else { return nil }
            return seconds(year, month, day, time)
        }
        // Sunday, 06-Nov-94 08:49:37 GMT
        guard let comma = text.firstOffset(of: 0x2c), comma >= 6, comma <= 9, text.count == comma + 24, isDayName(text)
        else { return nil }
        let rest = text.slice(comma + 1, text.count)
        guard rest[0] == 0x20, rest[3] == 0x2d, rest[7] == 0x2d, rest[10] == 0x20, rest.slice(19, 23).equals(" GMT"),
            let day = number(rest, 1, 2), let month = month(rest, 4), let short = number(rest, 8, 2),
            let time = time(rest, 11)
        else { return nil }
        let thisYear = civil(now / 86_400).year
        var year = thisYear - thisYear % 100 + short
        if year > thisYear + 50 { year -= 100 }
        return seconds(year, month, day, time)
    }

    private static func isDayName(_ text: UnsafeRawBufferPointer) -> Bool {
        (0..<7).contains { day in (0..<3).allSatisfy { text[$0] == dayNames.utf8Start[day * 3 + $0] } }
    }

    private static func month(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int? {
        (0..<12).first { month in (0..<3).allSatisfy { text[at + $0] == monthNames.utf8Start[month * 3 + $0] } }
            .map { $0 + 1 }
    }

    private static func number(_ text: UnsafeRawBufferPointer, _ at: Int, _ count: Int) -> Int? {
        if case .value(let value) = NumberParse.decimal(text.slice(at, at + count)) { return value }
        return nil
    }

    private static func time(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int? {
        guard text[at + 2] == 0x3a, text[at + 5] == 0x3a, let hour = number(text, at, 2), hour < 24,
            let minute = number(text, at + 3, 2), minute < 60, let second = number(text, at + 6, 2), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ time: Int) -> Int? {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard day >= 1, day <= length else { return nil }
        return daysSince1970(year, month, day) * 86_400 + time
    }

    /// Days of the proleptic Gregorian calendar, counted in years that begin on 1 March.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let days = daysSince1970 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
