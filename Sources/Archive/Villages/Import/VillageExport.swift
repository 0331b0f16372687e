// The villages of an area as a file that the import reads: a row for each believed kind, target year, tag and profile.
// Archives of villages that others have taken over are left out, because an ended village cannot be imported again.

import Service

package enum VillageExport {
    package static func plan(_ scope: Scope) -> ExportPlan {
        var conditions = ListConditions()
        conditions.add(scope, on: "x.area_code")
        return ExportPlan(
            columns: columns, source: "(\(rows)) x", conditions: conditions,
            order: ["x.area_code", "x.section", "x.valid_from", "x.sorted_tag"])
    }

    private static let columns =
        [
            ExportColumn("villageCode", "x.code", .areaCode), ExportColumn("from", "x.first_day"),
            ExportColumn("to", "x.last_day"), ExportColumn("kind", "x.kind"),
            ExportColumn("targetExitYear", "x.target_exit_year", .integer), ExportColumn("tags", "x.tag"),
            ExportColumn("year", "x.year", .integer),
        ]
        + ProfileField.allCases.map { field in
            ExportColumn(
                "\(field.key)", "x.\(field.column)",
                field.shape == .flag ? .boolean : field.shape == .text ? .text : .integer)
        }

    private static let rows = [
        section(1, "village_kind", kind: "t.kind"), section(2, "village_target", target: "t.target_exit_year"),
        section(3, "village_tag", tag: "t.tag"), section(4, "village_profile"),
    ].joined(separator: "\nUNION ALL\n")

    private static func section(
        _ number: Int, _ table: String, kind: String = "NULL", target: String = "NULL", tag: String = "NULL"
    ) -> String {
        let isProfile = table == "village_profile"
        let profile = ProfileField.allCases.map { isProfile ? "t.\($0.column)" : "NULL AS \($0.column)" }
        return """
            SELECT v.area_code AS area_code, \(number) AS section, t.valid_from AS valid_from, d.code AS code,
                \(isProfile ? "NULL" : "t.valid_from") AS first_day, \(isProfile ? "NULL" : "t.valid_to") AS last_day,
                \(kind) AS kind, \(target) AS target_exit_year, \(tag) AS tag,
                \(tag == "NULL" ? "''" : tag) AS sorted_tag,
                \(isProfile ? "CAST(substr(t.valid_from, 1, 4) AS INTEGER)" : "NULL") AS year,
                \(profile.joined(separator: ", "))
            FROM village v JOIN division d ON d.id = v.id AND d.successor_id IS NULL
            JOIN \(table) t ON t.village_id = v.id AND t.superseded_at IS NULL
            """
    }
}
