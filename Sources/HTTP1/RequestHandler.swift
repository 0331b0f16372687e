// What the server asks of the application, and what it hands over. No I/O here.

/// What becomes of a request's body, decided when its head is complete.
public enum BodyPlan: Sendable {
    /// Kept for the handler: in memory, and in a file of the directory, if one is named, once it is larger than a
    /// buffer. More octets than this is 413, a full disk 507, and what `Limits` lets nobody, or not this owner, keep at
    /// a time is 503.
    case collect(bytesMax: Int, directory: String? = nil, owner: BodyOwner? = nil)
    /// Like `collect`, for files: as long as the minimum rate is kept there is no total time, and what lies in the file
    /// is not counted among what is kept at a time.
    case spool(bytesMax: Int, directory: String, owner: BodyOwner? = nil)
    /// Read and thrown away: the handler is given none. More octets than this is 413.
    case discard(bytesMax: Int)
    /// Answered at once. A small body is then read and thrown away, after a larger one the connection closes.
    case refuse(Response)
}

/// A request's body as received: chunks joined, content coding still on it.
public enum RequestBody: Sendable {
    case none
    case bytes([UInt8])
    case file(SpoolFile)

    /// Octets as received.
    public var byteCount: Int {
        switch self {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .file(let file): file.byteCount
        }
    }
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
    /// What the body takes of what may be kept at a time. Whoever makes more of the body, by inflating it, grows it.
    public let share: BodyShare?

    /// A request as the server would make it; for tools and tests.
    public init(head: RequestHead, body: RequestBody, peer: String, loop: Int, share: BodyShare? = nil) {
        self.head = head
        self.body = body
        self.peer = peer
        self.loop = loop
        self.share = share
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

    /// The answer, 503 with `Retry-After`, to a request for whose body there is no room among what is kept at a time.
    func refused(_ shortage: BodyShortage, acceptLanguage: String?) -> Response

    /// Called once for every answer when it has been handed to the socket. Must be cheap.
    func answered(_ record: AnswerRecord)
}
