// An answer as a handler gives it. Framing, Date, Connection, ETag and content coding are written by AnswerEncoder.

/// The content of an answer.
public enum ResponseBody: Sendable {
    /// No content; `Content-Length: 0` where the status allows content.
    case none
    /// Content in memory.
    case bytes([UInt8])
    /// Content in memory in both forms, made beforehand; `gzip` is sent to clients that accept it.
    case variants(identity: [UInt8], gzip: [UInt8])
    /// The whole file, streamed with bounded memory. Keep the file unchanged until it is released.
    case file(SpoolFile)
}

/// An answer. Status, fields, content; HTTP1 adds what belongs to the connection.
public struct Response: Sendable {
    /// A final status, 200 to 599.
    public var status: Int
    /// The encoded field lines added so far, each `name: value` CR LF.
    public private(set) var fields: [UInt8] = []
    /// A strong tag with its quotes, or `W/` and a tag. Written as `ETag`; a strong one gets `-gzip` inside the quotes
    /// when the content is compressed here (RFC 9110 section 8.8.3.3).
    public var entityTag: String?
    /// Lets HTTP1 compress content of more than 1 KB for clients that accept gzip, and makes it write
    /// `Vary: Accept-Encoding`. Leave it off where one body mixes a secret with a client's own text (BREACH).
    public var compressible = false
    /// The content.
    public var body: ResponseBody = .none
    /// Closes the connection after this answer.
    public var closes = false

    /// An answer without fields and content.
    public init(status: Int) {
        self.status = status
    }

    /// Adds a field line. CR, LF, NUL and every other control byte but HTAB in the value becomes a space, so no value
    /// can end its line or begin another (RFC 9110 section 5.5). `Content-Length`, `Transfer-Encoding`, `Connection`,
    /// `Date` and `ETag` belong to HTTP1; adding one of them does nothing.
    public mutating func add(_ name: StaticString, _ value: String) {
        guard !Response.isReserved(name) else { return }
        var copy = value
        copy.withUTF8 { appendLine(name, UnsafeRawBufferPointer($0)) }
    }

    /// Adds a field line with a decimal number.
    public mutating func add(_ name: StaticString, _ value: Int) {
        add(name, String(value))
    }

    private mutating func appendLine(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        if fields.isEmpty { fields.reserveCapacity(max(192, name.utf8CodeUnitCount + value.count + 4)) }
        fields.append(contentsOf: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        fields.append(0x3a)
        fields.append(0x20)
        for byte in value { fields.append(ByteClass.isFieldValue(byte) ? byte : 0x20) }
        fields.append(0x0d)
        fields.append(0x0a)
    }

    private static func isReserved(_ name: StaticString) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        switch bytes.count {
        case 4: return bytes.equalsIgnoringCase("date") || bytes.equalsIgnoringCase("etag")
        case 10: return bytes.equalsIgnoringCase("connection")
        case 14: return bytes.equalsIgnoringCase("content-length")
        case 17: return bytes.equalsIgnoringCase("transfer-encoding")
        default: return false
        }
    }
}
