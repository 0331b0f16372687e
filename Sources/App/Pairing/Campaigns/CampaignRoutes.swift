// The operations on campaigns (R051). Whoever may lay down policy may begin one.

import Domain
import HTTP1
import SQL
import Web

enum CampaignRoutes {
    private static let writers: Access = .roles(.countyAdministrator, .province)

    static let all: [RouteEntry] = [
        (.get, "/v1/campaigns", Endpoint(access: .signedIn, work: .list(plan))),
        (.get, "/v1/campaigns/{id}", Endpoint(access: .signedIn, work: .read(show))),
        (.get, "/v1/campaigns/{id}/coverage", Endpoint(access: .signedIn, work: .read(coverage))),
        (.put, "/v1/campaigns/{id}", Endpoint(access: writers, body: .json, work: .write(create))),
        (.patch, "/v1/campaigns/{id}", Endpoint(access: writers, body: .mergePatch, work: .write(change))),
    ]

    // MARK: Reading

    private static let columns = [
        ListColumn("id", "c.id", .identifier), ListColumn("version", "c.version", .integer),
        ListColumn("name", "c.name"), ListColumn("areaCode", "d.code", .areaCode), ListColumn("areaName", "d.name"),
        ListColumn("from", "c.first_on"), ListColumn("to", "c.end_on"),
        ListColumn("createdAt", "c.created_at", .instant),
    ]

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date)
        let paging = Paging(&query)
        try query.finish()
        let scope = try AreaFilter.scope(area, call.caller.scope, connection)
        var conditions = ListConditions()
        if scope.first > scope.last { conditions.add("1 = 0") }
        conditions.add("d.area_code <= \(conditions.bind(scope.last))")
        conditions.add("d.area_last >= \(conditions.bind(scope.first))")
        if let day {
            let day = conditions.bind(day)
            conditions.add("c.first_on <= \(day) AND (c.end_on IS NULL OR c.end_on > \(day))")
        }
        return ListPlan(
            name: "campaigns", columns: columns, source: "campaign c JOIN division d ON d.id = c.division_id",
            conditions: conditions, order: ["c.first_on", "c.id"], descends: true, paging: paging)
    }

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let campaign = try visible(call, connection)
        return try .record(try json(campaign.id, connection), version: campaign.version, call)
    }

    /// Coverage of the campaign's area, as far as the caller sees it: on its last day, or today while it goes on.
    private static func coverage(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        let campaign = try visible(call, connection)
        guard let division = try DivisionStore.find(campaign.divisionId, connection) else { throw Problem(.notFound) }
        let kept = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        let day = campaign.end.map { min($0.adding(days: -1), kept) } ?? kept
        let scope = try division.scope.intersection(call.caller.scope)
        let coverage = try Coverage(in: scope, on: day == kept ? nil : day, connection)
        return .json(200, CoverageRoutes.json(coverage, nil, day))
    }

    /// - Throws: 404 for a campaign that is not there or does not concern the caller.
    static func visible(_ call: Call, _ connection: Connection) throws -> Campaign {
        guard let campaign = try CampaignStore.find(call.id(), connection),
            try CampaignStore.isVisible(campaign, call.caller.scope, connection)
        else { throw Problem(.notFound) }
        return campaign
    }

    /// The campaign with what it stated, as it was stated.
    static func json(_ id: Identifier, _ connection: Connection) throws -> [UInt8] {
        guard let campaign = try CampaignStore.find(id, connection),
            let division = try DivisionStore.find(campaign.divisionId, connection)
        else { throw Problem(.notFound) }
        let parameters = try CampaignStore.parameters(id, connection)
        let quotas = parameters.filter { CampaignDraft.quotaRank($0.key) != nil }
        var json = JSONWriter(reserve: 512)
        json.object { json in
            json.key("id")
            json.string(campaign.id.description)
            json.key("version")
            json.integer(campaign.version)
            json.key("name")
            json.string(campaign.name)
            json.key("areaCode")
            json.areaCode(division.code.value)
            json.key("areaName")
            json.string(division.name)
            json.key("from")
            json.string(campaign.first.description)
            if let end = campaign.end {
                json.key("to")
                json.string(end.description)
            }
            write("quotas", quotas.map { (CampaignDraft.quotaRank($0.key) ?? $0.key, $0.value) }, &json)
            write(
                "parameters", parameters.filter { CampaignDraft.quotaRank($0.key) == nil }.map { ($0.key, $0.value) },
                &json)
            json.key("parameterIds")
            json.array { json in for stated in parameters { json.string(stated.parameterId.description) } }
            json.key("createdAt")
            json.string(Instant(milliseconds: campaign.createdAt).description)
        }
        return json.take()
    }

    private static func write(_ name: StaticString, _ members: [(String, String)], _ json: inout JSONWriter) {
        json.key(name)
        json.object { json in
            for (name, value) in members {
                json.key(data: name)
                json.raw(value.utf8)
            }
        }
    }

    // MARK: Writing

    private static func create(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let document = try call.document()
        let draft = try CampaignDraft(document, id: id, call.register.days)
        let contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let scope = try call.caller.scope
        return { transaction in
            let connection = transaction.connection
            if let existing = try CampaignStore.find(id, connection) {
                guard try CampaignStore.contentHash(id, connection) == contentHash,
                    try isWritable(existing, scope, connection)
                else { throw Problem(.conflictingContent) }
                var response = try answer(200, existing.id, existing.version, connection)
                response.add("Idempotency-Replayed", "true")
                return response
            }
            guard let division = try ParameterArea.writable(draft.area, scope, connection) else {
                throw Problem.forbidden(
                    zh: "活动须属于一个地区，且整个地区在您的范围内", en: "a campaign has an area, and all of it must be in yours")
            }
            try CampaignStore.create(id, draft, in: division, contentHash: contentHash, transaction)
            return try answer(201, id, 1, connection)
        }
    }

    private static func change(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let patch = try CampaignPatch(call)
        let scope = try call.caller.scope
        let id = try call.id()
        return { transaction in
            let connection = transaction.connection
            guard let stored = try CampaignStore.find(id, connection), try isWritable(stored, scope, connection) else {
                throw Problem(.notFound)
            }
            try VersionTag.require(stored.version, call)
            let campaign = try patch.applied(to: stored)
            try CampaignStore.change(stored, to: campaign, transaction)
            return try answer(200, id, stored.version + (campaign == stored ? 0 : 1), connection)
        }
    }

    private static func isWritable(_ campaign: Campaign, _ scope: Scope, _ connection: Connection) throws -> Bool {
        try DivisionStore.find(campaign.divisionId, connection).map { scope.contains($0.scope) } ?? false
    }

    private static func answer(
        _ status: Int, _ id: Identifier, _ version: Int, _ connection: Connection
    ) throws -> Response {
        var response = Response.record(status, try json(id, connection), version: version)
        if status == 201 { response.add("Location", "/v1/campaigns/\(id)") }
        return response
    }
}
