// The roster 名册 (R030): who helps which household of which village on a day, with unit, rank and phone. Phones are
// masked as in every list; in clear they are only in an export, for which a right, a reason and an audit event are
// needed.

import Archive
import Domain
import SQL
import Service
import Web

enum Roster {
    /// - Parameter village: expression of its id.
    private static func columns(_ village: String) -> [ListColumn] {
        ListColumn.village(of: village) + [
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"), ListColumn("cadreId", "c.id", .identifier),
            ListColumn("cadreName", "c.name"), ListColumn("organizationName", "o.name"),
            ListColumn("positionTitle", "c.position_title"), ListColumn("rank", "k.rank"),
            ListColumn("role", "CASE WHEN r.pairing_id IS NULL THEN 'joint' ELSE 'first-responsible' END"),
            ListColumn("cadrePhone", "c.phone_mask"), ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"),
            ListColumn("pairingId", "p.id", .identifier),
        ]
    }

    /// Villages, pairings, roles and ranks of the day, of those who can help on it; names and units as they are now.
    static func plan(_ call: Call, _ connection: Connection) throws -> ListPlan {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let asked = DayAhead.read(&query, today: call.now.shanghaiDate)
        let paging = Paging(&query)
        try query.finish()
        var conditions = ListConditions()
        let scope = try call.caller.scope
        let today = try CadreDay.kept(connection) ?? call.now.shanghaiDate
        let asOf = asked ?? today
        let there = try PastArea.asked(area, on: asOf, today: today, scope, connection)
        let stays = try HouseholdStays.until(asOf, today: today, around: there.scope, connection)
        conditions.add(there, stays, on: asOf, seenIn: scope)
        let day = conditions.bind(asOf)
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
            name: "roster",
            columns: columns(asOf < today ? HouseholdStays.village(of: "h", on: day) : "h.village_id"),
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
