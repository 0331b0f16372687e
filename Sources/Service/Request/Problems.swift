// Kinds of refusals that belong to no domain, and the problems for what the layers below throw. A domain's own kinds
// and errors are in its …Problems.swift, and the modules collect them. Slugs are stable and never reused.

import HTTP1
import SQL
import Web

extension ProblemKind {
    static let unauthenticated = ProblemKind(
        "unauthenticated", status: 401, zh: "需要有效的令牌", en: "A valid token is needed")
    package static let forbidden = ProblemKind(
        "forbidden", status: 403, zh: "您的角色无权进行此操作", en: "Your role may not do this")
    package static let conflictingContent = ProblemKind(
        "id-reused", status: 409, zh: "该编号已用于其他内容", en: "The id was used before with other content")
    package static let conflict = ProblemKind(
        "conflict", status: 409, zh: "与现有记录冲突", en: "This conflicts with existing records")
    static let stale = ProblemKind(
        "stale-version", status: 412, zh: "记录已被他人修改", en: "The record has changed since you read it")
    static let contentTooLarge = ProblemKind.refusal(status: 413)
    static let preconditionRequired = ProblemKind(
        "precondition-required", status: 428, zh: "修改时必须带 If-Match", en: "If-Match is required to change a record")
    static let ruleBroken = ProblemKind("rule-broken", status: 422, zh: "不符合规则", en: "A rule is broken")
    static let idempotencyKeyReused = ProblemKind(
        "idempotency-key-reused", status: 422, zh: "Idempotency-Key 已用于其他内容",
        en: "The Idempotency-Key was used before with other content")
    static let recordWithdrawn = ProblemKind(
        "record-withdrawn", status: 409, zh: "该记录已作为误录撤回",
        en: "The record was withdrawn because it was entered in error")
    static let internalError = ProblemKind.refusal(status: 500)
    static let unavailable = ProblemKind.refusal(status: 503)
    package static let diskFull = ProblemKind.refusal(status: 507)

    /// Kinds that belong to no domain.
    package static let common: [ProblemKind] =
        web + [
            unauthenticated, forbidden, conflictingContent, conflict, stale, preconditionRequired, ruleBroken,
            idempotencyKeyReused, recordWithdrawn,
        ]
}

extension Problem {
    static let unauthenticated = Problem(
        .unauthenticated, fields: [("WWW-Authenticate", "Bearer realm=\"jiedui\"")])
    static let unavailable = Problem(.unavailable, fields: [("Retry-After", "2")])
    package static let diskFull = Problem(.diskFull, fields: [("Retry-After", "30")])
}

extension Problem {
    /// What any thrown error means to the caller; nil for an unforeseen error, which is logged and answered 500.
    package init?(_ error: any Error, _ composition: Composition) {
        switch error {
        case let problem as Problem: self = problem
        case let error as JSONSyntaxError: self.init(error)
        case let error as InvalidBody: self.init(error)
        case let error as InvalidQuery: self.init(error)
        case is InvalidCursor: self.init(.invalidCursor)
        case let error as WriterError: self.init(error)
        case let error as HTTP1.FileError where error.isDiskFull: self = .diskFull
        case let error where OpenFiles.areUsedUp(error): self = .unavailable
        case let error as BodyShortage: self.init(error)
        case SQLError.diskFull: self = .diskFull
        case SQLError.inputOutput, SQLError.corrupt, SQLError.busy, SQLError.budgetExceeded: self = .unavailable
        default:
            guard let problem = composition.problem(error) else { return nil }
            self = problem
        }
    }

    /// 503 for a body for which there is no room.
    package init(_ error: BodyShortage) {
        let detail =
            switch error {
            case .server:
                Message(
                    zh: "服务同时接收和处理的请求内容已达上限，请稍后重新发送",
                    en: "The service cannot hold more request bodies at the moment; send this again later")
            case .owner:
                Message(
                    zh: "您同时发送的请求内容已达上限，请等前面的请求有了答复再发送",
                    en:
                        "You have sent as much as one user may at a time; send this again after your other requests"
                )
            }
        self.init(.unavailable, detail: detail, fields: Problem.unavailable.fields)
    }

    private init(_ error: WriterError) {
        // Whatever happened to the writer, nothing of this request was stored.
        self = .unavailable
    }
}
