// Where and how to listen. Reading these values from files or arguments is the caller's work.

/// What a server needs to know before it starts.
public struct ServerConfiguration: Sendable {
    /// A numeric IPv4 or IPv6 address, or `localhost`.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 8_080
    /// Loops, each with its own thread and listener; 0 means one for each core.
    public var loopCount = 0
    /// The limits.
    public var limits = Limits()
    /// Proxies whose `X-Forwarded-For` is believed, and which the per-address limit does not count.
    public var trustedProxies: [AddressRange] = []
    /// Seconds since 1970 for the `Date` of answers, which have none where this gives nil (RFC 9110 6.6.1); without it
    /// the machine's clock is taken.
    public var dateSeconds: (@Sendable () -> Int?)?

    /// 127.0.0.1:8080 with the default limits.
    public init() {}
}
