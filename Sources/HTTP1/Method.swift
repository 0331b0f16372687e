// Request methods that the service knows. Which of them a resource takes is the router's business, not this file's.

/// A request method (RFC 9110 section 9.3). Methods are case-sensitive; one that is not listed here is answered 501
/// before a handler sees it.
public enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// Safe and idempotent with a body (the QUERY method of the HTTP working group): known so that it is answered 405.
    case query

    /// The method as it stands in a request line and in `Allow`.
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .query: "QUERY"
        }
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 3:
            if bytes.equals("GET") { self = .get } else if bytes.equals("PUT") { self = .put } else { return nil }
        case 4:
            if bytes.equals("POST") { self = .post } else if bytes.equals("HEAD") { self = .head } else { return nil }
        case 5:
            if bytes.equals("PATCH") {
                self = .patch
            } else if bytes.equals("TRACE") {
                self = .trace
            } else if bytes.equals("QUERY") {
                self = .query
            } else {
                return nil
            }
        case 6:
            if bytes.equals("DELETE") { self = .delete } else { return nil }
        case 7:
            if bytes.equals("OPTIONS") {
                self = .options
            } else if bytes.equals("CONNECT") {
                self = .connect
            } else {
                return nil
            }
        default: return nil
        }
    }
}
