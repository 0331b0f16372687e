// What a command tells the person who ran it: errors, and the progress of long work as a bar on a terminal, as plain
// lines elsewhere.

import Glibc

enum Console {
    static func error(_ text: String) { write(errorLine(text) + "\n", to: STDERR_FILENO) }

    /// An error as the program says it.
    static func errorLine(_ text: String) -> String { "jiedui: " + text }

    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    fileprivate static func raw(_ text: String) { write(text, to: STDERR_FILENO) }
}

/// Progress with rate and time left, on standard error.
final class ProgressDisplay {
    private let what: String
    private let unit: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = Console.monotonicSeconds()
    private var shownAt = 0.0

    init(_ what: String, unit: String) {
        self.what = what
        self.unit = unit
    }

    /// Shows at most ten states a second on a terminal, one in two seconds elsewhere.
    ///
    /// - Parameter share: from 0 to 1.
    func show(_ count: Int, share: Double) {
        let now = Console.monotonicSeconds()
        guard now - shownAt >= (isTerminal ? 0.1 : 2) else { return }
        shownAt = now
        let seconds = max(now - start, 0.001)
        let left = share > 0 ? Int(seconds / share * (1 - share) + 0.5) : 0
        let text =
            "\(what): \(count) \(unit), \(Int(share * 100)) %, "
            + "\(Int(Double(count) / seconds)) \(unit)/s, \(left) s left"
        if isTerminal {
            let filled = Int(share * 30)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            Console.raw("\r\u{1B}[K\(bar) \(text)")
        } else {
            Console.raw(text + "\n")
        }
    }

    /// The last line.
    func finish(_ count: Int) {
        let seconds = Console.monotonicSeconds() - start
        let text = "\(what): \(count) \(unit) in \(Int(seconds * 10 + 0.5) / 10).\(Int(seconds * 10 + 0.5) % 10) s\n"
        Console.raw(isTerminal ? "\r\u{1B}[K" + text : text)
    }
}
