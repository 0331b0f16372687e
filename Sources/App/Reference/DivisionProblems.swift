// What can stand in the way of a change of the tree, as problems of the API.

import Domain
import SQL
import Web

extension ProblemKind {
    static let divisionConflict = ProblemKind(
        "division-conflict", status: 409, zh: "区划之间有冲突", en: "The divisions conflict")
}

enum DivisionProblems {
    static let kinds: [ProblemKind] = [.divisionConflict]

    static func problem(_ error: DivisionError) -> Problem {
        let field = fieldError(error)
        switch error {
        case .unknown, .differentLevels, .sameDivision, .wrongParentLevel, .notLive:
            return Problem(.invalidBody, errors: [field])
        case .hasOtherSuccessor, .codeTaken, .noFreePlace, .archiveNumbersCollide, .organizationNamesCollide:
            return Problem(.divisionConflict, detail: field.detail, errors: [field])
        }
    }

    /// The same as an entry of a report.
    static func fieldError(_ error: DivisionError) -> FieldError {
        switch error {
        case .unknown(let code): make("unknown-division", "没有区划 \(code)", "there is no division \(code)")
        case .notLive(let code): make("division-ended", "区划 \(code) 已经撤销", "division \(code) has ended")
        case .differentLevels: make("different-levels", "两个区划级别不同", "the divisions are of different levels")
        case .sameDivision: make("same-division", "区划不能接替自己", "a division cannot succeed itself")
        case .hasOtherSuccessor(let code):
            make("has-successor", "区划 \(code) 已有别的接替区划", "division \(code) has another successor already")
        case .wrongParentLevel:
            make("wrong-parent-level", "上级区划的级别不高于本级", "the parent's level is not above the division's own")
        case .codeTaken(let code): make("code-taken", "代码 \(code) 已被使用", "code \(code) is in use")
        case .noFreePlace: make("no-free-place", "上级区划内没有空余的代码", "there is no free place below the parent")
        case .archiveNumbersCollide:
            make(
                "archive-numbers-collide", "两县有相同的户编号，先改正再指定接替区划",
                "households of both counties share archive numbers: correct these first")
        case .organizationNamesCollide:
            make(
                "organization-names-collide", "两个区划有同名的单位，先改名再指定接替区划",
                "organizations of both divisions share a name: rename these first")
        }
    }

    static func problem(_ error: SQLError) -> Problem? {
        switch error {
        case .unique("division", ["code"]): Problem(.divisionConflict)
        case .unique("village_group", ["village_id", "name"]): Problem(.conflict)
        case .unique("village_group", ["id"]), .unique("division", ["id"]): Problem(.conflictingContent)
        default: nil
        }
    }

    private static func make(_ code: String, _ zh: String, _ en: String) -> FieldError {
        FieldError(code: code, detail: Message(zh: zh, en: en))
    }
}
