// A part of the problem that nothing connects with the others: a town whose own cadres may serve all of its villages,
// or else a single village. Deliberately a plain value: callers may solve components wherever and in whatever order
// they like, also several at once.

/// A part of the problem that is solved by itself.
public struct PairingComponent: Sendable {
    let layout: PairingLayout
    /// Positions in ``PairingLayout/villages``.
    let villages: Range<Int>
    /// The town, if its cadres belong to the component.
    let town: Int?

    /// How much work it is, in households and cadres: to begin with the largest.
    public var size: Int {
        layout.householdStarts[villages.upperBound] - layout.householdStarts[villages.lowerBound] + cadreSlots.count
    }

    /// The cadres of the component, as positions in ``PairingLayout/cadres``.
    var cadreSlots: Range<Int> {
        let last = layout.villagePlace(villages.upperBound - 1)
        let first = town.map(layout.townPlace) ?? layout.villagePlace(villages.lowerBound)
        return layout.cadreStarts[first]..<layout.cadreStarts[last + 1]
    }

    /// The components of a problem. A town's cadres tie its villages together only if they have room for anything:
    /// pinned pairs are settled beforehand.
    static func all(_ layout: PairingLayout) -> [PairingComponent] {
        layout.towns.enumerated().flatMap { town, villages in
            let isTied = layout.cadres(of: layout.townPlace(town)).contains {
                layout.room(of: Int(layout.cadres[$0])) > 0
            }
            return isTied
                ? [PairingComponent(layout: layout, villages: villages, town: town)]
                : villages.map { PairingComponent(layout: layout, villages: $0..<$0 + 1, town: nil) }
        }
    }

    /// The best pairs of the component.
    public func solve() throws(PairingFault) -> PairingPart {
        var builder = PairingNetwork(self)
        builder.build()
        let layout = self.layout
        guard
            let levels = PairingLevels(
                nodes: builder.network.nodeCount, pairCostMax: layout.problem.weights.pairCostMax)
        else {
            let village = layout.problem.villages[Int(layout.villages[villages.lowerBound])]
            throw .tooLarge(town: village.town)
        }
        var simplex = NetworkSimplex(builder.network, levels)
        simplex.run()
        return PairingReading.part(builder, simplex, levels)
    }
}

/// The answer of a component.
public struct PairingPart: Sendable {
    /// The pairs that are kept or added, without pinned ones.
    var pairs: [ChosenPair]
    /// The duals of its network.
    var duals: ComponentDuals
    /// How many arcs entered the tree, for measurements.
    public var pivots: Int
    /// The nodes of the network, for measurements.
    public var nodes: Int
    /// The arcs of the network, for measurements.
    public var arcs: Int
}

/// A pair that the flow has chosen, by positions in the problem.
struct ChosenPair: Hashable, Sendable {
    let household: Int32
    let cadre: Int32
}
