// One SQLite connection: queries, changes, transactions, and the budget of time. It deliberately has no lock of its
// own and knows no other connection: its owner confines it.

import CSQLite
import Glibc

/// A connection, confined by its owner: a loop, the writer's queue, or a thread of a pool.
///
/// Unchecked, because it moves to its owner once and is used there alone: SQLite's own mutexes are off
/// (`SQLITE_OPEN_NOMUTEX`), so two threads at once would corrupt memory. Statements are prepared once per text and
/// kept.
public final class Connection: @unchecked Sendable {
    /// What a connection may do.
    public enum Role: Sendable {
        /// The one that writes and checkpoints.
        case writer
        /// Reads only, by the open flag and by `query_only`.
        case reader
        /// Fills a backup's file, which nobody else knows yet.
        case copy
    }

    /// The form of a transaction.
    public enum TransactionKind: Sendable {
        /// Takes its snapshot at the first read.
        case deferred
        /// Takes the write lock at once.
        case immediate
    }

    /// What the connection may do.
    public let role: Role
    private(set) var handle: OpaquePointer?
    private var statements = StatementCache(countMax: 256)
    /// Monotonic nanoseconds; 0 where no budget is set.
    private var deadline: UInt64 = 0
    /// How many more statements begin before the budget's clock is looked at.
    private var statementsUntilLook = 0
    /// The pages in the write-ahead log after the last commit or checkpoint of this connection.
    var walPages = 0
    /// The commits of this connection that wrote something.
    var walCommits = 0
    /// The last disk-full, I/O or corruption error of any statement, also one that a caller swallowed: the writer
    /// looks at it.
    var storageError: SQLError?
    /// What is to be done before the transaction commits.
    private var lastWork: [() throws -> Void] = []

    /// SQLite would count its memory under one mutex of the process, at every allocation of every connection, and
    /// nobody asks for the count. Where the library is already in use it refuses, and only costs more.
    private static let countsNoMemory = jiedui_sqlite3_config_flag(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK

    init(path: String, role: Role, vfs: String? = nil) throws {
        self.role = role
        _ = Connection.countsNoMemory
        // The library reads "file:…" as a URI; a path is a path.
        let plain = path.hasPrefix("/") ? path : "./" + path
        let access = role == .reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(
            plain, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE, vfs)
        // SQLite gives a handle even when it fails; `deinit` closes it.
        guard code == SQLITE_OK else { throw SQLError(code: code, message: "", statement: "open \(path)") }
        if role == .writer { jiedui_sqlite3_reserve_lookaside(handle, 4096, 128) }
        try configure()
        observeLog()
    }

    deinit {
        close()
    }

    /// Closes it; a later use throws ``SQLError/misuse(_:)``. The writer's closing checkpoints the log.
    public func close() {
        statements.removeAll()
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// The count of statements kept prepared.
    var preparedCount: Int { statements.count }

    /// True outside a transaction.
    public var isAutocommit: Bool { handle.map { sqlite3_get_autocommit($0) != 0 } ?? true }

    // MARK: Statements

    /// All rows of a query.
    public func query<T>(
        _ sql: String, _ values: any Bindable..., row: (borrowing Row) throws -> T
    ) throws -> [T] {
        try query(sql, values: values, row: row)
    }

    /// All rows of a query, with values from a list.
    public func query<T>(
        _ sql: String, values: [any Bindable], row: (borrowing Row) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        try forEach(sql, values: values) { found.append(try row($0)) }
        return found
    }

    /// The first row of a query, or nil. A change with RETURNING runs to its end.
    public func first<T>(
        _ sql: String, _ values: any Bindable..., row: (borrowing Row) throws -> T
    ) throws -> T? {
        try first(sql, values: values, row: row)
    }

    /// The first row of a query, or nil, with values from a list. A change with RETURNING runs to its end.
    public func first<T>(
        _ sql: String, values: [any Bindable], row: (borrowing Row) throws -> T
    ) throws -> T? {
        try withStatement(sql, values) { statement in
            guard try step(statement) else { return nil }
            let found = try row(Row(statement: statement.handle))
            if sqlite3_stmt_readonly(statement.handle) == 0 {
                while try step(statement) {}
            }
            return found
        }
    }

    /// Every row of a query, one after another and without keeping them; throwing stops it.
    public func forEach(
        _ sql: String, _ values: any Bindable..., row: (borrowing Row) throws -> Void
    ) throws {
        try forEach(sql, values: values, row: row)
    }

    /// Every row of a query, one after another and without keeping them, with values from a list; throwing stops it.
    public func forEach(
        _ sql: String, values: [any Bindable], row: (borrowing Row) throws -> Void
    ) throws {
        try withStatement(sql, values) { statement in
            let current = Row(statement: statement.handle)
            while try step(statement) {
                try row(current)
            }
        }
    }

    /// Runs a statement and returns how many rows it changed itself, without those of triggers and foreign keys.
    @discardableResult
    public func run(_ sql: String, _ values: any Bindable...) throws -> Int {
        try run(sql, values: values)
    }

    /// Runs a statement with values from a list and returns how many rows it changed itself.
    @discardableResult
    public func run(_ sql: String, values: [any Bindable]) throws -> Int {
        try withStatement(sql, values) { statement in
            // sqlite3_changes keeps the figure of an older statement when this one changes nothing.
            let before = sqlite3_total_changes64(handle)
            while try step(statement) {}
            return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
        }
    }

    // MARK: Transactions

    /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws.
    ///
    /// Inside another transaction SQLite refuses: use ``savepoint(_:)`` there, as all work of the writer does.
    @discardableResult
    public func transaction<T>(_ kind: TransactionKind, _ body: () throws -> T) throws -> T {
        try control(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            let value = try body()
            try commit()
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` so that its throwing undoes what it did and nothing else.
    @discardableResult
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        let isOutermost = isAutocommit
        let workBefore = lastWork.count
        try control("SAVEPOINT piece")
        do {
            let value = try body()
            if isOutermost { try doLastWork() }
            try control("RELEASE piece")
            return value
        } catch {
            lastWork.removeSubrange(min(workBefore, lastWork.count)...)
            // A full disk or an I/O error may have ended the whole transaction, and the savepoint with it.
            if !isAutocommit {
                try control("ROLLBACK TO piece")
                try control("RELEASE piece")
            }
            throw error
        }
    }

    /// Leaves work to the end of the transaction, whatever savepoints are open: it is done once, right before the
    /// commit, after what was left before it; not at all where the savepoint in which it was left is undone. Its
    /// throwing undoes the whole transaction.
    ///
    /// An index of texts (FTS5) writes out what it has gathered at every savepoint, and at every statement that could
    /// fail in its middle; many requests at once cost it little more than one.
    public func beforeCommit(_ work: @escaping () throws -> Void) { lastWork.append(work) }

    /// Ends the transaction with all that it did.
    func commit() throws {
        try doLastWork()
        try control("COMMIT")
    }

    private func doLastWork() throws {
        defer { lastWork = [] }
        for work in lastWork { try work() }
    }

    /// Ends the transaction if there still is one. Nothing is to be done when it fails: what matters was thrown before.
    func rollBack() {
        lastWork = []
        if !isAutocommit {
            _ = try? control("ROLLBACK")
        }
    }

    // MARK: Budget

    /// Runs `body` for at most this long: past it, the running or next statement throws ``SQLError/budgetExceeded``.
    ///
    /// The clock is looked at every sixteen statements and every thousand steps of the virtual machine (some 20 µs),
    /// so that a short read is not refused because its thread had to wait for a core. The ends of transactions are
    /// never refused. For reads: interrupting a change ends its whole transaction. Inside another budget the earlier
    /// end holds.
    @discardableResult
    public func limit<T>(milliseconds: Int, _ body: () throws -> T) throws -> T {
        let outer = deadline
        let own = monotonicNanoseconds() + UInt64(min(max(0, milliseconds), 86_400_000)) * 1_000_000
        deadline = outer == 0 ? own : min(outer, own)
        statementsUntilLook = Connection.statementsPerLook
        watchDeadline()
        defer {
            deadline = outer
            if outer == 0 { sqlite3_progress_handler(handle, 0, nil, nil) }
        }
        return try body()
    }

    private static let statementsPerLook = 16

    private func spendStatement() throws {
        guard deadline != 0 else { return }
        statementsUntilLook -= 1
        guard statementsUntilLook < 0 else { return }
        guard !isPastDeadline else { throw SQLError.budgetExceeded }
        statementsUntilLook = Connection.statementsPerLook
    }

    private func watchDeadline() {
        guard deadline != 0 else { return }
        sqlite3_progress_handler(
            handle, 1000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().isPastDeadline ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private var isPastDeadline: Bool { deadline != 0 && monotonicNanoseconds() >= deadline }

    // MARK: Inside

    private func withStatement<T>(
        _ sql: String, _ values: [any Bindable], _ body: (Statement) throws -> T
    ) throws -> T {
        try spendStatement()
        let statement = try take(sql)
        defer { statement.finish() }
        try statement.bind(values)
        return try body(statement)
    }

    /// The begin or end of a transaction or savepoint, which no budget stops: else a read past its time could not
    /// even be ended.
    func control(_ sql: String) throws {
        let statement = try take(sql)
        defer { statement.finish() }
        // SQLite counts a kept statement's steps over all its uses, so even these short ones would be looked at now
        // and then.
        if deadline != 0 { sqlite3_progress_handler(handle, 0, nil, nil) }
        defer { watchDeadline() }
        _ = try step(statement)
    }

    private func take(_ sql: String) throws -> Statement {
        guard let handle else { throw SQLError.misuse("the connection is closed") }
        do {
            return try statements.take(sql, in: handle)
        } catch let error as SQLError {
            throw noted(error)
        }
    }

    private func step(_ statement: Statement) throws -> Bool {
        let code = sqlite3_step(statement.handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw failure(code, statement.text)
    }

    /// The error of the call that just failed.
    func failure(_ code: Int32, _ statement: String) -> SQLError {
        if code == SQLITE_INTERRUPT, isPastDeadline { return .budgetExceeded }
        let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? ""
        return noted(SQLError(code: code, message: message, statement: statement))
    }

    private func noted(_ error: SQLError) -> SQLError {
        // A storage failure is never hidden by a later full disk.
        if error.isStorageFailure || (error == .diskFull && storageError == nil) {
            storageError = error
        }
        return error
    }
}

/// Time that never goes back, for waiting and budgets only.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
