// Export of cadres: the columns that their import reads, with the dated facts of a day or, failing that, the next to
// come.

import Domain
import SQL
import Service

enum CadreExport {
    /// Every cadre in an area, also one who has ended.
    ///
    /// - Parameter day: of which the dated facts are.
    static func plan(_ scope: Scope, on day: CivilDate) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "c.area_code")
        let today = conditions.bind(day)
        func join(_ table: IntervalTable, _ name: String) -> String {
            """
            LEFT JOIN \(table.name) \(name) ON \(name).cadre_id = c.id AND \(name).superseded_at IS NULL
            AND \(name).valid_from = coalesce(
                (SELECT max(x.valid_from) FROM \(table.name) x WHERE x.cadre_id = c.id AND x.superseded_at IS NULL
                    AND x.valid_from <= \(today) AND (x.valid_to IS NULL OR x.valid_to > \(today))),
                (SELECT min(x.valid_from) FROM \(table.name) x WHERE x.cadre_id = c.id AND x.superseded_at IS NULL
                    AND x.valid_from > \(today)))
            """
        }
        return ExportPlan(
            columns: columns,
            source: """
                cadre c JOIN organization o ON o.id = c.organization_id
                LEFT JOIN division hd ON hd.id = c.home_village_id
                \(join(CadreTable.ranks, "r"))
                \(join(CadreTable.posts, "p"))
                \(join(CadreTable.links, "l"))
                LEFT JOIN division ld ON ld.id = l.division_id
                """,
            conditions: conditions, order: ["c.area_code", "c.id"])
    }

    private static let columns = [
        ExportColumn("id", "c.id", .identifier), ExportColumn("organizationId", "c.organization_id", .identifier),
        ExportColumn("organizationName", "o.name"), ExportColumn("name", "c.name"), ExportColumn("sex", "c.sex"),
        ExportColumn("positionTitle", "c.position_title"),
        ExportColumn(
            "identityNumber", mask: "c.identity_mask", sealed: "c.identity_sealed", place: "cadre.identity",
            id: "c.id"),
        ExportColumn("phone", mask: "c.phone_mask", sealed: "c.phone_sealed", place: "cadre.phone", id: "c.id"),
        ExportColumn("line", "c.line"), ExportColumn("homeVillageCode", "hd.code", .areaCode),
        ExportColumn("isCountyLeader", "c.is_county_leader", .boolean), ExportColumn("rank", "r.rank"),
        ExportColumn("rankFrom", "r.valid_from"), ExportColumn("postState", "p.post_state"),
        ExportColumn("postStateFrom", "p.valid_from"), ExportColumn("linkedAreaCode", "ld.code", .areaCode),
        ExportColumn("linkedFrom", "l.valid_from"), ExportColumn("to", "c.ended_on"),
    ]
}
