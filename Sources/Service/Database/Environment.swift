// Time and randomness are passed in as values, so that tests can decide both.

import Domain

/// Where the time and new ids come from.
public struct Environment: Sendable {
    /// The time now.
    public var now: @Sendable () -> Instant
    /// Milliseconds of a clock that nobody sets: it keeps counting even while the machine sleeps.
    public var uptime: @Sendable () -> Int64
    /// 128 random bits.
    public var random: @Sendable () -> (UInt64, UInt64)

    /// Takes a clock and a source of random bits.
    ///
    /// - Parameter uptime: the clock that nobody sets; without it, `now` is taken to be one.
    public init(
        now: @escaping @Sendable () -> Instant, uptime: (@Sendable () -> Int64)? = nil,
        random: @escaping @Sendable () -> (UInt64, UInt64)
    ) {
        self.now = now
        self.uptime = uptime ?? { now().milliseconds }
        self.random = random
    }

    /// The machine's clock and its random numbers.
    public static let system = Environment(
        now: { Instant.ofMachine() }, uptime: { Instant.uptimeOfMachine() },
        random: {
            var generator = SystemRandomNumberGenerator()
            return (generator.next(), generator.next())
        })

    /// A new id; ids sort by the time at which they were made.
    package func newId(at instant: Instant) -> Identifier {
        Identifier.v7(milliseconds: instant.milliseconds, random: random())
    }
}
