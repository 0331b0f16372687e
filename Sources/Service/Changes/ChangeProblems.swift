// What can prevent a follower from reading the change feed. 410 always means the same to a program: your copy can no
// longer be brought up to date, so read everything again.

import Web

package enum ChangeProblems {
    package static let foreignCursor = ProblemKind(
        "foreign-cursor", status: 400, zh: "游标属于另一用户", en: "The cursor belongs to another user")
    package static let cursorTooOld = ProblemKind(
        "cursor-too-old", status: 410, zh: "游标之后的变更已过保留期，请重新读取全部数据",
        en: "Changes after the cursor are no longer kept: read everything again")
    package static let rangeChanged = ProblemKind(
        "range-changed", status: 410, zh: "您的范围已改变，请重新读取全部数据",
        en: "Your range has changed: read everything again")
    package static let registerRestored = ProblemKind(
        "register-restored", status: 410, zh: "数据库已从备份恢复，请重新读取全部数据",
        en: "The register was restored from a backup: read everything again")

    package static let kinds = [foreignCursor, cursorTooOld, rangeChanged, registerRestored]

    /// A problem of a kind with its place, which is always the cursor.
    package static func problem(_ kind: ProblemKind) -> Problem {
        Problem(kind, at: "?after")
    }
}
