// The machine's clocks: the one that shows the time, and the one that only counts.

import Domain
import Glibc

extension Instant {
    package static func ofMachine() -> Instant { Instant(milliseconds: milliseconds(CLOCK_REALTIME)) }

    /// Milliseconds since the machine started, including those in which it slept: a clock that is right after a night
    /// of sleep has not jumped.
    package static func uptimeOfMachine() -> Int64 { milliseconds(CLOCK_BOOTTIME) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
