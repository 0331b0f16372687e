// Pairing runs in the database: what was asked, how far it is, and its parts. What a draft holds is stored in
// RunStorage, and applied in RunApproval.

import Domain
import SQL
import Service
import Web

/// A run as the database holds it.
package struct PairingRun: Sendable {
    package let id: Identifier
    package let area: Division
    package let day: CivilDate
    let options: PairingOptions
    package var state: State
    /// Who makes it; nil in it for the machine itself.
    package let actor: Actor

    package enum State: String, CaseIterable, Sendable {
        case queued, running, draft, approved, discarded, failed, cancelled
    }
}

/// What is approved by itself: a county of the run, or the run's own area where that is smaller.
struct PairingRunPart: Sendable {
    let division: Division
    let scope: Scope
    /// The answer to its approval; nil until then.
    let answer: String?
}

enum PairingRunStore {
    static let zeroHash = [UInt8](repeating: 0, count: 32)

    static func create(_ run: PairingRun, contentHash: [UInt8], _ transaction: Transaction) throws {
        let connection = transaction.connection
        var options = JSONWriter()
        run.options.write(to: &options)
        try connection.run(
            """
            INSERT INTO pairing_run (id, division_id, area_code, area_last, run_on, options, is_what_if, state, user_id,
                token_id, content_hash, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10, $11)
            """, run.id, run.area.id, run.area.areaCode, run.area.areaLast, run.day,
            String(decoding: options.take(), as: UTF8.self), run.options.asksWhatIf, run.actor.userId,
            run.actor.tokenId, contentHash, transaction.now)
        for part in try Self.divisions(run.area, connection) {
            try connection.run(
                "INSERT INTO pairing_run_part (run_id, division_id, area_code, area_last) VALUES ($1, $2, $3, $4)",
                run.id, part.id, part.areaCode, part.areaLast)
        }
        try transaction.audit("create", .run, run.id, after: audit(run))
    }

    static func audit(_ run: PairingRun) -> [UInt8] {
        var json = JSONWriter(reserve: 256)
        json.object { json in
            json.key("areaCode")
            json.areaCode(run.area.code.value)
            json.key("on")
            json.string(run.day.description)
            json.key("options")
            run.options.write(to: &json)
        }
        return json.take()
    }

    /// The counties of an area; the area itself where it is none or less.
    private static func divisions(_ area: Division, _ connection: Connection) throws -> [Division] {
        guard area.level < .county else { return [area] }
        return try connection.query(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE level = 3 AND successor_id IS NULL AND area_code BETWEEN $1 AND $2 ORDER BY area_code
            """, area.areaCode, area.areaLast, row: DivisionStore.read)
    }

    static func find(_ id: Identifier, _ connection: Connection) throws -> PairingRun? {
        try first("id = $1", [id], connection)
    }

    /// The oldest run that waits, or was under way when the service ended.
    static func next(_ connection: Connection) throws -> PairingRun? {
        try first("state IN ('queued', 'running')", [], connection)
    }

    private static func first(
        _ condition: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> PairingRun? {
        let found = try connection.first(
            """
            SELECT id, division_id, run_on, options, state, user_id, token_id FROM pairing_run
            WHERE \(condition) ORDER BY created_at, id LIMIT 1
            """, values: values
        ) { row in
            guard let options = PairingOptions(stored: row.text(3)) else { throw DamagedRow(column: 3) }
            guard let state = PairingRun.State(rawValue: row.text(4)) else { throw DamagedRow(column: 4) }
            return (
                id: try row.identifier(0), division: try row.identifier(1), day: try row.date(2), options: options,
                state: state,
                actor: Actor(userId: row.optionalIdentifier(5), tokenId: row.optionalIdentifier(6), requestId: nil)
            )
        }
        guard let found else { return nil }
        guard let area = try DivisionStore.find(found.division, connection) else { throw DamagedRow(column: 1) }
        return PairingRun(
            id: found.id, area: area, day: found.day, options: found.options, state: found.state, actor: found.actor)
    }

    static func parts(of id: Identifier, in scope: Scope, _ connection: Connection) throws -> [PairingRunPart] {
        try connection.query(
            """
            SELECT \(columns("d")), p.area_code, p.area_last, p.answer
            FROM pairing_run_part p JOIN division d ON d.id = p.division_id
            WHERE p.run_id = $1 AND p.area_code >= $2 AND p.area_last <= $3 ORDER BY p.area_code
            """, id, scope.first, scope.last
        ) { row in
            PairingRunPart(
                division: try DivisionStore.read(row), scope: Scope(first: row.int64(11), last: row.int64(12)),
                answer: row.optionalText(13))
        }
    }

    private static func columns(_ alias: String) -> String {
        DivisionStore.columns.split(separator: ",").map { "\(alias)." + $0.drop { $0 == " " } }.joined(separator: ", ")
    }

    // MARK: States

    static func start(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        // A run that was interrupted begins again.
        try clear(id, connection)
        try connection.run(
            "UPDATE pairing_run SET state = 'running', started_at = coalesce(started_at, $2) WHERE id = $1", id,
            transaction.now)
    }

    /// - Returns: false where it is not wanted any more.
    static func isRunning(_ id: Identifier, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM pairing_run WHERE id = $1 AND state = 'running'", id) { _ in true } ?? false
    }

    static func finish(_ id: Identifier, changesAfter: Int64, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE pairing_run SET state = 'draft', changes_after = $2, finished_at = $3
            WHERE id = $1 AND state = 'running'
            """, id, changesAfter, transaction.now)
        try transaction.audit("draft", .run, id)
    }

    static func fail(_ id: Identifier, _ words: String, _ transaction: Transaction) throws {
        try clear(id, transaction.connection)
        try transaction.connection.run(
            """
            UPDATE pairing_run SET state = 'failed', failure = $2, finished_at = $3
            WHERE id = $1 AND state IN ('queued', 'running')
            """, id, words, transaction.now)
        try transaction.audit("failed", .run, id)
    }

    /// A run that waits or is under way is cancelled, a draft discarded. Totals and shortages stay told.
    static func discard(_ run: PairingRun, _ transaction: Transaction) throws {
        let isDraft = run.state == .draft
        if isDraft {
            try clearRows(
                run.id, ["pairing_proposal", "pairing_run_input", "pairing_zero_duty"], transaction.connection)
        } else {
            try clear(run.id, transaction.connection)
        }
        try transaction.connection.run(
            "UPDATE pairing_run SET state = $2, finished_at = $3 WHERE id = $1", run.id,
            isDraft ? PairingRun.State.discarded.rawValue : PairingRun.State.cancelled.rawValue, transaction.now)
        try transaction.audit(isDraft ? "discard" : "cancel", .run, run.id)
    }

    private static func clear(_ id: Identifier, _ connection: Connection) throws {
        try clearRows(
            id, ["pairing_proposal", "pairing_run_input", "pairing_zero_duty", "pairing_shortage"], connection)
        try connection.run("UPDATE pairing_run_part SET before = NULL, after = NULL WHERE run_id = $1", id)
    }

    private static func clearRows(_ id: Identifier, _ tables: [String], _ connection: Connection) throws {
        for table in tables { try connection.run("DELETE FROM \(table) WHERE run_id = $1", id) }
    }
}
