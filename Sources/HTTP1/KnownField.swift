// Field names that this service reads. Any other field is kept in the section and found by name, slowly.

/// A request field with a place of its own in `RequestHead`, found without a search.
public enum KnownField: UInt8, Sendable, CaseIterable {
    case host, authorization, contentType, contentLength, contentEncoding, transferEncoding, accept, acceptEncoding
    case acceptLanguage, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, idempotencyKey, xRequestId
    case traceparent, expect, connection, origin, xForwardedFor, xForwardedProto, prefer, contentDigest, userAgent
    case range, ifRange, accessControlRequestMethod, accessControlRequestHeaders

    /// The name in lower case.
    public var name: String {
        let text = lowerName
        return text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    }

    var lowerName: StaticString {
        switch self {
        case .host: "host"
        case .authorization: "authorization"
        case .contentType: "content-type"
        case .contentLength: "content-length"
        case .contentEncoding: "content-encoding"
        case .transferEncoding: "transfer-encoding"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .ifMatch: "if-match"
        case .ifNoneMatch: "if-none-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .idempotencyKey: "idempotency-key"
        case .xRequestId: "x-request-id"
        case .traceparent: "traceparent"
        case .expect: "expect"
        case .connection: "connection"
        case .origin: "origin"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedProto: "x-forwarded-proto"
        case .prefer: "prefer"
        case .contentDigest: "content-digest"
        case .userAgent: "user-agent"
        case .range: "range"
        case .ifRange: "if-range"
        case .accessControlRequestMethod: "access-control-request-method"
        case .accessControlRequestHeaders: "access-control-request-headers"
        }
    }

    /// A second line with one of these would let two readers of the request disagree, so it is refused with 400.
    var refusesRepetition: Bool {
        switch self {
        case .host, .authorization, .contentType, .contentLength, .idempotencyKey: true
        default: false
        }
    }

    /// The field with this name (token bytes, any case), by length first.
    static func named(_ bytes: UnsafeRawBufferPointer) -> KnownField? {
        switch bytes.count {
        case 4: pick(bytes, .host)
        case 5: pick(bytes, .range)
        case 6: pick(bytes, .accept) ?? pick(bytes, .origin) ?? pick(bytes, .expect) ?? pick(bytes, .prefer)
        case 8: pick(bytes, .ifMatch) ?? pick(bytes, .ifRange)
        case 10: pick(bytes, .connection) ?? pick(bytes, .userAgent)
        case 11: pick(bytes, .traceparent)
        case 12: pick(bytes, .contentType) ?? pick(bytes, .xRequestId)
        case 13: pick(bytes, .authorization) ?? pick(bytes, .ifNoneMatch)
        case 14: pick(bytes, .contentLength) ?? pick(bytes, .contentDigest)
        case 15:
            pick(bytes, .acceptEncoding) ?? pick(bytes, .acceptLanguage) ?? pick(bytes, .xForwardedFor)
                ?? pick(bytes, .idempotencyKey)
        case 16: pick(bytes, .contentEncoding)
        case 17: pick(bytes, .transferEncoding) ?? pick(bytes, .ifModifiedSince) ?? pick(bytes, .xForwardedProto)
        case 19: pick(bytes, .ifUnmodifiedSince)
        case 29: pick(bytes, .accessControlRequestMethod)
        case 30: pick(bytes, .accessControlRequestHeaders)
        default: nil
        }
    }

    @inline(__always)
    private static func pick(_ bytes: UnsafeRawBufferPointer, _ candidate: KnownField) -> KnownField? {
        bytes.equalsIgnoringCase(candidate.lowerName) ? candidate : nil
    }
}
