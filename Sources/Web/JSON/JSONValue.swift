// A value of a JSON document, as a place on its tape.

/// One value of a `JSONDocument`: cheap to copy, and it keeps the document alive.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONNode { document.tape[index] }

    /// The type of the value.
    public enum Kind: Sendable {
        /// The six types of RFC 8259.
        case null, boolean, number, string, array, object
    }

    /// The type of the value.
    public var kind: Kind {
        switch node.kind {
        case .null: .null
        case .boolean: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether it is `null`.
    public var isNull: Bool { node.kind == .null }

    /// The truth of a boolean; nil for anything else.
    public var boolean: Bool? { node.kind == .boolean ? node.flags.contains(.truth) : nil }

    /// The decoded text of a string; nil for anything else. A lone surrogate is U+FFFD here, and is in `fieldErrors`.
    public var string: String? { node.kind == .string ? document.text(index) : nil }

    /// The value of a number that is integral (`1`, `1.0`, `1e2`) and fits an Int; nil for anything else.
    public var integer: Int? {
        guard node.kind == .number, case .value(let value) = readInteger() else { return nil }
        return value
    }

    /// A number exactly as it was written; nil for anything else.
    public var numberText: String? { node.kind == .number ? String(decoding: rawBytes, as: UTF8.self) : nil }

    /// The elements of an array; empty for anything else.
    public var elements: some Sequence<JSONValue> {
        JSONChildren(parent: self, kind: .array, step: 0).lazy.map(\.value)
    }

    /// The members of an object with their decoded names; empty for anything else.
    public var members: some Sequence<(name: String, value: JSONValue)> {
        JSONChildren(parent: self, kind: .object, step: 1).lazy.map { child in
            (name: child.value.document.text(child.node), value: child.value)
        }
    }

    /// The value of the first member called `name`, if this is an object that has one. O(members).
    public subscript(_ name: String) -> JSONValue? {
        var name = name
        return name.withUTF8 { name in
            for child in JSONChildren(parent: self, kind: .object, step: 1)
            where document.nameEquals(child.node, name) {
                return child.value
            }
            return nil
        }
    }

    /// Lone surrogates and duplicate names inside this value, with pointers relative to it.
    public var fieldErrors: [FieldError] { document.fieldErrors(below: index, at: "") }

    /// The value as it stands in the text, strings with their quotes.
    public var rawBytes: ArraySlice<UInt8> {
        let quote = node.kind == .string ? 1 : 0
        return document.bytes[Int(node.start) - quote..<Int(node.end) + quote]
    }

    func readInteger() -> JSONInteger {
        document.bytes.withUnsafeBufferPointer { JSONInteger($0[Int(node.start)..<Int(node.end)]) }
    }
}

/// The direct children of a container: for an object the tape index of the name, and the value after it.
struct JSONChildren: Sequence, IteratorProtocol {
    private let document: JSONDocument
    private let end: Int
    private let step: Int
    private var index: Int

    /// `step` is 1 for objects, whose values follow their names, and 0 for arrays.
    init(parent: JSONValue, kind: JSONNode.Kind, step: Int) {
        document = parent.document
        let isKind = document.tape[parent.index].kind == kind
        end = isKind ? document.next(parent.index) : 0
        index = parent.index + 1
        self.step = step
    }

    mutating func next() -> (node: Int, value: JSONValue)? {
        guard index < end else { return nil }
        let node = index
        let value = JSONValue(document: document, index: index + step)
        index = document.next(value.index)
        return (node, value)
    }
}
