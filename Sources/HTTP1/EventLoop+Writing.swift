// From bytes to the kernel: at once where it takes them, later where it does not; files without copying them.

import CLinux
import Glibc

extension EventLoop {
    /// What one connection may write in a turn before others get theirs.
    private static let writeTurnBytes = 1 << 20

    /// Sends what was gathered for the connection, behind anything that still waits.
    func flush(_ connection: Connection) {
        defer { output.removeAll() }
        guard connection.state.phase != .closed else { return }
        if connection.pending.isEmpty {
            guard output.count > 0 else { return }
            let sent = send(connection, output.bytes)
            if sent == output.count || connection.state.phase == .closed { return }
            connection.pending.append(.bytes([UInt8](output.bytes[sent...])))
        } else if output.count > 0 {
            connection.pending.append(.bytes([UInt8](output.bytes)))
        }
        connection.state.outputBlocked(now: now)
        writeParts(connection)
    }

    /// The kernel takes bytes again: sends on, and goes on with the connection where nothing is left.
    func writePending(_ connection: Connection) {
        guard connection.state.isBlocked else { return }
        writeParts(connection)
        guard connection.state.phase != .closed, !connection.state.isBlocked else { return }
        if connection.state.phase == .finishing {
            linger(connection)
        } else {
            processInput(connection)
        }
    }

    /// Shuts our side and waits for the client's end, so that a reset cannot destroy the last answer on its way.
    func linger(_ connection: Connection) {
        guard connection.state.phase == .finishing else { return }
        guard shutdown(connection.descriptor, CInt(SHUT_WR)) == 0 else { return close(connection) }
        connection.input = []
        connection.endRequest()
        connection.state.lingerBegan(now: now)
    }

    private func writeParts(_ connection: Connection) {
        var turn = EventLoop.writeTurnBytes
        while let part = connection.pending.first, turn > 0 {
            let rest = part.byteCount - connection.pendingOffset
            let sent: Int
            switch part {
            case .bytes(let bytes):
                let from = connection.pendingOffset
                sent = bytes.withUnsafeBytes { send(connection, $0.slice(from, from + min(rest, turn))) }
            case .file(let file): sent = send(connection, file, min(rest, turn))
            }
            guard connection.state.phase != .closed else { return }
            guard sent > 0 else { return }
            turn -= sent
            connection.state.outputProgressed(now: now)
            connection.pendingOffset += sent
            if connection.pendingOffset >= part.byteCount {
                connection.pending.removeFirst()
                connection.pendingOffset = 0
            }
        }
        if connection.pending.isEmpty {
            connection.pending = []
            connection.state.outputFlushed(now: now)
        }
    }

    /// How many octets the kernel took; 0 if it takes none now, and the connection is closed if it never will.
    private func send(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
            let count = Glibc.send(
                connection.descriptor, base + offset, bytes.count - offset, CInt(MSG_NOSIGNAL))
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                return offset
            } else if errno != EINTR {
                close(connection)
                return 0
            }
        }
        return offset
    }

    /// A file that became shorter than it said ends the connection: its length was already promised.
    private func send(_ connection: Connection, _ file: SpoolFile, _ count: Int) -> Int {
        while true {
            var offset = off_t(connection.pendingOffset)
            let sent = sendfile(connection.descriptor, file.descriptor, &offset, count)
            if sent > 0 { return sent }
            if sent < 0, errno == EAGAIN { return 0 }
            if sent < 0, errno == EINTR { continue }
            close(connection)
            return 0
        }
    }
}
