// The operations on change proposals (R031). What the archive says now is a part of one: its tag changes with it, and
// a decision names the proposal's version.

import Archive
import Domain
import HTTP1
import SQL
import Service
import Web

package enum ProposalRoutes {
    /// The roles that may propose what they have seen.
    package static let writers: Access = .roles(.countyAdministrator, .townClerk, .villageWorker, .tablet)
    private static let deciders: Set<Role> = [.countyAdministrator, .townClerk]

    package static let all: [RouteEntry] = [
        (.get, "/v1/change-proposals", Endpoint(access: .signedIn, work: .list(ProposalView.plan))),
        (.get, "/v1/change-proposals/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/change-proposals/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/change-proposals/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(decide))),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let id = try call.id()
        let version = try ProposalTable.rows.version(of: id, call.caller.scope, connection)
        return try .record(try ProposalView.json(id, connection), version: version, call)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        var body = ObjectReader(document.root)
        body.checkId(id)
        let householdId = body.value(
            "householdId", placeholder: Identifier(high: 0, low: 0), FieldText.identifier)
        let visitId = body.optionalValue("visitId", FieldText.identifier)
        let today = call.now.shanghaiDate
        let draft = ProposalDraft(&body, id: id, call.register.codeLists, seenOn: today, today: today)
        try body.finish()
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let caller = try call.caller
        let scope = caller.scope
        return { transaction in
            let connection = transaction.connection
            if try ProposalTable.rows.isReplay(id, contentHash, scope, connection) {
                var response = try answer(200, id, scope, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            guard let household = try HouseholdView.head(householdId, scope, connection) else {
                throw Problem.field("/householdId", .unknownHousehold)
            }
            let seenOn = try visitId.map { try day(ofVisit: $0, to: household.number, connection) } ?? nil
            let new = try ProposalStore.place(
                draft, household, householdId, visit: visitId, seenOn: seenOn ?? transaction.today,
                recordedBy: caller.userId, connection)
            let isOfEnd = draft.fields.contains { $0.name == ArchiveField.end }
            if !isOfEnd, try EndedHousehold.has(household.number, endedBy: draft.happenedOn ?? new.seenOn, connection) {
                throw Problem(.householdEnded)
            }
            try ProposalStore.create(new, contentHash: contentHash, transaction)
            return try answer(201, id, scope, connection)
        }
    }

    /// The day for which a visit counts.
    ///
    /// - Throws: 422 for a visit that is not there, or was to another household.
    private static func day(
        ofVisit id: Identifier, to household: Int64, _ connection: Connection
    ) throws -> CivilDate? {
        let found = try connection.first(
            "SELECT counted_on FROM visit WHERE id = $1 AND household_number = $2", id, household
        ) { try $0.optionalDate(0) }
        guard let found else {
            throw Problem.field("/visitId", .unknownVisit, zh: "该户没有这条走访记录", en: "the household has no such visit")
        }
        return found
    }

    private static func decide(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let decisions = try ProposalDecisions(call)
        let caller = try call.caller
        guard decisions.isWithdrawal || deciders.contains(caller.role) else { throw Problem.forbidden(to: deciders) }
        return { transaction in
            let connection = transaction.connection
            guard let stored = try ProposalTable.find(id, connection), caller.scope.contains(stored.areaCode) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            guard !decisions.isWithdrawal else {
                try ProposalStore.withdraw(stored, reason: decisions.reason, transaction)
                return try answer(200, id, caller.scope, connection)
            }
            transaction.consequences.ask()
            transaction.endedWith.ask()
            let (retold, settled) = try decisions.carryOut(stored, caller.scope, transaction)
            return try answer(200, id, caller.scope, connection) { body in
                let told = try HouseholdPatched.told(
                    retold, in: Self.telling(transaction.endedWith.takeWarnings(), in: body, call.language), connection)
                return try transaction.tellingConsequences(
                    in: transaction.endedWith.told(in: told, except: settled), caller.scope)
            }
        }
    }

    /// Adds what should be looked at, as `warnings`; nothing where there is none.
    ///
    /// - Parameter body: a JSON object with members.
    private static func telling(_ warnings: [FieldError], in body: [UInt8], _ language: Language) -> [UInt8] {
        guard !warnings.isEmpty else { return body }
        var json = JSONWriter(reserve: 256)
        json.array { json in for warning in warnings { warning.write(into: &json, language) } }
        return body.dropLast() + Array(",\"warnings\":".utf8) + json.take() + [UInt8(ascii: "}")]
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ scope: Scope, _ connection: Connection,
        telling: ([UInt8]) throws -> [UInt8] = { $0 }
    ) throws -> Response {
        let version = try ProposalTable.rows.version(of: id, scope, connection)
        var response = Response.record(status, try telling(ProposalView.json(id, connection)), version: version)
        if status == 201 { response.add("Location", "/v1/change-proposals/\(id)") }
        return response
    }
}
