// The rows of change proposals and of their fields, and how each field stands to the archive now. What may be written
// is decided in ProposalStore.

import Domain
import SQL
import Service
import Web

/// A proposal as the database holds it.
struct StoredProposal: Sendable {
    /// The value as in the column.
    enum State: String, CaseIterable, Sendable { case open, decided, withdrawn }

    let id: Identifier
    let version: Int
    let householdId: Identifier
    let areaCode: Int64
    let memberId: Identifier?
    let effectiveOn: CivilDate
    let state: State
    let recordedBy: Identifier?
    let fields: [StoredProposalField]
}

/// One field of it, beside what the archive says now.
struct StoredProposalField: Sendable {
    /// The value as in the column.
    enum State: String, Sendable { case open, accepted, refused, withdrawn }

    let name: String
    let state: State
    let base: String?
    let current: String?
    let proposed: String?
    let sealed: [UInt8]?
    /// The archive has changed since the proposer read it, and not to what is proposed.
    let hasChanged: Bool
}

enum ProposalTable {
    static let rows = RecordRows(table: "change_proposal")

    /// A number is sealed for its proposal, which has at most one.
    static func sealedPlace(_ id: Identifier) -> SealedPlace { SealedPlace("change_proposal_field.proposed", id) }

    // MARK: The state of a field

    /// The archive beside the proposals `p`.
    static let archive = ArchiveField.join(household: "p.household_number", member: "p.member_id")
    static let current = ArchiveField.current("f.field")
    /// Over a field `f` and the archive.
    static let hasChanged = """
        (\(isOther("f.base_value", "f.base_hash")) AND \(isOther("f.proposed_value", "f.proposed_hash")))
        """
    /// Over a field `f` of a proposal `p`: whether another open proposal says otherwise.
    static let hasRival = """
        EXISTS (SELECT 1 FROM change_proposal q JOIN change_proposal_field r ON r.proposal_id = q.id
            WHERE \(isRival("q", "r")))
        """
    /// The condition that an open field `r` of a proposal `q` says otherwise than `f` of `p`.
    static func isRival(_ proposal: String, _ field: String) -> String {
        """
        \(proposal).household_number = p.household_number AND \(proposal).state = 'open'
            AND \(proposal).member_id IS NOT DISTINCT FROM p.member_id AND \(proposal).id <> p.id
            AND \(field).state = 'open' AND \(field).field = f.field
            AND (\(field).proposed_value IS DISTINCT FROM f.proposed_value
                OR \(field).proposed_hash IS DISTINCT FROM f.proposed_hash)
        """
    }
    /// Over proposals `p`: whether a field of it waits for a person who has to choose.
    static let isContested = """
        CASE WHEN p.state = 'open' AND EXISTS (SELECT 1 FROM change_proposal_field f \(archive)
            WHERE f.proposal_id = p.id AND f.state = 'open' AND (\(hasChanged) OR \(hasRival))) THEN 1 ELSE 0 END
        """

    /// Where the hash is known, it says more than the mask.
    private static func isOther(_ value: String, _ hash: String) -> String {
        """
        CASE WHEN \(hash) IS NOT NULL THEN \(ArchiveField.currentHash("f.field")) IS DISTINCT FROM \(hash)
            ELSE \(current) IS DISTINCT FROM \(value) END
        """
    }

    // MARK: Reading

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredProposal? {
        let fields = try connection.query(
            """
            SELECT f.field, f.state, f.base_value, \(current), f.proposed_value, f.proposed_sealed, \(hasChanged)
            FROM change_proposal_field f JOIN change_proposal p ON p.id = f.proposal_id \(archive)
            WHERE f.proposal_id = $1 ORDER BY f.position
            """, id
        ) { row in
            guard let state = StoredProposalField.State(rawValue: row.text(1)) else { throw DamagedRow(column: 1) }
            return StoredProposalField(
                name: row.text(0), state: state, base: row.optionalText(2), current: row.optionalText(3),
                proposed: row.optionalText(4), sealed: row.optionalBlob(5), hasChanged: row.bool(6))
        }
        return try connection.first(
            """
            SELECT p.version, h.id, p.area_code, p.member_id, p.effective_on, p.state, p.recorded_by
            FROM change_proposal p JOIN household h ON h.household_number = p.household_number WHERE p.id = $1
            """, id
        ) { row in
            guard let state = StoredProposal.State(rawValue: row.text(5)) else { throw DamagedRow(column: 5) }
            return StoredProposal(
                id: id, version: row.int(0), householdId: try row.identifier(1), areaCode: row.int64(2),
                memberId: row.optionalIdentifier(3), effectiveOn: try row.date(4), state: state,
                recordedBy: row.optionalIdentifier(6), fields: fields)
        }
    }

    // MARK: Writing

    static func insert(_ new: NewProposal, contentHash: [UInt8], _ transaction: Transaction) throws {
        let draft = new.draft
        let keys = transaction.register.keys
        var member: Identifier?
        if case .member(let id) = draft.subject { member = id }
        try transaction.connection.run(
            """
            INSERT INTO change_proposal (id, version, household_number, member_id, area_code, visit_id, base_version,
                happened_on, effective_on, note, field_names, state, recorded_by, created_at, content_hash)
            VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $13)
            """, draft.id, new.household.number, member, new.household.areaCode, new.visitId, draft.baseVersion,
            draft.happenedOn, draft.happenedOn ?? new.seenOn, draft.note,
            draft.fields.map(\.name).joined(separator: ";"), new.recordedBy, transaction.now, contentHash)
        for (position, field) in draft.fields.enumerated() {
            let base = new.base[field.name]
            try transaction.connection.run(
                """
                INSERT INTO change_proposal_field (proposal_id, field, position, base_value, base_hash, proposed_value,
                    proposed_hash, proposed_sealed, state)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')
                """, draft.id, field.name, position, base?.text, base?.hash, field.value, field.number?.hash(keys),
                try field.number.map { try keys.seal($0.plain, for: sealedPlace(draft.id)) })
        }
    }

    static func decide(
        _ field: StoredProposalField, of id: Identifier, as state: StoredProposalField.State, reason: String?,
        _ transaction: Transaction
    ) throws {
        try transaction.connection.run(
            """
            UPDATE change_proposal_field SET state = $3, decided_by = $4, decided_at = $5, reason = $6,
                replaced_value = $7
            WHERE proposal_id = $1 AND field = $2
            """, id, field.name, state.rawValue, transaction.actor.userId, transaction.now, reason,
            state == .accepted ? field.current : nil)
    }

    /// Raises the version and says what state the proposal is in after its fields were decided.
    ///
    /// - Returns: its version and place; carrying it out may have moved its household.
    static func settle(_ id: Identifier, isWithdrawn: Bool, _ transaction: Transaction) throws -> (
        version: Int, areaCode: Int64
    ) {
        try transaction.connection.run(
            """
            UPDATE change_proposal SET version = version + 1, state = CASE
                WHEN EXISTS (SELECT 1 FROM change_proposal_field WHERE proposal_id = $1 AND state = 'open') THEN 'open'
                WHEN $2 THEN 'withdrawn' ELSE 'decided' END
            WHERE id = $1
            """, id, isWithdrawn)
        let settled = try transaction.connection.first(
            "SELECT version, area_code FROM change_proposal WHERE id = $1", id
        ) { (version: $0.int(0), areaCode: $0.int64(1)) }
        guard let settled else { throw DamagedRow(column: 0) }
        return settled
    }
}
