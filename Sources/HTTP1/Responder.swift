// skeleton
public struct Responder: Sendable {
    /// What `AnswerRecord.note` will hold. Set it before `respond`; the copy that responds counts.
    public var note: (any AnyObject & Sendable)?
    /// Gives the answer.
    public func respond(_ response: Response) {}
    /// Calls on the loop when the peer left before the answer.
    public func onPeerGone(_ action: @escaping @Sendable () -> Void) {}
}
