// Divisions and their successors as files that their imports read. A division with a successor appears in the file of
// divisions as if it were live, and the file of successors ends it again, so that the two, imported one after the
// other, give the same tree. A division whose code was assigned again is left out of both, because files identify
// divisions by their codes.

import Service

enum DivisionExport {
    /// The divisions of an area, and those above it, without which it could not be imported elsewhere.
    static func plan(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        let first = conditions.bind(scope.first)
        let last = conditions.bind(scope.last)
        conditions.add(
            "(d.area_code BETWEEN \(first) AND \(last) OR (d.area_code <= \(first) AND d.area_last >= \(last)))")
        conditions.add(isFirstOfCode)
        return ExportPlan(
            columns: [
                ExportColumn("code", "d.code", .areaCode), ExportColumn("name", "d.name"),
                ExportColumn(
                    "level",
                    """
                    CASE d.level WHEN 1 THEN 'province' WHEN 2 THEN 'city' WHEN 3 THEN 'county' WHEN 4 THEN 'town'
                    ELSE 'village' END
                    """),
                ExportColumn("parentCode", "p.code", .areaCode), ExportColumn("from", "d.opened_on"),
                ExportColumn("to", "CASE WHEN d.successor_id IS NULL THEN d.ended_on END"),
            ],
            source: "division d LEFT JOIN division p ON p.id = d.parent_id", conditions: conditions,
            order: ["d.level", "d.code"])
    }

    /// The successors of divisions of an area, in an order in which each is still live when it is named.
    static func successors(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "d.area_code")
        conditions.add(isFirstOfCode)
        return ExportPlan(
            columns: [
                ExportColumn("code", "d.code", .areaCode), ExportColumn("successorCode", "s.code", .areaCode),
                ExportColumn("effectiveOn", "d.ended_on"),
            ],
            source: "division d JOIN division s ON s.id = d.successor_id", conditions: conditions,
            order: ["d.ended_on", "d.level DESC", "s.ended_on IS NULL", "d.code"])
    }

    /// The live division with a code, or the one that ended last.
    private static let isFirstOfCode = """
        NOT EXISTS (SELECT 1 FROM division o WHERE o.code = d.code AND o.id <> d.id AND d.ended_on IS NOT NULL
            AND (o.ended_on IS NULL OR o.ended_on > d.ended_on OR (o.ended_on = d.ended_on AND o.id > d.id)))
        """
}
