// Percent-decoding of path segments and query parts. What a decoded text may hold is decided by whoever asks.

/// The text behind percent-encoded bytes; with `plusIsSpace` also `+` as a space (forms and queries). Nil for a
/// malformed escape, a NUL, or bytes that are not UTF-8.
public func percentDecode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
    var plain = true
    for byte in bytes where byte == 0x25 || byte >= 0x80 || byte == 0 || (plusIsSpace && byte == 0x2b) {
        plain = false
        break
    }
    if plain { return String(decoding: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
        var byte = bytes[index]
        index += 1
        if byte == 0x25 {
            guard bytes.endIndex - index >= 2, let high = ByteClass.hexDigit(bytes[index]),
                let low = ByteClass.hexDigit(bytes[index + 1])
            else { return nil }
            byte = high << 4 | low
            index += 2
        } else if plusIsSpace, byte == 0x2b {
            byte = 0x20
        }
        guard byte != 0 else { return nil }
        decoded.append(byte)
    }
    return String(validating: decoded, as: UTF8.self)
}
