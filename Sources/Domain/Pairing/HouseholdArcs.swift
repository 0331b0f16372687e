// How the households of a village hang in the network: alike ones together, those with several present helpers alone,
// and those that need two units with a node for each unit that could come twice.

/// The households of a village by depth and need.
private struct VillageHouseholds {
    /// Need one helper and have none who could stay.
    var open: [Int32] = []
    /// Need one helper and have exactly one who could stay: helper's pair, household.
    var single: [(pair: Int32, household: Int32)] = []
    /// Need one helper and have several, or some that are pinned.
    var several: [Int32] = []
    /// Need two units and have nobody.
    var openJoint: [Int32] = []
    /// Need two units and have somebody.
    var joint: [Int32] = []

    var needsOne: Bool { !open.isEmpty || !single.isEmpty || !several.isEmpty }
    var needsTwo: Bool { !openJoint.isEmpty || !joint.isEmpty }
}

extension PairingNetwork {
    mutating func addVillage(_ slot: Int) {
        var byDepth = [VillageHouseholds](repeating: VillageHouseholds(), count: Int(PairingHousehold.depthMax) + 1)
        for position in layout.households(of: slot) {
            let index = layout.households[position]
            let household = problem.households[Int(index)]
            var pins = 0
            var keepable = 0
            var keepablePair: Int32 = -1
            for number in layout.pairs(of: Int(index)) {
                let pair = problem.pairs[Int(number)]
                if pair.isPinned {
                    pins += 1
                } else if canKeep(pair, slot) {
                    keepable += 1
                    keepablePair = number
                }
            }
            let depth = Int(household.depth)
            if household.needsTwoUnits {
                if pins + keepable == 0 {
                    byDepth[depth].openJoint.append(index)
                } else {
                    byDepth[depth].joint.append(index)
                }
            } else if pins + keepable == 0 {
                byDepth[depth].open.append(index)
            } else if pins == 0, keepable == 1 {
                byDepth[depth].single.append((keepablePair, index))
            } else if keepable > 0 {
                byDepth[depth].several.append(index)
            }
        }
        for (depth, households) in byDepth.enumerated() where households.needsOne || households.needsTwo {
            addClass(slot, depth, households)
        }
    }

    private mutating func addClass(_ slot: Int, _ depth: Int, _ households: VillageHouseholds) {
        let villageIndex = layout.villages[slot]
        let reaching = Array(townGroups) + Array(villageGroups[slot - component.villages.lowerBound])
        guard !reaching.isEmpty || !households.joint.isEmpty else { return }
        var group = HouseholdClass()
        group.hub = households.needsOne ? network.addNode() : -1
        group.seats = addSeats(slot, depth, households, hub: group.hub)
        if group.hub >= 0 {
            for household in households.open { householdNodes.append((household, group.hub)) }
        }
        var hubs: [Int32: Int32] = [:]
        let firstHub = unitHubs.count
        if households.needsTwo {
            let units = Set(reaching.map { groups[$0].unit })
                .sorted { layout.unitRanks[Int($0)] < layout.unitRanks[Int($1)] }
            for unit in units {
                let node = network.addNode()
                hubs[unit] = node
                unitHubs.append(UnitHub(unit: unit, node: node))
                classNodes.append((villageIndex, UInt8(depth), unit, node))
            }
        }
        group.hubs = firstHub..<unitHubs.count
        let firstHubArc = hubArcs.count
        addOpenJoint(households.openJoint, hubs: group.hubs)
        for household in households.joint { addJoint(household, slot, hubs: group.hubs) }
        if group.hub >= 0 {
            for hub in unitHubs[group.hubs] {
                let arc = network.addArc(from: hub.node, to: group.hub, capacity: FlowNetwork.unbounded)
                hubArcs.append(HubArc(arc: arc, hub: hub.node, target: .singles))
            }
        }
        group.hubArcs = firstHubArc..<hubArcs.count
        let firstGroupArc = groupArcs.count
        for index in reaching {
            let hub = hubs[groups[index].unit] ?? group.hub
            let cadre = problem.cadres[Int(members[groups[index].members.lowerBound])]
            let arc = network.addArc(
                from: groups[index].node, to: hub, capacity: FlowNetwork.unbounded,
                cost: problem.cost(cadre: cadre, village: Int(villageIndex), depth: depth))
            groupArcs.append(GroupArc(arc: arc, group: Int32(index), hub: hub))
        }
        group.groupArcs = firstGroupArc..<groupArcs.count
        classes.append(group)
    }

    // MARK: One helper

    /// Seats of households that need one helper. Those without any hang at the hub itself.
    private mutating func addSeats(
        _ slot: Int, _ depth: Int, _ households: VillageHouseholds, hub: Int32
    ) -> Range<Int> {
        let first = seats.count
        if !households.open.isEmpty {
            let arc = network.addArc(
                from: hub, to: 0, capacity: Int32(households.open.count), goal: .covered)
            addSeat(
                households.open, node: hub, newArc: arc, keptArcs: keptArcs.count..<keptArcs.count,
                exits: arc..<arc + 1)
        }
        addSingles(slot, depth, households.single, hub: hub)
        for household in households.several { addSeveral(household, slot, hub: hub) }
        return first..<seats.count
    }

    private mutating func addSeat(
        _ households: [Int32], node: Int32, newArc: Int32, keptArcs: Range<Int>, exits: Range<Int32>
    ) {
        let start = seatHouseholds.count
        seatHouseholds.append(contentsOf: households)
        seats.append(
            Seat(
                households: start..<seatHouseholds.count, node: node, newArc: newArc, keptArcs: keptArcs,
                exits: exits))
    }

    /// Households with the same single helper are alike.
    private mutating func addSingles(
        _ slot: Int, _ depth: Int, _ singles: [(pair: Int32, household: Int32)], hub: Int32
    ) {
        let keyed = singles.enumerated().map { order, single in
            let cadre = problem.pairs[Int(single.pair)].cadre
            return (slot: layout.cadreSlots[Int(cadre)], order: order, single: single)
        }.sorted { ($0.slot, $0.order) < ($1.slot, $1.order) }
        var start = 0
        for end in keyed.indices where end + 1 == keyed.count || keyed[end + 1].slot != keyed[start].slot {
            let node = network.addNode()
            let count = Int32(end - start + 1)
            let exit = network.addArc(from: node, to: 0, capacity: count, goal: .covered)
            let households = keyed[start...end].map(\.single.household)
            let firstKept = keptArcs.count
            addKept(problem.pairs[Int(keyed[start].single.pair)], to: node, slot, capacity: count)
            let arc = network.addArc(from: hub, to: node, capacity: FlowNetwork.unbounded)
            addSeat(
                households, node: node, newArc: arc, keptArcs: firstKept..<keptArcs.count, exits: exit..<exit + 1)
            for household in households { householdNodes.append((household, node)) }
            start = end + 1
        }
    }

    /// A household never gets more helpers than it needs or has.
    private mutating func addSeveral(_ household: Int32, _ slot: Int, hub: Int32) {
        let node = network.addNode()
        let present = layout.pairs(of: Int(household)).map { problem.pairs[Int($0)] }
        let kept = present.filter { canKeep($0, slot) }
        let isCovered = present.contains(where: \.isPinned)
        let firstExit = Int32(network.arcCount)
        if !isCovered { network.addArc(from: node, to: 0, capacity: 1, goal: .covered) }
        let further = Int32(kept.count) - (isCovered ? 0 : 1)
        if further > 0 { network.addArc(from: node, to: 0, capacity: further) }
        let exits = firstExit..<Int32(network.arcCount)
        let firstKept = keptArcs.count
        for pair in kept { addKept(pair, to: node, slot, capacity: 1) }
        let arc = network.addArc(from: hub, to: node, capacity: FlowNetwork.unbounded)
        addSeat([household], node: node, newArc: arc, keptArcs: firstKept..<keptArcs.count, exits: exits)
        householdNodes.append((household, node))
    }

    private mutating func addKept(_ pair: ExistingPair, to node: Int32, _ slot: Int, capacity: Int32) {
        let position = Int(layout.cadreSlots[Int(pair.cadre)]) - cadreSlots.lowerBound
        let group = groups[Int(groupOfSlot[position])]
        let cost = problem.cost(
            cadre: problem.cadres[Int(pair.cadre)], village: Int(layout.villages[slot]),
            depth: Int(problem.households[Int(pair.household)].depth))
        let arc = network.addArc(from: group.node, to: node, capacity: capacity, cost: cost, goal: .kept)
        keptArcs.append(KeptArc(arc: arc, cadre: pair.cadre, household: pair.household))
    }

    // MARK: Two units

    /// Each unit helps each of the households at most once, so it brings at most as many as there are.
    private mutating func addOpenJoint(_ households: [Int32], hubs: Range<Int>) {
        guard !households.isEmpty, !hubs.isEmpty else { return }
        let node = network.addNode()
        let count = Int32(households.count)
        network.addArc(from: node, to: 0, capacity: count, goal: .covered)
        network.addArc(from: node, to: 0, capacity: count, goal: .jointMet)
        let start = seatHouseholds.count
        seatHouseholds.append(contentsOf: households)
        for hub in unitHubs[hubs] {
            let arc = network.addArc(from: hub.node, to: node, capacity: count)
            hubArcs.append(
                HubArc(arc: arc, hub: hub.node, target: .alikeJoint(start..<seatHouseholds.count)))
        }
        for household in households { householdNodes.append((household, node)) }
    }

    /// The first helper of each unit counts as one of its units; the others of the same unit are only kept.
    private mutating func addJoint(_ household: Int32, _ slot: Int, hubs: Range<Int>) {
        let present = layout.pairs(of: Int(household)).map { problem.pairs[Int($0)] }
            .filter { $0.isPinned || canKeep($0, slot) }
        let byUnit = Dictionary(grouping: present) { problem.cadres[Int($0.cadre)].unit }
        let node = network.addNode()
        let firstExit = Int32(network.arcCount)
        network.addArc(from: node, to: 0, capacity: 1, goal: .covered)
        network.addArc(from: node, to: 0, capacity: 1, goal: .jointMet)
        if byUnit.count > 2 { network.addArc(from: node, to: 0, capacity: Int32(byUnit.count - 2)) }
        let exits = firstExit..<Int32(network.arcCount)
        householdNodes.append((household, node))
        var unitNodesHere: [Int32: Int32] = [:]
        let firstUnit = jointUnits.count
        for unit in byUnit.keys.sorted(by: { layout.unitRanks[Int($0)] < layout.unitRanks[Int($1)] }) {
            let unitNode = addUnit(byUnit[unit] ?? [], to: node, slot)
            unitNodesHere[unit] = unitNode
            unitNodes.append((household, unit, unitNode))
        }
        jointSeats.append(JointSeat(node: node, exits: exits, units: firstUnit..<jointUnits.count))
        for hub in unitHubs[hubs] {
            let target = unitNodesHere[hub.unit]
            let arc = network.addArc(
                from: hub.node, to: target ?? node, capacity: target == nil ? 1 : FlowNetwork.unbounded)
            hubArcs.append(HubArc(arc: arc, hub: hub.node, target: .household(household)))
        }
    }

    /// The helpers of one unit: one of them is useful, the others may only stay.
    private mutating func addUnit(_ pairs: [ExistingPair], to household: Int32, _ slot: Int) -> Int32 {
        let node = network.addNode()
        let useful = network.addArc(from: node, to: household, capacity: 1)
        let surplus =
            pairs.count > 1 ? network.addArc(from: node, to: 0, capacity: Int32(pairs.count - 1)) : -1
        let pins = pairs.count(where: \.isPinned)
        if pins > 0 { network.addArc(from: 0, to: node, capacity: Int32(pins), goal: .pins) }
        let firstKept = keptArcs.count
        for pair in pairs where !pair.isPinned { addKept(pair, to: node, slot, capacity: 1) }
        jointUnits.append(
            JointUnit(node: node, useful: useful, surplus: surplus, keptArcs: firstKept..<keptArcs.count))
        return node
    }
}
