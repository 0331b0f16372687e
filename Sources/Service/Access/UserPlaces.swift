// Where a user has and had rights (Appendix B): a tablet records something while it has a right, and may have a
// different one when its records arrive. Rights to read and write now are decided by the caller's range alone.

import Domain
import SQL

/// The places that a user has had, as they are in the current tree.
package struct UserPlaces {
    private struct Place {
        let from: Int64
        let to: Int64?
        let scope: Scope
    }

    private var places: [Place] = []

    package static func of(_ user: Identifier, _ connection: Connection) throws -> UserPlaces {
        let rows = try connection.query(
            "SELECT division_id, from_at, to_at FROM user_place WHERE user_id = $1 ORDER BY from_at", user
        ) { (try $0.identifier(0), $0.int64(1), $0.optionalInt64(2)) }
        var found = UserPlaces()
        for (division, from, to) in rows {
            guard let place = try DivisionStore.current(division, connection) else { continue }
            found.places.append(Place(from: from, to: to, scope: place.scope))
        }
        return found
    }

    /// Whether a place covered an area at a time.
    package func covered(_ area: Int64, at time: Instant) -> Bool {
        places.contains { place in
            place.scope.contains(area) && place.from <= time.milliseconds
                && (place.to.map { time.milliseconds < $0 } ?? true)
        }
    }

    /// Whether any place ever covered an area.
    package func everCovered(_ area: Int64) -> Bool { places.contains { $0.scope.contains(area) } }

    /// Ends the place that a user has and gives them another one.
    package static func move(_ user: Identifier, to division: Identifier, _ transaction: Transaction) throws {
        // There are never two from the same millisecond: a place held for no time is replaced.
        try transaction.connection.run(
            "DELETE FROM user_place WHERE user_id = $1 AND from_at >= $2", user, transaction.now)
        try transaction.connection.run(
            "UPDATE user_place SET to_at = $2 WHERE user_id = $1 AND to_at IS NULL", user, transaction.now)
        try begin(user, in: division, transaction)
    }

    /// Gives a user a place from now on.
    package static func begin(_ user: Identifier, in division: Identifier, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "INSERT INTO user_place (user_id, division_id, from_at) VALUES ($1, $2, $3)", user, division,
            transaction.now)
    }
}

extension DivisionStore {
    /// Where a division is now: itself, or the end of its successors.
    package static func current(_ id: Identifier, _ connection: Connection) throws -> Division? {
        try find(id, connection).flatMap { try followSuccessors($0, connection) }
    }
}
