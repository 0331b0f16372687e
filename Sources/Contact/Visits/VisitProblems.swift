// What may stand in the way of a visit, as field errors: a batch tells them of each item, a single request as its
// problem.

import Domain
import SQL
import Service
import Web

package enum VisitProblems {
    static func unknownSubject(
        _ subject: VisitDraft.Subject, _ scope: Scope, _ connection: Connection
    ) throws -> FieldError {
        switch subject {
        case .household:
            FieldError(pointer: "/householdId", .unknownHousehold)
        case .village(let code):
            VillageCode.error(try DivisionStore.resolve(code: code, connection), scope)
        }
    }

    static let unknownVisit = FieldError(pointer: "/correctsVisitId", .unknownVisit)

    package static let kinds = [conflictingContent, alreadyCorrected, heldVisitDecided]

    private static let conflictingContent = ProblemKind(
        "conflicting-content", status: 409, zh: "该编号已有其他内容，本次内容已留存待人工处理",
        en: "The id has another content; what came now is kept for a person")
    private static let alreadyCorrected = ProblemKind(
        "already-corrected", status: 409, zh: "原记录已被更正，本次内容已留存待人工处理",
        en: "The record is corrected already; what came now is kept for a person")
    package static let heldVisitDecided = ProblemKind(
        "held-visit-decided", status: 409, zh: "这条留存记录已经处理", en: "It has been decided already")

    /// - Parameter code: as the outcome of a visit says it.
    static func conflict(_ code: String) -> Problem {
        Problem([conflictingContent, alreadyCorrected].first { $0.slug == code } ?? .conflict)
    }

    static let refusedByClerk = FieldError(pointer: "", .refusedByClerk)
}
