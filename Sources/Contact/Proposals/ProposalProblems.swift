// What can stand in the way of a change proposal, as a problem of the API.

import Web

extension ProblemKind {
    static let fieldChanged = ProblemKind(
        "field-changed", status: 409, zh: "档案中的字段已变化", en: "The archive says something else by now")
}

package enum ProposalProblems {
    package static let kinds: [ProblemKind] = [.fieldChanged]
}
