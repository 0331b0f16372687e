// What can stand in the way of organizations, cadres and other helpers, as problems of the API: the names of the
// constraints they meet, and who may be told about the other record.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let creditCodeTaken = ProblemKind(
        "credit-code-taken", status: 409, zh: "该统一社会信用代码已登记", en: "The credit code belongs to another organization")
    static let organizationNameTaken = ProblemKind(
        "organization-name-taken", status: 409, zh: "该区划内已有同名单位",
        en: "An organization of this name is at home there already")
    static let phoneInUse = ProblemKind(
        "phone-in-use", status: 409, zh: "该电话号码已属于另一名在册干部", en: "The phone number belongs to another living cadre")
    static let cadreIdentityTaken = ProblemKind(
        "cadre-identity-taken", status: 409, zh: "该证件号码的干部已登记",
        en: "The cadre of this identity number is registered already")
    static let twoRanksOnOneDay = ProblemKind(
        "two-ranks-on-one-day", status: 422, zh: "同一天不能有两个职级", en: "Nobody has two ranks on one day")
    static let twoPostStatesOnOneDay = ProblemKind(
        "two-post-states-on-one-day", status: 422, zh: "同一天不能有两个在岗状态",
        en: "Nobody has two post states on one day")
    static let twoLinksOnOneDay = ProblemKind(
        "two-links-on-one-day", status: 422, zh: "同一天不能挂钩两个区划", en: "Nobody is linked to two areas on one day")
}

package enum HelperProblems {
    package static let kinds: [ProblemKind] =
        [.creditCodeTaken, .organizationNameTaken, .phoneInUse, .cadreIdentityTaken] + overlaps

    package static let overlaps: [ProblemKind] = [.twoRanksOnOneDay, .twoPostStatesOnOneDay, .twoLinksOnOneDay]

    /// A constraint that a record met, without a word about the other record.
    package static func problem(_ error: SQLError) -> Problem? {
        switch error {
        case .unique("organization", ["credit_code"]): taken(.creditCodeTaken, "/creditCode")
        case .unique("organization", ["division_id", "name"]): taken(.organizationNameTaken, "/name")
        case .unique("cadre", ["phone_hash"]): taken(.phoneInUse, "/phone")
        case .unique("cadre", ["identity_hash"]): taken(.cadreIdentityTaken, "/identityNumber")
        case .unique("organization", ["id"]), .unique("cadre", ["id"]), .unique("helper", ["id"]):
            Problem(.conflictingContent)
        case .trigger(let name):
            overlaps.first { $0.slug == name }.map {
                taken($0, $0 == .twoRanksOnOneDay ? "/ranks" : $0 == .twoLinksOnOneDay ? "/links" : "/postStates")
            }
        default: nil
        }
    }

    /// A body whose only fault is overlapping intervals gets a problem kind of its own; anything else stays as it is.
    package static func named(_ invalid: InvalidBody) -> any Error {
        guard let kind = overlaps.first(where: { FieldCode($0) == invalid.errors.first?.code }),
            invalid.errors.allSatisfy({ $0.code == FieldCode(kind) })
        else { return invalid }
        return Problem(kind, errors: invalid.errors)
    }

    /// What a constraint means that a write of an organization has met; it points to the other one where the caller may
    /// see it.
    @Sendable
    package static func problem(
        _ error: any Error, _ state: Organization, _ scope: Scope, _ connection: Connection
    ) throws -> Problem? {
        guard let error = error as? SQLError, var problem = problem(error) else { return nil }
        let other: Identifier? =
            switch error {
            case .unique("organization", ["credit_code"]):
                try other("organization", "credit_code = $1", [state.creditCode], scope, connection)
            case .unique("organization", ["division_id", "name"]):
                try other(
                    "organization", "division_id = $1 AND name = $2", [state.divisionId, state.name], scope, connection)
            default: nil
            }
        problem.detail = other.map { Message(zh: "见 \($0)", en: "see \($0)") }
        return problem
    }

    /// Runs a write of a cadre, and turns a constraint it meets into a problem that points to the other one where the
    /// caller may see it.
    @discardableResult
    package static func locating<Result>(
        _ state: CadreState, _ scope: Scope, _ connection: Connection, _ write: () throws -> Result
    ) throws -> Result {
        do {
            return try write()
        } catch let error as SQLError {
            guard var problem = problem(error) else { throw error }
            let other: Identifier? =
                switch error {
                case .unique("cadre", ["phone_hash"]):
                    try other("cadre", "phone_hash = $1", [state.phone?.hash], scope, connection)
                case .unique("cadre", ["identity_hash"]):
                    try other("cadre", "identity_hash = $1", [state.identity?.hash], scope, connection)
                default: nil
                }
            problem.detail = other.map { Message(zh: "见 \($0)", en: "see \($0)") }
            throw problem
        }
    }

    private static func other(
        _ table: String, _ condition: String, _ values: [any Bindable], _ scope: Scope, _ connection: Connection
    ) throws -> Identifier? {
        let found = try connection.first(
            "SELECT id, area_code FROM \(table) WHERE \(condition) AND ended_on IS NULL", values: values
        ) { (try $0.identifier(0), $0.int64(1)) }
        return found.flatMap { scope.contains($0.1) ? $0.0 : nil }
    }

    private static func taken(_ kind: ProblemKind, _ pointer: String) -> Problem {
        Problem(kind, at: pointer)
    }
}
