// What the best fit is worth (goal 6): the weights, the cost of a pair and the cost of a load.
// Deliberately only integers: the answer is the same on every machine.

/// The weights of goal 6, each 0 to ``weightMax``. Only their proportions matter.
public struct PairingWeights: Hashable, Sendable {
    /// The cadre's line does not fit the tags of the village (R045).
    public var line: Int32
    /// The cadre's unit does not hold the village (R044).
    public var unit: Int32
    /// For each step of poverty and each step of rank below the highest: poorer households go to higher ranks.
    public var depth: Int32
    /// For each step away from home: 0 in the home village, 1 in its town, 2 elsewhere.
    public var distance: Int32
    /// The load of a cadre, measured by their quota: half a quota for two costs less than a whole one for one of them.
    public var load: Int32

    /// The greatest weight.
    public static let weightMax: Int32 = 1_000

    /// Weights; the defaults put line and unit before rank, rank before distance, and an even load in between.
    public init(line: Int32 = 40, unit: Int32 = 40, depth: Int32 = 4, distance: Int32 = 5, load: Int32 = 20) {
        self.line = line
        self.unit = unit
        self.depth = depth
        self.distance = distance
        self.load = load
    }

    var isSound: Bool { [line, unit, depth, distance, load].allSatisfy { 0...Self.weightMax ~= $0 } }

    /// What one more household costs a cadre who then has `count` of `quota`, count from 1: grows with the count, and
    /// over a whole quota adds up to about ten times the weight for each household. Beyond the quota it grows no more.
    public func load(count: Int, quota: Int) -> Int64 {
        Int64(load) * 10 * Int64(2 * min(count, max(quota, 1)) - 1) / Int64(max(quota, 1))
    }

    /// The greatest cost that a single pair or a single step of load can have: the bound from which the engine shows
    /// that its sums cannot overflow.
    func pairCostMax(depth: Int = Int(PairingHousehold.depthMax)) -> Int64 {
        let ranks = Int64(PairingRank.ordinary.rawValue)
        let fit = Int64(line) + Int64(unit) + 2 * Int64(distance)
        return max(
            1 + fit + Int64(self.depth) * ranks * Int64(depth), 20 * Int64(load) + 1)
    }
}

/// Why a cadre fits a village well.
public struct PairingFit: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A fit of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Their line fits a tag of the village, or it is the home of a veteran (R045).
    public static let line = PairingFit(rawValue: 1)
    /// Their unit holds the village (R044).
    public static let unit = PairingFit(rawValue: 2)
    /// They come from the village.
    public static let homeVillage = PairingFit(rawValue: 4)
    /// They come from another village of the town.
    public static let homeTown = PairingFit(rawValue: 8)
    /// The village has no tags, so that no line can fit or miss them.
    public static let untagged = PairingFit(rawValue: 16)
}

extension PairingProblem {
    /// How a cadre fits a village, both named by position.
    public func fit(cadre: PairingCadre, village: Int) -> PairingFit {
        let (tags, town) = (villages[village].tags, villages[village].town)
        var fit: PairingFit = []
        if let line = cadre.line {
            if let tag = line.tag {
                if tags.contains(tag) { fit.insert(.line) }
            } else if cadre.home == Int32(village) {
                fit.insert(.line)
            }
        }
        if tags.isEmpty, cadre.line != .veteran { fit.insert(.untagged) }
        if villages[village].holders.contains(cadre.unit) { fit.insert(.unit) }
        if let home = cadre.home {
            if home == Int32(village) {
                fit.insert(.homeVillage)
            } else if villages[Int(home)].town == town {
                fit.insert(.homeTown)
            }
        }
        return fit
    }

    /// What it costs that the cadre helps a household of this village and depth, at least 1: a pair that serves
    /// nothing is never made. The load comes on top, see ``PairingWeights/load(count:quota:)``.
    public func cost(cadre: PairingCadre, village: Int, depth: Int) -> Int64 {
        let fit = fit(cadre: cadre, village: village)
        var cost: Int64 = 1
        if fit.isDisjoint(with: [.line, .untagged]) { cost += Int64(weights.line) }
        if !fit.contains(.unit) { cost += Int64(weights.unit) }
        if !fit.contains(.homeVillage) { cost += Int64(weights.distance) * (fit.contains(.homeTown) ? 1 : 2) }
        return cost + Int64(weights.depth) * Int64(cadre.rank.rawValue) * Int64(depth)
    }

    /// What it costs that a cadre has so many households, apart from which ones they are.
    public func loadCost(count: Int, quota: Int) -> Int64 {
        guard count > 0 else { return 0 }
        return (1...count).reduce(0) { $0 + weights.load(count: $1, quota: quota) }
    }
}
