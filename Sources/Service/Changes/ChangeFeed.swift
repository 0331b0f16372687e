// The change feed: what changed after a place, in the order of commits, as far as the caller may see it (R023: systems
// above keep a copy by script).
//
// Why nothing is ever skipped: one connection writes (Writer), so transactions follow each other. AUTOINCREMENT counts
// in the order in which rows are written, and a rolled back savepoint or group gives its numbers back with its rows. So
// the numbers of a commit are all larger than those of every commit before it, a snapshot holds all numbers up to its
// last, and nothing can appear later below a number that a reader has passed.

import Domain
import HTTP1
import SQL
import Web

enum ChangeFeed {
    /// The most items on a page; a page with records is held to the limit of lists, because each record is read
    /// separately.
    static let limitMax = 10_000
    static let limitDefault = 1_000
    /// The most rows looked at for a page. A page ends there even if it is empty, so that a reader of a small range who
    /// comes back late does not hold a snapshot for long.
    private static let rowsMax = 100_000

    /// The place after everything in the snapshot.
    static func end(_ connection: Connection) throws -> ChangePlace {
        try connection.first("SELECT sequence, at FROM change ORDER BY sequence DESC LIMIT 1") {
            ChangePlace(sequence: $0.int64(0), at: $0.int64(1))
        } ?? start(connection)
    }

    /// The place before everything that is kept.
    static func start(_ connection: Connection) throws -> ChangePlace {
        ChangePlace(sequence: try ChangeRetention.prunedThrough(connection), at: 0)
    }

    /// The place of a number that an export has stated.
    ///
    /// - Throws: 410 for a number that the register has not given out, because it was restored since.
    static func place(_ sequence: Int64, _ connection: Connection) throws -> ChangePlace {
        if sequence <= (try ChangeRetention.prunedThrough(connection)) { return ChangePlace(sequence: sequence, at: 0) }
        guard
            let place = try connection.first(
                "SELECT at FROM change WHERE sequence = $1", sequence,
                row: { ChangePlace(sequence: sequence, at: $0.int64(0)) })
        else { throw ChangeProblems.problem(ChangeProblems.registerRestored) }
        return place
    }

    /// One page, written from the rows straight into the answer.
    struct Page: ~Copyable {
        /// How far it reaches.
        private(set) var place: ChangePlace
        private(set) var count = 0
        /// More changes follow.
        private(set) var hasMore = false
        private var json: JSONWriter
        private var rows = 0
        private let limit: Int

        private struct IsFull: Error {}

        /// Reads what follows a place.
        ///
        /// - Parameter records: embeds the records as the snapshot has them; nil embeds none.
        /// - Throws: 410 when changes after the place are gone, or the place is from another register.
        init(
            after start: ChangePlace, limit: Int, _ sight: ChangeSight, _ records: ChangeRecords?,
            _ connection: Connection
        ) throws {
            self.limit = limit
            place = start
            json = JSONWriter(reserve: 4_096)
            let pruned = try ChangeRetention.prunedThrough(connection)
            guard start.sequence >= pruned else { throw ChangeProblems.problem(ChangeProblems.cursorTooOld) }
            json.beginObject()
            json.key("items")
            json.beginArray()
            // The row of the place itself comes first, unless it was the last one to be pruned.
            var isKnown = start.sequence == pruned
            do {
                try connection.forEach(
                    """
                    SELECT sequence, at, area_before, area_after, entity, entity_id, version, operation FROM change
                    WHERE sequence >= $1 ORDER BY sequence
                    """, start.sequence
                ) { row in
                    if isKnown { return try take(row, sight, records, connection) }
                    guard row.int64(0) == start.sequence, row.int64(1) == start.at else {
                        throw ChangeProblems.problem(ChangeProblems.registerRestored)
                    }
                    isKnown = true
                }
            } catch is IsFull {
                hasMore = true
            }
            guard isKnown else { throw ChangeProblems.problem(ChangeProblems.registerRestored) }
        }

        private mutating func take(
            _ row: borrowing Row, _ sight: ChangeSight, _ records: ChangeRecords?, _ connection: Connection
        ) throws {
            guard count < limit, rows < ChangeFeed.rowsMax else { throw IsFull() }
            rows += 1
            let before = row.optionalInt64(2)
            let after = row.optionalInt64(3)
            var entity: Entity?
            let part = sight.part(before: before, after: after) {
                entity = Entity(rawValue: row.text(4))
                return entity
            }
            if let part {
                count += 1
                json.beginObject()
                json.key("sequence")
                json.integer(row.int64(0))
                json.key("entity")
                json.string(utf8: row.utf8(4))
                json.key("id")
                json.identifier(row, 5)
                json.key("version")
                json.integer(row.int64(6))
                json.key("operation")
                switch part {
                case .whole: json.string(utf8: row.utf8(7))
                case .entered: json.string("entered")
                case .left: json.string("left")
                }
                if let before, part != .entered {
                    json.key("areaCodeBefore")
                    json.areaCode(before)
                }
                if let after, part != .left {
                    json.key("areaCodeAfter")
                    json.areaCode(after)
                }
                json.key("at")
                json.string(Instant(milliseconds: row.int64(1)).description)
                if let records, part != .left, let entity,
                    let record = try records.json(entity, row.identifier(5), connection)
                {
                    json.key("record")
                    json.raw(record)
                }
                json.endObject()
            }
            place = ChangePlace(sequence: row.int64(0), at: row.int64(1))
        }

        /// The page as the answer's body.
        ///
        /// - Parameter next: the cursor after it.
        consuming func body(next: String) -> [UInt8] {
            json.endArray()
            json.key("next")
            json.string(next)
            json.key("more")
            json.boolean(hasMore)
            json.endObject()
            return json.take()
        }
    }

    /// The body of an empty page.
    static func nothing(next: String) -> [UInt8] {
        var json = JSONWriter(reserve: 320)
        json.object { json in
            json.key("items")
            json.array { _ in }
            json.key("next")
            json.string(next)
            json.key("more")
            json.boolean(false)
        }
        return json.take()
    }
}
