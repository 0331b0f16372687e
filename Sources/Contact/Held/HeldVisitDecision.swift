// A person's word on what was held (Appendix B 1, 8): taken as a visit of its own, taken as a correction of the record
// whose id it has, or refused. Whoever sent it is told when they send it again.

import Domain
import HTTP1
import SQL
import Service
import Web

/// What a person decides.
struct HeldVisitDecision {
    private let isAccepted: Bool
    private let reason: String?
    /// The id that the record gets where its own is taken.
    private let newId: Identifier?

    init(_ call: Call) throws {
        var body = ObjectReader(try call.document().root)
        let state = body.value("state", placeholder: HeldState.refused) { text throws(FieldError) in
            guard let state = HeldState(rawValue: text), state == .accepted || state == .refused else {
                throw FieldError.notOneOf(["accepted", "refused"])
            }
            return state
        }
        isAccepted = state == .accepted
        reason = body.optionalString("reason", characters: 1...500)
        newId = body.optionalValue("resultVisitId", FieldText.identifier)
        if !isAccepted, reason == nil, body.isSound("state", "reason") { body.report("reason", .required) }
        try body.finish()
    }

    /// - Throws: 422 for a visit that cannot be taken as it is, 409 where it has been decided.
    func carryOut(_ held: HeldVisit, _ caller: Caller, _ transaction: Transaction) throws {
        guard held.state == .open else { throw Problem(VisitProblems.heldVisitDecided) }
        var result: Identifier?
        if isAccepted { result = try accept(held, caller, transaction) }
        try HeldVisitTable.decide(
            held, isAccepted ? .accepted : .refused, by: caller.userId, reason: reason, result: result, transaction)
    }

    private func accept(_ held: HeldVisit, _ caller: Caller, _ transaction: Transaction) throws -> Identifier {
        let register = transaction.register
        let bytes = try HeldVisitTable.content(held.id, transaction)
        let root = try JSONDocument(bytes).root
        var body = ObjectReader(root)
        var draft = VisitDraft(&body, id: held.visitId, codes: register.codeLists, receivedAt: held.receivedAt)
        try body.finish()
        let connection = transaction.connection
        if let other = try VisitTable.corrected(held.visitId, connection) {
            draft.id = newId ?? transaction.newId()
            // A visit elsewhere that happens to have the id is not what this one corrects.
            let household = try VisitSubject.find(draft.subject, connection)?.householdNumber
            if caller.scope.contains(other.areaCode) || (household != nil && household == other.householdNumber) {
                draft.corrects = try VisitTable.lastCorrection(of: held.visitId, connection)
            }
            guard try VisitTable.corrected(draft.id, connection) == nil else { throw Problem(.conflictingContent) }
        } else if let corrected = draft.corrects {
            draft.corrects = try VisitTable.lastCorrection(of: corrected, connection)
        }
        // The writer counts as the recorder; whoever decides answers for the right to write it.
        let intake = VisitIntake(userId: held.userId, scope: caller.scope, batchId: held.batchId)
        let content = VisitContent(canonical: bytes, register.keys)
        switch try intake.store(draft, contentHash: content.hash, transaction) {
        case .stored: return draft.id
        case .refused(let errors): throw InvalidBody(errors: errors)
        case .held(let waiting):
            throw Problem.field(
                "/state", FieldCode(waiting.reason.rawValue, zh: "现在不能接收这条记录", en: "it cannot be taken now"))
        }
    }
}
