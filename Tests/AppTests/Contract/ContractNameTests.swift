// One thing has one name in the whole API: the contract is held to the rules of CONTRIBUTING.md.

import Testing

@Suite("Names in the contract")
struct ContractNameTests {
    @Test("fields, filters, codes, roles, places, people who did something and lists are named by the rules")
    func names() throws {
        let findings = try ContractNames(Contract.shared).findings
        for finding in findings where !Self.pending.contains(finding.subject) { Issue.record("\(finding)") }
        for subject in Self.pending where !findings.contains(where: { $0.subject == subject }) {
            Issue.record("\(subject) is named by the rules and need not be listed any more")
        }
    }

    /// Schemas that are still to be named by the rules.
    private static let pending = ["OtherEntity", "ParameterUnit", "Role"]
}
