// What may stand in the way of a visit, as field errors: a batch tells them of each item, a single request as its
// problem.

import Domain
import SQL
import Web

enum VisitProblems {
    static func unknownSubject(
        _ subject: VisitDraft.Subject, _ scope: Scope, _ connection: Connection
    ) throws -> FieldError {
        switch subject {
        case .household:
            FieldError(
                pointer: "/householdId", code: "unknown-household",
                detail: Message(zh: "没有这一户，或不在您的范围内", en: "there is no such household, or it is not in your area"))
        case .village(let id):
            VillageCode.error(try DivisionStore.find(id, connection), scope, at: "/villageId")
        }
    }

    static let unknownVisit = FieldError(
        pointer: "/corrects", code: "unknown-visit",
        detail: Message(zh: "没有要更正的记录，或不在您的范围内", en: "there is no such record to correct, or it is not in your area"))

    static let kinds = [conflictingContent, alreadyCorrected, heldVisitDecided]

    private static let conflictingContent = ProblemKind(
        "conflicting-content", status: 409, zh: "该编号已有其他内容，本次内容已留存待人工处理",
        en: "The id has another content; what came now is kept for a person")
    private static let alreadyCorrected = ProblemKind(
        "already-corrected", status: 409, zh: "原记录已被更正，本次内容已留存待人工处理",
        en: "The record is corrected already; what came now is kept for a person")
    static let heldVisitDecided = ProblemKind(
        "held-visit-decided", status: 409, zh: "这条留存记录已经处理", en: "It has been decided already")

    /// - Parameter code: as the outcome of a visit says it.
    static func conflict(_ code: String) -> Problem {
        Problem([conflictingContent, alreadyCorrected].first { $0.slug == code } ?? .conflict)
    }

    static let refusedByClerk = FieldError(
        pointer: "", code: "refused-by-clerk",
        detail: Message(zh: "经办人员已决定不接收这条记录", en: "a clerk has decided not to take this record"))
}
