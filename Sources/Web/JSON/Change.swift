// The fields of a JSON Merge Patch (RFC 7396) as changes: an absent member keeps, null clears, a value sets.

/// What a merge patch does to one field.
public enum Change<Value> {
    /// The member is absent.
    case keep
    /// The member is null.
    case clear
    /// The member has a value.
    case set(Value)

    /// The field after the change.
    public func applied(to old: Value?) -> Value? {
        switch self {
        case .keep: old
        case .clear: nil
        case .set(let value): value
        }
    }

    /// Whether the patch says anything about the field.
    public var isKeep: Bool { if case .keep = self { true } else { false } }
}

extension Change: Sendable where Value: Sendable {}
extension Change: Equatable where Value: Equatable {}

extension ObjectReader {
    /// A change of an own type parsed from a string. A null for a field that cannot be cleared is recorded as missing.
    public mutating func change<T>(
        _ key: StaticString, clearable: Bool = true, _ parse: (String) throws(FieldError) -> T
    ) -> Change<T> {
        change(key, clearable) { reader, member in reader.own(member, key, parse) }
    }

    /// A change of a text.
    public mutating func changeString(
        _ key: StaticString, characters: ClosedRange<Int>, _ rule: TextRule = .line, clearable: Bool = true
    ) -> Change<String> {
        change(key, clearable) { reader, member in reader.text(member, key, characters, rule) }
    }

    /// A change of a whole number.
    public mutating func changeInteger(
        _ key: StaticString, in range: ClosedRange<Int>, clearable: Bool = true
    ) -> Change<Int> {
        change(key, clearable) { reader, member in reader.integer(member, key, range) }
    }

    /// A change of a boolean.
    public mutating func changeBoolean(_ key: StaticString, clearable: Bool = true) -> Change<Bool> {
        change(key, clearable) { reader, member in reader.boolean(member, key) }
    }

    /// A change of an array of texts, which is replaced whole (RFC 7396 knows no other way).
    public mutating func changeStrings(
        _ key: StaticString, count: ClosedRange<Int>, characters: ClosedRange<Int> = 1...100, clearable: Bool = true
    ) -> Change<[String]> {
        change(key, clearable) { reader, member in reader.texts(member, key, count, characters) }
    }

    private mutating func change<T>(
        _ key: StaticString, _ clearable: Bool, _ read: (inout ObjectReader, JSONValue) -> T?
    ) -> Change<T> {
        guard let member = member(key) else { return .keep }
        if member.isNull {
            if !clearable { record(FieldError(.required), key) }
            return .clear
        }
        guard let value = read(&self, member) else { return .keep }
        return .set(value)
    }
}
