// Which parameters there are: policy that an area may set for itself, with the type, unit and bounds of each value. The
// values are dated rows of the database; deliberately none stands here.

/// What a value counts.
public enum ParameterUnit: String, Sendable, CaseIterable {
    case households, villages, towns, causes
    case timesPerMonth = "times-per-month"
    case timesPerYear = "times-per-year"
    case minutes, days, months, years
    case workingDays = "working-days"
    case daysPerMonth = "days-per-month"
    /// Whole years of age.
    case age
    /// Hundredths of a yuan.
    case fen
    case permille
    case squareMetres = "square-metres"
    /// What counts only in proportion to others of its kind.
    case weight
    /// Where something stands in an order; the same for what stands together.
    case place
    /// Days that come every year.
    case seasons
    /// One or several words of a closed set.
    case codes
}

/// What a value may be.
public enum ParameterType: Sendable, Hashable {
    /// A whole number within bounds.
    case number(ClosedRange<Int>)
    /// One of these words.
    case choice([String])
    /// Any of these words, each once, at least one.
    case set([String])
    /// Seasons of the year in which a crop keeps people busy, `MM-DD/MM-DD`, each once; none says that there are none.
    case seasons(crop: String)
}

/// A value of a parameter.
public enum ParameterValue: Hashable, Sendable {
    case number(Int)
    case choice(String)
    case set([String])

    /// The number; nil where it is none.
    public var number: Int? { if case .number(let number) = self { number } else { nil } }
}

/// A parameter that areas set.
public struct ParameterKey: Hashable, Sendable {
    /// The stable name, for example `quota.section`.
    public let name: String
    /// What it says, in Chinese.
    public let chinese: String
    /// What it says, in English.
    public let english: String
    /// What its values may be.
    public let type: ParameterType
    /// What they count.
    public let unit: ParameterUnit
    /// Whether the service acts on it; else it is only kept and told to whoever asks, as the domain that would act on
    /// it is not built.
    public let isActedOn: Bool
    /// Where it comes from: a section of the requirements, or an R-number.
    public let source: String

    /// Two parameters are the same if their names are.
    public static func == (left: ParameterKey, right: ParameterKey) -> Bool { left.name == right.name }

    /// Feeds the name, which is unique.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The parameter of a name; nil if there is none.
    public static func named(_ name: String) -> ParameterKey? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Whether the value is one of this parameter's.
    public func takes(_ value: ParameterValue) -> Bool {
        switch (type, value) {
        case (.number(let range), .number(let number)): range.contains(number)
        case (.choice(let words), .choice(let word)): words.contains(word)
        case (.set(let words), .set(let chosen)):
            !chosen.isEmpty && Set(chosen).count == chosen.count && chosen.allSatisfy(words.contains)
        case (.seasons, .set(let seasons)):
            Set(seasons).count == seasons.count && seasons.count <= 12
                && seasons.allSatisfy { YearlySeason($0) != nil }
        default: false
        }
    }

    /// What a right value looks like, in Chinese and English.
    public var expectation: (chinese: String, english: String) {
        switch type {
        case .number(let range):
            (
                "\(range.lowerBound) 至 \(range.upperBound) 的整数，单位 \(unit.rawValue)",
                "a whole number from \(range.lowerBound) to \(range.upperBound), in \(unit.rawValue)"
            )
        case .choice(let words): ("\(words.joined(separator: "、")) 之一", "one of \(words.joined(separator: ", "))")
        case .set(let words):
            (
                "\(words.joined(separator: "、")) 中的一项或多项，不重复",
                "one or several of \(words.joined(separator: ", ")), each once"
            )
        case .seasons:
            (
                "至多 12 段时间，各写作 MM-DD/MM-DD，不重复，可为空",
                "at most 12 seasons, each written MM-DD/MM-DD, each once; there may be none"
            )
        }
    }
}
