// The quota parameters of every area, and the places that links mean, read once for all cadres that a transaction or a
// check looks at. It deliberately knows no cadre.

import Domain
import SQL
import Service

/// Quotas and places, kept while they do not change. Used by one thread.
package final class QuotaPolicies {
    /// A believed row of a quota parameter.
    private struct StatedRow {
        let division: Identifier?
        let rank: CadreRank
        let fact: DatedFact<QuotaRow.Term>
    }

    private var rows: [StatedRow]?
    private var divisions: [Identifier: Division] = [:]
    private var places: [Identifier: LinkedPlace] = [:]
    /// By organization.
    private var homes: [Identifier: QuotaPolicy] = [:]
    /// By the areas above a place that have rows of their own, nearest first: mostly there are none.
    private var policies: [[Identifier]: QuotaPolicy] = [:]

    /// Parameters or divisions have changed.
    package func forget() {
        rows = nil
        divisions = [:]
        places = [:]
        homes = [:]
        policies = [:]
    }

    /// Whether a parameter is one of those that a quota depends on.
    package static func concerns(_ key: String) -> Bool { terms[key] != nil }

    /// The place that a link means: the division's own, or that of the end of its successors.
    ///
    /// - Parameter known: the live division, where it was read already.
    package func place(of link: Identifier, known: Division? = nil, _ connection: Connection) throws -> LinkedPlace {
        if let found = places[link] { return found }
        if let known { divisions[known.id] = known }
        var chain: [Division] = []
        var next = try division(link, connection)
        while let successor = try next?.successorId.flatMap({ try division($0, connection) }) { next = successor }
        while let current = next {
            chain.append(current)
            next = try current.parentId.flatMap { try division($0, connection) }
        }
        guard let nearest = chain.first else { throw DamagedRow(column: 0) }
        let place = LinkedPlace(
            division: nearest.id, level: nearest.level, town: chain.first { $0.level == .town }?.id,
            policy: try policy(chain.map(\.id), connection))
        places[link] = place
        return place
    }

    /// The quotas where an organization is at home.
    package func policy(atHomeOf organization: Identifier, _ connection: Connection) throws -> QuotaPolicy {
        if let found = homes[organization] { return found }
        let home = try connection.first("SELECT division_id FROM organization WHERE id = $1", organization) {
            try $0.identifier(0)
        }
        let policy = try home.map { try place(of: $0, connection).policy } ?? policy([], connection)
        homes[organization] = policy
        return policy
    }

    /// - Parameter chain: an area and those above it, nearest first.
    private func policy(_ chain: [Identifier], _ connection: Connection) throws -> QuotaPolicy {
        let rows = try stated(connection)
        let own = Set(rows.compactMap(\.division))
        let areas = chain.filter(own.contains)
        if let found = policies[areas] { return found }
        let policy = QuotaPolicy(
            rows.compactMap { row in
                let distance = row.division.map { areas.firstIndex(of: $0) } ?? areas.count
                return distance.map { QuotaRow(row.rank, row.fact, distance: $0) }
            })
        policies[areas] = policy
        return policy
    }

    private func division(_ id: Identifier, _ connection: Connection) throws -> Division? {
        if let found = divisions[id] { return found }
        let found = try DivisionStore.find(id, connection)
        if let found { divisions[id] = found }
        return found
    }

    // MARK: Rows

    private enum Kind { case quota, scope }

    /// What each of the parameters says, and of which rank.
    private static let terms: [String: (rank: CadreRank, kind: Kind)] = Dictionary(
        uniqueKeysWithValues: CadreRank.allCases.flatMap { rank in
            [
                (ParameterKey.quota(rank), (rank, Kind.quota)), (ParameterKey.quotaScope(rank), (rank, Kind.scope)),
            ]
        })

    private func stated(_ connection: Connection) throws -> [StatedRow] {
        if let rows { return rows }
        let read = try connection.query(
            """
            SELECT key, division_id, value, first_on, end_on FROM parameter
            WHERE key > 'quota.' AND key < 'quota/' AND (end_on IS NULL OR end_on > first_on)
            """
        ) { row -> StatedRow? in
            guard let (rank, kind) = Self.terms[row.text(0)], let term = Self.term(row.text(2), kind) else {
                return nil
            }
            return StatedRow(
                division: row.optionalIdentifier(1), rank: rank,
                fact: DatedFact(term, from: try row.date(3), to: try row.optionalDate(4)))
        }
        let found = read.compactMap(\.self)
        rows = found
        return found
    }

    private static func term(_ stored: String, _ kind: Kind) -> QuotaRow.Term? {
        switch (kind, ParameterValue(stored: stored)) {
        case (.quota, .number(let quota)): .quota(quota)
        case (.scope, .choice("town")): .level(.town)
        case (.scope, .choice("village")): .level(.village)
        default: nil
        }
    }
}
