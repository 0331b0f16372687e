// One thing that is wrong with one field, and the errors that carry all of them at once.

/// What is wrong with one field of a body or one parameter of a query (an entry of `errors` in RFC 9457 terms).
public struct FieldError: Error, Sendable, Hashable {
    /// A JSON pointer (RFC 6901) into the body; `?name` for a query parameter. A parser of a single value leaves it
    /// empty or relative to the value, and the reader puts the place before it.
    public let pointer: String
    /// Which rule is broken, for programs.
    public let code: FieldCode
    /// The same for people.
    public let detail: Message

    /// An error at `pointer`, in the words of its code where nothing more is known.
    public init(pointer: String = "", _ code: FieldCode, detail: Message? = nil) {
        self.pointer = pointer
        self.code = code
        self.detail = detail ?? code.text
    }

    /// An error in words of its own.
    public init(pointer: String = "", _ code: FieldCode, zh: String, en: String) {
        self.init(pointer: pointer, code, detail: Message(zh: zh, en: en))
    }

    /// The same error, found in what stands at `place`.
    public func below(_ place: String) -> FieldError {
        FieldError(pointer: place + pointer, code, detail: detail)
    }
}

extension [FieldError] {
    /// Adds an error in the words of its code.
    public mutating func report(_ pointer: String, _ code: FieldCode) {
        append(FieldError(pointer: pointer, code))
    }

    /// Adds an error in words of its own.
    public mutating func report(_ pointer: String, _ code: FieldCode, zh: String, en: String) {
        append(FieldError(pointer: pointer, code, zh: zh, en: en))
    }
}

/// A body that is JSON, but not what the endpoint takes (422). Holds all errors found, at most
/// `ObjectReader.errorsMax`.
public struct InvalidBody: Error, Sendable, Hashable {
    /// In the order in which the fields were read; never empty.
    public let errors: [FieldError]

    /// Also for rules that are checked after the body was read.
    public init(errors: [FieldError]) {
        self.errors = errors
    }
}

/// A query string that the endpoint does not take (400).
public struct InvalidQuery: Error, Sendable, Hashable {
    /// In the order in which the parameters were read; never empty.
    public let errors: [FieldError]

    /// Also for rules that are checked after the query was read.
    public init(errors: [FieldError]) {
        self.errors = errors
    }
}

/// Errors that say their bounds, or what is expected.
extension FieldError {
    static let objectExpected = FieldError(.wrongType, zh: "应为对象", en: "an object is expected")
    static let arrayExpected = FieldError(.wrongType, zh: "应为数组", en: "an array is expected")
    static let stringExpected = FieldError(.wrongType, zh: "应为字符串", en: "a string is expected")
    static let numberExpected = FieldError(.wrongType, zh: "应为数字", en: "a number is expected")
    static let booleanExpected = FieldError(.wrongType, zh: "应为 true 或 false", en: "true or false is expected")

    /// A number beyond its bounds.
    public static func outOfRange(_ range: ClosedRange<Int>) -> FieldError {
        FieldError(
            .outOfRange, zh: "应在 \(range.lowerBound) 至 \(range.upperBound) 之间",
            en: "must be between \(range.lowerBound) and \(range.upperBound)")
    }

    /// A value that is none of a few words.
    public static func notOneOf(_ words: [String]) -> FieldError {
        FieldError(
            .unknownCode, zh: "应为 \(words.joined(separator: "、")) 之一", en: "one of \(words.joined(separator: ", "))")
    }

    static func tooManyDecimals(_ places: Int) -> FieldError {
        FieldError(.tooManyDecimals, zh: "至多 \(places) 位小数", en: "at most \(places) decimals are allowed")
    }

    static func tooShort(_ characters: Int) -> FieldError {
        FieldError(.tooShort, zh: "至少 \(characters) 个字符", en: "at least \(characters) characters are needed")
    }

    /// A text of more characters than allowed.
    public static func tooLong(_ characters: Int) -> FieldError {
        FieldError(.tooLong, zh: "至多 \(characters) 个字符", en: "at most \(characters) characters are allowed")
    }

    static func tooFew(_ count: Int) -> FieldError {
        FieldError(.tooFew, zh: "至少 \(count) 项", en: "at least \(count) items are needed")
    }

    static func tooMany(_ count: Int) -> FieldError {
        FieldError(.tooMany, zh: "至多 \(count) 项", en: "at most \(count) items are allowed")
    }
}
