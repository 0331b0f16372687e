// Imports and exports; they are shown to users who may see all of the range for which they were ordered.

import Domain
import HTTP1
import SQL
import Web

/// What users have ordered, as a list and individually.
struct OrderedWork: Sendable {
    /// Of the list.
    let name: String
    let columns: [ListColumn]
    /// Tables, with the work's own under `alias`: it has `area_code` and `area_last`.
    let source: String
    let alias: String

    @Sendable
    func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let paging = Paging(&query)
        try query.finish()
        return ListPlan(
            name: name, columns: columns, source: source, conditions: try visible(call),
            order: ["\(alias).created_at", "\(alias).id"], descends: true, paging: paging)
    }

    @Sendable
    func show(_ call: Call, _ connection: Connection) throws -> Response {
        try Query(call.request.head.query).finished()
        return .json(200, try json(call.id(), call, connection))
    }

    /// - Throws: 404 if it does not exist, or was ordered for more than the caller may see.
    func json(_ id: Identifier, _ call: Call, _ connection: Connection) throws -> [UInt8] {
        var conditions = try visible(call)
        conditions.add("\(alias).id = \(conditions.bind(id))")
        var json = JSONWriter()
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source)
            WHERE \(conditions.clauses.joined(separator: " AND "))
            """, values: conditions.values
        ) { ListAnswer.write($0, columns, &json) }
        guard json.byteCount > 0 else { throw Problem(.notFound) }
        return json.take()
    }

    private func visible(_ call: Call) throws -> ListConditions {
        var conditions = ListConditions()
        let scope = try call.caller.scope
        conditions.add(
            "\(alias).area_code >= \(conditions.bind(scope.first)) "
                + "AND \(alias).area_last <= \(conditions.bind(scope.last))")
        return conditions
    }
}
