// Batches as tablets send them, and what they are answered, in short forms for tests.

@testable import App
@testable import Domain
@testable import SQL
@testable import Web

enum BatchSample {
    /// Two hours before the clock of the tests' county stands.
    static let written = "2026-03-01T23:00:00.000Z"

    /// A visit of a household with an id of its own; ids of visits begin at 1,000.
    static func visit(_ number: Int, of household: Int = 1, _ kind: String = "home-visit", at time: String = written)
        -> JSON
    {
        [
            "id": .string(Sample.id(number)), "householdId": .string(Sample.id(household)), "kind": .string(kind),
            "occurredAt": .string(time),
        ]
    }

    static func batch(_ number: Int, _ items: [JSON], mode: String? = nil) -> JSON {
        [
            "batchId": .string(Sample.id(9_000_000 + number)), "mode": mode.map(JSON.string) ?? .omitted,
            "items": .array(items),
        ]
    }
}

extension Session {
    func sendBatch(_ number: Int, _ items: [JSON], mode: String? = nil) throws -> Answer {
        try post("/v1/visit-batches", BatchSample.batch(number, items, mode: mode))
    }
}

extension Answer {
    /// `created`, or `rejected unknown-code /items/0/kind after-fix`: what is said of each item, without `never`.
    var outcomes: [String] {
        items.map { item in
            let retry = item["retry"]?.string
            return [
                item["outcome"]?.string, item["code"]?.string, item["pointer"]?.string,
                retry == "never" ? nil : retry ?? "no retry",
            ].compactMap(\.self).joined(separator: " ")
        }
    }
}

extension County {
    /// `number kind` of each visit, and `!` where it counts for nothing, in the order of their arrival.
    func visits() throws -> [String] {
        try query("SELECT id, kind, is_counted FROM visit ORDER BY visit_number") { row in
            let number = Int(try row.identifier(0).description.suffix(12)) ?? -1
            return "\(number) \(row.text(1))\(row.bool(2) ? "" : "!")"
        }
    }

    /// `number code state` of what is kept for a person.
    func heldVisits() throws -> [String] {
        try query("SELECT visit_id, code, state FROM held_visit ORDER BY received_at, id") { row in
            "\(Int(try row.identifier(0).description.suffix(12)) ?? -1) \(row.text(1)) \(row.text(2))"
        }
    }

    /// The one row of a visit that a test is about: what it counts for, and its flags.
    func judged(_ number: Int) throws -> String {
        try query("SELECT id, counted_on, flags FROM visit") { row in
            (try row.identifier(0).description, "\(row.optionalText(1) ?? "never") \(row.text(2))")
        }.first { $0.0 == Sample.id(number) }?.1 ?? "no visit"
    }
}
