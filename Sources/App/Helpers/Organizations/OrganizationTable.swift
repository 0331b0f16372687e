// The rows of organizations (R006, R015): which columns there are, how a state is written and read. What may be written
// is decided in OrganizationStore.

import Domain
import SQL

/// An organization's own facts.
struct OrganizationState: Equatable {
    /// Where it is at home.
    var divisionId: Identifier
    var name: String
    var kind: String
    var level: String
    var creditCode: String?
    var parentId: Identifier?
    var contactName: String?
    var phone: SealedNumber?
    var endedOn: CivilDate?
}

/// An organization as the database holds it.
struct StoredOrganization {
    let id: Identifier
    let version: Int
    let areaCode: Int64
    let state: OrganizationState
    let validFrom: CivilDate
    let recordedAt: Int64
}

enum OrganizationTable {
    static let rows = RecordRows(table: "organization")
    static let dated = DatedTable(
        current: "organization", history: "organization_history",
        columns: """
            id, version, division_id, name, kind, level, credit_code, parent_id, contact_name, phone_mask, ended_on
            """,
        key: "id = $1")

    /// The dated columns of a state.
    static func facts(_ state: OrganizationState) -> [(column: String, value: any Bindable)] {
        [
            ("division_id", state.divisionId), ("name", state.name), ("kind", state.kind), ("level", state.level),
            ("credit_code", state.creditCode), ("parent_id", state.parentId), ("contact_name", state.contactName),
            ("phone_mask", state.phone?.mask), ("ended_on", state.endedOn),
        ]
    }

    static func auditFields(_ state: OrganizationState) -> [AuditField] {
        [
            ("divisionId", .text(state.divisionId.description)), ("name", .text(state.name)),
            ("kind", .text(state.kind)), ("level", .text(state.level)), ("creditCode", .of(state.creditCode)),
            ("parentId", .of(state.parentId?.description)), ("contactName", .of(state.contactName)),
            ("phone", .of(state.phone)), ("endedOn", .of(state.endedOn?.description)),
        ]
    }

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredOrganization? {
        try find("id = $1", [id], connection).first
    }

    /// The living organization of a credit code.
    static func find(creditCode: String, _ connection: Connection) throws -> StoredOrganization? {
        try find("credit_code = $1 AND ended_on IS NULL", [creditCode], connection).first
    }

    /// The living organization of a name at a home.
    static func find(name: String, at division: Identifier, _ connection: Connection) throws -> StoredOrganization? {
        try find("division_id = $1 AND name = $2 AND ended_on IS NULL", [division, name], connection).first
    }

    /// All that are at home in a division itself.
    static func find(at division: Identifier, _ connection: Connection) throws -> [StoredOrganization] {
        try find("division_id = $1", [division], connection)
    }

    private static func find(
        _ condition: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> [StoredOrganization] {
        try connection.query(
            """
            SELECT id, version, area_code, division_id, name, kind, level, credit_code, parent_id, contact_name,
                phone_hash, phone_mask, ended_on, valid_from, recorded_at
            FROM organization WHERE \(condition) ORDER BY id
            """, values: values
        ) { row in
            StoredOrganization(
                id: try row.identifier(0), version: row.int(1), areaCode: row.int64(2),
                state: OrganizationState(
                    divisionId: try row.identifier(3), name: row.text(4), kind: row.text(5), level: row.text(6),
                    creditCode: row.optionalText(7), parentId: row.optionalIdentifier(8),
                    contactName: row.optionalText(9),
                    phone: row.isNull(11) ? nil : SealedNumber(hash: row.blob(10), mask: row.text(11)),
                    endedOn: try row.optionalDate(12)),
                validFrom: try row.date(13), recordedAt: row.int64(14))
        }
    }

    static func insert(
        _ id: Identifier, _ state: OrganizationState, areaCode: Int64, from day: CivilDate, contentHash: [UInt8]?,
        _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            INSERT INTO organization (\(dated.columns), area_code, phone_sealed, phone_hash, valid_from, recorded_at,
                created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)
            """,
            values: [id] + facts(state).map(\.value) + [
                areaCode, state.phone?.sealed, state.phone?.hash, day, transaction.now.milliseconds, contentHash,
            ])
    }

    /// Overwrites the current row; the caller has filed it into the history where the facts themselves changed.
    static func update(
        _ stored: StoredOrganization, to state: OrganizationState, areaCode: Int64, validFrom: CivilDate,
        recordedAt: Int64, _ connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE organization SET version = version + 1, division_id = $2, name = $3, kind = $4, level = $5,
                credit_code = $6, parent_id = $7, contact_name = $8, phone_mask = $9, ended_on = $10, area_code = $11,
                phone_sealed = CASE WHEN $9 IS NULL THEN NULL ELSE coalesce($12, phone_sealed) END, phone_hash = $13,
                valid_from = $14, recorded_at = $15
            WHERE id = $1
            """,
            values: [stored.id] + facts(state).map(\.value) + [
                areaCode, state.phone?.sealed, state.phone?.hash, validFrom, recordedAt,
            ])
    }
}
