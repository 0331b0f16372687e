// The rows of activities, of who took part and of what was decided. What may be written is decided in ActivityStore.

import Domain
import SQL
import Web

/// What can change of an activity, beside its participants.
struct ActivityFacts: Equatable, Sendable {
    /// A code of `activity-kind`.
    var kind: String
    var subject: String
    var place: String?
    var first: CivilDate
    /// Its last day.
    var last: CivilDate
    var organizer: String?
    var skill: String?
    var note: String?
    /// It was entered in error.
    var isWithdrawn: Bool
    var decisions: [String]

    /// Days that cannot be: only what has taken place is recorded.
    func errors(_ today: CivilDate) -> [FieldError] {
        var errors: [FieldError] = []
        if first > today { errors.append(FieldError(pointer: "/on", .inFuture)) }
        if last < first {
            errors.append(
                FieldError(pointer: "/to", .endsBeforeItBegins, zh: "不能早于第一天", en: "must not be before the first day"))
        }
        return errors
    }

    var auditFields: [AuditField] {
        [
            ("kind", .text(kind)), ("subject", .text(subject)), ("place", .of(place)),
            ("on", .text(first.description)), ("to", .text(last.description)), ("organizer", .of(organizer)),
            ("skill", .of(skill)), ("note", .of(note)), ("withdrawn", .boolean(isWithdrawn)),
            ("decisions", .texts(decisions)),
        ]
    }
}

/// Somebody who took part, held against the register.
struct Participant: Equatable, Sendable {
    var cadre: Identifier?
    var household: Int64?
    var member: Identifier?
    var name: String?

    /// As the audit trail names them: ids, and only who is not in the register by name.
    func auditText(_ household: Identifier?) -> String {
        cadre?.description ?? member?.description ?? household?.description ?? name ?? ""
    }
}

/// An activity as the database holds it.
struct StoredActivity: Sendable {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let facts: ActivityFacts
    let participants: [Participant]
}

enum ActivityTable {
    static let rows = RecordRows(table: "activity")

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredActivity? {
        let decisions = try connection.query(
            "SELECT text FROM activity_decision WHERE activity_id = $1 ORDER BY position", id
        ) { $0.text(0) }
        let participants = try connection.query(
            """
            SELECT cadre_id, household_number, member_id, name FROM activity_participant
            WHERE activity_id = $1 ORDER BY position
            """, id
        ) {
            Participant(
                cadre: $0.optionalIdentifier(0), household: $0.optionalInt64(1), member: $0.optionalIdentifier(2),
                name: $0.optionalText(3))
        }
        return try connection.first(
            """
            SELECT version, area_code, kind, subject, place, first_on, last_on, organizer, skill, note,
                state = 'withdrawn'
            FROM activity WHERE id = $1
            """, id
        ) { row in
            StoredActivity(
                id: id, version: row.int(0), areaCode: row.int64(1),
                facts: ActivityFacts(
                    kind: row.text(2), subject: row.text(3), place: row.optionalText(4), first: try row.date(5),
                    last: try row.date(6), organizer: row.optionalText(7), skill: row.optionalText(8),
                    note: row.optionalText(9), isWithdrawn: row.bool(10), decisions: decisions),
                participants: participants)
        }
    }

    static func insert(
        _ id: Identifier, _ facts: ActivityFacts, _ participants: [Participant], in division: Division,
        contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            INSERT INTO activity (id, version, kind, subject, place, first_on, last_on, division_id, level, area_code,
                organizer, skill, note, state, participant_count, recorded_by, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'held', $13, $14, $15, $16)
            """, id, facts.kind, facts.subject, facts.place, facts.first, facts.last, division.id,
            division.level.rawValue, division.areaCode, facts.organizer, facts.skill, facts.note, participants.count,
            transaction.actor.userId, transaction.now, contentHash)
        try write(facts.decisions, of: id, transaction.connection)
        try write(participants, of: id, transaction.connection)
    }

    static func update(
        _ stored: StoredActivity, to facts: ActivityFacts, _ participants: [Participant], _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        try connection.run(
            """
            UPDATE activity SET version = version + 1, kind = $2, subject = $3, place = $4, first_on = $5, last_on = $6,
                organizer = $7, skill = $8, note = $9, state = $10, participant_count = $11
            WHERE id = $1
            """, stored.id, facts.kind, facts.subject, facts.place, facts.first, facts.last, facts.organizer,
            facts.skill, facts.note, facts.isWithdrawn ? "withdrawn" : "held", participants.count)
        if facts.decisions != stored.facts.decisions {
            try connection.run("DELETE FROM activity_decision WHERE activity_id = $1", stored.id)
            try write(facts.decisions, of: stored.id, connection)
        }
        if participants != stored.participants {
            try connection.run("DELETE FROM activity_participant WHERE activity_id = $1", stored.id)
            try write(participants, of: stored.id, connection)
        }
    }

    private static func write(_ decisions: [String], of id: Identifier, _ connection: Connection) throws {
        for (position, text) in decisions.enumerated() {
            try connection.run(
                "INSERT INTO activity_decision (activity_id, position, text) VALUES ($1, $2, $3)", id, position, text)
        }
    }

    private static func write(_ participants: [Participant], of id: Identifier, _ connection: Connection) throws {
        for (position, participant) in participants.enumerated() {
            try connection.run(
                """
                INSERT INTO activity_participant (activity_id, position, cadre_id, household_number, member_id, name)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, id, position, participant.cadre, participant.household, participant.member, participant.name)
        }
    }
}
