// Windows of occasions as a person would say them: before and after a festival, busy seasons over the turn of the year,
// rules that change and households that move in between.

import Foundation
import Testing

@testable import Domain

@Suite struct OccasionCalendarTests {
    private static func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    private static func stretch(
        _ first: String, _ end: String? = nil, _ change: (inout OccasionRules) -> Void
    ) throws -> OccasionStretch {
        var rules = OccasionRules()
        rules.festivals = ["dragon-boat"]
        rules.daysBefore = 7
        rules.daysAfter = 7
        rules.eventDays = 15
        change(&rules)
        return OccasionStretch(first: try day(first), end: try end.map(day), rules: rules)
    }

    private static func windows(
        _ stretches: [OccasionStretch], _ first: String = "2026-01-01", _ last: String = "2026-12-31"
    ) throws -> [String] {
        let festivals = [
            Festival(code: "dragon-boat", day: try day("2025-05-31")),
            Festival(code: "dragon-boat", day: try day("2026-06-19")),
            Festival(code: "mid-autumn", day: try day("2026-09-25")),
        ]
        return OccasionCalendar.windows(
            stretches, festivals: festivals, from: try day(first), through: try day(last)
        ).map { "\($0.kind.rawValue) \($0.subject) \($0.first) \($0.last)" }
    }

    @Test("a festival is a week before and a week after, and no other one obliges")
    func festivals() throws {
        let rules = try Self.stretch("2000-01-01") { _ in }
        #expect(try Self.windows([rules]) == ["festival dragon-boat 2026-06-12 2026-06-26"])
        #expect(try Self.windows([rules], "2026-06-27").isEmpty)
        #expect(try Self.windows([rules], "2026-06-26", "2026-06-26").count == 1)
        #expect(try Self.windows([rules], "2026-01-01", "2026-06-11").isEmpty)
        let short = try Self.stretch("2000-01-01") {
            $0.daysBefore = 0
            $0.daysAfter = 0
        }
        #expect(try Self.windows([short]) == ["festival dragon-boat 2026-06-19 2026-06-19"])
        let none = try Self.stretch("2000-01-01") { $0.festivals = ["none"] }
        #expect(try Self.windows([none]).isEmpty)
    }

    @Test("a window opens by the rules of its first day: a later rule, or another village, does not move it")
    func rulesChange() throws {
        let wide = try Self.stretch("2026-06-15") { $0.daysAfter = 20 }
        let none = try Self.stretch("2026-06-15") { $0.festivals = [] }
        let before = try Self.stretch("2000-01-01", "2026-06-15") { _ in }
        let nothingBefore = try Self.stretch("2000-01-01", "2026-06-15") { $0.festivals = [] }
        #expect(try Self.windows([before, wide]) == ["festival dragon-boat 2026-06-12 2026-06-26"])
        #expect(try Self.windows([before, none]) == ["festival dragon-boat 2026-06-12 2026-06-26"])
        // Who moves in, or a rule that begins, before the festival: from that day on.
        #expect(try Self.windows([nothingBefore, wide]) == ["festival dragon-boat 2026-06-15 2026-07-09"])
        let tooLate = try Self.stretch("2026-06-20") { _ in }
        #expect(try Self.windows([tooLate]).isEmpty)
    }

    @Test("a busy season comes every year, also over the turn of the year, and a restated one does not come twice")
    func seasons() throws {
        let rice = try #require(YearlySeason("07-16/08-05"))
        let moved = try #require(YearlySeason("07-20/08-10"))
        let cane = try #require(YearlySeason("12-01/03-31"))
        let leap = try #require(YearlySeason("02-20/02-29"))
        let rules = try Self.stretch("2000-01-01") {
            $0.festivals = []
            $0.seasons = ["rice-early": [rice], "sugarcane": [cane], "wheat": [leap]]
        }
        #expect(
            try Self.windows([rules]) == [
                "busy-season rice-early 2026-07-16 2026-08-05", "busy-season sugarcane 2025-12-01 2026-03-31",
                "busy-season sugarcane 2026-12-01 2027-03-31", "busy-season wheat 2026-02-20 2026-02-28",
            ])
        #expect(
            try Self.windows([rules], "2028-02-29", "2028-02-29").contains("busy-season wheat 2028-02-20 2028-02-29"))
        let first = try Self.stretch("2000-01-01", "2026-07-25") {
            $0.festivals = []
            $0.seasons = ["rice-early": [rice]]
        }
        let second = try Self.stretch("2026-07-25") {
            $0.festivals = []
            $0.seasons = ["rice-early": [moved]]
        }
        #expect(
            try Self.windows([first, second], "2026-01-01", "2027-12-31") == [
                "busy-season rice-early 2026-07-16 2026-08-05", "busy-season rice-early 2027-07-20 2027-08-10",
            ])
        for wrong in ["", "07-16", "7-16/08-05", "02-30/03-01", "13-01/13-02", "07-16/08-05/", "07-16/08-05 "] {
            #expect(YearlySeason(wrong) == nil, "\(wrong)")
        }
    }

    @Test("an event obliges for the days after it; one that is told twice obliges once")
    func events() throws {
        let rules = [
            try Self.stretch("2000-01-01", "2026-03-01") { _ in },
            try Self.stretch("2026-03-01") { $0.eventDays = 3 },
        ]
        let events = [
            HouseholdEvent(.birth, on: try Self.day("2026-02-20")),
            HouseholdEvent(.birth, on: try Self.day("2026-02-20")),
            HouseholdEvent(.dispute, on: try Self.day("2026-03-01")),
            HouseholdEvent(.difficulty, on: try Self.day("1999-12-31")),
            HouseholdEvent(.death, on: try Self.day("2025-01-01")),
        ]
        let windows = OccasionCalendar.windows(
            of: events, rules, from: try Self.day("2026-01-01"), through: try Self.day("2026-12-31")
        ).map { "\($0.kind.rawValue) \($0.subject) \($0.first) \($0.last)" }.sorted()
        #expect(
            windows == ["dispute dispute 2026-03-01 2026-03-04", "life-event birth 2026-02-20 2026-03-07"])
    }

    @Test("every festival and crop that rules name is a row of the database, and the dates are whole")
    func codes() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("Migrations/0016_contact_duties.sql"), encoding: .utf8)
        for code in OccasionCode.festivals { #expect(text.contains("('festival', '\(code)', "), "\(code)") }
        for (code, chinese, _) in OccasionCode.crops {
            #expect(text.contains("('crop', '\(code)', "))
            #expect(text.contains(chinese))
        }
        // Twenty-one years of seven festivals, each at its time of the year.
        let season: [String: ClosedRange<Int>] = [
            "spring-festival": 121...220, "lantern-festival": 204...306, "qingming": 404...406,
            "third-month-third": 321...425, "dragon-boat": 527...625, "mid-autumn": 907...1008,
            "double-ninth": 1001...1102,
        ]
        var found = 0
        for part in text.split(separator: "(").map({ $0.prefix { $0 != ")" } }) {
            let words = part.split { "'), ;\n".contains($0) }
            guard words.count == 3, let range = season[String(words[0])], let year = Int(words[1]) else { continue }
            let date = try #require(CivilDate(String(words[2])))
            found += 1
            #expect(date.year == year, "\(part)")
            #expect(range.contains(date.month * 100 + date.day), "\(part)")
        }
        #expect(found == 147)
    }
}
