// Problems too large to try everything: the certificate, checked by other code, and a maximum flow by another method.

import Domain
import Testing

@Suite struct PairingProofTests {
    private static func expectProof(_ problem: PairingProblem) throws -> PairingProposal {
        let proposal = try PairingSolver.solve(problem)
        let check = PairingDualCheck(problem, proposal)
        #expect(check.gaps == [])
        #expect(check.bound == check.cost)
        return proposal
    }

    @Test("the duals prove small answers", arguments: 0..<4)
    func small(_ part: Int) throws {
        try PairingSolverTests.small(150, seed: UInt64(part) + 240) { problem, _ in _ = try Self.expectProof(problem) }
    }

    @Test("the duals prove answers with hundreds of households, pairs and pins", arguments: 0..<3)
    func middle(_ part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part) + 280)
        for _ in 0..<5 {
            let shape = PairingShape(
                towns: 2...4, villages: 5...12, units: 3...12, households: 150...300, cadres: 80...200, joint: 250,
                paired: 800, townLink: 150)
            _ = try Self.expectProof(PairingInstance.random(shape, &generator))
        }
    }

    /// A few towns of a county: 31 villages with about as many households and cadres as a county has for each.
    static func towns(seed: UInt64) -> PairingProblem {
        var generator = SeededGenerator(seed: seed)
        let towns = (0..<3).map { _ in PairingInstance.identifier(&generator) }
        var problem = PairingProblem(
            units: (0..<26).map { _ in PairingInstance.identifier(&generator) }, villages: [], households: [],
            cadres: [])
        problem.villages = (0..<31).map { index in
            PairingVillage(
                id: PairingInstance.identifier(&generator), town: towns[index % 3],
                tags: PairingTags(rawValue: UInt8(generator.below(16))), holders: [Int32(index * 26 / 31)])
        }
        problem.households = (0..<2_250).map { _ in
            PairingHousehold(
                id: PairingInstance.identifier(&generator), village: Int32(generator.below(31)),
                depth: UInt8(1 + generator.below(3)), needsTwoUnits: generator.perMille(150))
        }
        problem.cadres = (0..<1_510).map { number in
            let village = generator.below(31)
            let rank: PairingRank =
                switch number {
                case ..<4: .division
                case ..<30: .section
                case ..<117: .deputySection
                case ..<420: .middle
                default: .ordinary
                }
            return PairingCadre(
                id: PairingInstance.identifier(&generator), rank: rank, quota: problem.rankQuotas[rank] ?? 1,
                area: rank <= .division ? .townOf(Int32(village)) : .village(Int32(village)),
                unit: Int32(generator.perMille(700) ? village * 26 / 31 : generator.below(26)),
                line: PairingLine(rawValue: UInt8(generator.below(7))),
                home: generator.perMille(400) ? Int32(generator.below(31)) : nil)
        }
        return problem
    }

    @Test("a twelfth of a county is proved, its quotas and areas hold, and the next day is proved after retirements")
    func large() throws {
        let problem = Self.towns(seed: 5)
        let proposal = try Self.expectProof(problem)
        var next = PairingInstance.applied(proposal, to: problem)
        for index in stride(from: 0, to: next.cadres.count, by: 30) {
            next.cadres[index].quota = 0
            next.cadres[index].isAble = false
        }
        next.cadres[1].area = .village(0)
        let later = try Self.expectProof(next)
        #expect(later.totals.pairsBroken < 100)
        for (problem, proposal) in [(problem, proposal), (next, later)] {
            var loads = [Int32](repeating: 0, count: problem.cadres.count)
            for pair in PairingOracle.pairs(proposal, problem) {
                loads[pair.cadre] += 1
                #expect(PairingOracle.isInside(pair, problem) || pair.cadre == 1)
            }
            #expect(zip(loads, problem.cadres).allSatisfy { $0 <= $1.quota })
        }
    }

    @Test("coverage is a maximum flow found by augmenting paths, and each shortage is a cut that proves it")
    func maximumFlow() throws {
        var generator = SeededGenerator(seed: 320)
        for round in 0..<24 {
            var shape = PairingShape(
                towns: 2...4, villages: 4...10, units: 2...6, households: 60...120, cadres: 30...80, joint: 200,
                paired: 500, townLink: 100)
            if round % 2 == 0 { (shape.odd, shape.bound) = (0, 0) }
            let problem = PairingInstance.random(shape, &generator)
            let proposal = try PairingSolver.solve(problem)
            #expect(proposal.totals.covered == AugmentingPaths(problem).covered)
            let counted = try PairingPlan(problem).maximumCoverage
            #expect(counted == nil || counted == proposal.totals.covered)
            #expect(counted != nil || round % 2 == 1)
            expectCuts(proposal, problem)
        }
    }

    private func expectCuts(_ proposal: PairingProposal, _ problem: PairingProblem) {
        for shortage in proposal.shortages {
            let villages = Set(shortage.villages)
            let households = problem.households.indices.filter { villages.contains(problem.households[$0].village) }
            #expect(shortage.households == households.count)
            #expect(shortage.carried == AugmentingPaths(problem, only: Set(households)).covered)
            #expect(shortage.uncovered == households.count - shortage.carried)
        }
        #expect(
            proposal.shortages.reduce(0) { $0 + $1.uncovered } == proposal.totals.households - proposal.totals.covered)
    }
}

/// Augmenting paths by breadth over a network in which every pair is an arc of its own: cadres with what they may have,
/// begin and have of households that need two units, and households.
private struct AugmentingPaths {
    private var heads: [Int] = []
    private var room: [Int] = []
    private var arcs: [[Int]] = []
    private(set) var covered = 0

    /// - Parameter only: the households that count; by default all.
    init(_ problem: PairingProblem, only: Set<Int>? = nil) {
        let oracle = PairingOracle(problem)
        let count = problem.cadres.count
        // Root, sink, and for each cadre the node itself, that of new pairs and that of two units; then households.
        arcs = [[Int]](repeating: [], count: 2 + 3 * count + problem.households.count)
        var isNewBounded = [Bool](repeating: false, count: count)
        var bypassesJoint = isNewBounded
        for (index, cadre) in problem.cadres.enumerated() where cadre.isAble {
            let node = 2 + 3 * index
            if oracle.above.contains(index) {
                add(0, node, 1_000_000)
                bypassesJoint[index] = true
                continue
            }
            let room = Int(cadre.quota) - oracle.pins.count { $0.cadre == index }
            let (pins, kept) = oracle.jointCounts(index)
            isNewBounded[index] = Int(cadre.newMax) < room
            bypassesJoint[index] = isNewBounded[index] || pins + kept > cadre.jointMax
            add(0, node, room)
            add(node, node + 1, min(room, Int(cadre.newMax)))
            let bound = Int(cadre.jointMax) - pins
            if isNewBounded[index] {
                add(node + 1, node + 2, max(0, bound - kept))
            } else if pins + kept <= cadre.jointMax {
                add(node, node + 2, bound)
            }
        }
        let pinned = Set(oracle.pins.map(\.household))
        for pair in oracle.eligible where !pinned.contains(pair.household) {
            guard only?.contains(pair.household) ?? true else { continue }
            let node = 2 + 3 * pair.cadre
            let isJoint = problem.households[pair.household].needsTwoUnits
            let isKept = oracle.existing[pair] != nil
            let from = isJoint && !(isKept && bypassesJoint[pair.cadre]) ? node + 2 : isKept ? node : node + 1
            add(from, 2 + 3 * count + pair.household, 1)
        }
        for household in problem.households.indices where only?.contains(household) ?? true {
            if pinned.contains(household) { covered += 1 } else { add(2 + 3 * count + household, 1, 1) }
        }
        while augment() { covered += 1 }
    }

    private mutating func add(_ from: Int, _ to: Int, _ capacity: Int) {
        for (tail, head, room) in [(from, to, capacity), (to, from, 0)] {
            arcs[tail].append(heads.count)
            heads.append(head)
            self.room.append(room)
        }
    }

    private mutating func augment() -> Bool {
        var arcTo = [Int](repeating: -1, count: arcs.count)
        var queue = [0]
        var next = 0
        while next < queue.count, arcTo[1] < 0 {
            for arc in arcs[queue[next]] where room[arc] > 0 && heads[arc] != 0 && arcTo[heads[arc]] < 0 {
                arcTo[heads[arc]] = arc
                queue.append(heads[arc])
            }
            next += 1
        }
        guard arcTo[1] >= 0 else { return false }
        var node = 1
        while node != 0 {
            let arc = arcTo[node]
            room[arc] -= 1
            room[arc ^ 1] += 1
            node = heads[arc ^ 1]
        }
        return true
    }
}
