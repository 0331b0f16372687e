// The rows of duties and work teams: their columns, and how a state is written and read. What may be written is decided
// in DutyStore and TeamStore.

import Domain
import SQL
import Service

enum DutyTable {
    static let terms = IntervalTable(
        name: "duty_term", key: ["duty_id"],
        values: [
            "kind", "division_id", "organization_id", "cadre_id", "holder_name", "title", "sending_organization_id",
            "team_id", "end_reason",
        ])

    private static let columns = """
        y.id, y.version, y.level, y.area_code, y.content_hash, t.kind, t.division_id, t.organization_id, t.cadre_id,
            t.holder_name, t.title, t.sending_organization_id, t.team_id, t.end_reason, t.valid_from, t.valid_to
        """
    private static let source = "duty y LEFT JOIN duty_term t ON t.duty_id = y.id AND t.superseded_at IS NULL"

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredDuty? {
        try connection.first("SELECT \(columns) FROM \(source) WHERE y.id = $1", id, row: read)
    }

    /// The duties of a team, without withdrawn ones.
    static func ofTeam(_ team: Identifier, _ connection: Connection) throws -> [StoredDuty] {
        try connection.query(
            """
            SELECT \(columns) FROM duty_term t JOIN duty y ON y.id = t.duty_id
            WHERE t.team_id = $1 AND t.superseded_at IS NULL ORDER BY y.id
            """, team, row: read)
    }

    /// The duty that a file row without an id means: the one with the same holder at the same place from the same day.
    static func find(like state: DutyState, _ connection: Connection) throws -> StoredDuty? {
        try connection.first(
            """
            SELECT \(columns) FROM duty_term t JOIN duty y ON y.id = t.duty_id
            WHERE t.division_id = $1 AND t.kind = $2 AND t.superseded_at IS NULL AND t.valid_from = $3
                AND t.organization_id IS $4 AND t.cadre_id IS $5 AND t.holder_name IS $6 AND t.team_id IS $7
            """, state.divisionId, state.kind.rawValue, state.term.first, state.organizationId, state.cadreId,
            state.holderName, state.teamId, row: read)
    }

    private static func read(_ row: borrowing Row) throws -> StoredDuty {
        guard let level = DivisionLevel(rawValue: row.int(2)) else { throw DamagedRow(column: 2) }
        var state: DutyState?
        if !row.isNull(5) {
            guard let kind = DutyKind(rawValue: row.text(5)) else { throw DamagedRow(column: 5) }
            state = DutyState(
                kind: kind, divisionId: try row.identifier(6), organizationId: row.optionalIdentifier(7),
                cadreId: row.optionalIdentifier(8), holderName: row.optionalText(9), title: row.optionalText(10),
                sendingOrganizationId: row.optionalIdentifier(11), teamId: row.optionalIdentifier(12),
                term: DayInterval(first: try row.date(14), end: try row.optionalDate(15)),
                endReason: row.optionalText(13))
        }
        return StoredDuty(
            id: try row.identifier(0), version: row.int(1), level: level, areaCode: row.int64(3),
            contentHash: row.optionalBlob(4), state: state)
    }

    static func values(_ state: DutyState) -> [any Bindable] {
        [
            state.kind.rawValue, state.divisionId, state.organizationId, state.cadreId, state.holderName, state.title,
            state.sendingOrganizationId, state.teamId, state.endReason,
        ]
    }

    /// Makes the state what is believed about the duty; nil for nothing.
    ///
    /// - Returns: the time under which it is recorded.
    @discardableResult
    static func write(_ state: DutyState?, of id: Identifier, _ transaction: Transaction) throws -> Int64 {
        let connection = transaction.connection
        let recordedAt = try terms.nextRecordedAt([id], now: transaction.now, connection)
        if let state {
            try terms.restate([id], values(state), state.term, recordedAt: recordedAt, connection)
        } else {
            try terms.clear([id], .always, recordedAt: recordedAt, connection)
        }
        return recordedAt
    }
}

enum TeamTable {
    static let terms = IntervalTable(
        name: "work_team_term", key: ["team_id"], values: ["division_id", "name", "end_reason"])

    private static let columns = """
        w.id, w.version, w.area_code, w.content_hash, t.division_id, t.name, t.end_reason, t.valid_from, t.valid_to
        """

    static func find(_ id: Identifier, _ connection: Connection) throws -> StoredTeam? {
        try connection.first(
            """
            SELECT \(columns) FROM work_team w
            LEFT JOIN work_team_term t ON t.team_id = w.id AND t.superseded_at IS NULL WHERE w.id = $1
            """, id, row: read)
    }

    /// The team of a name in a village on a day.
    static func find(
        _ name: String, in village: Identifier, on day: CivilDate, _ connection: Connection
    ) throws -> StoredTeam? {
        try connection.first(
            """
            SELECT \(columns) FROM work_team_term t JOIN work_team w ON w.id = t.team_id
            WHERE t.division_id = $1 AND t.name = $2 AND t.superseded_at IS NULL AND t.valid_from <= $3
                AND (t.valid_to IS NULL OR t.valid_to > $3)
            """, village, name, day, row: read)
    }

    private static func read(_ row: borrowing Row) throws -> StoredTeam {
        var state: TeamState?
        if !row.isNull(4) {
            state = TeamState(
                divisionId: try row.identifier(4), name: row.text(5),
                term: DayInterval(first: try row.date(7), end: try row.optionalDate(8)), endReason: row.optionalText(6))
        }
        return StoredTeam(
            id: try row.identifier(0), version: row.int(1), areaCode: row.int64(2), contentHash: row.optionalBlob(3),
            state: state)
    }

    /// Makes the state what is believed about the team.
    ///
    /// - Returns: the time under which it is recorded.
    @discardableResult
    static func write(_ state: TeamState, of id: Identifier, _ transaction: Transaction) throws -> Int64 {
        let connection = transaction.connection
        let recordedAt = try terms.nextRecordedAt([id], now: transaction.now, connection)
        try terms.restate(
            [id], [state.divisionId, state.name, state.endReason], state.term, recordedAt: recordedAt, connection)
        return recordedAt
    }
}
