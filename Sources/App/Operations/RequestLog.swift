// One JSON line a request: id, method, route pattern, status, bytes, microseconds, caller. Never a path, a name, a
// number of a person or a token: the pattern and ids say what is needed to find the rest in the audit trail.

import Domain
import Glibc
import HTTP1
import Synchronization
import Web

/// What is known of a request when its answer is counted.
final class RequestNote: Sendable {
    let method: Method
    let pattern: String
    let requestId: String
    private let caller = Mutex<Identifier?>(nil)

    init(_ method: Method, _ pattern: String, _ requestId: String) {
        self.method = method
        self.pattern = pattern
        self.requestId = requestId
    }

    func setCaller(_ id: Identifier?) { caller.withLock { $0 = id } }
    var callerId: Identifier? { caller.withLock { $0 } }
}

/// Writes request lines to a descriptor, gathered: a write for each line would cost more than the request itself.
public final class RequestLog: Sendable {
    private let descriptor: CInt
    private let buffer = Mutex<[UInt8]>([])
    private static let bufferBytesMax = 32 << 10

    /// Lines go to the descriptor, which stays open.
    public init(descriptor: CInt) { self.descriptor = descriptor }

    func write(_ record: AnswerRecord, _ note: RequestNote?, at now: Instant) {
        var json = JSONWriter(reserve: 256)
        json.beginObject()
        json.key("time")
        json.string(now.description)
        json.key("request")
        json.string(note?.requestId ?? "-")
        json.key("method")
        json.string(note?.method.name ?? "-")
        json.key("route")
        json.string(note?.pattern ?? "-")
        json.key("status")
        json.integer(record.status)
        json.key("bytes")
        json.integer(record.byteCount)
        json.key("microseconds")
        json.integer(record.microseconds)
        if let caller = note?.callerId {
            json.key("caller")
            json.string(caller.description)
        }
        json.endObject()
        json.newline()
        let full: [UInt8]? = buffer.withLock { buffer in
            json.drain(into: &buffer)
            guard buffer.count >= Self.bufferBytesMax else { return nil }
            defer { buffer = [] }
            return buffer
        }
        if let full { put(full) }
    }

    /// Writes what is gathered; called once a second and at the end.
    public func flush() {
        put(
            buffer.withLock { buffer in
                defer { buffer = [] }
                return buffer
            })
    }

    private func put(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A log that cannot be written must not stop the service.
            guard count > 0 else { return }
            offset += count
        }
    }
}
