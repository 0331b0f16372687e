// The rules of pairing told a second time, without flows: what a proposal may be, what it is worth, and by trying
// everything the best one. Shares nothing with the engine but the cost of a pair.

import Domain

/// The goals of a set of pairs, less is better, compared from the first.
struct PairingWorth: Hashable, Comparable {
    var uncovered = 0
    var broken = 0
    var zeroDuty = 0
    var jointUnmet = 0
    var fit: Int64 = 0

    static func < (left: PairingWorth, right: PairingWorth) -> Bool {
        (left.uncovered, left.broken, left.zeroDuty, left.jointUnmet, left.fit)
            < (right.uncovered, right.broken, right.zeroDuty, right.jointUnmet, right.fit)
    }
}

extension PairingTotals {
    var worth: PairingWorth {
        PairingWorth(
            uncovered: households - covered, broken: pairsBroken, zeroDuty: zeroDuty,
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
    /// Pairs that may be chosen: in the area, with room left besides pins, not pinned.
    let eligible: [Pair]
    let pins: Set<Pair>
    private let pinCounts: [Int]

    init(_ problem: PairingProblem) {
        self.problem = problem
        existing = Dictionary(
            uniqueKeysWithValues: problem.pairs.map { (Pair(household: Int($0.household), cadre: Int($0.cadre)), $0) })
        let pins = Set(existing.filter(\.value.isPinned).keys)
        self.pins = pins
        let pinCounts = problem.cadres.indices.map { cadre in pins.count { $0.cadre == cadre } }
        self.pinCounts = pinCounts
        eligible = problem.households.indices.flatMap { household in
            problem.cadres.indices.compactMap { cadre in
                let pair = Pair(household: household, cadre: cadre)
                let hasRoom = pinCounts[cadre] < problem.cadres[cadre].quota
                return hasRoom && !pins.contains(pair) && Self.isInside(pair, problem) ? pair : nil
            }
        }
    }

    static func isInside(_ pair: Pair, _ problem: PairingProblem) -> Bool {
        let village = problem.households[pair.household].village
        return switch problem.cadres[pair.cadre].area {
        case .nowhere: false
        case .village(let linked): linked == village
        case .townOf(let linked): problem.villages[Int(linked)].town == problem.villages[Int(village)].town
        }
    }

    /// Whether a set of pairs keeps pins, quotas and areas, and gives no household more helpers than it needs or has.
    func allows(_ pairs: Set<Pair>) -> Bool {
        guard pairs.isSuperset(of: pins), pairs.subtracting(pins).isSubset(of: eligible) else { return false }
        var loads = [Int](repeating: 0, count: problem.cadres.count)
        for pair in pairs { loads[pair.cadre] += 1 }
        for cadre in loads.indices where loads[cadre] > max(Int(problem.cadres[cadre].quota), pinCounts[cadre]) {
            return false
        }
        let present = Set(existing.keys).intersection(pins.union(eligible))
        return problem.households.indices.allSatisfy { household in
            let now = present.filter { $0.household == household }
            let then = pairs.filter { $0.household == household }
            guard problem.households[household].needsTwoUnits else { return then.count <= max(1, now.count) }
            return allowsUnits(now, then)
        }
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
        worth.broken = existing.keys.count { !pairs.contains($0) }
        var loads = [Int](repeating: 0, count: problem.cadres.count)
        for pair in pairs {
            loads[pair.cadre] += 1
            let household = problem.households[pair.household]
            worth.fit += problem.cost(
                cadre: problem.cadres[pair.cadre], village: Int(household.village), depth: Int(household.depth))
        }
        for (index, cadre) in problem.cadres.enumerated() {
            worth.fit += problem.loadCost(count: loads[index], quota: Int(cadre.quota))
            let hasHouseholds = problem.households.indices.contains {
                Self.isInside(Pair(household: $0, cadre: index), problem)
            }
            if cadre.isInPost, cadre.quota > 0, loads[index] == 0, hasHouseholds { worth.zeroDuty += 1 }
        }
        for (index, household) in problem.households.enumerated() {
            let units = Set(pairs.filter { $0.household == index }.map { problem.cadres[$0.cadre].unit })
            if units.isEmpty { worth.uncovered += 1 }
            if household.needsTwoUnits, units.count < 2 { worth.jointUnmet += 1 }
        }
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

    /// The pairs that a proposal leaves.
    static func pairs(_ proposal: PairingProposal) -> Set<Pair> {
        Set(
            proposal.pairs.filter { $0.action != .ended }
                .map { Pair(household: Int($0.household), cadre: Int($0.cadre)) })
    }
}
