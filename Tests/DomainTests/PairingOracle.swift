// The rules of pairing told a second time, without flows: what a proposal may be, what it is worth, and by trying
// everything the best one. Shares nothing with the engine but the cost of a pair.

import Domain

/// The goals of a set of pairs, less is better, compared from the first.
struct PairingWorth: Hashable, Comparable {
    var unheld = 0
    var uncovered = 0
    /// Goals 2 and 3 in the order that is asked for.
    var second = 0
    var third = 0
    var zeroDuty = 0
    var jointUnmet = 0
    var fit: Int64 = 0

    static func < (left: PairingWorth, right: PairingWorth) -> Bool {
        if left.unheld != right.unheld { return left.unheld < right.unheld }
        return (left.uncovered, left.second, left.third, left.zeroDuty, left.jointUnmet, left.fit)
            < (right.uncovered, right.second, right.third, right.zeroDuty, right.jointUnmet, right.fit)
    }
}

extension PairingTotals {
    /// The totals as a worth in which no protected household was lost.
    func worth(_ order: PairingGoalOrder) -> PairingWorth {
        let broken = pairsBroken + 2 * (aboveQuota + outsideArea)
        return PairingWorth(
            uncovered: households - covered, second: order == .needFirst ? -need : broken,
            third: order == .needFirst ? broken : -need, zeroDuty: zeroDuty,
            jointUnmet: jointNeeds - jointNeedsMet, fit: fitCost)
    }
}

struct PairingOracle {
    struct Pair: Hashable {
        let household: Int
        let cadre: Int
    }

    let problem: PairingProblem
    let existing: [Pair: ExistingPair]
    /// Pinned pairs of cadres who can help.
    let pins: Set<Pair>
    /// Existing pairs that may go on besides them.
    let keepable: Set<Pair>
    /// Pairs that may be chosen: those, and new ones.
    let eligible: [Pair]
    /// Households that must stay covered.
    let protected: Set<Int>
    /// Cadres whose pins and protected households are more than their quota.
    let above: Set<Int>

    init(_ problem: PairingProblem) {
        self.problem = problem
        let existing = Dictionary(
            uniqueKeysWithValues: problem.pairs.map { (Pair(household: Int($0.household), cadre: Int($0.cadre)), $0) })
        self.existing = existing
        let living = existing.filter { problem.cadres[$0.key.cadre].isAble }
        let pins = Set(living.filter(\.value.stays).keys)
        self.pins = pins
        let protected = Set(living.keys.map(\.household).filter { problem.households[$0].isBound })
        self.protected = protected
        let above = Set(
            problem.cadres.indices.filter { cadre in
                living.count { $0.key.cadre == cadre && ($0.value.stays || protected.contains($0.key.household)) }
                    > problem.cadres[cadre].quota
            })
        self.above = above
        func room(_ cadre: Int) -> Int { Int(problem.cadres[cadre].quota) - pins.count { $0.cadre == cadre } }
        let keepable = Set(
            living.filter { pair, value in
                if value.stays { return false }
                if protected.contains(pair.household) { return true }
                return !above.contains(pair.cadre) && room(pair.cadre) > 0
                    && Self.isInside(pair, problem, isNew: false)
            }.keys)
        self.keepable = keepable
        let beginners = problem.cadres.indices.map { cadre in
            problem.cadres[cadre].isAble && !above.contains(cadre) && room(cadre) > 0
                && problem.cadres[cadre].newMax > 0
        }
        let second = problem.cadres.indices.map { Self.newJointMax($0, problem, pins, keepable, existing) }
        eligible = problem.households.indices.flatMap { household in
            problem.cadres.indices.compactMap { cadre in
                let pair = Pair(household: household, cadre: cadre)
                if existing[pair] != nil { return keepable.contains(pair) ? pair : nil }
                guard beginners[cadre], problem.households[household].takesNew else { return nil }
                let isBounded = problem.households[household].needsTwoUnits && second[cadre] <= 0
                return !isBounded && Self.isInside(pair, problem, isNew: true) ? pair : nil
            }
        }
    }

    /// Whether a household lives where a cadre may begin to help, or go on.
    static func isInside(_ pair: Pair, _ problem: PairingProblem, isNew: Bool = true) -> Bool {
        let village = problem.households[pair.household].village
        let cadre = problem.cadres[pair.cadre]
        return switch isNew ? cadre.area : cadre.presentArea ?? cadre.area {
        case .nowhere: false
        case .village(let linked): linked == village
        case .townOf(let linked): problem.villages[Int(linked)].town == problem.villages[Int(village)].town
        }
    }

    /// How many households that need two units a cadre may begin to help when none of the existing ones ends.
    private static func newJointMax(
        _ cadre: Int, _ problem: PairingProblem, _ pins: Set<Pair>, _ keepable: Set<Pair>,
        _ existing: [Pair: ExistingPair]
    ) -> Int {
        let (settled, kept) = jointCounts(cadre, problem, pins, keepable, existing)
        let bound = Int(problem.cadres[cadre].jointMax)
        if hasFewerNew(cadre, problem, pins) { return bound - settled - kept }
        return settled + kept > bound ? 0 : bound - settled
    }

    /// Pairs of a second helper: those that count whatever becomes of them, and others that may go on.
    private static func jointCounts(
        _ cadre: Int, _ problem: PairingProblem, _ pins: Set<Pair>, _ keepable: Set<Pair>,
        _ existing: [Pair: ExistingPair]
    ) -> (settled: Int, kept: Int) {
        func needsTwo(_ pair: Pair) -> Bool { problem.households[pair.household].needsTwoUnits }
        func precedence(_ pair: Pair) -> (Int, Int64, Int32, Identifier) {
            let (cadre, household) = (problem.cadres[pair.cadre], problem.households[pair.household])
            let cost = problem.cost(cadre: cadre, village: Int(household.village), depth: Int(household.depth))
            return (existing[pair]?.isLasting == true ? 0 : 1, cost, cadre.order, cadre.id)
        }
        // Whoever comes to answer because nobody does who may go on is no second helper.
        func isJoint(_ pair: Pair) -> Bool {
            guard let own = existing[pair], !own.isJointLater else { return true }
            let rivals = pins.union(keepable).filter { $0.household == pair.household && $0 != pair }
            return own.role == .joint
                && rivals.contains { existing[$0]?.role != .joint || precedence($0) < precedence(pair) }
        }
        let settled =
            pins.count { $0.cadre == cadre && (needsTwo($0) || isJoint($0)) }
            + keepable.count { $0.cadre == cadre && !needsTwo($0) && isJoint($0) }
        return (settled, keepable.count { $0.cadre == cadre && needsTwo($0) })
    }

    func jointCounts(_ cadre: Int) -> (settled: Int, kept: Int) {
        Self.jointCounts(cadre, problem, pins, keepable, existing)
    }

    private static func hasFewerNew(_ cadre: Int, _ problem: PairingProblem, _ pins: Set<Pair>) -> Bool {
        problem.cadres[cadre].newMax < problem.cadres[cadre].quota - Int32(pins.count { $0.cadre == cadre })
    }

    /// Whether a set of pairs keeps pins, bounds and areas, and gives no household more helpers than it needs or has.
    func allows(_ pairs: Set<Pair>) -> Bool {
        guard pairs.isSuperset(of: pins), pairs.subtracting(pins).isSubset(of: eligible) else { return false }
        guard problem.cadres.indices.allSatisfy({ allows(pairs, of: $0) }) else { return false }
        let present = pins.union(keepable)
        return problem.households.indices.allSatisfy { household in
            let now = present.filter { $0.household == household }
            let then = pairs.filter { $0.household == household }
            guard problem.households[household].needsTwoUnits else { return then.count <= max(1, now.count) }
            return allowsUnits(now, then)
        }
    }

    private func allows(_ pairs: Set<Pair>, of cadre: Int) -> Bool {
        if above.contains(cadre) { return true }
        let own = pairs.filter { $0.cadre == cadre }
        let new = own.filter { existing[$0] == nil }
        guard own.count <= problem.cadres[cadre].quota, new.count <= problem.cadres[cadre].newMax else {
            return own.isSubset(of: pins)
        }
        func joint(_ pairs: Set<Pair>) -> Int {
            pairs.count { problem.households[$0.household].needsTwoUnits && !pins.contains($0) }
        }
        let (settled, kept) = jointCounts(cadre)
        let bound = Int(problem.cadres[cadre].jointMax)
        if joint(new) == 0 { return true }
        if Self.hasFewerNew(cadre, problem, pins) { return joint(new) + settled + kept <= bound }
        return settled + kept <= bound && settled + joint(own) <= bound
    }

    private func allowsUnits(_ now: Set<Pair>, _ then: Set<Pair>) -> Bool {
        let before = Dictionary(grouping: now) { problem.cadres[$0.cadre].unit }.mapValues(\.count)
        let after = Dictionary(grouping: then) { problem.cadres[$0.cadre].unit }.mapValues(\.count)
        var useful = 0
        for (unit, count) in after {
            let was = before[unit] ?? 0
            guard count <= max(1, was) else { return false }
            useful += max(0, count - max(was - 1, 0))
        }
        return useful <= max(2, before.count)
    }

    func worth(_ pairs: Set<Pair>) -> PairingWorth {
        var worth = PairingWorth()
        let living = existing.keys.filter { problem.cadres[$0.cadre].isAble }
        var broken = living.count { !pairs.contains($0) }
        broken += 2 * pairs.subtracting(pins).count { existing[$0] != nil && !Self.isInside($0, problem, isNew: false) }
        var loads = [Int](repeating: 0, count: problem.cadres.count)
        for pair in pairs {
            loads[pair.cadre] += 1
            let household = problem.households[pair.household]
            worth.fit += problem.cost(
                cadre: problem.cadres[pair.cadre], village: Int(household.village), depth: Int(household.depth))
        }
        for (index, cadre) in problem.cadres.enumerated() {
            worth.fit += problem.loadCost(count: loads[index], quota: Int(cadre.quota))
            broken += 2 * max(0, loads[index] - max(Int(cadre.quota), pins.count { $0.cadre == index }))
            let hasHouseholds = problem.households.indices.contains {
                Self.isInside(Pair(household: $0, cadre: index), problem)
            }
            if cadre.isInPost, cadre.quota > 0, loads[index] == 0, hasHouseholds { worth.zeroDuty += 1 }
        }
        var need = 0
        for (index, household) in problem.households.enumerated() {
            let units = Set(pairs.filter { $0.household == index }.map { problem.cadres[$0.cadre].unit })
            if units.isEmpty {
                worth.uncovered += 1
                if protected.contains(index) { worth.unheld += 1 }
            } else {
                need += Int(household.need)
            }
            if household.needsTwoUnits, units.count < 2 { worth.jointUnmet += 1 }
        }
        (worth.second, worth.third) = problem.goals == .needFirst ? (-need, broken) : (broken, -need)
        return worth
    }

    /// The best worth of all sets of pairs that are allowed. Only for a handful of eligible pairs.
    func best() -> PairingWorth {
        var best: PairingWorth?
        for choice in 0..<(1 << eligible.count) {
            var pairs = pins
            for (bit, pair) in eligible.enumerated() where choice >> bit & 1 == 1 { pairs.insert(pair) }
            guard allows(pairs) else { continue }
            let worth = worth(pairs)
            if best.map({ worth < $0 }) ?? true { best = worth }
        }
        return best ?? PairingWorth()
    }

    /// The pairs of cadres who can help that a proposal leaves.
    static func pairs(_ proposal: PairingProposal, _ problem: PairingProblem) -> Set<Pair> {
        Set(
            proposal.pairs.filter { $0.action != .ended && problem.cadres[Int($0.cadre)].isAble }
                .map { Pair(household: Int($0.household), cadre: Int($0.cadre)) })
    }
}
