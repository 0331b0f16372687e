// Divisions in the database (R001): a stable id, a place in the current tree, and dated rows of code, name and parent.

import Domain
import SQL

/// A division as it is now.
package struct Division {
    package var id: Identifier
    package var level: DivisionLevel
    package var parentId: Identifier?
    /// Its official code, or its last one if it has ended.
    package var code: AreaCode
    package var name: String
    /// Its place in the current tree; everything below it is in `areaCode...areaLast`.
    package var areaCode: Int64
    package var areaLast: Int64
    package var openedOn: CivilDate
    package var endedOn: CivilDate?
    package var successorId: Identifier?
    package var version: Int

    package var scope: Scope { Scope(first: areaCode, last: areaLast) }
    package var isLive: Bool { endedOn == nil }
    package var awaitsSuccessor: Bool { endedOn != nil && successorId == nil }
}

package enum DivisionStore {
    package static let columns =
        "id, level, parent_id, code, name, area_code, area_last, opened_on, ended_on, successor_id, version"

    package static func read(_ row: borrowing Row) throws -> Division { try read(row, from: 0) }

    /// - Parameter first: where its columns begin.
    package static func read(_ row: borrowing Row, from first: Int) throws -> Division {
        guard let level = DivisionLevel(rawValue: row.int(first + 1)) else { throw DamagedRow(column: first + 1) }
        return Division(
            id: try row.identifier(first), level: level, parentId: row.optionalIdentifier(first + 2),
            code: try row.areaCode(first + 3), name: row.text(first + 4), areaCode: row.int64(first + 5),
            areaLast: row.int64(first + 6), openedOn: try row.date(first + 7),
            endedOn: try row.optionalDate(first + 8), successorId: row.optionalIdentifier(first + 9),
            version: row.int(first + 10))
    }

    package static func find(_ id: Identifier, _ connection: Connection) throws -> Division? {
        try connection.first("SELECT \(columns) FROM division WHERE id = $1", id, row: read)
    }

    /// The live division with a code or, if there is none, the one that ended last and has no successor yet.
    package static func find(code: AreaCode, _ connection: Connection) throws -> Division? {
        try connection.first(
            """
            SELECT \(columns) FROM division WHERE code = $1 AND (ended_on IS NULL OR successor_id IS NULL)
            ORDER BY ended_on IS NOT NULL, ended_on DESC LIMIT 1
            """, code, row: read)
    }

    /// The division with a code for which a successor may be named: preferably one that awaits a successor, then a live
    /// one, then one that already has a successor.
    package static func findForSuccession(_ code: AreaCode, _ connection: Connection) throws -> Division? {
        try connection.first(
            """
            SELECT \(columns) FROM division WHERE code = $1
            ORDER BY successor_id IS NOT NULL, ended_on IS NULL, ended_on DESC LIMIT 1
            """, code, row: read)
    }

    /// The division that has or ever had a code, following successors, so that an old code in a request still finds its
    /// place.
    package static func resolve(code: AreaCode, _ connection: Connection) throws -> Division? {
        if let found = try find(code: code, connection) { return found }
        let former = try connection.first(
            "SELECT \(columns) FROM division WHERE code = $1 ORDER BY ended_on DESC LIMIT 1", code, row: read)
        return try former.flatMap { try followSuccessors($0, connection) }
    }

    /// The end of a chain of successors. The chain is finite, because a successor is live when it is named.
    package static func followSuccessors(_ division: Division, _ connection: Connection) throws -> Division {
        var current = division
        while let next = current.successorId, let found = try find(next, connection) { current = found }
        return current
    }

    package static func children(of id: Identifier, _ connection: Connection) throws -> [Division] {
        try connection.query(
            "SELECT \(columns) FROM division WHERE parent_id = $1 AND successor_id IS NULL ORDER BY code", id, row: read
        )
    }

    /// Adds a new division at its official place, or at a free one if that is taken by something that cannot give way.
    @discardableResult
    package static func create(
        code: AreaCode, name: String, level: DivisionLevel, parent: Division?, on day: CivilDate,
        _ transaction: Transaction
    ) throws -> Division {
        let place = try Places.take(code: code, level: level, parent: parent, transaction)
        let division = Division(
            id: transaction.newId(), level: level, parentId: parent?.id, code: code, name: name, areaCode: place,
            areaLast: place + AreaCode.span(of: level) - 1, openedOn: day, endedOn: nil, successorId: nil, version: 1)
        try transaction.connection.run(
            """
            INSERT INTO division (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, 1)
            """, division.id, level.rawValue, parent?.id, code, name, division.areaCode, division.areaLast, day)
        try insertVersion(division, from: day, transaction)
        try transaction.audit("create", .division, division.id, after: DivisionBodies.audit(division))
        try transaction.change(.create, .division, division.id, version: 1, to: division.areaCode)
        return division
    }

    /// Gives a division another name or parent from a day on; its dated rows keep what it was.
    package static func revise(
        _ division: Division, name: String, parent: Division?, on day: CivilDate, _ transaction: Transaction
    ) throws {
        var revised = division
        revised.name = name
        revised.parentId = parent?.id
        revised.version += 1
        if revised.parentId != division.parentId {
            let place = try Places.take(code: division.code, level: division.level, parent: parent, transaction)
            try Places.move(division, to: place, transaction)
            revised.areaCode = place
            revised.areaLast = place + AreaCode.span(of: division.level) - 1
        }
        try transaction.connection.run(
            "UPDATE division SET name = $2, parent_id = $3, version = $4 WHERE id = $1",
            division.id, name, parent?.id, revised.version)
        try reviseVersions(revised, on: day, transaction)
        try record("change", division, revised, transaction)
        if revised.parentId != division.parentId { try transaction.publish(DivisionAdopted(id: division.id)) }
    }

    /// Writes a child's new parent after `Places.move` has placed it.
    static func adopt(_ division: Division, on day: CivilDate, _ transaction: Transaction) throws {
        try transaction.connection.run(
            "UPDATE division SET parent_id = $2, version = $3 WHERE id = $1",
            division.id, division.parentId, division.version)
        try reviseVersions(division, on: day, transaction)
        try transaction.publish(DivisionAdopted(id: division.id))
    }

    /// Ends a division on a day. What is below it stays where it is and is listed as awaiting a successor.
    package static func end(_ division: Division, on day: CivilDate, _ transaction: Transaction) throws {
        var ended = division
        ended.endedOn = max(day, division.openedOn)
        ended.version += 1
        try transaction.connection.run(
            "UPDATE division SET ended_on = $2, version = $3 WHERE id = $1", ended.id, ended.endedOn, ended.version)
        try record("end", division, ended, transaction, operation: .end)
    }

    /// Reverses an end without a successor, because a later file contains the division again.
    package static func reopen(_ division: Division, _ transaction: Transaction) throws {
        var reopened = division
        reopened.endedOn = nil
        reopened.version += 1
        try transaction.connection.run(
            "UPDATE division SET ended_on = NULL, version = $2 WHERE id = $1", reopened.id, reopened.version)
        try record("reopen", division, reopened, transaction)
    }

    package static func record(
        _ action: String, _ before: Division, _ after: Division, _ transaction: Transaction,
        operation: ChangeOperation = .change
    ) throws {
        try transaction.audit(
            action, .division, after.id, before: DivisionBodies.audit(before), after: DivisionBodies.audit(after))
        try transaction.change(
            operation, .division, after.id, version: after.version, from: before.areaCode, to: after.areaCode)
    }

    private static func insertVersion(_ division: Division, from day: CivilDate, _ transaction: Transaction) throws {
        try transaction.connection.run(
            """
            INSERT INTO division_version (division_id, valid_from, valid_to, code, name, parent_id, recorded_at)
            VALUES ($1, $2, NULL, $3, $4, $5, $6)
            """, division.id, day, division.code, division.name, division.parentId, transaction.now)
    }

    /// Believed rows that extend beyond the day are superseded and end there; the new state holds from the day on.
    private static func reviseVersions(_ division: Division, on day: CivilDate, _ transaction: Transaction) throws {
        let connection = transaction.connection
        // A second revision in the same millisecond would collide with the row just written.
        let now =
            try connection.first(
                "SELECT max(recorded_at) FROM division_version WHERE division_id = $1", division.id
            ) { max(transaction.now.milliseconds, $0.int64(0) + 1) } ?? transaction.now.milliseconds
        try connection.run(
            """
            INSERT INTO division_version (division_id, valid_from, valid_to, code, name, parent_id, recorded_at)
            SELECT division_id, valid_from, $2, code, name, parent_id, $3 FROM division_version
            WHERE division_id = $1 AND superseded_at IS NULL AND valid_from < $2 AND (valid_to IS NULL OR valid_to > $2)
            """, division.id, day, now)
        try connection.run(
            """
            UPDATE division_version SET superseded_at = $3
            WHERE division_id = $1 AND superseded_at IS NULL AND recorded_at < $3
            AND (valid_to IS NULL OR valid_to > $2)
            """, division.id, day, now)
        try connection.run(
            """
            INSERT INTO division_version (division_id, valid_from, valid_to, code, name, parent_id, recorded_at)
            VALUES ($1, $2, NULL, $3, $4, $5, $6)
            """, division.id, day, division.code, division.name, division.parentId, now)
    }
}

extension DivisionStore {
    /// Converts a division's name to its written form.
    @Sendable
    package static func mend(_ id: Identifier, _ transaction: Transaction) throws {
        let connection = transaction.connection
        guard let division = try find(id, connection) else { return }
        let parent = try division.parentId.flatMap { try find($0, connection) }
        try revise(
            division, name: NameForms.name(division.name), parent: parent, on: transaction.today, transaction)
    }
}
