// The rows of needs. What may be written is decided in NeedStore.

import Domain
import SQL
import Web

/// What can change of a need.
struct NeedState: Equatable, Sendable {
    /// The value as in the column.
    enum Stage: String, CaseIterable, Sendable {
        case received
        case inProgress = "in-progress"
        case answered
        case declined

        var isEnd: Bool { self == .answered || self == .declined }
    }

    var kind: String
    var text: String
    var stage: Stage
    let voicedOn: CivilDate
    let dueOn: CivilDate
    var answer: String?
    var answeredOn: CivilDate?
    /// Who told the service of the answer.
    var answeredBy: Identifier?

    var auditFields: [AuditField] {
        [
            ("kind", .text(kind)), ("text", .text(text)), ("state", .text(stage.rawValue)),
            ("voicedOn", .text(voicedOn.description)), ("dueOn", .text(dueOn.description)), ("answer", .of(answer)),
            ("answeredOn", .of(answeredOn?.description)),
        ]
    }
}

/// A need as the database holds it.
struct StoredNeed: Sendable {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let state: NeedState
}

/// The household or village that has the need, with the village whose parameters count.
struct NeedSubject: Sendable {
    let household: Int64?
    let village: Identifier
    let areaCode: Int64

    static func household(
        _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> NeedSubject? {
        try connection.first(
            """
            SELECT household_number, village_id, area_code FROM household
            WHERE id = $1 AND area_code BETWEEN $2 AND $3
            """, id, scope.first, scope.last
        ) { NeedSubject(household: $0.int64(0), village: try $0.identifier(1), areaCode: $0.int64(2)) }
    }
}

enum NeedTable {
    static let rows = RecordRows(table: "need")

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredNeed? {
        try connection.first(
            """
            SELECT version, area_code, kind, text, state, voiced_on, due_on, answer, answered_on, answered_by
            FROM need WHERE id = $1
            """, id
        ) { row in
            guard let stage = NeedState.Stage(rawValue: row.text(4)) else { throw DamagedRow(column: 4) }
            return StoredNeed(
                id: id, version: row.int(0), areaCode: row.int64(1),
                state: NeedState(
                    kind: row.text(2), text: row.text(3), stage: stage, voicedOn: try row.date(5),
                    dueOn: try row.date(6), answer: row.optionalText(7), answeredOn: try row.optionalDate(8),
                    answeredBy: row.optionalIdentifier(9)))
        }
    }

    static func insert(
        _ id: Identifier, _ state: NeedState, of subject: NeedSubject, channel: String, visit: Identifier?,
        recordedBy: Identifier?, contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            INSERT INTO need (id, version, household_number, village_id, area_code, kind, text, channel, voiced_on,
                state, due_on, visit_id, recorded_by, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """, id, subject.household, subject.household == nil ? subject.village : nil, subject.areaCode, state.kind,
            state.text, channel, state.voicedOn, state.stage.rawValue, state.dueOn, visit, recordedBy,
            transaction.now, contentHash)
    }

    static func update(_ id: Identifier, to state: NeedState, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            UPDATE need SET version = version + 1, kind = $2, text = $3, state = $4, answer = $5, answered_on = $6,
                answered_by = $7
            WHERE id = $1
            """, id, state.kind, state.text, state.stage.rawValue, state.answer, state.answeredOn, state.answeredBy)
    }
}
