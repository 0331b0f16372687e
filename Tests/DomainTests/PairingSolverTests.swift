// The engine against everything that is allowed, on thousands of small problems with every oddity, and its promises:
// the same answer in whatever order, nothing to do the second time, no more than needed after a change.

import Domain
import Testing

@Suite struct PairingSolverTests {
    /// Small problems in which everything can be tried.
    static func small(_ count: Int, seed: UInt64, _ body: (PairingProblem, inout SeededGenerator) throws -> Void)
        rethrows
    {
        var generator = SeededGenerator(seed: seed)
        var made = 0
        while made < count {
            var shape = PairingShape()
            shape.joint = generator.below(1000)
            shape.paired = generator.below(900)
            shape.pinned = generator.perMille(500) ? 0 : 300
            let problem = PairingInstance.random(shape, &generator)
            guard (1...9).contains(PairingOracle(problem).eligible.count) else { continue }
            made += 1
            try body(problem, &generator)
        }
    }

    private static func expectBest(_ problem: PairingProblem) throws {
        let proposal = try PairingSolver.solve(problem)
        let oracle = PairingOracle(problem)
        let pairs = PairingOracle.pairs(proposal, problem)
        #expect(oracle.allows(pairs), "\(problem)")
        let worth = proposal.totals.worth(problem.goals)
        #expect(worth == oracle.worth(pairs), "\(problem)")
        #expect(worth == oracle.best(), "\(problem)")
        // Keeping every protected pair is always a plan, so nobody protected is lost.
        let covered = Set(pairs.map(\.household))
        #expect(covered.isSuperset(of: oracle.protected), "\(problem)")
    }

    @Test("no allowed set of pairs is better, all goals in order", arguments: 0..<8)
    func bruteForce(_ part: Int) throws {
        try Self.small(300, seed: UInt64(part) + 40) { problem, _ in try Self.expectBest(problem) }
    }

    @Test("after a small change no allowed set of pairs is better than the new answer", arguments: 0..<4)
    func smallChange(_ part: Int) throws {
        try Self.small(150, seed: UInt64(part) + 80) { problem, generator in
            var next = PairingInstance.applied(try PairingSolver.solve(problem), to: problem)
            let cadre = generator.below(next.cadres.count)
            switch generator.below(4) {
            case 0: next.cadres[cadre].quota = max(0, next.cadres[cadre].quota - 1)
            case 1: next.cadres[cadre].quota = 0
            case 2: next.cadres[cadre].area = .village(Int32(generator.below(next.villages.count)))
            default: next.households[generator.below(next.households.count)].needsTwoUnits.toggle()
            }
            guard PairingOracle(next).eligible.count <= 10 else { return }
            try Self.expectBest(next)
        }
    }

    @Test("the order of the input does not matter", arguments: 0..<4)
    func order(_ part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part) + 120)
        for _ in 0..<40 {
            let shape = PairingShape(
                towns: 1...3, villages: 1...6, units: 1...5, households: 5...50, cadres: 3...30)
            let problem = PairingInstance.random(shape, &generator)
            let other = PairingInstance.shuffled(problem, &generator)
            let (first, second) = (try PairingSolver.solve(problem), try PairingSolver.solve(other))
            #expect(NamedPair.all(first, problem) == NamedPair.all(second, other))
            #expect(first.totals == second.totals)
            #expect(
                first.zeroDuty.map { problem.cadres[Int($0)].id } == second.zeroDuty.map { other.cadres[Int($0)].id })
            #expect(
                first.shortages.map { $0.villages.map { problem.villages[Int($0)].id } }
                    == second.shortages.map { $0.villages.map { other.villages[Int($0)].id } })
            #expect(
                first.shortages.map { $0.cure.relinks.map { problem.cadres[Int($0.cadre)].id } }
                    == second.shortages.map { $0.cure.relinks.map { other.cadres[Int($0.cadre)].id } })
        }
    }

    @Test("components may be solved in any order")
    func componentOrder() throws {
        var generator = SeededGenerator(seed: 7)
        let shape = PairingShape(
            towns: 3...5, villages: 6...9, units: 2...6, households: 40...60, cadres: 20...40, bound: 0)
        let problem = PairingInstance.random(shape, &generator)
        let plan = try PairingPlan(problem)
        #expect(plan.components.count > 2)
        let parts = try plan.components.reversed().map { try $0.solve() }
        let whole = try PairingSolver.solve(problem)
        #expect(plan.proposal(parts).pairs == whole.pairs)
        #expect(plan.components.count <= problem.villages.count)
    }

    /// Whether a proposal frees room of a second helper that it could not use itself: whoever had too many has fewer
    /// then, or somebody answers for a household of one unit because who did goes elsewhere.
    private static func freesRoom(_ proposal: PairingProposal, _ problem: PairingProblem) -> Bool {
        let oracle = PairingOracle(problem)
        let hadTooMany = problem.cadres.indices.contains { cadre in
            let (settled, kept) = oracle.jointCounts(cadre)
            return settled + kept > problem.cadres[cadre].jointMax
        }
        let going = Dictionary(grouping: proposal.pairs, by: \.household).values
        return hadTooMany
            || going.contains { pairs in
                !problem.households[Int(pairs[0].household)].needsTwoUnits
                    && pairs.contains { $0.action == .ended && problem.cadres[Int($0.cadre)].isAble }
                    && pairs.contains { $0.action == .kept && $0.reasons.contains(.roleChanged) }
            }
    }

    @Test("a second run on its own answer changes nothing, where nobody was above their bounds", arguments: 0..<4)
    func secondRun(_ part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part) + 160)
        for _ in 0..<100 {
            var shape = PairingShape(
                towns: 1...2, villages: 1...4, units: 1...4, households: 3...30, cadres: 3...20)
            (shape.odd, shape.bound) = (0, [0, 300][generator.below(2)])
            shape.limited = 500
            let problem = PairingInstance.random(shape, &generator)
            guard PairingOracle(problem).above.isEmpty else { continue }
            let first = try PairingSolver.solve(problem)
            if Self.freesRoom(first, problem) { continue }
            let second = try PairingSolver.solve(PairingInstance.applied(first, to: problem))
            #expect(second.pairs.allSatisfy { $0.action == .kept && !$0.reasons.contains(.roleChanged) })
            #expect(second.totals.covered == first.totals.covered)
            #expect(second.totals.zeroDuty == first.totals.zeroDuty)
            #expect(second.totals.jointNeedsMet == first.totals.jointNeedsMet)
            #expect(second.totals.fitCost == first.totals.fitCost)
            #expect(second.totals.added + second.totals.pairsBroken == 0)
        }
    }

    @Test("each covered household has one first-responsible helper, who stays so as long as they help")
    func roles() throws {
        var generator = SeededGenerator(seed: 200)
        for _ in 0..<200 {
            let problem = PairingInstance.random(PairingShape(households: 3...20, cadres: 3...15), &generator)
            let proposal = try PairingSolver.solve(problem)
            for (household, pairs) in Dictionary(grouping: proposal.pairs, by: \.household) {
                let going = pairs.filter { $0.action != .ended }
                guard let head = going.first, problem.cadres[Int(head.cadre)].isAble else { continue }
                #expect(going.count { $0.role == .firstResponsible } == 1)
                #expect(head.role == .firstResponsible)
                let firsts = problem.pairs.filter { pair in
                    pair.household == household && pair.role == .firstResponsible
                        && going.contains { $0.cadre == pair.cadre } && problem.cadres[Int(pair.cadre)].isAble
                }
                #expect(firsts.isEmpty || firsts.contains { $0.cadre == head.cadre })
            }
        }
    }

    @Test("what does not fit together is refused with its place")
    func faults() throws {
        var generator = SeededGenerator(seed: 3)
        let sound = PairingInstance.random(PairingShape(paired: 0), &generator)
        func fault(_ change: (inout PairingProblem) -> Void) -> PairingFault? {
            var problem = sound
            change(&problem)
            do {
                _ = try PairingSolver.solve(problem)
                return nil
            } catch {
                return error
            }
        }
        let pair = ExistingPair(household: 0, cadre: 0, role: .joint)
        #expect(fault { _ in } == nil)
        #expect(fault { $0.households[0].village = 99 } == .household(0))
        #expect(fault { $0.households[0].depth = 8 } == .household(0))
        #expect(fault { $0.households[0].need = 64 } == .household(0))
        #expect(fault { $0.cadres[0].quota = -1 } == .cadre(0))
        #expect(fault { $0.cadres[0].newMax = -1 } == .cadre(0))
        #expect(fault { $0.cadres[0].jointMax = 10_001 } == .cadre(0))
        #expect(fault { $0.cadres[0].presentArea = .village(99) } == .cadre(0))
        #expect(fault { $0.cadres[0].unit = 99 } == .cadre(0))
        #expect(fault { $0.cadres[0].area = .townOf(-1) } == .cadre(0))
        #expect(fault { $0.villages[0].holders = [99] } == .village(0))
        #expect(fault { $0.weights.line = 1_001 } == .weights)
        #expect(fault { $0.pairs = [pair, pair] } == .pair(1))
        #expect(fault { $0.pairs = [ExistingPair(household: 0, cadre: 99, role: .joint)] } == .pair(0))
        #expect(fault { $0.households.append($0.households[0]) } == .identifierTwice(sound.households[0].id))
    }
}
