// What can stand in the way of a partnership, as a problem of the API.

import SQL
import Web

extension ProblemKind {
    static let partnershipExists = ProblemKind(
        "partnership-exists", status: 409, zh: "双方当日已结对", en: "The two are partners already on one of these days")
}

enum PartnershipProblems {
    static let kinds: [ProblemKind] = [.partnershipExists]

    /// Runs a write of a partnership, and turns what its triggers refuse into a problem.
    static func naming<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch SQLError.trigger(ProblemKind.partnershipExists.slug) {
            throw Problem(.partnershipExists, at: "/from")
        }
    }
}
