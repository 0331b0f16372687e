// The rows of cadres (R004, R005): which columns there are, how a state is written and read, and the tables of dated
// facts beside them. What may be written is decided in CadreStore.

import Domain
import SQL
import Service

/// A cadre's plain facts.
package struct CadreState: Equatable {
    package var organizationId: Identifier
    package var name: String
    package var sex: String?
    package var positionTitle: String?
    package var identity: SealedNumber?
    package var phone: SealedNumber?
    package var line: String?
    var homeVillageId: Identifier?
    package var isCountyLeader: Bool
    /// When the cadre left the register for good; whoever retired or moved is still in it.
    package var endedOn: CivilDate?
}

/// What is kept in a cadre's row of the facts that hold today.
package struct CadreKept: Equatable {
    package var rank: String?
    package var postState: String?
    /// The end of the successors of the division that the cadre is linked to.
    var linkedDivisionId: Identifier?
    /// The place of that division, else of the organization's home.
    package var areaCode: Int64
}

/// A cadre as stored in the database.
package struct StoredCadre {
    package let id: Identifier
    package let version: Int
    package let state: CadreState
    package let kept: CadreKept
    package let validFrom: CivilDate
    package let recordedAt: Int64
}

package enum CadreTable {
    package static let rows = RecordRows(table: "cadre")
    package static let dated = DatedTable(
        current: "cadre", history: "cadre_history",
        columns: """
            id, version, organization_id, name, sex, position_title, identity_hash, identity_mask, phone_mask, line, \
            home_village_id, is_county_leader, ended_on
            """,
        key: "id = $1")
    package static let ranks = IntervalTable(name: "cadre_rank", key: ["cadre_id"], values: ["rank"])
    package static let posts = IntervalTable(name: "cadre_post", key: ["cadre_id"], values: ["post_state"])
    package static let links = IntervalTable(name: "cadre_link", key: ["cadre_id"], values: ["division_id"])

    package static func phonePlace(_ id: Identifier) -> SealedPlace { SealedPlace("cadre.phone", id) }
    static func identityPlace(_ id: Identifier) -> SealedPlace { SealedPlace("cadre.identity", id) }

    /// The dated columns of a state.
    package static func facts(_ state: CadreState) -> [(column: String, value: any Bindable)] {
        [
            ("organization_id", state.organizationId), ("name", state.name), ("sex", state.sex),
            ("position_title", state.positionTitle), ("identity_hash", state.identity?.hash),
            ("identity_mask", state.identity?.mask), ("phone_mask", state.phone?.mask), ("line", state.line),
            ("home_village_id", state.homeVillageId), ("is_county_leader", state.isCountyLeader),
            ("ended_on", state.endedOn),
        ]
    }

    /// The plain facts by their names in bodies, with their columns.
    private static let plain: [(field: StaticString, columns: Set<String>, fact: ToldFact<CadreState>)] = [
        ("organizationId", ["organization_id"], ToldFact(\.organizationId)), ("name", ["name"], ToldFact(\.name)),
        ("sex", ["sex"], ToldFact(\.sex)), ("positionTitle", ["position_title"], ToldFact(\.positionTitle)),
        ("identityNumber", ["identity_hash", "identity_mask"], ToldFact(\.identity)),
        ("phone", ["phone_mask"], ToldFact(\.phone)), ("line", ["line"], ToldFact(\.line)),
        ("homeVillageCode", ["home_village_id"], ToldFact(\.homeVillageId)),
        ("isCountyLeader", ["is_county_leader"], ToldFact(\.isCountyLeader)), ("to", ["ended_on"], ToldFact(\.endedOn)),
    ]

    /// What is told of a cadre's plain facts from a day before those that are known now, or of an end on its own day.
    ///
    /// - Parameters:
    ///   - state: as it is told; becomes what holds now.
    ///   - stated: the names of the facts that are told; nil for those that differ.
    /// - Returns: nil where no plain fact is told.
    static func telling(
        _ state: inout CadreState, over stored: StoredCadre, _ stated: Set<String>?, from day: CivilDate,
        replacesLater: Bool, _ connection: Connection
    ) throws -> LateTelling? {
        let told = state
        let named = plain.filter { fact in
            stated?.contains("\(fact.field)") ?? !fact.fact.isSame(told, stored.state)
        }
        let end =
            named.contains { "\($0.field)" == "to" }
            ? ToldEnd.told("to", formerly: stored.state.endedOn, told.endedOn, from: day) : nil
        guard day < stored.validFrom || end != nil, !named.isEmpty else { return nil }
        let values = facts(told)
        let telling = try LateTelling(
            named.map { fact in
                let own = values.filter { fact.columns.contains($0.column) }
                return ToldColumns(
                    fact.field, own.map(\.column), own.map(\.value), isFlag: "\(fact.field)" == "isCountyLeader")
            }, of: [stored.id], in: dated, from: day, end: end, replacesLater: replacesLater, connection)
        for fact in named where !telling.holdingNow.contains("\(fact.field)") { fact.fact.take(stored.state, &state) }
        return telling
    }

    package static func auditFields(_ state: CadreState, _ kept: CadreKept) -> [AuditField] {
        [
            ("organizationId", .text(state.organizationId.description)), ("name", .text(state.name)),
            ("sex", .of(state.sex)), ("positionTitle", .of(state.positionTitle)),
            ("identityNumber", .of(state.identity)), ("phone", .of(state.phone)), ("line", .of(state.line)),
            ("homeVillageId", .of(state.homeVillageId?.description)),
            ("isCountyLeader", .boolean(state.isCountyLeader)), ("to", .of(state.endedOn?.description)),
            ("rank", .of(kept.rank)), ("postState", .of(kept.postState)),
            ("linkedDivisionId", .of(kept.linkedDivisionId?.description)),
        ]
    }

    // MARK: Finding

    package static func find(_ id: Identifier, _ connection: Connection) throws -> StoredCadre? {
        try find("id = $1", [id], connection).first
    }

    /// The living cadre of an identity number.
    package static func find(identity hash: [UInt8], _ connection: Connection) throws -> StoredCadre? {
        try find("identity_hash = $1 AND ended_on IS NULL", [hash], connection).first
    }

    /// The living cadre of a phone number.
    package static func find(phone hash: [UInt8], _ connection: Connection) throws -> StoredCadre? {
        try find("phone_hash = $1 AND ended_on IS NULL", [hash], connection).first
    }

    /// The living cadres of a name in an organization; two are enough to see that there is more than one.
    package static func find(
        name: String, in organization: Identifier, _ connection: Connection
    ) throws -> [StoredCadre] {
        try find("organization_id = $1 AND name = $2 AND ended_on IS NULL", [organization, name], connection, limit: 2)
    }

    package static func find(
        _ condition: String, _ values: [any Bindable], _ connection: Connection, limit: Int? = nil
    ) throws -> [StoredCadre] {
        try connection.query(
            """
            SELECT id, version, area_code, organization_id, name, sex, position_title, identity_hash, identity_mask,
                phone_hash, phone_mask, line, home_village_id, is_county_leader, ended_on, rank, post_state,
                linked_division_id, valid_from, recorded_at
            FROM cadre WHERE \(condition) ORDER BY id\(limit.map { " LIMIT \($0)" } ?? "")
            """, values: values
        ) { row in
            StoredCadre(
                id: try row.identifier(0), version: row.int(1),
                state: CadreState(
                    organizationId: try row.identifier(3), name: row.text(4), sex: row.optionalText(5),
                    positionTitle: row.optionalText(6), identity: number(row, 7), phone: number(row, 9),
                    line: row.optionalText(11), homeVillageId: row.optionalIdentifier(12),
                    isCountyLeader: row.bool(13), endedOn: try row.optionalDate(14)),
                kept: CadreKept(
                    rank: row.optionalText(15), postState: row.optionalText(16),
                    linkedDivisionId: row.optionalIdentifier(17), areaCode: row.int64(2)),
                validFrom: try row.date(18), recordedAt: row.int64(19))
        }
    }

    private static func number(_ row: borrowing Row, _ column: Int) -> SealedNumber? {
        row.isNull(column) ? nil : SealedNumber(hash: row.blob(column), mask: row.text(column + 1))
    }

    // MARK: Writing

    package static func insert(
        _ id: Identifier, _ state: CadreState, _ kept: CadreKept, from day: CivilDate, contentHash: [UInt8]?,
        _ transaction: Transaction
    ) throws {
        // In one list, in the order of `dated.columns`: an import writes thousands.
        try transaction.connection.run(
            insertion,
            values: [
                id, state.organizationId, state.name, state.sex, state.positionTitle, state.identity?.hash,
                state.identity?.mask, state.phone?.mask, state.line, state.homeVillageId, state.isCountyLeader,
                state.endedOn, state.identity?.sealed, state.phone?.sealed, state.phone?.hash, kept.rank,
                kept.postState, kept.linkedDivisionId, kept.areaCode, day, transaction.now.milliseconds, contentHash,
            ])
    }

    private static let insertion = """
        INSERT INTO cadre (\(dated.columns), identity_sealed, phone_sealed, phone_hash, rank, post_state,
            linked_division_id, area_code, valid_from, recorded_at, created_at, content_hash)
        VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
            $21, $22)
        """

    /// Overwrites the current row; the caller has filed it into the history where the facts themselves changed.
    package static func update(
        _ stored: StoredCadre, to state: CadreState, _ kept: CadreKept, validFrom: CivilDate, recordedAt: Int64,
        _ connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE cadre SET version = version + 1, organization_id = $2, name = $3, sex = $4, position_title = $5,
                identity_hash = $6, identity_mask = $7, phone_mask = $8, line = $9, home_village_id = $10,
                is_county_leader = $11, ended_on = $12,
                identity_sealed = CASE WHEN $6 IS NULL THEN NULL ELSE coalesce($13, identity_sealed) END,
                phone_sealed = CASE WHEN $15 IS NULL THEN NULL ELSE coalesce($14, phone_sealed) END, phone_hash = $15,
                rank = $16, post_state = $17, linked_division_id = $18, area_code = $19, valid_from = $20,
                recorded_at = $21
            WHERE id = $1
            """,
            values: [stored.id] + facts(state).map(\.value) + [
                state.identity?.sealed, state.phone?.sealed, state.phone?.hash, kept.rank, kept.postState,
                kept.linkedDivisionId, kept.areaCode, validFrom, recordedAt,
            ])
    }
}
