// Where divisions are in the current tree. A place is a 12-digit number; a division's range consists of the numbers
// that share its leading digits, and a child is within its parent's range. The official code is the place wherever
// possible. If two divisions would share one (because of a merger, or a code that is used again), one of them gets a
// free place, so that a range never shows a caller what is not theirs, and everything stays in some range.

import Domain
import SQL

enum Places {
    /// A place for a division below its parent, which is freed if necessary.
    ///
    /// The owner of an official code has the better right to the digits: a division that occupies them with another
    /// code, or has ended, moves to a free place.
    static func take(
        code: AreaCode, level: DivisionLevel, parent: Division?, _ transaction: Transaction
    ) throws -> Int64 {
        let official = officialPlace(code: code, level: level, parent: parent)
        guard let occupant = try occupant(of: official, level, transaction.connection) else { return official }
        if occupant.isLive && occupant.code == code {
            return try freePlace(level, below: parent, transaction.connection)
        }
        let occupantParent = try occupant.parentId.flatMap { try DivisionStore.find($0, transaction.connection) }
        try move(occupant, to: try freePlace(level, below: occupantParent, transaction.connection), transaction)
        return official
    }

    /// A place for a division that moves to a new parent: its own digits there if they are free, otherwise a free
    /// place.
    static func find(for division: Division, below parent: Division, _ connection: Connection) throws -> Int64 {
        let official = officialPlace(code: division.code, level: division.level, parent: parent)
        let taken = try occupant(of: official, division.level, connection)
        return taken == nil || taken?.id == division.id
            ? official : try freePlace(division.level, below: parent, connection)
    }

    /// Moves a division and all below it, with change rows for every record that moves.
    static func move(_ division: Division, to place: Int64, _ transaction: Transaction) throws {
        let delta = place - division.areaCode
        guard delta != 0 else { return }
        let connection = transaction.connection
        let first = division.areaCode
        let last = division.areaLast
        // A town may share its place with its first village; what belongs to the town stays when the village moves.
        let levelMin = division.level.rawValue
        for kind in transaction.register.composition.records {
            try kind.move(
                where: "area_code BETWEEN $1 AND $2" + (kind.hasLevel ? " AND level >= \(levelMin)" : ""),
                to: "area_code + $3", [first, last, delta], transaction)
        }
        try connection.run(
            """
            INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after)
            SELECT $1, 'divisions', id, version, 'move', area_code, area_code + $2 FROM division
            WHERE area_code BETWEEN $3 AND $4 AND level > $5 AND successor_id IS NULL ORDER BY area_code
            """, transaction.now, delta, first, last, division.level.rawValue)
        try connection.run(
            """
            UPDATE division SET area_code = area_code + $1, area_last = area_last + $1
            WHERE area_code BETWEEN $2 AND $3 AND (level > $4 OR id = $5) AND successor_id IS NULL
            """, delta, first, last, division.level.rawValue, division.id)
        try transaction.change(.move, .division, division.id, version: division.version, from: first, to: place)
        try transaction.publish(DivisionMoved(id: division.id, formerPlace: first))
    }

    /// The digits that the code has below its parent's level, put below the parent's own place.
    private static func officialPlace(code: AreaCode, level: DivisionLevel, parent: Division?) -> Int64 {
        guard let parent else { return code.value }
        return parent.areaCode + code.value % AreaCode.span(of: parent.level)
    }

    private static func occupant(of place: Int64, _ level: DivisionLevel, _ connection: Connection) throws -> Division?
    {
        try connection.first(
            """
            SELECT \(DivisionStore.columns) FROM division WHERE level = $1 AND area_code = $2 AND successor_id IS NULL
            """, level.rawValue, place, row: DivisionStore.read)
    }

    /// The highest free place of a level below a parent, because official codes are assigned from the low end.
    private static func freePlace(_ level: DivisionLevel, below parent: Division?, _ connection: Connection) throws
        -> Int64
    {
        let range = parent?.scope ?? Scope(first: 100_000_000_000, last: 999_999_999_999)
        let span = AreaCode.span(of: level)
        var place = range.last + 1 - span
        let taken = try connection.query(
            """
            SELECT area_code FROM division
            WHERE level = $1 AND area_code BETWEEN $2 AND $3 AND successor_id IS NULL ORDER BY area_code DESC
            """, level.rawValue, range.first, range.last
        ) { $0.int64(0) }
        for other in taken {
            if other < place { break }
            place -= span
        }
        guard place > range.first || level == .province else { throw DivisionError.noFreePlace }
        return place
    }
}
