// Undoing an import of villages: an archive that it began is removed, a changed one is restored.

import Domain
import SQL
import Service

package enum VillageUndo {
    package static let undoable = Undoable(
        .village, table: "village", label: "(SELECT d.name FROM division d WHERE d.id = village.id)",
        place: "area_code",
        own: [
            "village_kind": "village_id", "village_target": "village_id", "village_tag": "village_id",
            "village_profile": "village_id",
        ], remove: remove, revert: revert)

    private static func head(_ id: Identifier, _ connection: Connection) throws -> (version: Int, place: Int64)? {
        try connection.first("SELECT version, area_code FROM village WHERE id = $1", id) { ($0.int(0), $0.int64(1)) }
    }

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let (version, place) = try head(id, connection) else { return }
        let before = try VillageBelief(of: id, connection)
        for table in undoable.own.keys.sorted() {
            try connection.run("DELETE FROM \(table) WHERE village_id = $1", id)
        }
        try connection.run("DELETE FROM village WHERE id = $1", id)
        try tell(id, before, .none, isGone: true, transaction)
        try transaction.change(.end, .village, id, version: version + 1, from: place, to: nil)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let (version, place) = try head(id, connection) else { return }
        let before = try VillageBelief(of: id, connection)
        let recordedAt = try VillageTable.nextRecordedAt(id, now: transaction.now, connection)
        for table in [VillageTable.kinds, VillageTable.targets, VillageTable.profiles] {
            try table.revert([id], before: time, recordedAt: recordedAt, connection)
        }
        let tags = try connection.query("SELECT DISTINCT tag FROM village_tag WHERE village_id = $1", id) {
            $0.text(0)
        }
        for tag in tags {
            try VillageTable.tags.revert([id, tag], before: time, recordedAt: recordedAt, connection)
        }
        try connection.run(
            "UPDATE village SET version = version + 1, recorded_at = $2 WHERE id = $1", id, transaction.now)
        try tell(id, before, try VillageBelief(of: id, connection), isGone: false, transaction)
        try transaction.change(
            .change, .village, id, version: version + 1, from: place, to: place, recordedAt: recordedAt)
    }

    private static func tell(
        _ id: Identifier, _ old: VillageBelief, _ new: VillageBelief, isGone: Bool, _ transaction: Transaction
    ) throws {
        let events = VillageBelief.differences(old, new, isGone: isGone)
        try transaction.audits("undo", .village, events.map { (id, $0.before, $0.after) })
    }
}
