// Bounded reading and writing of ASCII digits, shared by dates, times and codes.
// Reads only as many digits as it is told to, so that no number from outside can overflow.

struct DigitReader<Bytes: Collection<UInt8>> {
    private let bytes: Bytes
    private var index: Bytes.Index

    init(_ bytes: Bytes) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index == bytes.endIndex }
    var next: UInt8? { isAtEnd ? nil : bytes[index] }

    /// Exactly that many ASCII digits (at most 18, so that the value fits).
    mutating func number(digits count: Int) -> Int? {
        var value = 0
        for _ in 0..<min(count, 18) {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func digit() -> Int? {
        guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        bytes.formIndex(after: &index)
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        bytes.formIndex(after: &index)
        return true
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes the lowest `count` decimal digits of a number that is not negative, zero-padded.
    package func writeDigits(_ value: Int, at position: Int, count: Int) {
        var rest = value
        for offset in stride(from: count - 1, through: 0, by: -1) {
            self[position + offset] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
