// New connections, and what happens when there is no room for them.

import CLinux
import Glibc

extension EventLoop {
    private static let acceptsPerWakeup = 16

    /// Accepts up to 16 connections; true if there may be more.
    @discardableResult
    func acceptConnections() -> Bool {
        for _ in 0..<EventLoop.acceptsPerWakeup {
            guard listener >= 0 else { return false }
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { jiedui_accept4(listener, $0, &length) }
            }
            guard descriptor < 0 else {
                admit(descriptor, Address(storage))
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
                ENETUNREACH:
                continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                shedWithSpareDescriptor()
                return false
            default: return false
            }
        }
        return true
    }

    private func admit(_ descriptor: CInt, _ address: Address) {
        guard shared.admit(connectionsMax: limits.connectionsMax) else { return refuseConnection(descriptor) }
        let isTrusted = trustedProxies.contains { $0.contains(address) }
        let isCounted = !isTrusted && !address.isLoopback
        if isCounted, !shared.admit(address, connectionsMax: limits.connectionsPerAddressMax) {
            shared.leave()
            return refuseConnection(descriptor)
        }
        generation &+= 1
        // The two highest generations would make tokens of the listener and the mailbox.
        if generation >= .max - 1 { generation = 1 }
        let connection = Connection(
            descriptor: descriptor, generation: generation, peer: address, isTrustedProxy: isTrusted,
            isCounted: isCounted, now: now)
        let slot = Int(descriptor)
        while connections.count <= slot { connections.append(nil) }
        connections[slot] = connection
        connectionCount += 1
        if drainEnd != nil { _ = connection.state.drain(now: now) }
        settle(connection)
        if connection.interest == 0 { close(connection) }
    }

    /// A short answer that fits any empty socket buffer, then the end. What the client sends is not waited for.
    private func refuseConnection(_ descriptor: CInt) {
        let response = handler.refused(status: 503, reason: "too many connections", acceptLanguage: nil)
        encodeRefusedConnection(response)
        _ = send(descriptor, output.bytes.baseAddress, output.count, CInt(MSG_NOSIGNAL))
        output.removeAll()
        shutdown(descriptor, CInt(SHUT_WR))
        // Unread bytes would turn the close into a reset that can overtake the answer.
        _ = recv(descriptor, readBuffer.baseAddress, readBuffer.count, 0)
        Glibc.close(descriptor)
    }

    /// All descriptors are used up: the spare one takes those who wait and tells them, then accepting rests.
    private func shedWithSpareDescriptor() {
        for _ in 0..<EventLoop.acceptsPerWakeup where spareDescriptor >= 0 {
            Glibc.close(spareDescriptor)
            let descriptor = jiedui_accept4(listener, nil, nil)
            if descriptor >= 0 { refuseConnection(descriptor) }
            spareDescriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if descriptor < 0 { break }
        }
        if spareDescriptor < 0 { spareDescriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
        stopAccepting()
        acceptsAgainAt = now + 100
    }
}
