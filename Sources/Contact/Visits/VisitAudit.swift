// What the audit trail says of visits. They are only ever added to, so the trail needs no copy of them: whom it was
// about, of what kind, and what was found.

import Domain
import Service

enum VisitAudit {
    static func fields(_ visit: NewVisit) -> [UInt8] {
        let draft = visit.draft
        var fields: [AuditField] = []
        if case .household(let id) = draft.subject { fields.append(("householdId", .text(id.description))) }
        if let id = visit.subject.villageId { fields.append(("villageId", .text(id.description))) }
        fields.append(("kind", .text(draft.kind)))
        if !visit.flags.isEmpty { fields.append(("flags", .texts(visit.flags.map(\.rawValue)))) }
        if let corrects = draft.corrects { fields.append(("correctsVisitId", .text(corrects.description))) }
        if draft.isRetraction { fields.append(("isRetraction", .boolean(true))) }
        return RecordAudit.whole(fields)
    }

    /// Of the record that was corrected.
    static func correction(by id: Identifier, _ isRetraction: Bool) -> [UInt8] {
        RecordAudit.whole([
            ("correctedByVisitId", .text(id.description)), ("isRetraction", isRetraction ? .boolean(true) : .null),
        ])
    }
}
