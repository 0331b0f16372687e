// Goals in strict order as one integer: nothing runs over, nothing runs into its neighbour.

import Testing

@testable import Domain

@Suite struct PairingLevelsTests {
    private static func packed(_ cost: PairingCost, _ levels: PairingLevels) -> Int64 {
        cost.pins * levels.pins + cost.covered * levels.covered + cost.kept * levels.kept
            + cost.onDuty * levels.onDuty + cost.jointMet * levels.jointMet + cost.fit
    }

    @Test("tuples within the bounds of a network keep their order as integers, and come back as they were")
    func packing() throws {
        var generator = SeededGenerator(seed: 1)
        for nodes in [2, 50, 3_000, 300_000] {
            let weights = PairingWeights(line: 1_000, unit: 1_000, depth: 1_000, distance: 1_000, load: 1_000)
            let levels = try #require(PairingLevels(nodes: nodes, pairCostMax: weights.pairCostMax))
            let fitMax = nodes * Int(weights.pairCostMax)
            // Often at the bounds, where places would run into each other first.
            func place(_ bound: Int) -> Int64 {
                Int64([-bound, bound, 0, generator.number(in: -bound...bound)][generator.below(4)])
            }
            var last = PairingCost()
            for _ in 0..<2_000 {
                let cost = PairingCost(
                    pins: place(2), covered: place(2), kept: place(nodes), onDuty: place(2), jointMet: place(2),
                    fit: place(fitMax))
                #expect(levels.cost(Self.packed(cost, levels)) == cost)
                #expect((cost < last) == (Self.packed(cost, levels) < Self.packed(last, levels)))
                last = cost
            }
        }
    }

    @Test("a network whose numbers would not fit is refused")
    func tooLarge() {
        let weights = PairingWeights(line: 1_000, unit: 1_000, depth: 1_000, distance: 1_000, load: 1_000)
        #expect(PairingLevels(nodes: 310_000, pairCostMax: weights.pairCostMax) == nil)
        #expect(PairingLevels(nodes: .max / 8, pairCostMax: weights.pairCostMax) == nil)
        #expect(PairingLevels(nodes: 3_000_000, pairCostMax: PairingWeights().pairCostMax) != nil)
    }
}
