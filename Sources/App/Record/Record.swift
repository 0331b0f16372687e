// A kind of record declared once: its table, path, rights and fields. From the declaration come PUT, PATCH, GET, list
// and history, the answers of past days, conditional requests and replays, audit events, change rows, the undoing of an
// import and the one form of names (RecordRoutes, RecordStore). It is no object mapper: rows go from SQL straight to
// JSON, and a state is read only where something is changed.

import Domain
import SQL
import Web

/// A record's own facts. A new one begins with the values that no body has to state.
protocol RecordState: Equatable, Sendable {
    init()
}

struct Record<State: RecordState>: Sendable {
    let entity: Entity
    /// Its current rows; `…_history` has the same columns.
    let table: String
    /// The path of its records: `/v1/helpers`.
    let path: String
    /// Who may make and change them; everybody signed in may read those of their area.
    let writers: Access
    let fields: [RecordField<State>]
    /// Rules that need the register, on a new state and on what it was.
    var check: @Sendable (RecordDraft<State>, Scope, Connection) throws -> Void = { _, _, _ in }
    /// What follows when a record has moved to another place.
    var moved: @Sendable (Identifier, _ place: Int64, Transaction) throws -> Void = { _, _, _ in }
    /// What it means when a write violates a constraint of the database.
    var problem: @Sendable (any Error, State, Scope, Connection) throws -> Problem? = { _, _, _, _ in nil }

    /// The record as it stands in its row.
    struct Stored {
        let id: Identifier
        let version: Int
        /// Its place.
        let areaCode: Int64
        let state: State
        let validFrom: CivilDate
        let recordedAt: Int64
    }

    var rows: RecordRows { RecordRows(table: table) }

    var dated: DatedTable {
        DatedTable(
            current: table, history: table + "_history",
            columns: (["id", "version"] + fields.map(\.column)).joined(separator: ", "), key: "id = $1")
    }

    /// The dated columns of a state.
    func facts(_ state: State) -> [(column: String, value: any Bindable)] {
        fields.map { ($0.column, $0.bind(state)) }
    }

    func auditFields(_ state: State) -> [AuditField] { fields.map { ($0.auditName, $0.audit(state)) } }

    var sealed: [SealedColumn] { fields.compactMap(\.sealed) }

    // MARK: Rows

    func find(_ id: Identifier, _ connection: Connection) throws -> Stored? {
        try find("id = $1", [id], connection).first
    }

    func find(_ condition: String, _ values: [any Bindable], _ connection: Connection) throws -> [Stored] {
        let columns = ["id", "version", "area_code", "valid_from", "recorded_at"] + fields.flatMap(\.selected)
        return try connection.query(
            "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(condition) ORDER BY id", values: values
        ) { row in
            var state = State()
            var index = 5
            for field in fields {
                try field.load(row, index, &state)
                index += field.selected.count
            }
            return Stored(
                id: try row.identifier(0), version: row.int(1), areaCode: row.int64(2), state: state,
                validFrom: try row.date(3), recordedAt: row.int64(4))
        }
    }
}

/// A record as a body makes it: what is stated, and where that lies.
struct RecordDraft<State: RecordState> {
    let id: Identifier
    /// Nil for a new one.
    let before: State?
    var state: State
    var place: Int64
}

/// One statement of a body about a field, carried out where the register can be asked.
typealias RecordEdit<State: RecordState> =
    @Sendable (inout RecordDraft<State>, Scope, Connection) throws -> Void
