// The duties of an area as a file that the import reads: columns of the same names, members with their team.

import Service

package enum DutyExport {
    package static func plan(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "y.area_code")
        return ExportPlan(
            columns: columns,
            // The present division replaces those it took over, because an ended one cannot be imported again.
            source: """
                duty y JOIN duty_term t ON t.duty_id = y.id AND t.superseded_at IS NULL
                JOIN division d ON d.level = y.level AND d.area_code = y.area_code AND d.successor_id IS NULL
                LEFT JOIN cadre c ON c.id = t.cadre_id
                LEFT JOIN organization o ON o.id = coalesce(t.organization_id, c.organization_id)
                LEFT JOIN work_team_term n ON n.team_id = t.team_id AND n.superseded_at IS NULL
                """,
            conditions: conditions, order: ["y.area_code", "y.id"])
    }

    private static let columns = [
        ExportColumn("dutyId", "y.id", .identifier), ExportColumn("kind", "t.kind"),
        ExportColumn("areaCode", "d.code", .areaCode),
        ExportColumn("organizationId", "t.organization_id", .identifier), ExportColumn("organizationName", "o.name"),
        ExportColumn("cadreId", "t.cadre_id", .identifier), ExportColumn("cadreName", "c.name"),
        ExportColumn("holderName", "t.holder_name"), ExportColumn("title", "t.title"),
        ExportColumn("sendingOrganizationId", "t.sending_organization_id", .identifier),
        ExportColumn("teamId", "t.team_id", .identifier), ExportColumn("teamName", "n.name"),
        ExportColumn("teamFrom", "n.valid_from"), ExportColumn("teamTo", "n.valid_to"),
        ExportColumn("teamEndReason", "n.end_reason"), ExportColumn("from", "t.valid_from"),
        ExportColumn("to", "t.valid_to"), ExportColumn("endReason", "t.end_reason"),
    ]
}
