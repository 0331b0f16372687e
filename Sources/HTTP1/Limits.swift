// Every bound of the server in one place, with its default. What a single route allows is its `BodyPlan`.

/// The limits of the server. Times are for one connection; byte counts are on the wire, before any decoding.
public struct Limits: Sendable {
    /// Octets of the request line without its line end; past it 414, or 501 where the method alone is that long. At
    /// most 16,384.
    public var requestLineBytesMax = 8_192
    /// Octets of one field line; past it 431.
    public var fieldBytesMax = 16_384
    /// Octets of all field lines together; past it 431. At most 48,000.
    public var fieldSectionBytesMax = 32_768
    /// Fields of a request, its trailers counted too; past it 431.
    public var fieldCountMax = 100
    /// Empty lines before a request line (RFC 9112 section 2.2); one more is 400.
    public var leadingEmptyLinesMax = 4
    /// Octets of one chunk's size line; past it 400.
    public var chunkLineBytesMax = 256
    /// Octets of the chunk extensions of one body; past it 400.
    public var chunkExtensionBytesMax = 4_096
    /// Octets of a body's trailers; past it 431.
    public var trailerBytesMax = 8_192
    /// Octets of a body that stay in memory before a file is made.
    public var spoolBufferBytes = 65_536
    /// Octets of all bodies that are kept at a time, from their announcement to the answer, in memory and in files;
    /// past it 503. Of a `BodyPlan.spool` only what stays in memory counts.
    public var keptBodyBytesMax = 128 << 20
    /// The part of it that one `BodyOwner` may take; past it 503.
    public var keptBodyBytesPerOwnerMax = 40 << 20
    /// Answers to pipelined requests that are gathered into one write.
    public var pipelineDepthMax = 64
    /// Octets of a refused request's body that are read to keep the connection.
    public var discardBytesMax = 65_536

    /// Open connections of the whole server; one more is answered 503 and closed.
    public var connectionsMax = 16_384
    /// Open connections of one client address, except loopback and trusted proxies.
    public var connectionsPerAddressMax = 256
    /// Requests on one connection; the last one is answered with `Connection: close`.
    public var requestsPerConnectionMax = 10_000
    /// Age at which a connection's next answer closes it.
    public var connectionAgeSeconds = 3_600.0

    /// From a request's first byte to the end of its fields; then 408.
    public var headSeconds = 10.0
    /// How long a body may come slower than `bodyBytesPerSecondMin`.
    public var bodyGraceSeconds = 10.0
    /// The rate that a body must keep after the grace; below it 408.
    public var bodyBytesPerSecondMin = 500
    /// From a request's first byte to the end of a collected body; then 408. Spooled bodies have only the rate.
    public var requestSeconds = 120.0
    /// Idle time between requests; then a silent close.
    public var keepAliveSeconds = 75.0
    /// How long a handler may take to answer; then the connection is closed.
    public var answerSeconds = 900.0
    /// How long a write may make no progress; then the connection is closed.
    public var writeStallSeconds = 30.0
    /// After a last answer: how long the client's rest is read and thrown away, so that the answer is not lost.
    public var lingerSeconds = 5.0
    /// After a last answer: how much of the client's rest is thrown away.
    public var lingerBytesMax = 16 << 20

    /// Answers with fewer octets than this are never compressed.
    public var gzipBytesMin = 1_024
    /// Answers with more octets than this are compressed only if another thread gives them, as a loop must not stall.
    public var gzipOnLoopBytesMax = 262_144
    /// zlib level 1 to 4 for answers.
    public var gzipLevel = 1

    /// The defaults.
    public init() {}

    /// With what positions of 16 bits can hold.
    var clamped: Limits {
        var limits = self
        limits.requestLineBytesMax = min(requestLineBytesMax, 16_384)
        limits.fieldSectionBytesMax = min(fieldSectionBytesMax, 48_000)
        limits.leadingEmptyLinesMax = min(leadingEmptyLinesMax, 64)
        return limits
    }
}
