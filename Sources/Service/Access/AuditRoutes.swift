// The audit trail, asked for who did something, with which token, to which record, what, and when. Every question walks
// one index in the order of its answer, so that it costs what it shows and not what the trail holds.

import Domain
import HTTP1
import SQL
import Web

package enum AuditRoutes {
    package static let all: [RouteEntry] = [
        (
            .get, "/v1/audit-events",
            Endpoint(access: .roles(.countyAdministrator, .auditor, .province), work: .list(plan))
        )
    ]

    private static let columns =
        [ListColumn("sequence", "e.sequence", .integer), ListColumn("at", "e.at", .instant)]
        + ListColumn.actor("changedBy", id: "e.user_id", name: "u.name") + [
            ListColumn("tokenId", "e.token_id", .identifier), ListColumn("device", "t.device"),
            ListColumn("requestId", "e.request_id"), ListColumn("action", "e.action"), ListColumn("entity", "e.entity"),
            ListColumn("recordId", "e.entity_id", .identifier), ListColumn("before", "e.before", .json),
            ListColumn("after", "e.after", .json),
        ]

    package static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let user = query.value("changedBy", FieldText.identifier)
        let token = query.value("tokenId", FieldText.identifier)
        let record = query.value("recordId", FieldText.identifier)
        let entity = query.string("entity", characters: 1...40)
        let action = query.string("action", characters: 1...40)
        let from = query.value("from", FieldText.date)
        let to = query.value("to", FieldText.date)
        let paging = Paging(&query)
        let isNarrow = user != nil || token != nil || record != nil
        let scope = try call.caller.scope
        let seesAll = try isWhole(scope, connection)
        if !isNarrow {
            // Neither alone has an index, because each would cost every write of the service.
            if seesAll, entity != nil, action == nil { query.report("action", .required) }
            if seesAll, action != nil, entity == nil { query.report("entity", .required) }
            // Otherwise a page would sort all that has ever happened in the area.
            if !seesAll, from == nil {
                query.report(
                    "from", .required, zh: "请填 from，或用 changedBy、tokenId、recordId 指明查询对象：您的区域不是全部",
                    en: "say since when, or name a user, a token or a record (changedBy, tokenId, recordId): your "
                        + "area is not all of the register")
            }
        }
        try query.finish()
        var conditions = ListConditions()
        // The plus keeps an index from being chosen: one is walked, the rest is compared.
        var isFound = false
        func equal(_ column: String, _ value: (any Bindable)?) {
            guard let value else { return }
            conditions.add("\(isFound ? "+" : "")e.\(column) = \(conditions.bind(value))")
            isFound = true
        }
        equal("entity_id", record)
        equal("token_id", token)
        equal("user_id", user)
        let plus = isFound ? "+" : ""
        // Who sees only a part walks the events of the users in it.
        let compared = isNarrow || !seesAll ? "+" : ""
        if let entity { conditions.add("\(compared)e.entity = \(conditions.bind(entity))") }
        if let action { conditions.add("\(compared)e.action = \(conditions.bind(action))") }
        let walked = record == nil ? "" : "+"
        if let from { conditions.add("\(walked)e.at >= \(conditions.bind(Instant(startOf: from)))") }
        if let to { conditions.add("\(walked)e.at < \(conditions.bind(Instant(startOf: to)))") }
        if !seesAll {
            let (first, last) = (conditions.bind(scope.first), conditions.bind(scope.last))
            conditions.add(
                """
                \(plus)e.user_id IN (SELECT w.id FROM user_account w JOIN division d ON d.id = w.division_id
                    WHERE d.area_code >= \(first) AND d.area_last <= \(last))
                """)
        }
        return ListPlan(
            name: "audit-events", columns: columns,
            source: "audit_event e LEFT JOIN user_account u ON u.id = e.user_id LEFT JOIN token t ON t.id = e.token_id",
            countedSource: "audit_event e", conditions: conditions,
            order: record == nil ? ["e.at", "e.sequence"] : ["e.sequence"], descends: true,
            paging: paging)
    }

    /// Whether every village is in the range: then nothing in the trail is about others, not even what the province or
    /// a command on the machine did. Others see what users did whose own range is within theirs (as in /v1/users).
    private static func isWhole(_ scope: Scope, _ connection: Connection) throws -> Bool {
        let village = DivisionLevel.village.rawValue
        for outside in ["area_code < $1", "area_code > $1"] {
            let bound = outside.contains("<") ? scope.first : scope.last
            let found = try connection.first(
                "SELECT 1 FROM division WHERE \(outside) AND level = $2 AND successor_id IS NULL LIMIT 1", bound,
                village
            ) { _ in true }
            if found == true { return false }
        }
        return true
    }
}
