// What a pairing run answers: pairs with their roles and reasons, totals, what is missing, and the proof.

/// The answer to a problem: the best pairs, in the order of villages and households.
public struct PairingProposal: Sendable {
    /// Every pair that is kept, added or ended.
    public var pairs: [ProposedPair]
    /// The totals, each recounted from ``pairs`` and not taken from the flow.
    public var totals: PairingTotals
    /// What keeps households uncovered, one for each tight spot (goal 1).
    public var shortages: [PairingShortage]
    /// What keeps needs of a second unit unmet, one for each village (goal 5).
    public var jointShortages: [JointShortage]
    /// Cadres in post that are left with nothing although households live in their area, as positions (goal 4).
    public var zeroDuty: [Int32]
    /// The proof that no other proposal is better.
    public var certificate: PairingCertificate
}

/// The goals, counted.
public struct PairingTotals: Hashable, Sendable {
    /// Households asked about.
    public var households = 0
    /// Goal 1: those with a first-responsible helper who can help.
    public var covered = 0
    /// Of the others those that must not be without: not lifted, or in the time of consolidation.
    public var boundUncovered = 0
    /// Goal 2: the needs of those covered, added up.
    public var need = 0
    /// Goal 3: existing pairs of cadres who can help that end.
    public var pairsBroken = 0
    /// Pairs that go on above their cadre's quota, pinned ones apart: each as bad as two broken ones.
    public var aboveQuota = 0
    /// The same for pairs outside of their cadre's area.
    public var outsideArea = 0
    /// Goal 4: cadres in post, with quota and with households in their area, who have none.
    public var zeroDuty = 0
    /// Households that need a second unit.
    public var jointNeeds = 0
    /// Goal 5: those that have it.
    public var jointNeedsMet = 0
    /// Goal 6: the cost of all pairs and loads of those who can help.
    public var fitCost: Int64 = 0
    /// Pairs that go on.
    public var kept = 0
    /// Pairs that begin.
    public var added = 0
    /// Pairs that end, also of cadres who cannot help any more.
    public var ended = 0
    /// The quotas of all who are linked to a place.
    public var capacity = 0

    /// Nothing counted yet.
    public init() {}

    /// Adds the totals of another part of the problem.
    public static func += (left: inout PairingTotals, right: PairingTotals) {
        left.households += right.households
        left.covered += right.covered
        left.boundUncovered += right.boundUncovered
        left.need += right.need
        left.pairsBroken += right.pairsBroken
        left.aboveQuota += right.aboveQuota
        left.outsideArea += right.outsideArea
        left.ended += right.ended
        left.zeroDuty += right.zeroDuty
        left.jointNeeds += right.jointNeeds
        left.jointNeedsMet += right.jointNeedsMet
        left.fitCost += right.fitCost
        left.kept += right.kept
        left.added += right.added
        left.capacity += right.capacity
    }
}

/// What happens to a pair.
public enum PairingAction: UInt8, Sendable {
    /// It goes on, perhaps in another role.
    case kept
    /// It begins.
    case added
    /// It ends.
    case ended
}

/// One line of a proposal.
public struct ProposedPair: Hashable, Sendable {
    /// A position in ``PairingProblem/households``.
    public var household: Int32
    /// A position in ``PairingProblem/cadres``.
    public var cadre: Int32
    /// The role from now on; of a pair that ends, the role it had.
    public var role: PairingRole
    /// What happens.
    public var action: PairingAction
    /// Why.
    public var reasons: PairingReasons
}

/// Why a pair is proposed or ended.
public struct PairingReasons: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// Reasons of these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// It exists already, and what exists stays (goal 3).
    public static let existing = PairingReasons(rawValue: 1)
    /// Somebody has pinned it.
    public static let pinned = PairingReasons(rawValue: 1 << 1)
    /// It covers a household that would have nobody (goal 1).
    public static let covers = PairingReasons(rawValue: 1 << 2)
    /// It brings the second unit that the household needs (goal 5).
    public static let secondUnit = PairingReasons(rawValue: 1 << 3)
    /// It is the only household of the cadre (goal 4).
    public static let onlyDuty = PairingReasons(rawValue: 1 << 4)
    /// The cadre's line fits the village (R045).
    public static let line = PairingReasons(rawValue: 1 << 5)
    /// The cadre's unit holds the village (R044).
    public static let unit = PairingReasons(rawValue: 1 << 6)
    /// The cadre comes from the village.
    public static let homeVillage = PairingReasons(rawValue: 1 << 7)
    /// The cadre comes from the town.
    public static let homeTown = PairingReasons(rawValue: 1 << 8)
    /// A poor household and a high rank: depth at least 2, rank above the middle level.
    public static let highRank = PairingReasons(rawValue: 1 << 9)
    /// The role changes.
    public static let roleChanged = PairingReasons(rawValue: 1 << 10)
    /// The household is not in the cadre's linked area, or they are linked nowhere (R040).
    public static let outsideArea = PairingReasons(rawValue: 1 << 11)
    /// The cadre can help nobody any more.
    public static let noQuota = PairingReasons(rawValue: 1 << 12)
    /// The cadre has more than their quota (R040).
    public static let overQuota = PairingReasons(rawValue: 1 << 13)
    /// Ended: the place is needed to cover another household (goal 1).
    public static let madeRoom = PairingReasons(rawValue: 1 << 14)
    /// Kept although it is above the quota, outside of the area or its cadre can help nobody: the household is not
    /// lifted or still in consolidation, and nobody else is found (R046).
    public static let noUnhooking = PairingReasons(rawValue: 1 << 15)

    init(fit: PairingFit) {
        var reasons: PairingReasons = []
        if fit.contains(.line) { reasons.insert(.line) }
        if fit.contains(.unit) { reasons.insert(.unit) }
        if fit.contains(.homeVillage) { reasons.insert(.homeVillage) }
        if fit.contains(.homeTown) { reasons.insert(.homeTown) }
        self = reasons
    }
}
