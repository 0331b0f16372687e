// An area as it is asked for on a day: a range of the current tree, or, of a division that has merged into another one
// since, what its own villages were on that day. Nobody sees more by an old code than by that of the successor.

import Domain
import SQL

package struct PastArea {
    /// Its range in the current tree, as far as the caller may see it.
    package let scope: Scope
    /// The division that has merged since; nil where the range itself is asked for.
    package let former: Division?
    /// The former division and all that was below it on the day.
    private let divisions: Set<Identifier>
    /// The day on which the former division is asked for.
    private let day: CivilDate?

    /// A range of the current tree.
    package init(_ scope: Scope) {
        self.scope = scope
        former = nil
        divisions = []
        day = nil
    }

    /// What a caller may see of an area on a day. Today and later a code means who has it now, or took over.
    package static func asked(
        _ code: AreaCode?, on day: CivilDate, today: CivilDate, _ scope: Scope, _ connection: Connection
    ) throws -> PastArea {
        day < today
            ? try PastArea(code, on: day, scope, connection) : PastArea(try AreaFilter.scope(code, scope, connection))
    }

    /// What a caller may see of the area that a code named on a day.
    ///
    /// - Throws: 400 for a code that is no division.
    package init(_ code: AreaCode?, on day: CivilDate, _ scope: Scope, _ connection: Connection) throws {
        guard let code, let named = try Self.named(code, on: day, connection) else {
            self.init(try AreaFilter.scope(code, scope, connection))
            return
        }
        // A code may have been given to another division since.
        guard named.successorId != nil else {
            self.init(scope.intersection(named.scope))
            return
        }
        try self.init(former: named, on: day, scope, connection)
    }

    private init(former: Division, on day: CivilDate, _ scope: Scope, _ connection: Connection) throws {
        self.scope = scope.intersection(try DivisionStore.followSuccessors(former, connection).scope)
        self.former = former
        divisions = try Self.divisions(of: former, on: day, connection)
        self.day = day
    }

    /// - Parameter place: where the village, or its successor, lies now.
    package func contains(_ village: Identifier, at place: Int64) -> Bool {
        scope.contains(place) && (former == nil || divisions.contains(village))
    }

    /// Whether a division is the former one that is asked for, or was below it.
    package func isOfFormer(_ division: Identifier) -> Bool { divisions.contains(division) }

    /// The division that is asked for; nil where the caller may see nothing of it, or only parts.
    package func division(_ connection: Connection) throws -> Division? {
        if let former { return scope.first <= scope.last ? former : nil }
        return try connection.first(
            """
            SELECT \(DivisionStore.columns) FROM division
            WHERE area_code = $1 AND area_last = $2 AND successor_id IS NULL ORDER BY level LIMIT 1
            """, scope.first, scope.last, row: DivisionStore.read)
    }

    /// The areas directly below, in the order of their codes; of a former division those of the day.
    package func below(_ division: Division, _ connection: Connection) throws -> [(division: Division, area: PastArea)]
    {
        guard let former, let day else {
            return try DivisionStore.children(of: division.id, connection).sorted { $0.areaCode < $1.areaCode }
                .map { ($0, PastArea($0.scope)) }
        }
        let children = try connection.query(
            """
            SELECT \(Self.columns) FROM (\(Self.held) AND v.parent_id = $1) h JOIN division x ON x.id = h.division_id
            ORDER BY x.code
            """, former.id, day, row: DivisionStore.read)
        return try children.map { ($0, try PastArea(former: $0, on: day, scope, connection)) }
    }

    /// A former division and all that was below it, and where those lie that are still there.
    func places(_ connection: Connection) throws -> [(division: Identifier, place: Int64?)] {
        try divisions.map { id in
            let found = try DivisionStore.find(id, connection)
            return (id, found?.successorId == nil ? found?.areaCode : nil)
        }
    }

    // MARK: SQL

    /// What `condition` takes for the villages: the ids of a former division and of its own, as JSON; NULL without one.
    package var villageList: String? { former.map { _ in Self.list(divisions) } }

    /// Ids as JSON, for comparing `hex(id)` with them.
    package static func list(_ ids: some Sequence<Identifier>) -> String {
        "[\(ids.map { "\"\(hex($0))\"" }.sorted().joined(separator: ","))]"
    }

    /// Holds for what lies in the area now.
    ///
    /// - Parameters:
    ///   - parameters: of the first and last place, and of the village list.
    package static func condition(
        _ place: String, village: String, _ parameters: (first: String, last: String, villages: String)
    ) -> String {
        """
        (\(place) BETWEEN \(parameters.first) AND \(parameters.last) AND (\(parameters.villages) IS NULL
            OR hex(\(village)) IN (SELECT value FROM json_each(\(parameters.villages)))))
        """
    }

    private static func hex(_ id: Identifier) -> String {
        id.bytes.map { byte in
            let digits = Array("0123456789ABCDEF")
            return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    // MARK: The tree of a day

    /// Believed rows of divisions that hold on the day in `$2`; what was first known of a division reaches back.
    private static let held = """
        SELECT v.division_id, v.parent_id, v.code FROM division_version v JOIN division d ON d.id = v.division_id
        WHERE v.superseded_at IS NULL AND (v.valid_to IS NULL OR v.valid_to > $2)
            AND (d.ended_on IS NULL OR d.ended_on > $2)
            AND (v.valid_from <= $2 OR NOT EXISTS (SELECT 1 FROM division_version e
                WHERE e.division_id = v.division_id AND e.superseded_at IS NULL AND e.valid_from < v.valid_from))
        """

    private static let columns = DivisionStore.columns.split(separator: ", ").map { "x.\($0)" }.joined(separator: ", ")

    /// The division that had a code on a day: if there are more, one that was there already, and preferably one that
    /// has no successor now.
    package static func named(_ code: AreaCode, on day: CivilDate, _ connection: Connection) throws -> Division? {
        try connection.first(
            """
            SELECT \(columns) FROM (\(held) AND v.code = $1) h JOIN division x ON x.id = h.division_id
            ORDER BY x.opened_on > $2, x.successor_id IS NOT NULL, x.opened_on LIMIT 1
            """, code, day, row: DivisionStore.read)
    }

    private static func divisions(
        of division: Division, on day: CivilDate, _ connection: Connection
    ) throws -> Set<Identifier> {
        guard division.level != .village else { return [division.id] }
        return Set(
            try connection.query(
                """
                WITH RECURSIVE held AS MATERIALIZED (\(held)), below (id) AS (SELECT $1
                    UNION SELECT h.division_id FROM below b JOIN held h ON h.parent_id = b.id)
                SELECT id FROM below
                """, division.id, day
            ) { try $0.identifier(0) })
    }
}

extension ListConditions {
    /// What lies in an area.
    ///
    /// - Parameters:
    ///   - place: the column of its place now.
    ///   - division: that of the division of which it is, whatever became of that.
    package mutating func add(_ area: PastArea, on place: String, of division: String) {
        add(area.scope, on: place)
        if let villages = area.villageList {
            add("hex(\(division)) IN (SELECT value FROM json_each(\(bind(villages))))")
        }
    }
}
