// The goals in strict order as one integer, and back.
// Deliberately shows for each network that nothing can overflow, instead of hoping for it.

/// A cost with a place for each goal, compared from the first to the last: an ordered group, in which the theory of
/// minimum-cost flows holds as it does for numbers.
public struct PairingCost: Hashable, Comparable, Sendable {
    /// Pinned pairs given up; always 0 in the end.
    public var pins: Int64 = 0
    /// Goal 1, households covered, negative.
    public var covered: Int64 = 0
    /// Goal 2, existing pairs kept, negative.
    public var kept: Int64 = 0
    /// Goal 3, cadres in post that have something, negative.
    public var onDuty: Int64 = 0
    /// Goal 4, needs of a second unit met, negative.
    public var jointMet: Int64 = 0
    /// Goal 5, the cost of fit and load.
    public var fit: Int64 = 0

    /// Nothing.
    public init(
        pins: Int64 = 0, covered: Int64 = 0, kept: Int64 = 0, onDuty: Int64 = 0, jointMet: Int64 = 0, fit: Int64 = 0
    ) {
        self.pins = pins
        self.covered = covered
        self.kept = kept
        self.onDuty = onDuty
        self.jointMet = jointMet
        self.fit = fit
    }

    /// Compares the first goal that differs.
    public static func < (left: PairingCost, right: PairingCost) -> Bool {
        (left.pins, left.covered, left.kept, left.onDuty, left.jointMet, left.fit)
            < (right.pins, right.covered, right.kept, right.onDuty, right.jointMet, right.fit)
    }

    /// Adds goal by goal.
    public static func + (left: PairingCost, right: PairingCost) -> PairingCost {
        PairingCost(
            pins: left.pins + right.pins, covered: left.covered + right.covered, kept: left.kept + right.kept,
            onDuty: left.onDuty + right.onDuty, jointMet: left.jointMet + right.jointMet, fit: left.fit + right.fit)
    }

    /// Subtracts goal by goal.
    public static func - (left: PairingCost, right: PairingCost) -> PairingCost {
        left + right * -1
    }

    /// So many times as much.
    public static func * (cost: PairingCost, factor: Int64) -> PairingCost {
        PairingCost(
            pins: cost.pins * factor, covered: cost.covered * factor, kept: cost.kept * factor,
            onDuty: cost.onDuty * factor, jointMet: cost.jointMet * factor, fit: cost.fit * factor)
    }
}

/// What an arc serves besides fit.
enum PairingGoal: UInt8, Sendable {
    case fit
    case pins
    case covered
    case kept
    case onDuty
    case jointMet
}

/// How much one unit of each goal is worth in the single integer of a network of `nodes` nodes.
///
/// A simple path or cycle has at most `nodes` arcs. It passes the root at most once, so it has at most two arcs with
/// costs of pins, coverage, duty and joint needs; costs of kept pairs and of fit lie on any of them. So the places
/// never run into each other: the sign of a sum is the sign of its first place that is not 0, and the integer can be
/// taken apart again.
struct PairingLevels: Hashable, Sendable {
    let jointMet: Int64
    let onDuty: Int64
    let kept: Int64
    let covered: Int64
    let pins: Int64

    /// Levels for a network, or nil if its numbers would not fit into 64 bits.
    init?(nodes: Int, pairCostMax: Int64) {
        let count = Int64(nodes) + 1
        var level: Int64 = 1
        func raised(by factor: Int64) -> Int64? {
            let (product, overflow) = level.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            level = product
            return product
        }
        let (span, overflow) = count.multipliedReportingOverflow(by: 2 * pairCostMax)
        guard !overflow, let joint = raised(by: span + 1), let duty = raised(by: Self.rootSpan),
            let kept = raised(by: Self.rootSpan), let covered = raised(by: 2 * count + 1),
            let pins = raised(by: Self.rootSpan), raised(by: Self.rootSpan) != nil
        else { return nil }
        (jointMet, onDuty, self.kept, self.covered, self.pins) = (joint, duty, kept, covered, pins)
    }

    /// Values from -2 to 2.
    private static let rootSpan: Int64 = 5

    /// What a unit of flow for a goal is worth.
    func worth(_ goal: PairingGoal) -> Int64 {
        switch goal {
        case .fit: 0
        case .pins: pins
        case .covered: covered
        case .kept: kept
        case .onDuty: onDuty
        case .jointMet: jointMet
        }
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
        let pinned = place(pins)
        let covered = place(self.covered)
        let kept = place(self.kept)
        let duty = place(onDuty)
        let joint = place(jointMet)
        return PairingCost(pins: pinned, covered: covered, kept: kept, onDuty: duty, jointMet: joint, fit: rest)
    }
}
