// The demonstration county: an endless-looking but exact stream of invented households on a tree of places.
// Memory does not grow with the number of households: each is made when it is asked for, and forgotten.

import Domain

/// Why a demonstration county cannot be made.
public enum DemonstrationProblem: Error, Hashable, Sendable {
    /// The tree has no village to live in.
    case noVillages
    /// The number of households is not 1 to 20,000 a village.
    case householdCount(villages: Int)
}

extension DemonstrationProblem: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .noVillages: "the tree of divisions has no village to live in"
        case .householdCount(let villages):
            "the number of households must be 1 to 20,000 for each of the \(villages) villages"
        }
    }
}

/// A county of invented households, the same for the same seed, day, tree and number of households.
///
/// The households come village by village in the order of codes, and by archive number within a village, with about
/// 4.8 people each (26,000 households: 125,000 people, R020). Some carry the trouble of real registers: numbers that
/// are missing, wrong or of 15 digits, causes without the facts, labour that does not fit the age (§2.6).
public struct DemonstrationCounty: Sequence, Sendable {
    /// The tree, parents before children.
    public let divisions: [DemonstrationDivision]
    /// The villages that are registered as poor (R002): 138 of 359, and in that proportion of other trees.
    public let poorVillages: Set<AreaCode>
    /// How many households come.
    public let householdCount: Int
    /// The day of the county: nobody is born and nothing happens after it.
    public let asOf: CivilDate

    let seed: UInt64
    let villages: [AreaCode]
    /// For each village, how many households come before and in it.
    let householdEnds: [Int]

    /// A county of so many households. Nothing is made yet.
    public init(
        households: Int = 26_000, seed: UInt64, asOf: CivilDate,
        divisions: [DemonstrationDivision] = DemonstrationDivision.invented
    ) throws(DemonstrationProblem) {
        let villages = divisions.filter { $0.level == .village }.map(\.code).sorted()
        guard !villages.isEmpty else { throw .noVillages }
        guard households >= 1, households <= villages.count * 20_000 else {
            throw .householdCount(villages: villages.count)
        }
        var generator = SeededGenerator(seed: seed ^ 0x706C_6163_6573)
        var candidates = villages
        generator.shuffle(&candidates)
        let poor = Set(candidates.prefix((villages.count * 138 + 179) / 359))
        // A poor village has about twice the registered households of another one.
        let weights = villages.map { generator.number(in: 60...140) * (poor.contains($0) ? 2 : 1) }
        let total = weights.reduce(0, +)
        var sum = 0
        householdEnds = weights.map {
            sum += $0
            return Int((Int64(households) * Int64(sum)) / Int64(total))
        }
        self.divisions = divisions.sorted { ($0.level, $0.code) < ($1.level, $1.code) }
        self.villages = villages
        self.seed = seed
        self.asOf = asOf
        poorVillages = poor
        householdCount = households
    }

    /// A new run through the same households.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// One run through the households.
    public struct Iterator: IteratorProtocol, Sendable {
        private let county: DemonstrationCounty
        private var generator: SeededGenerator
        private var numbers: DemonstrationNumbers
        private var sizes: [Int] = []
        private var index = 0
        private var village = 0
        private var groupCount = 0
        private var numberInVillage = 0

        init(_ county: DemonstrationCounty) {
            self.county = county
            generator = SeededGenerator(seed: county.seed)
            numbers = DemonstrationNumbers(asOf: county.asOf)
        }

        /// The next household, or nil after the last.
        public mutating func next() -> DemonstrationHousehold? {
            guard index < county.householdCount else { return nil }
            while index >= county.householdEnds[village] {
                village += 1
                numberInVillage = 0
            }
            if numberInVillage == 0 { groupCount = generator.perMille(80) ? 0 : generator.number(in: 3...12) }
            if sizes.isEmpty {
                sizes = DemonstrationFamily.sizeDeck
                generator.shuffle(&sizes)
            }
            numberInVillage += 1
            var maker = HouseholdMaker(
                asOf: county.asOf,
                time: Instant(startOf: county.asOf).milliseconds - Int64(county.householdCount - index))
            index += 1
            let code = county.villages[village]
            return maker.household(
                size: sizes.removeLast(), village: code, archiveNumber: archiveNumber(code),
                groupName: groupName, &numbers, &generator)
        }

        private func archiveNumber(_ code: AreaCode) -> String {
            let place = code.townPart * 1000 + code.villagePart
            return String(unsafeUninitializedCapacity: 11) { buffer in
                buffer.writeDigits(place, at: 0, count: 6)
                buffer.writeDigits(numberInVillage, at: 6, count: 5)
                return 11
            }
        }

        private var groupName: String? {
            guard groupCount > 0 else { return nil }
            let words = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
            return "第\(words[(numberInVillage - 1) % groupCount])组"
        }
    }
}
