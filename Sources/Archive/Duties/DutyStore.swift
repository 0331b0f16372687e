// What may be written about duties: creating one, correcting or ending it, withdrawing it. The triggers of duty_term
// finally decide who may hold what on one day; their names become problems in DutyProblems.

import Domain
import SQL
import Service
import Web

enum DutyStore {
    /// Writes a new duty, whose state has been checked against the register (`DutyPlacing`).
    static func create(
        _ id: Identifier, _ state: DutyState, contentHash: [UInt8]?, _ scope: Scope, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let division = try DivisionStore.find(state.divisionId, connection) else { throw Problem(.notFound) }
        let place = try DivisionStore.followSuccessors(division, connection).areaCode
        try connection.run(
            """
            INSERT INTO duty (id, version, level, area_code, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5)
            """, id, division.level.rawValue, place, transaction.now, contentHash)
        let recordedAt = try DutyProblems.locating(state, of: id, scope, connection) {
            try DutyTable.write(state, of: id, transaction)
        }
        try transaction.audit("create", .duty, id, after: RecordAudit.whole(state.auditFields))
        try touchTeams(of: [state], transaction)
        try transaction.change(.create, .duty, id, version: 1, to: place, recordedAt: recordedAt)
    }

    /// Gives the duty a new state, on all its days.
    ///
    /// - Returns: whether anything was different.
    @discardableResult
    static func change(
        _ duty: StoredDuty, to state: DutyState, _ scope: Scope, _ transaction: Transaction
    ) throws -> Bool {
        guard duty.state != state else { return false }
        let connection = transaction.connection
        var place = duty.areaCode
        var level = duty.level
        if duty.state?.divisionId != state.divisionId,
            let division = try DivisionStore.find(state.divisionId, connection)
        {
            place = try DivisionStore.followSuccessors(division, connection).areaCode
            level = division.level
        }
        let recordedAt = try DutyProblems.locating(state, of: duty.id, scope, connection) {
            try DutyTable.write(state, of: duty.id, transaction)
        }
        try connection.run(
            "UPDATE duty SET version = version + 1, area_code = $2, level = $3 WHERE id = $1", duty.id, place,
            level.rawValue)
        let old = duty.state?.auditFields ?? state.auditFields.map { ($0.name, .null) }
        let (before, after) = RecordAudit.difference(old, state.auditFields)
        let isEnding = state.term.end != nil && duty.state?.term.end != state.term.end
        try transaction.audit(isEnding ? "end" : "change", .duty, duty.id, before: before, after: after)
        try touchTeams(of: [duty.state, state], transaction)
        try transaction.change(
            place != duty.areaCode ? .move : isEnding ? .end : .change, .duty, duty.id, version: duty.version + 1,
            from: duty.areaCode, to: place, recordedAt: recordedAt)
        return true
    }

    /// Withdraws a duty that was entered in error: nothing is believed about it any more.
    static func withdraw(_ duty: StoredDuty, _ transaction: Transaction) throws {
        guard let state = duty.state else { return }
        let recordedAt = try DutyTable.write(nil, of: duty.id, transaction)
        try transaction.connection.run("UPDATE duty SET version = version + 1 WHERE id = $1", duty.id)
        try transaction.audit("withdraw", .duty, duty.id, before: RecordAudit.whole(state.auditFields))
        try touchTeams(of: [state], transaction)
        try transaction.change(
            .end, .duty, duty.id, version: duty.version + 1, from: duty.areaCode, to: duty.areaCode,
            recordedAt: recordedAt)
    }

    /// A team is shown with its members, so it changes with them, and so does a team that somebody leaves for another
    /// one. Its change is written before the member's, so that an undo, which goes backwards, handles the members
    /// first.
    private static func touchTeams(of states: [DutyState?], _ transaction: Transaction) throws {
        for id in Set(states.compactMap { $0?.teamId }).sorted() {
            guard let team = try TeamTable.find(id, transaction.connection) else { continue }
            try transaction.connection.run("UPDATE work_team SET version = version + 1 WHERE id = $1", id)
            let recordedAt = try TeamTable.terms.nextRecordedAt([id], now: transaction.now, transaction.connection)
            try transaction.change(
                .change, .team, id, version: team.version + 1, from: team.areaCode, to: team.areaCode,
                recordedAt: recordedAt)
        }
    }

    /// - Throws: 404 for a duty that does not exist, was withdrawn, or is not the caller's.
    static func visible(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws
        -> (stored: StoredDuty, state: DutyState)
    {
        guard let duty = try DutyTable.find(id, connection), let state = duty.state, scope.contains(duty.areaCode)
        else { throw Problem(.notFound) }
        return (duty, state)
    }
}
