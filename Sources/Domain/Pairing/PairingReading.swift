// From a circulation back to pairs of people: who of a group goes to which household of those that are alike.
// Deliberately in canonical order throughout, so that the same circulation is always read as the same pairs.

/// Reads the flow of a component.
struct PairingReading {
    private var network: PairingNetwork
    private let flows: UnsafeMutableBufferPointer<Int32>
    private var chosen: [ChosenPair] = []
    /// Cadres on their way, for each hub of the class that is being read.
    private var waiting: [Int32: [Int32]] = [:]

    static func part(
        _ network: PairingNetwork, _ simplex: borrowing NetworkSimplex, _ levels: PairingLevels
    ) -> PairingPart {
        var reading = PairingReading(network: network, flows: simplex.flows)
        reading.countJoint()
        for unit in network.jointUnits { for arc in network.keptArcs[unit.keptArcs] { reading.keep(arc) } }
        for households in network.classes { reading.read(households) }
        return PairingPart(
            pairs: reading.chosen, duals: duals(network, simplex, levels), pivots: simplex.pivots,
            nodes: network.network.nodeCount, arcs: network.network.arcCount)
    }

    private init(network: PairingNetwork, flows: UnsafeMutableBufferPointer<Int32>) {
        self.network = network
        self.flows = flows
    }

    private func flow(_ arc: Int32) -> Int { Int(flows[Int(arc)]) }

    private mutating func keep(_ arc: PairingNetwork.KeptArc) {
        if flow(arc.arc) > 0 { chosen.append(ChosenPair(household: arc.household, cadre: arc.cadre)) }
    }

    private mutating func read(_ households: HouseholdClass) {
        waiting.removeAll(keepingCapacity: true)
        for arc in network.groupArcs[households.groupArcs] {
            for _ in 0..<flow(arc.arc) { waiting[arc.hub, default: []].append(member(of: arc)) }
        }
        readHubs(households)
        for seat in network.seats[households.seats] { read(seat, hub: households.hub) }
    }

    /// What comes through a group's node for two units is given out first.
    private mutating func countJoint() {
        for arc in network.groupArcs where arc.isJoint { network.groups[Int(arc.group)].next += flow(arc.arc) }
    }

    /// Members take turns, so that their loads differ by at most one: with convex costs that is the best. So do those
    /// for households that need two units, so that nobody has more of these than they may.
    private mutating func member(of arc: PairingNetwork.GroupArc) -> Int32 {
        let group = Int(arc.group)
        let members = network.groups[group].members
        let turn: Int
        if arc.isJoint {
            turn = network.groups[group].nextJoint
            network.groups[group].nextJoint += 1
        } else {
            turn = network.groups[group].next
            network.groups[group].next += 1
        }
        return network.members[members.lowerBound + turn % members.count]
    }

    /// Alike households that need two units take turns unit by unit: a unit sends at most one helper for each, so
    /// going round never brings the same unit twice (McNaughton's rule).
    private mutating func readHubs(_ households: HouseholdClass) {
        var turn = 0
        for hub in network.hubArcs[households.hubArcs] {
            for _ in 0..<flow(hub.arc) {
                guard let cadre = next(at: hub.hub) else { continue }
                switch hub.target {
                case .singles:
                    waiting[households.hub, default: []].append(cadre)
                case .household(let household):
                    chosen.append(ChosenPair(household: household, cadre: cadre))
                case .alikeJoint(let alike):
                    let household = network.seatHouseholds[alike.lowerBound + turn % alike.count]
                    chosen.append(ChosenPair(household: household, cadre: cadre))
                    turn += 1
                }
            }
        }
    }

    private mutating func next(at hub: Int32) -> Int32? {
        guard waiting[hub]?.isEmpty == false else { return nil }
        return waiting[hub]?.removeLast()
    }

    private mutating func read(_ seat: Seat, hub: Int32) {
        var taken = 0
        for arc in network.keptArcs[seat.keptArcs] {
            let count = flow(arc.arc)
            for place in 0..<count {
                let position = min(seat.households.lowerBound + taken + place, seat.households.upperBound - 1)
                chosen.append(ChosenPair(household: network.seatHouseholds[position], cadre: arc.cadre))
            }
            if seat.households.count > 1 { taken += count }
        }
        guard seat.newArc >= 0 else { return }
        for place in 0..<flow(seat.newArc) {
            guard let cadre = next(at: hub) else { continue }
            let position = min(seat.households.lowerBound + taken + place, seat.households.upperBound - 1)
            chosen.append(ChosenPair(household: network.seatHouseholds[position], cadre: cadre))
        }
    }

    private static func duals(
        _ network: PairingNetwork, _ simplex: borrowing NetworkSimplex, _ levels: PairingLevels
    ) -> ComponentDuals {
        let potentials = simplex.tree.potentials
        func potential(_ node: Int32) -> Int64 { potentials[Int(node)] }
        var duals = ComponentDuals(levels: levels)
        for group in network.groups where network.network.ways[Int(group.node)] >= 0 {
            let ways = network.network.ways
            for member in network.members[group.members] {
                duals.cadres.append((member, potential(group.node)))
                if group.newNode >= 0, group.newNode != group.node, ways[Int(group.newNode)] >= 0 {
                    duals.newNodes.append((member, potential(group.newNode)))
                }
                if group.hasJointNode, ways[Int(group.jointNode)] >= 0 {
                    duals.jointNodes.append((member, potential(group.jointNode)))
                }
            }
        }
        duals.households = network.householdNodes.map { ($0.household, potential($0.node)) }
        duals.householdUnits = network.unitNodes.map { ($0.household, $0.unit, potential($0.node)) }
        duals.classUnits = network.classNodes.map { ($0.village, $0.depth, $0.unit, potential($0.node)) }
        return duals
    }
}
