// What organizations, cadres and other helpers have in common as rows: a place, a version, the hash of the body that
// made them, and a trail. It deliberately knows nothing of their facts.

import Domain
import HTTP1
import SQL
import Web

/// A table whose rows carry `id`, `version`, `area_code` and `content_hash`.
package struct RecordRows {
    package let table: String
    /// Which rows a caller may see: SQL over their columns, with the first and the last place of a range in `$2` and
    /// `$3`.
    package var seen = "area_code BETWEEN $2 AND $3"

    package init(table: String, seen: String = "area_code BETWEEN $2 AND $3") {
        self.table = table
        self.seen = seen
    }

    /// The version of a record that a caller may see.
    ///
    /// - Throws: 404 if it does not exist or is not the caller's.
    package func version(of id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Int {
        let version = try connection.first(
            "SELECT version FROM \(table) WHERE id = $1 AND \(seen)", id, scope.first, scope.last
        ) { $0.int(0) }
        guard let version else { throw Problem(.notFound) }
        return version
    }

    /// Whether the same content was already put under the same id.
    ///
    /// - Throws: 409 if the id was used with different content, or outside the caller's area (without showing that
    ///   content).
    package func isReplay(
        _ id: Identifier, _ contentHash: [UInt8], _ scope: Scope, _ connection: Connection
    ) throws -> Bool {
        let existing = try connection.first("SELECT content_hash, area_code FROM \(table) WHERE id = $1", id) {
            ($0.optionalBlob(0), $0.int64(1))
        }
        guard let (hash, areaCode) = existing else { return false }
        guard hash == contentHash, scope.contains(areaCode) else { throw Problem(.conflictingContent) }
        return true
    }

    /// What changed in a record, newest first.
    ///
    /// - Parameter name: the list's name.
    package func history(_ name: String, _ call: Call, _ connection: Connection) throws -> ListPlan {
        _ = try version(of: call.id(), call.caller.scope, connection)
        return try RecordHistory.plan(name, call)
    }
}
