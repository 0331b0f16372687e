// One request's line and fields: byte ranges in a single copy of the section.
// Nothing is decoded before it is asked for.

/// A range of at most 65,535 octets at an offset below 65,536, or nothing.
struct ByteRange: Sendable, Equatable {
    private var packed: UInt32

    static let none = ByteRange(packed: .max)

    private init(packed: UInt32) { self.packed = packed }

    init(_ from: Int, _ to: Int) {
        packed = UInt32(truncatingIfNeeded: from & 0xffff) << 16 | UInt32(truncatingIfNeeded: (to - from) & 0xffff)
    }

    var isNone: Bool { packed == .max }
    var start: Int { Int(packed >> 16) }
    var end: Int { start + Int(packed & 0xffff) }
}

typealias KnownFieldTable = InlineArray<28, ByteRange>

/// The head of a request. All text in it is as received: raw bytes, not percent-decoded, field values without the
/// white space around them.
public struct RequestHead: Sendable {
    /// The method.
    public let method: Method
    /// True for HTTP/1.0.
    public let isVersion10: Bool
    let bytes: [UInt8]
    let known: KnownFieldTable
    let pathRange: ByteRange
    let queryRange: ByteRange
    let fieldsStart: Int
    /// One bit for each known field that stands in more than one line.
    let repeated: UInt64

    /// The head at the start of the bytes, by the same rules as from a socket; nil if it is unfinished, refused, or has
    /// a method that is not known. For tools and tests.
    public init?(_ bytes: [UInt8], limits: Limits = Limits()) {
        var decoder = RequestDecoder()
        let head: RequestHead? = bytes.withUnsafeBytes { section in
            guard case .head(let length) = decoder.decode(section, limits.clamped), let method = decoder.method else {
                return nil
            }
            return decoder.head(method, section.slice(0, length))
        }
        guard let head else { return nil }
        self = head
    }

    init(
        method: Method, isVersion10: Bool, bytes: [UInt8], known: KnownFieldTable, pathRange: ByteRange,
        queryRange: ByteRange, fieldsStart: Int, repeated: UInt64
    ) {
        self.method = method
        self.isVersion10 = isVersion10
        self.bytes = bytes
        self.known = known
        self.pathRange = pathRange
        self.queryRange = queryRange
        self.fieldsStart = fieldsStart
        self.repeated = repeated
    }

    private static let rootPath: ArraySlice<UInt8> = [0x2f]

    /// The raw path; it begins with `/`.
    public var path: ArraySlice<UInt8> {
        pathRange.isNone ? RequestHead.rootPath : bytes[pathRange.start..<pathRange.end]
    }

    /// The raw query without its `?`; nil without one.
    public var query: ArraySlice<UInt8>? {
        queryRange.isNone ? nil : bytes[queryRange.start..<queryRange.end]
    }

    /// The value of the field's first line. For an absolute-form target `host` is the target's authority
    /// (RFC 9112 section 3.2.2).
    public func value(_ field: KnownField) -> ArraySlice<UInt8>? {
        let range = known[Int(field.rawValue)]
        return range.isNone ? nil : bytes[range.start..<range.end]
    }

    /// The value of the field, lines of a repeated one joined with `, `; bytes that are not UTF-8 are replaced.
    public func string(_ field: KnownField) -> String? {
        if isRepeated(field) { return values(field.name).joined(separator: ", ") }
        return value(field).map { String(decoding: $0, as: UTF8.self) }
    }

    /// True if the field stands in more than one line.
    public func isRepeated(_ field: KnownField) -> Bool {
        repeated & (1 << UInt64(field.rawValue)) != 0
    }

    /// The values of all lines with this name (given in lower case), in their order.
    public func values(_ name: String) -> [String] {
        var found: [String] = []
        let wanted = Array(name.utf8)
        forEachField { fieldName, value in
            guard fieldName.count == wanted.count else { return }
            for (left, right) in zip(fieldName, wanted) {
                let lower = left &- 0x41 < 26 ? left | 0x20 : left
                if lower != right { return }
            }
            found.append(String(decoding: value, as: UTF8.self))
        }
        return found
    }

    /// Calls `body` with the bytes of every member of a comma-separated list field, all its lines included.
    func forEachMember(of field: KnownField, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let first = value(field) else { return }
        guard isRepeated(field) else {
            first.withUnsafeBytes { forEachListMember($0, body) }
            return
        }
        let name = field.lowerName
        forEachField { fieldName, value in
            if fieldName.equalsIgnoringCase(name) { forEachListMember(value, body) }
        }
    }

    private func forEachField(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { section in
            var start = fieldsStart
            while let end = section.firstOffset(of: 0x0a, from: start), end - start > 1 {
                let line = section.slice(start, end - 1)
                if let colon = line.firstOffset(of: 0x3a) {
                    body(line.slice(0, colon), line.slice(colon + 1, line.count).trimmed())
                }
                start = end + 1
            }
        }
    }
}
