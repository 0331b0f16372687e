// Prepares pieces of records on a thread of its own, one ahead of the writer, so that sealing and writing run side by
// side and no more than two pieces are in memory.

import Dispatch
import Synchronization

/// Some records of a file.
package struct Piece<Record: Sendable>: Sendable {
    package let items: [PreparedItem<Record>]
    /// Records read up to its end, from the file's beginning.
    package let end: Int
    package let share: Double

    var rowCount: Int { items.count }
}

package final class PieceSource<Kind: Importer>: Sendable {
    private struct State {
        var ready: [Result<Piece<Kind.Record>?, any Error>] = []
        var summary: Kind.Summary?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "import-preparing", qos: .utility)
    private let filled = DispatchSemaphore(value: 0)
    /// Created with zero and then raised, because Dispatch ends the program if a semaphore is released while below its
    /// initial value, which would happen if finished pieces were never taken.
    private let free = DispatchSemaphore(value: 0)
    private static var piecesAhead: Int { 2 }

    /// The importer is made on the preparing thread and stays there.
    package init(skipping position: Int, _ make: @escaping @Sendable () throws -> Kind) {
        for _ in 0..<Self.piecesAhead { free.signal() }
        queue.async { [self] in
            do {
                try produce(try make(), position)
            } catch {
                give(.failure(error))
            }
        }
    }

    /// The next piece, waiting for it; nil at the end.
    package func next() throws -> Piece<Kind.Record>? {
        filled.wait()
        let result = state.withLock { $0.ready.removeFirst() }
        free.signal()
        return try result.get()
    }

    /// What the importer knows of the whole file; nil before its end.
    package var summary: Kind.Summary? { state.withLock { $0.summary } }

    /// No further piece will be taken: preparing ends.
    package func abandon() {
        state.withLock { $0.isAbandoned = true }
        free.signal()
    }

    private func produce(_ importer: Kind, _ position: Int) throws {
        var read = 0
        while true {
            free.wait()
            if state.withLock({ $0.isAbandoned }) { return }
            var items: [PreparedItem<Kind.Record>] = []
            while items.count < Kind.recordsPerPiece, let item = try importer.next() {
                read += 1
                if read > position { items.append(item) }
            }
            guard !items.isEmpty else { break }
            give(.success(Piece(items: items, end: read, share: importer.progress)))
        }
        let summary = importer.summary
        state.withLock { $0.summary = summary }
        give(.success(nil))
    }

    private func give(_ result: Result<Piece<Kind.Record>?, any Error>) {
        state.withLock { $0.ready.append(result) }
        filled.signal()
    }
}
