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
        for index in stride(from: 0, to: next.cadres.count, by: 30) { next.cadres[index].quota = 0 }
        next.cadres[1].area = .village(0)
        let later = try Self.expectProof(next)
        #expect(later.totals.pairsBroken < 100)
        for (problem, proposal) in [(problem, proposal), (next, later)] {
            var loads = [Int32](repeating: 0, count: problem.cadres.count)
            for pair in PairingOracle.pairs(proposal) {
                loads[pair.cadre] += 1
                #expect(PairingOracle.isInside(pair, problem))
            }
            #expect(zip(loads, problem.cadres).allSatisfy { $0 <= $1.quota })
        }
    }

    @Test("coverage is a maximum flow found by augmenting paths, and each shortage is a cut that proves it")
    func maximumFlow() throws {
        var generator = SeededGenerator(seed: 320)
        for _ in 0..<25 {
            let shape = PairingShape(
                towns: 2...4, villages: 4...10, units: 2...6, households: 80...200, cadres: 40...120, joint: 200,
                paired: 500, townLink: 100)
            let problem = PairingInstance.random(shape, &generator)
            let proposal = try PairingSolver.solve(problem)
            #expect(proposal.totals.covered == AugmentingPaths(problem).covered)
            #expect(try PairingPlan(problem).maximumCoverage == proposal.totals.covered)
            expectCuts(proposal, problem)
        }
    }

    private func expectCuts(_ proposal: PairingProposal, _ problem: PairingProblem) {
        let pins = problem.pairs.filter(\.isPinned)
        let pinned = Set(pins.map { Int($0.household) })
        for shortage in proposal.shortages {
            let villages = Set(shortage.villages)
            let households = problem.households.indices.filter { villages.contains(problem.households[$0].village) }
            let cadres = problem.cadres.indices.filter { cadre in
                households.contains {
                    PairingOracle.isInside(PairingOracle.Pair(household: $0, cadre: cadre), problem)
                }
            }
            let room = cadres.reduce(0) { sum, cadre in
                sum + max(0, Int(problem.cadres[cadre].quota) - pins.count { Int($0.cadre) == cadre })
            }
            let carried = room + households.count { pinned.contains($0) }
            #expect(shortage.households == households.count)
            #expect(shortage.carried == carried)
            #expect(shortage.uncovered == households.count - carried)
        }
        #expect(
            proposal.shortages.reduce(0) { $0 + $1.uncovered } == proposal.totals.households - proposal.totals.covered)
    }
}

/// Kuhn's augmenting paths from household to household, each cadre as often as they have room.
private struct AugmentingPaths {
    private let eligible: [[Int]]
    private var taken: [[Int]]
    private let room: [Int]
    private(set) var covered = 0

    init(_ problem: PairingProblem) {
        let oracle = PairingOracle(problem)
        var eligible = [[Int]](repeating: [], count: problem.households.count)
        for pair in oracle.eligible { eligible[pair.household].append(pair.cadre) }
        self.eligible = eligible
        room = problem.cadres.indices.map { cadre in
            Int(problem.cadres[cadre].quota) - oracle.pins.count { $0.cadre == cadre }
        }
        taken = [[Int]](repeating: [], count: problem.cadres.count)
        let pinned = Set(oracle.pins.map(\.household))
        covered = pinned.count
        for household in problem.households.indices where !pinned.contains(household) {
            var seen: Set<Int> = []
            if augment(household, &seen) { covered += 1 }
        }
    }

    private mutating func augment(_ household: Int, _ seen: inout Set<Int>) -> Bool {
        for cadre in eligible[household] where seen.insert(cadre).inserted {
            if taken[cadre].count < room[cadre] {
                taken[cadre].append(household)
                return true
            }
            for (place, other) in taken[cadre].enumerated() where augment(other, &seen) {
                taken[cadre][place] = household
                return true
            }
        }
        return false
    }
}
