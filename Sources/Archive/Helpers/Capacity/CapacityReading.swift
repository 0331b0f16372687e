// What decides the capacity of cadres, and what is kept of it, read from the rows of many cadres at once: each table is
// walked in the order of ids.

import Domain
import SQL
import Service

/// A cadre with what decides their capacity, and the capacity that is kept.
struct ReadCapacity {
    let id: Identifier
    var facts: CadreCapacityFacts
    var kept: [CapacitySegment] = []
}

package enum CapacityReading {
    /// What is kept of one cadre.
    package static func kept(of cadre: Identifier, _ connection: Connection) throws -> [CapacitySegment] {
        try connection.query(
            """
            SELECT cadre_id, valid_from, valid_to, quota, division_id FROM cadre_capacity WHERE cadre_id = $1
            ORDER BY valid_from
            """, cadre, row: segment)
    }

    /// The cadres whose ids lie in a range, in their order.
    static func read(
        _ ids: ClosedRange<Identifier>, _ policies: QuotaPolicies, _ connection: Connection
    ) throws -> [ReadCapacity] {
        var cadres = try connection.query(
            "SELECT id, organization_id, ended_on FROM cadre WHERE id BETWEEN $1 AND $2 ORDER BY id", ids.lowerBound,
            ids.upperBound
        ) { row in
            let policy = try policies.policy(atHomeOf: row.identifier(1), connection)
            var cadre = ReadCapacity(id: try row.identifier(0), facts: CadreCapacityFacts(unlinked: policy))
            cadre.facts.endedOn = try row.optionalDate(2)
            return cadre
        }
        func each(
            _ table: String, _ columns: String, believed: Bool = true,
            _ body: (borrowing Row, inout ReadCapacity) throws -> Void
        ) throws {
            var index = 0
            try connection.forEach(
                """
                SELECT cadre_id, valid_from, valid_to, \(columns) FROM \(table)
                WHERE cadre_id BETWEEN $1 AND $2\(believed ? " AND superseded_at IS NULL" : "")
                ORDER BY cadre_id, valid_from
                """, ids.lowerBound, ids.upperBound
            ) { row in
                let id = try row.identifier(0)
                while index < cadres.count, cadres[index].id < id { index += 1 }
                guard index < cadres.count, cadres[index].id == id else { return }
                try body(row, &cadres[index])
            }
        }
        try each("cadre_rank", "rank") { row, cadre in
            guard let rank = CadreRank(rawValue: row.text(3)) else { return }
            cadre.facts.ranks.append(try fact(rank, row))
        }
        try each("cadre_post", "post_state") { row, cadre in
            guard let absence = PostAbsence(rawValue: row.text(3)) else { return }
            cadre.facts.absences.append(try fact(absence, row))
        }
        try each("cadre_link", "division_id") { row, cadre in
            cadre.facts.links.append(try fact(policies.place(of: row.identifier(3), connection), row))
        }
        try each("cadre_quota", "quota") { row, cadre in cadre.facts.personal.append(try fact(row.int(3), row)) }
        try each("cadre_capacity", "quota, division_id", believed: false) { row, cadre in
            cadre.kept.append(try segment(row))
        }
        return cadres
    }

    private static func segment(_ row: borrowing Row) throws -> CapacitySegment {
        CapacitySegment(
            first: try row.date(1), end: try row.optionalDate(2), quota: row.int(3),
            division: row.optionalIdentifier(4))
    }

    private static func fact<Value>(_ value: Value, _ row: borrowing Row) throws -> DatedFact<Value> {
        DatedFact(value, from: try row.date(1), to: try row.optionalDate(2))
    }
}

extension CadreFacts {
    /// What these facts decide of the capacity of a cadre of whom nothing else is known.
    ///
    /// - Parameter link: the live division that they are linked to, where it was read already.
    package func capacity(
        of organization: Identifier, link known: Division?, endedOn: CivilDate?, _ policies: QuotaPolicies,
        _ connection: Connection
    ) throws -> CadreCapacityFacts {
        var facts = CadreCapacityFacts(unlinked: try policies.policy(atHomeOf: organization, connection))
        facts.endedOn = endedOn
        facts.ranks = rank.dated.compactMap { fact in
            CadreRank(rawValue: fact.value).map { DatedFact($0, from: fact.first, to: fact.end) }
        }
        facts.absences = postState.dated.compactMap { fact in
            PostAbsence(rawValue: fact.value).map { DatedFact($0, from: fact.first, to: fact.end) }
        }
        facts.links = try link.dated.map { fact in
            let place = try policies.place(
                of: fact.value, known: known?.id == fact.value ? known : nil, connection)
            return DatedFact(place, from: fact.first, to: fact.end)
        }
        return facts
    }
}

extension FactChange {
    fileprivate var dated: [DatedFact<Value>] {
        switch self {
        case .keep: []
        case .since(let value, let day, _): value.map { [DatedFact($0, from: day)] } ?? []
        case .whole(let intervals): intervals.map { DatedFact($0.value, from: $0.days.first, to: $0.days.end) }
        }
    }
}
