// What can stand in the way of a household, as problems of the API: the names of the constraints it meets, and who may
// be told about the other record.

import Domain
import SQL
import Service
import Web

extension ProblemKind {
    static let archiveNumberTaken = ProblemKind(
        "archive-number-taken", status: 409, zh: "本县已有此户编号", en: "The archive number is taken in this county")
    static let identityNumberTaken = ProblemKind(
        "identity-number-taken", status: 409, zh: "该证件号码的人已登记在另一户",
        en: "The person of this identity number lives in another household already")
    package static let householdEnded = ProblemKind(
        "household-ended", status: 409, zh: "该户已销号；如属误销，先以 to: null 撤回",
        en: "The household has ended; if that is wrong, take it back first with to: null")
    package static let memberIdTaken = ProblemKind(
        "member-id-taken", status: 409, zh: "成员编号已被使用", en: "The member's id is in use")
}

package enum HouseholdProblems {
    package static let kinds: [ProblemKind] = [
        .archiveNumberTaken, .identityNumberTaken, .memberIdTaken, .householdEnded,
    ]

    /// A constraint that a household met, without a word about the other record.
    package static func problem(_ error: SQLError) -> Problem? {
        switch error {
        case .uniqueIndex("household_archive_number"): taken(.archiveNumberTaken, "/archiveNumber")
        case .unique("household", ["id"]): Problem(.conflictingContent)
        case .unique("member", ["identity_hash"]): taken(.identityNumberTaken, "/members")
        case .unique("member", ["id"]), .unique("member", ["household_number", "id"]): taken(.memberIdTaken, "/members")
        case .unique("member", ["household_number"]):
            .field("/members", FieldCode(HouseholdRule.severalHouseholders))
        case .trigger(FieldCode.implausibleDay.slug):
            .field("/members", .implausibleDay, zh: "出生日期不合理", en: "a birth date is implausible")
        default: nil
        }
    }

    /// The same with the place of the other record, where the caller may see it.
    ///
    /// - Parameter members: those that were being written when the constraint spoke.
    static func located(
        _ error: SQLError, _ members: [MemberState], archiveNumber: String, areaCode: Int64, _ scope: Scope,
        _ connection: Connection
    ) throws -> Problem? {
        guard var problem = problem(error) else { return nil }
        switch error {
        case .uniqueIndex("household_archive_number"):
            let other = try connection.first(
                "SELECT id, area_code FROM household WHERE area_code / 1000000 = $1 AND archive_number = $2",
                areaCode / 1_000_000, archiveNumber
            ) { (try $0.identifier(0), $0.int64(1)) }
            problem.detail = other.flatMap { scope.contains($0.1) ? pointing(to: $0.0) : nil }
        case .unique("member", ["identity_hash"]):
            // An id of another area gets the same answer, whatever number comes with it.
            for member in members {
                let isElsewhere = try connection.first(
                    """
                    SELECT h.area_code FROM member m JOIN household h ON h.household_number = m.household_number
                    WHERE m.id = $1
                    """, member.id
                ) { !scope.contains($0.int64(0)) }
                if isElsewhere == true { return taken(.memberIdTaken, "/members") }
            }
            for (index, member) in members.enumerated() where member.identity.state == .verified {
                let other = try connection.first(
                    """
                    SELECT h.id, h.area_code FROM member m JOIN household h ON h.household_number = m.household_number
                    WHERE m.identity_hash = $1 AND m.identity_state = 'verified' AND m.left_on IS NULL AND m.id <> $2
                    """, member.identity.hash, member.id
                ) { (try $0.identifier(0), $0.int64(1)) }
                guard let other else { continue }
                problem = taken(.identityNumberTaken, "/members/\(index)/identityNumber")
                problem.detail = scope.contains(other.1) ? pointing(to: other.0) : nil
                break
            }
        default: break
        }
        return problem
    }

    private static func taken(_ kind: ProblemKind, _ pointer: String) -> Problem {
        Problem(kind, at: pointer)
    }

    private static func pointing(to household: Identifier) -> Message {
        Message(zh: "见户 \(household)", en: "see household \(household)")
    }
}
