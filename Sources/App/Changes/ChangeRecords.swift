// Records as the change feed embeds them: the same JSON as their own address gives, masks and range included.

import Domain
import SQL

enum ChangeRecords {
    typealias View = @Sendable (Identifier, Scope, Connection) throws -> [UInt8]?

    /// The view of each kind of record that has one; nil from a view is a record that is not in the range now.
    private static let views: [Entity: View] = [
        .household: { id, scope, connection in
            guard let head = try HouseholdView.head(id, scope, connection) else { return nil }
            return try HouseholdView.json(head.number, connection)
        },
        .division: DivisionRoutes.json,
    ]

    /// A record as it stands in the connection's snapshot.
    static func json(
        _ entity: Entity, _ id: Identifier, _ scope: Scope, _ connection: Connection
    ) throws -> [UInt8]? {
        guard let view = views[entity] else { return nil }
        return try view(id, scope, connection)
    }
}
