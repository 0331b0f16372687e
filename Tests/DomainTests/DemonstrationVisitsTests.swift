// The visits of the demonstration county: the same for the same seed, in proportions and with gaps of real ones.

import Demonstration
import Domain
import Testing

@Suite struct DemonstrationVisitsTests {
    private static let today = CivilDate(year: 2026, month: 11, day: 21) ?? .first
    private static let first = CivilDate(year: 2026, month: 1, day: 1) ?? .first
    private static let visits = Result { try make(households: 3_000, seed: 1) }

    private static func identifier(_ number: Int) -> Identifier { Identifier(high: 0x7000, low: UInt64(number)) }

    /// Two households a helper, and a second helper for one in five.
    private static func households(_ count: Int, seed: UInt64) throws -> [VisitedHousehold] {
        try DemonstrationCounty(households: count, seed: seed, asOf: today).enumerated().map { index, household in
            var visited = VisitedHousehold(household)
            guard index % 40 != 7 else { return visited }
            visited.helpers = [
                .init(cadre: identifier(index / 2), isResponsible: true, first: first, end: nil)
            ]
            if index % 5 == 0 {
                visited.helpers.append(
                    .init(cadre: identifier(index / 2 + 90_000), isResponsible: false, first: first, end: nil))
            }
            return visited
        }
    }

    private static func make(households count: Int, seed: UInt64) throws -> [DemonstrationVisit] {
        let festival = try #require(CivilDate(year: 2026, month: 2, day: 17))
        return Array(
            DemonstrationVisits(
                seed: seed, households: try households(count, seed: seed),
                festivals: [DemonstrationFestival(code: "spring-festival", day: festival)], from: first, before: today))
    }

    @Test("they come in the order of their arrival, each once, and nothing arrives before it happened or after the end")
    func order() throws {
        let visits = try Self.visits.get()
        #expect(zip(visits, visits.dropFirst()).allSatisfy { ($0.receivedAt, $0.id) < ($1.receivedAt, $1.id) })
        #expect(Set(visits.map(\.id)).count == visits.count)
        let end = Instant(startOf: Self.today)
        #expect(visits.allSatisfy { $0.receivedAt < end })
        // A device whose clock is wrong says other times.
        #expect(visits.count { $0.occurredAt > $0.receivedAt } * 100 < visits.count)
        let late = visits.count { $0.receivedAt.milliseconds - $0.occurredAt.milliseconds > 10 * 86_400_000 }
        #expect((5...30).contains(late * 1_000 / visits.count), "\(late)")
    }

    @Test(
        "a month has about a call a household, and a visit for those who are owed one, with the gaps of real registers")
    func proportions() throws {
        let visits = try Self.visits.get()
        // Ten months and two thirds; 1 of 40 households has no helper.
        let calls = visits.count { $0.kind == "phone-call" } * 1_000 / (2_925 * 107 / 10)
        #expect((880...1_020).contains(calls), "\(calls)")
        let seen = visits.count { $0.kind == "home-visit" } * 1_000 / (3_000 * 107 / 10)
        #expect((560...850).contains(seen), "\(seen)")
        let visited = Set(visits.filter { $0.kind != "phone-call" }.compactMap(\.householdId))
        #expect((20...160).contains(3_000 - visited.count), "\(3_000 - visited.count)")
        let condolences = visits.filter { $0.kind == "condolence-visit" }
        #expect((300...1_000).contains(condolences.count), "\(condolences.count)")
        #expect(condolences.allSatisfy { !$0.gifts.isEmpty || $0.isRetraction })
        #expect(visits.contains { $0.kind == "meeting" && $0.householdId == nil && $0.cadreId != nil })
        #expect(visits.contains { $0.kind == "survey" })
    }

    @Test("some helpers do nothing for months, and a few never")
    func idleness() throws {
        let visits = try Self.visits.get()
        let authors = Set(visits.compactMap(\.cadreId))
        let idle = (0..<1_500).count { !authors.contains(Self.identifier($0)) }
        #expect((5...60).contains(idle), "\(idle)")
    }

    @Test("corrections come after what they correct, some take it back, and events name a day and an occasion")
    func corrections() throws {
        let visits = try Self.visits.get()
        let arrivals = Dictionary(uniqueKeysWithValues: visits.map { ($0.id, $0.receivedAt) })
        let corrections = visits.filter { $0.corrects != nil }
        #expect((3...10).contains(corrections.count * 1_000 / visits.count), "\(corrections.count)")
        for correction in corrections {
            let original = try #require(correction.corrects.flatMap { arrivals[$0] })
            #expect(original < correction.receivedAt)
        }
        #expect(corrections.contains { $0.isRetraction })
        let events = visits.filter { !$0.events.isEmpty }
        #expect(Set(events.flatMap { $0.events.map(\.kind) }).count == 5)
        #expect(events.contains { !$0.occasions.isEmpty })
        #expect(events.contains { $0.occasions.isEmpty })
    }

    @Test("diaries are as varied as people write them, with common words and rare ones")
    func diaries() throws {
        let visits = try Self.visits.get().filter { $0.kind == "home-visit" }
        let texts = visits.compactMap(\.diary.did)
        #expect(Set(texts).count * 10 > texts.count * 9)
        #expect(texts.allSatisfy { !$0.isEmpty && $0.unicodeScalars.count < 500 && !$0.contains("%") })
        let all = visits.compactMap { $0.diary.saw ?? $0.diary.thought } + texts
        #expect(all.count { $0.contains("水稻") } > all.count { $0.contains("沉香") })
    }

    @Test("the same seed gives the same visits, another seed others")
    func repeatable() throws {
        let visits = try Self.make(households: 200, seed: 7)
        #expect(try Self.make(households: 200, seed: 7) == visits)
        #expect(try Self.make(households: 200, seed: 8) != visits)
    }
}
