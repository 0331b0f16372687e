// A fact of interval tables in the course of days, for telling what a late message changes of it.

import Domain
import Web

/// A value and the days on which it holds.
package struct DatedValue<Value: Sendable & Equatable>: Sendable, Equatable {
    package let value: Value
    package let days: DayInterval

    package init(value: Value, days: DayInterval) {
        self.value = value
        self.days = days
    }
}

/// The texts of a fact and their days; there may be days without any.
package struct DatedTexts {
    private let values: [DatedValue<String>]

    package init(_ values: [DatedValue<String>]) { self.values = values }

    private func text(on day: CivilDate) -> String? { values.first { $0.days.contains(day) }?.value }

    /// What another course says otherwise of which days.
    package func difference(to other: DatedTexts, _ field: String) -> [RetoldSpan] {
        let days = Set((values + other.values).flatMap { [$0.days.first, $0.days.end].compactMap(\.self) }).sorted()
        var spans: [RetoldSpan] = []
        for (index, first) in days.enumerated() {
            let (before, after) = (AuditValue.of(text(on: first)), AuditValue.of(other.text(on: first)))
            guard before != after else { continue }
            let end = index + 1 < days.count ? days[index + 1] : nil
            if let last = spans.last, last.days.end == first, last.before == before, last.after == after {
                spans[spans.count - 1] = RetoldSpan(
                    field: field, days: DayInterval(first: last.days.first, end: end), before: before, after: after)
            } else {
                spans.append(
                    RetoldSpan(
                        field: field, days: DayInterval(first: first, end: end), before: before, after: after))
            }
        }
        return spans
    }
}

extension RetoldSpan {
    /// The JSON of a record with what was told late of it.
    package static func appending(_ spans: [RetoldSpan], to record: [UInt8]) -> [UInt8] {
        guard !spans.isEmpty, record.last == UInt8(ascii: "}") else { return record }
        var json = JSONWriter(reserve: 256)
        json.array { json in for span in spans { span.write(into: &json) } }
        let comma = record.count > 2 ? "," : ""
        return record.dropLast() + Array("\(comma)\"retold\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }
}
