// The days on which cadres belong to a unit, as believed: who was there on a day, joined it later, or moved on since.

import Domain
import SQL
import Service

/// From a day on, until the next one that is known, a cadre belongs to a unit.
struct UnitStay {
    let cadre: Identifier
    let first: CivilDate

    /// Those that reach beyond a day, of cadres who lived on it, each from the day on.
    static func all(in unit: Identifier, from day: CivilDate, _ connection: Connection) throws -> [UnitStay] {
        var stays: [UnitStay] = []
        var last: (cadre: Identifier, unit: Identifier)?
        try connection.forEach(
            """
            WITH own (id) AS (SELECT id FROM cadre WHERE organization_id = $1
                UNION SELECT id FROM cadre_history
                WHERE organization_id = $1 AND superseded_at IS NULL AND valid_to > $2)
            SELECT b.id, b.organization_id, b.valid_from, b.valid_to FROM (
                SELECT h.id, h.organization_id, h.valid_from, h.valid_to FROM own o JOIN cadre_history h ON h.id = o.id
                WHERE h.superseded_at IS NULL AND h.valid_to IS NOT NULL
                UNION ALL SELECT c.id, c.organization_id, c.valid_from, NULL FROM own o JOIN cadre c ON c.id = o.id) b
            JOIN cadre c ON c.id = b.id WHERE c.ended_on IS NULL OR c.ended_on > $2
            ORDER BY b.id, b.valid_from
            """, unit, day
        ) { row in
            let (cadre, own) = (try row.identifier(0), try row.identifier(1))
            let (begin, end) = (try row.date(2), try row.optionalDate(3))
            let before = last.flatMap { $0.cadre == cadre ? $0.unit : nil }
            last = (cadre, own)
            guard own == unit, end.map({ $0 > day }) ?? true else { return }
            // A stay goes on where only something else of the cadre changed.
            guard begin <= day || before != unit else { return }
            stays.append(UnitStay(cadre: cadre, first: max(begin, day)))
        }
        return stays
    }

    /// Lets it be one in another unit.
    func move(to unit: Identifier, _ scope: Scope, _ transaction: Transaction) throws {
        guard let home = try OrganizationHome.find(unit, transaction.connection),
            let stored = try CadreTable.find(cadre, transaction.connection)
        else { return }
        var state = stored.state
        state.organizationId = unit
        // What is known of later days stays: whoever moved on has done so.
        try CadreStore.change(
            stored, to: state, CadreFacts(), home: home.areaCode, from: first, stated: ["organizationId"], scope,
            transaction)
    }
}
