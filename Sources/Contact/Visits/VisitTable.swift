// The rows of visits: how they are written and found again. They are only ever added to; triggers hold that. What may
// be written is decided in VisitIntake.

import Domain
import SQL
import Service

/// A visit that was checked against the register.
package struct NewVisit {
    package let draft: VisitDraft
    package let subject: VisitSubject
    package let recordedBy: Identifier?
    package let batchId: Identifier?
    let judged: JudgedTime
    let flags: [VisitFlag]
    /// The householder, the author and the companions, as they are called now.
    package let names: [String]
    package let contentHash: [UInt8]

    var isCounted: Bool { judged.countedOn != nil && !draft.isRetraction }
    /// What it is counted as; nil where it counts for nothing.
    package var contact: HouseholdContact? {
        guard isCounted, let day = judged.countedOn, let isVisit = ContactSort.isVisit(draft.kind) else { return nil }
        return HouseholdContact(
            day: day, isVisit: isVisit, occasions: Set(draft.occasions.compactMap(ContactDutyKind.init)))
    }
    package var number: Int64 { subject.nextVisitNumber }
    var flagText: String { flags.map(\.rawValue).joined(separator: ";") }
}

/// A visit that is to be corrected.
struct CorrectedVisit {
    let number: Int64
    let id: Identifier
    let version: Int
    let householdNumber: Int64?
    let areaCode: Int64
    let author: Identifier?
    let recordedBy: Identifier?
    let countedOn: CivilDate?
    let isCounted: Bool
    /// A record corrects it already.
    let isCorrected: Bool
}

enum VisitTable {
    static func insert(_ visit: NewVisit, _ connection: Connection) throws {
        let draft = visit.draft
        try connection.run(
            """
            INSERT INTO visit (visit_number, id, version, household_number, village_id, area_code, kind, author_id,
                recorded_by, occurred_at, received_at, counted_on, is_counted, purpose, diary_did, diary_saw,
                diary_thought, latitude, longitude, accuracy_metres, device, clock_offset_ms, flags, corrects,
                is_retraction, names, batch_id, content_hash)
            VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22, $23, $24, $25, $26, $27)
            """, visit.number, draft.id, visit.subject.householdNumber, visit.subject.villageId,
            visit.subject.areaCode, draft.kind, draft.author, visit.recordedBy, draft.occurredAt, draft.receivedAt,
            visit.judged.countedOn, visit.isCounted, draft.purpose, draft.diary.did, draft.diary.saw,
            draft.diary.thought, draft.location?.latitude, draft.location?.longitude, draft.location?.accuracyMetres,
            draft.device, draft.clockOffsetMilliseconds, visit.flagText, draft.corrects, draft.isRetraction,
            visit.names.joined(separator: "\n"), visit.batchId, visit.contentHash)
        try insertParts(draft, visit.number, connection)
        VisitSearch.add(visit, connection)
    }

    private static func insertParts(_ draft: VisitDraft, _ number: Int64, _ connection: Connection) throws {
        let marks: [(CodeListKey, [String])] = [
            (.visitOccasion, draft.occasions), (.sixHelps, draft.sixHelps), (.sixOnes, draft.sixOnes),
        ]
        for (list, codes) in marks {
            for code in codes {
                try connection.run(
                    "INSERT INTO visit_mark (visit_number, list_key, code) VALUES ($1, $2, $3)", number, list.rawValue,
                    code)
            }
        }
        for (position, companion) in draft.companions.enumerated() {
            try connection.run(
                "INSERT INTO visit_companion (visit_number, position, cadre_id, name) VALUES ($1, $2, $3, $4)", number,
                position, companion.cadre, companion.name)
        }
        for (position, deed) in draft.deeds.enumerated() {
            try connection.run(
                "INSERT INTO visit_deed (visit_number, position, kind, result) VALUES ($1, $2, $3, $4)", number,
                position, deed.kind, deed.result)
        }
        for (position, gift) in draft.gifts.enumerated() {
            try connection.run(
                """
                INSERT INTO visit_gift (visit_number, position, kind, quantity_thousandths, unit, value_fen, donor,
                    donor_name)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, number, position, gift.kind, gift.quantityThousandths, gift.unit, gift.valueFen, gift.donor,
                gift.donorName)
        }
        for (position, event) in draft.events.enumerated() {
            try connection.run(
                "INSERT INTO visit_event (visit_number, position, kind, happened_on, note) VALUES ($1, $2, $3, $4, $5)",
                number, position, event.kind, event.happenedOn, event.note)
        }
        for (position, attachment) in draft.attachments.enumerated() {
            try connection.run(
                "INSERT INTO visit_attachment (visit_number, position, kind, sha256) VALUES ($1, $2, $3, $4)", number,
                position, attachment.kind, attachment.sha256)
        }
    }

    // MARK: Corrections

    static func corrected(_ id: Identifier, _ connection: Connection) throws -> CorrectedVisit? {
        try connection.first(
            """
            SELECT v.visit_number, v.id, v.version, v.household_number, v.area_code, v.author_id, v.recorded_by,
                v.counted_on, v.is_counted, EXISTS (SELECT 1 FROM visit c WHERE c.corrects = v.id)
            FROM visit v WHERE v.id = $1
            """, id
        ) { row in
            CorrectedVisit(
                number: row.int64(0), id: try row.identifier(1), version: row.int(2),
                householdNumber: row.optionalInt64(3), areaCode: row.int64(4), author: row.optionalIdentifier(5),
                recordedBy: row.optionalIdentifier(6), countedOn: try row.optionalDate(7), isCounted: row.bool(8),
                isCorrected: row.bool(9))
        }
    }

    /// The end of a chain of corrections: the record itself where nothing corrects it.
    static func lastCorrection(of id: Identifier, _ connection: Connection) throws -> Identifier {
        var current = id
        while let next = try connection.first(
            "SELECT id FROM visit WHERE corrects = $1", current, row: { try $0.identifier(0) })
        {
            current = next
        }
        return current
    }

    /// What was corrected counts for nothing from now on.
    static func discount(_ visit: CorrectedVisit, _ connection: Connection) throws {
        try connection.run(
            "UPDATE visit SET version = version + 1, is_counted = 0 WHERE visit_number = $1", visit.number)
    }

    /// The cadres who came along.
    static func companions(of number: Int64, _ connection: Connection) throws -> [Identifier] {
        try connection.query(
            "SELECT cadre_id FROM visit_companion WHERE visit_number = $1 AND cadre_id IS NOT NULL", number
        ) { try $0.identifier(0) }
    }

    /// The first day of the events that a visit told.
    static func firstEvent(of number: Int64, _ connection: Connection) throws -> CivilDate? {
        try connection.first("SELECT min(happened_on) FROM visit_event WHERE visit_number = $1", number) {
            try $0.optionalDate(0)
        } ?? nil
    }
}
