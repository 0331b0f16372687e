// Taking a batch in one transaction: its items in order, each with an outcome.

import Domain
import SQL
import Service
import Web

struct VisitBatchTaking {
    let batch: VisitBatch
    let caller: Caller

    /// What became of a batch.
    enum Result {
        case taken(VisitBatchAnswer)
        /// The same batch came before.
        case replayed(VisitBatchAnswer)
        /// The id came before with other content, or from somebody else. What was not known is kept for a person.
        case reused
    }

    /// Why an atomic batch is not taken.
    private struct Refused: Error {
        let outcomes: [VisitBatchOutcome]
    }

    func take(_ transaction: Transaction) throws -> Result {
        if let stored = try VisitBatchTable.find(batch.id, transaction.connection) {
            guard stored.userId == caller.userId, stored.contentHash == batch.contentHash else {
                try hold(transaction)
                return .reused
            }
            return .replayed(try stored.answer(batch.id, sentIds: batch.items.map(\.sentId)))
        }
        do {
            return .taken(answer(try store(transaction)))
        } catch let refused as Refused {
            return .taken(answer(refused.outcomes))
        }
    }

    private func answer(_ outcomes: [VisitBatchOutcome]) -> VisitBatchAnswer {
        VisitBatchAnswer(
            batchId: batch.id, mode: batch.mode, items: zip(batch.items, outcomes).map { ($0.sentId, $1) })
    }

    /// - Throws: `Refused` when it must be whole and cannot be; nothing of it is left then.
    private func store(_ transaction: Transaction) throws -> [VisitBatchOutcome] {
        let outcomes: [VisitBatchOutcome]
        do {
            outcomes = try transaction.savepoint { try takeItems(transaction) { try $0() } }
        } catch let error as SQLError where Self.isOfOneItem(error) {
            // An unforeseen failure: the other items must not wait until somebody mends it. A savepoint for each item
            // is slow, so they get one only now.
            outcomes = try transaction.savepoint {
                try takeItems(transaction) { work in
                    do {
                        return try transaction.savepoint(work)
                    } catch let error as SQLError where Self.isOfOneItem(error) {
                        return .notStored
                    }
                }
            }
        }
        try VisitBatchTable.insert(batch, outcomes, by: caller.userId, transaction)
        return outcomes
    }

    private func takeItems(
        _ transaction: Transaction, _ guarded: (() throws -> VisitBatchOutcome) throws -> VisitBatchOutcome
    ) throws -> [VisitBatchOutcome] {
        let intake = VisitIntake(caller: caller, batchId: batch.id)
        let outcomes = try batch.items.enumerated().map { position, item in
            try guarded { try outcome(of: item, at: position, intake, transaction) }.hidingNumbers
        }
        guard batch.mode == .atomic, !outcomes.allSatisfy(\.isStored) else { return outcomes }
        throw Refused(outcomes: outcomes.map(\.asRefused))
    }

    private func outcome(
        of item: VisitBatchItem, at position: Int, _ intake: VisitIntake, _ transaction: Transaction
    ) throws -> VisitBatchOutcome {
        switch item.reading {
        case .malformed(let errors): return .rejected(errors)
        case .draft(let draft):
            let outcome = try intake.take(
                draft, content: item.content.bytes, contentHash: item.content.hash, transaction)
            return VisitBatchOutcome(outcome, at: "/items/\(position)")
        }
    }

    /// Whether what the database refused can be one item's own fault, and not that of the disk or of the moment.
    private static func isOfOneItem(_ error: SQLError) -> Bool {
        switch error {
        case .check, .trigger, .unique, .uniqueIndex, .foreignKey, .notNull, .datatype: true
        default: false
        }
    }

    // MARK: An id used twice

    /// Keeps every item that is not known with the same content and could be taken, in another batch or by a person.
    private func hold(_ transaction: Transaction) throws {
        let intake = VisitIntake(caller: caller, batchId: batch.id)
        for item in batch.items {
            guard case .draft(let draft) = item.reading else { continue }
            try intake.keep(
                draft, content: item.content.bytes, contentHash: item.content.hash, code: FieldCode.batchReused.slug,
                transaction)
        }
    }
}

extension VisitBatchOutcome {
    /// - Parameter pointer: of the item in the body of the batch.
    init(_ outcome: VisitOutcome, at pointer: String) {
        switch outcome {
        case .created(let version): self.init(kind: .created, version: version)
        case .replayed(let version): self.init(kind: .replayed, version: version)
        case .conflict(let code):
            self.init(kind: .conflict, code: code, detail: VisitBatchProblems.kept(code))
        case .parked(let code):
            self.init(kind: .parked, code: code, detail: VisitBatchProblems.kept(code))
        case .taken:
            self = .rejected([
                FieldError(pointer: pointer + "/id", FieldCode(ProblemKind.conflictingContent))
            ])
        case .rejected(let errors):
            let isDecided = errors.contains { $0.code == VisitProblems.refusedByClerk.code }
            self = .rejected(
                errors.map { $0.below(pointer) },
                retry: isDecided ? .never : .afterFix)
        }
    }

    /// What an item is told when an atomic batch is refused: nothing was stored, and nothing is kept
    /// for a person, because the tablet keeps it all.
    var asRefused: VisitBatchOutcome {
        VisitBatchOutcome(
            kind: .rejected, code: isStored ? FieldCode.batchRefused.slug : code,
            detail: isStored ? FieldCode.batchRefused.text : detail, retry: retry == .later ? .later : .afterFix,
            errors: errors)
    }
}
