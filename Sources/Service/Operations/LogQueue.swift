// Lines of a log on their way to a descriptor whose reader may be slow, stalled or gone. Logging never waits for that
// reader: lines wait here, in bounded memory; beyond it they are lost, which is counted and reported. It does not look
// at the content of the lines.

import Dispatch
import Glibc
import Synchronization

/// A bounded queue of lines with a thread of its own that writes them.
public final class LogQueue: Sendable {
    private struct State {
        /// Whole lines that are not being written yet.
        var waiting: [UInt8] = []
        /// Octets that are being written.
        var writingCount = 0
        var isTimed = false
        /// Lines lost since the last report. While there are any, further lines are lost too, so that the report
        /// appears where they are missing.
        var lostCount = 0
        var lostTotal = 0
    }

    /// Octets that are gathered into one write: a write for each line would cost more than the request that it
    /// describes.
    private static let gatheredBytes = 32 << 10
    /// The longest time that a line waits for others.
    private static let gatheringMilliseconds = 1_000

    private let descriptor: CInt
    private let bytesMax: Int
    private let state = Mutex(State())
    private let writing: DispatchQueue

    /// - Parameters:
    ///   - descriptor: where the lines go; it stays open.
    ///   - bytesMax: octets that may wait; lines beyond that are lost.
    public init(descriptor: CInt, bytesMax: Int = 1 << 20) {
        self.descriptor = descriptor
        self.bytesMax = bytesMax
        writing = DispatchQueue(label: "log.\(descriptor)", qos: .utility)
    }

    /// Lines lost so far.
    public var lostTotal: Int { state.withLock { $0.lostTotal } }

    /// Takes a line, which ends with a line feed. Never waits. `atOnce`: not gathered with those that follow.
    public func append(_ line: [UInt8], atOnce: Bool = false) {
        let (writes, waits) = state.withLock { state -> (Bool, Bool) in
            if state.lostCount > 0 || state.waiting.count + state.writingCount + line.count > bytesMax {
                state.lostCount += 1
                state.lostTotal += 1
            } else {
                state.waiting += line
            }
            // The writing thread comes back for what arrived meanwhile.
            if state.writingCount > 0 { return (false, false) }
            if atOnce || state.waiting.count >= Self.gatheredBytes { return (true, false) }
            defer { state.isTimed = true }
            return (false, !state.isTimed)
        }
        if writes { writing.async { self.writeWaiting() } }
        if waits {
            writing.asyncAfter(deadline: .now() + .milliseconds(Self.gatheringMilliseconds)) {
                self.state.withLock { $0.isTimed = false }
                self.writeWaiting()
            }
        }
    }

    /// Takes a line without its end, and begins to write at once.
    public func say(_ line: String) { append(Array((line + "\n").utf8), atOnce: true) }

    /// Waits until the lines taken so far are written, at most for the given time; false if they are not.
    @discardableResult
    public func flush(seconds: Int) -> Bool {
        let done = DispatchSemaphore(value: 0)
        writing.async {
            self.writeWaiting()
            done.signal()
        }
        return done.wait(timeout: .now() + .seconds(seconds)) == .success
    }

    // MARK: On the writing thread

    private func writeWaiting() {
        while true {
            let (bytes, said) = state.withLock { state -> ([UInt8], Int) in
                var bytes: [UInt8] = []
                var said = 0
                if state.waiting.isEmpty, state.lostCount > 0 {
                    bytes = Array(Self.lossLine(state.lostCount).utf8)
                    said = state.lostCount
                    state.lostCount = 0
                } else {
                    swap(&bytes, &state.waiting)
                }
                state.writingCount = bytes.count
                return (bytes, said)
            }
            guard !bytes.isEmpty else { return }
            let written = put(bytes)
            let unwritten = bytes[written...].count { $0 == 0x0a }
            state.withLock { state in
                state.writingCount = 0
                state.lostCount += said > 0 && unwritten > 0 ? said : unwritten
                state.lostTotal += said > 0 ? 0 : unwritten
            }
            // The reader is gone, or the disk is full: the next line tries again.
            if unwritten > 0 { return }
        }
    }

    private static func lossLine(_ count: Int) -> String {
        "{\"level\":\"warning\",\"message\":\"log lines were lost because nobody read them\",\"lines\":\"\(count)\"}\n"
    }

    /// How many octets the descriptor took before it failed for good.
    private func put(_ bytes: [UInt8]) -> Int {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                offset += count
            } else if count < 0, errno == EAGAIN {
                // Another process that shares the pipe may have made it non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        return offset
    }
}
