// What can stand in the way of a run or of its approval.

import Domain
import SQL
import Web

extension ProblemKind {
    static let ownRun = ProblemKind(
        "own-run", status: 403, zh: "方案须由制定人以外的县级管理员批准",
        en: "A run is approved by a county administrator who did not make it")
    static let runOutdated = ProblemKind(
        "run-outdated", status: 409, zh: "方案所依据的情况已有变化，请重新计算",
        en: "What the run read has changed since: make another run")
    static let runNotDraft = ProblemKind(
        "run-not-draft", status: 409, zh: "方案不是待批准的草案", en: "The run is not a draft")
    static let whatIfRun = ProblemKind(
        "what-if-run", status: 409, zh: "假设方案不能批准", en: "A what-if run can never be approved")
    static let tooManyRuns = ProblemKind(
        "too-many-runs", status: 409, zh: "您的方案太多，请先废弃一些", en: "You have too many runs: discard some first")
}

package enum PairingRunProblems {
    package static let kinds: [ProblemKind] = [.ownRun, .runOutdated, .runNotDraft, .whatIfRun, .tooManyRuns]

    /// The most changes that a refusal names.
    private static let shownMax = 100

    /// What has changed, the first ones by name.
    static func outdated(_ differences: [RunDifference], _ connection: Connection) throws -> Problem {
        let errors = try differences.prefix(shownMax).map { difference in
            let name = try name(difference, connection).map { " \($0)" } ?? ""
            let (what, words) = (word(difference.entity), difference.what.code.text)
            return FieldError(
                pointer: "/\(difference.entity.rawValue)/\(difference.id)", difference.what.code,
                detail: Message(zh: "\(what.zh)\(name)\(words.zh)", en: "\(what.en)\(name) \(words.en)"))
        }
        return Problem(
            .runOutdated,
            detail: Message(
                zh: "有 \(differences.count) 项变化", en: "\(differences.count) of the things it read are different now"),
            errors: errors)
    }

    /// A trigger that refused a proposal which nothing that was read rules out: of whom, and why.
    static func refused(_ conflict: RunConflict, _ connection: Connection) throws -> Problem {
        let kind = PairingProblems.kinds.first { $0.slug == conflict.trigger }
        let why = kind?.title ?? Message(zh: "数据库拒绝：\(conflict.trigger)", en: "refused: \(conflict.trigger)")
        let whom: [(entity: RunEntity, id: Identifier)] = [(.cadre, conflict.cadre), (.household, conflict.household)]
        let errors = try whom.map { entity, id in
            let name =
                try name(RunDifference(entity: entity, id: id, what: .changed), connection).map { " \($0)" } ?? ""
            let what = word(entity)
            return FieldError(
                pointer: "/\(entity.rawValue)/\(id)", kind.map { FieldCode($0) } ?? .changed,
                detail: Message(zh: "\(what.zh)\(name)：\(why.zh)", en: "\(what.en)\(name): \(why.en)"))
        }
        return Problem(.runOutdated, detail: why, errors: errors)
    }

    private static func word(_ entity: RunEntity) -> Message {
        switch entity {
        case .household: Message(zh: "户", en: "household")
        case .cadre: Message(zh: "干部", en: "cadre")
        case .village: Message(zh: "村", en: "village")
        case .parameter: Message(zh: "权重参数", en: "the pairing policy of")
        }
    }

    private static func name(_ difference: RunDifference, _ connection: Connection) throws -> String? {
        let sql =
            switch difference.entity {
            case .household: "SELECT archive_number || ' ' || householder_name FROM household WHERE id = $1"
            case .cadre: "SELECT name FROM cadre WHERE id = $1"
            case .village, .parameter: "SELECT name FROM division WHERE id = $1"
            }
        return try connection.first(sql, difference.id) { $0.text(0) }
    }
}
