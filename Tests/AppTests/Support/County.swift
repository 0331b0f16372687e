// A county of one test: the real application on a port of its own, over a fresh database in a folder of its own. Only
// the clock and chance are the test's. The schema, divisions and people are made once and copied.

import Foundation
import HTTP1
import Logging
import Synchronization

@testable import App
@testable import Domain
@testable import SQL
@testable import Service

/// A clock that moves only when it is told to.
final class ManualClock: Sendable {
    private let milliseconds: Atomic<Int64>
    /// By how much the machine's clock was set to another time.
    private let jumped = Atomic<Int64>(0)

    init(_ start: Instant) { milliseconds = Atomic(start.milliseconds) }

    var now: Instant { Instant(milliseconds: uptime + jumped.load(ordering: .acquiring)) }
    /// The clock that nobody sets.
    var uptime: Int64 { milliseconds.load(ordering: .acquiring) }
    /// Sets the clock to another time, while no time passes.
    func jump(milliseconds: Int64) { jumped.add(milliseconds, ordering: .acquiringAndReleasing) }
    func jump(days: Int64) { jump(milliseconds: days * 86_400_000) }
    var environment: Environment {
        let chance = Chance(seed: 11)
        return Environment(now: { self.now }, uptime: { self.uptime }, random: { chance.next() })
    }
    func advance(milliseconds: Int64) { self.milliseconds.add(milliseconds, ordering: .acquiringAndReleasing) }
    func advance(days: Int64) { advance(milliseconds: days * 86_400_000) }
}

/// Lines that the program logged, beside those of requests.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
}

final class County: Sendable {
    let folder: Folder
    let clock: ManualClock
    let register: Register
    let application: Application
    let server: Server
    let log = LogLines()
    private let logQueue: LogQueue
    private let requestLogFile: FileHandle
    private let clients = Mutex<[Person: Client]>([:])
    private let isOpen = Atomic<Bool>(true)

    /// The morning of 2026-03-02 in the county.
    static let start = Instant("2026-03-02T01:00:00.000Z") ?? Instant(milliseconds: 0)
    static let today = "2026-03-02"
    static var migrations: String { Template.resources.migrations }

    /// A fresh county.
    ///
    /// - Parameters:
    ///   - composition: of the service.
    ///   - migrations: a folder with further ones; nil for those of the repository.
    ///   - origins: whose pages may use the service.
    convenience init(
        composition: Composition = .jiedui, migrations: String? = nil, origins: AllowedOrigins = .none
    ) throws {
        let template = try Template.shared.get()
        let folder = try Folder()
        try folder.copy(["jiedui.sqlite", "key"], from: template.folder.path)
        try self.init(
            reopening: folder, clock: ManualClock(Self.start), seed: 2, composition: composition,
            migrations: migrations, origins: origins)
    }

    /// The county of a folder, after another run of the service.
    init(
        reopening folder: Folder, clock: ManualClock, seed: UInt64 = 3, composition: Composition = .jiedui,
        migrations: String? = nil, origins: AllowedOrigins = .none
    ) throws {
        self.folder = folder
        self.clock = clock
        let resources = Template.resources
        let register = try Register(
            DataDirectory(path: folder.path), migrations: migrations ?? resources.migrations, create: true,
            environment: Template.environment(clock, seed: seed), composition: composition, onFatal: { _ in })
        self.register = register
        let logFile = folder.path + "/requests.log"
        if !FileManager.default.fileExists(atPath: logFile) {
            _ = FileManager.default.createFile(atPath: logFile, contents: nil)
        }
        requestLogFile = try FileHandle(forUpdating: URL(fileURLWithPath: logFile))
        try requestLogFile.seekToEnd()
        logQueue = LogQueue(descriptor: requestLogFile.fileDescriptor)
        let lines = log
        application = try Application(
            register, resources: resources, loopCount: 1,
            logger: Logger(label: "test") { _ in LineHandler(lines: lines) },
            requestLog: RequestLog(logQueue), origins: origins)
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.loopCount = 1
        let application = application
        configuration.dateSeconds = { application.dateSeconds }
        server = try Server(configuration, handler: application)
        let server = server
        application.observeConnections { [weak server] in server?.openConnectionCount ?? 0 }
        application.observeKeptBodyBytes { [weak server] in server?.keptBodyBytes ?? 0 }
        server.start()
        application.start()
        // What the day asks for is done before the test begins; otherwise it could fall between two of its looks.
        application.housekeeping.look()
    }

    deinit { close() }

    /// Ends the service as a signal does.
    func close() {
        guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
        clients.withLock { $0 = [:] }
        server.drain(seconds: 1)
        server.waitUntilStopped()
        application.stop()
        logQueue.flush(seconds: 10)
        register.close()
    }

    // MARK: People

    /// Somebody, on their lasting connection.
    func `as`(_ person: Person) throws -> Session {
        let client = try clients.withLock { clients in
            if let client = clients[person] { return client }
            let client = try Client(port: server.port)
            clients[person] = client
            return client
        }
        return Session(county: self, client: client, token: try Template.shared.get().tokens[person])
    }

    /// Somebody with any token, or none, on a connection of their own.
    func with(token: String?) throws -> Session {
        Session(county: self, client: try Client(port: server.port), token: token)
    }

    // MARK: Looking inside

    func query<Value>(_ sql: String, _ row: (borrowing Row) throws -> Value) throws -> [Value] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try reader.query(sql, row: row)
    }

    func count(_ table: String) throws -> Int { try query("SELECT count(*) FROM \(table)") { $0.int(0) }.first ?? -1 }

    /// The hash of every table.
    func digest() throws -> [String: String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try Digest.tables(reader)
    }

    /// What `jiedui check` finds wrong.
    func faults() throws -> [String] {
        let reader = try register.database.makeReader()
        defer { reader.close() }
        return try RegisterCheck.run(reader, .jiedui).flatMap { finding in
            finding.faults.map { "\(finding.subject): \($0)" }
        }
    }

    /// The lines of requests so far.
    func requestLines() throws -> String {
        logQueue.flush(seconds: 10)
        return String(decoding: try folder.read("requests.log"), as: UTF8.self)
    }
}

/// The schema, divisions and people that every county begins with.
private struct Template: Sendable {
    let folder: Folder
    let tokens: [Person: String]

    static let shared = Result { try Template() }

    static let resources = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return Resources(migrations: "/\(root)/Migrations", contract: "/\(root)/openapi.yaml")
    }()

    /// - Parameter seed: another one for each run over the same data, or ids would come twice.
    static func environment(_ clock: ManualClock, seed: UInt64) -> Environment {
        let chance = Chance(seed: seed)
        return Environment(now: { clock.now }, uptime: { clock.uptime }, random: { chance.next() })
    }

    private init() throws {
        folder = try Folder()
        let register = try Register(
            DataDirectory(path: folder.path), migrations: Self.resources.migrations, create: true,
            environment: Self.environment(ManualClock(County.start), seed: 1), onFatal: { _ in })
        defer { register.close() }
        tokens = try register.perform { transaction in
            try Self.makeDivisions(transaction)
            return try Self.makePeople(transaction)
        }
    }

    private static func makeDivisions(_ transaction: Transaction) throws {
        let opened = try required(CivilDate("2010-01-01"))
        for place in Place.all {
            let parent = try place.parent.flatMap { AreaCode($0) }.flatMap {
                try DivisionStore.find(code: $0, transaction.connection)
            }
            try DivisionStore.create(
                code: try required(AreaCode(place.code)), name: place.name, level: place.level, parent: parent,
                on: opened,
                transaction)
        }
    }

    private static func makePeople(_ transaction: Transaction) throws -> [Person: String] {
        var tokens: [Person: String] = [:]
        for person in Person.allCases {
            let user = try AccessStore.addUser(
                name: person.rawValue, role: person.role.rawValue, division: person.division, transaction)
            tokens[person] = try AccessStore.createToken(user: user, device: "\(person)", days: 365, transaction).text
        }
        return tokens
    }
}

/// Random bits that are the same in every run, shared by all threads.
private final class Chance: Sendable {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    func next() -> (UInt64, UInt64) { generator.withLock { ($0.next(), $0.next()) } }
}

/// A value that the fixture cannot do without.
func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw ClientError(action: "a value of the fixture", code: 0) }
    return value
}
