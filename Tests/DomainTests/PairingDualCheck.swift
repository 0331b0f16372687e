// Checks the certificate of a proposal with code of its own: it writes out the whole network, a node for every cadre,
// household and unit of a household that needs two, and adds up what the dual values promise. Weak duality holds in
// every ordered group, so equality proves that no circulation is better, goal by goal.

import Domain

struct PairingDualCheck {
    private let problem: PairingProblem
    private let oracle: PairingOracle
    private let proposal: PairingProposal
    private let cadres: [PairingCost?]
    private let newPairs: [PairingCost?]
    private let jointPairs: [PairingCost?]
    private let households: [PairingCost?]
    private let householdUnits: [PairingCertificate.HouseholdUnit: PairingCost]
    private let classUnits: [PairingCertificate.ClassUnit: PairingCost]
    private var eligible: [[Int]]
    private let pinsOfCadre: [Int]
    private let presentOf: [[ExistingPair]]
    /// What the duals promise: no circulation costs less.
    private(set) var bound = PairingCost()
    /// Households without a dual value although somebody could be given to them.
    private(set) var gaps: [Int] = []

    init(_ problem: PairingProblem, _ proposal: PairingProposal) {
        self.problem = problem
        self.proposal = proposal
        oracle = PairingOracle(problem)
        cadres = proposal.certificate.cadres(count: problem.cadres.count)
        newPairs = proposal.certificate.newPairs(count: problem.cadres.count)
        jointPairs = proposal.certificate.jointPairs(count: problem.cadres.count)
        households = proposal.certificate.households(count: problem.households.count)
        householdUnits = proposal.certificate.householdUnits
        classUnits = proposal.certificate.classUnits
        var eligible = [[Int]](repeating: [], count: problem.households.count)
        for pair in oracle.eligible { eligible[pair.household].append(pair.cadre) }
        self.eligible = eligible
        var pins = [Int](repeating: 0, count: problem.cadres.count)
        var present = [[ExistingPair]](repeating: [], count: problem.households.count)
        for pair in problem.pairs where problem.cadres[Int(pair.cadre)].isAble {
            if pair.stays { pins[Int(pair.cadre)] += 1 }
            present[Int(pair.household)].append(pair)
        }
        pinsOfCadre = pins
        presentOf = present
        addCadres()
        for household in problem.households.indices { add(household) }
    }

    /// What the proposal costs, counted as the network counts: what pins decide beforehand is not in it.
    var cost: PairingCost {
        var cost = PairingCost()
        let pairs = PairingOracle.pairs(proposal, problem)
        var loads = [Int](repeating: 0, count: problem.cadres.count)
        var helpers = [[Int]](repeating: [], count: problem.households.count)
        for pair in pairs {
            loads[pair.cadre] += 1
            helpers[pair.household].append(pair.cadre)
            guard !oracle.pins.contains(pair) else { continue }
            if oracle.existing[pair] != nil {
                cost.kept += PairingOracle.isInside(pair, problem, isNew: false) ? -1 : 1
            }
            cost.fit += fit(pair.household, pair.cadre)
        }
        for (index, cadre) in problem.cadres.enumerated() where loads[index] > pinsOfCadre[index] {
            for load in pinsOfCadre[index] + 1...loads[index] {
                cost.fit += problem.weights.load(count: load, quota: Int(cadre.quota))
                if load > cadre.quota { cost.kept += 2 }
            }
            if mustHaveSomething(index), pinsOfCadre[index] == 0 { cost.onDuty -= 1 }
        }
        for (index, household) in problem.households.enumerated() {
            let pins = presentOf[index].count(where: \.stays)
            if !helpers[index].isEmpty, household.needsTwoUnits || pins == 0 { cost = cost + cover(index) }
            guard household.needsTwoUnits else { continue }
            cost.held -= Int64(pins)
            if Set(helpers[index].map { problem.cadres[$0].unit }).count > 1 { cost.jointMet -= 1 }
        }
        return cost
    }

    private func cover(_ household: Int) -> PairingCost {
        oracle.protected.contains(household)
            ? PairingCost(held: -1, covered: -1)
            : PairingCost(covered: -1, need: -Int64(problem.households[household].need))
    }

    private func mustHaveSomething(_ cadre: Int) -> Bool {
        problem.cadres[cadre].isInPost && problem.cadres[cadre].quota > 0
            && problem.households.indices.contains {
                PairingOracle.isInside(PairingOracle.Pair(household: $0, cadre: cadre), problem)
            }
    }

    private func fit(_ household: Int, _ cadre: Int) -> Int64 {
        let record = problem.households[household]
        return problem.cost(cadre: problem.cadres[cadre], village: Int(record.village), depth: Int(record.depth))
    }

    private mutating func arc(_ cost: PairingCost, from: PairingCost, to: PairingCost, capacity: Int) {
        let reduced = cost + from - to
        if reduced.inOrder(problem.goals) < PairingCost() { bound = bound + reduced * Int64(capacity) }
    }

    private mutating func addCadres() {
        var reach = [Int](repeating: 0, count: problem.cadres.count)
        for list in eligible { for cadre in list { reach[cadre] += 1 } }
        for (index, cadre) in problem.cadres.enumerated() where reach[index] > 0 {
            guard let potential = cadres[index] else { continue }
            let first = pinsOfCadre[index] + 1
            let last = pinsOfCadre[index] + reach[index]
            for load in first...max(first, oracle.above.contains(index) ? last : min(Int(cadre.quota), last)) {
                let step = PairingCost(
                    kept: load > cadre.quota ? 2 : 0,
                    onDuty: load == 1 && mustHaveSomething(index) ? -1 : 0,
                    fit: problem.weights.load(count: load, quota: Int(cadre.quota)))
                arc(step, from: PairingCost(), to: potential, capacity: 1)
            }
            addBounds(index, potential)
        }
    }

    /// New pairs and pairs with households that need two units go through nodes of their own where they are bounded.
    private mutating func addBounds(_ cadre: Int, _ potential: PairingCost) {
        let new = newPairs[cadre]
        if let new {
            arc(PairingCost(), from: potential, to: new, capacity: Int(problem.cadres[cadre].newMax))
        }
        guard let joint = jointPairs[cadre] else { return }
        let (settled, kept) = oracle.jointCounts(cadre)
        let bound = Int(problem.cadres[cadre].jointMax) - settled
        arc(
            PairingCost(), from: new ?? potential, to: joint,
            capacity: new == nil ? bound : bound - kept)
    }

    private mutating func add(_ index: Int) {
        let pins = presentOf[index].filter(\.stays)
        let keepable = presentOf[index].filter { !$0.stays && eligible[index].contains(Int($0.cadre)) }
        let isJoint = problem.households[index].needsTwoUnits
        guard let potential = households[index] else {
            let isSettled = !isJoint && !pins.isEmpty && keepable.isEmpty
            if !eligible[index].isEmpty && !isSettled || isJoint && !pins.isEmpty { gaps.append(index) }
            return
        }
        guard !isJoint else { return addJoint(index, potential, pins + keepable) }
        if pins.isEmpty { arc(cover(index), from: potential, to: PairingCost(), capacity: 1) }
        let further = keepable.count - (pins.isEmpty ? 1 : 0)
        if further > 0 { arc(PairingCost(), from: potential, to: PairingCost(), capacity: further) }
        for cadre in eligible[index] { addPair(index, cadre, to: potential) }
    }

    private mutating func addPair(_ household: Int, _ cadre: Int, to potential: PairingCost) {
        guard let own = cadres[cadre] else { return gaps.append(household) }
        let pair = PairingOracle.Pair(household: household, cadre: cadre)
        let new = newPairs[cadre]
        let joint = problem.households[household].needsTwoUnits ? jointPairs[cadre] : nil
        var (from, kept) = (joint ?? new ?? own, Int64(0))
        if oracle.existing[pair] != nil {
            from = new == nil ? joint ?? own : own
            kept = PairingOracle.isInside(pair, problem, isNew: false) ? -1 : 1
        }
        arc(PairingCost(kept: kept, fit: fit(household, cadre)), from: from, to: potential, capacity: 1)
    }

    private mutating func addJoint(_ index: Int, _ potential: PairingCost, _ present: [ExistingPair]) {
        let household = problem.households[index]
        let now = Dictionary(grouping: present) { problem.cadres[Int($0.cadre)].unit }
        let root = PairingCost()
        arc(cover(index), from: potential, to: root, capacity: 1)
        arc(PairingCost(jointMet: -1), from: potential, to: root, capacity: 1)
        if now.count > 2 { arc(root, from: potential, to: root, capacity: now.count - 2) }
        for unit in Set(now.keys).union(eligible[index].map { problem.cadres[$0].unit }) {
            let own = householdUnits[.init(household: Int32(index), unit: unit)]
            let common = classUnits[.init(village: household.village, depth: household.depth, unit: unit)]
            guard let node = own ?? common else {
                gaps.append(index)
                continue
            }
            arc(root, from: node, to: potential, capacity: 1)
            let pairs = now[unit] ?? []
            if pairs.count > 1 { arc(root, from: node, to: root, capacity: pairs.count - 1) }
            let pins = pairs.count(where: \.stays)
            if pins > 0 { arc(PairingCost(held: -1), from: root, to: node, capacity: pins) }
            for cadre in eligible[index] where problem.cadres[cadre].unit == unit { addPair(index, cadre, to: node) }
        }
    }
}
