// Finding a cadre by a phone or identity number that somebody names at the desk; also one who has ended.

import Domain
import HTTP1
import SQL
import Service
import Web

enum CadreFinder {
    static func find(_ call: Call) throws -> @Sendable (Transaction) throws -> Response {
        try Query(call.request.head.query).finished()
        var body = ObjectReader(try call.document().root)
        let numbers = NumberSearch.read(&body, on: call.now.shanghaiDate, call.register.keys)
        if body.isValid, numbers.count != 1 {
            body.report(
                "", numbers.isEmpty ? .tooFew : .onlyOne, zh: "identityNumber、phone 填一项",
                en: "one of identityNumber and phone")
        }
        try body.finish()
        let caller = try call.caller
        return { transaction in
            let connection = transaction.connection
            guard let number = numbers.first else { throw Problem(.notFound) }
            try NumberSearch.requireRight(caller.userId, connection)
            let answer = try NumberSearch.answer(plan(number, caller.scope), connection)
            try number.audit(answer.found, of: .cadre, by: caller.userId, transaction)
            return answer.response
        }
    }

    private static func plan(_ number: NumberSearch, _ scope: Scope) -> ListPlan {
        var conditions = ListConditions()
        let column = number.field == .phone ? "phone_hash" : "identity_hash"
        let found = "SELECT id FROM cadre WHERE \(column) = \(conditions.bind(number.hash))"
        // Two walks, because the living are in a unique index and the others in one beside it.
        conditions.add("c.id IN (\(found) AND ended_on IS NULL UNION ALL \(found) AND ended_on IS NOT NULL)")
        conditions.add(scope, on: "c.area_code")
        return ListPlan(
            name: "found-cadres", columns: CadreView.columns, source: CadreView.source, conditions: conditions,
            order: ["(c.ended_on IS NOT NULL)", "c.area_code", "c.id"], paging: .first)
    }
}
