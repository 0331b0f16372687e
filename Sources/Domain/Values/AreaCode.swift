// Twelve-digit division codes and the range of codes that lies below each level.
// Deliberately does not guess a level from trailing zeros: some real codes end in zeros (R001), so the level is given.

/// The levels of the division tree that have codes (R001). Groups are rows of a village, not divisions.
public enum DivisionLevel: Int, CaseIterable, Comparable, Sendable {
    case province = 1
    case city, county, town, village

    /// The stable key used in files and answers: `province` to `village`.
    public var name: String {
        switch self {
        case .province: "province"
        case .city: "city"
        case .county: "county"
        case .town: "town"
        case .village: "village"
        }
    }

    /// The Chinese word for the level.
    public var chinese: String {
        switch self {
        case .province: "省"
        case .city: "市"
        case .county: "县"
        case .town: "乡镇"
        case .village: "村"
        }
    }

    /// The level with the given key; nil for any other text.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The next level up; nil for a province.
    public var parent: DivisionLevel? { DivisionLevel(rawValue: rawValue - 1) }
    /// The next level down; nil for a village.
    public var child: DivisionLevel? { DivisionLevel(rawValue: rawValue + 1) }

    /// A province is less than a village: orders from the top of the tree down.
    public static func < (left: DivisionLevel, right: DivisionLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A division code of the National Bureau of Statistics: twelve digits, of which the first six are GB/T 2260 and
/// the next three the town (GB/T 10114). Upper levels are zero-padded on the right.
public struct AreaCode: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The twelve digits as a number, 110000000000 at the least for real codes.
    public let value: Int64

    /// Reads exactly twelve ASCII digits, the first not 0; nil for anything else.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads exactly twelve ASCII digits, the first not 0; nil for anything else.
    public init?(utf8: some Collection<UInt8>) {
        var reader = DigitReader(utf8)
        guard let number = reader.number(digits: 12), reader.isAtEnd else { return nil }
        self.init(Int64(number))
    }

    /// The code with the given value; nil unless it has exactly twelve digits.
    public init?(_ value: Int64) {
        guard (100_000_000_000...999_999_999_999).contains(value) else { return nil }
        self.value = value
    }

    /// The smallest code there can be; no division has it.
    public static let lowest = AreaCode(unchecked: 100_000_000_000)

    private init(unchecked value: Int64) {
        self.value = value
    }

    /// The twelve digits.
    public var description: String { String(value) }

    /// How many codes a division of the level spans: 1 for a village, 1,000 for a town, 1,000,000 for a county.
    public static func span(of level: DivisionLevel) -> Int64 {
        switch level {
        case .province: 10_000_000_000
        case .city: 100_000_000
        case .county: 1_000_000
        case .town: 1_000
        case .village: 1
        }
    }

    /// The codes of the division of that level that holds this code, itself included: 450923100201 at county level is
    /// 450923000000 to 450923999999.
    public func range(_ level: DivisionLevel) -> ClosedRange<Int64> {
        let start = ancestor(level).value
        return start...(start + Self.span(of: level) - 1)
    }

    /// The code of the division of that level that holds this code: its digits below the level are zero.
    public func ancestor(_ level: DivisionLevel) -> AreaCode {
        AreaCode(unchecked: value - value % Self.span(of: level))
    }

    /// The two digits of the province, 10 to 99.
    public var provincePart: Int { Int(value / Self.span(of: .province)) }
    /// The two digits of the city within its province, 0 to 99.
    public var cityPart: Int { Int(value / Self.span(of: .city) % 100) }
    /// The two digits of the county within its city, 0 to 99.
    public var countyPart: Int { Int(value / Self.span(of: .county) % 100) }
    /// The three digits of the town within its county, 0 to 999.
    public var townPart: Int { Int(value / Self.span(of: .town) % 1000) }
    /// The last three digits: the village within its town, 0 to 999.
    public var villagePart: Int { Int(value % 1000) }
    /// The first six digits, as they begin an identity number (GB/T 2260).
    public var countyDigits: Int { Int(value / Self.span(of: .county)) }

    /// Orders codes by their digits, which puts a division before what lies below it.
    public static func < (left: AreaCode, right: AreaCode) -> Bool {
        left.value < right.value
    }
}
