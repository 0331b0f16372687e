// What is wrong with the fields of a household, and which rules can be judged beside it: those whose fields were read
// soundly. The placeholder of an unread field is never judged by a rule.

import Domain
import Web

struct HouseholdFaults {
    var errors: [FieldError]

    /// Whether nothing is wrong at a pointer or below it.
    func isSound(_ pointer: String) -> Bool {
        !errors.contains { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") }
    }

    /// The same with fuller words for some of what is wrong.
    func saying(_ fuller: [FieldError]) -> HouseholdFaults {
        HouseholdFaults(
            errors: errors.map { error in
                fuller.first { $0.pointer == error.pointer && $0.code == error.code } ?? error
            })
    }

    /// The same with every finding that blocks and can be judged.
    func with(_ findings: [HouseholdFinding]) -> HouseholdFaults {
        let blocking = findings.filter { $0.rule.severity == .block && isJudged($0) }
        return HouseholdFaults(errors: errors + blocking.map(\.fieldError))
    }

    /// - Throws: 422 with everything.
    func finish() throws {
        if !errors.isEmpty { throw InvalidBody(errors: Array(errors.prefix(ObjectReader.errorsMax))) }
    }

    private func isJudged(_ finding: HouseholdFinding) -> Bool {
        if errors.isEmpty { return true }
        if let member = finding.memberIndex { return isSound("/members/\(member)") }
        switch finding.rule.code {
        // A member who could not be read may be the householder; one too many among the others is judged anyway.
        case "no-householder": return isMembershipSound
        case "repeated-cause": return isSound("/mainCause") && isSound("/otherCauses")
        default: return finding.field == "members" || isSound("/" + finding.field)
        }
    }

    private var isMembershipSound: Bool {
        !errors.contains { error in
            let parts = error.pointer.split(separator: "/")
            guard parts.first == "members" else { return false }
            return parts.count <= 2 || parts[2] == "relation"
        }
    }
}
