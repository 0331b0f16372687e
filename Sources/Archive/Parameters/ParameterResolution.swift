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
}
