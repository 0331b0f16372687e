// Choosing by weight and by chance, from a seeded generator only.

import Domain

/// Values with weights, of which one is picked in proportion.
struct Weighted<Value: Sendable>: Sendable {
    private let values: [Value]
    private let ends: [Int]

    init(_ pairs: [(Value, Int)]) {
        values = pairs.map(\.0)
        var total = 0
        ends = pairs.map {
            total += $0.1
            return total
        }
    }

    func pick(_ generator: inout SeededGenerator) -> Value {
        let ticket = generator.below(ends.last ?? 1)
        return values[ends.firstIndex { ticket < $0 } ?? 0]
    }
}

extension SeededGenerator {
    /// One of the elements, of which there is at least one.
    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Puts the elements into an order of chance (Fisher and Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
    }
}
