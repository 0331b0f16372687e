// The kinds of fields that bodies are made of.

extension ObjectReader {
    // MARK: Texts

    /// A required text. Characters are Unicode scalars.
    public mutating func string(
        _ key: StaticString, characters: ClosedRange<Int>, _ rule: TextRule = .line
    ) -> String {
        guard let member = required(key) else { return "" }
        return text(member, key, characters, rule) ?? ""
    }

    /// A text that may be absent or null.
    public mutating func optionalString(
        _ key: StaticString, characters: ClosedRange<Int>, _ rule: TextRule = .line
    ) -> String? {
        guard let member = optional(key) else { return nil }
        return text(member, key, characters, rule)
    }

    mutating func text(
        _ member: JSONValue, _ key: StaticString, _ characters: ClosedRange<Int>, _ rule: TextRule
    ) -> String? {
        switch Self.text(member, characters, rule) {
        case .success(let text): return text
        case .failure(let error):
            record(error, key)
            return nil
        }
    }

    static func text(
        _ member: JSONValue, _ characters: ClosedRange<Int>, _ rule: TextRule
    ) -> Result<String, FieldError> {
        guard let text = member.string else { return .failure(FieldError.stringExpected) }
        if let error = rule.error(in: text, characters: characters) { return .failure(error) }
        return .success(text)
    }

    // MARK: Numbers and truth

    /// A required whole number (`1`, `1.0` and `1e2` are whole).
    public mutating func integer(_ key: StaticString, in range: ClosedRange<Int>) -> Int {
        guard let member = required(key) else { return range.lowerBound }
        return integer(member, key, range) ?? range.lowerBound
    }

    /// A whole number that may be absent or null.
    public mutating func optionalInteger(_ key: StaticString, in range: ClosedRange<Int>) -> Int? {
        guard let member = optional(key) else { return nil }
        return integer(member, key, range)
    }

    mutating func integer(_ member: JSONValue, _ key: StaticString, _ range: ClosedRange<Int>) -> Int? {
        guard member.kind == .number else {
            record(FieldError.numberExpected, key)
            return nil
        }
        switch member.readInteger() {
        case .value(let value) where range.contains(value): return value
        case .value, .tooLarge: record(FieldError.outOfRange(range), key)
        case .fraction: record(FieldError(.notAnInteger), key)
        }
        return nil
    }

    /// A required boolean.
    public mutating func boolean(_ key: StaticString) -> Bool {
        guard let member = required(key) else { return false }
        return boolean(member, key) ?? false
    }

    /// A boolean that may be absent or null.
    public mutating func optionalBoolean(_ key: StaticString) -> Bool? {
        guard let member = optional(key) else { return nil }
        return boolean(member, key)
    }

    mutating func boolean(_ member: JSONValue, _ key: StaticString) -> Bool? {
        if let boolean = member.boolean { return boolean }
        record(FieldError.booleanExpected, key)
        return nil
    }

    // MARK: Own types

    /// The longest text that is handed to a parser of an own type: identifiers, dates and codes are short.
    public static let ownTypeCharactersMax = 1000

    /// A required value of an own type, parsed from a string. `parse` throws the error without a place; `placeholder`
    /// is returned beside a recorded error and never used.
    public mutating func value<T>(
        _ key: StaticString, placeholder: @autoclosure () -> T, _ parse: (String) throws(FieldError) -> T
    ) -> T {
        guard let member = required(key) else { return placeholder() }
        return own(member, key, parse) ?? placeholder()
    }

    /// A value of an own type that may be absent or null.
    public mutating func optionalValue<T>(
        _ key: StaticString, _ parse: (String) throws(FieldError) -> T
    ) -> T? {
        guard let member = optional(key) else { return nil }
        return own(member, key, parse)
    }

    mutating func own<T>(
        _ member: JSONValue, _ key: StaticString, _ parse: (String) throws(FieldError) -> T
    ) -> T? {
        guard let text = text(member, key, 0...Self.ownTypeCharactersMax, .line) else { return nil }
        do throws(FieldError) {
            return try parse(text)
        } catch {
            record(error, key)
            return nil
        }
    }

    // MARK: Objects and arrays

    /// A required object. Its unknown fields are reported when `read` returns.
    public mutating func object<T>(_ key: StaticString, _ read: (inout ObjectReader) -> T) -> T? {
        guard let member = required(key) else { return nil }
        return nested(member, in: place(key), position: nil, read)
    }

    /// An object that may be absent or null.
    public mutating func optionalObject<T>(_ key: StaticString, _ read: (inout ObjectReader) -> T) -> T? {
        guard let member = optional(key) else { return nil }
        return nested(member, in: place(key), position: nil, read)
    }

    /// A required array of objects; each is read by `read`.
    public mutating func array<T>(
        _ key: StaticString, count: ClosedRange<Int>, _ read: (inout ObjectReader) -> T
    ) -> [T] {
        guard let member = required(key) else { return [] }
        return objects(member, key, count, read) ?? []
    }

    /// An array of objects that may be absent or null.
    public mutating func optionalArray<T>(
        _ key: StaticString, count: ClosedRange<Int>, _ read: (inout ObjectReader) -> T
    ) -> [T]? {
        guard let member = optional(key) else { return nil }
        return objects(member, key, count, read)
    }

    /// A required array whose elements the caller reads one by one, each with a reader and errors of its own.
    public mutating func values(_ key: StaticString, count: ClosedRange<Int>) -> [JSONValue] {
        guard let member = required(key), isArray(member, key, count) else { return [] }
        return Array(member.elements)
    }

    /// A required array of texts.
    public mutating func strings(
        _ key: StaticString, count: ClosedRange<Int>, characters: ClosedRange<Int> = 1...100
    ) -> [String] {
        guard let member = required(key) else { return [] }
        return texts(member, key, count, characters) ?? []
    }

    /// An array of texts that may be absent or null.
    public mutating func optionalStrings(
        _ key: StaticString, count: ClosedRange<Int>, characters: ClosedRange<Int> = 1...100
    ) -> [String]? {
        guard let member = optional(key) else { return nil }
        return texts(member, key, count, characters)
    }

    private mutating func objects<T>(
        _ member: JSONValue, _ key: StaticString, _ count: ClosedRange<Int>, _ read: (inout ObjectReader) -> T
    ) -> [T]? {
        guard isArray(member, key, count) else { return nil }
        let place = place(key)
        var items: [T] = []
        for (position, element) in member.elements.enumerated() {
            items.append(nested(element, in: place, position: position, read))
        }
        return items
    }

    mutating func texts(
        _ member: JSONValue, _ key: StaticString, _ count: ClosedRange<Int>, _ characters: ClosedRange<Int>
    ) -> [String]? {
        guard isArray(member, key, count) else { return nil }
        var texts: [String] = []
        for (position, element) in member.elements.enumerated() {
            switch Self.text(element, characters, .line) {
            case .success(let text): texts.append(text)
            case .failure(let error): record(error, at: "\(place(key))/\(position)")
            }
        }
        return texts
    }

    /// Records a wrong type, too few or too many items. An array that is too long is not read any further.
    private mutating func isArray(_ member: JSONValue, _ key: StaticString, _ count: ClosedRange<Int>) -> Bool {
        guard member.kind == .array else {
            record(FieldError.arrayExpected, key)
            return false
        }
        var found = 0
        for _ in member.elements {
            found += 1
            if found > count.upperBound {
                record(FieldError.tooMany(count.upperBound), key)
                return false
            }
        }
        if found < count.lowerBound { record(FieldError.tooFew(count.lowerBound), key) }
        return true
    }
}
