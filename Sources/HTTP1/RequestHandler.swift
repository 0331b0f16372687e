// What the server asks of the application, and what it hands over. No I/O here.

/// What becomes of a request's body, decided when its head is complete.
public enum BodyPlan: Sendable {
    /// Kept in memory; more octets than this is 413.
    case collect(bytesMax: Int)
    /// Written to a file in the directory once it is larger than a buffer; more octets than this is 413, a full disk
    /// 507. No total time while the minimum rate is kept.
    case spool(bytesMax: Int, directory: String)
    /// Answered at once. A small body is then read and thrown away, after a larger one the connection closes.
    case refuse(Response)
}

/// A request's body as received: chunks joined, content coding still on it.
public enum RequestBody: Sendable {
    case none
    case bytes([UInt8])
    case file(SpoolFile)
}

/// A complete request.
public struct Request: Sendable {
    /// Line and fields.
    public let head: RequestHead
    /// The body.
    public let body: RequestBody
    /// The client's address without port; behind a trusted proxy the last untrusted one of `X-Forwarded-For`.
    public let peer: String
    /// The index of the loop that the connection lives on, from 0.
    public let loop: Int

    /// A request as the server would make it; for tools and tests.
    public init(head: RequestHead, body: RequestBody, peer: String, loop: Int) {
        self.head = head
        self.body = body
        self.peer = peer
        self.loop = loop
    }
}

/// What was answered, for the log and the metrics.
public struct AnswerRecord: Sendable {
    /// The loop's index.
    public let loop: Int
    /// The status sent.
    public let status: Int
    /// Octets of head and content.
    public let byteCount: Int
    /// From the complete head to the encoded answer.
    public let microseconds: Int
    /// What the handler put into `Responder.note`; nil for answers that HTTP1 made itself.
    public let note: (any AnyObject & Sendable)?
}

/// The application behind the server. Every function runs on a connection's loop and must not block.
public protocol RequestHandler: Sendable {
    /// Called when the head of a request that has a body is complete, before any of the body is read.
    func plan(_ head: RequestHead, loop: Int) -> BodyPlan

    /// Called with the complete request. Answer through the responder, now or later, from any thread.
    func handle(_ request: Request, _ responder: Responder)

    /// The content and fields of an answer that HTTP1 makes itself: 400, 408, 413, 414, 417, 421, 431, 501, 503, 505,
    /// 507. The status stays as given, the connection is closed behind it. `Retry-After` on 503 is the handler's to
    /// add.
    func refused(status: Int, reason: String, acceptLanguage: String?) -> Response

    /// Called once for every answer when it has been handed to the socket. Must be cheap.
    func answered(_ record: AnswerRecord)
}
