// The proof that goes with a proposal: the dual values of its networks. Whoever has the problem and the totals can
// check it without knowing how the answer was found; docs/pairing.md says how.

/// Dual values of a whole problem, one cost with a place for each goal for every cadre, household and unit of a
/// household that needs two.
///
/// Cutting all of them after a goal gives the proof for the goals up to that one.
public struct PairingCertificate: Sendable {
    var parts: [ComponentDuals]

    /// For each cadre of the problem their dual value, nil for those who can be given nobody.
    public func cadres(count: Int) -> [PairingCost?] {
        var values = [PairingCost?](repeating: nil, count: count)
        for part in parts {
            for (cadre, packed) in part.cadres { values[Int(cadre)] = part.levels.cost(packed) }
        }
        return values
    }

    /// For each cadre who may begin to help fewer than they may help the dual value of their new pairs; nil for others.
    public func newPairs(count: Int) -> [PairingCost?] {
        var values = [PairingCost?](repeating: nil, count: count)
        for part in parts {
            for (cadre, packed) in part.newNodes { values[Int(cadre)] = part.levels.cost(packed) }
        }
        return values
    }

    /// For each cadre who may help fewer households that need two units than others the dual value of pairs with these;
    /// nil for others.
    public func jointPairs(count: Int) -> [PairingCost?] {
        var values = [PairingCost?](repeating: nil, count: count)
        for part in parts {
            for (cadre, packed) in part.jointNodes { values[Int(cadre)] = part.levels.cost(packed) }
        }
        return values
    }

    /// For each household of the problem its dual value; nobody can be given to those without one.
    public func households(count: Int) -> [PairingCost?] {
        var values = [PairingCost?](repeating: nil, count: count)
        for part in parts {
            for (household, packed) in part.households { values[Int(household)] = part.levels.cost(packed) }
        }
        return values
    }

    /// For each household that needs two units and has helpers already the dual values of their units.
    public var householdUnits: [HouseholdUnit: PairingCost] {
        var values: [HouseholdUnit: PairingCost] = [:]
        for part in parts {
            for (household, unit, packed) in part.householdUnits {
                values[HouseholdUnit(household: household, unit: unit)] = part.levels.cost(packed)
            }
        }
        return values
    }

    /// For all other units the dual value that is common to the households of a village and depth.
    public var classUnits: [ClassUnit: PairingCost] {
        var values: [ClassUnit: PairingCost] = [:]
        for part in parts {
            for (village, depth, unit, packed) in part.classUnits {
                values[ClassUnit(village: village, depth: depth, unit: unit)] = part.levels.cost(packed)
            }
        }
        return values
    }

    /// A unit as helper of one household, both as positions in the problem.
    public struct HouseholdUnit: Hashable, Sendable {
        /// The household.
        public let household: Int32
        /// The unit.
        public let unit: Int32

        /// The two together.
        public init(household: Int32, unit: Int32) {
            self.household = household
            self.unit = unit
        }
    }

    /// A unit as helper of the households of a village and depth, as positions in the problem.
    public struct ClassUnit: Hashable, Sendable {
        /// The village.
        public let village: Int32
        /// The depth.
        public let depth: UInt8
        /// The unit.
        public let unit: Int32

        /// The three together.
        public init(village: Int32, depth: UInt8, unit: Int32) {
            self.village = village
            self.depth = depth
            self.unit = unit
        }
    }
}

/// The dual values of one component, as the integers of its network.
struct ComponentDuals: Sendable {
    let levels: PairingLevels
    var cadres: [(cadre: Int32, value: Int64)] = []
    var newNodes: [(cadre: Int32, value: Int64)] = []
    var jointNodes: [(cadre: Int32, value: Int64)] = []
    var households: [(household: Int32, value: Int64)] = []
    var householdUnits: [(household: Int32, unit: Int32, value: Int64)] = []
    var classUnits: [(village: Int32, depth: UInt8, unit: Int32, value: Int64)] = []

    init(levels: PairingLevels) {
        self.levels = levels
    }
}
