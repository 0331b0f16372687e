// What can be wrong with fields and rows of visits, needs, proposals, activities and what is owed of contacts.

import Web

extension FieldCode {
    static let batchRefused = FieldCode(
        "batch-refused", zh: "同一批次中另有未通过的条目", en: "another item of the batch could not be taken")
    static let batchReused = FieldCode(
        "batch-reused", zh: "批次编号已用于其他内容；本条已留存", en: "the batch's id has other content; this one is kept")
    static let notStored = FieldCode(
        "not-stored", zh: "服务暂时无法存储这一条，请稍后用新的批次编号重发",
        en: "the service could not store this one now: send it later in a new batch")
    static let rightLost = FieldCode(
        "right-lost", zh: "记录时已无该村的权限；本条已留存，由经办人员决定",
        en: "written after the right to the village had gone; kept for a clerk to decide")
    static let alreadyDecided = FieldCode("already-decided", zh: "该字段已有决定", en: "the field has been decided already")
    static let notAHash = FieldCode("not-a-hash", zh: "应为 64 位十六进制 SHA-256", en: "SHA-256 in 64 hexadecimal digits")
    static let notAnswered = FieldCode("not-answered", zh: "尚未办结", en: "it is still open")
    static let otherYear = FieldCode("other-year", zh: "不在该年", en: "does not lie in the year")
    static let refusedByClerk = FieldCode(
        "refused-by-clerk", zh: "经办人员已决定不接收这条记录", en: "a clerk has decided not to take this record")
    static let unknownProposal = FieldCode(
        "unknown-proposal", zh: "该户没有这条提议，或不在您的范围内",
        en: "the household has no such proposal, or it is not in your area")
    static let unknownVersion = FieldCode("unknown-version", zh: "该户没有这一版本", en: "the household has no such version")
    static let unknownVisit = FieldCode(
        "unknown-visit", zh: "没有这条走访记录，或不在您的范围内", en: "there is no such visit, or it is not in your area")
    static let visitsAfterEnd = FieldCode(
        "visits-after-end", zh: "销号之日或其后仍有走访记录", en: "there are visits on the day of the end or later")

    package static let ofContact: [FieldCode] = [
        batchRefused, batchReused, notStored, rightLost,
        alreadyDecided, notAHash, notAnswered, otherYear, refusedByClerk, unknownProposal, unknownVersion, unknownVisit,
        visitsAfterEnd,
    ]
}
