// What can prevent a change of the tree, as problems of the API.

import Domain
import SQL
import Web

extension ProblemKind {
    static let divisionConflict = ProblemKind(
        "division-conflict", status: 409, zh: "区划之间有冲突", en: "The divisions conflict")
}

package enum DivisionProblems {
    package static let kinds: [ProblemKind] = [.divisionConflict]

    package static func problem(_ error: DivisionError) -> Problem {
        let field = fieldError(error)
        switch error {
        case .unknown, .differentLevels, .sameDivision, .wrongParentLevel, .notLive:
            return Problem(.invalidBody, errors: [field])
        case .hasOtherSuccessor, .succeeded, .codeTaken, .noFreePlace, .archiveNumbersCollide,
            .organizationNamesCollide:
            return Problem(.divisionConflict, detail: field.detail, errors: [field])
        }
    }

    /// The same as an entry of a report.
    package static func fieldError(_ error: DivisionError) -> FieldError {
        switch error {
        case .unknown(let code): FieldError(.unknownDivision, zh: "没有区划 \(code)", en: "there is no division \(code)")
        case .notLive(let code): FieldError(.divisionEnded, zh: "区划 \(code) 已经撤销", en: "division \(code) has ended")
        case .differentLevels: FieldError(.differentLevels)
        case .sameDivision: FieldError(.namesItself)
        case .hasOtherSuccessor(let code):
            FieldError(.hasSuccessor, zh: "区划 \(code) 已有别的接替区划", en: "division \(code) has another successor already")
        case .succeeded(let code, let day):
            FieldError(
                .hasSuccessor, zh: "区划 \(code) 已自 \(day) 起由该区划接替，接替日期不能再改",
                en: "division \(code) has had this successor since \(day): the day cannot be changed any more")
        case .wrongParentLevel:
            FieldError(.wrongParentLevel)
        case .codeTaken(let code): FieldError(.codeTaken, zh: "代码 \(code) 已被使用", en: "code \(code) is in use")
        case .noFreePlace: FieldError(.noFreePlace)
        case .archiveNumbersCollide:
            FieldError(.archiveNumbersCollide)
        case .organizationNamesCollide:
            FieldError(.organizationNamesCollide)
        }
    }

    package static func problem(_ error: SQLError) -> Problem? {
        switch error {
        case .unique("division", ["code"]): Problem(.divisionConflict)
        case .unique("village_group", ["village_id", "name"]): Problem(.conflict)
        case .unique("village_group", ["id"]), .unique("division", ["id"]): Problem(.conflictingContent)
        default: nil
        }
    }
}
