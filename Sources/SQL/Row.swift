// One row of an answer, read by column. It is the statement's own memory: it cannot be copied or kept, so nothing
// reads a row that has moved on.

import CSQLite

/// The row a statement stands on. Columns count from 0.
///
/// The plain readers are for columns that are NOT NULL and of that type: STRICT tables promise it. A column that may
/// be NULL is read with its `optional…` form. Debug builds stop at a wrong type or NULL; release builds read 0 or the
/// empty text, as SQLite does, because a mistaken join must not stop the service.
public struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(statement: OpaquePointer) {
        self.statement = statement
    }

    /// The count of columns.
    public var columnCount: Int { Int(sqlite3_column_count(statement)) }

    /// The name of a column as the query gives it; empty past the end.
    public func name(_ column: Int) -> String {
        sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// True where the column is NULL.
    public func isNull(_ column: Int) -> Bool {
        type(column) == SQLITE_NULL
    }

    /// An INTEGER.
    public func int(_ column: Int) -> Int { Int(int64(column)) }

    /// An INTEGER.
    public func int64(_ column: Int) -> Int64 {
        assert(type(column) == SQLITE_INTEGER, "column \(column) is not an INTEGER")
        return sqlite3_column_int64(statement, Int32(column))
    }

    /// An INTEGER that is 0 for false, anything else for true.
    public func bool(_ column: Int) -> Bool { int64(column) != 0 }

    /// A REAL, or an INTEGER as one.
    public func double(_ column: Int) -> Double {
        assert(type(column) == SQLITE_FLOAT || type(column) == SQLITE_INTEGER, "column \(column) is not a number")
        return sqlite3_column_double(statement, Int32(column))
    }

    /// A TEXT; bytes that are not UTF-8 become U+FFFD.
    public func text(_ column: Int) -> String {
        String(decoding: utf8(column), as: UTF8.self)
    }

    /// The bytes of a TEXT, without a copy; valid until the row's closure returns.
    public func utf8(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        assert(type(column) == SQLITE_TEXT, "column \(column) is not a TEXT")
        // The text is asked for before its length: the order that SQLite documents.
        let start = sqlite3_column_text(statement, Int32(column))
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    }

    /// A BLOB, copied.
    public func blob(_ column: Int) -> [UInt8] {
        withBlob(column) { Array($0) }
    }

    /// The bytes of a BLOB, without a copy; valid inside the closure.
    public func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        assert(type(column) == SQLITE_BLOB, "column \(column) is not a BLOB")
        let start = sqlite3_column_blob(statement, Int32(column))
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// An INTEGER or nil for NULL.
    public func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    /// An INTEGER or nil for NULL.
    public func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    /// An INTEGER as a truth value, or nil for NULL.
    public func optionalBool(_ column: Int) -> Bool? { isNull(column) ? nil : bool(column) }

    /// A number or nil for NULL.
    public func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

    /// A TEXT or nil for NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// A BLOB, copied, or nil for NULL.
    public func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The column whatever its type.
    public func value(_ column: Int) -> SQLValue {
        switch type(column) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    private func type(_ column: Int) -> Int32 {
        sqlite3_column_type(statement, Int32(column))
    }
}
