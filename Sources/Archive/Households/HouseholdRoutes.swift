// The operations on households: one at a time, by id. Lists are in HouseholdList, files in Households/Import.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum HouseholdRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .townClerk)

    package static let all: [RouteEntry] = [
        (.get, "/v1/households", Endpoint(access: .signedIn, work: .list(HouseholdList.plan))),
        (
            .post, "/v1/households",
            Endpoint(
                access: writers, body: .json, isIdempotencyKeyed: true, work: .write { try create($0, pathId: nil) })
        ),
        (.get, "/v1/household-warnings", Endpoint(access: .signedIn, work: .list(HouseholdWarnings.plan))),
        (
            .post, "/v1/households/search",
            Endpoint(access: .signedIn, body: .json, work: .write(HouseholdFinder.find))
        ),
        (.get, "/v1/households/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (
            .put, "/v1/households/{id}",
            Endpoint(access: writers, body: .json, work: .write { try create($0, pathId: $0.id()) })
        ),
        (.patch, "/v1/households/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
        (
            .put, "/v1/households/{id}/splits/{newHouseholdId}",
            Endpoint(access: writers, body: .json, work: .write(split))
        ),
        (.get, "/v1/households/{id}/history", Endpoint(access: .signedIn, work: .list(history))),
        (.put, "/v1/households/{id}/members/{memberId}", Endpoint(access: writers, body: .json, work: .write(join))),
        (
            .patch, "/v1/households/{id}/members/{memberId}",
            Endpoint(access: writers, body: .mergePatch, work: .write(changeMember))
        ),
    ]

    // MARK: Reading

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let day = query.value("on", FieldText.date)
        let known = query.value("knownAt", FieldText.instant)
        let includesLeft = query.boolean("includeLeft") ?? false
        try query.finish()
        guard let head = try HouseholdView.head(call.id(), call.caller.scope, connection) else {
            throw Problem(.notFound)
        }
        guard day != nil || known != nil else {
            guard let body = try HouseholdView.json(head.number, includesLeft: includesLeft, connection) else {
                throw Problem(.notFound)
            }
            return try .record(body, version: head.version, call)
        }
        // What is known now is everything that is recorded, also when the machine's clock went back since.
        let time = ViewTime(day: day ?? call.now.shanghaiDate, knownAt: known?.milliseconds ?? .max)
        guard let body = try HouseholdView.json(head.number, time: time, connection) else { throw Problem(.notFound) }
        return .json(200, body)
    }

    private static func history(_ call: Call, _ connection: Connection) throws -> ListPlan {
        guard try HouseholdView.head(call.id(), call.caller.scope, connection) != nil else { throw Problem(.notFound) }
        return try RecordHistory.plan("household-history", call)
    }

    // MARK: Creating

    private static func create(
        _ call: Call, pathId: Identifier?
    ) throws -> @Sendable (Transaction) throws -> Response {
        let register = call.register
        let document = try call.document()
        let reader = HouseholdBodyReader(
            codes: register.codeLists, today: call.now.shanghaiDate, newId: { register.environment.newId(at: call.now) }
        )
        let (draft, faults) = reader.household(document, id: pathId)
        let checked = try draft.checked(keys: register.keys, today: call.now.shanghaiDate, beside: faults)
        let contentHash = register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            if let replay = try replay(checked.id, contentHash, scope, call, transaction) { return replay }
            let village = try DivisionPlacing.village(checked.villageCode, scope, transaction.connection)
            let group = try HouseholdPlacing.group(checked.groupName, in: village, transaction)
            let state = checked.placed(in: village.id, group: group)
            let household = NewHousehold(
                id: checked.id, state: state, members: checked.members, contentHash: contentHash)
            try household.throwBlocking()
            let found = try HouseholdPlacing.locating(
                checked.members, archiveNumber: state.archiveNumber, areaCode: village.areaCode, scope,
                transaction.connection
            ) { try HouseholdStore.create(household, areaCode: village.areaCode, transaction) }
            let warnings =
                try checked.warnings + found.map { $0.finding(among: checked.members) }
                + HouseholdWarnings.ofFirstDay(checked.id, transaction.connection)
            return try answer(201, checked.id, warnings, scope, call, transaction)
        }
    }

    /// The record as it stands, when the same content was put under the same id before.
    ///
    /// - Throws: 409 when the id was used with other content, or outside the caller's area (without its content).
    private static func replay(
        _ id: Identifier, _ contentHash: [UInt8], _ scope: Scope, _ call: Call, _ transaction: Transaction
    ) throws -> Response? {
        let existing = try transaction.connection.first(
            "SELECT content_hash, area_code FROM household WHERE id = $1", id
        ) { ($0.optionalBlob(0), $0.int64(1)) }
        guard let (hash, areaCode) = existing else { return nil }
        guard hash == contentHash, scope.contains(areaCode) else { throw Problem(.conflictingContent) }
        var response = try answer(200, id, [], scope, call, transaction)
        response.add("Idempotency-Replayed", "true")
        return response
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ warnings: [HouseholdFinding], _ scope: Scope, _ call: Call,
        _ transaction: Transaction, retold: [(member: Identifier?, span: RetoldSpan)] = [],
        helpAt pointer: String = "/villageCode"
    ) throws -> Response {
        // A household may just have moved out of the caller's range: then the caller is told so once, without the
        // record.
        guard let head = try HouseholdView.head(id, scope, transaction.connection),
            let body = try HouseholdView.json(
                head.number, warnings: warnings,
                notes: transaction.endedWith.takeWarnings()
                    + transaction.consequences.take(in: scope).errors(at: pointer),
                retold: try HouseholdPatched.named(retold, transaction.connection), language: call.language,
                transaction.connection)
        else { throw Problem(.notFound) }
        var response = Response.record(status, transaction.endedWith.told(in: body), version: head.version)
        if status == 201 { response.add("Location", "/v1/households/\(id)") }
        return response
    }

    // MARK: Changing

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try HouseholdPatch(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let household = try HouseholdPlacing.visible(id, scope, transaction.connection)
            try VersionTag.require(household.version, call)
            transaction.consequences.ask()
            transaction.endedWith.ask()
            let patched = try patch.write(to: household, scope, transaction)
            let own = patched.findings.filter { $0.memberIndex == nil }
            return try answer(
                200, id, own + HouseholdWarnings.ofFirstDay(id, transaction.connection), scope, call, transaction,
                retold: patched.retold, helpAt: patch.saysVillage ? "/villageCode" : "/to")
        }
    }

    /// Some of its people go into an archive of their own.
    private static func split(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let body = try HouseholdSplitBody(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            if let replay = try replay(body.id, body.contentHash ?? [], scope, call, transaction) { return replay }
            let origin = try HouseholdPlacing.visible(id, scope, transaction.connection)
            let patched = try body.carryOut(from: origin, scope, transaction)
            return try answer(201, body.id, patched.findings, scope, call, transaction, retold: patched.retold)
        }
    }

    private static func join(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let joining = try MemberJoining(call)
        let id = try call.id()
        let scope = try call.caller.scope
        return { transaction in
            let household = try HouseholdPlacing.visible(id, scope, transaction.connection)
            if household.members.contains(where: { $0.state.id == joining.id }) {
                let added = try MemberTable.contentHash(joining.id, household.number, transaction.connection)
                guard added == joining.contentHash else { throw Problem(.conflictingContent) }
                var response = try answer(200, id, [], scope, call, transaction)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            let member = try joining.member(of: household)
            let patched = try MemberPatch.write(
                [ToldMember(member)], household, from: member.joinedOn, scope, transaction)
            try MemberTable.keep(joining.contentHash, of: member.id, household.number, transaction.connection)
            return try answer(201, id, patched.findings, scope, call, transaction)
        }
    }

    private static func changeMember(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try MemberPatch(call)
        let id = try call.id()
        let memberId = try call.id(1)
        let scope = try call.caller.scope
        return { transaction in
            let household = try HouseholdPlacing.visible(id, scope, transaction.connection)
            guard let member = household.members.first(where: { $0.state.id == memberId }) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(household.version, call)
            let base = try ToldMember.unchanged(member, of: household, on: patch.day, transaction)
            let changed = try patch.told(of: base, call.register.keys)
            let others = try NamedMemberPatch.applied(
                patch.others, to: household, on: patch.day, besides: memberId, transaction)
            let patched = try MemberPatch.write(
                [changed] + others, household, from: patch.day, replacesLater: patch.replacesLater, scope, transaction)
            return try answer(
                200, id, patched.findings + HouseholdWarnings.ofFirstDay(id, transaction.connection), scope, call,
                transaction, retold: patched.retold)
        }
    }
}
