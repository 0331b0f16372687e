// How pressing the need of a household is, as the number of its level: what goal 2 of a run compares. Which of its
// facts count, in which order, and which stand together is policy and given.

/// The levels of need.
public struct NeedLevels: Hashable, Sendable {
    /// A fact of a household that need is told by.
    public enum Criterion: String, CaseIterable, Sendable {
        /// Where it stands between being registered and being lifted.
        case state
        /// How poor it is.
        case depth
        /// Whether it has no labour or cannot care for itself.
        case labour

        /// What can be said of it.
        public var values: [String] {
            switch self {
            case .state: ["registered", "returned", "monitored", "preparing", "consolidation", "lifted"]
            case .depth: ["deep", "moderate", "slight", "unknown"]
            case .labour: ["none", "present"]
            }
        }
    }

    /// The facts that count, the first before all others.
    public let order: [Criterion]
    private let places: [String: Int]
    private let numbers: [[Int]: UInt8]

    /// Levels of this order.
    ///
    /// - Parameter places: the place of each value among those of its criterion, named `criterion.value`; 1 is the most
    ///   pressing, and the same place means together.
    public init(order: [Criterion], places: [String: Int]) {
        self.order = order
        self.places = places
        var all: [[Int]] = [[]]
        for criterion in order {
            let own = Set(criterion.values.map { places["\(criterion.rawValue).\($0)"] ?? Self.placeMax })
            all = all.flatMap { start in own.map { start + [$0] } }
        }
        let sorted = all.sorted { $1.lexicographicallyPrecedes($0) }
        numbers = Dictionary(
            uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt8(min($0, Int(PairingHousehold.needMax)))) })
    }

    /// The last place.
    public static let placeMax = 9

    /// The number of a household's level, more for a more pressing one.
    ///
    /// - Parameters:
    ///   - state: a value of ``Criterion/state``.
    ///   - depth: the code of its depth of poverty; nil where it is not known.
    ///   - isHelpless: whether it has no labour or cannot care for itself.
    public func number(state: String, depth: String?, isHelpless: Bool) -> UInt8 {
        let place = order.map { criterion in
            let value =
                switch criterion {
                case .state: state
                case .depth: depth ?? "unknown"
                case .labour: isHelpless ? "none" : "present"
                }
            return places["\(criterion.rawValue).\(value)"] ?? Self.placeMax
        }
        return numbers[place] ?? 0
    }
}
