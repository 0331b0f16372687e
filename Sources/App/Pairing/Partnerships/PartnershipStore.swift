// What may be written of partnerships: stating one, giving it other days, and what becomes of it when its target moves.
// That the same two are partners once on any day is held by triggers.

import Domain
import SQL
import Web

enum PartnershipStore {
    /// Writes a new partnership; it has been held against the register (`PartnershipPlacing`).
    static func create(
        _ id: Identifier, _ new: NewPartnership, contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        try PartnershipProblems.naming {
            try PartnershipTable.insert(id, new, contentHash: contentHash, transaction)
        }
        try transaction.audit(
            "create", .partnership, id, after: RecordAudit.whole(try new.auditFields(transaction.connection)))
        try transaction.change(.create, .partnership, id, version: 1, to: new.areaCode)
    }

    /// Gives a partnership other days or another reason.
    static func change(
        _ stored: StoredPartnership, to term: PartnershipTerm, _ transaction: Transaction
    ) throws {
        guard term != stored.term else { return }
        let recordedAt = try PartnershipProblems.naming {
            try PartnershipTable.revise(stored, to: term, transaction)
        }
        let (before, after) = RecordAudit.difference(stored.term.auditFields, term.auditFields)
        let isEnding = term.end != nil && term.end != stored.term.end
        try transaction.audit(isEnding ? "end" : "change", .partnership, stored.id, before: before, after: after)
        try transaction.change(
            isEnding ? .end : .change, .partnership, stored.id, version: stored.version + 1, from: stored.areaCode,
            to: stored.areaCode, recordedAt: recordedAt)
    }
}
