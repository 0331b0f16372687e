// The goals counted of any set of pairs, town by town: of those that exist before a run, and of those that a proposal
// leaves when the register has had its say. Deliberately apart from the engine: it counts, and searches nothing.

/// Who helps whom, and what that amounts to.
public struct PairingCount: Sendable {
    /// The goals by town; only ``PairingTotals/pairsBroken`` and what was kept or added is the caller's to count.
    public private(set) var byTown: [Identifier: PairingTotals] = [:]
    /// How many households each cadre has.
    public private(set) var loads: [Int32]
    /// Cadres in post who have nothing although households live in their area, as positions.
    public private(set) var zeroDuty: [Int32] = []

    /// Counts pairs of a problem, each household and cadre at most once. Capacity and zero duty are those of the day,
    /// also of cadres who begin nothing because they are known to leave.
    ///
    /// - Parameter answered: households for which somebody answers who can help; nil for all that somebody can help.
    public init(
        _ problem: PairingProblem, _ pairs: [(household: Int32, cadre: Int32)], answered: [Bool]? = nil
    ) {
        loads = [Int32](repeating: 0, count: problem.cadres.count)
        var units = [Int32](repeating: -1, count: problem.households.count)
        var hasTwo = [Bool](repeating: false, count: problem.households.count)
        var townOfPair: [Int32: Identifier] = [:]
        var unpinned = [Int32](repeating: 0, count: problem.cadres.count)
        let pinned = Set(problem.pairs.filter(\.stays).map { PairingEnds($0.household, $0.cadre) })
        for pair in pairs where problem.cadres[Int(pair.cadre)].isAble {
            let household = problem.households[Int(pair.household)]
            let cadre = problem.cadres[Int(pair.cadre)]
            let town = problem.villages[Int(household.village)].town
            loads[Int(pair.cadre)] += 1
            if !pinned.contains(PairingEnds(pair.household, pair.cadre)) {
                unpinned[Int(pair.cadre)] += 1
                if !problem.contains(cadre.presentArea ?? cadre.area, household.village) {
                    byTown[town, default: PairingTotals()].outsideArea += 1
                }
            }
            if case .nowhere = cadre.presentArea ?? cadre.area {
                townOfPair[pair.cadre] = min(townOfPair[pair.cadre] ?? town, town)
            }
            let unit = units[Int(pair.household)]
            if unit >= 0, unit != cadre.unit { hasTwo[Int(pair.household)] = true }
            units[Int(pair.household)] = cadre.unit
            byTown[town, default: PairingTotals()].fitCost += problem.cost(
                cadre: cadre, village: Int(household.village), depth: Int(household.depth))
        }
        for (index, household) in problem.households.enumerated() {
            let town = problem.villages[Int(household.village)].town
            byTown[town, default: PairingTotals()].count(
                household, isCovered: answered?[index] ?? (units[index] >= 0), hasTwo: hasTwo[index])
        }
        countCadres(problem, townOfPair, unpinned)
    }

    private mutating func countCadres(
        _ problem: PairingProblem, _ townOfPair: [Int32: Identifier], _ unpinned: [Int32]
    ) {
        var lived = [Bool](repeating: false, count: problem.villages.count)
        for household in problem.households { lived[Int(household.village)] = true }
        var livedTowns: Set<Identifier> = []
        for (index, village) in problem.villages.enumerated() where lived[index] { livedTowns.insert(village.town) }
        for (index, cadre) in problem.cadres.enumerated() {
            let load = Int(loads[index])
            let dayQuota = Int(cadre.dayQuota ?? cadre.quota)
            let cost = problem.loadCost(count: load, quota: Int(cadre.quota))
            let above = max(0, load - max(Int(cadre.quota), load - Int(unpinned[index])))
            let area = cadre.presentArea ?? cadre.area
            guard let place = area.village.map({ problem.villages[Int($0)] }) else {
                if let town = townOfPair[Int32(index)] {
                    byTown[town, default: PairingTotals()].fitCost += cost
                    byTown[town, default: PairingTotals()].aboveQuota += above
                }
                continue
            }
            byTown[place.town, default: PairingTotals()].fitCost += cost
            byTown[place.town, default: PairingTotals()].aboveQuota += above
            byTown[place.town, default: PairingTotals()].capacity += dayQuota
            let hasHouseholds =
                if case .village(let village) = area { lived[Int(village)] } else {
                    livedTowns.contains(place.town)
                }
            if hasHouseholds, cadre.isInPost, dayQuota > 0, load + Int(cadre.otherLoad) == 0 {
                zeroDuty.append(Int32(index))
                byTown[place.town, default: PairingTotals()].zeroDuty += 1
            }
        }
        zeroDuty.sort {
            let (left, right) = (problem.cadres[Int($0)], problem.cadres[Int($1)])
            return (left.order, left.id) < (right.order, right.id)
        }
    }
}

/// Who is a pair.
private struct PairingEnds: Hashable {
    let household: Int32
    let cadre: Int32

    init(_ household: Int32, _ cadre: Int32) {
        self.household = household
        self.cadre = cadre
    }
}

extension PairingTotals {
    fileprivate mutating func count(_ household: PairingHousehold, isCovered: Bool, hasTwo: Bool) {
        households += 1
        if isCovered {
            covered += 1
            need += Int(household.need)
        } else if household.isBound {
            boundUncovered += 1
        }
        if household.needsTwoUnits { jointNeeds += 1 }
        if household.needsTwoUnits, hasTwo { jointNeedsMet += 1 }
    }
}

extension PairingProblem {
    /// Whether a village lies in an area.
    public func contains(_ area: PairingArea, _ village: Int32) -> Bool {
        switch area {
        case .nowhere: false
        case .village(let linked): linked == village
        case .townOf(let linked): villages[Int(linked)].town == villages[Int(village)].town
        }
    }
}

extension PairingArea {
    /// The village, or any village of the town; nil for nowhere.
    public var village: Int32? {
        switch self {
        case .nowhere: nil
        case .village(let village), .townOf(let village): village
        }
    }
}
