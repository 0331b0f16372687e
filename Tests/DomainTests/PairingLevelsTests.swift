// Goals in strict order as one integer: nothing runs over, nothing runs into its neighbour.

import Testing

@testable import Domain

@Suite struct PairingLevelsTests {
    @Test("tuples within the bounds of a network keep their order as integers, and come back as they were")
    func packing() throws {
        var generator = SeededGenerator(seed: 1)
        for order in [PairingGoalOrder.needFirst, .pairsFirst] {
            for nodes in [2, 50, 3_000, 12_000] {
                let weights = PairingWeights(line: 1_000, unit: 1_000, depth: 1_000, distance: 1_000, load: 1_000)
                let levels = try #require(
                    PairingLevels(cadreNodes: nodes, pairCostMax: weights.pairCostMax(), needMax: 63, order: order))
                let fitMax = (nodes + 2) * Int(weights.pairCostMax())
                // Often at the bounds, where places would run into each other first.
                func place(_ bound: Int) -> Int64 {
                    Int64([-bound, bound, 0, generator.number(in: -bound...bound)][generator.below(4)])
                }
                var last = PairingCost()
                for _ in 0..<2_000 {
                    let cost = PairingCost(
                        held: place(2), covered: place(2), need: place(126), kept: place(2 * nodes + 4),
                        onDuty: place(2), jointMet: place(2), fit: place(fitMax))
                    #expect(levels.cost(levels.packed(cost)) == cost)
                    #expect(
                        (cost.inOrder(order) < last.inOrder(order)) == (levels.packed(cost) < levels.packed(last)))
                    last = cost
                }
            }
        }
    }

    @Test("a network whose numbers would not fit is refused")
    func tooLarge() {
        let weights = PairingWeights(line: 1_000, unit: 1_000, depth: 1_000, distance: 1_000, load: 1_000)
        func levels(_ nodes: Int, _ weights: PairingWeights) -> PairingLevels? {
            PairingLevels(cadreNodes: nodes, pairCostMax: weights.pairCostMax(), needMax: 47, order: .needFirst)
        }
        #expect(levels(30_000, weights) == nil)
        #expect(levels(.max / 1_000_000, weights) == nil)
        #expect(levels(100_000, PairingWeights()) != nil)
    }
}
