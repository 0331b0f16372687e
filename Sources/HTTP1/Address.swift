// IP addresses and ranges of them as values. No names are resolved.

import CLinux
import Glibc

/// An IPv4 or IPv6 address without a port; IPv4 is kept as `::ffff:a.b.c.d`.
public struct Address: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses a numeric address; nil for anything else.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(ipv4: four)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(ipv6: six)
        } else {
            return nil
        }
    }

    init(ipv4: in_addr) {
        self.init(high: 0, low: 0xffff_0000_0000 | UInt64(UInt32(bigEndian: ipv4.s_addr)))
    }

    init(ipv6: in6_addr) {
        self = withUnsafeBytes(of: ipv6) { bytes in
            Address(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    init(_ storage: sockaddr_storage) {
        self = withUnsafeBytes(of: storage) { bytes in
            if Int32(storage.ss_family) == AF_INET6 {
                Address(ipv6: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
            } else {
                Address(ipv4: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr)
            }
        }
    }

    var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// True for 127.0.0.0/8 and ::1.
    public var isLoopback: Bool { isIPv4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

    /// The usual text of the address.
    public var text: String {
        if isIPv4 { return "\(low >> 24 & 0xff).\(low >> 16 & 0xff).\(low >> 8 & 0xff).\(low & 0xff)" }
        var six = in6_addr()
        withUnsafeMutableBytes(of: &six) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &six, &buffer, socklen_t(buffer.count)) != nil else { return "::" }
        return buffer.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// A CIDR range such as `10.0.0.0/8`, `fd00::/8` or one address.
public struct AddressRange: Sendable, Hashable {
    private let base: Address
    private let prefixBits: Int

    /// Parses a range; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Address(String(parts[0])) else { return nil }
        let offset = address.isIPv4 ? 96 : 0
        var bits = 128
        if parts.count == 2 {
            guard let given = Int(parts[1]), given >= 0, given <= 128 - offset else { return nil }
            bits = given + offset
        }
        base = address
        prefixBits = bits
    }

    /// True if the address lies in the range.
    public func contains(_ address: Address) -> Bool {
        let highMask: UInt64 = prefixBits >= 64 ? .max : ~(.max >> UInt64(prefixBits))
        let lowMask: UInt64 = prefixBits <= 64 ? 0 : prefixBits == 128 ? .max : ~(.max >> UInt64(prefixBits - 64))
        return (address.high ^ base.high) & highMask == 0 && (address.low ^ base.low) & lowMask == 0
    }
}
