// The names that a client gives to a request: for repeating it safely, and for finding it in logs.

/// The key under which a repeated POST is recognised (draft-ietf-httpapi-idempotency-key-header).
public struct IdempotencyKey: Sendable, Hashable {
    /// The key without its quotes.
    public let text: String

    /// The longest key, in characters.
    public static let charactersMax = 255

    /// A quoted string as the draft has it, or the bare token that most clients send; 1 to 255 characters. Nil for
    /// anything else (400).
    public init?(_ field: String) {
        var scanner = FieldScanner(field)
        guard let text = scanner.quotedString() ?? scanner.token(alsoAllowing: ":/=") else { return nil }
        scanner.skipSpace()
        guard scanner.isAtEnd, (1...Self.charactersMax).contains(text.utf8.count) else { return nil }
        self.text = text
    }
}

/// The id of a request, as accepted from a client.
public enum RequestID {
    /// The longest id, in characters.
    public static let charactersMax = 128

    /// The client's `X-Request-ID` if it is 1 to 128 of `A-Z a-z 0-9 . _ -`. Nil otherwise: the caller makes one,
    /// because what stands in every log line must not be a client's free text.
    public static func accepted(_ field: String?) -> String? {
        guard let field, (1...charactersMax).contains(field.utf8.count) else { return nil }
        let isSafe = field.utf8.allSatisfy {
            $0.isDigit || (0x61...0x7A).contains($0 | 0x20) || "._-".utf8.contains($0)
        }
        return isSafe ? field : nil
    }
}

/// A `traceparent` (W3C Trace Context, level 1, section 3.2).
public struct TraceParent: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    public let parentID: String
    /// The flags; bit 0 is "sampled".
    public let flags: UInt8

    /// Reads the only value of the field. Nil (begin a new trace) for none, several, or a malformed one. Versions after
    /// 00 may carry more after another hyphen; version ff is forbidden.
    public init?(_ fields: [String]) {
        guard fields.count == 1, let field = fields.first else { return nil }
        let text = Array(field.utf8)
        let hyphen = UInt8(ascii: "-")
        guard text.count >= 55, text[2] == hyphen, text[35] == hyphen, text[52] == hyphen,
            let version = Self.byte(text[0..<2]), version != 0xFF,
            text.count == 55 || version > 0 && text[55] == hyphen,
            let traceID = Self.identifier(text[3..<35]), let parentID = Self.identifier(text[36..<52]),
            let flags = Self.byte(text[53..<55])
        else { return nil }
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        byte.isDigit || (0x61...0x66).contains(byte)
    }

    private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        digits.allSatisfy(isLowerHexadecimal) ? UInt8(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }

    private static func identifier(_ digits: ArraySlice<UInt8>) -> String? {
        guard digits.allSatisfy(isLowerHexadecimal), digits.contains(where: { $0 != UInt8(ascii: "0") }) else {
            return nil
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
