// One thing has one name in the whole API: the contract is held to the rules of CONTRIBUTING.md.

import Testing

@Suite("Names in the contract")
struct ContractNameTests {
    @Test("fields, filters, codes, roles, places, actors and lists are named according to the rules")
    func names() throws {
        for finding in try ContractNames(Contract.shared).findings { Issue.record("\(finding)") }
    }
}
