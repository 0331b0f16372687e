// What a loop keeps for one connection. Plain state without behaviour; it never leaves its loop. About 700 bytes idle.

/// A part of an answer that the kernel has not taken yet.
enum OutgoingPart {
    case bytes([UInt8])
    case file(SpoolFile)

    var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(let file): file.byteCount
        }
    }
}

final class Connection {
    let descriptor: CInt
    let generation: UInt32
    let peer: Address
    let peerText: String
    /// The peer is a proxy whose `X-Forwarded-For` is believed.
    let isTrustedProxy: Bool
    /// The peer counts towards the per-address limit.
    let isCounted: Bool

    var state: ConnectionState
    var decoder = RequestDecoder()
    var bodyDecoder = BodyDecoder()
    /// Received and not yet used: the tail of an unfinished head, or pipelined requests.
    var input: [UInt8] = []
    /// How much of `input` is already used.
    var inputStart = 0
    var pending: [OutgoingPart] = []
    /// Octets of the first pending part that are already sent.
    var pendingOffset = 0
    /// What the connection is registered for with epoll.
    var interest: UInt32 = 0
    /// The wheel's tick at which the connection is looked at; 0 if it is in no bucket.
    var wheelTick: Int64 = 0

    // The request at hand.
    var head: RequestHead?
    var bodyBytes: [UInt8] = []
    var spoolDirectory: String?
    var spool: SpoolFile?
    /// What the body takes of the budget; nil where nothing of it is kept.
    var share: BodyShare?
    /// How much of the body the share is for: of a file only what lies in memory.
    var sharedBytesMax = 0
    var requestNumber: UInt32 = 0
    var isAwaitingAnswer = false
    var beganMicroseconds: Int64 = 0
    /// The client's end of sending was seen while its request was served.
    var peerHasFinished = false
    var peerGone: (@Sendable () -> Void)?

    init(
        descriptor: CInt, generation: UInt32, peer: Address, isTrustedProxy: Bool, isCounted: Bool, now: Int64
    ) {
        self.descriptor = descriptor
        self.generation = generation
        self.peer = peer
        self.isTrustedProxy = isTrustedProxy
        self.isCounted = isCounted
        peerText = peer.text
        state = ConnectionState(now: now)
    }

    var key: RequestKey { RequestKey(descriptor: descriptor, generation: generation, number: requestNumber) }

    /// Forgets the request and its body.
    func endRequest() {
        head = nil
        decoder = RequestDecoder()
        dropBody()
        isAwaitingAnswer = false
        peerGone = nil
    }

    /// Lets go of what was kept of the body, and of its share of the budget.
    func dropBody() {
        bodyBytes = []
        spoolDirectory = nil
        spool = nil
        share = nil
        sharedBytesMax = 0
    }
}
