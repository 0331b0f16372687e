// Places in the change feed, and the cursors that carry them to followers and back. A cursor belongs to one user with
// one range: filtered by another range, the changes after it would not lead to a correct copy.

import Domain
import SQL
import Web

/// A place in the feed: everything up to and including this change has been sent.
package struct ChangePlace: Sendable, Hashable {
    /// 0 before the first change.
    package let sequence: Int64
    /// Milliseconds UTC of that change. A register restored from a backup gives out numbers again, and the time tells
    /// them apart.
    package let at: Int64
}

enum ChangeCursor {
    private static let list = "changes"

    /// The cursor with which a caller continues after a place.
    static func make(_ place: ChangePlace, _ caller: Caller, _ sealer: CursorSealer) -> String {
        sealer.seal(
            [
                .integer(place.sequence), .integer(place.at), .bytes(caller.userId.bytes), .text(caller.role.rawValue),
                .integer(caller.scope.first), .integer(caller.scope.last),
            ], list: list, filter: "")
    }

    /// The cursor after everything in a connection's snapshot: for exports, which state where a follower continues.
    static func end(_ caller: Caller, _ sealer: CursorSealer, _ connection: Connection) throws -> String {
        make(try ChangeFeed.end(connection), caller, sealer)
    }

    /// The place of a cursor.
    ///
    /// - Throws: 400 for a cursor that was not made here or belongs to another user, 410 if the caller's range is no
    ///   longer the one it was made for.
    static func open(_ text: String, _ caller: Caller, _ sealer: CursorSealer) throws -> ChangePlace {
        let parts = try sealer.open(text, list: list, filter: "")
        guard parts.count == 6, case .integer(let sequence) = parts[0], case .integer(let at) = parts[1],
            case .bytes(let user) = parts[2], case .text(let role) = parts[3], case .integer(let first) = parts[4],
            case .integer(let last) = parts[5]
        else { throw Problem(.invalidCursor) }
        guard user == Array(caller.userId.bytes) else { throw ChangeProblems.problem(ChangeProblems.foreignCursor) }
        guard role == caller.role.rawValue, Scope(first: first, last: last) == caller.scope else {
            throw ChangeProblems.problem(ChangeProblems.rangeChanged)
        }
        return ChangePlace(sequence: sequence, at: at)
    }
}
