// Days and moments against independent arithmetic; everything that is not one is refused.

import Domain
import Testing

@Suite struct CivilDateTests {
    @Test("every day from 1600 to 2400 follows the day before, as an odometer counts")
    func everyDay() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var expected = try #require(CivilDate(year: 1600, month: 1, day: 1)).dayNumber
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.dayNumber == 0)
        var failures = 0
        for year in 1600...2400 {
            for month in 1...12 {
                let leapDay = month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)) ? 1 : 0
                for day in 1...(lengths[month - 1] + leapDay) {
                    let date = CivilDate(year: year, month: month, day: day)
                    let parts = CivilDate(dayNumber: expected)?.components
                    if date?.dayNumber != expected || parts?.year != year || parts?.month != month || parts?.day != day
                    {
                        failures += 1
                    }
                    expected += 1
                }
                if CivilDate(year: year, month: month, day: lengths[month - 1] + leapDay + 1) != nil { failures += 1 }
            }
        }
        #expect(failures == 0)
    }

    @Test("every day that can be represented is written and read back the same")
    func roundTrip() {
        var failures = 0
        for number in stride(from: CivilDate.first.dayNumber, through: CivilDate.last.dayNumber, by: 61) {
            guard let date = CivilDate(dayNumber: number), CivilDate(date.description) == date,
                CivilDate(year: date.year, month: date.month, day: date.day) == date
            else {
                failures += 1
                continue
            }
        }
        #expect(failures == 0)
        #expect(CivilDate.first.description == "0001-01-01")
        #expect(CivilDate.last.description == "9999-12-31")
    }

    @Test(
        "anything but YYYY-MM-DD of a day that exists is refused",
        arguments: [
            "", "2026", "2026-11", "2026-11-2", "2026-1-21", "26-11-21", "2026/11/21", "2026-11-21 ", " 2026-11-21",
            "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "0000-01-01",
            "-001-01-01", "+026-11-21", "２０２６-11-21", "2026-11-21T00:00", "99999-01-01", "2026-11-0a",
        ])
    func refused(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test(
        "months are added to the same day or the last of a shorter month",
        arguments: [
            ("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"), ("2024-02-29", 12, "2025-02-28"),
            ("2024-03-31", -1, "2024-02-29"), ("2024-11-30", 3, "2025-02-28"), ("2024-01-15", -13, "2022-12-15"),
            ("2024-05-05", 0, "2024-05-05"), ("0001-01-05", -1, "0001-01-01"), ("9999-12-05", 1, "9999-12-31"),
            ("2024-05-05", Int.max, "9999-12-31"), ("2024-05-05", Int.min, "0001-01-01"),
        ])
    func months(start: String, months: Int, expected: String) {
        #expect(CivilDate(start)?.adding(months: months).description == expected)
    }

    @Test("days are added across years and held within the calendar")
    func days() throws {
        let day = try #require(CivilDate("2024-02-28"))
        #expect(day.adding(days: 2).description == "2024-03-01")
        #expect(day.adding(days: -59).description == "2023-12-31")
        #expect(day.adding(days: .max) == .last)
        #expect(day.adding(days: .min) == .first)
        #expect(day.adding(days: 365).days(since: day) == 365)
    }

    @Test(
        "an age is complete on the birthday",
        arguments: [
            ("2000-05-10", "2016-05-09", 15), ("2000-05-10", "2016-05-10", 16), ("2000-02-29", "2015-02-28", 14),
            ("2000-02-29", "2015-03-01", 15), ("2000-02-29", "2016-02-29", 16), ("2000-05-10", "2000-05-10", 0),
            ("2000-05-10", "1999-12-31", -1),
        ])
    func ages(born: String, on day: String, years: Int) throws {
        #expect(try #require(CivilDate(born)).age(on: try #require(CivilDate(day))) == years)
    }
}

@Suite struct InstantTests {
    @Test(
        "RFC 3339 is read with any offset and written in UTC with milliseconds",
        arguments: [
            ("2026-11-21T12:34:56.789Z", "2026-11-21T12:34:56.789Z"),
            ("2026-11-21t12:34:56z", "2026-11-21T12:34:56.000Z"),
            ("2026-11-21T20:34:56+08:00", "2026-11-21T12:34:56.000Z"),
            ("2026-01-01T00:30:00.1+01:00", "2025-12-31T23:30:00.100Z"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999Z"),
            ("2026-11-21T00:00:00-00:30", "2026-11-21T00:30:00.000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ])
    func read(text: String, canonical: String) throws {
        let instant = try #require(Instant(text))
        #expect(instant.description == canonical)
        #expect(Instant(canonical) == instant)
        #expect(Instant(milliseconds: instant.milliseconds) == instant)
    }

    @Test(
        "what is not an RFC 3339 moment is refused",
        arguments: [
            "", "2026-11-21", "2026-11-21T12:34:56", "2026-11-21 12:34:56Z", "2026-11-21T24:00:00Z",
            "2026-11-21T12:60:00Z", "2026-11-21T12:34:60Z", "2026-11-21T12:34:56.Z", "2026-02-30T12:34:56Z",
            "2026-11-21T12:34:56.1234567890Z", "2026-11-21T12:34:56+24:00", "2026-11-21T12:34:56+08:60",
            "2026-11-21T12:34:56+0800", "2026-11-21T12:34:56ZZ", "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00", "2026-11-21T12:34:56,5Z",
        ])
    func refused(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("the day of the county begins at 16:00 UTC of the day before")
    func shanghai() throws {
        #expect(Instant("2026-11-20T15:59:59.999Z")?.shanghaiDate.description == "2026-11-20")
        #expect(Instant("2026-11-20T16:00:00Z")?.shanghaiDate.description == "2026-11-21")
        let day = try #require(CivilDate("2026-11-21"))
        #expect(Instant(startOf: day).description == "2026-11-20T16:00:00.000Z")
        #expect(Instant(milliseconds: .max).shanghaiDate == .last)
        #expect(Instant(milliseconds: .min).description == "0001-01-01T00:00:00.000Z")
    }
}
