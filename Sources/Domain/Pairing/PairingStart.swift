// Where the search begins: with the present pairs, as far as they can all stay. A run after a quiet week then has
// little to do. Deliberately without influence on the answer, which is the optimum from wherever the search begins.

extension PairingNetwork {
    /// Puts present pairs into the first circulation, and hangs their nodes so that the first tree is strongly
    /// feasible: every arc outside of the tree is empty or full, every arc of the tree can take more towards the root
    /// or give up some away from it.
    mutating func startFromPresent() {
        guard !keptArcs.isEmpty else { return }
        var room = groups.map { group in
            group.loadArcs.reduce(Int32(0)) { $0 + network.capacities[Int($1)] }
        }
        var jointRoom = groups.map(\.jointMax)
        for seat in seats where !seat.keptArcs.isEmpty {
            fill(
                seat.exits, with: keep(seat.keptArcs, &room, &jointRoom), of: seat.node,
                from: flowing(seat.keptArcs))
        }
        for seat in jointSeats {
            var units: Int32 = 0
            var filled: Int32?
            for unit in jointUnits[seat.units] where keep(unit, &room, &jointRoom) {
                units += 1
                filled = unit.useful
            }
            fill(seat.exits, with: units, of: seat.node, from: filled)
        }
        for (index, group) in groups.enumerated() {
            if group.jointArc >= 0, jointRoom[index] < group.jointMax {
                network.flows[Int(group.jointArc)] = group.jointMax - jointRoom[index]
                network.ways[Int(group.jointNode)] = group.jointArc
            }
            var load = group.loadArcs.reduce(Int32(0)) { $0 + network.capacities[Int($1)] } - room[index]
            for arc in group.loadArcs where load > 0 {
                let taken = min(load, network.capacities[Int(arc)])
                network.flows[Int(arc)] = taken
                network.ways[Int(group.node)] = arc
                load -= taken
            }
        }
    }

    /// Fills kept arcs whole as long as their cadres have room, and says how much flows.
    private mutating func keep(
        _ arcs: Range<Int>, _ room: inout [Int32], _ jointRoom: inout [Int32]
    ) -> Int32 {
        var total: Int32 = 0
        for kept in keptArcs[arcs] {
            let group = Int(kept.group)
            let count = network.capacities[Int(kept.arc)]
            guard room[group] >= count, !kept.isJoint || jointRoom[group] >= count else { continue }
            room[group] -= count
            if kept.isJoint { jointRoom[group] -= count }
            network.flows[Int(kept.arc)] = count
            total += count
        }
        return total
    }

    private func flowing(_ arcs: Range<Int>) -> Int32? {
        keptArcs[arcs].first { network.flows[Int($0.arc)] > 0 }?.arc
    }

    /// Fills the exits of a node in order; it hangs by the first that can take more, or by an arc that brings flow.
    private mutating func fill(_ exits: Range<Int32>, with amount: Int32, of node: Int32, from incoming: Int32?) {
        var left = amount
        for exit in exits {
            let capacity = network.capacities[Int(exit)]
            network.flows[Int(exit)] = min(left, capacity)
            guard left >= capacity else {
                network.ways[Int(node)] = exit
                return
            }
            left -= capacity
        }
        if let incoming { network.ways[Int(node)] = incoming }
    }

    /// The helpers of one unit: one is useful, the others are surplus. Whether there is one.
    private mutating func keep(_ unit: JointUnit, _ room: inout [Int32], _ jointRoom: inout [Int32]) -> Bool {
        let count = keep(unit.keptArcs, &room, &jointRoom)
        guard count > 0 else { return false }
        network.flows[Int(unit.useful)] = 1
        if unit.surplus >= 0 {
            fill(unit.surplus..<unit.surplus + 1, with: count - 1, of: unit.node, from: flowing(unit.keptArcs))
        } else if let incoming = flowing(unit.keptArcs) {
            network.ways[Int(unit.node)] = incoming
        }
        return true
    }
}
