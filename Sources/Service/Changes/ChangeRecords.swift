// Records as the change feed embeds them: the same JSON as their own address returns, with the same masks and range.
// Records without an address of their own are only named.

import Domain
import SQL
import Web

package struct ChangeRecords: Sendable {
    package let register: Register
    package let scope: Scope
    package let today: CivilDate

    /// A record as it is in the connection's snapshot; nil if it is not in the range now, or has no address of its own.
    package func json(_ entity: Entity, _ id: Identifier, _ connection: Connection) throws -> [UInt8]? {
        do {
            return try register.composition.record(entity)?.json(id, self, connection)
        } catch let problem as Problem where problem.kind == .notFound {
            // Some views throw for records that they do not show.
            return nil
        }
    }

    /// Whether a record is in the range.
    package func contains(_ table: String, _ id: Identifier, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT area_code FROM \(table) WHERE id = $1", id) { scope.contains($0.int64(0)) }
            ?? false
    }
}
