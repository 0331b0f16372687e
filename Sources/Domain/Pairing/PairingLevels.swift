// The goals in strict order as one integer, and back.
// Deliberately shows for each network that nothing can overflow, instead of hoping for it.

/// A cost with a place for each goal, compared from the first to the last: an ordered group, in which the theory of
/// minimum-cost flows holds as it does for numbers.
public struct PairingCost: Hashable, Comparable, Sendable {
    /// Goal 0, pinned pairs and protected households, negative.
    public var held: Int64 = 0
    /// Goal 1, households covered, negative.
    public var covered: Int64 = 0
    /// Goal 2, the need of those covered who are not protected, negative.
    public var need: Int64 = 0
    /// Goal 3, existing pairs kept, negative; 2 for each that is kept above a quota or outside of an area.
    public var kept: Int64 = 0
    /// Goal 4, cadres in post that have something, negative.
    public var onDuty: Int64 = 0
    /// Goal 5, needs of a second unit met, negative.
    public var jointMet: Int64 = 0
    /// Goal 6, the cost of fit and load.
    public var fit: Int64 = 0

    /// Nothing.
    public init(
        held: Int64 = 0, covered: Int64 = 0, need: Int64 = 0, kept: Int64 = 0, onDuty: Int64 = 0, jointMet: Int64 = 0,
        fit: Int64 = 0
    ) {
        self.held = held
        self.covered = covered
        self.need = need
        self.kept = kept
        self.onDuty = onDuty
        self.jointMet = jointMet
        self.fit = fit
    }

    /// The same with goals 2 and 3 in the order in which they are asked for, so that they can be compared.
    public func inOrder(_ order: PairingGoalOrder) -> PairingCost {
        guard order == .pairsFirst else { return self }
        var cost = self
        (cost.need, cost.kept) = (kept, need)
        return cost
    }

    /// Compares the first goal that differs.
    public static func < (left: PairingCost, right: PairingCost) -> Bool {
        if left.held != right.held { return left.held < right.held }
        return (left.covered, left.need, left.kept, left.onDuty, left.jointMet, left.fit)
            < (right.covered, right.need, right.kept, right.onDuty, right.jointMet, right.fit)
    }

    /// Adds goal by goal.
    public static func + (left: PairingCost, right: PairingCost) -> PairingCost {
        PairingCost(
            held: left.held + right.held, covered: left.covered + right.covered, need: left.need + right.need,
            kept: left.kept + right.kept, onDuty: left.onDuty + right.onDuty, jointMet: left.jointMet + right.jointMet,
            fit: left.fit + right.fit)
    }

    /// Subtracts goal by goal.
    public static func - (left: PairingCost, right: PairingCost) -> PairingCost {
        left + right * -1
    }

    /// So many times as much.
    public static func * (cost: PairingCost, factor: Int64) -> PairingCost {
        PairingCost(
            held: cost.held * factor, covered: cost.covered * factor, need: cost.need * factor,
            kept: cost.kept * factor, onDuty: cost.onDuty * factor, jointMet: cost.jointMet * factor,
            fit: cost.fit * factor)
    }
}

/// What an arc serves besides fit.
enum PairingGoal: UInt8, Sendable {
    case fit
    /// A pinned pair.
    case pins
    /// A household that is not protected: 1 and its need.
    case covered
    /// A protected household.
    case protected
    /// An existing pair.
    case kept
    /// An existing pair outside of the area: 1 more than a broken pair.
    case keptOutside
    /// A step of load above the quota: 2, so that a kept pair there costs 1 more than a broken one.
    case above
    case onDuty
    case jointMet

    /// What a unit of flow counts in each place; the need comes on top.
    var cost: PairingCost {
        switch self {
        case .fit: PairingCost()
        case .pins: PairingCost(held: -1)
        case .covered: PairingCost(covered: -1)
        case .protected: PairingCost(held: -1, covered: -1)
        case .kept: PairingCost(kept: -1)
        case .keptOutside: PairingCost(kept: 1)
        case .above: PairingCost(kept: 2)
        case .onDuty: PairingCost(onDuty: -1)
        case .jointMet: PairingCost(jointMet: -1)
        }
    }
}

/// How much one unit of each goal is worth in the single integer of a network.
///
/// A simple path or cycle passes the root at most once, so it has at most two arcs there: those alone have costs of
/// pins, coverage, need, duty, joint needs and of steps above a quota. All other costs lie on arcs that leave a node of
/// a cadre. The path passes such a node at most once; if it uses two arcs that leave it, it uses one of them backwards.
/// So each of these nodes adds at most the greatest cost of a pair, and at most 2 to kept pairs. So the places never
/// run into each other: the sign of a sum is the sign of its first place that is not 0, and the integer can be taken
/// apart again.
struct PairingLevels: Hashable, Sendable {
    let jointMet: Int64
    let onDuty: Int64
    let kept: Int64
    let need: Int64
    let covered: Int64
    let held: Int64
    let order: PairingGoalOrder

    /// Levels for a network, or nil if its numbers would not fit into 64 bits.
    ///
    /// - Parameter cadreNodes: the nodes that arcs with costs leave, the root apart.
    init?(cadreNodes: Int, pairCostMax: Int64, needMax: Int, order: PairingGoalOrder) {
        let nodes = Int64(cadreNodes) + 2
        var level: Int64 = 1
        func raised(by factor: Int64) -> Int64? {
            let (product, overflow) = level.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            level = product
            return product
        }
        let (span, overflow) = nodes.multipliedReportingOverflow(by: 2 * pairCostMax)
        let (keptSpan, needSpan) = (4 * nodes + 1, 4 * Int64(needMax) + 1)
        guard !overflow, let joint = raised(by: span + 1), let duty = raised(by: Self.rootSpan),
            let third = raised(by: Self.rootSpan), let second = raised(by: order == .needFirst ? keptSpan : needSpan),
            let covered = raised(by: order == .needFirst ? needSpan : keptSpan), let held = raised(by: Self.rootSpan),
            raised(by: Self.rootSpan) != nil
        else { return nil }
        (jointMet, onDuty, self.covered, self.held, self.order) = (joint, duty, covered, held, order)
        (need, kept) = order == .needFirst ? (second, third) : (third, second)
    }

    /// Values from -2 to 2.
    private static let rootSpan: Int64 = 5

    /// What a cost is as an integer.
    func packed(_ cost: PairingCost) -> Int64 {
        cost.held * held + cost.covered * covered + cost.need * need + cost.kept * kept + cost.onDuty * onDuty
            + cost.jointMet * jointMet + cost.fit
    }

    /// Takes a potential apart.
    func cost(_ packed: Int64) -> PairingCost {
        var rest = packed
        func place(_ level: Int64) -> Int64 {
            let half = level / 2
            let value = (rest >= 0 ? rest + half : rest - half) / level
            rest -= value * level
            return value
        }
        var cost = PairingCost()
        cost.held = place(held)
        cost.covered = place(covered)
        if order == .needFirst {
            cost.need = place(need)
            cost.kept = place(kept)
        } else {
            cost.kept = place(kept)
            cost.need = place(need)
        }
        cost.onDuty = place(onDuty)
        cost.jointMet = place(jointMet)
        cost.fit = rest
        return cost
    }
}
