// The pairings of an area as a file that the import reads: each with all its days, also those that are over, without
// those that a correction has taken back whole.

import Domain
import Service

package enum PairingExport {
    /// - Parameter day: of which roles are; on which days somebody answered stands beside them.
    package static func plan(_ scope: Scope, on day: CivilDate) -> ExportPlan {
        var view = PairingView(day: day, knownAt: nil)
        view.add("p.area_code BETWEEN \(view.bind(scope.first)) AND \(view.bind(scope.last))")
        view.add("(p.end_on IS NULL OR p.end_on > p.first_on)")
        return ExportPlan(
            columns: columns(view),
            source: view.source() + """

                LEFT JOIN division k ON k.level = \(DivisionLevel.county.rawValue) AND k.successor_id IS NULL
                    AND k.area_code = p.area_code - p.area_code % \(AreaCode.span(of: .county))
                """,
            conditions: view.conditions, order: ["v.code", "h.archive_number", "p.first_on", "p.id"])
    }

    private static func columns(_ view: PairingView) -> [ExportColumn] {
        let days = """
            (SELECT group_concat(x.days, ';') FROM (SELECT r.valid_from || '/' || coalesce(r.valid_to, '') AS days
                FROM responsibility r WHERE r.pairing_id = p.id AND r.superseded_at IS NULL
                ORDER BY r.valid_from) x)
            """
        return [
            ExportColumn("pairingId", "p.id", .identifier), ExportColumn("householdId", "h.id", .identifier),
            ExportColumn("archiveNumber", "h.archive_number"), ExportColumn("countyCode", "k.code", .areaCode),
            ExportColumn("cadreId", "p.cadre_id", .identifier), ExportColumn("cadreName", "c.name"),
            ExportColumn("organizationName", "o.name"),
            ExportColumn(
                "cadreIdentityNumber", mask: "c.identity_mask", sealed: "c.identity_sealed", place: "cadre.identity",
                id: "c.id"),
            ExportColumn(
                "cadrePhone", mask: "c.phone_mask", sealed: "c.phone_sealed", place: "cadre.phone", id: "c.id"),
            ExportColumn("role", "CASE WHEN \(view.isResponsible) THEN 'first-responsible' ELSE 'joint' END"),
            ExportColumn("from", "p.first_on"), ExportColumn("to", "p.end_on"), ExportColumn("responsibleDays", days),
            ExportColumn("reason", "p.reason"), ExportColumn("endReason", "p.end_reason"),
            ExportColumn("isPinned", "p.is_pinned", .boolean),
        ]
    }
}
