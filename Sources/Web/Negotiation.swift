// Which format an answer has and whether a body is of a type that its endpoint reads.

/// A media type that the service reads or writes.
public enum MediaType: String, Sendable, CaseIterable {
    /// One JSON text.
    case json = "application/json"
    /// RFC 7396.
    case mergePatch = "application/merge-patch+json"
    /// RFC 4180.
    case csv = "text/csv"
    /// A JSON text a line.
    case ndjson = "application/x-ndjson"
    /// Attachments and unknown bytes.
    case octets = "application/octet-stream"

    /// The value of a `Content-Type` field.
    public var fieldValue: String {
        self == .csv ? "text/csv; charset=utf-8; header=present" : rawValue
    }

    /// Chooses among `offered`, best first, by an `Accept` value (RFC 9110 12.5.1): the most specific range that fits a
    /// type gives its weight, the highest weight wins, equal weights go to the earlier offer. Absent, empty or without
    /// one readable range: the first. Nil if nothing offered is acceptable (406).
    public static func negotiated(_ accept: String?, _ offered: [MediaType]) -> MediaType? {
        let ranges = WeightedList(accept ?? "").compactMap { MediaRange($0.value, weight: $0.weight) }
        if ranges.isEmpty { return offered.first }
        var best: MediaType?
        var bestWeight = 0
        for type in offered {
            let fitting = ranges.filter { $0.contains(type) }.max { $0.specificity < $1.specificity }
            if let fitting, fitting.weight > bestWeight {
                best = type
                bestWeight = fitting.weight
            }
        }
        return best
    }
}

/// `type/subtype`, `type/*` or `*/*`.
private struct MediaRange {
    let type: String
    let subtype: String
    let weight: Int

    init?(_ text: Substring, weight: Int) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0] != "*" || parts[1] == "*" else {
            return nil
        }
        type = String(parts[0])
        subtype = String(parts[1])
        self.weight = weight
    }

    /// 0 for everything, 1 for a type, 2 for one format.
    var specificity: Int { type == "*" ? 0 : subtype == "*" ? 1 : 2 }

    func contains(_ media: MediaType) -> Bool {
        switch specificity {
        case 0: true
        case 1: media.rawValue.hasPrefix(type + "/")
        default: media.rawValue == "\(type)/\(subtype)"
        }
    }
}

/// A parsed `Content-Type` (RFC 9110 8.3.1).
public struct ContentType: Sendable, Hashable {
    /// `type/subtype` in lower case.
    public let essence: String
    /// The `charset` parameter in lower case.
    public let charset: String?

    /// Nil for anything that is not one media type with well-formed parameters, such as two joined values.
    public init?(_ text: String) {
        var scanner = FieldScanner(text)
        guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token() else {
            return nil
        }
        var charset: String?
        while true {
            scanner.skipSpace()
            if scanner.isAtEnd { break }
            guard scanner.take(UInt8(ascii: ";")) else { return nil }
            scanner.skipSpace()
            if scanner.isAtEnd { break }
            guard let name = scanner.token(), scanner.take(UInt8(ascii: "=")),
                let value = scanner.quotedString() ?? scanner.token()
            else { return nil }
            if name.lowercased() == "charset" {
                if charset != nil { return nil }
                charset = value.lowercased()
            }
        }
        essence = "\(type)/\(subtype)".lowercased()
        self.charset = charset
    }

    /// Whether a body of this type may be read as `wanted`. Everything but CSV is UTF-8 and may say so, nothing else; a
    /// CSV file may also say that it is GB18030 or one of its subsets.
    public func isAccepted(as wanted: MediaType) -> Bool {
        guard essence == wanted.rawValue else { return false }
        guard let charset, charset != "utf-8", charset != "utf8" else { return true }
        return wanted == .csv && ["gb18030", "gbk", "gb2312"].contains(charset)
    }
}

/// Reads the small grammars of field values: tokens and quoted strings (RFC 9110 5.6).
struct FieldScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        skipSpace()
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skipSpace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// One or more token characters.
    mutating func token(alsoAllowing more: String = "") -> String? {
        let start = index
        while index < bytes.count, Self.isTokenByte(bytes[index]) || more.utf8.contains(bytes[index]) { index += 1 }
        return index == start ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// A quoted string of visible ASCII and spaces in which `\` escapes a quote or itself (also RFC 9651 3.3.3).
    mutating func quotedString() -> String? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        var text: [UInt8] = []
        var next = index + 1
        while next < bytes.count {
            var byte = bytes[next]
            next += 1
            if byte == UInt8(ascii: "\"") {
                index = next
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") {
                guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") || bytes[next] == UInt8(ascii: "\\") else {
                    return nil
                }
                byte = bytes[next]
                next += 1
            }
            guard (0x20...0x7E).contains(byte) else { return nil }
            text.append(byte)
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isDigit || (0x61...0x7A).contains(byte | 0x20) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
