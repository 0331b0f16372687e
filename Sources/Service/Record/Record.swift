// A kind of record declared once: its table, path, rights and fields. From the declaration come PUT, PATCH, GET, list
// and history, the answers of past days, conditional requests and replays, audit events, change rows, the files and the
// undoing of their imports, the one form of names and the schemas of the contract (RecordRoutes, RecordStore,
// RecordImport, RecordExport, RecordFacts). It is not an object mapper: rows go from SQL straight to JSON, and a state
// is read only when something is changed.

import Domain
import SQL
import Web

/// A record's own facts. A new one begins with the defaults for what a body may leave out.
package protocol RecordState: Equatable, Sendable {
    init()
    static var record: Record<Self> { get }
}

package struct Record<State: RecordState>: Sendable {
    /// What happens to what was believed before.
    package enum History {
        /// `…_history` keeps it by days and by the time when it was believed; kinds with files need this.
        case dated
        /// The record itself says on which days it holds (`from`, `until`): every change corrects what was recorded,
        /// and `…_history` keeps that.
        case corrected
        /// Only the audit trail keeps it.
        case audited
    }

    package let entity: Entity
    /// The table of its current rows; `…_history` has the columns of its fields too.
    package let table: String
    /// The path of its records: `/v1/helpers`.
    package let path: String
    /// Who may make them; everybody signed in may read those of their area.
    package let writers: Access
    /// Who may change them, if not those who may make them.
    package let editors: Access
    package let history: History
    package let fields: [RecordField<State>]
    /// The list, if it is not simply the records of an area by their place.
    package let list: (@Sendable (Call, Connection) throws -> ListPlan)?
    /// Names of fields by which a file recognises a record: the first of these keys for which a row has every field.
    package let knownBy: [[String]]
    /// Rules that need more than one field, and consequences of what is stated.
    package let settle: @Sendable (inout RecordDraft<State>, RecordContext) throws -> Void
    /// What follows when a record has moved to another place.
    package let moved: @Sendable (Identifier, _ place: Int64, Transaction) throws -> Void
    /// What its answers tell besides the record: asked before a write, and added to the answer.
    package let effects: RecordEffects?
    /// What it means when a write violates a constraint of the database.
    package let problem: @Sendable (any Error, State, Scope, Connection) throws -> Problem?

    package let rows: RecordRows
    /// Columns of its row besides those of its fields.
    let ownColumns: [String]
    package let dated: DatedTable
    let findSQL: String
    let insertSQL: String
    let updateSQL: String

    // What every row of a file needs, computed once, because a field is large to copy and a generic key path expensive
    // to make.
    private let numbers: [String: Int]
    /// The field with the division to which a record belongs.
    let home: RecordField<State>?
    /// Fields with a column in files, and the names of those with texts for people.
    let filed: [RecordField<State>]
    let texts: [RecordColumn<State>]
    /// Names of fields that tell which record a row means.
    let telling: Set<String>
    /// A condition for records that have not ended, as far as columns show that.
    let living: String

    package init(
        _ entity: Entity, table: String, path: String, writers: Access, editors: Access? = nil,
        history: History = .dated, knownBy: [[String]] = [], seen: String? = nil, fields: [RecordField<State>],
        list: (@Sendable (Call, Connection) throws -> ListPlan)? = nil,
        settle: @escaping @Sendable (inout RecordDraft<State>, RecordContext) throws -> Void = { _, _ in },
        moved: @escaping @Sendable (Identifier, _ place: Int64, Transaction) throws -> Void = { _, _, _ in },
        effects: RecordEffects? = nil,
        problem: @escaping @Sendable (any Error, State, Scope, Connection) throws -> Problem? = { _, _, _, _ in nil }
    ) {
        self.entity = entity
        self.table = table
        self.path = path
        self.writers = writers
        self.editors = editors ?? writers
        self.history = history
        self.knownBy = knownBy
        self.fields = fields
        self.list = list
        self.settle = settle
        self.moved = moved
        self.effects = effects
        self.problem = problem
        rows = seen.map { RecordRows(table: table, seen: $0) } ?? RecordRows(table: table)
        ownColumns =
            ["id", "version", "area_code"] + (history == .audited ? [] : ["valid_from", "recorded_at"])
            + ["created_at", "content_hash"]
        dated = DatedTable(
            current: table, history: table + "_history",
            columns: (["id", "version"] + fields.filter { !$0.isFixed }.flatMap(\.columns)).joined(separator: ", "),
            key: "id = $1")
        findSQL = Self.findSQL(table, history, fields)
        insertSQL = Self.insertSQL(table, ownColumns, fields)
        updateSQL = Self.updateSQL(table, history, fields)
        numbers = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ("\($1.name)", $0) })
        home = fields.first { $0.isPlace }
        filed = fields.filter { $0.column != nil }
        texts = fields.compactMap { $0.column }.filter { $0.form == .name }
        telling = Set(knownBy.joined()).union(fields.filter { $0.isPlace }.map { "\($0.name)" })
        living = fields.compactMap { $0.living }.map { " AND \($0)" }.joined()
    }

    /// The record as it is in its row.
    package struct Stored {
        package let id: Identifier
        package let version: Int
        /// Its place.
        package let areaCode: Int64
        package let state: State
        /// The day from which the row holds; for a kind without dates, the day on which it was made.
        package let validFrom: CivilDate
        package let recordedAt: Int64

        package init(
            id: Identifier, version: Int, areaCode: Int64, state: State, validFrom: CivilDate, recordedAt: Int64
        ) {
            self.id = id
            self.version = version
            self.areaCode = areaCode
            self.state = state
            self.validFrom = validFrom
            self.recordedAt = recordedAt
        }
    }

    /// The list's name: the last word of the path.
    var listName: String { path.split(separator: "/").last.map(String.init) ?? table }

    package func field(_ name: String) -> RecordField<State>? { numbers[name].map { fields[$0] } }

    /// The dated columns of a state.
    package func facts(_ state: State) -> [(column: String, value: any Bindable)] {
        fields.filter { !$0.isFixed }.flatMap { field in
            zip(field.columns, field.bind(state)).map { (column: $0, value: $1) }
        }
    }

    package func auditFields(_ state: State) -> [AuditField] {
        fields.flatMap { field in
            field.audits?(state) ?? field.audit.map { [(field.auditName ?? field.name, $0(state))] } ?? []
        }
    }

    package var sealed: [SealedColumn] { fields.compactMap(\.sealed) }

    // MARK: Rows

    package func find(_ id: Identifier, _ connection: Connection) throws -> Stored? {
        try find("id = $1", [id], connection).first
    }

    package func find(_ condition: String, _ values: [any Bindable], _ connection: Connection) throws -> [Stored] {
        var found = try connection.query("\(findSQL) WHERE \(condition) ORDER BY id", values: values) { row in
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
        for field in fields {
            guard let part = field.part else { continue }
            for index in found.indices {
                var state = found[index].state
                try part.load(found[index].id, &state, connection)
                found[index] = Stored(
                    id: found[index].id, version: found[index].version, areaCode: found[index].areaCode, state: state,
                    validFrom: found[index].validFrom, recordedAt: found[index].recordedAt)
            }
        }
        return found
    }
}

// MARK: Statements, made once

extension Record {
    private static func findSQL(_ table: String, _ history: History, _ fields: [RecordField<State>]) -> String {
        let times = history == .audited ? "'\(CivilDate.first)', created_at" : "valid_from, recorded_at"
        let columns = ["id", "version", "area_code", times] + fields.flatMap(\.selected)
        return "SELECT \(columns.joined(separator: ", ")) FROM \(table)"
    }

    private static func insertSQL(_ table: String, _ own: [String], _ fields: [RecordField<State>]) -> String {
        let columns = own + fields.flatMap { $0.columns + $0.sealedColumns }
        let parameters = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(parameters))"
    }

    private static func updateSQL(_ table: String, _ history: History, _ fields: [RecordField<State>]) -> String {
        var settings = ["version = version + 1", "area_code = $2"]
        if history != .audited { settings += ["valid_from = $3", "recorded_at = $4"] }
        var parameter = history == .audited ? 2 : 4
        for field in fields where !field.isFixed {
            let first = parameter + 1
            for column in field.columns {
                parameter += 1
                settings.append("\(column) = $\(parameter)")
            }
            guard let sealed = field.sealedColumns.first, let hash = field.sealedColumns.last else { continue }
            // A number that does not change has no plain text here, so its seal stays too.
            settings.append(
                "\(sealed) = CASE WHEN $\(first) IS NULL THEN NULL ELSE coalesce($\(parameter + 1), \(sealed)) END")
            settings.append("\(hash) = $\(parameter + 2)")
            parameter += 2
        }
        return "UPDATE \(table) SET \(settings.joined(separator: ", ")) WHERE id = $1"
    }
}

/// A record that a body or a row of a file is about to write: its new state and its place.
package struct RecordDraft<State: RecordState> {
    package let id: Identifier
    /// Nil for a new one.
    package let before: State?
    package var state: State
    package var place: Int64

    package init(id: Identifier, before: State?, state: State, place: Int64) {
        self.id = id
        self.before = before
        self.state = state
        self.place = place
    }
}

/// What a statement is checked against.
package struct RecordContext {
    package let scope: Scope
    package let connection: Connection
    package let today: CivilDate
    /// Who makes it; nil for a command on the machine itself.
    package let userId: Identifier?
    /// The transaction in which it is written; nil if it is only checked.
    package let transaction: Transaction?

    package init(_ scope: Scope, _ transaction: Transaction) {
        self.init(scope, transaction.connection, transaction.today, transaction.actor.userId, transaction)
    }

    package init(
        _ scope: Scope, _ connection: Connection, _ today: CivilDate, _ userId: Identifier?,
        _ transaction: Transaction? = nil
    ) {
        self.scope = scope
        self.connection = connection
        self.today = today
        self.userId = userId
        self.transaction = transaction
    }
}

/// Such a statement, by the name of its field.
extension Record {
    typealias StatedEdit = (field: String, edit: RecordEdit<State>)
}

/// One statement about a field, applied later, when the register can be read.
package typealias RecordEdit<State: RecordState> = @Sendable (inout RecordDraft<State>, RecordContext) throws -> Void

/// What a write of a record does to others, for the answer to it.
package struct RecordEffects: Sendable {
    /// The members that tell it.
    package let shown: [RecordMember]
    package let ask: @Sendable (Transaction) -> Void
    /// The answer with what there is to tell.
    package let tell: @Sendable (_ body: [UInt8], Scope, Transaction) throws -> [UInt8]

    package init(
        shown: [RecordMember], ask: @escaping @Sendable (Transaction) -> Void,
        tell: @escaping @Sendable (_ body: [UInt8], Scope, Transaction) throws -> [UInt8]
    ) {
        self.shown = shown
        self.ask = ask
        self.tell = tell
    }
}
