// Whether new work should be sent here, and what follows from a clock that is in doubt.

import HTTP1
import Logging
import SQL
import Synchronization
import Web

/// Whether new work should be sent here.
final class Readiness: Sendable {
    let isDraining = Atomic<Bool>(false)
    private let register: Register

    init(_ register: Register) { self.register = register }

    /// - Throws: why not, in words where a person has to act.
    func require() throws {
        if let doubt = register.clock.doubt { throw doubt }
        guard !isDraining.load(ordering: .acquiring), register.database.writer.isHealthy else {
            throw Problem.unavailable
        }
    }
}

extension Application {
    /// Seconds since 1970 for the `Date` of answers, by which tablets check their clocks; nil while the clock is in
    /// doubt, so that nobody relies on a wrong one.
    public var dateSeconds: Int? { (try? register.clock.trusted()).map { Int($0.milliseconds / 1_000) } }

    /// Logs when the clock becomes doubtful, and lets waiting work continue when it is believed again.
    func observeClock() {
        register.clock.observe { [logger, runners] doubt in
            if let doubt {
                logger.error(
                    "the machine's clock is in doubt",
                    metadata: ["reason": "\(doubt.reason.rawValue)", "detail": "\(doubt.words.en)"])
            } else {
                logger.notice("the machine's clock is believed again")
                for runner in runners { runner.wake() }
            }
        }
    }

    /// - Throws: the refusal of writes while the clock is in doubt, before their body is read or decoded.
    func requireClock(_ endpoint: Endpoint) throws {
        guard case .write = endpoint.work, !endpoint.writesInDoubt else { return }
        _ = try register.clock.trusted()
    }
}
