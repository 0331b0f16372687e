// The roster 名册 (R030): who helps which household of which village on a day, with unit, rank and phone. Phones are
// masked as in every list; in clear they are only in an export, for which a right, a reason and an audit event are
// needed.

import Archive
import Domain
import SQL
import Service
import Web

enum Roster {
    private static let columns =
        ListColumn.village(of: "h.village_id") + [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"), ListColumn("cadreId", "c.id", .identifier),
            ListColumn("cadreName", "c.name"), ListColumn("organizationName", "o.name"),
            ListColumn("positionTitle", "c.position_title"), ListColumn("rank", "k.rank"),
            ListColumn("role", "CASE WHEN r.pairing_id IS NULL THEN 'joint' ELSE 'first-responsible' END"),
            ListColumn("cadrePhone", "c.phone_mask"), ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"),
            ListColumn("pairingId", "p.id", .identifier),
        ]

    /// Pairings, roles and ranks of the day, of those who can help on it; names, units and villages as they are now.
    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let asked = DayAhead.read(&query, today: call.now.shanghaiDate)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        conditions.add(try AreaFilter.scope(area, call.caller.scope, connection), on: "h.area_code")
        let day = conditions.bind(try asked ?? CadreDay.kept(connection) ?? call.now.shanghaiDate)
        conditions.add(DayInterval.holds("p", on: day))
        conditions.add(Helping.isAble("p.cadre_id", on: day))
        func holds(_ table: String) -> String {
            """
            \(table).superseded_at IS NULL AND \(table).valid_from <= \(day)
            AND (\(table).valid_to IS NULL OR \(table).valid_to > \(day))
            """
        }
        // In the order of villages and files, the responsible helper of each household first.
        return ListPlan(
            name: "roster", columns: columns,
            source: """
                household h CROSS JOIN pairing p ON p.household_number = h.household_number
                JOIN cadre c ON c.id = p.cadre_id JOIN organization o ON o.id = c.organization_id
                LEFT JOIN responsibility r ON r.pairing_id = p.id AND \(holds("r"))
                LEFT JOIN cadre_rank k ON k.cadre_id = c.id AND \(holds("k"))
                """,
            conditions: conditions,
            order: ["h.area_code", "h.archive_number", "(r.pairing_id IS NULL)", "p.id"], paging: paging,
            villages: VillageNames(connection))
    }
}
