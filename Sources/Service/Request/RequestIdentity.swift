// The id of a request in logs, answers and the audit trail: the client's own, its trace id, or a new one.

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
    /// - Throws: 415 if the body is of another type, with the accepted type in the text and in the header field that is
    ///   defined for the method (RFC 5789 2.2, Accept-Post; for others Accept, RFC 9110 15.5.16).
    package static func require(_ type: MediaType, _ head: RequestHead) throws {
        let stated = head.string(.contentType)
        guard let stated, ContentType(stated)?.isAccepted(as: type) == true else {
            let isStated = stated != nil
            let field: (name: StaticString, value: String) =
                switch head.method {
                case .patch: ("Accept-Patch", type.fieldValue)
                case .post: ("Accept-Post", type.fieldValue)
                default: ("Accept", type.fieldValue)
                }
            throw Problem(
                .unsupportedMediaType,
                detail: Message(
                    zh: "\(isStated ? "" : "没有 Content-Type；")此处的正文应为 \(type.rawValue)（UTF-8）",
                    en: "\(isStated ? "" : "no Content-Type is stated; ")the body is taken as \(type.rawValue)"),
                fields: [field])
        }
    }
}
