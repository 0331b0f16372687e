// JSON text, written straight into a byte buffer: the hot path of every answer.
//
// Deliberately no intermediate model and no pretty form. Commas are set by the writer; that names and values alternate
// and that containers are closed is the caller's duty.

/// Writes one JSON text, or several after each other (`newline()`), into a buffer of its own.
///
/// The buffer is raw memory with one owner, because checking an array's uniqueness and bounds at every name and value
/// was most of the time of an answer.
public struct JSONWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    /// A value precedes in the same container, so the next one is set off by a comma.
    private var needsComma = false

    /// `reserve` is the expected size in bytes; more is taken as needed.
    public init(reserve: Int = 512) {
        capacity = max(reserve, 64)
        base = UnsafeMutablePointer.allocate(capacity: capacity)
    }

    deinit {
        base.deallocate()
    }

    /// How many bytes have been written.
    public var byteCount: Int { count }

    /// What was written; then begins anew, keeping the buffer for the next text.
    public mutating func take() -> [UInt8] {
        let bytes = Array(UnsafeBufferPointer(start: base, count: count))
        removeAll()
        return bytes
    }

    /// Begins anew, keeping the buffer.
    public mutating func removeAll() {
        count = 0
        needsComma = false
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
        beginValue(1)
        put(byte)
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ byte: UInt8) {
        reserve(1)
        put(byte)
        needsComma = true
    }

    // MARK: Names

    /// A member's name that needs no escapes: it is part of the program.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            beginValue(name.count + 3)
            put(UInt8(ascii: "\""))
            append(name)
            put(UInt8(ascii: "\""))
            put(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// A member's name that is data. It has a label, because a literal would prefer String to StaticString.
    public mutating func key(data name: String) {
        var name = name
        name.withUTF8 { key(utf8: $0) }
    }

    /// A member's name that is data, as well-formed UTF-8.
    public mutating func key(utf8 name: UnsafeBufferPointer<UInt8>) {
        string(utf8: name)
        reserve(1)
        put(UInt8(ascii: ":"))
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
        beginValue(text.count + 2)
        put(UInt8(ascii: "\""))
        if let source = text.baseAddress {
            var written = 0
            while true {
                let plain = Bytes.plainEnd(source, from: written, to: text.count)
                append(UnsafeBufferPointer(start: source + written, count: plain - written))
                if plain == text.count { break }
                // An escape takes up to six bytes; what is left of the text is made room for again.
                reserve(text.count - plain + 7)
                escape(source[plain])
                written = plain + 1
            }
        }
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A whole number in decimal.
    public mutating func integer(_ value: Int64) {
        beginValue(20)
        if value < 0 { put(UInt8(ascii: "-")) }
        count &+= Self.decimal(value.magnitude, into: base + count)
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
        beginValue(json.count)
        let isCopied: Void? = json.withContiguousStorageIfAvailable { append($0) }
        if isCopied == nil { for byte in json { put(byte) } }
        needsComma = true
    }

    /// Ends a line of NDJSON, or a text: LF, and the next value stands by itself.
    public mutating func newline() {
        reserve(1)
        put(0x0A)
        needsComma = false
    }

    // MARK: Small parts: whatever puts bytes has reserved them before

    /// Makes room for `length` bytes and a comma, and writes the comma if one is due.
    @inline(__always)
    private mutating func beginValue(_ length: Int) {
        reserve(length &+ 1)
        if needsComma { put(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private mutating func reserve(_ length: Int) {
        if capacity &- count < length { grow(length) }
    }

    @inline(never)
    private mutating func grow(_ length: Int) {
        let larger = max(capacity * 2, count + length)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        grown.update(from: base, count: count)
        base.deallocate()
        base = grown
        capacity = larger
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        base[count] = byte
        count &+= 1
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        (base + count).update(from: source, count: bytes.count)
        count &+= bytes.count
    }

    private mutating func literal(_ text: StaticString) {
        text.withUTF8Buffer { text in
            beginValue(text.count)
            append(text)
        }
        needsComma = true
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    private mutating func escape(_ byte: UInt8) {
        put(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x09: put(UInt8(ascii: "t"))
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0C: put(UInt8(ascii: "f"))
        case 0x0D: put(UInt8(ascii: "r"))
        default:
            put(UInt8(ascii: "u"))
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "0"))
            put(Self.hexadecimal[Int(byte >> 4)])
            put(Self.hexadecimal[Int(byte & 15)])
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
