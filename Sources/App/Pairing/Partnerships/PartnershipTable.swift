// The rows of partnerships: how they are written, read and kept as they were. What may be written is decided in
// PartnershipStore.

import Domain
import SQL
import Web

enum PartnershipTable {
    static let rows = RecordRows(table: "partnership")
    static let dated = DatedTable(
        current: "partnership", history: "partnership_history",
        columns: "id, version, kind, first_on, end_on, reason, end_reason", key: "id = $1")

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredPartnership? {
        try connection.first(
            """
            SELECT id, version, area_code, first_on, end_on, reason, end_reason, valid_from, recorded_at
            FROM partnership WHERE id = $1
            """, id
        ) { row in
            StoredPartnership(
                id: try row.identifier(0), version: row.int(1), areaCode: row.int64(2),
                term: PartnershipTerm(
                    first: try row.date(3), end: try row.optionalDate(4), reason: row.optionalText(5),
                    endReason: row.optionalText(6)),
                statedOn: try row.date(7), recordedAt: row.int64(8))
        }
    }

    /// SQL that says whether a partnership holds on the day in a parameter.
    static func isActive(_ alias: String, on parameter: String) -> String {
        "\(alias).first_on <= \(parameter) AND (\(alias).end_on IS NULL OR \(alias).end_on > \(parameter))"
    }

    /// SQL for the key of a household as a target.
    static func targetKey(householdNumber: String) -> String { "CAST(CAST(\(householdNumber) AS TEXT) AS BLOB)" }

    static func insert(
        _ id: Identifier, _ new: NewPartnership, contentHash: [UInt8], _ transaction: Transaction
    ) throws {
        var helper:
            (
                organization: Identifier?, helper: Identifier?, cadre: Identifier?, division: Identifier?, name: String?
            )
        switch new.helper {
        case .organization(let id): helper.organization = id
        case .helper(let id): helper.helper = id
        case .cadre(let id): helper.cadre = id
        case .division(let id): helper.division = id
        case .name(let name): helper.name = name
        }
        var target: (household: Int64?, member: Identifier?, organization: Identifier?, division: Identifier?)
        switch new.target {
        case .household(let number): target.household = number
        case .member(let id, let number):
            target.member = id
            target.household = number
        case .organization(let id): target.organization = id
        case .division(let id): target.division = id
        }
        try transaction.connection.run(
            """
            INSERT INTO partnership (id, version, kind, helper_organization_id, helper_id, helper_cadre_id,
                helper_division_id, helper_name, household_number, member_id, target_organization_id,
                target_division_id, level, area_code, first_on, end_on, reason, end_reason, valid_from, recorded_at,
                created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)
            """, id, new.kind.rawValue, helper.organization, helper.helper, helper.cadre, helper.division, helper.name,
            target.household, target.member, target.organization, target.division, new.level.rawValue, new.areaCode,
            new.term.first, new.term.end, new.term.reason, new.term.endReason, transaction.today,
            transaction.now.milliseconds, contentHash)
    }

    /// Files the partnership as it was, and writes what it is now.
    ///
    /// - Returns: the time under which the change is recorded.
    static func revise(
        _ old: StoredPartnership, to term: PartnershipTerm, _ transaction: Transaction
    ) throws -> Int64 {
        let recordedAt = max(transaction.now.milliseconds, old.recordedAt + 1)
        _ = try dated.file([old.id], from: old.statedOn, recordedAt: recordedAt, changes: [], transaction.connection)
        try transaction.connection.run(
            """
            UPDATE partnership SET version = version + 1, first_on = $2, end_on = $3, reason = $4, end_reason = $5,
                recorded_at = $6
            WHERE id = $1
            """, old.id, term.first, term.end, term.reason, term.endReason, recordedAt)
        return recordedAt
    }
}

extension NewPartnership {
    /// The two parties, which never change, and the term, by the names of the body that states them.
    func auditFields(_ connection: Connection) throws -> [AuditField] {
        func code(_ division: Identifier) throws -> AuditValue {
            .of(try DivisionStore.find(division, connection)?.code.description)
        }
        let helper: AuditField =
            switch self.helper {
            case .organization(let id): ("helperOrganizationId", .text(id.description))
            case .helper(let id): ("helperId", .text(id.description))
            case .cadre(let id): ("helperCadreId", .text(id.description))
            case .division(let id): ("helperAreaCode", try code(id))
            case .name(let name): ("helperName", .text(name))
            }
        let target: AuditField =
            switch self.target {
            case .household(let number):
                ("targetHouseholdId", .of(try HouseholdTable.id(of: number, connection)?.description))
            case .member(let id, _): ("targetMemberId", .text(id.description))
            case .organization(let id): ("targetOrganizationId", .text(id.description))
            case .division(let id): ("targetAreaCode", try code(id))
            }
        return [("kind", .text(kind.rawValue)), helper, target] + term.auditFields
    }
}
