// The problem in its canonical order: towns, villages, households and cadres as their `order` says, so that the order
// in which a caller happens to list them cannot matter, and everything of one place lies together.
// Deliberately refuses what does not fit together instead of guessing.

/// Why a problem cannot be solved.
public enum PairingFault: Error, Hashable, Sendable {
    /// A village names a unit that is not there.
    case village(Int)
    /// A household names a village that is not there, or its depth or need is too great.
    case household(Int)
    /// A cadre names a unit or village that is not there, or one of their bounds is not 0 to ``PairingCadre/quotaMax``.
    case cadre(Int)
    /// A pair names somebody who is not there, or stands in the list twice.
    case pair(Int)
    /// A weight is not 0 to ``PairingWeights/weightMax``.
    case weights
    /// Some identifier appears twice in its list.
    case identifierTwice(Identifier)
    /// A town with so many households and cadres that its numbers do not fit into 64 bits.
    case tooLarge(town: Identifier)
}

/// The problem, sorted. A reference, so that the components share it.
final class PairingLayout: Sendable {
    let problem: PairingProblem
    /// Positions of villages in the problem, town by town.
    let villages: [Int32]
    /// Ranges of ``villages``, one for each town.
    let towns: [Range<Int>]
    /// Positions of households in the problem, village by village.
    let households: [Int32]
    /// Where each village's households begin; one more at the end.
    let householdStarts: [Int]
    /// Positions of cadres in the problem, place by place; those linked nowhere come last.
    let cadres: [Int32]
    /// Where each place's cadres begin; one more at the end. See ``townPlace(_:)``.
    let cadreStarts: [Int]
    /// For each cadre of the problem their position in ``cadres``.
    let cadreSlots: [Int32]
    /// For each village of the problem its position in ``villages``.
    let villageSlots: [Int32]
    /// For each village of ``villages`` its town.
    let townOfVillage: [Int32]
    /// Positions of pairs in the problem, household by household and then by cadre.
    let pairs: [Int32]
    /// Where the pairs of each household of the problem begin; one more at the end.
    let pairStarts: [Int32]
    /// What can become of each pair of the problem, and how that binds its cadre and household.
    let bonds: PairingBonds
    /// The place of each unit in its order.
    let unitRanks: [Int32]
    /// The greatest depth and the greatest need of a household.
    let depthMax: Int
    let needMax: Int

    init(_ problem: PairingProblem) throws(PairingFault) {
        try Self.check(problem)
        self.problem = problem
        let (villages, towns) = Self.villageOrder(problem)
        (self.villages, self.towns) = (villages, towns)
        var slots = [Int32](repeating: 0, count: villages.count)
        for (slot, village) in villages.enumerated() { slots[Int(village)] = Int32(slot) }
        villageSlots = slots
        var townOf = [Int32](repeating: 0, count: villages.count)
        for (town, range) in towns.enumerated() { for slot in range { townOf[slot] = Int32(town) } }
        townOfVillage = townOf
        (households, householdStarts) = Self.grouped(
            count: problem.households.count, groups: villages.count,
            group: { slots[Int(problem.households[$0].village)] },
            key: { Key(problem.households[$0].order, problem.households[$0].id) })
        (cadres, cadreStarts) = Self.grouped(
            count: problem.cadres.count, groups: villages.count + towns.count + 1,
            group: { cadre in
                switch problem.cadres[cadre].area {
                case .nowhere: Int32(villages.count + towns.count)
                case .village(let village): slots[Int(village)] + townOf[Int(slots[Int(village)])] + 1
                case .townOf(let village):
                    // The place of a town comes before those of its villages.
                    Int32(towns[Int(townOf[Int(slots[Int(village)])])].lowerBound)
                        + townOf[Int(slots[Int(village)])]
                }
            }, key: { Key(problem.cadres[$0].order, problem.cadres[$0].id) })
        var cadreSlots = [Int32](repeating: -1, count: problem.cadres.count)
        for (slot, cadre) in cadres.enumerated() { cadreSlots[Int(cadre)] = Int32(slot) }
        self.cadreSlots = cadreSlots
        let pairOrder = Self.grouped(
            count: problem.pairs.count, groups: problem.households.count,
            group: { problem.pairs[$0].household },
            key: { index in
                let cadre = problem.cadres[Int(problem.pairs[index].cadre)]
                return Key(cadre.order, cadre.id)
            })
        pairs = pairOrder.order
        pairStarts = pairOrder.starts.map { Int32($0) }
        bonds = PairingBonds(problem, villageSlots: slots, townOfVillage: townOf)
        var ranks = [Int32](repeating: 0, count: problem.units.count)
        func unitKey(_ unit: Int) -> Key {
            Key(problem.unitOrder.isEmpty ? 0 : problem.unitOrder[unit], problem.units[unit])
        }
        let unitOrder = problem.units.indices.sorted { unitKey($0) < unitKey($1) }
        for (rank, unit) in unitOrder.enumerated() { ranks[unit] = Int32(rank) }
        unitRanks = ranks
        depthMax = problem.households.reduce(0) { max($0, Int($1.depth)) }
        needMax = problem.households.reduce(0) { max($0, Int($1.need)) }
        try checkTwice()
    }

    /// The place of the cadres who are linked to a town.
    func townPlace(_ town: Int) -> Int { towns[town].lowerBound + town }

    /// The place of the cadres who are linked to a village.
    func villagePlace(_ slot: Int) -> Int { slot + Int(townOfVillage[slot]) + 1 }

    /// What orders things of one kind: what the caller says, and then identifiers.
    private struct Key: Comparable {
        let order: Int32
        let id: Identifier

        init(_ order: Int32, _ id: Identifier) {
            self.order = order
            self.id = id
        }

        static func < (left: Key, right: Key) -> Bool { (left.order, left.id) < (right.order, right.id) }
    }

    /// Whether one cadre comes before another one.
    func comesFirst(_ left: Int32, _ right: Int32) -> Bool {
        let (left, right) = (problem.cadres[Int(left)], problem.cadres[Int(right)])
        return Key(left.order, left.id) < Key(right.order, right.id)
    }

    /// The place of a cadre of ``cadres``.
    func place(ofCadre slot: Int) -> Int {
        switch problem.cadres[Int(cadres[slot])].area {
        case .nowhere: cadreStarts.count - 2
        case .village(let village): villagePlace(Int(villageSlots[Int(village)]))
        case .townOf(let village): townPlace(Int(townOfVillage[Int(villageSlots[Int(village)])]))
        }
    }

    /// The cadres of a place, as positions in ``cadres``.
    func cadres(of place: Int) -> Range<Int> { cadreStarts[place]..<cadreStarts[place + 1] }

    /// The households of a village, as positions in ``households``.
    func households(of slot: Int) -> Range<Int> { householdStarts[slot]..<householdStarts[slot + 1] }

    /// The existing pairs of a household, by the order of the cadres' identifiers.
    func pairs(of household: Int) -> ArraySlice<Int32> {
        pairs[Int(pairStarts[household])..<Int(pairStarts[household + 1])]
    }

    /// What a cadre may carry besides what is pinned to them; nothing for whoever is above their quota in any case.
    func room(of cadre: Int) -> Int32 {
        bonds.isFree[cadre] ? problem.cadres[cadre].quota - bonds.pinCounts[cadre] : 0
    }

    /// How many a cadre may begin to help.
    func newRoom(of cadre: Int) -> Int32 { min(room(of: cadre), problem.cadres[cadre].newMax) }

    /// Whether the cadre may begin to help in the village, a position in ``villages``.
    func serves(_ cadre: Int, _ slot: Int) -> Bool { contains(problem.cadres[cadre].area, slot) }

    /// Whether the cadre may go on to help there without being outside of their area.
    func isInside(_ cadre: Int, _ slot: Int) -> Bool {
        contains(problem.cadres[cadre].presentArea ?? problem.cadres[cadre].area, slot)
    }

    private func contains(_ area: PairingArea, _ slot: Int) -> Bool {
        Self.contains(area, slot, villageSlots: villageSlots, townOfVillage: townOfVillage)
    }

    static func contains(
        _ area: PairingArea, _ slot: Int, villageSlots: [Int32], townOfVillage: [Int32]
    ) -> Bool {
        switch area {
        case .nowhere: false
        case .village(let village): Int(villageSlots[Int(village)]) == slot
        case .townOf(let village): townOfVillage[Int(villageSlots[Int(village)])] == townOfVillage[slot]
        }
    }

    /// Whether there are households where the cadre may begin to help.
    func hasHouseholds(_ cadre: Int) -> Bool {
        let slots: Range<Int>
        switch problem.cadres[cadre].area {
        case .nowhere: return false
        case .village(let village):
            let slot = Int(villageSlots[Int(village)])
            slots = slot..<slot + 1
        case .townOf(let village): slots = towns[Int(townOfVillage[Int(villageSlots[Int(village)])])]
        }
        return householdStarts[slots.lowerBound] < householdStarts[slots.upperBound]
    }

    /// Whether being left with nothing counts (goal 4): in post, with a quota and with households in the area.
    func mustHaveSomething(_ cadre: Int) -> Bool {
        problem.cadres[cadre].isInPost && problem.cadres[cadre].quota > 0 && hasHouseholds(cadre)
    }

    private static func check(_ problem: PairingProblem) throws(PairingFault) {
        guard problem.weights.isSound else { throw .weights }
        let units = problem.units.indices
        let villages = problem.villages.indices
        for (index, village) in problem.villages.enumerated()
        where !village.holders.allSatisfy({ units.contains(Int($0)) }) {
            throw .village(index)
        }
        for (index, household) in problem.households.enumerated()
        where !villages.contains(Int(household.village)) || household.depth > PairingHousehold.depthMax
            || household.need > PairingHousehold.needMax
        {
            throw .household(index)
        }
        for (index, cadre) in problem.cadres.enumerated() {
            let named = [cadre.area.village, cadre.presentArea?.village, cadre.home].compactMap(\.self)
            let bounds = [cadre.quota, cadre.newMax, cadre.jointMax]
            guard named.allSatisfy({ villages.contains(Int($0)) }), units.contains(Int(cadre.unit)),
                bounds.allSatisfy({ 0...PairingCadre.quotaMax ~= $0 })
            else { throw .cadre(index) }
        }
        for (index, pair) in problem.pairs.enumerated()
        where !problem.households.indices.contains(Int(pair.household))
            || !problem.cadres.indices.contains(Int(pair.cadre))
        {
            throw .pair(index)
        }
    }

    /// Whom the order cannot tell apart, the answer could confuse.
    private func checkTwice() throws(PairingFault) {
        for (left, right) in zip(pairs, pairs.dropFirst())
        where problem.pairs[Int(left)].household == problem.pairs[Int(right)].household
            && problem.pairs[Int(left)].cadre == problem.pairs[Int(right)].cadre
        {
            throw .pair(Int(max(left, right)))
        }
        for (left, right) in zip(households, households.dropFirst())
        where problem.households[Int(left)].id == problem.households[Int(right)].id {
            throw .identifierTwice(problem.households[Int(left)].id)
        }
        for (left, right) in zip(cadres, cadres.dropFirst())
        where problem.cadres[Int(left)].id == problem.cadres[Int(right)].id {
            throw .identifierTwice(problem.cadres[Int(left)].id)
        }
        for (left, right) in zip(villages, villages.dropFirst())
        where problem.villages[Int(left)].id == problem.villages[Int(right)].id {
            throw .identifierTwice(problem.villages[Int(left)].id)
        }
    }

    /// Villages town by town, towns in the order of their first villages.
    private static func villageOrder(_ problem: PairingProblem) -> ([Int32], [Range<Int>]) {
        var firsts: [Identifier: Int32] = [:]
        for village in problem.villages { firsts[village.town] = min(firsts[village.town] ?? .max, village.order) }
        func townKey(_ village: PairingVillage) -> Key { Key(firsts[village.town] ?? 0, village.town) }
        let order = problem.villages.indices.sorted {
            let (left, right) = (problem.villages[$0], problem.villages[$1])
            guard left.town == right.town else { return townKey(left) < townKey(right) }
            return Key(left.order, left.id) < Key(right.order, right.id)
        }
        var towns: [Range<Int>] = []
        var first = 0
        for position in order.indices
        where position + 1 == order.count
            || problem.villages[order[position + 1]].town != problem.villages[order[position]].town
        {
            towns.append(first..<position + 1)
            first = position + 1
        }
        return (order.map { Int32($0) }, towns)
    }

    /// Positions 0 up to count, group by group and in their order within.
    private static func grouped(
        count: Int, groups: Int, group: (Int) -> Int32, key: (Int) -> Key
    ) -> (order: [Int32], starts: [Int]) {
        var starts = [Int](repeating: 0, count: groups + 1)
        let groupOf = (0..<count).map(group)
        for group in groupOf { starts[Int(group) + 1] += 1 }
        for group in 0..<groups { starts[group + 1] += starts[group] }
        var next = starts
        var keyed = [(key: Key, position: Int32)](
            repeating: (Key(0, Identifier(high: 0, low: 0)), 0), count: count)
        for position in 0..<count {
            let group = Int(groupOf[position])
            keyed[next[group]] = (key(position), Int32(position))
            next[group] += 1
        }
        for group in 0..<groups where starts[group + 1] - starts[group] > 1 {
            keyed[starts[group]..<starts[group + 1]].sort { $0.key < $1.key }
        }
        return (keyed.map(\.position), starts)
    }
}
