// Whether the machine's clock is believed. A dead battery, a mistake of an operator or a bad time server can move it by
// years in a second, and what is pruned, expired or recorded then cannot be brought back. So every transaction takes
// its time from here, and none can begin while the clock is in doubt. Refusing is safe, because clients keep what they
// wanted to write (a tablet its outbox) and send it again, while a time in a wrong year would remain in the register
// for good, since times of records only grow. Reads are answered as of the time that is believed, so that a jump ends
// nobody's token.

import Domain
import SQL
import Synchronization
import Web

/// Why the machine's clock is not believed.
public struct ClockDoubt: Error, Equatable, Sendable {
    /// What is wrong with it.
    public enum Reason: String, Sendable {
        /// It is behind the last record.
        case behind
        /// It is far ahead of the last record.
        case ahead
        /// It moved by itself while the service ran.
        case jumped
    }

    /// What is wrong with it.
    public let reason: Reason
    /// What the clock says.
    public let machineTime: Instant
    /// The last record, or what the clock should say.
    public let believedTime: Instant
}

extension ClockDoubt: CustomStringConvertible {
    /// What is wrong and what to do, in words.
    public var description: String { "\(words.zh) / \(words.en)" }

    package var words: Message {
        let machine = Self.text(machineTime)
        let believed = Self.text(believedTime)
        let days = abs(machineTime.milliseconds - believedTime.milliseconds) / 86_400_000
        let (zh, en) =
            switch reason {
            case .behind:
                (
                    "机器时钟为 \(machine)，早于最后一条记录（\(believed)）",
                    "the machine's clock says \(machine), before the last record (\(believed))"
                )
            case .ahead:
                (
                    "机器时钟为 \(machine)，比最后一条记录（\(believed)）晚 \(days) 天",
                    "the machine's clock says \(machine), \(days) days after the last record (\(believed))"
                )
            case .jumped:
                (
                    "机器时钟在运行中跳到 \(machine)，应为 \(believed)",
                    "the machine's clock jumped to \(machine) while the service ran; it should say \(believed)"
                )
            }
        return Message(
            zh: "\(zh)。确认之前只读不写：时间正确则由县级管理员 POST /v1/clock/confirmation，"
                + "或停止服务后运行 jiedui clock confirm；不正确则校正时钟",
            en:
                "\(en). Nothing is written until this is settled: if the clock is right, a county administrator "
                + "confirms it by POST /v1/clock/confirmation, or `jiedui clock confirm` does while the service is "
                + "stopped; if it is wrong, set it")
    }

    /// To the minute, in the county.
    private static func text(_ time: Instant) -> String {
        let minute = Instant(milliseconds: time.milliseconds + 28_800_000).description
        return minute.prefix(16).map { $0 == "T" ? " " : String($0) }.joined() + " +08:00"
    }
}

/// Watches the machine's clock for one open register.
public final class ClockGuard: Sendable {
    /// By how much a clock may be moved at once. A time server corrects less than this even after months without one;
    /// people and dead batteries move it by more. A difference of some minutes prunes or expires nothing.
    static let jumpMilliseconds: Int64 = 300_000
    /// How far behind the last record the clock may be at a start.
    static let behindMilliseconds: Int64 = 3_600_000
    /// How often a sign of life is stored.
    private static let signMilliseconds: Int64 = 3_600_000

    private struct State {
        /// The last moment at which the clock was believed, by both clocks; nil if it never was.
        var anchor: (wall: Int64, uptime: Int64)?
        /// The last record or sign of life at the start; nil in a new register.
        var last: Int64?
        let aheadMilliseconds: Int64
        let startUptime: Int64
        var keptAt: Int64?
        var doubt: ClockDoubt?
    }

    private let environment: Environment
    private let state: Mutex<State>
    private let observer = Mutex<(@Sendable (ClockDoubt?) -> Void)?>(nil)

    /// Reads what the database knows of time.
    package init(_ environment: Environment, _ connection: Connection) throws {
        self.environment = environment
        let (days, last) = try Self.kept(connection)
        state = Mutex(
            State(
                last: last, aheadMilliseconds: Int64(days) * 86_400_000, startUptime: environment.uptime(),
                keptAt: last))
        look()
    }

    /// By how many days the clock may be ahead, and the last record or sign of life.
    private static func kept(_ connection: Connection) throws -> (days: Int, last: Int64?) {
        let kept = try connection.first("SELECT forward_days, seen_at FROM clock") { ($0.int(0), $0.optionalInt64(1)) }
        let event = try connection.first("SELECT at FROM audit_event ORDER BY sequence DESC LIMIT 1") { $0.int64(0) }
        return (kept?.0 ?? 30, [kept?.1, event].compactMap(\.self).max())
    }

    /// Why the clock is not believed now; nil while it is.
    public var doubt: ClockDoubt? { look().doubt }

    /// The time that is believed: the machine's or, while that is in doubt, what it should be, counted by the clock
    /// that nobody sets from the last moment at which it was believed, or from the last record.
    package var now: Instant { look().believed }

    /// The time under which something may be recorded.
    ///
    /// - Throws: while the clock is in doubt.
    func trusted() throws(ClockDoubt) -> Instant {
        let (believed, doubt) = look()
        if let doubt { throw doubt }
        return believed
    }

    /// Calls the action when the clock becomes doubtful, and with nil when it is believed again.
    func observe(_ action: @escaping @Sendable (ClockDoubt?) -> Void) {
        observer.withLock { $0 = action }
        if let doubt { action(doubt) }
    }

    /// A person has confirmed that the machine's clock is right: it is believed from now on, and this is stored.
    ///
    /// - Returns: the time, and what the doubt was; nil where there was none, and then nothing is written.
    package func confirm(_ transaction: Transaction) throws -> ClockDoubt? {
        guard let doubt = look().doubt else { return nil }
        let time = environment.now()
        let confirmed = Transaction(
            connection: transaction.connection, register: transaction.register, actor: transaction.actor, now: time)
        try confirmed.audit(
            "confirm", .clock, Identifier(high: 0, low: 0),
            before: RecordAudit.whole([
                ("reason", .text(doubt.reason.rawValue)), ("believedTime", .text(doubt.believedTime.description)),
            ]),
            after: RecordAudit.whole([("time", .text(time.description))]))
        try keepSign(time, transaction.connection)
        let uptime = environment.uptime()
        state.withLock { state in
            state.anchor = (time.milliseconds, uptime)
            state.keptAt = time.milliseconds
        }
        look()
        return doubt
    }

    /// Stores a sign of life if the last one is old, so that a service that ran all summer without recording anything
    /// is not mistaken for one that was switched off.
    package func keepSign(_ register: Register) throws {
        guard let time = try? trusted() else { return }
        let isDue = state.withLock { state in
            state.keptAt.map { time.milliseconds - $0 >= Self.signMilliseconds } ?? true
        }
        guard isDue else { return }
        try register.perform { try self.keepSign($0.now, $0.connection) }
        state.withLock { $0.keptAt = time.milliseconds }
    }

    private func keepSign(_ time: Instant, _ connection: Connection) throws {
        try connection.run("UPDATE clock SET seen_at = $1", time)
    }

    /// Looks at both clocks.
    @discardableResult
    private func look() -> (believed: Instant, doubt: ClockDoubt?) {
        let (result, hasTurned) = state.withLock { state in
            // Read under the lock, so that two threads do not take each other's time for a jump.
            let wall = environment.now().milliseconds
            let uptime = environment.uptime()
            let was = state.doubt != nil
            let believed = Self.judge(wall, uptime, &state)
            return ((Instant(milliseconds: believed), state.doubt), was != (state.doubt != nil))
        }
        if hasTurned { observer.withLock { $0 }?(result.1) }
        return result
    }

    private static func judge(_ wall: Int64, _ uptime: Int64, _ state: inout State) -> Int64 {
        guard let anchor = state.anchor else {
            let last = state.last ?? wall
            let reason: ClockDoubt.Reason? =
                wall < last - behindMilliseconds ? .behind : wall > last + state.aheadMilliseconds ? .ahead : nil
            guard let reason else { return believe(wall, uptime, &state) }
            state.doubt = ClockDoubt(
                reason: reason, machineTime: Instant(milliseconds: wall), believedTime: Instant(milliseconds: last))
            return last + (uptime - state.startUptime)
        }
        let elapsed = uptime - anchor.uptime
        let expected = anchor.wall + elapsed
        // A time server that corrects a clock slowly does so by at most 500 parts in a million.
        guard abs(wall - expected) > jumpMilliseconds + max(0, elapsed / 2_000) else {
            return believe(wall, uptime, &state)
        }
        state.doubt = ClockDoubt(
            reason: .jumped, machineTime: Instant(milliseconds: wall), believedTime: Instant(milliseconds: expected))
        return expected
    }

    private static func believe(_ wall: Int64, _ uptime: Int64, _ state: inout State) -> Int64 {
        state.anchor = (wall, uptime)
        state.doubt = nil
        return wall
    }
}

/// What the clock is like, for the command line.
public enum ClockCommand {
    /// Why the clock is not believed, as the next start would see it; nil if it is. It only reads, even while the
    /// service is running.
    public static func doubt(_ reader: Connection, environment: Environment = .system) throws -> ClockDoubt? {
        try ClockGuard(environment, reader).doubt
    }

    /// Confirms the machine's clock, as the machine itself.
    ///
    /// - Returns: what the doubt was; nil where there was none.
    public static func confirm(_ register: Register) throws -> ClockDoubt? {
        try register.perform(inDoubt: true) { try register.clock.confirm($0) }
    }
}
