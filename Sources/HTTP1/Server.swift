// skeleton
/// skeleton
public final class Server: Sendable {
    /// Binds.
    public init(_ configuration: ServerConfiguration, handler: any RequestHandler) throws {}
    /// The port.
    public var port: Int { 0 }
    /// Starts.
    public func start() {}
    /// Drains.
    public func drain(seconds: Int) {}
    /// Waits.
    public func waitUntilStopped() {}
    /// Count.
    public var openConnectionCount: Int { 0 }
    /// Loop count.
    public var loopCount: Int { 1 }
    /// Runs on a loop.
    public func onLoop(_ index: Int, _ work: @escaping @Sendable () -> Void) {}
}
