// The step of migration 0027: the state of a household by its new name in the audit trail and in the sealed bodies of
// held visits. It knows the schema of that migration, and deliberately no table's own code.

import Domain
import SQL

struct HouseholdStates: Sendable {
    /// As the migration names it.
    static let name = "household-states"
    /// The migration's own name, for the trail.
    static let migration = "0027_states"

    let keys: KeyRing
    let environment: Environment

    @Sendable
    func run(_ connection: Connection, _ atMilliseconds: Int64) throws {
        if try namesStatus(connection) {
            let now = Instant(milliseconds: atMilliseconds)
            try Reanchoring(migration: Self.migration, keys: keys).run(
                connection, at: now, eventId: environment.newId(at: now)
            ) { event in
                event.before = event.before.map(Self.renamed)
                event.after = event.after.map(Self.renamed)
            }
        }
        try heldVisits(connection)
    }

    /// Whether the trail contains anything to rename; a new register has nothing.
    private func namesStatus(_ connection: Connection) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM audit_event WHERE instr(coalesce(before, '') || coalesce(after, ''), 'status') > 0 LIMIT 1
            """
        ) { _ in true } ?? false
    }

    private func heldVisits(_ connection: Connection) throws {
        let held = try connection.query("SELECT id FROM held_visit") { try $0.identifier(0) }
        for id in held {
            let place = SealedPlace("held_visit.content", id)
            let sealed = try connection.first("SELECT content_sealed FROM held_visit WHERE id = $1", id) { $0.blob(0) }
            let content = try keys.open(sealed ?? [], for: place)
            let renamed = Self.renamed(content)
            guard renamed != content else { continue }
            try connection.run(
                "UPDATE held_visit SET content_sealed = $2 WHERE id = $1", id, try keys.seal(renamed, for: place))
        }
    }

    /// JSON that this program has written, so without spaces. Quotes within a value are escaped, so nothing is found
    /// there.
    private static func renamed(_ json: String) -> String {
        guard json.contains("status") else { return json }
        return [
            (#""status":"#, #""state":"#), (#""statusSince":"#, #""stateSince":"#),
            (#""field":"status""#, #""field":"state""#), (#""household-status""#, #""household-state""#),
        ].reduce(json) { text, names in text.replacing(names.0, with: names.1) }
    }
}
