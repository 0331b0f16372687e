// An opened installation: its directory, database, keys and clock. Everything that reads or writes a county goes
// through one.

import Domain
import Glibc
import SQL
import Synchronization
import Web

/// The files of an installation, all in one directory.
public struct DataDirectory: Sendable {
    /// The directory.
    public let path: String
    package var database: String { path + "/jiedui.sqlite" }
    package var key: String { path + "/key" }
    var spool: String { path + "/spool" }
    /// Names, roles and tokens of the demonstration users; readable by the owner only.
    public var demonstrationPeople: String { path + "/demo-people.json" }

    /// Takes a directory; nothing is created.
    public init(path: String) { self.path = path }

    /// Whether it contains a database.
    public var hasData: Bool { access(database, F_OK) == 0 }

    /// A connection that only reads; safe while the service is running.
    ///
    /// - Throws: `InstallationError.noData`, `SQLError`.
    public func reader() throws -> Connection {
        guard hasData else { throw InstallationError.noData(path) }
        return try Database.reader(path: database)
    }

    /// - Throws: `InstallationError.notEmpty` for a directory with anything in it.
    public func requireEmpty() throws {
        guard Files.names(in: path).isEmpty else { throw InstallationError.notEmpty(path) }
    }

    package func make() throws {
        for directory in [path, spool] where mkdir(directory, 0o700) != 0 && errno != EEXIST {
            throw InstallationError.unwritable(directory, errno)
        }
    }
}

/// A county's register, opened exclusively by this process.
public final class Register: Sendable {
    /// Where its files are.
    public let directory: DataDirectory
    /// The database: one writer, readers on demand.
    public let database: Database
    package let keys: KeyRing
    package let environment: Environment
    /// Whether the machine's clock is believed: whatever is recorded, removed or shown takes its time from here.
    public let clock: ClockGuard
    package let cursors: CursorSealer
    /// The modules that the service is put together from.
    package let composition: Composition
    private let codes: Mutex<CodeLists>
    private let dayBounds: Mutex<DayBounds>

    /// Opens the installation and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - migrations: the folder of `NNNN_name.sql` files.
    ///   - create: makes the directory, key and database where they are missing.
    ///   - composition: the modules that the service is put together from.
    ///   - onFatal: called once when storage fails on a write; the program must end.
    /// - Throws: `InstallationError`, `SQLError`, `MigrationError`, or the error of a directory that another process
    ///   holds.
    package init(
        _ directory: DataDirectory, migrations: String, create: Bool, environment: Environment = .system,
        composition: Composition, onFatal: @escaping @Sendable (any Error) -> Void
    ) throws {
        guard create || directory.hasData else { throw InstallationError.noData(directory.path) }
        try directory.make()
        let isNew = !directory.hasData
        self.directory = directory
        self.environment = environment
        self.composition = composition
        database = try Database.open(path: directory.database, onFatal: onFatal)
        // Nobody else has the lock, so these files were left by a process that was killed.
        Files.removeAll(in: directory.spool, prefix: "spool-")
        keys = try KeyRing.load(path: directory.key, create: isNew)
        cursors = CursorSealer(secret: keys.cursorSecret)
        let fingerprint = keys.fingerprint
        // Before the migrations, because a step may use the key.
        try database.writer.perform { connection in
            let isMade = try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'setting'") { _ in true }
            if isMade == true { try Self.checkKey(fingerprint, connection) }
        }
        try Migrator(folder: migrations, steps: Self.steps(keys, environment))
            .migrate(database, atMilliseconds: environment.now().milliseconds)
        try database.writer.perform { connection in
            try Self.checkKey(fingerprint, connection)
        }
        try RewrittenFile.complete(database, spool: directory.spool)
        clock = try database.writer.perform { try ClockGuard(environment, $0) }
        codes = Mutex(try database.writer.perform { try CodeLists.load($0) })
        dayBounds = Mutex(try database.writer.perform { try DayBounds.load($0) })
        for module in composition.modules { try module.opening(self) }
        try NameForms.begin(self)
        beginDays()
    }

    /// From now on each day is turned before it is written on, while the clock is believed.
    private func beginDays() {
        let newDays = composition.modules.compactMap(\.newDay)
        let clock = clock
        database.writer.begin(
            with: FirstWork(
                isDue: { connection in
                    guard let today = try? clock.trusted().shanghaiDate else { return false }
                    return try newDays.contains { try $0.isDue(connection, today) }
                },
                run: { [weak self] connection in
                    try self?.transact(connection, .machine) { transaction in
                        for newDay in newDays { try newDay.turn(transaction) }
                    }
                }))
    }

    /// The steps that migrations name because SQL cannot express them.
    static func steps(_ keys: KeyRing, _ environment: Environment) -> [String: Migrator.Step] {
        [
            NarrowMasks.name: NarrowMasks(keys: keys, environment: environment).run,
            HouseholdStates.name: HouseholdStates(keys: keys, environment: environment).run,
        ]
    }

    /// The present code lists, and the days that may be stated now.
    package var codeLists: CodeLists {
        var lists = codes.withLock { $0 }
        lists.days = days
        return lists
    }

    /// Which days may be stated now.
    package var days: PlausibleDays { dayBounds.withLock { $0 }.days(on: clock.now.shanghaiDate) }

    /// Reads the bounds of days again when their parameters have changed.
    package func readDayBounds(_ connection: Connection) throws {
        let bounds = try DayBounds.load(connection)
        dayBounds.withLock { $0 = bounds }
    }

    /// Runs one write as the machine itself and waits for its commit.
    ///
    /// - Parameters:
    ///   - job: the import that this is a part of.
    ///   - inDoubt: runs even while the clock is in doubt, with the time that is believed; only for work that removes
    ///     and expires nothing, and for settling the doubt.
    /// - Throws: `ClockDoubt` while the clock is in doubt.
    public func perform<Result: Sendable>(
        as actor: Actor = .machine, job: Identifier? = nil, inDoubt: Bool = false,
        _ work: @escaping @Sendable (Transaction) throws -> Result
    ) throws -> Result {
        try database.writer.perform { connection in
            try self.transact(connection, actor, job: job, inDoubt: inDoubt, work)
        }
    }

    /// Runs one write on the writer's connection, inside its savepoint or transaction; what it gathered is written
    /// before this returns.
    ///
    /// - Parameters:
    ///   - job: the import that this is a part of.
    ///   - inDoubt: the same as for `perform`.
    package func transact<Result>(
        _ connection: Connection, _ actor: Actor, job: Identifier? = nil, inDoubt: Bool = false,
        _ work: (Transaction) throws -> Result
    ) throws -> Result {
        let now = inDoubt ? clock.now : try clock.trusted()
        let transaction = Transaction(
            connection: connection, register: self, actor: actor, now: now, jobId: job)
        let result = try work(transaction)
        try transaction.gathering.write(transaction)
        return result
    }

    /// Closes the database; the register is not used afterwards.
    public func close() { database.close() }

    private static func checkKey(_ fingerprint: String, _ connection: Connection) throws {
        let stored = try connection.first("SELECT value FROM setting WHERE key = 'key-fingerprint'") { $0.text(0) }
        guard let stored else {
            try connection.run("INSERT INTO setting (key, value) VALUES ('key-fingerprint', $1)", fingerprint)
            return
        }
        guard stored == fingerprint else { throw InstallationError.keyDiffers(database: stored, file: fingerprint) }
    }
}
