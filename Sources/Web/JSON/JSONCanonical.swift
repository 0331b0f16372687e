// One form for all texts that say the same: what idempotency compares.
//
// Not RFC 8785: that one rounds numbers to doubles and sorts by UTF-16. This form is only ever hashed here.

extension JSONDocument {
    /// The decoded content in canonical form; see `JSONValue.canonicalBytes()`.
    public func canonicalBytes() -> [UInt8] { root.canonicalBytes() }
}

extension JSONValue {
    /// The value with names sorted by their bytes, no white space, every string escaped in one way, and equal numbers
    /// written equally (`1`, `1.0` and `10e-1` are one). Two values have equal bytes exactly when their content is
    /// equal.
    public func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter(reserve: document.bytes.count + 16)
        write(into: &writer)
        return writer.take()
    }

    /// The canonical form of an object without one of its own members: an id that stands in a body or not says nothing
    /// of its content.
    public func canonicalBytes(without name: String) -> [UInt8] {
        guard kind == .object else { return canonicalBytes() }
        var writer = JSONWriter(reserve: document.bytes.count + 16)
        write(namedMembers().filter { !$0.name.elementsEqual(name.utf8) }, into: &writer)
        return writer.take()
    }

    /// Recursion is bounded by `JSONDocument.depthMax`.
    private func write(into writer: inout JSONWriter) {
        switch kind {
        case .null: writer.null()
        case .boolean: writer.boolean(boolean ?? false)
        case .number: writer.raw(canonicalNumber())
        case .string: document.textBytes(index).withUnsafeBufferPointer { writer.string(utf8: $0) }
        case .array:
            writer.beginArray()
            for element in elements { element.write(into: &writer) }
            writer.endArray()
        case .object: write(namedMembers(), into: &writer)
        }
    }

    private func write(_ members: [(name: [UInt8], value: JSONValue)], into writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in members.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            name.withUnsafeBufferPointer { writer.key(utf8: $0) }
            value.write(into: &writer)
        }
        writer.endObject()
    }

    func namedMembers() -> [(name: [UInt8], value: JSONValue)] {
        JSONChildren(parent: self, kind: .object, step: 1).map { (document.textBytes($0.node), $0.value) }
    }

    /// Whole numbers up to 18 digits plainly, others as digits and a power of ten.
    private func canonicalNumber() -> [UInt8] {
        let text = rawBytes
        let decimal = document.bytes.withUnsafeBufferPointer { JSONDecimal($0[text.indices]) }
        guard decimal.exponentIsExact else { return Array(text) }
        if decimal.digits.isEmpty { return [0x30] }
        var canonical: [UInt8] = decimal.isNegative ? [UInt8(ascii: "-")] : []
        canonical += decimal.digits
        if decimal.exponent >= 0, decimal.digits.count + decimal.exponent <= 18 {
            canonical += repeatElement(0x30, count: decimal.exponent)
        } else {
            canonical += "e\(decimal.exponent)".utf8
        }
        return canonical
    }
}
