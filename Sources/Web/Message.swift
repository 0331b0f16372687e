// Words for people, in the two languages of the service.
//
// Deliberately not a localisation system: two languages, fixed at compile time, no bundles, no plural rules.

/// A sentence in Chinese and in English. The stable `code` beside it is for programs; this is for people.
public struct Message: Sendable, Hashable {
    /// The Chinese text (simplified).
    public let zh: String
    /// The English text.
    public let en: String

    /// Both texts are required, so that no answer falls back to a language its reader did not ask for.
    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// The text in `language`.
    public func text(in language: Language) -> String {
        switch language {
        case .zh: zh
        case .en: en
        }
    }
}

/// The languages in which titles and details are written.
public enum Language: String, Sendable, CaseIterable {
    /// Simplified Chinese, the default.
    case zh
    /// English.
    case en

    /// The value of a `Content-Language` field.
    public var tag: String {
        switch self {
        case .zh: "zh-CN"
        case .en: "en"
        }
    }

    /// Chooses by an `Accept-Language` value (RFC 9110 12.5.4): the highest weight wins, equal weights go to the one
    /// named first, `*` stands for Chinese. Absent, malformed, or naming neither language: Chinese. Never an error,
    /// because the RFC lets a server ignore the field.
    public static func preferred(_ acceptLanguage: String?) -> Language {
        guard let acceptLanguage else { return .zh }
        var best = Language.zh
        var bestWeight = 0
        for element in WeightedList(acceptLanguage) {
            guard let language = Language(range: element.value) else { continue }
            if element.weight > bestWeight {
                best = language
                bestWeight = element.weight
            }
        }
        return best
    }

    private init?(range: Substring) {
        let primary = range.prefix { $0 != "-" }.lowercased()
        switch primary {
        case "zh", "*": self = .zh
        case "en": self = .en
        default: return nil
        }
    }
}

/// Comma-separated elements with `;q=` weights (RFC 9110 12.4.2), as in Accept and Accept-Language. Elements whose
/// weight is malformed are left out. Weights are thousandths, 0...1000.
struct WeightedList: Sequence {
    struct Element {
        let value: Substring
        let weight: Int
    }

    private let text: String

    /// Elements past this number are not read: nobody lists more, and a field may be 16 KB long.
    static let elementCountMax = 64

    init(_ text: String) {
        self.text = text
    }

    func makeIterator() -> some IteratorProtocol<Element> {
        text.split(separator: ",", maxSplits: Self.elementCountMax).prefix(Self.elementCountMax).lazy
            .compactMap(Self.element).makeIterator()
    }

    private static func element(_ text: Substring) -> Element? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        let value = trimmed(parts[0])
        if value.isEmpty { return nil }
        for part in parts.dropFirst() {
            let parameter = trimmed(part)
            guard parameter.lowercased().hasPrefix("q=") else { continue }
            guard let weight = weight(parameter.dropFirst(2)) else { return nil }
            return Element(value: value, weight: weight)
        }
        return Element(value: value, weight: 1000)
    }

    /// `0`, `1`, `0.5`, `1.000`: at most three decimals (RFC 9110 12.4.2).
    private static func weight(_ text: Substring) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), digits.count <= 5
        else {
            return nil
        }
        var weight = Int(first - UInt8(ascii: "0")) * 1000
        guard digits.count > 1 else { return weight }
        guard digits[1] == UInt8(ascii: ".") else { return nil }
        var unit = 100
        for digit in digits.dropFirst(2) {
            guard digit.isDigit else { return nil }
            weight += Int(digit - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return weight <= 1000 ? weight : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
