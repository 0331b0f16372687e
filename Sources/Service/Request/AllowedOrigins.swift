// Pages of other origins that may read answers in a browser (CORS, Fetch standard 3.2). Deliberately no `*`, no `null`,
// no patterns and no credentials: a page sends its token in Authorization, and a browser adds nothing by itself.

/// Why a text names no origin that can be allowed.
public struct OriginError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what to write.
    public let description: String
}

/// The origins whose pages may use this service.
public struct AllowedOrigins: Sendable {
    /// No page of another origin.
    public static let none = AllowedOrigins(origins: [])

    private let origins: Set<String>

    private init(origins: Set<String>) {
        self.origins = origins
    }

    /// Origins as browsers write them: `https://office.example`, `http://10.1.2.3:3000`. Throws what is wrong with one.
    public init(_ texts: [String]) throws(OriginError) {
        var origins: Set<String> = []
        for text in texts { origins.insert(try Self.checked(text)) }
        self.origins = origins
    }

    /// Whether no page of another origin is answered.
    public var isEmpty: Bool { origins.isEmpty }

    /// Whether pages of this origin, as a browser states it, may read answers.
    public func contains(_ origin: String) -> Bool { origins.contains(origin) }

    /// An origin must be written exactly as browsers send it, because it is compared as a text and nothing else would
    /// ever match.
    private static func checked(_ text: String) throws(OriginError) -> String {
        func wrong(_ why: String) -> OriginError { OriginError(description: "\(text) is not an origin: \(why).") }
        if text == "*" || text == "null" {
            throw OriginError(
                description: "\(text) would let every page in; name each origin, like https://office.example.")
        }
        let schemes = [("https://", "443"), ("http://", "80")]
        guard let (scheme, usualPort) = schemes.first(where: { text.hasPrefix($0.0) }) else {
            throw wrong("it begins with https:// or http://, in small letters")
        }
        let rest = text.dropFirst(scheme.count)
        if rest.contains(where: { "/?#".contains($0) }) {
            throw wrong("nothing follows the host and port, not even a slash")
        }
        if rest.contains("@") { throw wrong("it names no user") }
        if rest.contains("*") { throw wrong("patterns are not known; name each origin") }
        let (host, port) = parts(rest)
        guard isHost(host) else { throw wrong("the host is a name or an address in small letters (xn--… for others)") }
        guard let port else { return text }
        guard let number = UInt16(port), number > 0, "\(number)" == port else {
            throw wrong("a port is a number from 1 to 65535")
        }
        if port == usualPort { throw wrong("browsers leave out port \(port) after \(scheme)") }
        return text
    }

    /// Host and port; the colons of an IPv6 address stand in brackets.
    private static func parts(_ text: Substring) -> (host: Substring, port: Substring?) {
        let start = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return address.contains(":") && address.utf8.allSatisfy { isHexadecimal($0) || $0 == UInt8(ascii: ":") }
        }
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
                && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
