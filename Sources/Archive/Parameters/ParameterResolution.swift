// Which row of a parameter applies in an area on a day: the nearest area upwards wins, in the tree as it is now.

import Domain
import SQL
import Service

/// An area and those above it, nearest first; “everywhere” is above all and has no division.
package struct AreaChain {
    package let divisions: [Division]

    package static func of(_ division: Division?, _ connection: Connection) throws -> AreaChain {
        var divisions: [Division] = []
        var next = division
        while let current = next {
            divisions.append(current)
            next = try current.parentId.flatMap { try DivisionStore.find($0, connection) }
        }
        return AreaChain(divisions: divisions)
    }

    /// How near a row's area is: 0 is the area itself; “everywhere” comes last.
    package func distance(_ division: Identifier?) -> Int {
        guard let division else { return divisions.count }
        return divisions.firstIndex { $0.id == division } ?? .max
    }

    package func division(_ id: Identifier?) -> Division? { divisions.first { $0.id == id } }
}

package enum ParameterResolution {
    /// For each parameter the rows that hold on a day, nearest area first: the first one applies and overrides the
    /// others.
    ///
    /// - Parameters:
    ///   - keys: nil for all.
    ///   - knownAt: milliseconds; nil for what is known now.
    package static func rows(
        _ keys: [String]?, in chain: AreaChain, on day: CivilDate, knownAt: Int64? = nil, _ connection: Connection
    ) throws -> [String: [ParameterRow]] {
        var values: [any Bindable] = [day]
        func bind(_ value: any Bindable) -> String {
            values.append(value)
            return "$\(values.count)"
        }
        let places = chain.divisions.map { bind($0.id) }.joined(separator: ", ")
        var condition =
            "p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > $1) AND (p.division_id IS NULL"
            + (places.isEmpty ? ")" : " OR p.division_id IN (\(places)))")
        if let keys { condition += " AND p.key IN (\(keys.map { bind($0) }.joined(separator: ", ")))" }
        let known = knownAt.map { bind($0) }
        let found = try connection.query(
            ParameterTable.known(condition, at: known), values: values, row: ParameterTable.read)
        return Dictionary(grouping: found, by: \.key).mapValues { rows in
            rows.sorted { chain.distance($0.divisionId) < chain.distance($1.divisionId) }
        }
    }

    /// The number that holds on a day in the place of a row, as an expression over its column: the nearest area wins.
    package static func number(
        _ key: String, on day: CivilDate, column: String, _ connection: Connection
    ) throws -> String {
        let rows = try connection.query(
            """
            SELECT p.value, d.area_code, d.area_last FROM parameter p LEFT JOIN division d ON d.id = p.division_id
            WHERE p.key = $1 AND p.first_on <= $2 AND (p.end_on IS NULL OR p.end_on > $2)
            ORDER BY d.level DESC
            """, key, day
        ) { row in
            (
                number: ParameterValue(stored: row.text(0))?.number ?? 0,
                area: row.isNull(1) ? nil : Scope(first: row.int64(1), last: row.int64(2))
            )
        }
        let own = rows.compactMap { row in
            row.area.map { "WHEN \(column) BETWEEN \($0.first) AND \($0.last) THEN \(row.number)" }
        }
        let everywhere = rows.first { $0.area == nil }?.number ?? 0
        return own.isEmpty ? "\(everywhere)" : "CASE \(own.joined(separator: " ")) ELSE \(everywhere) END"
    }
}
