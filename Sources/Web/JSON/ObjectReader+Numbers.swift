// Numbers with a fraction: quantities as whole numbers of their smallest unit, and places on the Earth.

extension ObjectReader {
    /// A required number with at most `places` decimals, as a count of its last place: 0.5 with three places is 500.
    public mutating func decimal(_ key: StaticString, places: Int, in range: ClosedRange<Int>) -> Int {
        guard let member = required(key) else { return range.lowerBound }
        guard member.kind == .number else {
            record(FieldError.numberExpected, key)
            return range.lowerBound
        }
        switch member.readInteger(shiftedBy: places) {
        case .value(let value) where range.contains(value): return value
        case .value, .tooLarge: record(FieldError(.outOfRange), key)
        case .fraction: record(FieldError.tooManyDecimals(places), key)
        }
        return range.lowerBound
    }

    /// A required number of degrees or metres.
    public mutating func number(_ key: StaticString, in range: ClosedRange<Double>) -> Double {
        guard let member = required(key) else { return range.lowerBound }
        return number(member, key, range) ?? range.lowerBound
    }

    /// A number of degrees or metres that may be absent or null.
    public mutating func optionalNumber(_ key: StaticString, in range: ClosedRange<Double>) -> Double? {
        guard let member = optional(key) else { return nil }
        return number(member, key, range)
    }

    private mutating func number(
        _ member: JSONValue, _ key: StaticString, _ range: ClosedRange<Double>
    ) -> Double? {
        guard let text = member.numberText, let value = Double(text) else {
            record(FieldError.numberExpected, key)
            return nil
        }
        guard range.contains(value) else {
            record(FieldError(.outOfRange), key)
            return nil
        }
        // There is no negative zero outside.
        return value == 0 ? 0 : value
    }
}

extension JSONValue {
    /// The number times a power of ten, as an integer.
    func readInteger(shiftedBy places: Int) -> JSONInteger {
        let text = rawBytes
        return document.bytes.withUnsafeBufferPointer { JSONInteger($0[text.indices], shiftedBy: places) }
    }
}

extension JSONWriter {
    /// A number with a fraction, in the shortest form that reads as the same number.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        guard value != value.rounded() || abs(value) >= 1e15 else { return integer(Int64(value)) }
        raw(Array("\(value)".utf8))
    }
}
