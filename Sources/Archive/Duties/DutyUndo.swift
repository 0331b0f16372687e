// Undoing an import of duties and work teams: new ones are removed, changed ones are restored, at the place where their
// division is now.

import Domain
import SQL
import Service

package enum DutyUndo {
    package static let undoable = Undoable(
        .duty, table: "duty",
        label: "(SELECT t.kind FROM duty_term t WHERE t.duty_id = duty.id AND t.superseded_at IS NULL)",
        place: "area_code", own: ["duty_term": "duty_id"], remove: remove, revert: revert)

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let duty = try DutyTable.find(id, connection) else { return }
        try connection.run("DELETE FROM duty_term WHERE duty_id = $1", id)
        try connection.run("DELETE FROM partner_id WHERE entity_id = $1", id)
        try connection.run("DELETE FROM duty WHERE id = $1", id)
        try transaction.audit("undo", .duty, id, before: RecordAudit.whole(duty.state?.auditFields ?? []))
        try transaction.change(.end, .duty, id, version: duty.version + 1, from: duty.areaCode, to: nil)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let duty = try DutyTable.find(id, connection) else { return }
        let recordedAt = try DutyTable.terms.nextRecordedAt([id], now: transaction.now, connection)
        try DutyTable.terms.revert([id], before: time, recordedAt: recordedAt, connection)
        let former = try DutyTable.find(id, connection)?.state
        var place = duty.areaCode
        var level = duty.level
        if let former, let division = try DivisionStore.find(former.divisionId, connection) {
            place = try DivisionStore.followSuccessors(division, connection).areaCode
            level = division.level
        }
        try connection.run(
            "UPDATE duty SET version = version + 1, area_code = $2, level = $3 WHERE id = $1", id, place,
            level.rawValue)
        let fields = (duty.state ?? former)?.auditFields ?? []
        let (before, after) = RecordAudit.difference(
            duty.state?.auditFields ?? blank(fields), former?.auditFields ?? blank(fields))
        try transaction.audit("undo", .duty, id, before: before, after: after)
        try transaction.change(
            place == duty.areaCode ? .change : .move, .duty, id, version: duty.version + 1, from: duty.areaCode,
            to: place, recordedAt: recordedAt)
    }

    /// The fields of a record about which nothing is believed.
    static func blank(_ fields: [AuditField]) -> [AuditField] { fields.map { ($0.name, .null) } }
}

package enum TeamUndo {
    package static let undoable = Undoable(
        .team, table: "work_team",
        label: "(SELECT t.name FROM work_team_term t WHERE t.team_id = work_team.id AND t.superseded_at IS NULL)",
        place: "area_code", own: ["work_team_term": "team_id"], followsItsParts: true, remove: remove, revert: revert)

    @Sendable
    private static func remove(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let team = try TeamTable.find(id, connection) else { return }
        try connection.run("DELETE FROM work_team_term WHERE team_id = $1", id)
        try connection.run("DELETE FROM partner_id WHERE entity_id = $1", id)
        try connection.run("DELETE FROM work_team WHERE id = $1", id)
        try transaction.audit("undo", .team, id, before: RecordAudit.whole(team.state?.auditFields ?? []))
        try transaction.change(.end, .team, id, version: team.version + 1, from: team.areaCode, to: nil)
    }

    @Sendable
    private static func revert(
        _ id: Identifier, _ time: Int64, _ job: UndoneJob, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let team = try TeamTable.find(id, connection) else { return }
        let recordedAt = try TeamTable.terms.nextRecordedAt([id], now: transaction.now, connection)
        try TeamTable.terms.revert([id], before: time, recordedAt: recordedAt, connection)
        try connection.run("UPDATE work_team SET version = version + 1 WHERE id = $1", id)
        let former = try TeamTable.find(id, connection)?.state
        let fields = (team.state ?? former)?.auditFields ?? []
        let (before, after) = RecordAudit.difference(
            team.state?.auditFields ?? DutyUndo.blank(fields), former?.auditFields ?? DutyUndo.blank(fields))
        try transaction.audit("undo", .team, id, before: before, after: after)
        try transaction.change(
            .change, .team, id, version: team.version + 1, from: team.areaCode, to: team.areaCode,
            recordedAt: recordedAt)
    }
}
