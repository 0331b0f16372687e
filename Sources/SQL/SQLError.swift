// What can go wrong in the database, told so that a caller can turn it into an answer.
// It never carries a bound value: errors are logged, and values are people's data.

import CSQLite

/// A refusal or failure of SQLite.
///
/// A failed constraint is told by what SQLite tells: a CHECK and a trigger by name, UNIQUE by table and columns,
/// a foreign key by nothing at all.
public enum SQLError: Error, Equatable, Sendable {
    /// A CHECK refused the row: the constraint's name, or its expression where it has none.
    case check(String)
    /// A trigger refused the row: the text of its `RAISE(ABORT, 'name')`.
    case trigger(String)
    /// A UNIQUE or PRIMARY KEY constraint on these columns, in the order of the index.
    case unique(table: String, columns: [String])
    /// A unique index over expressions, which SQLite names instead of its columns.
    case uniqueIndex(String)
    /// A reference to a row that is not there, or the removal of one that is still referred to.
    case foreignKey
    /// NULL for a NOT NULL column.
    case notNull(table: String, column: String)
    /// A value of another type for a column of a STRICT table.
    case datatype(table: String, column: String)
    /// No room left on the disk, or `max_page_count` reached.
    case diskFull
    /// Reading, writing or syncing a file failed; SQLite's extended result code.
    case inputOutput(code: Int32)
    /// The file is damaged, or is not a database.
    case corrupt
    /// A file could not be opened; while the service runs, because no further file can be.
    case cannotOpen(statement: String)
    /// Another connection holds the lock, longer than the busy timeout.
    case busy
    /// A write on a connection or a file that only reads.
    case readOnly
    /// The time given to ``Connection/limit(milliseconds:_:)`` is up.
    case budgetExceeded
    /// The statement was interrupted from outside.
    case interrupted
    /// The layer was used wrongly: the count of values, a parameter's name, more than one statement, a closed
    /// connection.
    case misuse(String)
    /// Any other result: SQLite's extended code, its text for the code, and the statement's text (without values).
    case other(code: Int32, message: String)

    /// True where the file or the disk below it can no longer be trusted, so that going on could lose what was
    /// promised.
    public var isStorageFailure: Bool {
        switch self {
        case .inputOutput, .corrupt: true
        default: false
        }
    }
}

extension SQLError: CustomStringConvertible {
    /// One line for a log, without any value.
    public var description: String {
        switch self {
        case .check(let name): "CHECK failed: \(name)"
        case .trigger(let name): "refused by a trigger: \(name)"
        case .unique(let table, let columns): "not unique: \(table) (\(columns.joined(separator: ", ")))"
        case .uniqueIndex(let name): "not unique: index \(name)"
        case .foreignKey: "FOREIGN KEY failed"
        case .notNull(let table, let column): "NOT NULL failed: \(table).\(column)"
        case .datatype(let table, let column): "wrong type: \(table).\(column)"
        case .diskFull: "disk full"
        case .inputOutput(let code): "I/O error \(code): \(SQLError.text(of: code))"
        case .corrupt: "the database file is damaged"
        case .cannotOpen(let statement): "a file of the database cannot be opened; in: \(statement)"
        case .busy: "the database is locked"
        case .readOnly: "the database is read-only here"
        case .budgetExceeded: "the statement ran past its time"
        case .interrupted: "interrupted"
        case .misuse(let reason): "misuse: \(reason)"
        case .other(let code, let message): "SQLite error \(code): \(message)"
        }
    }
}

extension SQLError {
    /// Reads SQLite's result into a case.
    ///
    /// `message` is SQLite's own text. It is looked into for constraints only: elsewhere (FTS5, JSON functions) it may
    /// quote a bound value, so there the generic text of the code and the statement stand in its place.
    init(code: Int32, message: String, statement: String) {
        switch code {
        case JIEDUI_SQLITE_CONSTRAINT_CHECK:
            self = .check(SQLError.rest(of: message))
        case JIEDUI_SQLITE_CONSTRAINT_TRIGGER:
            self = .trigger(message)
        case JIEDUI_SQLITE_CONSTRAINT_UNIQUE, JIEDUI_SQLITE_CONSTRAINT_PRIMARYKEY, JIEDUI_SQLITE_CONSTRAINT_ROWID:
            self = SQLError.unique(from: SQLError.rest(of: message))
        case JIEDUI_SQLITE_CONSTRAINT_FOREIGNKEY:
            self = .foreignKey
        case JIEDUI_SQLITE_CONSTRAINT_NOTNULL:
            let (table, column) = SQLError.tableAndColumn(SQLError.rest(of: message))
            self = .notNull(table: table, column: column)
        case JIEDUI_SQLITE_CONSTRAINT_DATATYPE:
            // "cannot store TEXT value in INTEGER column table.column"
            let (table, column) = SQLError.tableAndColumn(String(message.split(separator: " ").last ?? ""))
            self = .datatype(table: table, column: column)
        default:
            self = SQLError.byPrimaryCode(code, statement: statement)
        }
    }

    private static func byPrimaryCode(_ code: Int32, statement: String) -> SQLError {
        switch code & 0xFF {
        case SQLITE_FULL: .diskFull
        case SQLITE_IOERR: .inputOutput(code: code)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_CANTOPEN: .cannotOpen(statement: statement)
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_READONLY: .readOnly
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_MISUSE: .misuse(statement)
        default: .other(code: code, message: "\(text(of: code)); in: \(statement)")
        }
    }

    static func text(of code: Int32) -> String {
        sqlite3_errstr(code).map { String(cString: $0) } ?? ""
    }

    /// "CHECK constraint failed: name" → "name"
    private static func rest(of message: String) -> String {
        guard let range = message.utf8.firstIndex(of: UInt8(ascii: ":")) else { return message }
        return String(message[range...].dropFirst().drop { $0 == " " })
    }

    private static func tableAndColumn(_ text: String) -> (String, String) {
        guard let dot = text.firstIndex(of: ".") else { return ("", text) }
        return (String(text[..<dot]), String(text[text.index(after: dot)...]))
    }

    /// "table.a, table.b" or "index 'name'"
    private static func unique(from text: String) -> SQLError {
        if text.hasPrefix("index '"), text.hasSuffix("'") {
            return .uniqueIndex(String(text.dropFirst(7).dropLast()))
        }
        var table = ""
        var columns: [String] = []
        for part in text.split(separator: ",") {
            let pair = tableAndColumn(String(part.drop { $0 == " " }))
            table = pair.0
            columns.append(pair.1)
        }
        return .unique(table: table, columns: columns)
    }
}
