// Turns the invented visits of a county into bodies and reads them as a request would, on a thread of its own, ahead of
// the writer.

import Contact
import Demonstration
import Domain
import SQL
import Service
import Web

/// A visit that was read from its body, ready to be taken.
struct PreparedVisit: Sendable {
    let draft: VisitDraft
    let content: VisitContent
}

/// The visits of a county as records of an import. Nobody sent them, so nothing about them is reported.
final class DemonstrationVisitSource: Importer {
    static let recordsPerPiece = 2_000
    static let isConnected = true

    private var visits: DemonstrationVisits.Iterator
    private let codes: CodeLists
    private let keys: KeyRing
    private let days: Range<CivilDate>
    private(set) var progress = 0.0
    var summary: [ReportRow] { [] }

    /// - Parameter days: those of the visits.
    init(_ visits: DemonstrationVisits, days: Range<CivilDate>, _ register: Register) {
        self.visits = visits.makeIterator()
        self.days = days
        codes = register.codeLists
        keys = register.keys
    }

    func next() throws -> PreparedItem<PreparedVisit>? {
        guard let visit = visits.next() else { return nil }
        let total = days.upperBound.days(since: days.lowerBound)
        progress = Double(visit.receivedAt.shanghaiDate.days(since: days.lowerBound)) / Double(max(total, 1))
        var json = JSONWriter(reserve: 2_048)
        visit.write(to: &json)
        let root = try JSONDocument(json.take()).root
        var body = ObjectReader(root)
        let draft = VisitDraft(&body, id: visit.id, codes: codes, receivedAt: visit.receivedAt)
        try body.finish()
        return PreparedItem(record: PreparedVisit(draft: draft, content: VisitContent(root, keys)), rows: [])
    }

    static func apply(
        _ visit: PreparedVisit, _ order: ImportOrder, _ scope: Scope, _ transaction: Transaction
    ) throws -> ImportOutcome {
        try take(visit, VisitIntake(userId: nil, scope: scope, batchId: nil), transaction)
        return ImportOutcome()
    }

    /// - Throws: `DemonstrationVisitRefused` if it is not stored.
    static func take(_ visit: PreparedVisit, _ intake: VisitIntake, _ transaction: Transaction) throws {
        let outcome = try intake.take(
            visit.draft, content: visit.content.bytes, contentHash: visit.content.hash, transaction)
        guard case .created = outcome else { throw DemonstrationVisitRefused(id: visit.draft.id, outcome: outcome) }
    }
}

/// An invented visit that the register refuses, which is a bug of the demonstration; it is reported so that it can be
/// found.
struct DemonstrationVisitRefused: Error, CustomStringConvertible {
    let id: Identifier
    let outcome: VisitOutcome

    var description: String { "the demonstration's visit \(id) was not taken: \(outcome)" }
}
