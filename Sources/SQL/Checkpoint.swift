// The write-ahead log's size and its checkpoints. When they happen is the writer's choice.

import CSQLite

extension Connection {
    enum CheckpointKind {
        /// Copies what no reader holds back; waits for nobody.
        case passive
        /// Also empties the log; waits for readers, at most this long.
        case truncate(waitMilliseconds: Int32)
    }

    /// Keeps `walPages` and `walCommits` up to date: called after each commit that wrote. SQLite's own hook is off
    /// (`wal_autocheckpoint = 0`), so this one is alone.
    func observeLog() {
        guard role == .writer else { return }
        _ = sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let connection = Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                connection.walPages = Int(pages)
                connection.walCommits += 1
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Runs a checkpoint. False where readers held it back; any other trouble is thrown.
    func checkpoint(_ kind: CheckpointKind) throws -> Bool {
        var logPages: Int32 = 0
        var copiedPages: Int32 = 0
        let code: Int32
        switch kind {
        case .passive:
            code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &logPages, &copiedPages)
        case .truncate(let waitMilliseconds):
            sqlite3_busy_timeout(handle, waitMilliseconds)
            code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, &logPages, &copiedPages)
            sqlite3_busy_timeout(handle, 5000)
        }
        if code & 0xFF == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else { throw failure(code, "checkpoint") }
        if logPages >= 0 {
            walPages = Int(logPages)
        }
        return copiedPages == logPages
    }
}
