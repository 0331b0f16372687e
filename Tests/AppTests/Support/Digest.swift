// What a database holds, in a form that two moments can be compared by: a refusal must not have changed a row.

import Crypto

@testable import SQL
@testable import Service

enum Digest {
    /// For each table the hash of all its rows, search index included.
    static func tables(_ connection: Connection) throws -> [String: String] {
        let names = try connection.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ) { $0.text(0) }
        var digests: [String: String] = [:]
        for name in names {
            var hash = SHA256()
            var rows = 0
            // The engine puts a row into words many times faster than a debug build does.
            let columns = try connection.query("SELECT name FROM pragma_table_info('\(name)')") { $0.text(0) }
            let words = columns.map { "quote(\"\($0)\")" }.joined(separator: " || '|' || ")
            try connection.forEach("SELECT \(words) FROM \"\(name)\"") { row in
                rows += 1
                hash.update(data: Array(row.text(0).utf8))
            }
            digests[name] = "\(rows) rows " + Hex.text(Array(hash.finalize().prefix(8)))
        }
        return digests
    }
}
