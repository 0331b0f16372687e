// The request target (RFC 9112 section 3.2) and the authority of Host (RFC 9110 section 7.2, RFC 3986 section 3.2).

/// Where in the head a target's parts lie.
struct RequestTarget {
    private(set) var path = ByteRange.none
    private(set) var query = ByteRange.none
    private(set) var authority = ByteRange.none
    private(set) var isAsterisk = false

    /// Parses the target that begins at `offset` of the head.
    mutating func parse(_ target: UnsafeRawBufferPointer, at offset: Int, _ method: Method?) -> Refusal? {
        if target[0] == 0x2f { return parsePath(target, 0, at: offset) }
        if target.equals("*") {
            isAsterisk = true
            return method == .options ? nil : .bad("the target * is for OPTIONS")
        }
        let scheme = target.firstOffset(of: 0x3a) ?? 0
        let rest = scheme + 3
        guard scheme > 0, rest <= target.count, target.slice(scheme, rest).equals("://") else {
            return .bad("the target is neither a path nor a URL")
        }
        if target.slice(0, scheme).equalsIgnoringCase("https") {
            return Refusal(status: 421, reason: "no TLS is spoken here")
        }
        guard target.slice(0, scheme).equalsIgnoringCase("http") else { return .bad("the target's scheme is unknown") }
        var end = rest
        while end < target.count, target[end] != 0x2f, target[end] != 0x3f { end += 1 }
        let host = target.slice(rest, end)
        guard isAuthority(host), host[0] != 0x3a else { return .bad("the target's authority is malformed") }
        authority = ByteRange(offset + rest, offset + end)
        return parsePath(target, end, at: offset)
    }

    private mutating func parsePath(_ target: UnsafeRawBufferPointer, _ start: Int, at offset: Int) -> Refusal? {
        var index = start
        var hasEscape = false
        while index < target.count, ByteClass.isPath(target[index]) {
            hasEscape = hasEscape || target[index] == 0x25
            index += 1
        }
        if index > start { path = ByteRange(offset + start, offset + index) }
        if index < target.count, target[index] == 0x3f {
            let queryStart = index + 1
            index = queryStart
            while index < target.count, ByteClass.isQuery(target[index]) {
                hasEscape = hasEscape || target[index] == 0x25
                index += 1
            }
            query = ByteRange(offset + queryStart, offset + index)
        }
        guard index == target.count else { return .bad("the target holds a byte that must be escaped") }
        return hasEscape && !areEscapesSound(target) ? .bad("the target holds a malformed escape") : nil
    }

    /// Every `%` is followed by two hex digits that are not `00`.
    private func areEscapesSound(_ target: UnsafeRawBufferPointer) -> Bool {
        var from = 0
        while let percent = target.firstOffset(of: 0x25, from: from) {
            guard percent + 2 < target.count, let high = ByteClass.hexDigit(target[percent + 1]),
                let low = ByteClass.hexDigit(target[percent + 2]), high | low != 0
            else { return false }
            from = percent + 3
        }
        return true
    }
}

/// `uri-host [ ":" port ]`, not empty, without user information and without escapes, which no real host name needs.
func isAuthority(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return false }
    var index = 0
    if bytes[0] == 0x5b {
        guard let end = bytes.firstOffset(of: 0x5d), isIPLiteral(bytes.slice(1, end)) else { return false }
        index = end + 1
    } else {
        while index < bytes.count, ByteClass.isRegisteredName(bytes[index]) {
            // An empty label is grammatical but names no host; one dot at the end is the root's.
            if bytes[index] == 0x2e, index == 0 || bytes[index - 1] == 0x2e { return false }
            index += 1
        }
        guard index > 0 else { return false }
    }
    guard index < bytes.count else { return true }
    guard bytes[index] == 0x3a else { return false }
    let port = bytes.slice(index + 1, bytes.count)
    if port.isEmpty { return true }
    guard port.count <= 5, case .value(let number) = NumberParse.decimal(port) else { return false }
    return number <= 65_535
}

/// The inside of the brackets: an IPv6 address, or `v` hex digits `.` and a name.
private func isIPLiteral(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    if bytes[0] | 0x20 == 0x76 {
        guard let dot = bytes.firstOffset(of: 0x2e), dot > 1, dot + 1 < bytes.count else { return false }
        return bytes.slice(1, dot).allSatisfy { ByteClass.hexDigit($0) != nil }
            && bytes.slice(dot + 1, bytes.count).allSatisfy {
                $0 == 0x3a || ByteClass.isRegisteredName($0)
            }
    }
    guard bytes.allSatisfy({ ByteClass.hexDigit($0) != nil || $0 == 0x3a || $0 == 0x2e }), bytes.count <= 45 else {
        return false
    }
    return Address(String(decoding: bytes, as: UTF8.self)).map { !$0.isIPv4 || bytes.contains(0x3a) } ?? false
}
