// Request line and fields from bytes, strictly (RFC 9112 sections 2 to 6). No I/O, no clock, no allocation: it is fed
// the same section again with more bytes at its end, and looks at no byte of a finished line twice.

/// Why a request is answered by HTTP1 itself.
struct Refusal: Sendable {
    let status: Int
    let reason: StaticString

    static func bad(_ reason: StaticString) -> Refusal { Refusal(status: 400, reason: reason) }
    static func tooLarge(_ reason: StaticString) -> Refusal { Refusal(status: 431, reason: reason) }
}

/// How a request's body is delimited.
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

struct RequestDecoder {
    enum Step {
        case needsMore
        /// The head is complete and takes this many octets from the start of the bytes.
        case head(length: Int)
        case refused(Refusal)
    }

    private enum TransferEncoding {
        case absent, chunked, unsupported
        /// An unknown coding, and `chunked` last so far.
        case unsupportedThenChunked
        case malformed
    }

    private var lineStart = 0
    private var scanned = 0
    private var emptyLines = 0
    private var fieldsStart = 0
    private(set) var fieldCount = 0
    private var known = KnownFieldTable(repeating: .none)
    private var repeated: UInt64 = 0
    private var target = RequestTarget()
    private var contentLength: Int?
    private var transferEncoding = TransferEncoding.absent
    private var isInFields = false
    /// Nil until the request line is read, and for a method that the service does not know.
    private(set) var method: Method?
    private(set) var isVersion10 = false
    private var saysClose = false
    private var saysKeepAlive = false
    private(set) var expectsContinue = false
    private(set) var expectsUnknown = false

    var isAsterisk: Bool { target.isAsterisk }

    /// Whether the client's side of persistence holds (RFC 9112 section 9.3).
    var isPersistent: Bool { !saysClose && (!isVersion10 || saysKeepAlive) }

    var framing: BodyFraming {
        if transferEncoding == .chunked { return .chunked }
        return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
    }

    mutating func decode(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) -> Step {
        while let lineFeed = bytes.firstOffset(of: 0x0a, from: scanned) {
            guard lineFeed > lineStart, bytes[lineFeed - 1] == 0x0d else {
                return .refused(overlong(bytes, lineFeed, limits) ?? .bad("a line ends without CR"))
            }
            let line = bytes.slice(lineStart, lineFeed - 1)
            let next = lineFeed + 1
            if isInFields {
                if line.isEmpty {
                    if let refusal = finish() { return .refused(refusal) }
                    return .head(length: next)
                }
                if let refusal = takeField(line, sectionBytes: next - fieldsStart, limits) { return .refused(refusal) }
            } else if line.isEmpty {
                emptyLines += 1
                if emptyLines > limits.leadingEmptyLinesMax { return .refused(.bad("too many empty lines")) }
            } else {
                if let refusal = takeRequestLine(line, limits) { return .refused(refusal) }
                isInFields = true
                fieldsStart = next
            }
            lineStart = next
            scanned = next
        }
        scanned = bytes.count
        return refusalOfPartialLine(bytes, limits).map { .refused($0) } ?? .needsMore
    }

    /// The head of the section; only after `decode` gave its length, and only for a known method.
    func head(_ method: Method, _ section: UnsafeRawBufferPointer) -> RequestHead {
        RequestHead(
            method: method, isVersion10: isVersion10, bytes: [UInt8](section), known: known,
            pathRange: target.path, queryRange: target.query, fieldsStart: fieldsStart, repeated: repeated)
    }

    /// The value of a field that was already read, for refusals in the client's language.
    func string(_ field: KnownField, in bytes: UnsafeRawBufferPointer) -> String? {
        let range = known[Int(field.rawValue)]
        return range.isNone ? nil : String(decoding: bytes.slice(range.start, range.end), as: UTF8.self)
    }

    // MARK: - Lines

    /// What can be refused before the line ends, so that nobody waits for a line feed that never comes.
    private func refusalOfPartialLine(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) -> Refusal? {
        if let refusal = overlong(bytes, bytes.count, limits) { return refusal }
        guard lineStart < bytes.count else { return nil }
        if !isInFields, bytes[lineStart] != 0x0d, !ByteClass.isToken(bytes[lineStart]) {
            return .bad("the method is no token")
        }
        if let carriageReturn = bytes.firstOffset(of: 0x0d, from: lineStart), carriageReturn + 1 < bytes.count {
            return .bad("a CR without LF")
        }
        return nil
    }

    private func overlong(_ bytes: UnsafeRawBufferPointer, _ end: Int, _ limits: Limits) -> Refusal? {
        // The last octet may be the CR of the line end.
        let count = end - lineStart - 1
        if isInFields {
            let sectionBytes = lineStart - fieldsStart + count + 2
            return count > limits.fieldBytesMax || (count > 0 && sectionBytes > limits.fieldSectionBytesMax)
                ? .tooLarge("the fields are too long") : nil
        }
        guard count > limits.requestLineBytesMax else { return nil }
        return overlongRequestLine(bytes.slice(lineStart, end), limits)
    }

    private func overlongRequestLine(_ line: UnsafeRawBufferPointer, _ limits: Limits) -> Refusal {
        line.firstOffset(of: 0x20) ?? .max > limits.requestLineBytesMax / 2
            ? Refusal(status: 501, reason: "the method is too long")
            : Refusal(status: 414, reason: "the target is too long")
    }

    private mutating func takeRequestLine(_ line: UnsafeRawBufferPointer, _ limits: Limits) -> Refusal? {
        guard let methodEnd = line.firstOffset(of: 0x20), methodEnd > 0 else {
            return .bad("the request line has no target")
        }
        for byte in line.slice(0, methodEnd) where !ByteClass.isToken(byte) { return .bad("the method is no token") }
        if line.count > limits.requestLineBytesMax { return overlongRequestLine(line, limits) }
        guard let targetEnd = line.firstOffset(of: 0x20, from: methodEnd + 1), targetEnd > methodEnd + 1 else {
            return .bad("the request line has no version")
        }
        method = Method(line.slice(0, methodEnd))
        let version = line.slice(targetEnd + 1, line.count)
        guard version.count == 8, version.slice(0, 5).equals("HTTP/"), ByteClass.isDigit(version[5]),
            version[6] == 0x2e, ByteClass.isDigit(version[7])
        else { return .bad("the version is malformed") }
        guard version[5] == 0x31 else { return Refusal(status: 505, reason: "only HTTP/1.x is spoken") }
        isVersion10 = version[7] == 0x30
        if method == .connect { return Refusal(status: 501, reason: "no tunnels here") }
        let refusal = target.parse(line.slice(methodEnd + 1, targetEnd), at: lineStart + methodEnd + 1, method)
        if !target.authority.isNone { known[Int(KnownField.host.rawValue)] = target.authority }
        return refusal
    }

    private mutating func takeField(_ line: UnsafeRawBufferPointer, sectionBytes: Int, _ limits: Limits) -> Refusal? {
        fieldCount += 1
        if fieldCount > limits.fieldCountMax { return .tooLarge("too many fields") }
        if line.count > limits.fieldBytesMax { return .tooLarge("a field is too long") }
        if sectionBytes > limits.fieldSectionBytesMax { return .tooLarge("the fields are too long") }
        var colon = 0
        while colon < line.count, ByteClass.isToken(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == 0x3a else { return .bad("a field name is malformed") }
        var low = colon + 1
        var high = line.count
        while low < high, line[low] == 0x20 || line[low] == 0x09 { low += 1 }
        while high > low, line[high - 1] == 0x20 || line[high - 1] == 0x09 { high -= 1 }
        let value = line.slice(low, high)
        var hasControl = false
        for byte in value { hasControl = hasControl || !ByteClass.isFieldValue(byte) }
        if hasControl { return .bad("a field value holds a control byte") }
        guard let field = KnownField.named(line.slice(0, colon)) else { return nil }
        return take(field, value, ByteRange(lineStart + low, lineStart + high))
    }

    // MARK: - Fields with a meaning for framing and connection

    private mutating func take(_ field: KnownField, _ value: UnsafeRawBufferPointer, _ range: ByteRange) -> Refusal? {
        let index = Int(field.rawValue)
        if field == .host { return takeHost(value, range) }
        if !known[index].isNone {
            if field.refusesRepetition { return .bad("a field stands twice that may stand once") }
            repeated |= 1 << UInt64(index)
        } else {
            known[index] = range
        }
        switch field {
        case .contentLength:
            switch NumberParse.decimal(value) {
            case .value(let number): contentLength = number
            case .tooLarge: return Refusal(status: 413, reason: "the body is too large")
            case .malformed: return .bad("Content-Length is no number")
            }
        case .transferEncoding: takeTransferEncoding(value)
        case .connection:
            var close = false
            var keepAlive = false
            forEachListMember(value) { option in
                if option.equalsIgnoringCase("close") { close = true }
                if option.equalsIgnoringCase("keep-alive") { keepAlive = true }
            }
            saysClose = saysClose || close
            saysKeepAlive = saysKeepAlive || keepAlive
        case .expect:
            if value.equalsIgnoringCase("100-continue") { expectsContinue = true } else { expectsUnknown = true }
        default: break
        }
        return nil
    }

    private mutating func takeHost(_ value: UnsafeRawBufferPointer, _ range: ByteRange) -> Refusal? {
        let bit: UInt64 = 1 << UInt64(KnownField.host.rawValue)
        // While the head is read the bit marks that a Host line was seen: an absolute target fills the table too.
        if repeated & bit != 0 { return .bad("Host stands twice") }
        repeated |= bit
        guard isAuthority(value) else { return .bad("Host is malformed") }
        if target.authority.isNone { known[Int(KnownField.host.rawValue)] = range }
        return nil
    }

    private mutating func takeTransferEncoding(_ value: UnsafeRawBufferPointer) {
        var start = 0
        while start <= value.count {
            let end = value.firstOffset(of: 0x2c, from: start) ?? value.count
            let coding = value.slice(start, end).trimmed()
            start = end + 1
            let nameEnd = coding.firstOffset(of: 0x3b) ?? coding.count
            let isToken = nameEnd > 0 && coding.slice(0, nameEnd).trimmed().allSatisfy(ByteClass.isToken)
            let isChunked = coding.equalsIgnoringCase("chunked")
            switch transferEncoding {
            case .absent where isToken: transferEncoding = isChunked ? .chunked : .unsupported
            case .unsupported where isToken: transferEncoding = isChunked ? .unsupportedThenChunked : .unsupported
            default: transferEncoding = .malformed
            }
        }
    }

    private mutating func finish() -> Refusal? {
        let hostBit: UInt64 = 1 << UInt64(KnownField.host.rawValue)
        if repeated & hostBit == 0, !isVersion10 { return .bad("Host is missing") }
        repeated &= ~hostBit
        switch transferEncoding {
        case .absent: return nil
        case .malformed: return .bad("Transfer-Encoding is malformed")
        case .chunked, .unsupported, .unsupportedThenChunked:
            if contentLength != nil { return .bad("Content-Length beside Transfer-Encoding") }
            if isVersion10 { return .bad("Transfer-Encoding in HTTP/1.0") }
            if transferEncoding == .chunked { return nil }
            return Refusal(status: 501, reason: "only the transfer coding chunked is spoken")
        }
    }
}
