// Approving a part of a run: by a county administrator who did not make it, and only while everything that the run read
// is as it was. What was answered is answered again.

import Domain
import SQL
import Service
import Web

enum RunApproval {
    /// - Parameters:
    ///   - area: the part; nil where the caller sees only one.
    ///   - approver: nil for the machine itself.
    /// - Returns: the answer, and whether it was given before.
    static func approve(
        _ run: PairingRun, _ area: AreaCode?, by approver: Identifier?, _ scope: Scope, _ transaction: Transaction
    ) throws -> (answer: String, isReplay: Bool) {
        let connection = transaction.connection
        let part = try part(area, of: run, scope, connection)
        if let answer = part.answer { return (answer, true) }
        guard !run.options.asksWhatIf else { throw Problem(.whatIfRun) }
        guard run.state == .draft else { throw Problem(.runNotDraft) }
        if let approver, approver == run.actor.userId { throw Problem(.ownRun) }
        let input = try PairingReader.read(
            part.division, on: run.day, options: run.options, policy: run.area, connection)
        let differences = try RunInputs.read(run: run.id, part: part.division.id, connection)
            .differences(to: RunInputs(input, in: part.scope))
        guard differences.isEmpty else { throw try PairingRunProblems.outdated(differences, connection) }
        let effect: RunEffect
        do {
            effect = try RunApplication.apply(run, input, in: part.scope, transaction)
        } catch let conflict as RunConflict {
            throw try PairingRunProblems.refused(conflict, connection)
        }
        let answer = try json(run, part, effect, transaction)
        try store(answer, run, part, transaction)
        return (answer, false)
    }

    private static func part(
        _ area: AreaCode?, of run: PairingRun, _ scope: Scope, _ connection: Connection
    ) throws -> PairingRunPart {
        let parts = try PairingRunStore.parts(of: run.id, in: scope, connection)
        guard let area else {
            guard let part = parts.first, parts.count == 1 else {
                throw Problem.field(
                    "/areaCode", .required, zh: "方案包括几个县，须写明批准哪一个", en: "the run has several counties: say which one")
            }
            return part
        }
        let division = try DivisionStore.resolve(code: area, connection)
        guard let part = parts.first(where: { $0.division.id == division?.id }) else {
            throw Problem.field("/areaCode", .notAPart)
        }
        return part
    }

    private static func json(
        _ run: PairingRun, _ part: PairingRunPart, _ effect: RunEffect, _ transaction: Transaction
    ) throws -> String {
        var json = JSONWriter(reserve: 256)
        var names = ActorNames(transaction.connection)
        try json.object { json in
            json.key("id")
            json.string(run.id.description)
            json.key("areaCode")
            json.areaCode(part.division.code.value)
            json.key("areaName")
            json.string(part.division.name)
            json.key("on")
            json.string(run.day.description)
            json.key("approvedAt")
            json.string(transaction.now.description)
            try names.write(transaction.actor.userId, as: "approvedBy", to: &json)
            json.key("kept")
            json.integer(effect.kept)
            json.key("added")
            json.integer(effect.added)
            json.key("ended")
            json.integer(effect.ended)
            json.key("rolesChanged")
            json.integer(effect.rolesChanged)
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    private static func store(
        _ answer: String, _ run: PairingRun, _ part: PairingRunPart, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        try connection.run(
            """
            UPDATE pairing_run_part SET approved_at = $3, approved_by = $4, answer = $5
            WHERE run_id = $1 AND division_id = $2
            """, run.id, part.division.id, transaction.now, transaction.actor.userId, answer)
        // Asked again, the answer is there: what was read is not needed any more.
        try connection.run(
            "DELETE FROM pairing_run_input WHERE run_id = $1 AND division_id = $2", run.id, part.division.id)
        try connection.run(
            """
            UPDATE pairing_run SET state = 'approved' WHERE id = $1
                AND NOT EXISTS (SELECT 1 FROM pairing_run_part p WHERE p.run_id = $1 AND p.approved_at IS NULL)
            """, run.id)
        try transaction.audit("approve", .run, run.id, after: Array(answer.utf8))
    }
}
