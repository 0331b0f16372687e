// What cannot be covered and why: the minimum cut between households and the cadres who may serve them, and for needs
// of a second unit what stands in the way. Deliberately data only; the sentences stand in ShortageSentences.

/// A tight spot (goal 1): villages whose households outnumber what everybody who may serve them can carry.
///
/// It is a minimum cut: `households - carried == uncovered`, whatever the pairs, so nobody can do better.
public struct PairingShortage: Sendable {
    /// The villages, as positions in the problem.
    public var villages: [Int32]
    /// Their households.
    public var households: Int
    /// The cadres who may serve them, as positions in the problem.
    public var cadres: [Int32]
    /// How many of the households can be covered: by pinned helpers, by these cadres, and by those who go on outside of
    /// their area or above their quota.
    public var carried: Int
    /// How many cannot.
    public var uncovered: Int
    /// Pinned pairs of these cadres that take room and cover none of these households: elsewhere, or as second helper
    /// of a household that is covered by another pin. Positions in ``PairingProblem/pairs``.
    public var pins: [Int32]
    /// How to cure it, the cheapest way first.
    public var cure: ShortageCure
}

/// What would cover the rest of a tight spot.
public struct ShortageCure: Sendable {
    /// Cadres who have nothing where they are and would help here, as few as possible.
    public var relinks: [Relink] = []
    /// How many households still stay uncovered then.
    public var left = 0
    /// For each rank with a quota, how many more cadres of it alone would cover the rest.
    public var missing: [MissingRank] = []

    /// A cadre who should be linked elsewhere.
    public struct Relink: Hashable, Sendable {
        /// The cadre, as a position in the problem.
        public var cadre: Int32
        /// The village they are linked to now, or any village of their town; nil if they are linked nowhere.
        public var from: Int32?
        /// The short village they should be linked to, or whose town.
        public var to: Int32
        /// How many households they can take.
        public var room: Int
        /// Whether they stay in their town.
        public var isSameTown: Bool

        /// A proposal to link the cadre elsewhere.
        public init(cadre: Int32, from: Int32?, to: Int32, room: Int, isSameTown: Bool) {
            self.cadre = cadre
            self.from = from
            self.to = to
            self.room = room
            self.isSameTown = isSameTown
        }
    }

    /// How many cadres of a rank are missing.
    public struct MissingRank: Hashable, Sendable {
        /// The rank.
        public var rank: PairingRank
        /// How many.
        public var count: Int
    }
}

/// Needs of a second unit that stay unmet in a village (goal 5).
public struct JointShortage: Sendable {
    /// The village, as a position in the problem.
    public var village: Int32
    /// Its households that need two units.
    public var needs: Int
    /// How many of them do not have two; some may have nobody.
    public var unmet: Int
    /// What stands in the way.
    public var cause: Cause
    /// The cadres who may serve the village, and their units, as positions in the problem.
    public var cadres: [Int32]
    /// The units of these cadres.
    public var units: [Int32]
    /// Pinned pairs of households that have only pinned helpers, all of one unit. Positions in
    /// ``PairingProblem/pairs``.
    public var pins: [Int32]

    /// What stands in the way of a second unit.
    public enum Cause: UInt8, Sendable {
        /// Nobody with room may serve the village.
        case nobody
        /// Those who may serve the village are all of one unit (R034).
        case oneUnit
        /// Those of other units have no room: goals before this one need it.
        case noRoom
    }
}
