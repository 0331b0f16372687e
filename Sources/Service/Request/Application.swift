// The life of a request between the HTTP engine and a route's handler: route, caller, transaction, answer, log line.
// Nothing here knows a domain; routes come from the domains' …Routes files.

import Dispatch
import Domain
import HTTP1
import Logging
import SQL
import Synchronization
import Web

/// The application behind the HTTP engine.
public final class Application: RequestHandler {
    /// The open installation.
    public let register: Register
    let router: Router<Endpoint>
    let metrics: Metrics
    /// Work that goes on without requests.
    package let runners: [any BackgroundRunner]
    let parking: Parking
    package let logger: Logger
    package let requestLog: RequestLog?
    private let origins: AllowedOrigins
    /// One for each loop, used on that loop only.
    private let readers: [Connection]
    private let long: LongPool
    private let readiness: Readiness
    let housekeeping: Housekeeping

    /// Milliseconds that a read may take on its loop before it is interrupted and run again in the long pool.
    static let readMilliseconds = 2
    /// Octets of a JSON body as sent.
    static let bodyBytesMax = 8 << 20
    /// Octets of a body where none is expected.
    private static let discardedBytesMax = 64 << 10

    /// Opens readers for `loopCount` loops and builds the routes.
    ///
    /// - Throws: `SQLError`, or the error of a file that ships with the program.
    public init(
        _ register: Register, resources: Resources, loopCount: Int, logger: Logger, requestLog: RequestLog? = nil,
        origins: AllowedOrigins = .none
    ) throws {
        self.register = register
        self.logger = logger
        self.requestLog = requestLog
        self.origins = origins
        metrics = Metrics(loopCount: loopCount)
        let composition = register.composition
        runners = composition.modules.flatMap(\.runners).map { $0.init(register, logger: logger) }
        housekeeping = Housekeeping(
            composition.modules.flatMap { $0.chores(register) }, today: { try register.clock.trusted().shanghaiDate },
            logger: logger)
        readers = try (0..<loopCount).map { _ in try register.database.makeReader() }
        long = try LongPool(register.database, width: 2)
        let parking = try Parking(register.database)
        self.parking = parking
        metrics.observeParked { parking.count }
        let contract = try Files.read(resources.contract, bytesMax: 8 << 20)
        let readiness = Readiness(register)
        self.readiness = readiness
        let surroundings = Surroundings(
            contract: contract, metrics: metrics, runners: runners, requireReady: { try readiness.require() })
        router = try Router(composition.modules.flatMap { $0.routes(surroundings) })
        observeClock()
    }

    /// Starts the work that goes on without requests: the chores of the day, then interrupted jobs.
    public func start() {
        housekeeping.start()
        for runner in runners { runner.wake() }
    }

    /// From now on `readyz` says 503, so that a proxy sends nothing new. Requests are still answered; those that wait
    /// for a change are answered at once.
    public func beginDraining() {
        readiness.isDraining.store(true, ordering: .releasing)
        parking.drain()
    }

    /// Waits for the running piece of a job and stops there; the job continues at the next start.
    public func stop() {
        for runner in runners { runner.stop() }
        housekeeping.stop()
    }

    /// Tells /metrics how many connections are open.
    public func observeConnections(_ count: @escaping @Sendable () -> Int) { metrics.observeConnections(count) }

    /// Tells /metrics how many octets of bodies are kept.
    public func observeKeptBodyBytes(_ count: @escaping @Sendable () -> Int) { metrics.observeKeptBodyBytes(count) }

    /// Tells /metrics how many lines of the log were lost.
    public func observeLostLogLines(_ count: @escaping @Sendable () -> Int) { metrics.observeLostLogLines(count) }

    // MARK: RequestHandler

    /// Decides about the body before it is read, so that the service keeps none for a caller without a token.
    public func plan(_ head: RequestHead, loop: Int) -> BodyPlan {
        guard case .found(let route, _) = router.match(head.method, head.path) else {
            return .discard(bytesMax: Self.discardedBytesMax)
        }
        do {
            let caller = try authorized(head, route.endpoint.access, register.clock.now, readers[loop])
            try requireClock(route.endpoint)
            let owner = caller.map { BodyOwner(high: $0.userId.high, low: $0.userId.low) }
            let directory = register.directory.spool
            switch route.endpoint.body {
            case .none: return .discard(bytesMax: Self.discardedBytesMax)
            case .json, .mergePatch:
                return .collect(bytesMax: Self.bodyBytesMax, directory: directory, owner: owner)
            case .file(let bytesMax): return .spool(bytesMax: bytesMax, directory: directory, owner: owner)
            }
        } catch {
            let context = AnswerContext(head, origins)
            return .refuse(named(answer(to: error, context), context))
        }
    }

    /// Routes and runs one request.
    public func handle(_ request: Request, _ responder: Responder) {
        let context = AnswerContext(request.head, origins)
        var responder = responder
        switch router.match(request.head.method, request.head.path) {
        case .found(let route, let parameters):
            let note = RequestNote(request.head.method, route.pattern, context.requestId)
            responder.note = note
            do {
                try run(route, parameters, request, note, context, responder)
            } catch {
                respond(answer(to: error, context), context, responder)
            }
        case .options(let allow):
            var response = Self.options(allow)
            if context.origin != nil { CrossOrigin.answerPreflight(&response, request.head, allow) }
            respond(response, context, responder)
        case .methodNotAllowed(let allow):
            respond(answer(to: Problem.methodNotAllowed(allow), context), context, responder)
        // A path that is not valid text names nothing here: no resource has a segment with an escaped slash or NUL.
        case .notFound, .malformed:
            respond(answer(to: Problem(.notFound), context), context, responder)
        }
    }

    /// The body for a refusal by the engine itself.
    public func refused(status: Int, reason: String, acceptLanguage: String?) -> Response {
        var problem = Problem(.refusal(status: status), detail: Message(zh: reason, en: reason))
        if status == 503 { problem.fields = Problem.unavailable.fields }
        if status == 507 { problem.fields = Problem.diskFull.fields }
        return problem.response(language: Language.preferred(acceptLanguage))
    }

    /// The body of the answer when there is no room for a request's body.
    public func refused(_ shortage: BodyShortage, acceptLanguage: String?) -> Response {
        Problem(shortage).response(language: Language.preferred(acceptLanguage))
    }

    /// Counts and logs an answer.
    public func answered(_ record: AnswerRecord) {
        let note = record.note as? RequestNote
        metrics.count(record, pattern: note?.pattern)
        requestLog?.write(record, note, at: register.environment.now())
    }

    // MARK: One request

    private func run(
        _ route: Route<Endpoint>, _ parameters: PathParameters, _ request: Request, _ note: RequestNote,
        _ context: AnswerContext,
        _ responder: Responder
    ) throws {
        let endpoint = route.endpoint
        let now = register.clock.now
        let caller = try authorized(request.head, endpoint.access, now, readers[request.loop])
        note.setCaller(caller?.userId)
        try checkBody(endpoint.body, request)
        let call = Call(
            request: request, parameters: parameters, identity: caller, language: context.language,
            requestId: context.requestId, now: now, register: register)
        switch endpoint.work {
        case .instant(let handler):
            respond(try handler(call), context, responder)
        case .read(let handler):
            read(call, context, responder, handler)
        case .list(let plan):
            if try ListFormat.of(request.head) == .json {
                read(call, context, responder) { try ListAnswer.page(try plan($0, $1), $0, $1) }
            } else {
                runLong(call, context, responder) { try ListAnswer.whole(try plan($0, $1), $0, $1) }
            }
        case .pages(let pages):
            if try ListFormat.of(request.head) == .json {
                read(call, context, responder) { try pages($0, $1).page($0, $1) }
            } else {
                runLong(call, context, responder) { try pages($0, $1).whole($0, $1) }
            }
        case .long(let handler):
            runLong(call, context, responder, handler)
        case .wait(let prepare):
            wait(call, endpoint.access, context, responder, try prepare(call))
        case .write(let prepare):
            if BodyCoding.takesLong(request, endpoint.body) {
                runInPool(call, context, responder) { try self.write(route, call, context, responder, prepare) }
            } else {
                try write(route, call, context, responder, prepare)
            }
        }
    }

    func authorized(
        _ head: RequestHead, _ access: Access, _ now: Instant, _ connection: Connection
    ) throws -> Caller? {
        if case .everybody = access { return nil }
        guard let token = Self.bearer(head), let caller = try Caller.authenticate(token, at: now, connection) else {
            throw Problem.unauthenticated
        }
        if case .roles(let roles) = access, !roles.contains(caller.role) { throw Problem.forbidden(to: roles) }
        return caller
    }

    /// The token of `Authorization: Bearer …` (RFC 6750 2.1; the scheme in any case).
    private static func bearer(_ head: RequestHead) -> ArraySlice<UInt8>? {
        guard let value = head.value(.authorization), value.count > 7, value.count < 256 else { return nil }
        let scheme = value.prefix(7)
        guard scheme.elementsEqual("bearer ".utf8, by: { $0 == $1 || $0 | 0x20 == $1 }) else { return nil }
        return value.dropFirst(7)
    }

    private func checkBody(_ kind: BodyKind, _ request: Request) throws {
        switch kind {
        case .none, .file: return
        case .json: try MediaType.require(.json, request.head)
        case .mergePatch: try MediaType.require(.mergePatch, request.head)
        }
    }

    // MARK: Reading

    /// - Parameters:
    ///   - handler: if it returns nil, `otherwise` answers; only requests that may wait return nil.
    package func read(
        _ call: Call, _ context: AnswerContext, _ responder: Responder, otherwise: @escaping @Sendable () -> Void = {},
        _ handler: @escaping @Sendable (Call, Connection) throws -> Response?
    ) {
        do {
            let connection = readers[call.request.loop]
            let response = try connection.limit(milliseconds: Self.readMilliseconds) {
                try connection.transaction(.deferred) { try handler(call, connection) }
            }
            if let response { respond(response, context, responder) } else { otherwise() }
        } catch SQLError.budgetExceeded {
            runLong(call, context, responder, otherwise: otherwise, handler)
        } catch {
            respond(answer(to: error, context), context, responder)
        }
    }

    private func runLong(
        _ call: Call, _ context: AnswerContext, _ responder: Responder, otherwise: @escaping @Sendable () -> Void = {},
        _ handler: @escaping @Sendable (Call, Connection) throws -> Response?
    ) {
        let accepted = long.submit { connection in
            do {
                let response = try connection.transaction(.deferred) { try handler(call, connection) }
                if let response { self.respond(response, context, responder) } else { otherwise() }
            } catch {
                self.respond(self.answer(to: error, context), context, responder)
            }
        }
        if !accepted { respond(answer(to: Problem.unavailable, context), context, responder) }
    }

    private func runInPool(
        _ call: Call, _ context: AnswerContext, _ responder: Responder, _ work: @escaping @Sendable () throws -> Void
    ) {
        let accepted = long.submit { _ in
            do {
                try work()
            } catch {
                self.respond(self.answer(to: error, context), context, responder)
            }
        }
        if !accepted { respond(answer(to: Problem.unavailable, context), context, responder) }
    }

    // MARK: Writing

    private func write(
        _ route: Route<Endpoint>, _ call: Call, _ context: AnswerContext, _ responder: Responder,
        _ prepare: @Sendable (Call) throws -> @Sendable (Transaction) throws -> Response
    ) throws {
        var work = try prepare(call)
        if route.endpoint.isIdempotencyKeyed { work = try Idempotency.keyed(call, work) }
        let register = register
        let actor = call.actor
        let perform = work
        let share = call.request.share
        let inDoubt = route.endpoint.writesInDoubt
        let run: @Sendable (Connection) throws -> Response = {
            try register.transact($0, actor, inDoubt: inDoubt, perform)
        }
        let then: @Sendable (Result<Response, any Error>) -> Void = { result in
            // The decoded body waits for the writer, and is counted until then.
            withExtendedLifetime(share) {}
            switch result {
            case .success(let response): self.respond(response, context, responder)
            case .failure(let error): self.respond(self.answer(to: error, context), context, responder)
            }
        }
        if route.endpoint.writesLong {
            register.database.writer.submitAlone(run, then: then)
        } else {
            register.database.writer.submit(run, then: then)
        }
    }

    // MARK: Answering

    func respond(_ response: Response, _ context: AnswerContext, _ responder: Responder) {
        responder.respond(named(response, context))
    }

    /// The answer with the fields that every answer has.
    private func named(_ response: Response, _ context: AnswerContext) -> Response {
        var response = response
        response.add("X-Request-ID", context.requestId)
        response.add("X-Content-Type-Options", "nosniff")
        if !origins.isEmpty { CrossOrigin.mark(&response, context.origin) }
        return response
    }

    /// The one place where errors become answers.
    package func answer(to error: any Error, _ context: AnswerContext) -> Response {
        if let problem = Problem(error, register.composition) {
            return problem.hidingNumbers.response(language: context.language, instance: context.requestId)
        }
        // Only the types of errors, because their values may contain what a person entered.
        logger.error("unforeseen error", metadata: ["request": "\(context.requestId)", "error": "\(type(of: error))"])
        if let error = error as? SQLError {
            logger.error(
                "storage error",
                metadata: ["request": "\(context.requestId)", "error": "\(NumberMask.message("\(error)"))"])
        }
        return Problem(.internalError).response(language: context.language, instance: context.requestId)
    }

    private static func options(_ allow: [Method]) -> Response {
        var response = Response(status: 204)
        response.add("Allow", Problem.allowValue(allow))
        // RFC 5789 3.1: every patch here is a merge patch.
        if allow.contains(.patch) { response.add("Accept-Patch", MediaType.mergePatch.fieldValue) }
        return response
    }
}

/// What an answer needs from its request, whatever happens to it.
package struct AnswerContext: Sendable {
    package let language: Language
    package let requestId: String
    /// Of the page in a browser that may read the answer.
    let origin: String?

    package init(_ head: RequestHead, _ origins: AllowedOrigins = .none) {
        origin = CrossOrigin.origin(head, origins)
        language = Language.preferred(head.string(.acceptLanguage))
        requestId = RequestIdentity.of(head)
    }
}
