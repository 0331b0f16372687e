// How a connection is set up, and the reading back that proves it: a pragma that SQLite does not take says nothing.

import CSQLite

extension Connection {
    /// The settings of a role: the pragma, what is set, what must be read back.
    ///
    /// `wal_autocheckpoint` is 0 because only the writer checkpoints, and when it chooses: SQLite up to 3.51.2 can
    /// lose rows when two connections write or checkpoint at once. `secure_delete` overwrites erased people's data.
    private static func pragmas(_ role: Role) -> [(name: String, value: String, readBack: String)] {
        let both = [
            ("trusted_schema", "OFF", "0"),
            ("temp_store", "MEMORY", "2"),
            ("mmap_size", "0", "0"),
            ("wal_autocheckpoint", "0", "0"),
            ("foreign_keys", "ON", "1"),
        ]
        switch role {
        case .writer:
            // The busy timeout stands first: the change to WAL itself may have to wait.
            return [("busy_timeout", "5000", "5000"), ("journal_mode", "WAL", "wal")] + both + [
                ("synchronous", "FULL", "2"),
                ("secure_delete", "ON", "1"),
                ("journal_size_limit", "67108864", "67108864"),
                ("cache_size", "-65536", "-65536"),
            ]
        case .copy:
            // The file is synced once, when it is whole; until then it has no name that counts.
            return both + [("synchronous", "OFF", "0"), ("cache_size", "-16384", "-16384")]
        case .reader:
            // In WAL a reader waits for nobody but a recovery, and a loop must not stand still for long.
            return [("busy_timeout", "250", "250")] + both + [
                ("query_only", "ON", "1"),
                ("cache_size", "-16384", "-16384"),
            ]
        }
    }

    private static func switches(_ role: Role) -> [(name: String, option: Int32, value: Int32)] {
        [
            ("defensive", Int32(SQLITE_DBCONFIG_DEFENSIVE), 1),
            ("double-quoted strings in queries", Int32(SQLITE_DBCONFIG_DQS_DML), 0),
            ("double-quoted strings in schemas", Int32(SQLITE_DBCONFIG_DQS_DDL), 0),
            // A reader that happens to close last must not checkpoint: that is the writer's alone.
            ("no checkpoint on close", Int32(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE), role == .reader ? 1 : 0),
        ]
    }

    func configure() throws {
        for item in Connection.switches(role) {
            jiedui_sqlite3_db_config_flag(handle, item.option, item.value)
        }
        for item in Connection.pragmas(role) {
            try run("PRAGMA \(item.name) = \(item.value)")
        }
        let faults = try configurationFaults()
        guard faults.isEmpty else { throw SQLError.misuse(faults.joined(separator: "; ")) }
    }

    /// The settings that are not as they must be, in words; empty when all are. Asked at every opening.
    public func configurationFaults() throws -> [String] {
        var faults: [String] = []
        for item in Connection.pragmas(role) {
            // The name goes into the text, as a pragma takes no parameters; it comes from the table above.
            let found = try first("PRAGMA \(item.name)") { row in
                switch row.value(0) {
                case .integer(let number): String(number)
                case .text(let text): text
                default: ""
                }
            }
            if found != item.readBack {
                faults.append("\(item.name) is \(found ?? "unknown"), not \(item.readBack)")
            }
        }
        for item in Connection.switches(role) {
            let found = jiedui_sqlite3_db_config_read(handle, item.option)
            if found != item.value {
                faults.append("\(item.name) is \(found), not \(item.value)")
            }
        }
        if role == .reader, sqlite3_db_readonly(handle, "main") != 1 {
            faults.append("a reader is open for writing")
        }
        return faults
    }

    /// Closing keeps the log as it is. After a failed sync the kernel may hold the lost pages as clean; a checkpoint
    /// would then "succeed" on them.
    func keepLogOnClose() {
        jiedui_sqlite3_db_config_flag(handle, Int32(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE), 1)
    }
}
