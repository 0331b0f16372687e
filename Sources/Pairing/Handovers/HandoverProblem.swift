// The pairing problem of a handover (R046): a town in which one cadre leaves and everything else stays as it is, as far
// as it can. The engine finds who takes over with the fewest other pairs changed; what is not this handover's business
// (households without helpers, cadres above their quota, second units that are missing) is fixed or left out.

import Domain
import SQL

/// What the engine proposes for a town.
struct HandoverPlan {
    /// Who takes over a household, by its id.
    var successors: [Identifier: Identifier] = [:]
    /// Other pairings that go to somebody else so that there is room.
    var moves: [(pairing: Identifier, helper: Identifier)] = []
    var shortages: [HandoverOutcome.Shortage] = []
}

struct HandoverProblem {
    private let input: PairingInput
    private var problem: PairingProblem
    /// Behind the pairs of `problem`.
    private var pairings: [Identifier] = []
    /// Households of the cadre who leaves, by their position in `problem`.
    private var left: Set<Int32> = []

    /// - Parameters:
    ///   - leaving: whose pairs end.
    ///   - movesOthers: whether other pairs may be changed at all.
    init(_ input: PairingInput, leaving: Identifier, movesOthers: Bool) {
        self.input = input
        problem = input.problem
        // Whoever is helped keeps their helper: need decides among those only whom the cadre leaves.
        problem.goals = .pairsFirst
        guard let gone = problem.cadres.firstIndex(where: { $0.id == leaving }) else { return }
        problem.cadres[gone].quota = 0
        problem.cadres[gone].isAble = false
        problem.cadres[gone].isInPost = false
        let all = input.problem
        var others = [Int](repeating: 0, count: all.households.count)
        var isLeft = [Bool](repeating: false, count: all.households.count)
        var loads = [Int32](repeating: 0, count: all.cadres.count)
        // Whoever cannot help is as if they were not there; their pairs stay as they are.
        for pair in all.pairs {
            if Int(pair.cadre) == gone {
                isLeft[Int(pair.household)] = true
            } else if all.cadres[Int(pair.cadre)].isAble {
                others[Int(pair.household)] += 1
                loads[Int(pair.cadre)] += 1
            }
        }
        var places = [Int32](repeating: -1, count: all.households.count)
        problem.households = []
        for (index, household) in all.households.enumerated() where isLeft[index] || others[index] > 0 {
            places[index] = Int32(problem.households.count)
            if isLeft[index] { left.insert(places[index]) }
            var household = household
            // A joint helper is replaced by one of another unit; nobody asks for more than there was.
            household.needsTwoUnits = isLeft[index] && others[index] > 0
            problem.households.append(household)
        }
        problem.pairs = []
        for (index, pair) in all.pairs.enumerated()
        where Int(pair.cadre) != gone && all.cadres[Int(pair.cadre)].isAble && places[Int(pair.household)] >= 0 {
            let household = Int(pair.household)
            let cadre = Int(pair.cadre)
            var pair = pair
            pair.household = places[household]
            pair.isPinned =
                pair.isPinned || !movesOthers || isLeft[household] || others[household] > 1
                || loads[cadre] > all.cadres[cadre].quota || !Self.serves(cadre, household, all)
            problem.pairs.append(pair)
            pairings.append(input.pairings[index].id)
        }
    }

    /// Whether a household lies where the cadre may help.
    private static func serves(_ cadre: Int, _ household: Int, _ problem: PairingProblem) -> Bool {
        let village = problem.households[household].village
        switch problem.cadres[cadre].area {
        case .nowhere: return false
        case .village(let own): return own == village
        case .townOf(let own): return problem.villages[Int(own)].town == problem.villages[Int(village)].town
        }
    }

    func solved() throws -> HandoverPlan {
        let proposal = try PairingSolver.solve(problem)
        var plan = HandoverPlan()
        let byEnds = Dictionary(
            uniqueKeysWithValues: problem.pairs.enumerated().map { (Pair($1.household, $1.cadre), pairings[$0]) })
        var givenUp: [Int32: Identifier] = [:]
        for pair in proposal.pairs where pair.action == .ended {
            givenUp[pair.household] = byEnds[Pair(pair.household, pair.cadre)]
        }
        for pair in proposal.pairs where pair.action == .added {
            let helper = problem.cadres[Int(pair.cadre)].id
            if left.contains(pair.household) {
                plan.successors[problem.households[Int(pair.household)].id] = helper
            } else if let pairing = givenUp[pair.household] {
                plan.moves.append((pairing, helper))
            }
        }
        plan.shortages = shortages(proposal)
        return plan
    }

    private struct Pair: Hashable {
        let household: Int32
        let cadre: Int32

        init(_ household: Int32, _ cadre: Int32) {
            self.household = household
            self.cadre = cadre
        }
    }

    /// What keeps households uncovered. Pins are not told: most of them are this problem's own.
    private func shortages(_ proposal: PairingProposal) -> [HandoverOutcome.Shortage] {
        let names = input.names
        var told = proposal.shortages.map { shortage in
            var shortage = shortage
            shortage.pins = []
            return HandoverOutcome.Shortage(
                villages: shortage.villages.map(input.named),
                counts: [
                    ("households", shortage.households), ("cadres", shortage.cadres.count),
                    ("carried", shortage.carried), ("uncovered", shortage.uncovered),
                ],
                sentences: shortage.sentences(problem, names))
        }
        told += proposal.jointShortages.map { shortage in
            var shortage = shortage
            shortage.pins = []
            return HandoverOutcome.Shortage(
                villages: [input.named(shortage.village)],
                counts: [("jointNeeds", shortage.needs), ("jointUnmet", shortage.unmet)],
                sentences: [shortage.sentence(problem, names)])
        }
        return told
    }
}
