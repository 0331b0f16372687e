// The words for a batch and for items that are not simply stored.

import Domain
import Web

enum VisitBatchProblems {
    /// The id of a batch was used with other content, or by somebody else.
    static func reused(_ batch: Identifier) -> Problem {
        var problem = VisitProblems.conflict("conflicting-content")
        problem.detail = Message(
            zh: "未曾收到的条目已留存待处理；请用新的批次编号重发",
            en: "what was not known is kept for a person; send the items again in batches with new ids")
        problem.errors = [FieldError(pointer: "/batchId", FieldCode(problem.kind))]
        problem.members = [("batchId", batch.description)]
        return problem
    }

    /// What an item is told whose visit is kept for a person.
    static func kept(_ code: String) -> Message {
        switch code {
        case "already-corrected":
            Message(
                zh: "原记录已有另一条更正；本条已留存，由人员决定",
                en: "another record corrects it already; this one is kept for a person to decide")
        case FieldCode.rightLost.slug: FieldCode.rightLost.text
        default:
            Message(
                zh: "该编号已有另一条记录；本条已留存，由人员决定", en: "another visit has this id; this one is kept for a person to decide")
        }
    }
}
