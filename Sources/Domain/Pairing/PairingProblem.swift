// What a pairing run is asked: households with their needs and present helpers, cadres with what they may carry.
// Deliberately no days: the caller states what holds on the day of the run, and takes from a quota what pairings that
// begin later have already promised.

/// A whole problem of pairing, of any number of villages. What is not the case can be asked too: change the value.
///
/// Villages, households, cadres and units are named by their position in these arrays. The order of the arrays has no
/// influence on the answer: inside, everything is put into the order that its `order` says, and only what has the same
/// one into that of the identifiers.
public struct PairingProblem: Sendable {
    /// The units of the cadres; a cadre without a unit needs one of their own, being nobody's second unit.
    public var units: [Identifier]
    /// For each unit its place among them, the smaller first; empty where the identifiers decide.
    public var unitOrder: [Int32] = []
    /// The villages, of whole towns: a cadre linked to a town may serve all of those that are given.
    public var villages: [PairingVillage]
    /// The households that need a helper.
    public var households: [PairingHousehold]
    /// Everybody who may help or is helping.
    public var cadres: [PairingCadre]
    /// The pairs that exist on the day, each household and cadre at most once.
    public var pairs: [ExistingPair]
    /// What the best fit is (goal 6).
    public var weights: PairingWeights
    /// Whether needs come before existing pairs.
    public var goals = PairingGoalOrder.needFirst
    /// What a further cadre of each rank would carry, for telling how many are missing; the quotas that count stand
    /// at the cadres.
    public var rankQuotas: [PairingRank: Int32] = [
        .department: 8, .division: 6, .section: 5, .deputySection: 3, .middle: 2, .ordinary: 1,
    ]

    /// A problem of these parts.
    public init(
        units: [Identifier], villages: [PairingVillage], households: [PairingHousehold], cadres: [PairingCadre],
        pairs: [ExistingPair] = [], weights: PairingWeights = PairingWeights()
    ) {
        self.units = units
        self.villages = villages
        self.households = households
        self.cadres = cadres
        self.pairs = pairs
        self.weights = weights
    }
}

/// Which of goals 2 and 3 comes first.
public enum PairingGoalOrder: UInt8, Sendable {
    /// Whom it helps decides before what exists: 2 need, 3 existing pairs.
    case needFirst
    /// What exists stays where no household is lost by it: 2 existing pairs, 3 need.
    case pairsFirst
}

/// A village as pairing sees it.
public struct PairingVillage: Hashable, Sendable {
    /// The division's identifier.
    public var id: Identifier
    /// The town's identifier.
    public var town: Identifier
    /// What the village is known for (R045).
    public var tags: PairingTags
    /// The units that hold the village (R044), as positions in ``PairingProblem/units``.
    public var holders: [Int32]
    /// Its place among the villages, the smaller first.
    public var order: Int32

    /// A village with these facts.
    public init(id: Identifier, town: Identifier, tags: PairingTags = [], holders: [Int32] = [], order: Int32 = 0) {
        self.order = order
        self.id = id
        self.town = town
        self.tags = tags
        self.holders = holders
    }
}

/// A household that needs a helper.
public struct PairingHousehold: Hashable, Sendable {
    /// The record's identifier.
    public var id: Identifier
    /// Where it lives, as a position in ``PairingProblem/villages``.
    public var village: Int32
    /// How poor it is, 0 to ``depthMax``; more is poorer.
    public var depth: UInt8
    /// Whether it needs helpers of two different units (R034).
    public var needsTwoUnits: Bool
    /// The number of its level of need (goal 2), 0 to ``needMax``; more is more pressing.
    public var need: UInt8
    /// Whether it must not lose its last helper (R046): not lifted, or still in the time of consolidation.
    public var isBound: Bool
    /// Whether anybody may begin to help it; those who do go on in any case.
    public var takesNew: Bool
    /// Its place among the households, the smaller first.
    public var order: Int32

    /// The greatest depth of poverty.
    public static let depthMax: UInt8 = 7
    /// The greatest number of a level of need.
    public static let needMax: UInt8 = 63

    /// A household with these facts.
    public init(
        id: Identifier, village: Int32, depth: UInt8 = 0, needsTwoUnits: Bool = false, need: UInt8 = 0,
        isBound: Bool = true, takesNew: Bool = true, order: Int32 = 0
    ) {
        self.need = need
        self.isBound = isBound
        self.takesNew = takesNew
        self.order = order
        self.id = id
        self.village = village
        self.depth = depth
        self.needsTwoUnits = needsTwoUnits
    }
}

/// Somebody who may help.
public struct PairingCadre: Hashable, Sendable {
    /// The record's identifier.
    public var id: Identifier
    /// Their step on the ladder.
    public var rank: PairingRank
    /// How many households they may have, 0 to ``quotaMax``: what rank or personal quota give on the day of the run,
    /// less what pairings that are no part of the problem take.
    public var quota: Int32
    /// How many of these may begin with the run: no more than every later day has room for besides all pairs that
    /// exist.
    public var newMax: Int32
    /// Of how many households they may be a second helper; one that needs two units counts in any case.
    public var jointMax: Int32
    /// Whether they can help: alive, not ended, with a quota on the day. The pairs of others cover nobody.
    public var isAble: Bool
    /// Where households must live whom they begin to help (R040).
    public var area: PairingArea
    /// Where those live whom they may go on to help, if that is more than ``area``: a link that will change is still
    /// that of the day.
    public var presentArea: PairingArea?
    /// Their unit, as a position in ``PairingProblem/units``.
    public var unit: Int32
    /// What they do, or nil.
    public var line: PairingLine?
    /// Whether they are in post, and so must not be left with nothing (goal 4). It does not open or close their quota.
    public var isInPost: Bool
    /// The village they come from, as a position in ``PairingProblem/villages``, or nil.
    public var home: Int32?
    /// Their place among the cadres, the smaller first.
    public var order: Int32
    /// For totals only: what their quota is on the day, whatever is known of later ones; nil for ``quota``.
    public var dayQuota: Int32?
    /// For totals only: how many households they have on the day that are no part of the problem.
    public var otherLoad: Int32 = 0

    /// The greatest quota.
    public static let quotaMax: Int32 = 10_000

    /// A cadre with these facts.
    public init(
        id: Identifier, rank: PairingRank, quota: Int32, area: PairingArea, unit: Int32, line: PairingLine? = nil,
        isInPost: Bool = true, home: Int32? = nil, newMax: Int32 = quotaMax, jointMax: Int32 = quotaMax,
        isAble: Bool = true, presentArea: PairingArea? = nil, order: Int32 = 0
    ) {
        self.newMax = newMax
        self.jointMax = jointMax
        self.isAble = isAble
        self.presentArea = presentArea
        self.order = order
        self.id = id
        self.rank = rank
        self.quota = quota
        self.area = area
        self.unit = unit
        self.line = line
        self.isInPost = isInPost
        self.home = home
    }
}

/// Where a cadre's households must live (R040).
public enum PairingArea: Hashable, Sendable {
    /// Linked nowhere: they can keep what is pinned, and nothing else.
    case nowhere
    /// In this village, a position in ``PairingProblem/villages``.
    case village(Int32)
    /// In the town of this village: any village of the town names it.
    case townOf(Int32)
}

/// The ladder of ranks, the highest first (R005), as numbers: what ``CadreRank`` is to records.
public enum PairingRank: UInt8, CaseIterable, Comparable, Sendable {
    /// 厅级.
    case department
    /// 处级.
    case division
    /// 正科级.
    case section
    /// 副科级.
    case deputySection
    /// 中层.
    case middle
    /// 一般.
    case ordinary

    /// The step of the ladder that a cadre's record names.
    public init(_ rank: CadreRank) {
        self =
            switch rank {
            case .department: .department
            case .division: .division
            case .section: .section
            case .deputySection: .deputySection
            case .middle: .middle
            case .ordinary: .ordinary
            }
    }

    /// Whether the households lie in a linked town, else in a linked village (R040).
    public var servesTown: Bool { self <= .division }

    /// Orders from the highest rank to the lowest.
    public static func < (left: PairingRank, right: PairingRank) -> Bool { left.rawValue < right.rawValue }
}

/// What a cadre does (R045).
public enum PairingLine: UInt8, CaseIterable, Sendable {
    /// 党政, for villages whose organisation is weak.
    case partyGovernment
    /// 政法, for villages in disorder.
    case politicalLegal
    /// 经济, for poor villages.
    case economic
    /// 技术, for villages with an industry.
    case technical
    /// 离休, for the village they come from.
    case veteran

    /// The tag of the villages that fit; nil for veterans, whose home village fits.
    public var tag: PairingTags? {
        switch self {
        case .partyGovernment: .weak
        case .politicalLegal: .disordered
        case .economic: .poor
        case .technical: .industry
        case .veteran: nil
        }
    }
}

/// What a village is known for (R045).
public struct PairingTags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Tags of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// 弱: a weak organisation.
    public static let weak = PairingTags(rawValue: 1)
    /// 乱: in disorder.
    public static let disordered = PairingTags(rawValue: 2)
    /// 穷: poor.
    public static let poor = PairingTags(rawValue: 4)
    /// 产业: with an industry.
    public static let industry = PairingTags(rawValue: 8)
}

/// Who of several helpers of a household answers for it.
public enum PairingRole: UInt8, Sendable {
    /// 第一责任人: exactly one for a household.
    case firstResponsible
    /// 协同帮扶人.
    case joint
}

/// A pair that exists on the day of the run.
public struct ExistingPair: Hashable, Sendable {
    /// A position in ``PairingProblem/households``.
    public var household: Int32
    /// A position in ``PairingProblem/cadres``.
    public var cadre: Int32
    /// Their role now; a change of role does not break the pair.
    public var role: PairingRole
    /// Whether somebody has decided that it stays.
    public var isPinned: Bool
    /// Whether the household needs it on a later day, on which its other helpers are known to help no more (R046).
    public var isLasting: Bool
    /// Whether somebody else is known to answer for the household on a later day.
    public var isJointLater: Bool

    /// A pair of the two.
    public init(
        household: Int32, cadre: Int32, role: PairingRole, isPinned: Bool = false, isLasting: Bool = false,
        isJointLater: Bool = false
    ) {
        self.isJointLater = isJointLater
        self.household = household
        self.cadre = cadre
        self.role = role
        self.isPinned = isPinned
        self.isLasting = isLasting
    }

    /// Whether it stays, whatever quota, area and the other goals say.
    public var stays: Bool { isPinned || isLasting }
}
