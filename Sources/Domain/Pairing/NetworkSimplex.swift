// Minimum-cost circulation by the network simplex method. It knows nothing of households and cadres.
// Deliberately without a two-phase start: who builds a network also names a circulation to begin with, if only that of
// nothing, and for each node an arc on its way to the root.

/// A network whose node 0 is the root: every unit of flow that leaves it comes back to it.
struct FlowNetwork {
    /// Where each arc begins.
    var tails: [Int32] = []
    /// Where each arc ends.
    var heads: [Int32] = []
    /// How much each arc can take, at least 1.
    var capacities: [Int32] = []
    /// What a unit of flow costs on each arc, besides what it is worth to a goal.
    var costs: [Int64] = []
    /// The goal that a unit of flow on each arc serves.
    var goals: [PairingGoal] = []
    /// How pressing the need is that a unit of flow on each arc meets.
    var needs: [UInt8] = []
    /// For each node but the root the arc of its way to the root in the first tree, -1 for nodes that stay out.
    ///
    /// The tree must be strongly feasible: more can flow along the arc away from the node, or less towards it.
    var ways: [Int32] = [-1]
    /// The circulation to begin with: apart from the arcs of the first tree each arc is empty or full.
    var flows: [Int32] = []

    /// More than any flow: the sum of all that leaves the root stays below it.
    static let unbounded = Int32.max / 4

    var nodeCount: Int { ways.count }
    var arcCount: Int { tails.count }

    mutating func addNode() -> Int32 {
        ways.append(-1)
        return Int32(ways.count - 1)
    }

    /// Adds an arc; the first one of a node becomes its way to the root.
    @discardableResult
    mutating func addArc(
        from tail: Int32, to head: Int32, capacity: Int32, cost: Int64 = 0, goal: PairingGoal = .fit, need: UInt8 = 0
    ) -> Int32 {
        let arc = Int32(tails.count)
        tails.append(tail)
        heads.append(head)
        capacities.append(capacity)
        costs.append(cost)
        goals.append(goal)
        needs.append(need)
        flows.append(0)
        if tail != 0, ways[Int(tail)] < 0 { ways[Int(tail)] = arc }
        return arc
    }
}

/// The primal network simplex method with strongly feasible trees (Cunningham 1976, which rules out cycling) and the
/// block search for the entering arc (Grigoriadis 1986), in the form that Kovács (2015) found fastest on sparse
/// networks.
///
/// All memory is allocated once; a run touches no heap. Costs are plain integers: who builds the network shows that no
/// path of it can overflow.
struct NetworkSimplex: ~Copyable {
    let arcCount: Int
    let tails: UnsafeMutableBufferPointer<Int32>
    let heads: UnsafeMutableBufferPointer<Int32>
    let capacities: UnsafeMutableBufferPointer<Int32>
    let costs: UnsafeMutableBufferPointer<Int64>
    let flows: UnsafeMutableBufferPointer<Int32>
    /// 1 for an arc at its lower bound, -1 at its capacity, 0 in the tree.
    let states: UnsafeMutableBufferPointer<Int8>
    var tree: SpanningTree
    /// How many arcs have entered, for measurements.
    private(set) var pivots = 0
    private var nextArc = 0
    private let blockSize: Int

    init(_ network: FlowNetwork, _ levels: PairingLevels) {
        arcCount = network.arcCount
        tails = .copy(network.tails)
        heads = .copy(network.heads)
        capacities = .copy(network.capacities)
        costs = .copy(network.costs)
        for arc in 0..<network.arcCount where network.goals[arc] != .fit {
            var cost = network.goals[arc].cost
            cost.need = -Int64(network.needs[arc])
            costs[arc] += levels.packed(cost)
        }
        flows = .copy(network.flows)
        states = .filled(arcCount, with: 1)
        for arc in 0..<arcCount where flows[arc] > 0 { states[arc] = -1 }
        tree = SpanningTree(nodeCount: network.nodeCount)
        var size = 16
        while size * size < arcCount { size += size / 4 }
        blockSize = size
        for node in 1..<max(network.nodeCount, 1) where network.ways[node] >= 0 {
            let arc = Int(network.ways[node])
            states[arc] = 0
            let isUp = tails[arc] == node
            tree.attach(Int32(node), to: isUp ? heads[arc] : tails[arc], arc: Int32(arc), up: isUp)
        }
        tree.settle(costs)
    }

    deinit {
        tails.deallocate()
        heads.deallocate()
        capacities.deallocate()
        costs.deallocate()
        flows.deallocate()
        states.deallocate()
        tree.free()
    }

    /// Lets arcs enter until none improves the circulation.
    mutating func run() {
        while let arc = enteringArc() {
            pivots += 1
            pivot(arc)
        }
    }

    /// The arc that breaks optimality most in the next block that has one, nil if no block has.
    private mutating func enteringArc() -> Int? {
        let potentials = tree.potentials
        var best: Int64 = 0
        var found = -1
        var arc = nextArc
        var left = blockSize
        for _ in 0..<arcCount {
            let violation =
                Int64(states[arc])
                &* (costs[arc] &+ potentials[Int(tails[arc])] &- potentials[Int(heads[arc])])
            if violation < best {
                best = violation
                found = arc
            }
            arc += 1
            if arc == arcCount { arc = 0 }
            left -= 1
            if left == 0 {
                if found >= 0 { break }
                left = blockSize
            }
        }
        nextArc = arc
        return found >= 0 ? found : nil
    }

    /// What blocks the flow around a cycle.
    private enum Block {
        case entering
        case beforeEntering(Int32)
        case afterEntering(Int32)
    }

    private mutating func pivot(_ entering: Int) {
        let isForward = states[entering] == 1
        let first = isForward ? tails[entering] : heads[entering]
        let second = isForward ? heads[entering] : tails[entering]
        let (join, amount, block) = blocking(entering, first, second)
        if amount > 0 { push(amount, entering, isForward, first, second, join) }
        switch block {
        case .entering:
            states[entering] = -states[entering]
        case .beforeEntering(let node):
            leave(node)
            states[entering] = 0
            tree.move(from: node, root: first, under: second, arc: Int32(entering), up: isForward, costs)
        case .afterEntering(let node):
            leave(node)
            states[entering] = 0
            tree.move(from: node, root: second, under: first, arc: Int32(entering), up: !isForward, costs)
        }
    }

    private func leave(_ node: Int32) {
        let arc = Int(tree.arcs[Int(node)])
        states[arc] = flows[arc] == 0 ? 1 : -1
    }

    /// The nearest common ancestor, how much can flow around, and the last arc of the cycle, seen from that ancestor
    /// in the direction of the flow, that allows no more: the choice that keeps the tree strongly feasible.
    private func blocking(_ entering: Int, _ first: Int32, _ second: Int32) -> (Int32, Int32, Block) {
        var before = FlowNetwork.unbounded
        var beforeNode: Int32 = -1
        var after = FlowNetwork.unbounded
        var afterNode: Int32 = -1
        var left = Int(first)
        var right = Int(second)
        let parents = tree.parents
        let depths = tree.depths
        while left != right {
            if depths[left] >= depths[right] {
                let arc = Int(tree.arcs[left])
                let room = tree.ups[left] ? flows[arc] : capacities[arc] - flows[arc]
                if room < before {
                    before = room
                    beforeNode = Int32(left)
                }
                left = Int(parents[left])
            } else {
                let arc = Int(tree.arcs[right])
                let room = tree.ups[right] ? capacities[arc] - flows[arc] : flows[arc]
                if room <= after {
                    after = room
                    afterNode = Int32(right)
                }
                right = Int(parents[right])
            }
        }
        let own = capacities[entering]
        if afterNode >= 0, after <= min(before, own) { return (Int32(left), after, .afterEntering(afterNode)) }
        if beforeNode >= 0, before < own { return (Int32(left), before, .beforeEntering(beforeNode)) }
        return (Int32(left), own, .entering)
    }

    // Each flow is written out on both sides: a build for the thread sanitizer breaks on `+=` with a choice behind it
    // (Swift 6.3.1, "invalid bitcast").
    private func push(
        _ amount: Int32, _ entering: Int, _ isForward: Bool, _ first: Int32, _ second: Int32, _ join: Int32
    ) {
        flows[entering] = flows[entering] + (isForward ? amount : -amount)
        var node = Int(first)
        while node != Int(join) {
            let arc = Int(tree.arcs[node])
            flows[arc] = flows[arc] + (tree.ups[node] ? -amount : amount)
            node = Int(tree.parents[node])
        }
        node = Int(second)
        while node != Int(join) {
            let arc = Int(tree.arcs[node])
            flows[arc] = flows[arc] + (tree.ups[node] ? amount : -amount)
            node = Int(tree.parents[node])
        }
    }
}

extension UnsafeMutableBufferPointer {
    static func copy(_ array: [Element]) -> Self {
        let buffer = Self.allocate(capacity: array.count)
        _ = buffer.initialize(fromContentsOf: array)
        return buffer
    }

    static func filled(_ count: Int, with value: Element) -> Self {
        let buffer = Self.allocate(capacity: count)
        buffer.initialize(repeating: value)
        return buffer
    }
}
