// The handler's end of a request: exactly one answer, from any thread.

/// Takes the answer to one request. On the connection's own loop the answer goes out directly, from elsewhere through
/// the loop's mailbox. The first answer counts; any further one, or one to a connection that is gone, does nothing. A
/// request that is never answered is closed after `Limits.answerSeconds`.
public struct Responder: Sendable {
    /// What `AnswerRecord.note` will hold. Set it before `respond`; the copy that responds counts.
    public var note: (any AnyObject & Sendable)?
    let loop: Confined<EventLoop>
    let mailbox: LoopMailbox
    let key: RequestKey
    let acceptsGzip: Bool

    /// Content beyond this is compressed by the thread that answers, if it is not the loop.
    private static let compressElsewhereBytesMin = 65_536

    /// Gives the answer.
    public func respond(_ response: Response) {
        if loop.isOnOwnThread {
            loop.value.answer(key, response, note: note)
        } else {
            mailbox.post(.answer(key, compressed(response), note: note))
        }
    }

    /// Calls the action on the loop if the client closes its side before the answer is given; at most once. For
    /// requests that wait long: a client that only shuts its sending side counts as gone too.
    public func onPeerGone(_ action: @escaping @Sendable () -> Void) {
        if loop.isOnOwnThread {
            loop.value.watchPeer(key, action)
        } else {
            mailbox.post(.watchPeer(key, action))
        }
    }

    private func compressed(_ response: Response) -> Response {
        guard response.compressible, acceptsGzip, case .bytes(let bytes) = response.body,
            bytes.count >= Responder.compressElsewhereBytesMin,
            let coded = bytes.withUnsafeBytes({ Deflater()?.gzip($0) })
        else { return response }
        var copy = response
        copy.body = .variants(identity: [], gzip: coded)
        return copy
    }
}
