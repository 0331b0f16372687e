// A partner's ids for our records: setting many at once, and listing those in the caller's area.

import Domain
import HTTP1
import SQL
import Web

package enum PartnerIdRoutes {
    /// Records of one request.
    private static let idsCount = 1...1_000

    package static let all: [RouteEntry] = [
        (.get, "/v1/partners/{id}/ids", Endpoint(access: .signedIn, work: .list(plan))),
        (
            .put, "/v1/partners/{id}/ids",
            Endpoint(access: .roles(.countyAdministrator, .province), body: .json, work: .write(put))
        ),
    ]

    private static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let entity: PartnerEntity = query.value("entity", placeholder: .household, FieldText.word)
        let theirId = query.string("partnerId", characters: 1...100).map(WrittenForm.key)
        let paging = Paging(&query)
        try query.finish()
        let partner = try call.id()
        try PartnerStore.require(partner, connection)
        var conditions = ListConditions()
        conditions.add("p.partner_id = \(conditions.bind(partner)) AND p.entity = \(conditions.bind(entity.rawValue))")
        if let theirId { conditions.add("p.their_id = \(conditions.bind(theirId))") }
        conditions.add(try call.caller.scope, on: "x.area_code")
        return ListPlan(
            name: "partner-ids",
            columns: [
                ListColumn("entity", "p.entity"), ListColumn("id", "p.entity_id", .identifier),
                ListColumn("partnerId", "p.their_id"),
            ],
            source: "partner_id p JOIN \(entity.source) x ON x.id = p.entity_id", conditions: conditions,
            order: ["p.their_id"], paging: paging)
    }

    private struct Named: Sendable {
        let id: Identifier
        /// Nil to remove it.
        let theirId: String?
    }

    /// Sets the partner's ids of the named records; others keep theirs.
    private static func put(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let partner = try call.id()
        let scope = try call.caller.scope
        var body = ObjectReader(try call.document().root)
        let entity = body.value("entity", placeholder: PartnerEntity.household, FieldText.word)
        let named = body.array("ids", count: idsCount) { item in
            Named(
                id: item.value("id", placeholder: Identifier(high: 0, low: 0), FieldText.identifier),
                theirId: item.optionalKey("partnerId", characters: 1...100))
        }
        var ours: Set<Identifier> = []
        var theirs: Set<String> = []
        for (index, item) in named.enumerated() {
            let isNew = ours.insert(item.id).inserted
            if !isNew || !(item.theirId.map { theirs.insert($0).inserted } ?? true) {
                body.report("/ids/\(index)", .repeated)
            }
        }
        try body.finish()
        return { transaction in
            let connection = transaction.connection
            try PartnerStore.require(partner, connection)
            try checkRecords(named, entity, scope, connection)
            for item in named { try PartnerStore.unlink(entity, item.id, partner, connection) }
            var taken: [FieldError] = []
            for (index, item) in named.enumerated() {
                guard let theirId = item.theirId else { continue }
                guard try PartnerStore.ours(of: theirId, entity, partner, connection) == nil else {
                    taken.append(FieldError(pointer: "/ids/\(index)/partnerId", .partnerIdTaken))
                    continue
                }
                try PartnerStore.link(theirId, entity, item.id, partner, connection)
            }
            guard taken.isEmpty else { throw Problem(.conflict, errors: taken) }
            let content = json(entity, named)
            try transaction.audit("map-ids", .partner, partner, after: content)
            return .json(200, content)
        }
    }

    /// - Throws: 422 for every record that does not exist or is not the caller's.
    private static func checkRecords(
        _ named: [Named], _ entity: PartnerEntity, _ scope: Scope, _ connection: Connection
    ) throws {
        var errors: [FieldError] = []
        for (index, item) in named.enumerated() {
            let isThere = try connection.first(
                "SELECT 1 FROM \(entity.source) x WHERE x.id = $1 AND x.area_code BETWEEN $2 AND $3", item.id,
                scope.first, scope.last
            ) { _ in true }
            guard isThere != true else { continue }
            errors.append(FieldError(pointer: "/ids/\(index)/id", .unknownRecord))
        }
        if !errors.isEmpty { throw InvalidBody(errors: errors) }
    }

    private static func json(_ entity: PartnerEntity, _ named: [Named]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("entity")
            json.string(entity.rawValue)
            json.key("ids")
            json.array { json in
                for item in named {
                    json.object { json in
                        json.key("id")
                        json.string(item.id.description)
                        json.key("partnerId")
                        if let theirId = item.theirId { json.string(theirId) } else { json.null() }
                    }
                }
            }
        }
        return json.take()
    }
}
