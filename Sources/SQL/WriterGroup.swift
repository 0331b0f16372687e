// What the writer does on its queue: groups, their commits, and the checkpoints in between.

import Dispatch

extension Writer {
    /// Copies the log into the file every so many pages (8 MB).
    static let checkpointPages = 2000
    /// A log of this many pages (64 MB) is also emptied, though readers may make the writer wait a little.
    static let truncatePages = 16_384
    private static let idleNanoseconds: UInt64 = 1_000_000_000

    private struct Outcome {
        let request: WriterRequest
        let result: Result<@Sendable () -> Void, any Error>
    }

    /// Works until nobody waits.
    func drain() {
        while let kind = nextKind() {
            if kind != .bare, !runFirst() { continue }
            switch kind {
            case .grouped: runGroup()
            case .alone: runAlone()
            case .bare: runBare()
            }
            checkpointIfDue()
        }
        scheduleIdleCheck()
    }

    private func nextKind() -> WriterRequest.Kind? {
        state.withLock { state in
            state.isDraining = state.waiting.count > 0 && !state.hasFailed
            return state.isDraining ? state.waiting.first?.kind : nil
        }
    }

    // MARK: Transactions

    /// - Returns: whether the writer goes on.
    private func runFirst() -> Bool {
        guard let first = first.withLock({ $0 }) else { return true }
        do {
            guard try first.isDue(connection) else { return true }
            try connection.control("BEGIN IMMEDIATE")
            try first.run(connection)
            if let error = connection.storageError { throw error }
            let before = connection.walCommits
            try connection.commit()
            noteCommit(requests: 0, succeeded: 0, hasChanged: connection.walCommits != before, hitDiskFull: false)
        } catch {
            abandon([], error)
        }
        return state.withLock { !$0.hasFailed }
    }

    private func runGroup() {
        guard begin() else { return }
        let start = monotonicNanoseconds()
        var outcomes: [Outcome] = []
        var hitDiskFull = false
        while outcomes.count < Writer.groupRequestsMax, monotonicNanoseconds() - start < Writer.groupNanosecondsMax,
            let request = next({ $0 == .grouped })
        {
            outcomes.append(Outcome(request: request, result: runInSavepoint(request)))
            if connection.storageError == .diskFull, !connection.isAutocommit {
                // Only this request's statement was undone; the others still stand.
                hitDiskFull = true
                connection.storageError = nil
            }
            if connection.isAutocommit || connection.storageError != nil { break }
        }
        if outcomes.isEmpty { return connection.rollBack() }
        finish(outcomes, hitDiskFull: hitDiskFull)
    }

    private func runInSavepoint(_ request: WriterRequest) -> Result<@Sendable () -> Void, any Error> {
        Result {
            try connection.savepoint {
                let tell = try request.work(connection)
                // A request that swallowed a full disk did not do what it says.
                if let error = connection.storageError { throw error }
                return tell
            }
        }
    }

    /// Without a savepoint: it would keep the old form of every page that a long piece touches, in memory.
    private func runAlone() {
        guard begin() else { return }
        guard let request = next({ $0 == .alone }) else { return connection.rollBack() }
        let result = Result {
            let tell = try request.work(connection)
            if let error = connection.storageError { throw error }
            return tell
        }
        if case .failure(let error) = result, connection.storageError == nil {
            connection.rollBack()
            noteFailure(requests: 1, isDiskFull: false)
            return request.fail(error)
        }
        finish([Outcome(request: request, result: result)], hitDiskFull: false)
    }

    private func runBare() {
        guard let request = next({ $0 == .bare }) else { return }
        let result = Result { try request.work(connection) }
        connection.rollBack()
        let error = connection.storageError
        connection.storageError = nil
        if let error, error.isStorageFailure { return fail(error, [request]) }
        switch result {
        case .success(let tell):
            noteCommit(requests: 1, succeeded: 1, hasChanged: true, hitDiskFull: false)
            tell()
        case .failure(let failure):
            noteFailure(requests: 1, isDiskFull: error == .diskFull)
            request.fail(failure)
        }
    }

    /// Takes the write lock before any request is taken from the queue, so that those who wait for it can still be
    /// told that they waited too long.
    private func begin() -> Bool {
        do {
            try connection.control("BEGIN IMMEDIATE")
            return true
        } catch SQLError.busy {
            return false
        } catch {
            let group = next({ $0 != .bare }).map { [$0] } ?? []
            abandon(group, error)
            return false
        }
    }

    /// Commits and answers; nobody of the group is told of success when the commit, or the transaction, is gone.
    private func finish(_ outcomes: [Outcome], hitDiskFull: Bool) {
        let hasChanged: Bool
        do {
            if let error = connection.storageError { throw error }
            guard !connection.isAutocommit else { throw WriterError.transactionLost }
            let before = connection.walCommits
            try connection.commit()
            hasChanged = connection.walCommits != before
        } catch {
            return abandon(outcomes.map(\.request), error)
        }
        let succeeded = outcomes.count { outcome in (try? outcome.result.get()) != nil }
        noteCommit(
            requests: outcomes.count, succeeded: succeeded,
            hasChanged: hasChanged, hitDiskFull: hitDiskFull)
        for outcome in outcomes {
            switch outcome.result {
            case .success(let tell): tell()
            case .failure(let error): outcome.request.fail(error)
            }
        }
    }

    private func abandon(_ group: [WriterRequest], _ error: any Error) {
        let cause = connection.storageError ?? error as? SQLError
        if let cause, cause.isStorageFailure { return fail(cause, group) }
        connection.rollBack()
        connection.storageError = nil
        noteFailure(requests: group.count, isDiskFull: cause == .diskFull)
        for request in group {
            request.fail(cause ?? error)
        }
    }

    // MARK: Checkpoints

    private func checkpointIfDue() {
        let pages = connection.walPages
        let isDue = state.withLock { state in
            if state.hasFailed { return false }
            // The log began again from its start after a complete checkpoint.
            if pages < state.checkpointAtPages - Writer.checkpointPages {
                state.checkpointAtPages = Writer.checkpointPages
            }
            return pages >= state.checkpointAtPages
        }
        guard isDue else { return }
        _ = checkpoint(pages < Writer.truncatePages ? .passive : .truncate(waitMilliseconds: 100))
    }

    /// True where the whole log is copied. A full disk is only noted: the log is still there.
    private func checkpoint(_ kind: Connection.CheckpointKind) -> Bool {
        do {
            let isComplete = try connection.checkpoint(kind)
            let pages = connection.walPages
            state.withLock { state in
                state.statistics.checkpoints += 1
                state.statistics.logPages = pages
                state.checkpointAtPages = pages + Writer.checkpointPages
            }
            return isComplete
        } catch {
            let cause = error as? SQLError
            connection.storageError = nil
            if let cause, cause.isStorageFailure { fail(cause, []) }
            return false
        }
    }

    /// After a second without a commit the log is emptied, so that it does not stay as large as it once was.
    private func scheduleIdleCheck() {
        let mustSchedule = state.withLock { state in
            guard !state.isIdleCheckScheduled, !state.hasFailed, !state.isClosed, connection.walPages > 0 else {
                return false
            }
            state.isIdleCheckScheduled = true
            return true
        }
        guard mustSchedule else { return }
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Writer.idleNanoseconds))) { [weak self] in
            self?.checkpointIfIdle()
        }
    }

    private func checkpointIfIdle() {
        let now = monotonicNanoseconds()
        let isIdle = state.withLock { state in
            state.isIdleCheckScheduled = false
            return !state.hasFailed && !state.isClosed && now - state.lastCommitAt >= Writer.idleNanoseconds
        }
        if isIdle { _ = checkpoint(.truncate(waitMilliseconds: 0)) }
        scheduleIdleCheck()
    }
}
