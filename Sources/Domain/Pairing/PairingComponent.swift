// A part of the problem that nothing connects with the others: a town whose own cadres may serve all of its villages,
// or else a single village, and whatever cadres tie together who go on to help outside of their area. Deliberately a
// plain value: callers may solve components wherever and in whatever order they like, also several at once.

/// A part of the problem that is solved by itself.
public struct PairingComponent: Sendable {
    let layout: PairingLayout
    /// Positions in ``PairingLayout/villages``.
    let villages: [Int]
    /// The cadres who have an arc in its network, as positions in ``PairingLayout/cadres``.
    let cadres: [Int]
    /// For each cadre of the layout their position in the ``cadres`` of their component.
    let positions: PairingPositions

    /// How much work it is, in households and cadres: to begin with the largest.
    public var size: Int { householdCount + cadres.count }

    var householdCount: Int { villages.reduce(0) { $0 + layout.households(of: $1).count } }

    /// The components of a problem. A town's cadres tie its villages together only if they have room for anything:
    /// pinned pairs are settled beforehand.
    static func all(_ layout: PairingLayout) -> [PairingComponent] {
        var ties = PairingTies(layout)
        var members: [Int: (villages: [Int], cadres: [Int])] = [:]
        for slot in layout.villages.indices { members[ties.root(slot), default: ([], [])].villages.append(slot) }
        var positions = [Int32](repeating: -1, count: layout.cadres.count)
        for cadre in layout.cadres.indices {
            guard let village = ties.villages[cadre] else { continue }
            let root = ties.root(village)
            positions[cadre] = Int32(members[root]?.cadres.count ?? 0)
            members[root]?.cadres.append(cadre)
        }
        let shared = PairingPositions(positions)
        return members.values.sorted { $0.villages[0] < $1.villages[0] }.map {
            PairingComponent(layout: layout, villages: $0.villages, cadres: $0.cadres, positions: shared)
        }
    }

    /// The best pairs of the component.
    public func solve() throws(PairingFault) -> PairingPart {
        var builder = PairingNetwork(self)
        builder.build()
        let problem = layout.problem
        guard
            let levels = PairingLevels(
                cadreNodes: builder.cadreNodeCount,
                pairCostMax: problem.weights.pairCostMax(depth: layout.depthMax), needMax: layout.needMax,
                order: problem.goals)
        else {
            throw .tooLarge(town: problem.villages[Int(layout.villages[villages[0]])].town)
        }
        var simplex = NetworkSimplex(builder.network, levels)
        simplex.run()
        return PairingReading.part(builder, simplex, levels)
    }
}

/// For each cadre of a layout their position in their component. A reference, so that the components share it.
final class PairingPositions: Sendable {
    let ofCadre: [Int32]

    init(_ ofCadre: [Int32]) { self.ofCadre = ofCadre }
}

/// Which villages belong together.
private struct PairingTies {
    private var parents: [Int]
    /// For each cadre of the layout a village that they reach; nil for those who reach none.
    private(set) var villages: [Int?]

    init(_ layout: PairingLayout) {
        parents = Array(layout.villages.indices)
        villages = [Int?](repeating: nil, count: layout.cadres.count)
        for slot in layout.villages.indices {
            for cadre in layout.cadres(of: layout.villagePlace(slot))
            where layout.room(of: Int(layout.cadres[cadre])) > 0 {
                villages[cadre] = slot
            }
        }
        for (town, slots) in layout.towns.enumerated() {
            var isTied = false
            for cadre in layout.cadres(of: layout.townPlace(town))
            where layout.room(of: Int(layout.cadres[cadre])) > 0 {
                villages[cadre] = slots.lowerBound
                isTied = true
            }
            if isTied { for slot in slots { tie(slots.lowerBound, slot) } }
        }
        for slot in layout.villages.indices {
            for position in layout.households(of: slot) {
                for number in layout.pairs(of: Int(layout.households[position]))
                where layout.bonds.canKeep(Int(number)) {
                    let cadre = Int(layout.cadreSlots[Int(layout.problem.pairs[Int(number)].cadre)])
                    if let village = villages[cadre] { tie(village, slot) } else { villages[cadre] = slot }
                }
            }
        }
    }

    mutating func root(_ slot: Int) -> Int {
        var slot = slot
        while parents[slot] != slot {
            parents[slot] = parents[parents[slot]]
            slot = parents[slot]
        }
        return slot
    }

    /// The smaller root stays one.
    private mutating func tie(_ left: Int, _ right: Int) {
        let (left, right) = (root(left), root(right))
        if left != right { parents[max(left, right)] = min(left, right) }
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
