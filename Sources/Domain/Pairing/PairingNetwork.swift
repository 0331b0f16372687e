// The network of a component: from the root through cadres and hubs to households and back to the root.
// docs/pairing.md draws it and argues why its best circulation is the best pairing. How households hang in it stands
// in HouseholdArcs.

/// Cadres who are alike, or a single one who has pairs.
struct CadreGroup {
    /// The members, as a range of ``PairingNetwork/members``.
    let members: Range<Int>
    let node: Int32
    /// Where arcs to households begin whom they may begin to help; -1 if there can be none. Another node than ``node``
    /// where they have room for fewer new ones than for any.
    var newNode: Int32 = -1
    /// The same for households that need two units, where those are bounded (R034).
    var jointNode: Int32 = -1
    /// Where arcs to households that need two units begin whom they help.
    var keptJointNode: Int32
    /// How much flows through ``newNode`` and ``jointNode`` at most.
    var newMax: Int32 = 0
    var jointMax: Int32 = 0
    /// The arc into ``jointNode``, -1 where it is another group node.
    var jointArc: Int32 = -1
    /// The unit's position in the problem.
    let unit: Int32
    /// The arcs from the root: the steps of the load, in order.
    var loadArcs: Range<Int32> = 0..<0
    /// How many tokens the reading has given out; those through a node for two units of its own come first.
    var next = 0
    var nextJoint = 0

    /// Whether households that need two units are reached through a node of their own.
    var hasJointNode: Bool { jointNode >= 0 && jointNode != newNode }
}

/// Households of one village and depth, and the arcs by which cadres reach them.
struct HouseholdClass {
    /// Arcs from groups of cadres, a range of ``PairingNetwork/groupArcs``.
    var groupArcs: Range<Int> = 0..<0
    /// Arcs out of the hubs of units, a range of ``PairingNetwork/hubArcs``.
    var hubArcs: Range<Int> = 0..<0
    /// Households that need one helper, a range of ``PairingNetwork/seats``.
    var seats: Range<Int> = 0..<0
    /// Hubs of units, a range of ``PairingNetwork/unitHubs``; empty if no household of the class needs two units.
    var hubs: Range<Int> = 0..<0
    /// The hub of the households that need one helper, -1 if there are none.
    var hub: Int32 = -1
}

/// Households that are alike, or a single one.
struct Seat {
    /// The households, a range of ``PairingNetwork/seatHouseholds``.
    let households: Range<Int>
    /// The node, or that of the hub if all that comes there goes to these households.
    let node: Int32
    /// The arc on which new helpers come, -1 if none can.
    let newArc: Int32
    /// Arcs from present helpers, a range of ``PairingNetwork/keptArcs``.
    let keptArcs: Range<Int>
    /// The arcs to the root, the most valuable first.
    let exits: Range<Int32>
}

/// A household that needs two units and has helpers.
struct JointSeat {
    let node: Int32
    /// The arcs to the root, the most valuable first.
    let exits: Range<Int32>
    /// The units of the helpers, a range of ``PairingNetwork/jointUnits``.
    let units: Range<Int>
}

/// The present helpers of one unit in such a household.
struct JointUnit {
    let node: Int32
    /// The arc to the household, for one of them.
    let useful: Int32
    /// The arc to the root for the others, -1 if there is only one.
    let surplus: Int32
    /// Those who are not pinned, a range of ``PairingNetwork/keptArcs``.
    let keptArcs: Range<Int>
}

struct PairingNetwork {
    struct GroupArc {
        let arc, group, hub: Int32
        /// Whether it begins at the group's own node for two units.
        let isJoint: Bool
    }
    /// What an arc out of a unit's hub leads to.
    enum HubTarget {
        case singles
        case alikeJoint(Range<Int>)
        case household(Int32)
    }
    struct HubArc { let arc, hub: Int32, target: HubTarget }
    struct KeptArc { let arc, cadre, household, group: Int32, isJoint: Bool }
    struct UnitHub { let unit, node: Int32 }

    let component: PairingComponent
    let layout: PairingLayout
    let problem: PairingProblem
    var network = FlowNetwork()
    var members: [Int32] = []
    var groups: [CadreGroup] = []
    /// For each cadre of the component their group.
    var groupOfCadre: [Int32]
    /// For each place the groups that may begin to help there.
    var groupsOfPlace: [Int: [Int]] = [:]
    let householdCount: Int
    var classes: [HouseholdClass] = []
    var groupArcs: [GroupArc] = []
    var hubArcs: [HubArc] = []
    var seats: [Seat] = []
    var seatHouseholds: [Int32] = []
    var unitHubs: [UnitHub] = []
    /// Arcs of present helpers, those of seats and those of households that need two units.
    var keptArcs: [KeptArc] = []
    var jointSeats: [JointSeat] = []
    var jointUnits: [JointUnit] = []
    /// The duals to be read: nodes of households and of their units.
    var householdNodes: [(household: Int32, node: Int32)] = []
    var unitNodes: [(household: Int32, unit: Int32, node: Int32)] = []
    var classNodes: [(village: Int32, depth: UInt8, unit: Int32, node: Int32)] = []

    init(_ component: PairingComponent) {
        self.component = component
        layout = component.layout
        problem = layout.problem
        householdCount = component.householdCount
        groupOfCadre = [Int32](repeating: -1, count: component.cadres.count)
    }

    mutating func build() {
        addCadres()
        for slot in component.villages { addVillage(slot) }
        chooseWays()
        addLoads()
        startFromPresent()
    }

    /// The nodes that arcs with costs leave, the root apart.
    var cadreNodeCount: Int {
        groups.reduce(0) { count, group in
            count + 1 + (group.newNode >= 0 && group.newNode != group.node ? 1 : 0) + (group.hasJointNode ? 1 : 0)
        }
    }

    /// The group of a cadre who may keep a pair.
    func group(of cadre: Int32) -> Int {
        Int(groupOfCadre[Int(component.positions.ofCadre[Int(layout.cadreSlots[Int(cadre)])])])
    }

    /// The groups that may begin to help in a village.
    func reaching(_ slot: Int) -> [Int] {
        (groupsOfPlace[layout.townPlace(Int(layout.townOfVillage[slot]))] ?? [])
            + (groupsOfPlace[layout.villagePlace(slot)] ?? [])
    }

    // MARK: Cadres

    /// Groups the cadres of each place: everything that the goals see of two cadres must be equal, or they stand alone.
    private mutating func addCadres() {
        var place = -1
        var alike: [(key: UInt64, jointMax: Int32, position: Int)] = []
        func isAlike(_ left: Int, _ right: Int) -> Bool {
            alike[left].key == alike[right].key && alike[left].jointMax == alike[right].jointMax
        }
        func flush(_ network: inout Self) {
            alike.sort { ($0.key, $0.jointMax, $0.position) < ($1.key, $1.jointMax, $1.position) }
            var start = 0
            for end in alike.indices where end + 1 == alike.count || !isAlike(start, end + 1) {
                network.addGroup(alike[start...end].map(\.position), place)
                start = end + 1
            }
            alike.removeAll(keepingCapacity: true)
        }
        for (position, slot) in component.cadres.enumerated() {
            let own = layout.place(ofCadre: slot)
            if own != place {
                flush(&self)
                place = own
            }
            let index = Int(layout.cadres[slot])
            let bonds = layout.bonds
            if bonds.keptCounts[index] > 0 || bonds.pinCounts[index] > 0
                || layout.newRoom(of: index) < layout.room(of: index)
            {
                addGroup([position], place)
            } else {
                let cadre = problem.cadres[index]
                alike.append((key(of: cadre, place), min(cadre.jointMax, cadre.quota), position))
            }
        }
        flush(&self)
    }

    /// All that makes a difference between cadres of one place: 14 bits of quota, 3 of rank, 3 of line, 1 of post, 21
    /// of unit and 22 of home.
    private func key(of cadre: PairingCadre, _ place: Int) -> UInt64 {
        var home: UInt64 = 0
        if let village = cadre.home, let linked = cadre.area.village {
            let slot = Int(layout.villageSlots[Int(village)])
            // Homes elsewhere are all equally far.
            if layout.townOfVillage[slot] == layout.townOfVillage[Int(layout.villageSlots[Int(linked)])] {
                home = UInt64(slot) + 1
            }
        }
        var key = UInt64(cadre.quota)
        key = key << 3 | UInt64(cadre.rank.rawValue)
        key = key << 3 | (cadre.line.map { UInt64($0.rawValue) + 1 } ?? 0)
        key = key << 1 | (cadre.isInPost ? 1 : 0)
        key = key << 21 | UInt64(layout.unitRanks[Int(cadre.unit)]) & 0x1F_FFFF
        return key << 22 | home & 0x3F_FFFF
    }

    /// Adds a group of cadres, by their positions in the component.
    private mutating func addGroup(_ positions: [Int], _ place: Int) {
        guard let first = positions.first else { return }
        let node = network.addNode()
        let start = members.count
        for position in positions {
            members.append(layout.cadres[component.cadres[position]])
            groupOfCadre[position] = Int32(groups.count)
        }
        let index = Int(layout.cadres[component.cadres[first]])
        var group = CadreGroup(
            members: start..<members.count, node: node, keptJointNode: node, unit: problem.cadres[index].unit)
        addBounds(index, to: &group)
        if group.newNode >= 0 { groupsOfPlace[place, default: []].append(groups.count) }
        groups.append(group)
    }

    /// Gives a group nodes of its own for new pairs and for households that need two units, where these are bounded by
    /// less than what it can carry. Room that ends with a pair of such a household is used again, unless new pairs are
    /// bounded too: two bounds that overlap would not be a flow.
    private mutating func addBounds(_ index: Int, to group: inout CadreGroup) {
        let (room, new) = (layout.room(of: index), layout.newRoom(of: index))
        guard new > 0 else { return }
        let count = Int32(group.members.count)
        let (pins, kept) = (layout.bonds.jointPins[index], layout.bonds.jointKept[index])
        let jointMax = problem.cadres[index].jointMax
        group.newNode = new < room ? network.addNode() : group.node
        group.newMax = new * count
        group.jointNode = group.newNode
        if new < room {
            let bound = jointMax - pins - kept
            if bound <= 0 { group.jointNode = -1 }
            if 1..<new ~= bound { group.jointNode = network.addNode() }
            group.jointMax = bound * count
        } else if pins + kept > jointMax || pins == jointMax {
            group.jointNode = -1
        } else if jointMax - pins < room {
            group.jointNode = network.addNode()
            group.keptJointNode = group.jointNode
            group.jointMax = (jointMax - pins) * count
        }
    }

    /// Groups that reach nobody stay out of the network.
    private mutating func addLoads() {
        for position in groups.indices {
            let group = groups[position]
            if group.hasJointNode, network.ways[Int(group.jointNode)] >= 0 {
                groups[position].jointArc = network.addArc(
                    from: group.newNode, to: group.jointNode, capacity: group.jointMax)
            }
            if group.newNode >= 0, group.newNode != group.node, network.ways[Int(group.newNode)] >= 0 {
                network.addArc(from: group.node, to: group.newNode, capacity: group.newMax)
            }
            guard network.ways[Int(group.node)] >= 0 else { continue }
            let first = Int32(network.arcCount)
            addLoads(
                to: group.node, Int(members[group.members.lowerBound]), count: group.members.count)
            groups[position].loadArcs = first..<Int32(network.arcCount)
        }
    }

    /// The first household of each cadre who must have something serves goal 4; each further one costs more than the
    /// one before. Whoever is above their quota in any case has a step for each protected household.
    private mutating func addLoads(to node: Int32, _ index: Int, count: Int) {
        let cadre = problem.cadres[index]
        let quota = Int(cadre.quota)
        let pins = Int(layout.bonds.pinCounts[index])
        let last =
            layout.bonds.isFree[index]
            ? min(quota, pins + householdCount) : pins + Int(layout.bonds.protectedCounts[index])
        guard pins < last else { return }
        let mustHaveSomething = layout.mustHaveSomething(index)
        func goal(_ load: Int) -> PairingGoal {
            if load > quota { return .above }
            return load == 1 && mustHaveSomething ? .onDuty : .fit
        }
        var steps = 0
        for load in pins + 1...last {
            let cost = problem.weights.load(count: load, quota: quota)
            steps += 1
            if load == last || goal(load + 1) != goal(load)
                || problem.weights.load(count: load + 1, quota: quota) != cost
            {
                let capacity = Int32(min(steps * count, Int(FlowNetwork.unbounded)))
                network.addArc(from: 0, to: node, capacity: capacity, cost: cost, goal: goal(load))
                steps = 0
            }
        }
    }

    // MARK: Ways

    /// The way of each node of a cadre to the root begins with its cheapest arc: the first tree is then a good greedy
    /// proposal.
    private mutating func chooseWays() {
        for arc in groupArcs {
            let node = Int(network.tails[Int(arc.arc)])
            if network.costs[Int(arc.arc)] < network.costs[Int(network.ways[node])] { network.ways[node] = arc.arc }
        }
    }
}
