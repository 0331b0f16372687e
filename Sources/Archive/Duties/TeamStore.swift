// What may be written about work teams (R010): creating one with its members, renaming it, moving its days, ending it
// together with its members.

import Domain
import SQL
import Service
import Web

enum TeamStore {
    /// Writes a new team without members.
    static func create(
        _ id: Identifier, _ state: TeamState, areaCode: Int64, contentHash: [UInt8]?, _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            "INSERT INTO work_team (id, version, area_code, created_at, content_hash) VALUES ($1, 1, $2, $3, $4)", id,
            areaCode, transaction.now, contentHash)
        let recordedAt = try DutyProblems.naming { try TeamTable.write(state, of: id, transaction) }
        try transaction.audit("create", .team, id, after: RecordAudit.whole(state.auditFields))
        try transaction.change(.create, .team, id, version: 1, to: areaCode, recordedAt: recordedAt)
    }

    /// Gives the team a new state. Members whose days extend beyond its end leave with it; those who would only have
    /// come later are withdrawn.
    ///
    /// - Throws: 422 if a member began before the team.
    @discardableResult
    static func change(
        _ team: StoredTeam, to state: TeamState, _ scope: Scope, _ transaction: Transaction
    ) throws -> Bool {
        guard team.state != state else { return false }
        let connection = transaction.connection
        let members = try DutyTable.ofTeam(team.id, connection)
        guard !members.contains(where: { $0.state.map { $0.term.first < state.term.first } ?? false }) else {
            throw Problem.field("/from", .outsideTeam, zh: "有队员早于此日开始", en: "a member began before this day")
        }
        for member in members {
            guard let end = state.term.end, var duty = member.state else { continue }
            if duty.term.first >= end {
                try DutyStore.withdraw(member, transaction)
            } else if duty.term.end.map({ $0 > end }) ?? true {
                duty.term = DayInterval(first: duty.term.first, end: end)
                duty.endReason = "team-ended"
                try DutyStore.change(member, to: duty, scope, transaction)
            }
        }
        let recordedAt = try DutyProblems.naming { try TeamTable.write(state, of: team.id, transaction) }
        let version = try connection.first("SELECT version FROM work_team WHERE id = $1", team.id) { $0.int(0) }
        let next = (version ?? team.version) + 1
        try connection.run("UPDATE work_team SET version = $2 WHERE id = $1", team.id, next)
        let old = team.state?.auditFields ?? state.auditFields.map { ($0.name, .null) }
        let (before, after) = RecordAudit.difference(old, state.auditFields)
        let isEnding = state.term.end != nil && team.state?.term.end != state.term.end
        try transaction.audit(isEnding ? "end" : "change", .team, team.id, before: before, after: after)
        try transaction.change(
            isEnding ? .end : .change, .team, team.id, version: next, from: team.areaCode, to: team.areaCode,
            recordedAt: recordedAt)
        return true
    }

    /// - Throws: 404 for a team that does not exist or is not the caller's.
    static func visible(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws
        -> (stored: StoredTeam, state: TeamState)
    {
        guard let team = try TeamTable.find(id, connection), let state = team.state, scope.contains(team.areaCode)
        else { throw Problem(.notFound) }
        return (team, state)
    }
}
