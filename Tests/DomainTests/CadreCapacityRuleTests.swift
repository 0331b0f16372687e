// What a cadre may carry on which days (R040, R045), case by case, and against a day by day replay.

import Testing

@testable import Domain

@Suite("Capacity of a cadre")
struct CadreCapacityRuleTests {
    private static let town = Identifier.v7(milliseconds: 1, random: (1, 1))
    private static let village = Identifier.v7(milliseconds: 2, random: (2, 2))
    private static let other = Identifier.v7(milliseconds: 3, random: (3, 3))
    private static let start = day("2020-01-01")

    private static func day(_ text: String) -> CivilDate { CivilDate(text) ?? .first }

    private static let defaults: [QuotaRow] = zip(CadreRank.allCases, [8, 6, 5, 3, 2, 1]).flatMap { rank, quota in
        [
            QuotaRow(rank, DatedFact(.quota(quota), from: day("2000-01-01")), distance: 9),
            QuotaRow(rank, DatedFact(.level(rank.quotaLevel), from: day("2000-01-01")), distance: 9),
        ]
    }
    private static let policy = QuotaPolicy(defaults)

    private static func village(_ id: Identifier = village, _ policy: QuotaPolicy = policy) -> LinkedPlace {
        LinkedPlace(division: id, level: .village, town: town, policy: policy)
    }

    private static func town(_ policy: QuotaPolicy = policy) -> LinkedPlace {
        LinkedPlace(division: town, level: .town, town: town, policy: policy)
    }

    private func facts(_ rank: CadreRank?, _ place: LinkedPlace?) -> CadreCapacityFacts {
        var facts = CadreCapacityFacts(unlinked: Self.policy)
        facts.ranks = rank.map { [DatedFact($0, from: Self.start)] } ?? []
        facts.links = place.map { [DatedFact($0, from: Self.start)] } ?? []
        return facts
    }

    /// The segments as lines: first day, quota, area.
    private func lines(_ facts: CadreCapacityFacts) -> [String] {
        let segments = CadreCapacityRule.segments(facts)
        for (segment, next) in zip(segments, segments.dropFirst()) { #expect(segment.end == next.first, "no gap") }
        #expect(segments.last.map { $0.end == nil } ?? true)
        return segments.map { segment in
            let area = [Self.town: "town", Self.village: "village", Self.other: "other"]
            return "\(segment.first) \(segment.quota) \(segment.division.flatMap { area[$0] } ?? "nowhere")"
        }
    }

    @Test("the ladder is 8 and 6 in the town, 5, 3, 2 and 1 in the village")
    func ladder() {
        for (rank, quota) in zip(CadreRank.allCases, [8, 6, 5, 3, 2, 1]) {
            let area = rank.quotaLevel == .town ? "town" : "village"
            #expect(lines(facts(rank, Self.village())) == ["2020-01-01 \(quota) \(area)"])
            let atTown = rank.quotaLevel == .town ? "town" : "nowhere"
            #expect(lines(facts(rank, Self.town())) == ["2020-01-01 \(quota) \(atTown)"])
            #expect(lines(facts(rank, nil)) == ["2020-01-01 \(quota) nowhere"])
        }
        #expect(lines(facts(nil, Self.village())) == [], "who never had a rank carries nothing on no day")
    }

    @Test("a promotion, a demotion and a day without a rank count from their days")
    func ranks() {
        var facts = facts(nil, Self.village())
        facts.ranks = [
            DatedFact(.ordinary, from: Self.day("2021-01-01"), to: Self.day("2022-05-01")),
            DatedFact(.section, from: Self.day("2022-05-01"), to: Self.day("2023-01-01")),
            DatedFact(.middle, from: Self.day("2023-01-01"), to: Self.day("2024-01-01")),
            DatedFact(.middle, from: Self.day("2024-01-01"), to: Self.day("2025-01-01")),
        ]
        #expect(
            lines(facts) == [
                "2021-01-01 1 village", "2022-05-01 5 village", "2023-01-01 2 village", "2025-01-01 0 village",
            ])
    }

    @Test(
        "who retired, moved or left carries nothing; a personal quota counts for the retired alone"
    )
    func absences() {
        var facts = facts(.section, Self.village())
        facts.absences = [DatedFact(.retired, from: Self.day("2024-01-01"))]
        #expect(lines(facts) == ["2020-01-01 5 village", "2024-01-01 0 village"])
        facts.personal = [DatedFact(2, from: Self.day("2023-01-01"), to: Self.day("2025-01-01"))]
        #expect(lines(facts) == ["2020-01-01 5 village", "2023-01-01 2 village", "2025-01-01 0 village"])
        for absence in [PostAbsence.moved, .left] {
            facts.absences = [DatedFact(absence, from: Self.day("2024-01-01"))]
            #expect(lines(facts) == ["2020-01-01 5 village", "2023-01-01 2 village", "2024-01-01 0 village"])
        }
        facts.absences = []
        facts.endedOn = Self.day("2024-06-01")
        #expect(lines(facts) == ["2020-01-01 5 village", "2023-01-01 2 village", "2024-06-01 0 village"])
    }

    @Test("a veteran without a rank helps where they are linked, from their personal quota on")
    func veteran() {
        var facts = facts(nil, Self.village())
        facts.absences = [DatedFact(.retired, from: Self.day("2010-01-01"))]
        facts.personal = [DatedFact(1, from: Self.day("2022-01-01"))]
        #expect(lines(facts) == ["2022-01-01 1 village"])
        facts.personal = [DatedFact(0, from: Self.day("2022-01-01"))]
        #expect(lines(facts) == ["2022-01-01 0 village"], "0 is a quota too")
    }

    @Test("a link counts on its days; a policy counts where and when they are linked, the nearest area's first")
    func policies() {
        var facts = facts(.deputySection, nil)
        facts.links = [
            DatedFact(Self.village(), from: Self.day("2021-01-01"), to: Self.day("2022-01-01")),
            DatedFact(Self.village(Self.other), from: Self.day("2022-01-01")),
        ]
        #expect(lines(facts) == ["2020-01-01 3 nowhere", "2021-01-01 3 village", "2022-01-01 3 other"])
        let raised = QuotaPolicy(
            Self.defaults + [
                QuotaRow(
                    .deputySection, DatedFact(.quota(4), from: Self.day("2021-07-01"), to: Self.day("2021-09-01")),
                    distance: 1),
                QuotaRow(.deputySection, DatedFact(.quota(7), from: Self.day("2021-06-01")), distance: 2),
                QuotaRow(.section, DatedFact(.quota(9), from: Self.day("2021-02-01")), distance: 1),
            ])
        facts.links[0] = DatedFact(
            Self.village(Self.village, raised), from: Self.day("2021-01-01"), to: Self.day("2022-01-01"))
        #expect(
            lines(facts) == [
                "2020-01-01 3 nowhere", "2021-01-01 3 village", "2021-06-01 7 village", "2021-07-01 4 village",
                "2021-09-01 7 village", "2022-01-01 3 other",
            ])
        let inTown = QuotaPolicy(
            Self.defaults + [
                QuotaRow(.deputySection, DatedFact(.level(.town), from: Self.day("2021-05-01")), distance: 0)
            ])
        facts.links = [DatedFact(Self.village(Self.village, inTown), from: Self.day("2021-01-01"))]
        #expect(lines(facts) == ["2020-01-01 3 nowhere", "2021-01-01 3 village", "2021-05-01 3 town"])
    }

    @Test("segments agree with asking day by day, for a thousand random lives")
    func replay() {
        var random = SeededGenerator(seed: 40)
        func day() -> CivilDate { CivilDate(dayNumber: 18_000 + Int32.random(in: 0..<60, using: &random)) ?? .first }
        func spans<Value: Sendable>(_ value: () -> Value) -> [DatedFact<Value>] {
            let days = Set((0..<Int.random(in: 0...4, using: &random)).map { _ in day() }).sorted()
            return zip(days, days.dropFirst().map(Optional.some) + [nil]).compactMap { first, end in
                Bool.random(using: &random) ? DatedFact(value(), from: first, to: end) : nil
            }
        }
        for _ in 0..<1_000 {
            let rows = CadreRank.allCases.flatMap { rank in
                spans { QuotaRow.Term.quota(Int.random(in: 0...9, using: &random)) }.map {
                    QuotaRow(rank, $0, distance: Int.random(in: 0...3, using: &random))
                }
            }
            let policy = QuotaPolicy(Self.defaults + rows)
            var facts = CadreCapacityFacts(unlinked: policy)
            facts.ranks = spans { CadreRank.allCases.randomElement(using: &random) ?? .ordinary }
            facts.absences = spans { [PostAbsence.retired, .moved, .left].randomElement(using: &random) ?? .left }
            facts.links = spans {
                Bool.random(using: &random) ? Self.village(Self.village, policy) : Self.town(policy)
            }
            facts.personal = spans { Int.random(in: 0...4, using: &random) }
            facts.endedOn = Int.random(in: 0..<5, using: &random) == 0 ? day() : nil
            let segments = CadreCapacityRule.segments(facts)
            let first = (facts.ranks.map(\.first) + facts.personal.map(\.first)).min()
            #expect(segments.first?.first == first)
            for number in Int32(17_990)..<18_070 {
                guard let day = CivilDate(dayNumber: number) else { continue }
                let found = segments.last { $0.first <= day && ($0.end.map { day < $0 } ?? true) }
                guard let first, day >= first else {
                    #expect(found == nil)
                    continue
                }
                let rank = facts.ranks.value(on: day)
                let own = facts.personal.value(on: day)
                let absence = facts.absences.value(on: day)
                let isGone = absence == .moved || absence == .left || (facts.endedOn.map { $0 <= day } ?? false)
                let ofRank = absence == .retired ? 0 : rank.map { policy.step($0, on: day).quota } ?? 0
                #expect(found?.quota == (isGone ? 0 : own ?? ofRank))
            }
        }
    }
}
