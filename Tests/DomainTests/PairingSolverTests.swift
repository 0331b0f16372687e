// The engine against everything that is allowed, on thousands of small problems with every oddity.

import Domain
import Testing

@Suite struct PairingSolverTests {
    @Test("no allowed set of pairs is better, all goals in order", arguments: 0..<8)
    func bruteForce(_ part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part) + 40)
        var solved = 0
        while solved < 500 {
            var shape = PairingShape()
            shape.joint = generator.below(1000)
            shape.paired = generator.below(900)
            shape.pinned = generator.perMille(500) ? 0 : 300
            let problem = PairingInstance.random(shape, &generator)
            let oracle = PairingOracle(problem)
            guard (1...10).contains(oracle.eligible.count) else { continue }
            solved += 1
            let proposal = try PairingSolver.solve(problem)
            let pairs = PairingOracle.pairs(proposal)
            #expect(oracle.allows(pairs), "\(problem)")
            #expect(proposal.totals.worth == oracle.worth(pairs), "\(problem)")
            #expect(proposal.totals.worth == oracle.best(), "\(problem)")
        }
    }
}
