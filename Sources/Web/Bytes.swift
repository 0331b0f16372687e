// Byte classes and scans that several readers and writers share.
//
// Deliberately internal: nothing here is a format, only the loops under the formats.

extension UInt8 {
    @inlinable var isDigit: Bool { self &- 0x30 < 10 }

    /// The value of an ASCII hexadecimal digit, either case.
    @inlinable var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

@usableFromInline
enum Bytes {
    @usableFromInline static let highBits: UInt64 = 0x8080_8080_8080_8080
    @usableFromInline static let lowBits: UInt64 = 0x0101_0101_0101_0101

    /// The first index at or after `start` whose byte cannot stand unescaped in a JSON string: a quote, a backslash, or
    /// a control below U+0020; `end` if there is none. Eight bytes at a time, because strings are most of every body.
    @inlinable
    static func plainEnd(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self).littleEndian
            let quotes = word ^ (lowBits &* 0x22)
            let slashes = word ^ (lowBits &* 0x5C)
            // Classic zero-byte tests; a borrow can only mark a byte above a true hit, and the lowest mark is taken.
            let marks =
                ((quotes &- lowBits) & ~quotes) | ((slashes &- lowBits) & ~slashes)
                | ((word &- (lowBits &* 0x20)) & ~word)
            let hits = marks & highBits
            if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end {
            let byte = base[index]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 { return index }
            index &+= 1
        }
        return end
    }

    /// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates,
    /// nothing above U+10FFFF); nil if all is well. A sequence cut off by the end counts as malformed.
    static func firstInvalidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let prefix = wholeUTF8(bytes)
        return prefix.byteCount == bytes.count ? nil : prefix.byteCount
    }

    /// How many bytes from the beginning are whole, well-formed sequences, and whether what follows could be the
    /// beginning of another one that is cut off by the end.
    static func wholeUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> (byteCount: Int, isCutOff: Bool) {
        guard let base = bytes.baseAddress else { return (0, false) }
        let end = bytes.count
        var index = 0
        while index < end {
            if index + 8 <= end, UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & highBits == 0 {
                index += 8
                continue
            }
            if base[index] < 0x80 {
                index += 1
                continue
            }
            let length = sequenceLength(base, at: index, to: end)
            if length <= 0 { return (index, length < 0) }
            index += length
        }
        return (end, false)
    }

    /// The length of the UTF-8 sequence that begins with the non-ASCII byte at `index`; 0 if it is malformed, and -1 if
    /// what is there is fine but cut off by `end`.
    static func sequenceLength(_ base: UnsafePointer<UInt8>, at index: Int, to end: Int) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch base[index] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: length = 3
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        for step in 1..<length {
            if index + step >= end { return -1 }
            let byte = base[index + step]
            if step == 1 ? !second.contains(byte) : byte & 0xC0 != 0x80 { return 0 }
        }
        return length
    }
}
