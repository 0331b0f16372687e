// Every limit of the decoders one below it, at it and one above it. Limits of connections and times are in other files.

import Testing

@testable import HTTP1

struct LimitCase: Sendable, CustomTestStringConvertible {
    let name: String
    let limit: Int
    let refusal: String
    let limits: Limits
    /// A request whose measured part is as long as the argument.
    let request: @Sendable (Int) -> String
    var testDescription: String { name }

    init(
        _ name: String, _ limit: Int, _ refusal: String, _ set: (inout Limits) -> Void,
        _ request: @escaping @Sendable (Int) -> String
    ) {
        self.name = name
        self.limit = limit
        self.refusal = refusal
        var limits = Limits()
        set(&limits)
        self.limits = limits
        self.request = request
    }
}

private func letters(_ count: Int) -> String { String(repeating: "x", count: count) }

private func fields(_ lines: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n" }

private func chunked(_ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
}

private let limitCases: [LimitCase] = [
    LimitCase("request line", 100, "414", { $0.requestLineBytesMax = 100 }) {
        "GET /\(letters($0 - 14)) HTTP/1.1\r\nHost: a\r\n\r\n"
    },
    LimitCase("request line that is all method", 100, "501", { $0.requestLineBytesMax = 100 }) {
        "\(letters($0 - 11)) / HTTP/1.1\r\nHost: a\r\n\r\n"
    },
    LimitCase("field", 100, "431", { $0.fieldBytesMax = 100 }) { fields("X: \(letters($0 - 3))\r\n") },
    LimitCase("field section", 300, "431", { $0.fieldSectionBytesMax = 300 }) { count in
        fields("X: \(letters(100))\r\nY: \(letters(count - 9 - 105 - 5))\r\n")
    },
    LimitCase("field count", 10, "431", { $0.fieldCountMax = 10 }) {
        fields((1..<$0).map { "X\($0): 1\r\n" }.joined())
    },
    LimitCase("trailers count as fields", 10, "431", { $0.fieldCountMax = 10 }) {
        chunked("0\r\n" + (2..<$0).map { "X\($0): 1\r\n" }.joined() + "\r\n")
    },
    LimitCase("leading empty lines", 4, "400", { $0.leadingEmptyLinesMax = 4 }) {
        String(repeating: "\r\n", count: $0) + fields("")
    },
    LimitCase("chunk line", 50, "400", { $0.chunkLineBytesMax = 50 }) {
        chunked("1;\(letters($0 - 2))\r\nx\r\n0\r\n\r\n")
    },
    LimitCase("chunk extensions of a body", 60, "400", { $0.chunkExtensionBytesMax = 60 }) { count in
        chunked("1;\(letters(29))\r\nx\r\n1;\(letters(count - 31))\r\nx\r\n0\r\n\r\n")
    },
    LimitCase("trailer bytes", 60, "431", { $0.trailerBytesMax = 60 }) {
        chunked("0\r\nX: \(letters($0 - 6))\r\n\r\n")
    },
    LimitCase("body with a length", 1_000, "413", { _ in }) {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n\(letters($0))"
    },
    LimitCase("body in chunks", 1_000, "413", { _ in }) {
        chunked("1f4\r\n\(letters(500))\r\n\(String($0 - 500, radix: 16))\r\n\(letters($0 - 500))\r\n0\r\n\r\n")
    },
]

@Suite("Limits of a request")
struct LimitTests {
    @Test("one below and at the limit is taken, one above is refused", arguments: limitCases)
    func boundaries(_ row: LimitCase) {
        for (count, isTaken) in [(row.limit - 1, true), (row.limit, true), (row.limit + 1, false)] {
            let bytes = Array(row.request(count).utf8)
            for outcome in [decode([bytes], limits: row.limits), decode(bytes.map { [$0] }, limits: row.limits)] {
                #expect(outcome.count == 1)
                #expect((outcome.first != row.refusal) == isTaken, "\(count): \(outcome)")
                if isTaken { #expect(outcome.first?.contains("|") == true) }
            }
        }
    }

    @Test("a line without an end is refused as soon as it is too long")
    func endlessLines() {
        let limits = Limits()
        #expect(decode([Array(letters(limits.requestLineBytesMax + 10).utf8)]) == ["501"])
        #expect(decode([Array("GET /\(letters(limits.requestLineBytesMax))".utf8)]) == ["414"])
        #expect(decode([Array("GET / HTTP/1.1\r\nX: \(letters(limits.fieldBytesMax))".utf8)]) == ["431"])
    }

    @Test("limits beyond what positions can hold are cut down, so that no position wraps")
    func clampedLimits() {
        var limits = Limits()
        limits.requestLineBytesMax = .max
        limits.fieldSectionBytesMax = .max
        limits.leadingEmptyLinesMax = .max
        let bounded = limits.clamped
        #expect(bounded.requestLineBytesMax + bounded.fieldSectionBytesMax + 2 * bounded.leadingEmptyLinesMax < 65_536)
    }
}
