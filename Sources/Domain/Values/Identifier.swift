// UUIDs as two integers: cheap to compare and to hash, without Foundation.
// Deliberately draws no random numbers and reads no clock: both come in as values.

/// A UUID (RFC 9562). Version 7 where the system makes one, any version where a client brings its own.
///
/// The order is that of the sixteen bytes, so version 7 identifiers ascend with time.
public struct Identifier: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// An identifier of two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the 8-4-4-4-12 form in either case; nil for anything else.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads the 36 bytes of the 8-4-4-4-12 form in either case; nil for anything else.
    public init?(utf8: some Collection<UInt8>) {
        guard utf8.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var position = 0
        var nibbles = 0
        for byte in utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let nibble = Self.nibble(byte) else { return nil }
            if nibbles < 16 {
                halves.0 = halves.0 << 4 | nibble
            } else {
                halves.1 = halves.1 << 4 | nibble
            }
            nibbles += 1
        }
        (high, low) = halves
    }

    /// Takes exactly sixteen bytes, as the database keeps them; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A version 7 identifier (RFC 9562 section 5.7): 48 bits of milliseconds since 1970, the rest random.
    ///
    /// Of the first random word 12 bits are used, of the second 62.
    public static func v7(milliseconds: Int64, random: (UInt64, UInt64)) -> Identifier {
        let time = UInt64(truncatingIfNeeded: milliseconds) & 0xFFFF_FFFF_FFFF
        return Identifier(
            high: time << 16 | 0x7000 | random.0 & 0x0FFF,
            low: 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The sixteen bytes in network order.
    public var bytes: [UInt8] {
        withBytes { Array($0) }
    }

    /// Lends the sixteen bytes in network order without allocating.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }

    /// The 8-4-4-4-12 form in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write { position, byte in buffer[position] = byte }
            return 36
        }
    }

    /// Appends the 36 bytes of the lower-case form.
    public func write(into output: inout [UInt8]) {
        output.reserveCapacity(output.count + 36)
        write { _, byte in output.append(byte) }
    }

    /// Orders identifiers by their bytes.
    public static func < (left: Identifier, right: Identifier) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private func write(_ put: (Int, UInt8) -> Void) {
        var position = 0
        for nibbleIndex in 0..<32 {
            if nibbleIndex == 8 || nibbleIndex == 12 || nibbleIndex == 16 || nibbleIndex == 20 {
                put(position, UInt8(ascii: "-"))
                position += 1
            }
            let half = nibbleIndex < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (nibbleIndex % 16))) & 0xF
            put(position, nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            position += 1
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
