// One thing that is wrong with one field, and the errors that carry all of them at once.

/// What is wrong with one field of a body or one parameter of a query (an entry of `errors` in RFC 9457 terms).
public struct FieldError: Error, Sendable, Hashable {
    /// A JSON pointer (RFC 6901) into the body; `?name` for a query parameter. A parser of a single value leaves it
    /// empty or relative to the value, and the reader puts the place before it.
    public let pointer: String
    /// Stable, lower-case words with hyphens, for programs.
    public let code: String
    /// The same for people.
    public let detail: Message

    /// An error at `pointer`.
    public init(pointer: String = "", code: String, detail: Message) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }

    func below(_ place: String) -> FieldError {
        FieldError(pointer: place + pointer, code: code, detail: detail)
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

/// The field errors that Web itself finds. Codes are part of the API and never change their meaning.
enum FieldErrors {
    static func make(_ code: String, _ zh: String, _ en: String) -> FieldError {
        FieldError(code: code, detail: Message(zh: zh, en: en))
    }

    static let required = make("required", "此项必填", "this field is required")
    static let unknownField = make("unknown-field", "没有这个字段", "there is no such field")
    static let duplicateName = make(
        "duplicate-name", "同一对象中字段名重复", "the name occurs more than once in its object")
    static let loneSurrogate = make(
        "lone-surrogate", "文字含有不成对的代理码元", "the text contains an unpaired surrogate")
    static let controlCharacter = make(
        "control-character", "文字含有不允许的控制字符", "the text contains a control character that is not allowed")
    static let notInteger = make("not-an-integer", "应为整数", "a whole number is expected")
    static let objectExpected = make("wrong-type", "应为对象", "an object is expected")
    static let arrayExpected = make("wrong-type", "应为数组", "an array is expected")
    static let stringExpected = make("wrong-type", "应为字符串", "a string is expected")
    static let numberExpected = make("wrong-type", "应为数字", "a number is expected")
    static let booleanExpected = make("wrong-type", "应为 true 或 false", "true or false is expected")

    static func outOfRange(_ range: ClosedRange<Int>) -> FieldError {
        make(
            "out-of-range", "应在 \(range.lowerBound) 至 \(range.upperBound) 之间",
            "must be between \(range.lowerBound) and \(range.upperBound)")
    }

    static let outOfRange = make("out-of-range", "超出允许范围", "the number is not in its range")

    static func tooManyDecimals(_ places: Int) -> FieldError {
        make("too-many-decimals", "至多 \(places) 位小数", "at most \(places) decimals are allowed")
    }

    static func tooShort(_ characterCountMin: Int) -> FieldError {
        make("too-short", "至少 \(characterCountMin) 个字符", "at least \(characterCountMin) characters are needed")
    }

    static func tooLong(_ characterCountMax: Int) -> FieldError {
        make("too-long", "至多 \(characterCountMax) 个字符", "at most \(characterCountMax) characters are allowed")
    }

    static func tooFew(_ countMin: Int) -> FieldError {
        make("too-few", "至少 \(countMin) 项", "at least \(countMin) items are needed")
    }

    static func tooMany(_ countMax: Int) -> FieldError {
        make("too-many", "至多 \(countMax) 项", "at most \(countMax) items are allowed")
    }
}
