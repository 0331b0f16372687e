// The network of a component: from the root through cadres and hubs to households and back to the root.
// docs/pairing.md draws it and argues why its best circulation is the best pairing. How households hang in it stands
// in HouseholdArcs.

/// Cadres who are alike, or a single one who has pairs.
struct CadreGroup {
    /// The members, as a range of ``PairingNetwork/members``.
    let members: Range<Int>
    let node: Int32
    /// The unit's position in the problem.
    let unit: Int32
    /// The arcs from the root: the steps of the load, in order.
    var loadArcs: Range<Int32> = 0..<0
    /// How many tokens the reading has given out.
    var next = 0
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
    /// The arc on which new helpers come.
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
    struct GroupArc { let arc, group, hub: Int32 }
    /// What an arc out of a unit's hub leads to.
    enum HubTarget {
        case singles
        case alikeJoint(Range<Int>)
        case household(Int32)
    }
    struct HubArc { let arc, hub: Int32, target: HubTarget }
    struct KeptArc { let arc, cadre, household: Int32 }
    struct UnitHub { let unit, node: Int32 }

    let component: PairingComponent
    let layout: PairingLayout
    let problem: PairingProblem
    let cadreSlots: Range<Int>
    var network = FlowNetwork()
    var members: [Int32] = []
    var groups: [CadreGroup] = []
    /// For each cadre of the component their group, -1 if they have no room.
    var groupOfSlot: [Int32]
    /// For each place of the component its groups.
    var townGroups = 0..<0
    var villageGroups: [Range<Int>] = []
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
        cadreSlots = component.cadreSlots
        groupOfSlot = [Int32](repeating: -1, count: component.cadreSlots.count)
    }

    mutating func build() {
        addCadres()
        for slot in component.villages { addVillage(slot) }
        chooseWays()
        addLoads()
        startFromPresent()
    }

    /// Whether an existing pair may go on without being pinned.
    func canKeep(_ pair: ExistingPair, _ slot: Int) -> Bool {
        guard !pair.isPinned else { return false }
        let position = Int(layout.cadreSlots[Int(pair.cadre)])
        guard cadreSlots.contains(position), layout.room(of: Int(pair.cadre)) > 0 else { return false }
        return layout.serves(Int(pair.cadre), slot)
    }

    // MARK: Cadres

    private mutating func addCadres() {
        var hasPairs = [Bool](repeating: false, count: cadreSlots.count)
        for slot in component.villages {
            for position in layout.households(of: slot) {
                for pair in layout.pairs(of: Int(layout.households[position])) {
                    let pair = problem.pairs[Int(pair)]
                    guard canKeep(pair, slot) else { continue }
                    hasPairs[Int(layout.cadreSlots[Int(pair.cadre)]) - cadreSlots.lowerBound] = true
                }
            }
        }
        if let town = component.town { townGroups = addGroups(of: layout.townPlace(town), hasPairs) }
        for slot in component.villages { villageGroups.append(addGroups(of: layout.villagePlace(slot), hasPairs)) }
    }

    /// Groups the cadres of a place: everything that the goals see of two cadres must be equal, or they stand alone.
    private mutating func addGroups(of place: Int, _ hasPairs: [Bool]) -> Range<Int> {
        let first = groups.count
        var alike: [(key: UInt64, position: Int)] = []
        for position in layout.cadres(of: place) {
            let index = Int(layout.cadres[position])
            guard layout.room(of: index) > 0 else { continue }
            if hasPairs[position - cadreSlots.lowerBound] || layout.pinCounts[index] > 0 {
                addGroup([position])
            } else {
                alike.append((key(of: problem.cadres[index]), position))
            }
        }
        alike.sort { ($0.key, $0.position) < ($1.key, $1.position) }
        var start = 0
        for end in alike.indices where end + 1 == alike.count || alike[end + 1].key != alike[start].key {
            addGroup(alike[start...end].map(\.position))
            start = end + 1
        }
        return first..<groups.count
    }

    /// All that makes a difference between cadres of one place: 14 bits of quota, 3 of rank, 3 of line, 1 of post, 21
    /// of unit and 22 of home.
    private func key(of cadre: PairingCadre) -> UInt64 {
        var home: UInt64 = 0
        if let village = cadre.home {
            let slot = Int(layout.villageSlots[Int(village)])
            // Homes elsewhere are all equally far.
            if layout.townOfVillage[slot] == layout.townOfVillage[component.villages.lowerBound] {
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

    private mutating func addGroup(_ positions: [Int]) {
        guard let first = positions.first else { return }
        let node = network.addNode()
        let start = members.count
        for position in positions {
            members.append(layout.cadres[position])
            groupOfSlot[position - cadreSlots.lowerBound] = Int32(groups.count)
        }
        let cadre = problem.cadres[Int(layout.cadres[first])]
        groups.append(CadreGroup(members: start..<members.count, node: node, unit: cadre.unit))
    }

    /// Groups that reach nobody stay out of the network.
    private mutating func addLoads() {
        for position in groups.indices where network.ways[Int(groups[position].node)] >= 0 {
            let group = groups[position]
            let index = Int(members[group.members.lowerBound])
            let first = Int32(network.arcCount)
            addLoads(
                to: group.node, problem.cadres[index], pins: Int(layout.pinCounts[index]), count: group.members.count)
            groups[position].loadArcs = first..<Int32(network.arcCount)
        }
    }

    /// The first household of each cadre in post serves goal 3; each further one costs more than the one before.
    private mutating func addLoads(to node: Int32, _ cadre: PairingCadre, pins: Int, count: Int) {
        let quota = Int(cadre.quota)
        let last = min(quota, pins + householdCount)
        guard pins < last else { return }
        var steps = 0
        for load in pins + 1...last {
            let cost = problem.weights.load(count: load, quota: quota)
            let isFirst = load == 1 && cadre.isInPost
            steps += 1
            let isLast = load == last
            if isFirst || isLast || problem.weights.load(count: load + 1, quota: quota) != cost {
                let capacity = Int32(min(steps * count, Int(FlowNetwork.unbounded)))
                network.addArc(from: 0, to: node, capacity: capacity, cost: cost, goal: isFirst ? .onDuty : .fit)
                steps = 0
            }
        }
    }

    private var householdCount: Int {
        layout.householdStarts[component.villages.upperBound] - layout.householdStarts[component.villages.lowerBound]
    }

    // MARK: Ways

    /// Each group's way to the root begins with its cheapest arc: the first tree is then a good greedy proposal.
    private mutating func chooseWays() {
        for arc in groupArcs {
            let node = Int(groups[Int(arc.group)].node)
            if network.costs[Int(arc.arc)] < network.costs[Int(network.ways[node])] { network.ways[node] = arc.arc }
        }
    }
}
