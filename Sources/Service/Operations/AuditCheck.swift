// What `jiedui check` reports about the audit trail: whether its chain holds, and where a migration has anchored it
// anew.

import Domain
import SQL

enum AuditCheck {
    /// The chain from the first event to the last.
    ///
    /// - Parameter keys: opens the last hash of a chain that was anchored anew; nil if the key is not available.
    static func chain(_ connection: Connection, _ keys: KeyRing?) throws -> CheckFinding {
        var faults: [String] = []
        var notes: [String] = []
        var previous: [UInt8]?
        var expected: Int64 = 1
        try connection.forEach("SELECT \(AuditEvent.columns) FROM audit_event ORDER BY sequence") { row in
            let event = try AuditEvent(row)
            let hash = row.blob(AuditEvent.columnCount)
            if faults.count < RegisterCheck.faultsShownMax {
                if event.sequence != expected {
                    faults.append("events \(expected) to \(event.sequence - 1) are missing")
                }
                if event.hash(after: previous) != hash {
                    faults.append("event \(event.sequence) was changed, or the one before it")
                }
            }
            if event.action == AuditAnchor.action, event.entity == AuditAnchor.entity,
                let anchor = event.after.flatMap({ AuditAnchor($0) })
            {
                let place = AuditAnchor.lastHashPlace(event.entityId)
                notes.append(
                    anchor.words(
                        event: event.sequence, at: Instant(milliseconds: event.at),
                        lastHash: keys.flatMap { try? $0.open(anchor.lastHashSealed, for: place) }))
            }
            previous = hash
            expected = event.sequence + 1
        }
        let last = try connection.first("SELECT seq FROM sqlite_sequence WHERE name = 'audit_event'") { $0.int64(0) }
        if let last, last >= expected { faults.append("events \(expected) to \(last) are missing at the end") }
        return CheckFinding(subject: "audit chain", faults: faults, notes: notes)
    }

    /// Whether what a migration has overwritten may still be in unused parts of the file.
    static func remains(_ connection: Connection) throws -> CheckFinding {
        let notes = [
            "a migration has overwritten numbers, and the file still has to be rewritten: free as much space as it "
                + "takes, and start the service again"
        ]
        return CheckFinding(
            subject: "no overwritten data is left in the file", faults: [],
            notes: try RewrittenFile.isDue(connection) ? notes : [])
    }
}
