// Taking back what an import did to divisions and groups. Moves in the tree are not taken back, because everything
// below has moved too, and others may have taken the place since.

import Domain
import SQL
import Service
import Web

package enum DivisionUndo {
    package static let undoable = Undoable(
        .division, table: "division", label: "name", place: "area_code", own: ["division_version": "division_id"],
        remove: remove, revert: revert)

    private static let versions = IntervalTable(
        name: "division_version", key: ["division_id"], values: ["code", "name", "parent_id"])

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let division = try DivisionStore.find(id, connection) else { return }
        try connection.run("DELETE FROM division_version WHERE division_id = $1", id)
        try connection.run("DELETE FROM partner_id WHERE entity_id = $1", id)
        try connection.run("DELETE FROM division WHERE id = $1", id)
        try transaction.audit("undo", .division, id, before: DivisionBodies.audit(division))
        try transaction.change(.end, .division, id, version: division.version + 1, from: division.areaCode, to: nil)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let division = try DivisionStore.find(id, connection) else { return }
        let recordedAt = try versions.nextRecordedAt([id], now: transaction.now, connection)
        try versions.revert([id], before: time, recordedAt: recordedAt, connection)
        var former = division
        former.version += 1
        let name = try connection.first(
            """
            SELECT name FROM division_version WHERE division_id = $1 AND superseded_at IS NULL AND valid_to IS NULL
            """, id
        ) { $0.text(0) }
        former.name = name ?? division.name
        if let first = try firstEvent(id, job, connection) {
            former.endedOn = (first["to"] ?? first["endedOn"])?.string.flatMap { CivilDate($0) }
        }
        try connection.run(
            "UPDATE division SET name = $2, ended_on = $3, version = $4 WHERE id = $1", id, former.name,
            former.endedOn, former.version)
        try DivisionStore.record("undo", division, former, transaction)
    }

    /// What the division was before the job's first change of it. The day on which a division ended is not in the
    /// history, only in the audit trail.
    private static func firstEvent(
        _ id: Identifier, _ job: UndoneJob, _ connection: Connection
    ) throws -> JSONValue? {
        let before = try connection.first(
            """
            SELECT before FROM audit_event WHERE entity_id = $1 AND action IN ('change', 'end', 'reopen')
                AND at >= (SELECT started_at FROM job WHERE id = $2)
            ORDER BY sequence LIMIT 1
            """, id, job.id
        ) { $0.optionalText(0) }
        return (before ?? nil).flatMap { try? JSONDocument(Array($0.utf8)).root }
    }
}

package enum GroupUndo {
    package static let undoable = Undoable(
        .group, table: "village_group", label: "name",
        place: "(SELECT d.area_code FROM division d WHERE d.id = village_id)", own: [:], staysWhenUsed: true,
        remove: remove,
        // Jobs change no groups; successors do, and they are not undone.
        revert: { _, _, _, _ in })

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        let group = try connection.first(
            """
            SELECT g.name, g.version, d.code, d.area_code FROM village_group g JOIN division d ON d.id = g.village_id
            WHERE g.id = $1
            """, id
        ) { (name: $0.text(0), version: $0.int(1), code: $0.int64(2), place: $0.int64(3)) }
        guard let group else { return }
        try connection.run("DELETE FROM village_group WHERE id = $1", id)
        var json = JSONWriter(reserve: 128)
        json.object { json in
            json.key("name")
            json.string(group.name)
            json.key("villageCode")
            json.areaCode(group.code)
        }
        try transaction.audit("undo", .group, id, before: json.take())
        try transaction.change(.end, .group, id, version: group.version + 1, from: group.place, to: nil)
    }
}
