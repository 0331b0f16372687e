// One thing has one name in the whole API: the contract is held to the rules of CONTRIBUTING.md.

import Testing

@Suite("Names in the contract")
struct ContractNameTests {
    @Test("fields, filters, codes, roles, places, people who did something and lists are named by the rules")
    func names() throws {
        let findings = try ContractNames(Contract.shared).findings
        for finding in findings where !Self.isPending(finding.subject) { Issue.record("\(finding)") }
        for subject in Self.pending where !findings.contains(where: { Self.stands($0.subject, for: subject) }) {
            Issue.record("\(subject) is named by the rules and need not be listed any more")
        }
    }

    /// Schemas and paths that are still to be named by the rules.
    private static let pending = [
        "/v1/campaigns", "/v1/contact-cards", "/v1/coverage/cadres", "/v1/coverage/households", "/v1/pairings",
        "/v1/partners/{id}/ids", "OtherEntity", "PairingRun", "PairingRunPart", "ParameterUnit", "Role",
    ]

    private static func isPending(_ subject: String) -> Bool { pending.contains { stands(subject, for: $0) } }

    /// An operation's subject stands for its path, too.
    private static func stands(_ subject: String, for pending: String) -> Bool {
        subject == pending || subject.hasSuffix(" \(pending)")
    }
}
