// What a migration leaves to be done after its commit: rewriting the file, so that no overwritten data remains in it. A
// setting says that this is due, so it is never forgotten; doing it twice does no harm.

import SQL

enum RewrittenFile {
    /// The setting that says so.
    static let setting = "rewrite-file"

    /// Does what is due. If there is no room for a second copy, or a reader holds the log, it stays due and `check`
    /// reports it; the register itself is in order.
    static func complete(_ database: Database, spool: String) throws {
        guard try database.writer.perform({ try isDue($0) }) else { return }
        // These files were made before the migration, with what it removed; users can order new ones.
        Files.removeAll(in: spool, prefix: ExportStore.filePrefix)
        do {
            guard try database.rewriteFile() else { return }
        } catch SQLError.diskFull {
            return
        }
        try database.writer.perform { connection in
            try connection.run("DELETE FROM setting WHERE key = $1", setting)
        }
    }

    static func isDue(_ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM setting WHERE key = $1", setting) { _ in true } ?? false
    }
}
