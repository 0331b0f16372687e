// The escapes of JSON strings (RFC 8259 section 7): recognising and decoding them.

enum JSONEscapes {
    struct Escape {
        let scalar: Unicode.Scalar
        let byteCount: Int
        var isLoneSurrogate = false
    }

    /// The escape at the beginning of `bytes`, which begin with a backslash; nil if it is none. A surrogate without its
    /// other half gives U+FFFD and says so.
    static func next(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Escape? {
        let start = bytes.startIndex
        guard bytes.count >= 2 else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return Escape(scalar: "\"", byteCount: 2)
        case UInt8(ascii: "\\"): return Escape(scalar: "\\", byteCount: 2)
        case UInt8(ascii: "/"): return Escape(scalar: "/", byteCount: 2)
        case UInt8(ascii: "b"): return Escape(scalar: "\u{8}", byteCount: 2)
        case UInt8(ascii: "f"): return Escape(scalar: "\u{C}", byteCount: 2)
        case UInt8(ascii: "n"): return Escape(scalar: "\n", byteCount: 2)
        case UInt8(ascii: "r"): return Escape(scalar: "\r", byteCount: 2)
        case UInt8(ascii: "t"): return Escape(scalar: "\t", byteCount: 2)
        case UInt8(ascii: "u"): return unicode(bytes)
        default: return nil
        }
    }

    private static func unicode(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Escape? {
        let start = bytes.startIndex
        guard let first = codeUnit(bytes, at: start) else { return nil }
        if let scalar = Unicode.Scalar(first) { return Escape(scalar: scalar, byteCount: 6) }
        if (0xD800...0xDBFF).contains(first), let second = codeUnit(bytes, at: start + 6),
            (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        {
            return Escape(scalar: scalar, byteCount: 12)
        }
        return Escape(scalar: "\u{FFFD}", byteCount: 6, isLoneSurrogate: true)
    }

    /// The code unit of `\uXXXX` at `index`.
    private static func codeUnit(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, at index: Int) -> UInt32? {
        guard index + 6 <= bytes.endIndex, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for step in 2..<6 {
            guard let digit = bytes[index + step].hexadecimalValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The content of a string that was already checked, with its escapes replaced.
    static func decoded(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let plain = bytes[index...].prefix { $0 != UInt8(ascii: "\\") }
            text.append(contentsOf: plain)
            index = plain.endIndex
            guard index < bytes.endIndex, let escape = next(bytes[index...]) else { break }
            text.append(contentsOf: UTF8.encode(escape.scalar).orReplacement)
            index += escape.byteCount
        }
        return text
    }
}

extension Optional where Wrapped == UTF8.EncodedScalar {
    /// Every scalar has an encoding; the type of the standard library does not say so.
    var orReplacement: UTF8.EncodedScalar { self ?? UTF8.encodedReplacementCharacter }
}
