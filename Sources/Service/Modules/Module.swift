// What a domain contributes to the service, as one value. The service uses the modules from which it was composed
// (`Composition`), and knows none of them by name.

import Domain
import Logging
import SQL
import Web

/// One domain's part of the service.
package struct Module: Sendable {
    /// For messages about a service that was composed wrongly.
    package let name: String
    /// Its operations.
    package var routes: @Sendable (Surroundings) -> [RouteEntry] = { _ in [] }
    /// The kinds of problems that are its own.
    package var problems: [ProblemKind] = []
    /// Its own codes for what can be wrong with fields and rows.
    package var fieldCodes: [FieldCode] = []
    /// What an error thrown by one of its rules means; nil for one that it does not know.
    package var problem: @Sendable (any Error) -> Problem? = { _ in nil }
    /// The problem that a violation of one of its database constraints means; nil for a constraint that it does not
    /// know.
    package var constraint: @Sendable (SQLError) -> Problem? = { _ in nil }
    /// Why a division cannot merge into another one when moving its records violates a constraint of the database.
    package var collision: @Sendable (SQLError) -> DivisionError? = { _ in nil }
    /// Its kinds of records.
    package var records: [RecordKind] = []
    /// Its kinds of files.
    package var files: [FileKind] = []
    /// What `jiedui check` examines.
    package var checks: [Check] = []
    /// What it does once every day.
    package var chores: @Sendable (Register) -> [Chore] = { _ in [] }
    /// What it writes on a new day before anybody writes anything else.
    package var newDay: NewDay?
    /// What it gathers in a transaction.
    package var gatherers: [any Gatherer.Type] = []
    /// What it does when other domains change something.
    package var subscriptions: [Subscription] = []
    /// What it brings up to date when an installation is opened, before any request is served.
    package var opening: @Sendable (Register) throws -> Void = { _ in }
    /// What runs beside the requests.
    package var runners: [any BackgroundRunner.Type] = []

    package init(
        name: String, routes: @escaping @Sendable (Surroundings) -> [RouteEntry] = { _ in [] },
        problems: [ProblemKind] = [], fieldCodes: [FieldCode] = [],
        problem: @escaping @Sendable (any Error) -> Problem? = { _ in nil },
        constraint: @escaping @Sendable (SQLError) -> Problem? = { _ in nil },
        collision: @escaping @Sendable (SQLError) -> DivisionError? = { _ in nil }, records: [RecordKind] = [],
        files: [FileKind] = [], checks: [Check] = [], chores: @escaping @Sendable (Register) -> [Chore] = { _ in [] },
        newDay: NewDay? = nil, gatherers: [any Gatherer.Type] = [], subscriptions: [Subscription] = [],
        opening: @escaping @Sendable (Register) throws -> Void = { _ in }, runners: [any BackgroundRunner.Type] = []
    ) {
        self.name = name
        self.routes = routes
        self.problems = problems
        self.fieldCodes = fieldCodes
        self.problem = problem
        self.constraint = constraint
        self.collision = collision
        self.records = records
        self.files = files
        self.checks = checks
        self.chores = chores
        self.newDay = newDay
        self.gatherers = gatherers
        self.subscriptions = subscriptions
        self.opening = opening
        self.runners = runners
    }
}

/// What is written on each new day in a transaction of its own, before the first write of that day: a write that is
/// refused must not take it back, nor answer for it in the audit trail or in the records of a job.
package struct NewDay: Sendable {
    /// Whether it is still to be done for the day; asked before every write, so it is one quick read.
    package let isDue: @Sendable (Connection, CivilDate) throws -> Bool
    package let turn: @Sendable (Transaction) throws -> Void

    package init(
        isDue: @escaping @Sendable (Connection, CivilDate) throws -> Bool,
        turn: @escaping @Sendable (Transaction) throws -> Void
    ) {
        self.isDue = isDue
        self.turn = turn
    }
}

/// Work that goes on without requests, one piece after another on a queue of its own.
package protocol BackgroundRunner: AnyObject, Sendable {
    init(_ register: Register, logger: Logger)
    /// Looks for work, now and after the running piece.
    func wake()
    /// Stops after the running piece, and waits for it.
    func stop()
}

/// What routes need besides the call itself.
package struct Surroundings: Sendable {
    /// The text of openapi.yaml.
    let contract: [UInt8]
    let metrics: Metrics
    package let runners: [any BackgroundRunner]
    /// Throws while no new work should be sent to this service.
    let requireReady: @Sendable () throws -> Void

    /// The runner of a type that the asking module itself contributes.
    package func runner<Runner: BackgroundRunner>() -> Runner { runners.runner(Runner.self) }
}

extension [any BackgroundRunner] {
    /// The runner of a type that some module contributes.
    package func runner<Runner: BackgroundRunner>(_ type: Runner.Type) -> Runner {
        guard let runner = lazy.compactMap({ $0 as? Runner }).first else {
            preconditionFailure("no module brings a \(type)")
        }
        return runner
    }
}

/// Something that `jiedui check` looks at.
package struct Check: Sendable {
    /// - Parameter max: the most faults of one subject that are reported; a damaged file could have millions.
    package let run: @Sendable (_ connection: Connection, _ max: Int) throws -> [CheckFinding]

    /// - Parameter run: returns subjects with the faults of each.
    package init(_ run: @escaping @Sendable (Connection, Int) throws -> [(subject: String, faults: [String])]) {
        self.run = { connection, max in
            try run(connection, max).map { CheckFinding(subject: $0.subject, faults: Array($0.faults.prefix(max))) }
        }
    }

    /// - Parameter run: returns a line for each fault.
    package init(_ subject: String, _ run: @escaping @Sendable (Connection, Int) throws -> [String]) {
        self.init { [(subject, try run($0, $1))] }
    }

    /// - Parameter sql: returns a line for each fault.
    package init(_ subject: String, sql: String) {
        self.init(subject) { connection, max in try connection.query(sql + " LIMIT \(max)") { $0.text(0) } }
    }

    /// - Parameter queries: subjects with SQL that returns a line for each fault.
    package static func all(_ queries: [(subject: String, sql: String)]) -> [Check] {
        queries.map { Check($0.subject, sql: $0.sql) }
    }
}
