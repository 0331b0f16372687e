// Duties of contact as a person would say them: each household in words, and what it is owed and was given.

import Testing

@testable import Domain

/// A day of the tests, which exists.
private func day(_ text: String) -> CivilDate { CivilDate(text) ?? .first }

/// A household since a day, with stretches of visits a year (and no calls), visited on some days.
private struct Story {
    let begin: String
    let visitsAYear: [(from: String, times: Int)]
    var visits: [String] = []
    var calls: [String] = []
    var callsAMonth = 0
    var windows: [OccasionWindow] = []
    var named: [String: ContactDutyKind] = [:]

    func duties(through horizon: String) -> [ContactDuty] {
        let stretches = visitsAYear.map { stretch in
            ContactStretch(
                first: day(stretch.from), phone: ContactCadence(timesPerMonth: callsAMonth),
                visit: ContactCadence(timesPerYear: stretch.times))
        }
        let ledger = ContactLedger(begin: day(begin), stretches: stretches, windows: windows)
        let contacts =
            visits.map { HouseholdContact(day: day($0), isVisit: true, occasions: named[$0].map { [$0] } ?? []) }
            + calls.map { HouseholdContact(day: day($0), isVisit: false, occasions: [.festival]) }
        return ContactLedger.counting(contacts, for: ledger.duties(through: day(horizon)))
    }

    /// `2026-01-01/2026-03-31 1/1 2026-02-14`: period, contacts of those owed, and when it was done.
    func told(through horizon: String) -> [String] {
        duties(through: horizon).map { duty in
            let kind = duty.name.kind == .visit ? "" : "\(duty.name.kind.rawValue) "
            return "\(kind)\(duty.name.first)/\(duty.name.last) \(duty.contacts)/\(duty.required)"
                + (duty.doneOn.map { " \($0)" } ?? "")
        }
    }
}

@Suite struct ContactCadenceTests {
    @Test(
        "times a year fall into the shortest calendar periods over which they spread evenly",
        arguments: [
            (12, 1, 1), (24, 1, 2), (36, 1, 3), (6, 2, 1), (18, 2, 3), (4, 3, 1), (8, 3, 2), (2, 6, 1), (10, 6, 5),
            (1, 12, 1), (3, 12, 3), (5, 12, 5), (7, 12, 7),
        ])
    func yearly(times: Int, months: Int, each: Int) throws {
        let cadence = try #require(ContactCadence(timesPerYear: times))
        #expect(cadence.months == months)
        #expect(cadence.times == each)
        #expect(cadence.times * 12 / cadence.months == times)
    }

    @Test("nothing a year or a month is no duty")
    func never() {
        #expect(ContactCadence(timesPerYear: 0) == nil)
        #expect(ContactCadence(timesPerMonth: 0) == nil)
    }

    @Test(
        "periods are those of the calendar, with leap days",
        arguments: [
            ("2024-02-10", 1, "2024-02-01", "2024-02-29"), ("2026-02-10", 1, "2026-02-01", "2026-02-28"),
            ("2024-01-31", 2, "2024-01-01", "2024-02-29"), ("2026-04-30", 2, "2026-03-01", "2026-04-30"),
            ("2026-11-22", 3, "2026-10-01", "2026-12-31"), ("2026-06-30", 6, "2026-01-01", "2026-06-30"),
            ("2026-07-01", 6, "2026-07-01", "2026-12-31"), ("2026-05-05", 12, "2026-01-01", "2026-12-31"),
        ])
    func periods(on: String, months: Int, first: String, last: String) {
        let period = CalendarPeriod(containing: day(on), months: months)
        #expect(period.first == day(first))
        #expect(period.last == day(last))
        let next = period.next(months: months)
        #expect(next.first == day(last).adding(days: 1))
        #expect(next.last > next.first)
    }
}

@Suite struct ContactLedgerTests {
    @Test("a household that is visited in every quarter has done its duty on the day of the first visit of each")
    func quarters() {
        let story = Story(
            begin: "2025-01-01", visitsAYear: [("2016-01-01", 4)],
            visits: ["2025-02-14", "2025-03-30", "2025-05-01", "2025-07-01"])
        #expect(
            story.told(through: "2025-07-31") == [
                "2025-01-01/2025-03-31 2/1 2025-02-14", "2025-04-01/2025-06-30 1/1 2025-05-01",
                "2025-07-01/2025-09-30 1/1 2025-07-01",
            ])
    }

    @Test("a household that comes under duty in the middle of a quarter owes that quarter, by the rule of that day")
    func partialFirstPeriod() {
        let story = Story(begin: "2026-02-20", visitsAYear: [("2026-02-01", 4)], visits: ["2026-01-10", "2026-02-20"])
        #expect(story.told(through: "2026-03-31") == ["2026-01-01/2026-03-31 2/1 2026-01-10"])
        let monthly = Story(begin: "2026-02-20", visitsAYear: [("2026-02-01", 12)])
        #expect(
            monthly.told(through: "2026-03-31") == ["2026-02-01/2026-02-28 0/1", "2026-03-01/2026-03-31 0/1"])
    }

    @Test("lifted in the middle of a quarter: the months that had begun stay owed, quarters begin with the next one")
    func liftedMidQuarter() {
        let story = Story(begin: "2026-01-01", visitsAYear: [("2016-01-01", 12), ("2026-02-10", 4)])
        #expect(
            story.told(through: "2026-04-30") == [
                "2026-01-01/2026-01-31 0/1", "2026-02-01/2026-02-28 0/1", "2026-04-01/2026-06-30 0/1",
            ])
    }

    @Test("fallen back in the middle of a quarter: the quarter stays owed, months begin with the next one")
    func returnedMidQuarter() {
        let story = Story(begin: "2026-01-01", visitsAYear: [("2016-01-01", 4), ("2026-02-10", 12)])
        #expect(
            story.told(through: "2026-04-30")
                == [
                    "2026-01-01/2026-03-31 0/1", "2026-03-01/2026-03-31 0/1", "2026-04-01/2026-04-30 0/1",
                ].sorted { $0.split(separator: "/")[1] < $1.split(separator: "/")[1] })
    }

    @Test("a status that changes and changes back within a month leaves its mark on no period")
    func backWithinMonth() {
        let story = Story(
            begin: "2026-01-01", visitsAYear: [("2016-01-01", 12), ("2026-02-10", 4), ("2026-02-20", 12)])
        #expect(story.duties(through: "2026-04-30").map(\.name.first.month) == [1, 2, 3, 4])
    }

    @Test("what was missed is made up by the next visit, which also counts for its own period")
    func madeUp() {
        let story = Story(begin: "2026-01-01", visitsAYear: [("2016-01-01", 12)], visits: ["2026-03-05"])
        let duties = story.duties(through: "2026-04-30")
        #expect(
            story.told(through: "2026-04-30") == [
                "2026-01-01/2026-01-31 0/1 2026-03-05", "2026-02-01/2026-02-28 0/1 2026-03-05",
                "2026-03-01/2026-03-31 1/1 2026-03-05", "2026-04-01/2026-04-30 0/1",
            ])
        #expect(duties.map(\.isLate) == [true, true, false, false])
        #expect(duties[0].state(on: day("2026-01-31")) == .due)
        #expect(duties[0].overdueDays(on: day("2026-01-31")) == 0)
        #expect(duties[0].state(on: day("2026-03-04")) == .overdue)
        #expect(duties[0].overdueDays(on: day("2026-03-04")) == 32)
        #expect(duties[0].overdueDays(on: day("2026-03-04"), since: day("2026-03-01")) == 3)
        #expect(duties[0].overdueDays(on: day("2026-03-04"), since: day("2026-03-04")) == 0)
        #expect(duties[0].state(on: day("2026-03-05")) == .late)
        #expect(duties[0].overdueDays(on: day("2026-03-05")) == 0)
    }

    @Test("twice a month: the second visit does it; one alone is made up by the first of a later month")
    func severalTimes() {
        let story = Story(
            begin: "2026-01-01", visitsAYear: [("2016-01-01", 24)],
            visits: ["2026-01-05", "2026-01-25", "2026-02-03", "2026-03-09", "2026-03-09"])
        #expect(
            story.told(through: "2026-03-31") == [
                "2026-01-01/2026-01-31 2/2 2026-01-25", "2026-02-01/2026-02-28 1/2 2026-03-09",
                "2026-03-01/2026-03-31 2/2 2026-03-09",
            ])
    }

    @Test("calls are owed beside visits, and neither counts for the other")
    func calls() {
        let story = Story(
            begin: "2026-01-01", visitsAYear: [("2016-01-01", 4)], visits: ["2026-01-05"], calls: ["2026-02-28"],
            callsAMonth: 1)
        #expect(
            story.told(through: "2026-02-28") == [
                "phone 2026-01-01/2026-01-31 0/1 2026-02-28", "phone 2026-02-01/2026-02-28 1/1 2026-02-28",
                "2026-01-01/2026-03-31 1/1 2026-01-05",
            ])
    }

    @Test("February of a leap year ends on the 29th")
    func leapFebruary() {
        let story = Story(begin: "2024-02-01", visitsAYear: [("2016-01-01", 12)], visits: ["2024-02-29"])
        #expect(story.told(through: "2024-02-29") == ["2024-02-01/2024-02-29 1/1 2024-02-29"])
    }

    @Test(
        "an occasion is met by a visit that names it, not by a call and not by another visit; a later one makes it up")
    func occasions() {
        let window = OccasionWindow(
            kind: .festival, subject: "spring-festival", first: day("2026-02-10"), last: day("2026-02-24"))
        let early = OccasionWindow(
            kind: .festival, subject: "mid-autumn", first: day("2025-09-29"), last: day("2025-10-13"))
        var story = Story(
            begin: "2026-01-01", visitsAYear: [("2016-01-01", 0)], visits: ["2026-02-12"], calls: ["2026-02-17"],
            windows: [window, window, early])
        #expect(story.told(through: "2026-03-31") == ["festival 2026-02-10/2026-02-24 0/1"])
        story.visits.append("2026-03-02")
        story.named = ["2026-03-02": .festival]
        #expect(story.told(through: "2026-03-31") == ["festival 2026-02-10/2026-02-24 0/1 2026-03-02"])
        story.named = ["2026-02-12": .festival]
        #expect(story.told(through: "2026-03-31") == ["festival 2026-02-10/2026-02-24 1/1 2026-02-12"])
    }

    @Test("asked only for what ends from a day on, the ledger says the same of it")
    func parts() {
        let story = [("2016-01-01", 12), ("2025-04-10", 4), ("2025-11-03", 2), ("2026-01-15", 24)]
        let ledger = ContactLedger(
            begin: day("2024-12-20"),
            stretches: story.map {
                ContactStretch(
                    first: day($0.0), phone: ContactCadence(timesPerMonth: 1), visit: ContactCadence(timesPerYear: $0.1)
                )
            })
        let all = ledger.duties(through: day("2026-12-31"))
        for offset in 0..<800 {
            let from = day("2024-12-01").adding(days: offset)
            #expect(
                ledger.duties(endingFrom: from, through: day("2026-12-31")) == all.filter { $0.name.last >= from })
        }
    }
}
