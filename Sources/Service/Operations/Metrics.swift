// Figures for /metrics in the Prometheus text format 0.0.4. Labels are route patterns, never paths, because an attacker
// must not be able to increase their number.

import HTTP1
import SQL
import Synchronization

/// Counters of answers; each loop has its own, so that counting never waits.
final class Metrics: Sendable {
    fileprivate struct Series {
        var count = 0
        var microseconds = 0
        /// Answers within each bound, not cumulative.
        var buckets = [Int](repeating: 0, count: Metrics.boundsMicroseconds.count + 1)
    }

    fileprivate struct Key: Hashable {
        let pattern: String
        let status: Int
    }

    private static let boundsMicroseconds = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000]
    private let loops: [LoopCounters]
    private let connectionCount = Mutex<(@Sendable () -> Int)?>(nil)
    private let parkedCount = Mutex<(@Sendable () -> Int)?>(nil)
    private let keptBodyBytes = Mutex<(@Sendable () -> Int)?>(nil)
    private let lostLogLines = Mutex<(@Sendable () -> Int)?>(nil)

    private final class LoopCounters: Sendable {
        let series = Mutex<[Key: Series]>([:])
    }

    init(loopCount: Int) {
        loops = (0..<loopCount).map { _ in LoopCounters() }
    }

    /// Where the number of open connections comes from, once there is a server.
    func observeConnections(_ count: @escaping @Sendable () -> Int) { connectionCount.withLock { $0 = count } }

    /// Where the number of requests that wait for a change comes from.
    func observeParked(_ count: @escaping @Sendable () -> Int) { parkedCount.withLock { $0 = count } }

    /// Where the number of octets of kept bodies comes from.
    func observeKeptBodyBytes(_ count: @escaping @Sendable () -> Int) { keptBodyBytes.withLock { $0 = count } }

    /// Where the number of lost log lines comes from.
    func observeLostLogLines(_ count: @escaping @Sendable () -> Int) { lostLogLines.withLock { $0 = count } }

    func count(_ record: AnswerRecord, pattern: String?) {
        let bucket = Self.boundsMicroseconds.firstIndex { record.microseconds <= $0 } ?? Self.boundsMicroseconds.count
        loops[record.loop].series.withLock { series in
            series[Key(pattern: pattern ?? "unrouted", status: record.status), default: Series()].add(
                record.microseconds, bucket)
        }
    }

    func text(_ writer: Writer.Statistics) -> String {
        var all: [Key: Series] = [:]
        for loop in loops {
            for (key, series) in loop.series.withLock({ $0 }) { all[key, default: Series()].add(series) }
        }
        var lines = [
            "# HELP jiedui_http_requests_total Answers by route and status.",
            "# TYPE jiedui_http_requests_total counter",
        ]
        let ordered = all.sorted { ($0.key.pattern, $0.key.status) < ($1.key.pattern, $1.key.status) }
        for (key, series) in ordered {
            lines.append(
                "jiedui_http_requests_total{route=\"\(key.pattern)\",status=\"\(key.status)\"} \(series.count)")
        }
        lines += Self.histogram(all)
        lines += Self.gauge("jiedui_open_connections", "Open connections.", connectionCount.withLock { $0?() ?? 0 })
        lines += Self.gauge(
            "jiedui_parked_requests", "Requests waiting for a change.", parkedCount.withLock { $0?() ?? 0 })
        lines += Self.gauge("jiedui_writer_queue_depth", "Requests waiting for the writer.", writer.queueDepth)
        lines += Self.gauge(
            "jiedui_writer_last_group_requests", "Requests in the last commit.", writer.lastGroupRequests)
        lines += Self.gauge("jiedui_wal_pages", "Pages in the write-ahead log.", writer.logPages)
        lines += Self.gauge("jiedui_writer_commits_total", "Commits.", writer.commits, type: "counter")
        lines += Self.gauge(
            "jiedui_writer_requests_total", "Requests committed.", writer.requestsCommitted, type: "counter")
        lines += Self.gauge(
            "jiedui_kept_body_bytes", "Octets of request bodies that are kept.", keptBodyBytes.withLock { $0?() ?? 0 })
        lines += Self.gauge(
            "jiedui_log_lines_lost_total", "Lines of the log that were lost because nobody read it.",
            lostLogLines.withLock { $0?() ?? 0 }, type: "counter")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func gauge(_ name: String, _ help: String, _ value: Int, type: String = "gauge") -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)", "\(name) \(value)"]
    }

    private static func histogram(_ all: [Key: Series]) -> [String] {
        let name = "jiedui_http_request_seconds"
        var lines = ["# HELP \(name) Time from a complete head to the encoded answer.", "# TYPE \(name) histogram"]
        let byRoute = Dictionary(grouping: all, by: \.key.pattern).sorted { $0.key < $1.key }
        for (pattern, group) in byRoute {
            var whole = Series()
            for (_, series) in group { whole.add(series) }
            var cumulative = 0
            for (index, bound) in boundsMicroseconds.enumerated() {
                cumulative += whole.buckets[index]
                lines.append("\(name)_bucket{route=\"\(pattern)\",le=\"\(Double(bound) / 1e6)\"} \(cumulative)")
            }
            lines.append("\(name)_bucket{route=\"\(pattern)\",le=\"+Inf\"} \(whole.count)")
            lines.append("\(name)_sum{route=\"\(pattern)\"} \(Double(whole.microseconds) / 1e6)")
            lines.append("\(name)_count{route=\"\(pattern)\"} \(whole.count)")
        }
        return lines
    }
}

extension Metrics.Series {
    fileprivate mutating func add(_ microseconds: Int, _ bucket: Int) {
        count += 1
        self.microseconds += microseconds
        buckets[bucket] += 1
    }

    fileprivate mutating func add(_ other: Self) {
        count += other.count
        microseconds += other.microseconds
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }
}
