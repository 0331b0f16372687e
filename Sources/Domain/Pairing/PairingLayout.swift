// The problem in its canonical order: towns, villages, households and cadres by their identifiers, so that the order
// in which a caller happens to list them cannot matter, and everything of one place lies together.
// Deliberately refuses what does not fit together instead of guessing.

/// Why a problem cannot be solved.
public enum PairingFault: Error, Hashable, Sendable {
    /// A village names a unit that is not there.
    case village(Int)
    /// A household names a village that is not there, or its depth is too great.
    case household(Int)
    /// A cadre names a unit or village that is not there, or their quota is not 0 to ``PairingCadre/quotaMax``.
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
    /// Positions of cadres in the problem, place by place; those linked nowhere are left out.
    let cadres: [Int32]
    /// Where each place's cadres begin; one more at the end. See ``townPlace(_:)``.
    let cadreStarts: [Int]
    /// For each cadre of the problem their position in ``cadres``, -1 for those linked nowhere.
    let cadreSlots: [Int32]
    /// For each village of the problem its position in ``villages``.
    let villageSlots: [Int32]
    /// For each village of ``villages`` its town.
    let townOfVillage: [Int32]
    /// Positions of pairs in the problem, household by household and then by cadre.
    let pairs: [Int32]
    /// Where the pairs of each household of the problem begin; one more at the end.
    let pairStarts: [Int32]
    /// For each cadre how many pinned pairs they have.
    let pinCounts: [Int32]
    /// The place of each unit in the order of identifiers.
    let unitRanks: [Int32]

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
            group: { slots[Int(problem.households[$0].village)] }, id: { problem.households[$0].id })
        (cadres, cadreStarts) = Self.grouped(
            count: problem.cadres.count, groups: villages.count + towns.count,
            group: { cadre in
                switch problem.cadres[cadre].area {
                case .nowhere: -1
                case .village(let village): slots[Int(village)] + townOf[Int(slots[Int(village)])] + 1
                case .townOf(let village):
                    // The place of a town comes before those of its villages.
                    Int32(towns[Int(townOf[Int(slots[Int(village)])])].lowerBound)
                        + townOf[Int(slots[Int(village)])]
                }
            }, id: { problem.cadres[$0].id })
        var cadreSlots = [Int32](repeating: -1, count: problem.cadres.count)
        for (slot, cadre) in cadres.enumerated() { cadreSlots[Int(cadre)] = Int32(slot) }
        self.cadreSlots = cadreSlots
        let pairOrder = Self.grouped(
            count: problem.pairs.count, groups: problem.households.count,
            group: { problem.pairs[$0].household },
            id: { problem.cadres[Int(problem.pairs[$0].cadre)].id })
        pairs = pairOrder.order
        pairStarts = pairOrder.starts.map { Int32($0) }
        var pins = [Int32](repeating: 0, count: problem.cadres.count)
        for pair in problem.pairs where pair.isPinned { pins[Int(pair.cadre)] += 1 }
        pinCounts = pins
        var ranks = [Int32](repeating: 0, count: problem.units.count)
        let unitOrder = problem.units.indices.sorted { problem.units[$0] < problem.units[$1] }
        for (rank, unit) in unitOrder.enumerated() { ranks[unit] = Int32(rank) }
        unitRanks = ranks
        try checkTwice()
    }

    /// The place of the cadres who are linked to a town.
    func townPlace(_ town: Int) -> Int { towns[town].lowerBound + town }

    /// The place of the cadres who are linked to a village.
    func villagePlace(_ slot: Int) -> Int { slot + Int(townOfVillage[slot]) + 1 }

    /// The cadres of a place, as positions in ``cadres``.
    func cadres(of place: Int) -> Range<Int> { cadreStarts[place]..<cadreStarts[place + 1] }

    /// The households of a village, as positions in ``households``.
    func households(of slot: Int) -> Range<Int> { householdStarts[slot]..<householdStarts[slot + 1] }

    /// The existing pairs of a household, by the order of the cadres' identifiers.
    func pairs(of household: Int) -> ArraySlice<Int32> {
        pairs[Int(pairStarts[household])..<Int(pairStarts[household + 1])]
    }

    /// What a cadre may carry besides what is pinned to them.
    func room(of cadre: Int) -> Int32 { max(0, problem.cadres[cadre].quota - pinCounts[cadre]) }

    /// Whether the cadre is linked to the village, a position in ``villages``, or to its town.
    func serves(_ cadre: Int, _ slot: Int) -> Bool {
        let position = Int(cadreSlots[cadre])
        guard position >= 0 else { return false }
        return cadres(of: villagePlace(slot)).contains(position)
            || cadres(of: townPlace(Int(townOfVillage[slot]))).contains(position)
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
        where !villages.contains(Int(household.village)) || household.depth > PairingHousehold.depthMax {
            throw .household(index)
        }
        for (index, cadre) in problem.cadres.enumerated() {
            let isPlaced =
                switch cadre.area {
                case .nowhere: true
                case .village(let village), .townOf(let village): villages.contains(Int(village))
                }
            let isFromHere = cadre.home.map { villages.contains(Int($0)) } ?? true
            guard isPlaced, isFromHere, units.contains(Int(cadre.unit)), 0...PairingCadre.quotaMax ~= cadre.quota
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

    /// Villages town by town, towns in the order of their identifiers.
    private static func villageOrder(_ problem: PairingProblem) -> ([Int32], [Range<Int>]) {
        let order = problem.villages.indices.sorted {
            let (left, right) = (problem.villages[$0], problem.villages[$1])
            return (left.town, left.id) < (right.town, right.id)
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

    /// Positions 0 up to count, group by group and sorted by identifier within; a group below 0 is left out.
    private static func grouped(
        count: Int, groups: Int, group: (Int) -> Int32, id: (Int) -> Identifier
    ) -> (order: [Int32], starts: [Int]) {
        var starts = [Int](repeating: 0, count: groups + 1)
        let groupOf = (0..<count).map(group)
        for group in groupOf where group >= 0 { starts[Int(group) + 1] += 1 }
        for group in 0..<groups { starts[group + 1] += starts[group] }
        var next = starts
        var keyed = [(id: Identifier, position: Int32)](
            repeating: (Identifier(high: 0, low: 0), 0), count: starts[groups])
        for position in 0..<count where groupOf[position] >= 0 {
            let group = Int(groupOf[position])
            keyed[next[group]] = (id(position), Int32(position))
            next[group] += 1
        }
        for group in 0..<groups where starts[group + 1] - starts[group] > 1 {
            keyed[starts[group]..<starts[group + 1]].sort { $0.id < $1.id }
        }
        return (keyed.map(\.position), starts)
    }
}
