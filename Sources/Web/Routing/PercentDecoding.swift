// Percent-encoding (RFC 3986 2.1) of paths and of query strings.

enum PercentDecoding {
    /// What the bytes stand for; nil if a `%` is not followed by two hexadecimal digits. In a query `+` is a space
    /// (application/x-www-form-urlencoded).
    static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexadecimalValue,
                    let low = bytes[index + 2].hexadecimalValue
                else { return nil }
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return result
    }

    /// A path with its escapes replaced; the path itself where it has none. Nil (to be answered with 400) for a broken
    /// escape, an escaped slash or NUL or other control, and what is not UTF-8 afterwards: each of them would mean
    /// something else to the next reader of the path.
    static func path(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard path.contains(UInt8(ascii: "%")) else { return path }
        guard let decoded = decoded(path, plusIsSpace: false) else { return nil }
        // Only an escape can have added a slash.
        let slash = UInt8(ascii: "/")
        guard decoded.count(where: { $0 == slash }) == path.count(where: { $0 == slash }) else { return nil }
        guard !decoded.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        guard decoded.withUnsafeBufferPointer({ Bytes.firstInvalidUTF8($0) }) == nil else { return nil }
        return decoded[...]
    }
}
