// What changed in one record, newest first, according to the audit trail.

import Domain
import SQL
import Web

package enum RecordHistory {
    private static let columns =
        [
            ListColumn("sequence", "e.sequence", .integer),
            ListColumn("at", "e.at", .instant),
        ] + ListColumn.actor("changedBy", id: "e.user_id", name: "u.name") + [
            ListColumn("requestId", "e.request_id"),
            ListColumn("action", "e.action"),
            ListColumn("before", "e.before", .json),
            ListColumn("after", "e.after", .json),
        ]

    /// The history of the record that the call names. The routes check beforehand that the caller may see the record.
    ///
    /// - Parameter name: the list's name.
    package static func plan(_ name: String, _ call: Call) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add("e.entity_id = \(conditions.bind(try call.id()))")
        return ListPlan(
            name: name, columns: columns, source: "audit_event e LEFT JOIN user_account u ON u.id = e.user_id",
            conditions: conditions, order: ["e.sequence"], descends: true, paging: paging)
    }
}
