// A prepared statement and the cache that keeps it. It deliberately does not read rows or know transactions.

import CSQLite

/// A prepared statement; used by one query at a time.
final class Statement {
    let handle: OpaquePointer
    let text: String
    /// At n-1 the index that SQLite gave to `$n`.
    private let parameterIndexes: [Int32]
    fileprivate(set) var isInUse = false
    fileprivate var lastUse: UInt64 = 0

    /// Prepares exactly one statement.
    ///
    /// `$1` is a *named* parameter to SQLite, numbered by first appearance: in `WHERE b = $2 AND a = $1`, `$2` has
    /// index 1. So each is looked up by its name here, once. Names must be `$1` to `$N` without a gap.
    init(_ text: String, in database: OpaquePointer, isPersistent: Bool) throws {
        var text = text
        let (handle, code, hasMore): (OpaquePointer?, Int32, Bool) = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var handle: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                let flags = isPersistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
                let code = sqlite3_prepare_v3(
                    database, characters.baseAddress, Int32(clamping: characters.count), flags, &handle, &tail)
                let consumed = tail.flatMap { tail in characters.baseAddress.map { tail - $0 } } ?? characters.count
                return (handle, code, Statement.hasContent(characters[consumed...]))
            }
        }
        self.text = text
        guard code == SQLITE_OK else {
            let message = String(cString: sqlite3_errmsg(database))
            // Nothing is bound yet, so SQLite's text ("no such column: …") tells no value.
            switch SQLError(code: code, message: message, statement: text) {
            case .other: throw SQLError.other(code: code, message: "\(message); in: \(text)")
            case let error: throw error
            }
        }
        guard let handle else { throw SQLError.misuse("an empty statement") }
        do {
            guard !hasMore else { throw SQLError.misuse("more than one statement: \(text)") }
            parameterIndexes = try Statement.parameterIndexes(of: handle, text)
        } catch {
            sqlite3_finalize(handle)
            throw error
        }
        self.handle = handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds every value to the parameter of its place; too few or too many is an error.
    func bind(_ values: [any Bindable]) throws {
        guard values.count == parameterIndexes.count else {
            throw SQLError.misuse("\(parameterIndexes.count) parameters, \(values.count) values: \(text)")
        }
        for position in 0..<values.count {
            try values[position].bind(to: BindTarget(statement: handle, index: parameterIndexes[position]))
        }
    }

    /// Makes it ready for the next use, without anybody's data left in it.
    func finish() {
        // The result of reset repeats the error of the last step, which was thrown then.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        isInUse = false
    }

    private static func parameterIndexes(of handle: OpaquePointer, _ text: String) throws -> [Int32] {
        let count = sqlite3_bind_parameter_count(handle)
        guard count > 0 else { return [] }
        var indexes = [Int32](repeating: 0, count: Int(count))
        for index in 1...count {
            let name = sqlite3_bind_parameter_name(handle, index).map { String(cString: $0) } ?? "?"
            guard name.hasPrefix("$"), let number = Int(name.dropFirst()), "$\(number)" == name,
                number >= 1, number <= count
            else { throw SQLError.misuse("the parameter \(name), where $1 to $\(count) are wanted: \(text)") }
            indexes[number - 1] = index
        }
        return indexes
    }

    private static func hasContent(_ tail: Slice<UnsafeBufferPointer<CChar>>) -> Bool {
        tail.contains { character in character != 0x20 && !(0x09...0x0D).contains(character) }
    }
}

/// Prepared statements by their text, at most `countMax`; past it the one unused for longest goes.
struct StatementCache {
    /// A statement's text as a key: hashing all of a long one would cost a short statement a good part of its time.
    private struct Text: Hashable {
        let text: String

        func hash(into hasher: inout Hasher) {
            hasher.combine(text.utf8.count)
            var text = text
            text.withUTF8 {
                hasher.combine(
                    bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0).suffix(Text.hashedOctets)))
            }
        }

        /// Statements of the same length differ in their condition more often than in how they begin.
        private static var hashedOctets: Int { 48 }
    }

    private let countMax: Int
    private var statements: [Text: Statement] = [:]
    private var uses: UInt64 = 0

    init(countMax: Int) {
        self.countMax = countMax
    }

    var count: Int { statements.count }

    /// A statement marked as in use. One that is already in use (a query inside the closure of the same query) gets a
    /// second one, which is not kept.
    mutating func take(_ text: String, in database: OpaquePointer) throws -> Statement {
        uses += 1
        let key = Text(text: text)
        if let known = statements[key] {
            guard known.isInUse else {
                known.isInUse = true
                known.lastUse = uses
                return known
            }
            return try Statement(text, in: database, isPersistent: false)
        }
        let fresh = try Statement(text, in: database, isPersistent: true)
        fresh.isInUse = true
        fresh.lastUse = uses
        makeRoom()
        statements[key] = fresh
        return fresh
    }

    mutating func removeAll() {
        statements = [:]
    }

    /// Looks at all of them: it only happens beside a prepare, which costs more.
    private mutating func makeRoom() {
        while statements.count >= countMax {
            let idle = statements.filter { !$0.value.isInUse }
            guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
            statements[oldest.key] = nil
        }
    }
}
