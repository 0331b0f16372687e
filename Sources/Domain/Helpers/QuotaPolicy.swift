// What the parameters of an area say of quotas (R040): how many households each rank helps, and whether in a town or in
// a village, from which day on. Which rows count for an area is found elsewhere; here they become a line of steps.

/// A value and the days on which it holds: from `first` until before `end`, nil for no end.
public struct DatedFact<Value: Sendable>: Sendable {
    /// What holds.
    public let value: Value
    /// The first day.
    public let first: CivilDate
    /// The first day on which it no longer holds.
    public let end: CivilDate?

    /// A value on these days.
    public init(_ value: Value, from first: CivilDate, to end: CivilDate? = nil) {
        self.value = value
        self.first = first
        self.end = end
    }

    func holds(on day: CivilDate) -> Bool { first <= day && (end.map { day < $0 } ?? true) }
}

extension Sequence {
    /// What holds on a day; at most one does.
    func value<Value>(on day: CivilDate) -> Value? where Element == DatedFact<Value> {
        first { $0.holds(on: day) }?.value
    }
}

/// A row of a quota parameter that counts for an area.
public struct QuotaRow: Sendable {
    /// What a row says.
    public enum Term: Hashable, Sendable {
        /// Households.
        case quota(Int)
        /// Where they lie.
        case level(DivisionLevel)
    }

    /// Whose quota it is.
    public let rank: CadreRank
    /// What it says, on which days.
    public let fact: DatedFact<Term>
    /// How far above the area it was stated: the nearest row of a day counts.
    public let distance: Int

    /// A row.
    public init(_ rank: CadreRank, _ fact: DatedFact<Term>, distance: Int) {
        self.rank = rank
        self.fact = fact
        self.distance = distance
    }
}

/// The quotas of an area, day by day.
public struct QuotaPolicy: Sendable {
    /// What holds for a rank from a day on, until the next step.
    public struct Step: Hashable, Sendable {
        /// The first day.
        public let first: CivilDate
        /// Households; 0 where no row says any.
        public let quota: Int
        /// A town, or a village.
        public let level: DivisionLevel
    }

    private let steps: [CadreRank: [Step]]

    /// The quotas that these rows come to.
    public init(_ rows: [QuotaRow]) {
        var steps: [CadreRank: [Step]] = [:]
        for rank in CadreRank.allCases {
            let own = rows.filter { $0.rank == rank }.sorted { $0.distance < $1.distance }
            let quotas = own.compactMap { row -> DatedFact<Int>? in
                guard case .quota(let quota) = row.fact.value else { return nil }
                return DatedFact(quota, from: row.fact.first, to: row.fact.end)
            }
            let levels = own.compactMap { row -> DatedFact<DivisionLevel>? in
                guard case .level(let level) = row.fact.value else { return nil }
                return DatedFact(level, from: row.fact.first, to: row.fact.end)
            }
            let days = Set([CivilDate.first] + own.flatMap { [$0.fact.first, $0.fact.end].compactMap(\.self) })
            steps[rank] = days.sorted().map { day in
                Step(
                    first: day, quota: quotas.value(on: day) ?? 0, level: levels.value(on: day) ?? rank.quotaLevel)
            }
        }
        self.steps = steps
    }

    /// What holds for a rank on a day.
    public func step(_ rank: CadreRank, on day: CivilDate) -> Step {
        steps[rank]?.last { $0.first <= day } ?? Step(first: .first, quota: 0, level: rank.quotaLevel)
    }

    /// The days from which something else holds for a rank.
    func days(_ rank: CadreRank) -> some Sequence<CivilDate> { (steps[rank] ?? []).lazy.map(\.first) }
}
