// What a migration leaves to be done once it is committed: the file is rewritten, so that nothing of what was
// overwritten remains in it. A setting says that this is due; it may be done twice, and is never forgotten.

import SQL

enum RewrittenFile {
    /// The setting that says so.
    static let setting = "rewrite-file"

    /// Does what is due. Where there is no room for a second copy, or a reader holds the log, it stays due, and `check`
    /// says so: the register itself is as it should be.
    static func complete(_ database: Database, spool: String) throws {
        guard try database.writer.perform({ try isDue($0) }) else { return }
        // Made before, with what the migration took back; whoever wants them asks for new ones.
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
