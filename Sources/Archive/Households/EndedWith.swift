// What ends with a household or no longer counts, and what should be looked at: told in the answer to its end, or in
// the report of a job. Who keeps what of a household is not known here: whoever ends it asks, the domains that know it
// fill in, in the same transaction.

import Domain
import SQL
import Service
import Web

extension Transaction {
    /// What ends with the households that end in this transaction, from when it was asked for.
    package var endedWith: EndedWith { memory() }
}

/// Used by the writer's thread only.
package final class EndedWith: TransactionMemory {
    private var items: [(entity: Entity, id: Identifier)]?
    private var warnings: [FieldError] = []

    package init() {}

    /// From now on it is gathered.
    package func ask() {
        items = []
        warnings = []
    }

    /// Says what does not stand in the way of the end.
    package func warn(_ warning: FieldError, _ transaction: Transaction) {
        if items != nil { warnings.append(warning) }
        let notices = transaction.memory(JobNotices.self)
        if notices.isTold { notices.add(ReportRow(line: 0, .warning, warning)) }
    }

    /// The warnings of which nobody was told yet.
    package func takeWarnings() -> [FieldError] {
        defer { warnings = [] }
        return warnings
    }

    package func add(_ entity: Entity, _ id: Identifier) { items?.append((entity, id)) }

    /// Adds what was gathered to the answer, as `alsoEnded`; nothing where there is none. No more is gathered.
    ///
    /// - Parameters:
    ///   - body: a JSON object with members.
    ///   - except: what the same act has settled itself.
    package func told(in body: [UInt8], except: Set<Identifier> = []) -> [UInt8] {
        defer { items = nil }
        guard let items = items?.filter({ !except.contains($0.id) }), !items.isEmpty else { return body }
        var json = JSONWriter(reserve: 64 + items.count * 80)
        json.array { json in
            for item in items.sorted(by: { ($0.entity.rawValue, $0.id) < ($1.entity.rawValue, $1.id) }) {
                json.object { json in
                    json.key("entity")
                    json.string(item.entity.rawValue)
                    json.key("id")
                    json.string(item.id.description)
                }
            }
        }
        return body.dropLast() + Array(",\"alsoEnded\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }
}
