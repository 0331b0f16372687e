// A JSON text (RFC 8259), checked once and kept as a flat tape of nodes over its bytes.
//
// A body of a million values costs one array of 16-byte nodes and no object each. Deliberately not a tree of enums, not
// Codable (which stops at the first error and cannot see unknown fields), and not editable.

/// One well-formed JSON text. Reading it is O(n), also for large arrays and objects.
///
/// Two flaws that RFC 8259 leaves to the reader do not make a text ill-formed here, but no reader accepts them: lone
/// surrogates and names that occur twice in an object. They are in `fieldErrors`, and every `ObjectReader` of the value
/// that holds them reports them (422), while syntax errors are thrown here (400).
public final class JSONDocument: Sendable {
    /// How deep arrays and objects may nest.
    public static let depthMax = 64
    /// The longest text. The limits of routes are far below; this one keeps offsets in 32 bits.
    public static let bytesMax = 1 << 30
    /// How many flaws are kept with their pointers. A text with as many may have more.
    public static let flawsMax = 20

    let bytes: [UInt8]
    let tape: [JSONNode]
    let flaws: [JSONFlaw]

    /// Parses `bytes`, which are kept as they are. Throws for everything that is not one JSON text in UTF-8.
    public init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        self.bytes = bytes
        (tape, flaws) = try JSONParser.parse(bytes)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }

    /// Lone surrogates and duplicate names, in the order of the text, at most 20.
    public var fieldErrors: [FieldError] { fieldErrors(below: 0, at: "") }

    /// The flaws inside the value at `index`, with pointers that begin with `place`.
    func fieldErrors(below index: Int, at place: String) -> [FieldError] {
        if flaws.isEmpty { return [] }
        let subtree = index..<next(index)
        return flaws.filter { subtree.contains($0.index) }.map { flaw in
            flaw.error.below(place + pointer(to: flaw.index, from: index))
        }
    }

    /// The index of the node after the whole value at `index`.
    @inline(__always)
    func next(_ index: Int) -> Int {
        let node = tape[index]
        return node.kind.isContainer ? Int(node.next) : index + 1
    }

    /// The pointer to a value, or to the member that a name belongs to, relative to the container at `top`. One walk
    /// over the siblings on the way down, so it is for errors only.
    private func pointer(to target: Int, from top: Int) -> String {
        var pointer = ""
        var container = top
        descent: while container != target {
            let isObject = tape[container].kind == .object
            var child = container + 1
            var position = 0
            while child < next(container) {
                let value = isObject ? child + 1 : child
                let end = next(value)
                if target < end {
                    pointer += isObject ? "/" + JSONPointer.token(text(child)) : "/\(position)"
                    if target == child { return pointer }
                    container = value
                    continue descent
                }
                child = end
                position += 1
            }
            return pointer
        }
        return pointer
    }

    // MARK: Strings

    /// The decoded text of the string or name at `index`; a lone surrogate becomes U+FFFD.
    func text(_ index: Int) -> String {
        let node = tape[index]
        if node.flags.contains(.escaped) {
            return String(decoding: unescaped(node), as: UTF8.self)
        }
        return bytes.withUnsafeBufferPointer { String(decoding: $0[Int(node.start)..<Int(node.end)], as: UTF8.self) }
    }

    /// The same as bytes.
    func textBytes(_ index: Int) -> [UInt8] {
        let node = tape[index]
        return node.flags.contains(.escaped) ? unescaped(node) : Array(bytes[Int(node.start)..<Int(node.end)])
    }

    private func unescaped(_ node: JSONNode) -> [UInt8] {
        bytes.withUnsafeBufferPointer { JSONEscapes.decoded($0[Int(node.start)..<Int(node.end)]) }
    }

    /// Whether the name at `index` is `name`, without decoding where nothing is escaped.
    @inline(__always)
    func nameEquals(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let node = tape[index]
        if node.flags.contains(.escaped) { return unescaped(node).elementsEqual(name) }
        guard Int(node.end - node.start) == name.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            var offset = 0
            while offset < name.count {
                if bytes[Int(node.start) + offset] != name[offset] { return false }
                offset += 1
            }
            return true
        }
    }
}

/// One entry of the tape: where a value stands in the text, and where its subtree ends on the tape.
struct JSONNode {
    enum Kind: UInt8 {
        case null, boolean, number, string, array, object

        @inline(__always) var isContainer: Bool { self == .array || self == .object }
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A string with at least one backslash.
        static let escaped = Flags(rawValue: 1)
        /// A boolean that is true.
        static let truth = Flags(rawValue: 2)
    }

    /// Offsets into the text; for strings, inside the quotes.
    var start: UInt32
    var end: UInt32
    /// For containers: the index after the last node inside. Members of an object are two nodes, name and value.
    var next: UInt32
    var kind: Kind
    var flags: Flags
}

/// A lone surrogate or a repeated name, at the node that has it.
struct JSONFlaw {
    let index: Int
    let error: FieldError
}

/// RFC 6901.
enum JSONPointer {
    /// The longest piece of a client's own name that is sent back, in characters.
    static let tokenCharactersMax = 200

    /// A reference token: `~` and `/` escaped, and cut with an ellipsis where a client sends a name beyond all reason.
    static func token(_ name: String) -> String {
        var token = ""
        var count = 0
        for scalar in name.unicodeScalars {
            count += 1
            if count > tokenCharactersMax {
                token += "…"
                break
            }
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
        return token
    }
}
