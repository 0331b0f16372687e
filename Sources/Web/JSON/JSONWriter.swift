// JSON text, written straight into a byte buffer: the hot path of every answer.
//
// Deliberately no intermediate model and no pretty form. Commas are set by the writer; that names and values alternate
// and that containers are closed is the caller's duty, checked in debug builds where it is cheap.

/// Writes one JSON text, or several after each other (`newline()`), into an array of bytes.
public struct JSONWriter {
    /// Longer than `count`: the rest is room to write into without growing step by step.
    private var storage: [UInt8]
    private var count = 0
    /// A value precedes in the same container, so the next one is set off by a comma.
    private var needsComma = false

    /// `reserve` is the expected size in bytes; more is taken as needed.
    public init(reserve: Int = 512) {
        storage = [UInt8](repeating: 0, count: max(reserve, 64))
    }

    /// How many bytes have been written.
    public var byteCount: Int { count }

    /// Hands out what was written and begins anew. The storage goes with it.
    public mutating func take() -> [UInt8] {
        storage.removeLast(storage.count - count)
        count = 0
        needsComma = false
        var bytes: [UInt8] = []
        swap(&bytes, &storage)
        return bytes
    }

    /// Appends what was written to `bytes` and begins anew, keeping the storage.
    public mutating func drain(into bytes: inout [UInt8]) {
        storage.withUnsafeBufferPointer { bytes.append(contentsOf: $0.prefix(count)) }
        count = 0
    }

    // MARK: Containers

    /// `{`
    @inlinable
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// `}`
    @inlinable
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// `[`
    @inlinable
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// `]`
    @inlinable
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// An object with what `content` writes inside.
    @inlinable
    public mutating func object(_ content: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try content(&self)
        endObject()
    }

    /// An array with what `content` writes inside.
    @inlinable
    public mutating func array(_ content: (inout JSONWriter) throws -> Void) rethrows {
        beginArray()
        try content(&self)
        endArray()
    }

    @usableFromInline
    mutating func open(_ byte: UInt8) {
        let room = reserve(2)
        put(byte, comma: room)
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ byte: UInt8) {
        _ = reserve(1)
        put(byte, comma: false)
        needsComma = true
    }

    // MARK: Names

    /// A member's name that needs no escapes: it is part of the program.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            let comma = reserve(name.count + 4)
            put(UInt8(ascii: "\""), comma: comma)
            append(name)
            put(UInt8(ascii: "\""), comma: false)
            put(UInt8(ascii: ":"), comma: false)
        }
        needsComma = false
    }

    /// A member's name that is data.
    public mutating func key(_ name: String) {
        var name = name
        name.withUTF8 { key(utf8: $0) }
    }

    /// A member's name that is data, as well-formed UTF-8.
    public mutating func key(utf8 name: UnsafeBufferPointer<UInt8>) {
        string(utf8: name)
        _ = reserve(1)
        put(UInt8(ascii: ":"), comma: false)
        needsComma = false
    }

    // MARK: Values

    /// A string; quotes, backslashes and controls are escaped, everything else stands as UTF-8.
    public mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: $0) }
    }

    /// A string whose bytes are well-formed UTF-8 already, as from a database column. They are not checked again.
    public mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
        // Six bytes for each would be room for the worst case; most strings have no escape, so that is taken only then.
        let comma = reserve(text.count + 3)
        put(UInt8(ascii: "\""), comma: comma)
        if let base = text.baseAddress {
            var written = 0
            while true {
                let plain = Bytes.plainEnd(base, from: written, to: text.count)
                append(UnsafeBufferPointer(rebasing: text[written..<plain]))
                if plain == text.count { break }
                escape(text[plain])
                written = plain + 1
            }
        }
        _ = reserve(1)
        put(UInt8(ascii: "\""), comma: false)
        needsComma = true
    }

    /// A whole number in decimal.
    public mutating func integer(_ value: Int64) {
        let comma = reserve(21)
        let start = count
        let used = storage.withUnsafeMutableBufferPointer { buffer -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            var target = base + start
            if comma {
                target.pointee = UInt8(ascii: ",")
                target += 1
            }
            if value < 0 {
                target.pointee = UInt8(ascii: "-")
                target += 1
            }
            return target - (base + start) + Self.decimal(value.magnitude, into: target)
        }
        count += used
        needsComma = true
    }

    /// A whole number in decimal.
    @inlinable
    public mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// `true` or `false`.
    public mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    /// `null`.
    public mutating func null() { literal("null") }

    /// A value that is JSON already. It is not checked.
    public mutating func raw(_ json: some Collection<UInt8>) {
        if reserve(1) { put(UInt8(ascii: ","), comma: false) }
        let isContiguous: Void? = json.withContiguousStorageIfAvailable { append($0) }
        if isContiguous == nil { Array(json).withUnsafeBufferPointer { append($0) } }
        needsComma = true
    }

    /// Ends a line of NDJSON, or a text: LF, and the next value stands by itself.
    public mutating func newline() {
        _ = reserve(1)
        put(0x0A, comma: false)
        needsComma = false
    }

    // MARK: Small parts

    /// Makes room for `length` bytes and a comma. Returns whether a comma comes first.
    @inline(__always)
    private mutating func reserve(_ length: Int) -> Bool {
        if storage.count - count <= length { grow(length) }
        return needsComma
    }

    @inline(never)
    private mutating func grow(_ length: Int) {
        storage.append(contentsOf: repeatElement(0, count: max(length + 1, storage.count)))
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8, comma: Bool) {
        if comma {
            storage[count] = UInt8(ascii: ",")
            count &+= 1
        }
        storage[count] = byte
        count &+= 1
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        _ = reserve(bytes.count)
        let start = count
        storage.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress?.advanced(by: start).update(from: source, count: bytes.count)
        }
        count += bytes.count
    }

    private mutating func literal(_ text: StaticString) {
        if reserve(1) { put(UInt8(ascii: ","), comma: false) }
        text.withUTF8Buffer { append($0) }
        needsComma = true
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    private mutating func escape(_ byte: UInt8) {
        _ = reserve(6)
        put(UInt8(ascii: "\\"), comma: false)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte, comma: false)
        case 0x08: put(UInt8(ascii: "b"), comma: false)
        case 0x09: put(UInt8(ascii: "t"), comma: false)
        case 0x0A: put(UInt8(ascii: "n"), comma: false)
        case 0x0C: put(UInt8(ascii: "f"), comma: false)
        case 0x0D: put(UInt8(ascii: "r"), comma: false)
        default:
            put(UInt8(ascii: "u"), comma: false)
            put(UInt8(ascii: "0"), comma: false)
            put(UInt8(ascii: "0"), comma: false)
            put(Self.hexadecimal[Int(byte >> 4)], comma: false)
            put(Self.hexadecimal[Int(byte & 15)], comma: false)
        }
    }

    /// Writes the decimal digits of `value`; returns how many.
    static func decimal(_ value: UInt64, into target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        rest = value
        var index = count
        repeat {
            index -= 1
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            target[index] = UInt8(truncatingIfNeeded: remainder) &+ 0x30
            rest = quotient
        } while index > 0
        return count
    }
}
