// What a cadre carries on the day that is kept (R040), beside what they may carry: counted from their pairings and from
// cadre_capacity in the transaction that touches one of them. A recount in SQL of its own is in HelpRecount.

import Domain
import SQL
import Service

/// A cadre and the help they give on the day.
package struct CadreHelp: Equatable {
    /// Where they are counted: the division of their capacity, else of their link, else their organization's home.
    package var divisionId: Identifier
    /// Whether their households have an area.
    package var isLinked: Bool
    var isInPost: Bool
    var quota: Int
    package var load: Int
    /// Households that they can help and that lie outside the area of their quota.
    var outside: Int

    /// Helps fewer than the quota asks for.
    var isBelow: Bool { isLinked && isInPost && load < quota }
    var isAbove: Bool { load > quota }
    /// Also without a rank, a link or a quota, which somebody in post should have.
    var hasNothing: Bool { isInPost && load == 0 }

    /// Whether households are covered by the one as by the other.
    func helpsAs(_ other: CadreHelp) -> Bool {
        (quota > 0) == (other.quota > 0) && isLinked == other.isLinked && divisionId == other.divisionId
    }

    /// SQL over a cadre: whether they are in post, and so have a duty, on a day in a parameter. A cadre of whom no post
    /// state is known counts as in post.
    static func isInPost(_ postState: String, ended: String, on day: String) -> String {
        "(coalesce(\(postState), 'in-post') IN ('in-post', 'seconded') AND (\(ended) IS NULL OR \(ended) > \(day)))"
    }
}

extension CadreHelp {
    /// Recounts cadres and writes what differs; what that does to the figures is added.
    ///
    /// - Parameter ids: ascending; those of cadres who are not there are passed over.
    /// - Returns: those whose households may be covered now and were not, or the other way round, or lie outside.
    package static func keep(
        _ ids: [Identifier], on day: CivilDate, _ figures: inout HelpFigureChanges, _ connection: Connection
    ) throws -> [Identifier] {
        var others: [Identifier] = []
        try TouchedPieces.forEach(ids) { piece in
            var differing: [(id: Identifier, kept: CadreHelp?, counted: CadreHelp)] = []
            var values: [any Bindable] = [day]
            values += piece as [any Bindable]
            try connection.forEach(question(piece.count), values: values) { row in
                let counted = try read(row, from: 1)
                let kept = row.isNull(7) ? nil : try read(row, from: 7)
                if kept != counted { differing.append((try row.identifier(0), kept, counted)) }
            }
            for (id, kept, counted) in differing {
                if let kept {
                    figures.add(kept, -1)
                    if !kept.helpsAs(counted) { others.append(id) }
                }
                figures.add(counted, 1)
                try write(counted, id, connection)
            }
        }
        return others
    }

    private static func question(_ count: Int) -> String {
        """
        SELECT c.id, coalesce(y.division_id, c.linked_division_id, o.division_id), y.division_id IS NOT NULL,
            \(isInPost("c.post_state", ended: "c.ended_on", on: "$1")), coalesce(y.quota, 0),
            (SELECT count(*) FROM pairing p WHERE p.cadre_id = c.id AND p.first_on <= $1
                AND (p.end_on IS NULL OR p.end_on > $1)),
            (SELECT count(*) FROM pairing_able p JOIN household h ON h.household_number = p.household_number
                LEFT JOIN division d ON d.id = p.division_id WHERE p.cadre_id = c.id
                AND \(DayInterval.holds("p", on: "$1"))
                AND (d.id IS NULL OR h.area_code NOT BETWEEN d.area_code AND d.area_last)),
            k.division_id, k.is_linked, k.is_in_post, k.quota, k.load, k.outside_count
        FROM cadre c JOIN organization o ON o.id = c.organization_id
        LEFT JOIN cadre_capacity y ON y.cadre_id = c.id AND y.valid_from <= $1
            AND (y.valid_to IS NULL OR y.valid_to > $1)
        LEFT JOIN cadre_help k ON k.cadre_id = c.id
        WHERE c.id IN (\(TouchedPieces.parameters(count, from: 2)))
        """
    }

    private static func read(_ row: borrowing Row, from first: Int) throws -> CadreHelp {
        CadreHelp(
            divisionId: try row.identifier(first), isLinked: row.bool(first + 1), isInPost: row.bool(first + 2),
            quota: row.int(first + 3), load: row.int(first + 4), outside: row.int(first + 5))
    }

    private static func write(_ help: CadreHelp, _ id: Identifier, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO cadre_help (cadre_id, division_id, is_linked, is_in_post, quota, load, outside_count)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (cadre_id) DO UPDATE SET division_id = excluded.division_id, is_linked = excluded.is_linked,
                is_in_post = excluded.is_in_post, quota = excluded.quota, load = excluded.load,
                outside_count = excluded.outside_count
            """, id, help.divisionId, help.isLinked, help.isInPost, help.quota, help.load, help.outside)
    }

    /// Takes a cadre who is about to be taken out of the register out of what is kept.
    package static func remove(_ id: Identifier, _ connection: Connection) throws {
        let kept = try connection.first(
            """
            SELECT division_id, is_linked, is_in_post, quota, load, outside_count FROM cadre_help WHERE cadre_id = $1
            """, id
        ) { try read($0, from: 0) }
        guard let kept else { return }
        try connection.run("DELETE FROM cadre_help WHERE cadre_id = $1", id)
        var figures = HelpFigureChanges()
        figures.add(kept, -1)
        try figures.write(connection)
    }
}
