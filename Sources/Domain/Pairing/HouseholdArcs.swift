// How the households of a village hang in the network: alike ones together, those with several present helpers alone,
// and those that need two units with a node for each unit that could come twice.

/// The households of a village and depth, by what they need and have.
private struct VillageHouseholds {
    /// Need one helper and have none who could stay.
    var open: [Int32] = []
    /// Need one helper and have exactly one who could stay.
    var single: [(pair: Int32, household: Int32)] = []
    /// Need one helper and have several, or some that are pinned, or nobody may begin to help them.
    var several: [Int32] = []
    /// Need two units and have nobody.
    var openJoint: [Int32] = []
    /// Need two units and have somebody.
    var joint: [Int32] = []

    var isEmpty: Bool {
        open.isEmpty && single.isEmpty && several.isEmpty && openJoint.isEmpty && joint.isEmpty
    }
}

extension PairingNetwork {
    mutating func addVillage(_ slot: Int) {
        var byDepth = [VillageHouseholds](repeating: VillageHouseholds(), count: layout.depthMax + 1)
        for position in layout.households(of: slot) {
            let index = layout.households[position]
            let household = problem.households[Int(index)]
            var pins = 0
            var keepable = 0
            var keepablePair: Int32 = -1
            for number in layout.pairs(of: Int(index)) {
                if layout.bonds.standings[Int(number)] == .pinned {
                    pins += 1
                } else if layout.bonds.canKeep(Int(number)) {
                    keepable += 1
                    keepablePair = number
                }
            }
            let depth = Int(household.depth)
            if pins + keepable == 0 {
                guard household.takesNew else { continue }
                if household.needsTwoUnits {
                    byDepth[depth].openJoint.append(index)
                } else {
                    byDepth[depth].open.append(index)
                }
            } else if household.needsTwoUnits {
                byDepth[depth].joint.append(index)
            } else if pins == 0, keepable == 1, household.takesNew {
                byDepth[depth].single.append((keepablePair, index))
            } else if keepable > 0 {
                byDepth[depth].several.append(index)
            }
        }
        let groups = byDepth.contains { !$0.isEmpty } ? reaching(slot) : []
        for (depth, households) in byDepth.enumerated() where !households.isEmpty {
            addClass(slot, depth, households, groups)
        }
    }

    private func takesNew(_ household: Int32) -> Bool { problem.households[Int(household)].takesNew }

    private mutating func addClass(
        _ slot: Int, _ depth: Int, _ households: VillageHouseholds, _ reaching: [Int]
    ) {
        let villageIndex = layout.villages[slot]
        var group = HouseholdClass()
        let takesOne =
            !households.open.isEmpty || !households.single.isEmpty || households.several.contains(where: takesNew)
        let takesTwo = !households.openJoint.isEmpty || households.joint.contains(where: takesNew)
        group.hub = takesOne && !reaching.isEmpty ? network.addNode() : -1
        group.seats = addSeats(slot, depth, households, hub: group.hub)
        if group.hub >= 0 {
            for household in households.open { householdNodes.append((household, group.hub)) }
        }
        var hubs: [Int32: Int32] = [:]
        let firstHub = unitHubs.count
        if takesTwo {
            let units = Set(reaching.compactMap { groups[$0].jointNode >= 0 ? groups[$0].unit : nil })
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
        for index in reaching { addArcs(of: index, Int(villageIndex), depth, hubs, hub: group.hub) }
        group.groupArcs = firstGroupArc..<groupArcs.count
        classes.append(group)
    }

    /// A group needs one arc for all households of a class, unless those that need two units are bounded for it.
    private mutating func addArcs(
        of index: Int, _ village: Int, _ depth: Int, _ hubs: [Int32: Int32], hub: Int32
    ) {
        let group = groups[index]
        let cost = problem.cost(
            cadre: problem.cadres[Int(members[group.members.lowerBound])], village: village, depth: depth)
        func add(from tail: Int32, to hub: Int32, _ network: inout Self) {
            let arc = network.network.addArc(from: tail, to: hub, capacity: FlowNetwork.unbounded, cost: cost)
            network.groupArcs.append(
                GroupArc(
                    arc: arc, group: Int32(index), hub: hub, isJoint: group.hasJointNode && tail == group.jointNode))
        }
        let unitHub = group.jointNode >= 0 ? hubs[group.unit] : nil
        if let unitHub { add(from: group.jointNode, to: unitHub, &self) }
        if hub >= 0, unitHub == nil || group.hasJointNode { add(from: group.newNode, to: hub, &self) }
    }

    // MARK: One helper

    /// Seats of households that need one helper. Those without any hang at the hub itself.
    private mutating func addSeats(
        _ slot: Int, _ depth: Int, _ households: VillageHouseholds, hub: Int32
    ) -> Range<Int> {
        let first = seats.count
        if hub >= 0 {
            for (need, open) in byNeed(households.open) {
                let arc = network.addArc(from: hub, to: 0, capacity: Int32(open.count), goal: .covered, need: need)
                addSeat(
                    open, node: hub, newArc: arc, keptArcs: keptArcs.count..<keptArcs.count, exits: arc..<arc + 1)
            }
        }
        addSingles(slot, depth, households.single, hub: hub)
        for household in households.several { addSeveral(household, slot, hub: hub) }
        return first..<seats.count
    }

    /// The households by their need, the most pressing first.
    private func byNeed(_ households: [Int32]) -> [(need: UInt8, households: [Int32])] {
        Dictionary(grouping: households) { problem.households[Int($0)].need }
            .sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }

    /// The arc on which a unit of flow covers a household.
    private mutating func addCover(_ household: Int32, from node: Int32, capacity: Int32) -> Int32 {
        if layout.bonds.isProtected[Int(household)] {
            return network.addArc(from: node, to: 0, capacity: capacity, goal: .protected)
        }
        return network.addArc(
            from: node, to: 0, capacity: capacity, goal: .covered, need: problem.households[Int(household)].need)
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

    /// Households with the same single helper are alike, if they are protected or their need is the same.
    private mutating func addSingles(
        _ slot: Int, _ depth: Int, _ singles: [(pair: Int32, household: Int32)], hub: Int32
    ) {
        let keyed = singles.enumerated().map { order, single in
            let cadre = layout.cadreSlots[Int(problem.pairs[Int(single.pair)].cadre)]
            let isOutside = layout.bonds.standings[Int(single.pair)] == .outside
            let need = problem.households[Int(single.household)].need
            let kind = layout.bonds.isProtected[Int(single.household)] ? (isOutside ? 255 : 254) : Int32(need)
            return (cadre: cadre, kind: kind, order: order, single: single)
        }.sorted { ($0.cadre, $0.kind, $0.order) < ($1.cadre, $1.kind, $1.order) }
        var start = 0
        for end in keyed.indices
        where end + 1 == keyed.count || keyed[end + 1].cadre != keyed[start].cadre
            || keyed[end + 1].kind != keyed[start].kind
        {
            let node = network.addNode()
            let count = Int32(end - start + 1)
            let exit = addCover(keyed[start].single.household, from: node, capacity: count)
            let households = keyed[start...end].map(\.single.household)
            let firstKept = keptArcs.count
            addKept(keyed[start].single.pair, to: node, slot, capacity: count)
            let arc = hub < 0 ? -1 : network.addArc(from: hub, to: node, capacity: FlowNetwork.unbounded)
            addSeat(
                households, node: node, newArc: arc, keptArcs: firstKept..<keptArcs.count, exits: exit..<exit + 1)
            for household in households { householdNodes.append((household, node)) }
            start = end + 1
        }
    }

    /// A household never gets more helpers than it needs or has.
    private mutating func addSeveral(_ household: Int32, _ slot: Int, hub: Int32) {
        let node = network.addNode()
        let present = layout.pairs(of: Int(household))
        let kept = present.filter { layout.bonds.canKeep(Int($0)) }
        let isCovered = present.contains { layout.bonds.standings[Int($0)] == .pinned }
        let firstExit = Int32(network.arcCount)
        if !isCovered { _ = addCover(household, from: node, capacity: 1) }
        let further = Int32(kept.count) - (isCovered ? 0 : 1)
        if further > 0 { network.addArc(from: node, to: 0, capacity: further) }
        let exits = firstExit..<Int32(network.arcCount)
        let firstKept = keptArcs.count
        for pair in kept { addKept(pair, to: node, slot, capacity: 1) }
        let arc =
            hub < 0 || !takesNew(household)
            ? -1 : network.addArc(from: hub, to: node, capacity: FlowNetwork.unbounded)
        addSeat([household], node: node, newArc: arc, keptArcs: firstKept..<keptArcs.count, exits: exits)
        householdNodes.append((household, node))
    }

    private mutating func addKept(_ number: Int32, to node: Int32, _ slot: Int, capacity: Int32) {
        let pair = problem.pairs[Int(number)]
        let index = group(of: pair.cadre)
        let household = problem.households[Int(pair.household)]
        let cost = problem.cost(
            cadre: problem.cadres[Int(pair.cadre)], village: Int(layout.villages[slot]), depth: Int(household.depth))
        let isJoint = household.needsTwoUnits && groups[index].keptJointNode != groups[index].node
        let arc = network.addArc(
            from: isJoint ? groups[index].keptJointNode : groups[index].node, to: node, capacity: capacity, cost: cost,
            goal: layout.bonds.standings[Int(number)] == .outside ? .keptOutside : .kept)
        keptArcs.append(
            KeptArc(
                arc: arc, cadre: pair.cadre, household: pair.household, group: Int32(index), isJoint: isJoint))
    }

    // MARK: Two units

    /// Each unit helps each of the households at most once, so it brings at most as many as there are. The first in
    /// their order are those whose need is most pressing.
    private mutating func addOpenJoint(_ households: [Int32], hubs: Range<Int>) {
        guard !households.isEmpty, !hubs.isEmpty else { return }
        let node = network.addNode()
        let count = Int32(households.count)
        let start = seatHouseholds.count
        for (need, open) in byNeed(households) {
            network.addArc(from: node, to: 0, capacity: Int32(open.count), goal: .covered, need: need)
            seatHouseholds.append(contentsOf: open)
        }
        network.addArc(from: node, to: 0, capacity: count, goal: .jointMet)
        for hub in unitHubs[hubs] {
            let arc = network.addArc(from: hub.node, to: node, capacity: count)
            hubArcs.append(
                HubArc(arc: arc, hub: hub.node, target: .alikeJoint(start..<seatHouseholds.count)))
        }
        for household in households { householdNodes.append((household, node)) }
    }

    /// The first helper of each unit counts as one of its units; the others of the same unit are only kept.
    private mutating func addJoint(_ household: Int32, _ slot: Int, hubs: Range<Int>) {
        let present = layout.pairs(of: Int(household)).filter {
            layout.bonds.standings[Int($0)] == .pinned || layout.bonds.canKeep(Int($0))
        }
        let byUnit = Dictionary(grouping: present) { problem.cadres[Int(problem.pairs[Int($0)].cadre)].unit }
        let node = network.addNode()
        let firstExit = Int32(network.arcCount)
        _ = addCover(household, from: node, capacity: 1)
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
        guard takesNew(household) else { return }
        for hub in unitHubs[hubs] {
            let target = unitNodesHere[hub.unit]
            let arc = network.addArc(
                from: hub.node, to: target ?? node, capacity: target == nil ? 1 : FlowNetwork.unbounded)
            hubArcs.append(HubArc(arc: arc, hub: hub.node, target: .household(household)))
        }
    }

    /// The helpers of one unit: one of them is useful, the others may only stay.
    private mutating func addUnit(_ pairs: [Int32], to household: Int32, _ slot: Int) -> Int32 {
        let node = network.addNode()
        let useful = network.addArc(from: node, to: household, capacity: 1)
        let surplus =
            pairs.count > 1 ? network.addArc(from: node, to: 0, capacity: Int32(pairs.count - 1)) : -1
        let kept = pairs.filter { layout.bonds.canKeep(Int($0)) }
        let pins = pairs.count - kept.count
        if pins > 0 { network.addArc(from: 0, to: node, capacity: Int32(pins), goal: .pins) }
        let firstKept = keptArcs.count
        for pair in kept { addKept(pair, to: node, slot, capacity: 1) }
        jointUnits.append(
            JointUnit(node: node, useful: useful, surplus: surplus, keptArcs: firstKept..<keptArcs.count))
        return node
    }
}
