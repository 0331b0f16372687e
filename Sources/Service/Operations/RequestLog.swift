// One JSON line a request: id, method, route pattern, status, bytes, microseconds, caller. Never a path, a name, a
// personal number or a token: the pattern and ids are enough to find the rest in the audit trail.

import Domain
import HTTP1
import Synchronization
import Web

/// What is known of a request when its answer is counted.
package final class RequestNote: Sendable {
    package let method: Method
    package let pattern: String
    package let requestId: String
    private let caller = Mutex<Identifier?>(nil)

    package init(_ method: Method, _ pattern: String, _ requestId: String) {
        self.method = method
        self.pattern = pattern
        self.requestId = requestId
    }

    func setCaller(_ id: Identifier?) { caller.withLock { $0 = id } }
    var callerId: Identifier? { caller.withLock { $0 } }
}

/// Makes a line of each request and hands it to the queue of the log.
public final class RequestLog: Sendable {
    private let queue: LogQueue

    /// Lines go to the queue, among those of other events.
    public init(_ queue: LogQueue) { self.queue = queue }

    package func write(_ record: AnswerRecord, _ note: RequestNote?, at now: Instant) {
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
        queue.append(json.take())
    }
}
