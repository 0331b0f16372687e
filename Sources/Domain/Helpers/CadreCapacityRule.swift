// How many households a cadre may help on which days, and where those must live (R040): from the cadre's ranks, posts,
// links and personal quotas, and the policy of the linked area. Who helps whom is no part of it.

/// Why a cadre is not at their post: the codes of the list `post-state` that take a quota away.
public enum PostAbsence: String, Sendable {
    /// 退休: only a personal quota counts, as that of a veteran (R045).
    case retired
    /// 调离.
    case moved
    /// 离职.
    case left
}

/// A town or village that a cadre is linked to, as it stands in the tree now.
public struct LinkedPlace: Sendable {
    /// The division itself, or the end of its successors.
    public let division: Identifier
    /// Its level.
    public let level: DivisionLevel
    /// The town itself, or that of the village; nil where there is none.
    public let town: Identifier?
    /// The quotas of the place.
    public let policy: QuotaPolicy

    /// A place.
    public init(division: Identifier, level: DivisionLevel, town: Identifier?, policy: QuotaPolicy) {
        self.division = division
        self.level = level
        self.town = town
        self.policy = policy
    }

    /// Where the households of a quota lie: a link to a town opens no village.
    func area(_ level: DivisionLevel) -> Identifier? {
        switch level {
        case .town: town
        case .village: self.level == .village ? division : nil
        case .province, .city, .county: nil
        }
    }
}

/// What decides how much a cadre may carry. At most one fact of a kind holds on any day.
public struct CadreCapacityFacts: Sendable {
    /// Their ranks.
    public var ranks: [DatedFact<CadreRank>] = []
    /// The days on which they are not at their post.
    public var absences: [DatedFact<PostAbsence>] = []
    /// Where they are linked.
    public var links: [DatedFact<LinkedPlace>] = []
    /// Quotas of their own, in place of that of their rank.
    public var personal: [DatedFact<Int>] = []
    /// The day on which they left the register for good.
    public var endedOn: CivilDate?
    /// The quotas of days without a link: those of where their organization is at home.
    public var unlinked: QuotaPolicy

    /// A cadre of whom nothing is known yet.
    public init(unlinked: QuotaPolicy) { self.unlinked = unlinked }
}

/// Days on which a cadre may carry the same, in the same area.
public struct CapacitySegment: Hashable, Sendable {
    /// The first day.
    public let first: CivilDate
    /// The first day of the next segment; nil for the last one.
    public var end: CivilDate?
    /// Households.
    public let quota: Int
    /// The town or village in which they must live; nil for nowhere.
    public let division: Identifier?

    /// A segment.
    public init(first: CivilDate, end: CivilDate?, quota: Int, division: Identifier?) {
        self.first = first
        self.end = end
        self.quota = quota
        self.division = division
    }
}

/// What a cadre may carry.
public enum CadreCapacityRule {
    /// The segments from their first rank or personal quota on, without gaps; none where they never had either.
    public static func segments(_ facts: CadreCapacityFacts) -> [CapacitySegment] {
        let firsts = facts.ranks.map(\.first) + facts.personal.map(\.first)
        guard let first = firsts.min() else { return [] }
        var segments: [CapacitySegment] = []
        for day in days(facts, after: first) {
            let next = segment(facts, from: day)
            if let last = segments.last {
                if last.quota == next.quota && last.division == next.division { continue }
                segments[segments.count - 1].end = day
            }
            segments.append(next)
        }
        return segments
    }

    /// The first day and every later one on which something may be different from the day before.
    private static func days(_ facts: CadreCapacityFacts, after first: CivilDate) -> [CivilDate] {
        var days = [first]
        func add(_ day: CivilDate?) { if let day, day > first { days.append(day) } }
        func add<Value>(_ facts: [DatedFact<Value>]) {
            for fact in facts {
                add(fact.first)
                add(fact.end)
            }
        }
        add(facts.ranks)
        add(facts.absences)
        add(facts.links)
        add(facts.personal)
        add(facts.endedOn)
        for rank in facts.ranks {
            for day in facts.unlinked.days(rank.value) { add(day) }
            for link in facts.links { for day in link.value.policy.days(rank.value) { add(day) } }
        }
        days.sort()
        return days
    }

    private static func segment(_ facts: CadreCapacityFacts, from day: CivilDate) -> CapacitySegment {
        let link = facts.links.value(on: day)
        let personal = facts.personal.value(on: day)
        let step = facts.ranks.value(on: day).map { (link?.policy ?? facts.unlinked).step($0, on: day) }
        // Without a rank there is no scope: a veteran's households lie where they are linked.
        let area = step.map { step in link?.area(step.level) } ?? link?.division
        var quota = personal ?? step?.quota ?? 0
        switch facts.absences.value(on: day) {
        case .moved, .left: quota = 0
        case .retired: quota = personal ?? 0
        case nil: break
        }
        if let ended = facts.endedOn, ended <= day { quota = 0 }
        return CapacitySegment(first: day, end: nil, quota: quota, division: area)
    }
}
