// The operations on duties: one at a time by id, their list, and the two reports of what is missing.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum DutyRoutes {
    /// The province records only the secretaries of its own levels.
    static let dutyWriters: Access = .roles(.countyAdministrator, .townClerk, .province)

    package static let all: [RouteEntry] = [
        (.get, "/v1/duties", Endpoint(access: .signedIn, work: .list(DutyList.plan))),
        (.get, "/v1/duties/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.put, "/v1/duties/{id}", Endpoint(access: dutyWriters, body: .json, work: .write(create))),
        (.patch, "/v1/duties/{id}", Endpoint(access: dutyWriters, body: .mergePatch, work: .write(change))),
        (.get, "/v1/liaison-gaps", Endpoint(access: .signedIn, work: .list(DutyGaps.liaisons))),
        (
            .get, "/v1/first-secretary-vacancies",
            Endpoint(access: .signedIn, work: .list(DutyGaps.firstSecretaries))
        ),
    ]

    /// As it is now; with `on=` only if it is held on that day, with `knownAt=` as it was recorded then.
    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let id = try call.id()
        guard let duty = try DutyTable.find(id, connection), try call.caller.scope.contains(duty.areaCode) else {
            throw Problem(.notFound)
        }
        guard day != nil || known != nil else {
            guard duty.state != nil else { throw Problem(.notFound) }
            return try .record(try json(id, connection), version: duty.version, call)
        }
        var conditions = ListConditions()
        conditions.add("y.id = \(conditions.bind(id))")
        DutyList.hold(on: day, knownAt: known?.milliseconds, &conditions)
        return .json(200, try DutyList.json(conditions, connection))
    }

    package static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        var conditions = ListConditions()
        conditions.add("y.id = \(conditions.bind(id))")
        DutyList.hold(on: nil, knownAt: nil, &conditions)
        return try DutyList.json(conditions, connection)
    }

    /// The duty if it is in a range; nil if it is not, or was withdrawn.
    package static func json(_ id: Identifier, _ scope: Scope, _ connection: Connection) throws -> [UInt8]? {
        guard let duty = try DutyTable.find(id, connection), duty.state != nil, scope.contains(duty.areaCode) else {
            return nil
        }
        return try json(id, connection)
    }

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let reader = DutyBodyReader(codes: call.register.codeLists, today: call.now.shanghaiDate)
        let draft = try reader.duty(document, id: id)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let caller = try call.caller
        try checkRole(draft.kind, caller)
        return { transaction in
            let connection = transaction.connection
            if let existing = try DutyTable.find(id, connection) {
                guard existing.contentHash == contentHash, existing.state != nil,
                    caller.scope.contains(existing.areaCode)
                else { throw Problem(.conflictingContent) }
                var response = try answer(200, id, existing.version, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let state = try place(draft, caller.scope, connection)
            try DutyStore.create(id, state, contentHash: contentHash, caller.scope, transaction)
            return try answer(201, id, 1, connection)
        }
    }

    /// - Throws: 422 with everything about the duty that contradicts the register.
    package static func place(_ draft: DutyDraft, _ scope: Scope, _ connection: Connection) throws -> DutyState {
        var placing = DutyPlacing(scope, connection)
        var village: Identifier?
        if let code = draft.areaCode { village = try placing.division(code, for: draft.kind)?.id }
        if village == nil, draft.areaCode == nil, let team = draft.teamId {
            village = try placing.team(team)?.divisionId
        }
        if let village {
            let state = draft.placed(in: village)
            try placing.check(state, over: nil)
            try placing.finish()
            return state
        }
        // Without a division the rest is still checked, so that a form shows all errors.
        if placing.errors.isEmpty { placing.report(DutyShape.required("/teamId")) }
        for error in DutyShape.errors(draft.placed(in: Identifier(high: 0, low: 0)))
        where !placing.errors.contains(error) {
            placing.report(error)
        }
        throw InvalidBody(errors: placing.errors)
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let patch = try DutyPatch(call)
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            let (duty, state) = try DutyStore.visible(id, caller.scope, connection)
            try checkRole(state.kind, caller)
            try VersionTag.require(duty.version, call)
            if patch.isWithdrawal {
                let last = try json(id, connection)
                try DutyStore.withdraw(duty, transaction)
                return .json(200, last)
            }
            let changed = try patch.applied(to: state, caller.scope, connection)
            let isDifferent = try DutyStore.change(duty, to: changed, caller.scope, transaction)
            return try answer(200, id, duty.version + (isDifferent ? 1 : 0), connection)
        }
    }

    private static func checkRole(_ kind: DutyKind, _ caller: Caller) throws {
        guard caller.role != .province || kind == .partySecretary else {
            throw Problem.forbidden(
                zh: "省级平台（province）只登记书记，其他职责由县级管理员和乡镇经办人登记",
                en:
                    "the province records party secretaries only; county administrators and town clerks record the rest"
            )
        }
    }

    private static func answer(_ status: Int, _ id: Identifier, _ version: Int, _ connection: Connection) throws
        -> Response
    {
        var response = Response.record(status, try json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/duties/\(id)") }
        return response
    }
}
