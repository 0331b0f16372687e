// Byte classes of RFC 9110 and 3986, and bounded parsers for numbers from the wire. Nothing here traps on any input.

import Glibc

enum ByteClass {
    /// `tchar` of RFC 9110 section 5.6.2: method and field names.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        contains(byte, 0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe)
    }

    /// `pchar`, `/` and `%` of RFC 3986: what may stand in a path. Escapes are checked apart.
    @inline(__always) static func isPath(_ byte: UInt8) -> Bool {
        contains(byte, 0x2fff_fff2_0000_0000, 0x47ff_fffe_87ff_ffff)
    }

    /// A path's bytes and `?`.
    @inline(__always) static func isQuery(_ byte: UInt8) -> Bool {
        contains(byte, 0xafff_fff2_0000_0000, 0x47ff_fffe_87ff_ffff)
    }

    /// `reg-name` of RFC 3986 section 3.2.2 without escapes.
    @inline(__always) static func isRegisteredName(_ byte: UInt8) -> Bool {
        contains(byte, 0x2bff_7fd2_0000_0000, 0x47ff_fffe_87ff_fffe)
    }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) static func hexDigit(_ byte: UInt8) -> UInt8? {
        if byte &- 0x30 < 10 { return byte &- 0x30 }
        let lower = byte | 0x20
        return lower &- 0x61 < 6 ? lower &- 0x61 &+ 10 : nil
    }

    /// HTAB, SP, visible ASCII and `obs-text`: what a field value may hold (RFC 9110 section 5.5).
    @inline(__always) static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7f : byte == 0x09
    }

    @inline(__always) private static func contains(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        byte < 128 && ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always) func slice(_ from: Int, _ to: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[from..<to])
    }

    @inline(__always) func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let base = baseAddress else { return false }
        return memcmp(base, text.utf8Start, count) == 0
    }

    /// Compares with a lower-case text of letters, digits and `-`, taking ASCII letters of either case.
    /// Only for bytes known to be tokens or field values: a control byte could pass for `-`.
    @inline(__always) func equalsIgnoringCase(_ lower: StaticString) -> Bool {
        guard count == lower.utf8CodeUnitCount else { return false }
        let text = lower.utf8Start
        for index in 0..<count where self[index] | 0x20 != text[index] { return false }
        return true
    }

    /// The offset of `byte` at or after `from`.
    @inline(__always) func firstOffset(of byte: UInt8, from: Int = 0) -> Int? {
        guard from < count, let base = baseAddress, let found = memchr(base + from, CInt(byte), count - from) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    /// Without the spaces and tabs at both ends.
    func trimmed() -> UnsafeRawBufferPointer {
        var low = 0
        var high = count
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while high > low, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return slice(low, high)
    }
}

enum NumberParse: Equatable {
    case value(Int)
    case malformed
    case tooLarge

    /// One or more decimal digits and nothing else. More than 18 significant digits is `tooLarge`.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> NumberParse {
        guard !bytes.isEmpty else { return .malformed }
        var value = 0
        var large = false
        for byte in bytes {
            guard ByteClass.isDigit(byte) else { return .malformed }
            if value > 99_999_999_999_999_999 { large = true } else { value = value * 10 + Int(byte - 0x30) }
        }
        return large ? .tooLarge : .value(value)
    }
}

/// Calls `body` with each comma-separated member, trimmed, empty ones left out (RFC 9110 section 5.6.1).
func forEachListMember(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start <= bytes.count {
        let end = bytes.firstOffset(of: 0x2c, from: start) ?? bytes.count
        let member = bytes.slice(start, end).trimmed()
        if !member.isEmpty { body(member) }
        start = end + 1
    }
}
