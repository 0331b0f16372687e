// The codes of wrong fields and of rows of reports: for each rule one code, with the words that hold wherever it is
// broken. Codes are declared here and beside what they judge; nobody writes one at the place of an error.

/// An entry of the catalogue of field errors. The slug is part of the API: it never changes its meaning.
public struct FieldCode: Sendable {
    /// Lower-case words with hyphens, for programs.
    public let slug: String
    /// What is wrong, or what would be right, for people; a place that knows more says it in its own words.
    public let text: Message

    /// Declares a code; done once, as a static constant.
    public init(_ slug: String, zh: String, en: String) {
        self.slug = slug
        text = Message(zh: zh, en: en)
    }

    /// A kind of problem where it stands at a field or a row.
    public init(_ kind: ProblemKind) {
        slug = kind.slug
        text = kind.title
    }

    init(_ code: JSONSyntaxError.Code) {
        self.init(code.rawValue, zh: code.words.zh, en: code.words.en)
    }

    /// What is wrong with a row as CSV.
    public init(_ code: CSVError.Code) {
        slug = code.rawValue
        text = code.message
    }
}

/// A code is its slug, in whatever words.
extension FieldCode: Hashable, CustomStringConvertible {
    /// Compares the slugs.
    public static func == (left: FieldCode, right: FieldCode) -> Bool { left.slug == right.slug }

    /// The slug alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(slug) }

    /// The slug.
    public var description: String { slug }
}

/// The codes of the readers of bodies and queries, which every domain uses.
extension FieldCode {
    /// A field, cell or parameter that must be there.
    public static let required = FieldCode("required", zh: "此项必填", en: "this is required")
    /// A field that nobody asks for.
    public static let unknownField = FieldCode("unknown-field", zh: "没有这个字段", en: "there is no such field")
    /// A parameter that nobody asks for.
    public static let unknownParameter = FieldCode(
        "unknown-parameter", zh: "没有这个查询参数", en: "there is no such query parameter")
    /// A value that its list does not have.
    public static let unknownCode = FieldCode("unknown-code", zh: "没有这个值", en: "there is no such value")
    /// A field or parameter that appears twice.
    public static let duplicateName = FieldCode("duplicate-name", zh: "名称重复", en: "the name occurs more than once")
    /// Another form than the field has.
    public static let malformed = FieldCode(
        "malformed", zh: "格式不对", en: "this is not written in the form that is expected")
    /// Another type of JSON than the field has.
    public static let wrongType = FieldCode("wrong-type", zh: "值的类型不对", en: "the value is of the wrong type")
    /// No whole number.
    public static let notAnInteger = FieldCode("not-an-integer", zh: "应为整数", en: "a whole number is expected")
    /// A number beyond its bounds.
    public static let outOfRange = FieldCode("out-of-range", zh: "超出允许范围", en: "the number is not in its range")
    /// A number that is more exact than the field.
    public static let tooManyDecimals = FieldCode(
        "too-many-decimals", zh: "小数位过多", en: "there are too many decimals")
    /// Fewer characters than needed.
    public static let tooShort = FieldCode("too-short", zh: "文字过短", en: "the text is too short")
    /// More characters than allowed.
    public static let tooLong = FieldCode("too-long", zh: "文字过长", en: "the text is too long")
    /// Fewer items or fields than needed.
    public static let tooFew = FieldCode("too-few", zh: "至少填写一项", en: "at least one is needed")
    /// More items than allowed.
    public static let tooMany = FieldCode("too-many", zh: "项数过多", en: "there are too many")
    /// A control character where none may stand.
    public static let controlCharacter = FieldCode(
        "control-character", zh: "文字含有不允许的控制字符", en: "the text contains a control character that is not allowed")
    /// Half of a pair of UTF-16.
    public static let loneSurrogate = FieldCode(
        "lone-surrogate", zh: "文字含有不成对的代理码元", en: "the text contains an unpaired surrogate")

    /// All codes that Web itself finds.
    public static let web: [FieldCode] =
        [
            required, unknownField, unknownParameter, unknownCode, duplicateName, malformed, wrongType, notAnInteger,
            outOfRange, tooManyDecimals, tooShort, tooLong, tooFew, tooMany, controlCharacter, loneSurrogate,
        ] + JSONSyntaxError.Code.allCases.map { FieldCode($0) } + CSVError.Code.allCases.map { FieldCode($0) }
}
