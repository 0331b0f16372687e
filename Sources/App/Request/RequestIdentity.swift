// The name of a request in logs, answers and the audit trail: the client's own, its trace, or a new one.

import HTTP1
import Web

enum RequestIdentity {
    /// X-Request-ID where it is well formed, else the trace id of a traceparent, else 64 random bits.
    static func of(_ head: RequestHead) -> String {
        if head.value(.xRequestId) != nil, let named = RequestID.accepted(head.string(.xRequestId)) { return named }
        if head.value(.traceparent) != nil, let trace = TraceParent(head.values("traceparent")) { return trace.traceID }
        return Hex.text(withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) })
    }
}

extension MediaType {
    /// - Throws: 415 when the body is of another type; RFC 5789 wants Accept-Patch then.
    static func require(_ type: MediaType, _ head: RequestHead) throws {
        guard let field = head.string(.contentType), ContentType(field)?.isAccepted(as: type) == true else {
            throw Problem(
                .unsupportedMediaType,
                fields: [type == .mergePatch ? ("Accept-Patch", type.fieldValue) : ("Accept-Post", type.fieldValue)])
        }
    }
}
