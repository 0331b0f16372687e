// How long changes are kept. Only the feed is pruned: records, their history and the audit trail stay for good.

import SQL

package enum ChangeRetention {
    /// Rows removed in one piece: this takes some milliseconds of the writer's time.
    private static let rowsOfPiece = 2_000

    /// The sequence of the last change that was removed; 0 while none was.
    static func prunedThrough(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT pruned_through FROM change_retention") { $0.int64(0) } ?? 0
    }

    /// Removes one piece of what is too old to keep.
    ///
    /// It stops at the first change that is kept: the clock may have gone back, and a feed with holes would skip.
    /// - Returns: true when there may be more to remove.
    package static func prune(_ transaction: Transaction) throws -> Bool {
        let connection = transaction.connection
        let days = try connection.first("SELECT days FROM change_retention") { $0.int64(0) } ?? 400
        let keptSince = transaction.now.milliseconds - days * 86_400_000
        let oldest = try connection.query(
            "SELECT sequence, at FROM change ORDER BY sequence LIMIT $1", rowsOfPiece
        ) { ($0.int64(0), $0.int64(1)) }
        let past = oldest.prefix { $0.1 < keptSince }
        guard let last = past.last?.0 else { return false }
        try connection.run("DELETE FROM change WHERE sequence <= $1", last)
        try connection.run("UPDATE change_retention SET pruned_through = $1", last)
        return past.count == rowsOfPiece
    }

    /// Removes everything that is too old, piece by piece, so that other writes can run in between.
    ///
    /// - Throws: `WriterError`, `SQLError`; what was removed before stays removed.
    static func pruneAll(_ register: Register) throws {
        while try register.perform({ try prune($0) }) {}
    }
}
