// The rows of helpers who are not on the payroll (R016, R017): technical envoys, volunteers, social workers, lead
// farmers. How they are written and read, and what may be written.

import Domain
import SQL
import Web

/// A helper's facts.
struct HelperState: Equatable {
    /// The division that is served.
    var divisionId: Identifier
    var organizationId: Identifier?
    var kind: String
    var name: String
    var skills: [String]
    /// Hours of service so far.
    var serviceHours: Int?
    var phone: SealedNumber?
    var endedOn: CivilDate?
}

/// A helper as the database holds him.
struct HelperRecord {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let state: HelperState
    let validFrom: CivilDate
    let recordedAt: Int64
}

enum HelperTable {
    static let rows = RecordRows(table: "helper")
    static let dated = DatedTable(
        current: "helper", history: "helper_history",
        columns: """
            id, version, division_id, organization_id, kind, name, skills, service_hours, phone_mask, ended_on
            """,
        key: "id = $1")
    /// Between two skills; none holds it.
    static let separator: Character = ";"

    static func phonePlace(_ id: Identifier) -> SealedPlace { SealedPlace("helper.phone", id) }

    /// The dated columns of a state.
    static func facts(_ state: HelperState) -> [(column: String, value: any Bindable)] {
        [
            ("division_id", state.divisionId), ("organization_id", state.organizationId), ("kind", state.kind),
            ("name", state.name),
            ("skills", state.skills.isEmpty ? String?.none : state.skills.joined(separator: String(separator))),
            ("service_hours", state.serviceHours), ("phone_mask", state.phone?.mask), ("ended_on", state.endedOn),
        ]
    }

    static func auditFields(_ state: HelperState) -> [AuditField] {
        [
            ("divisionId", .text(state.divisionId.description)),
            ("organizationId", .of(state.organizationId?.description)), ("kind", .text(state.kind)),
            ("name", .text(state.name)), ("skills", .texts(state.skills)),
            ("serviceHours", state.serviceHours.map(AuditValue.integer) ?? .null), ("phone", .of(state.phone)),
            ("endedOn", .of(state.endedOn?.description)),
        ]
    }

    static func find(_ id: Identifier, _ connection: Connection) throws -> HelperRecord? {
        try find("id = $1", id, connection).first
    }

    /// All who serve a division itself.
    static func find(serving division: Identifier, _ connection: Connection) throws -> [HelperRecord] {
        try find("division_id = $1", division, connection)
    }

    private static func find(
        _ condition: String, _ value: any Bindable, _ connection: Connection
    ) throws -> [HelperRecord] {
        try connection.query(
            """
            SELECT id, version, area_code, division_id, organization_id, kind, name, skills, service_hours, phone_hash,
                phone_mask, ended_on, valid_from, recorded_at
            FROM helper WHERE \(condition) ORDER BY id
            """, value
        ) { row in
            HelperRecord(
                id: try row.identifier(0), version: row.int(1), areaCode: row.int64(2),
                state: HelperState(
                    divisionId: try row.identifier(3), organizationId: row.optionalIdentifier(4), kind: row.text(5),
                    name: row.text(6),
                    skills: row.optionalText(7).map { $0.split(separator: separator).map(String.init) } ?? [],
                    serviceHours: row.optionalInt(8),
                    phone: row.isNull(10) ? nil : SealedNumber(hash: row.blob(9), mask: row.text(10)),
                    endedOn: try row.optionalDate(11)),
                validFrom: try row.date(12), recordedAt: row.int64(13))
        }
    }
}

enum HelperStore {
    static func create(
        _ id: Identifier, _ state: HelperState, areaCode: Int64, from day: CivilDate, contentHash: [UInt8],
        _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            INSERT INTO helper (\(HelperTable.dated.columns), area_code, phone_sealed, phone_hash, valid_from,
                recorded_at, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)
            """,
            values: [id] + HelperTable.facts(state).map(\.value) + [
                areaCode, state.phone?.sealed, state.phone?.hash, day, transaction.now.milliseconds, contentHash,
            ])
        try transaction.audit("create", .helper, id, after: RecordAudit.whole(HelperTable.auditFields(state)))
        try transaction.change(.create, .helper, id, version: 1, to: areaCode)
    }

    /// Makes a helper what he should be from a day on.
    ///
    /// - Parameter areaCode: the place of the state's division.
    static func change(
        _ stored: HelperRecord, to state: HelperState, areaCode: Int64, from day: CivilDate, _ transaction: Transaction
    ) throws {
        guard state != stored.state || areaCode != stored.areaCode else { return }
        let connection = transaction.connection
        let recordedAt = max(transaction.now.milliseconds, stored.recordedAt + 1)
        let changes = DatedTable.changes(HelperTable.facts(stored.state), HelperTable.facts(state))
        let isLate = try HelperTable.dated.file(
            [stored.id], from: day, recordedAt: recordedAt, changes: changes, connection)
        try connection.run(
            """
            UPDATE helper SET version = version + 1, division_id = $2, organization_id = $3, kind = $4, name = $5,
                skills = $6, service_hours = $7, phone_mask = $8, ended_on = $9, area_code = $10,
                phone_sealed = CASE WHEN $8 IS NULL THEN NULL ELSE coalesce($11, phone_sealed) END, phone_hash = $12,
                valid_from = $13, recorded_at = $14
            WHERE id = $1
            """,
            values: [stored.id] + HelperTable.facts(state).map(\.value) + [
                areaCode, state.phone?.sealed, state.phone?.hash, isLate ? stored.validFrom : day, recordedAt,
            ])
        let (before, after) = RecordAudit.difference(
            HelperTable.auditFields(stored.state), HelperTable.auditFields(state))
        try transaction.audit("change", .helper, stored.id, before: before, after: after)
        let hasEnded = stored.state.endedOn == nil && state.endedOn != nil
        try transaction.change(
            hasEnded ? .end : areaCode == stored.areaCode ? .change : .move, .helper, stored.id,
            version: stored.version + 1, from: stored.areaCode, to: areaCode)
    }
}
