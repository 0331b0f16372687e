// Listening sockets: one for each loop on the same port. Accepting is the loop's work.

import CLinux
import Glibc

/// Why a server could not listen.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// The address and port asked for.
    public let address: String
    /// The value of `errno`; 0 if the address is not numeric.
    public let code: CInt

    /// Words for a person.
    public var description: String {
        switch code {
        case 0: "\(address): not a numeric address"
        case EADDRINUSE: "\(address): the port is taken"
        default: "\(address): \(String(cString: strerror(code)))"
        }
    }
}

enum Listener {
    /// Opens `count` listeners on one port and says which port it is. A port that anybody else listens on is refused,
    /// also one that would allow sharing. Throws `ListenError`.
    static func open(host: String, port: Int, count: Int) throws -> (descriptors: [CInt], port: Int) {
        let name = "\(host):\(port)"
        guard let address = Address(host == "localhost" ? "127.0.0.1" : host), (0...65_535).contains(port) else {
            throw ListenError(address: name, code: 0)
        }
        // A probe without SO_REUSEPORT fails where any other socket listens.
        let probe = try bound(address, port, name, shares: false)
        let probedPort = localPort(probe)
        close(probe)
        var descriptors: [CInt] = []
        do {
            for _ in 0..<count {
                let descriptor = try bound(address, probedPort, name, shares: true)
                descriptors.append(descriptor)
                guard listen(descriptor, 4_096) == 0 else { throw ListenError(address: name, code: errno) }
            }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        return (descriptors, probedPort)
    }

    private static func bound(_ address: Address, _ port: Int, _ name: String, shares: Bool) throws -> CInt {
        let family = address.isIPv4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw ListenError(address: name, code: errno) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if shares {
            set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
            set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
            // Bounds what the kernel holds for a client that does not read; accepted sockets inherit it.
            set(descriptor, SOL_SOCKET, SO_SNDBUF, 262_144)
        }
        let result = withSocketAddress(address, port) { bind(descriptor, $0, $1) }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw ListenError(address: name, code: code)
        }
        return descriptor
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func withSocketAddress<Result>(
        _ address: Address, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let networkPort = UInt16(truncatingIfNeeded: port).bigEndian
        var size = MemoryLayout<sockaddr_in>.size
        withUnsafeMutableBytes(of: &storage) { bytes in
            if address.isIPv4 {
                var inner = sockaddr_in()
                inner.sin_family = sa_family_t(AF_INET)
                inner.sin_port = networkPort
                inner.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
                bytes.storeBytes(of: inner, as: sockaddr_in.self)
            } else {
                var inner = sockaddr_in6()
                inner.sin6_family = sa_family_t(AF_INET6)
                inner.sin6_port = networkPort
                withUnsafeMutableBytes(of: &inner.sin6_addr) { six in
                    six.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
                    six.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
                }
                size = MemoryLayout<sockaddr_in6>.size
                bytes.storeBytes(of: inner, as: sockaddr_in6.self)
            }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    private static func localPort(_ descriptor: CInt) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        // The port lies at the same place for both families.
        return withUnsafeBytes(of: storage) {
            Int(UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
