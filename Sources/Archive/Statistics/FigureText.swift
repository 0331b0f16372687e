// The counts of one village and dimension as they are kept: `code:households:people`, joined by `;`, by code. A county
// has 130,000 of them, so they are read directly from the bytes, without a string for each.

/// How many households, and how many people.
package struct FigureCounts: Hashable {
    package var households = 0
    package var people = 0

    var isZero: Bool { households == 0 && people == 0 }

    package static func += (left: inout FigureCounts, right: FigureCounts) {
        left.households += right.households
        left.people += right.people
    }
}

package enum FigureText {
    /// Calls `body` with each code and its counts. Bytes in any other form are skipped; `check` finds them.
    package static func forEach(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, FigureCounts) -> Void
    ) {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: ":") { end += 1 }
            let code = UnsafeBufferPointer(rebasing: text[start..<end])
            var index = end + 1
            let households = number(text, &index)
            let people = number(text, &index)
            body(code, FigureCounts(households: households, people: people))
            start = index
        }
    }

    /// A number and what ends it.
    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Int {
        var value = 0
        var isNegative = false
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value * 10 + Int(byte - 48)
            case UInt8(ascii: "-"): isNegative = true
            default: return isNegative ? -value : value
            }
        }
        return isNegative ? -value : value
    }

    package static func read(_ text: UnsafeBufferPointer<UInt8>) -> [String: FigureCounts] {
        var counts: [String: FigureCounts] = [:]
        forEach(text) { counts[String(decoding: $0, as: UTF8.self), default: FigureCounts()] += $1 }
        return counts
    }

    package static func write(_ counts: [String: FigureCounts]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.households):\($0.value.people)" }
            .joined(separator: ";")
    }
}
