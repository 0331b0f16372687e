// Values on their way into a statement. It deliberately knows no dates, ids or money: the owner of such a type says
// how it is stored.

import CSQLite

/// A value as SQLite stores it.
public enum SQLValue: Sendable, Equatable {
    /// NULL.
    case null
    /// INTEGER, 64 bits with sign.
    case integer(Int64)
    /// REAL.
    case real(Double)
    /// TEXT, UTF-8.
    case text(String)
    /// BLOB.
    case blob([UInt8])
}

/// What can be given for `$1`, `$2`, … of a statement.
///
/// A type of the domain needs only `sqlValue`. One on a hot path (a 16-byte id) also writes `bind(to:)`, to hand over
/// its bytes without an array.
public protocol Bindable: Sendable {
    /// The value as it is stored.
    var sqlValue: SQLValue { get }

    /// Binds the value; without an own version, binds `sqlValue`.
    func bind(to target: borrowing BindTarget) throws
}

extension Bindable {
    /// Binds `sqlValue`.
    public func bind(to target: borrowing BindTarget) throws {
        try target.value(sqlValue)
    }
}

/// The place of one parameter in a statement; valid only while it is being bound.
public struct BindTarget: ~Copyable {
    private let statement: OpaquePointer
    private let index: Int32
    /// SQLite copies the bytes before the call returns, so nothing has to outlive it.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    init(statement: OpaquePointer, index: Int32) {
        self.statement = statement
        self.index = index
    }

    /// Binds NULL.
    public func null() throws {
        try check(sqlite3_bind_null(statement, index))
    }

    /// Binds an INTEGER.
    public func integer(_ value: Int64) throws {
        try check(sqlite3_bind_int64(statement, index, value))
    }

    /// Binds a REAL; NaN becomes NULL, as SQLite has none.
    public func real(_ value: Double) throws {
        try check(sqlite3_bind_double(statement, index, value))
    }

    /// Binds TEXT.
    public func text(_ value: String) throws {
        var value = value
        try check(
            value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // A nil pointer would bind NULL, not the empty text.
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(statement, index, "", 0, BindTarget.transient)
                    }
                    return sqlite3_bind_text64(
                        statement, index, start, UInt64(characters.count), BindTarget.transient, UInt8(SQLITE_UTF8))
                }
            })
    }

    /// Binds a BLOB from memory, which is copied.
    public func blob(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return try check(sqlite3_bind_zeroblob(statement, index, 0))
        }
        try check(sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), BindTarget.transient))
    }

    /// Binds any value.
    public func value(_ value: SQLValue) throws {
        switch value {
        case .null: try null()
        case .integer(let integer): try self.integer(integer)
        case .real(let real): try self.real(real)
        case .text(let text): try self.text(text)
        case .blob(let bytes): try bytes.withUnsafeBytes { try blob($0) }
        }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw SQLError(code: code, message: "", statement: "bind \(index)") }
    }
}

extension SQLValue: Bindable {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}

extension Int: Bindable {
    /// INTEGER.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    /// Binds an INTEGER.
    public func bind(to target: borrowing BindTarget) throws { try target.integer(Int64(self)) }
}

extension Int64: Bindable {
    /// INTEGER.
    public var sqlValue: SQLValue { .integer(self) }
    /// Binds an INTEGER.
    public func bind(to target: borrowing BindTarget) throws { try target.integer(self) }
}

extension Bool: Bindable {
    /// INTEGER 0 or 1.
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    /// Binds INTEGER 0 or 1.
    public func bind(to target: borrowing BindTarget) throws { try target.integer(self ? 1 : 0) }
}

extension Double: Bindable {
    /// REAL.
    public var sqlValue: SQLValue { .real(self) }
    /// Binds a REAL.
    public func bind(to target: borrowing BindTarget) throws { try target.real(self) }
}

extension String: Bindable {
    /// TEXT.
    public var sqlValue: SQLValue { .text(self) }
    /// Binds TEXT.
    public func bind(to target: borrowing BindTarget) throws { try target.text(self) }
}

extension [UInt8]: Bindable {
    /// BLOB.
    public var sqlValue: SQLValue { .blob(self) }
    /// Binds a BLOB.
    public func bind(to target: borrowing BindTarget) throws { try withUnsafeBytes { try target.blob($0) } }
}

extension ArraySlice<UInt8>: Bindable {
    /// BLOB.
    public var sqlValue: SQLValue { .blob(Array(self)) }
    /// Binds a BLOB.
    public func bind(to target: borrowing BindTarget) throws { try withUnsafeBytes { try target.blob($0) } }
}

extension Optional: Bindable where Wrapped: Bindable {
    /// The value, or NULL.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
    /// Binds the value, or NULL.
    public func bind(to target: borrowing BindTarget) throws {
        switch self {
        case .some(let value): try value.bind(to: target)
        case .none: try target.null()
        }
    }
}
