// The query string of a request (application/x-www-form-urlencoded), read like a body: all errors at once.

/// Reads the parameters of a query. Names and values are decoded (`%xx`, `+`); a name that occurs twice, a broken
/// escape or text that is not UTF-8 is recorded with the pointer `?name`. An empty value counts as absent, because
/// forms send their empty fields. `finish()` reports parameters never asked for, and throws.
public struct Query {
    /// How many parameters are read; more are one error.
    public static let parametersMax = 64

    private var parameters: [(name: String, value: String, isRead: Bool)] = []
    private var errors: [FieldError] = []

    /// Splits the bytes after `?`; nil is an empty query.
    public init(_ query: ArraySlice<UInt8>?) {
        guard let query, !query.isEmpty else { return }
        for part in query.split(separator: UInt8(ascii: "&"), maxSplits: Self.parametersMax) {
            if parameters.count == Self.parametersMax {
                errors.append(Self.tooMany)
                break
            }
            add(part)
        }
    }

    private static let tooMany = FieldError(
        pointer: "?", .tooMany, zh: "查询参数过多", en: "there are too many query parameters")
    private static let malformed = FieldError(
        .malformed, zh: "百分号转义或 UTF-8 编码不正确", en: "the percent-encoding or the UTF-8 is broken")

    private mutating func add(_ part: ArraySlice<UInt8>) {
        let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        guard let name = Self.text(part[..<equals]) else {
            errors.append(Self.malformed.below("?"))
            return
        }
        guard let value = Self.text(part[equals...].dropFirst()) else {
            record(Self.malformed, name)
            return
        }
        if parameters.contains(where: { $0.name == name }) {
            record(FieldError(.duplicateName), name)
        } else {
            parameters.append((name, value, false))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let decoded = PercentDecoding.decoded(bytes, plusIsSpace: true) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    private mutating func record(_ error: FieldError, _ name: String) {
        if errors.count < ObjectReader.errorsMax { errors.append(error.below("?" + JSONPointer.token(name))) }
    }

    // MARK: Typed access

    /// The text of a parameter; nil if it is absent, empty, or wrong (and then recorded).
    public mutating func string(_ name: String, characters: ClosedRange<Int>) -> String? {
        guard let position = parameters.firstIndex(where: { $0.name == name }) else { return nil }
        parameters[position].isRead = true
        let value = parameters[position].value
        if value.isEmpty { return nil }
        if let error = TextRule.line.error(in: value, characters: characters) {
            record(error, name)
            return nil
        }
        return value
    }

    /// A whole number in decimal digits with at most a minus sign.
    public mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = string(name, characters: 0...ObjectReader.ownTypeCharactersMax) else { return nil }
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
            record(FieldError(.notAnInteger), name)
            return nil
        }
        // What does not fit an Int is outside every range.
        guard let value = Int(text), range.contains(value) else {
            record(FieldError.outOfRange(range), name)
            return nil
        }
        return value
    }

    /// `true` or `false`.
    public mutating func boolean(_ name: String) -> Bool? {
        switch string(name, characters: 0...ObjectReader.ownTypeCharactersMax) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default:
            record(FieldError.booleanExpected, name)
            return nil
        }
    }

    /// A value of an own type; `parse` throws the error without a place.
    public mutating func value<T>(_ name: String, _ parse: (String) throws(FieldError) -> T) -> T? {
        guard let text = string(name, characters: 0...ObjectReader.ownTypeCharactersMax) else { return nil }
        do throws(FieldError) {
            return try parse(text)
        } catch {
            record(error, name)
            return nil
        }
    }

    /// The same of a parameter that must be there: the placeholder stands for one that is absent or wrong, and is never
    /// used, because `finish()` throws then.
    public mutating func value<T>(
        _ name: String, placeholder: @autoclosure () -> T, _ parse: (String) throws(FieldError) -> T
    ) -> T {
        let isThere = parameters.contains { $0.name == name && !$0.value.isEmpty }
        if !isThere { record(FieldError(.required), name) }
        return value(name, parse) ?? placeholder()
    }

    /// Records that a parameter breaks a rule.
    public mutating func report(_ name: String, _ code: FieldCode) {
        record(FieldError(code), name)
    }

    /// The same in words of its own.
    public mutating func report(_ name: String, _ code: FieldCode, zh: String, en: String) {
        record(FieldError(code, zh: zh, en: en), name)
    }

    /// Reports the parameters never asked for, and throws if anything at all was recorded.
    public mutating func finish() throws(InvalidQuery) {
        for parameter in parameters where !parameter.isRead { record(FieldError(.unknownParameter), parameter.name) }
        if !errors.isEmpty { throw InvalidQuery(errors: errors) }
    }
}
