// What answers say to browsers that show pages of other origins (`serve --allow-origin`).

import HTTP1
import Web

enum CrossOrigin {
    /// What a page may read of an answer beside its content.
    private static let exposed =
        "ETag, Link, Location, Retry-After, X-Request-ID, Content-Disposition, Idempotency-Replayed, WWW-Authenticate, "
        + "Accept-Patch"
    /// What a page may send.
    private static let accepted =
        "Authorization, Content-Type, Content-Encoding, Accept-Language, If-Match, If-None-Match, Idempotency-Key, "
        + "X-Request-ID, Traceparent"
    /// Seconds for which a browser keeps the answer to its question beforehand.
    private static let preflightSeconds = 600

    /// The origin of the page that asks; nil if answers are not for it.
    static func origin(_ head: RequestHead, _ allowed: AllowedOrigins) -> String? {
        guard !allowed.isEmpty, let origin = head.string(.origin), allowed.contains(origin) else { return nil }
        return origin
    }

    /// Names the page's origin in an answer. Without it the answer differs too, so that caches must tell them apart.
    static func mark(_ response: inout Response, _ origin: String?) {
        response.add("Vary", "Origin")
        guard let origin else { return }
        response.add("Access-Control-Allow-Origin", origin)
        response.add("Access-Control-Expose-Headers", exposed)
    }

    /// Adds what a browser asks before it sends a request with a token (Fetch 3.2.3).
    static func answerPreflight(_ response: inout Response, _ head: RequestHead, _ allow: [Method]) {
        guard head.string(.accessControlRequestMethod) != nil else { return }
        response.add("Access-Control-Allow-Methods", Problem.allowValue(allow))
        response.add("Access-Control-Allow-Headers", accepted)
        response.add("Access-Control-Max-Age", preflightSeconds)
        response.add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
    }
}
