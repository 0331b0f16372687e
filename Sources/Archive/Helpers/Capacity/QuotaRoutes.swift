// The quotas of one cadre over the API: what they may carry on which days, and stating a quota of their own.

import Domain
import HTTP1
import SQL
import Service
import Web

package enum QuotaRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/cadres/{id}/quotas", Endpoint(access: .signedIn, work: .read(show))),
        (
            .post, "/v1/cadres/{id}/quotas",
            Endpoint(
                access: .roles(.countyAdministrator, .townClerk), body: .json, isIdempotencyKeyed: true,
                work: .write(state))
        ),
    ]

    private static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let known = query.value("knownAt", FieldText.instant)
        try query.finish()
        let id = try call.id()
        _ = try CadreTable.rows.version(of: id, call.caller.scope, connection)
        // No tag: parameters change what it shows, and not the cadre's version.
        return .json(200, try QuotaView.json(id, knownAt: known?.milliseconds, connection))
    }

    private static func state(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        let id = try call.id()
        let body = try PersonalQuotaBody(call.document(), call.register.days)
        let scope = try call.caller.scope
        return { transaction in
            try CadreDay.turn(transaction)
            guard let stored = try CadreTable.find(id, transaction.connection), scope.contains(stored.kept.areaCode)
            else { throw Problem(.notFound) }
            transaction.consequences.ask()
            try PersonalQuota.state(body, of: stored, transaction)
            let quotas = try QuotaView.json(id, transaction.connection)
            return .json(200, transaction.consequences.take(in: scope).told(in: quotas))
        }
    }
}
