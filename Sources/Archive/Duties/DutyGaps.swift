// Two reports of what is missing on a day: county leaders without a poor village and poor villages without a leader
// (R007, R008), and poor villages without a first secretary (R009). Computed from the dated rows each time; nothing is
// stored.

import Domain
import SQL
import Service
import Web

enum DutyGaps {
    private struct Question {
        let area: PastArea
        let day: CivilDate
        let paging: Paging

        init(_ call: Call, _ connection: Connection) throws {
            var query = Query(call.request.head.query)
            let area = query.value("areaCode", FieldText.areaCode)
            day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
            paging = Paging(&query)
            try query.finish()
            self.area = try PastArea.asked(
                area, on: day, today: call.now.shanghaiDate, call.caller.scope, connection)
        }
    }

    private static let poorKinds = VillageKind.registeredPoor.map { "'\($0)'" }.joined(separator: ", ")

    /// Condition: the row of an interval table is believed and holds on a day.
    private static func holds(_ table: String, _ day: String) -> String {
        "\(table).superseded_at IS NULL AND \(table).valid_from <= \(day) "
            + "AND (\(table).valid_to IS NULL OR \(table).valid_to > \(day))"
    }

    /// Villages that were registered as poor on a day and had not ended: `v`, `d` and `k`.
    private static func poorVillages(
        _ day: String, _ area: (first: String, last: String, villages: String)
    ) -> String {
        """
        village v JOIN division d ON d.id = v.id JOIN village_kind k ON k.village_id = v.id
        WHERE \(PastArea.condition("v.area_code", village: "v.id", area))
            AND (d.ended_on IS NULL OR d.ended_on > \(day))
            AND \(holds("k", day)) AND k.kind IN (\(poorKinds))
        """
    }

    /// Condition: the village `v` has a duty of a kind on a day, or a division that it took over had one.
    private static func has(_ kind: DutyKind, _ day: String) -> String {
        """
        EXISTS (SELECT 1 FROM duty y JOIN duty_term t ON t.duty_id = y.id JOIN division f ON f.id = t.division_id
            WHERE y.area_code = v.area_code AND y.level = 5 AND t.kind = '\(kind.rawValue)' AND \(holds("t", day))
            AND (t.division_id = v.id OR f.ended_on <= \(day)))
        """
    }

    // MARK: Liaisons

    private static let liaisonColumns = [
        ListColumn("gap", "x.gap"), ListColumn("cadreId", "x.cadre_id", .identifier),
        ListColumn("cadreName", "x.cadre_name"), ListColumn("organizationId", "x.organization_id", .identifier),
        ListColumn("organizationName", "x.organization_name"),
        ListColumn("villageCode", "x.village_code", .areaCode), ListColumn("villageName", "x.village_name"),
        ListColumn("townName", "x.town_name"), ListColumn("villageKind", "x.village_kind"),
    ]

    static func liaisons(_ call: Call, _ connection: Connection) throws -> ListPlan {
        let question = try Question(call, connection)
        var conditions = ListConditions()
        let day = conditions.bind(question.day)
        let first = conditions.bind(question.area.scope.first)
        let last = conditions.bind(question.area.scope.last)
        let villages = conditions.bind(question.area.villageList)
        func leaders(_ gap: String, without kind: DutyKind, _ key: String) throws -> String {
            func number(_ column: String) throws -> String {
                try ParameterResolution.number(key, on: question.day, column: column, connection)
            }
            // Of those who have places the smallest number of all of them counts, as when they are given.
            let wanted = try """
            coalesce((SELECT min(\(number("v.area_code"))) FROM duty_term t JOIN division v ON v.id = t.division_id
                WHERE t.cadre_id = l.id AND t.kind = '\(kind.rawValue)' AND \(holds("t", day))),
                \(number("l.area_code")))
            """
            return """
                SELECT '\(gap)' AS gap, l.area_code AS area_code, l.id AS id, l.id AS cadre_id, l.name AS cadre_name,
                    o.id AS organization_id, o.name AS organization_name, NULL AS village_code, NULL AS village_name,
                    NULL AS town_name, NULL AS village_kind
                FROM (\(leadersOn(day, first, last))) l JOIN organization o ON o.id = l.organization_id
                WHERE (SELECT count(*) FROM duty_term t WHERE t.cadre_id = l.id AND t.kind = '\(kind.rawValue)'
                    AND \(holds("t", day))) < \(wanted)
                """
        }
        let source = try """
        (\(leaders("leader-without-town", without: .leaderTown, ParameterKey.countyLeaderTowns))
        UNION ALL
        \(leaders("leader-without-village", without: .leaderVillage, ParameterKey.countyLeaderVillages))
        UNION ALL
        SELECT 'village-without-liaison', v.area_code, v.id, NULL, NULL, NULL, NULL, d.code, d.name,
            (SELECT w.name FROM division w WHERE w.id = d.parent_id), k.kind
        FROM \(poorVillages(day, (first, last, villages))) AND NOT \(has(.leaderVillage, day))) x
        """
        return ListPlan(
            name: "liaison-gaps", columns: liaisonColumns, source: source, conditions: conditions,
            order: ["x.gap", "x.area_code", "x.id"], paging: question.paging)
    }

    /// Those who led the county on a day, each at their present place.
    private static func leadersOn(_ day: String, _ first: String, _ last: String) -> String {
        """
        SELECT id, name, organization_id, area_code FROM cadre
        WHERE is_county_leader = 1 AND valid_from <= \(day) AND (ended_on IS NULL OR ended_on > \(day))
            AND area_code BETWEEN \(first) AND \(last)
        UNION ALL
        SELECT h.id, h.name, h.organization_id, c.area_code FROM cadre_history h JOIN cadre c ON c.id = h.id
        WHERE h.is_county_leader = 1 AND h.superseded_at IS NULL AND h.valid_from <= \(day) AND h.valid_to > \(day)
            AND (h.ended_on IS NULL OR h.ended_on > \(day)) AND c.area_code BETWEEN \(first) AND \(last)
        """
    }

    // MARK: First secretaries

    private static let vacancyColumns =
        ListColumn.village("d", town: "w") + [
            ListColumn("villageKind", "k.kind"),
            ListColumn(
                "vacantSince",
                "CASE WHEN coalesce(\(lastEnd), '') > \(poorSince) THEN \(lastEnd) ELSE \(poorSince) END"),
            ListColumn("lastDutyId", lastDuty, .identifier),
        ]
    /// `$1` is the day.
    private static let former = """
        FROM duty_term t WHERE t.division_id = v.id AND t.kind = 'first-secretary' AND t.superseded_at IS NULL
            AND t.valid_to <= $1
        """
    private static let lastEnd = "(SELECT max(t.valid_to) \(former))"
    private static let lastDuty = "(SELECT t.duty_id \(former) ORDER BY t.valid_to DESC LIMIT 1)"
    /// The first day of the unbroken time in which the village has been registered as poor.
    private static let poorSince = """
        (SELECT max(p.valid_from) FROM village_kind p WHERE p.village_id = v.id AND p.superseded_at IS NULL
            AND p.kind IN (\(poorKinds)) AND p.valid_from <= $1 AND NOT EXISTS (SELECT 1 FROM village_kind e
            WHERE e.village_id = v.id AND e.superseded_at IS NULL AND e.kind IN (\(poorKinds))
            AND e.valid_to = p.valid_from))
        """

    static func firstSecretaries(_ call: Call, _ connection: Connection) throws -> ListPlan {
        let question = try Question(call, connection)
        var conditions = ListConditions()
        let day = conditions.bind(question.day)
        conditions.add(question.area, on: "v.area_code", of: "v.id")
        conditions.add("(d.ended_on IS NULL OR d.ended_on > \(day))")
        conditions.add("\(holds("k", day)) AND k.kind IN (\(poorKinds))")
        conditions.add("NOT \(has(.firstSecretary, day))")
        return ListPlan(
            name: "first-secretary-vacancies", columns: vacancyColumns,
            source: """
                village v JOIN division d ON d.id = v.id JOIN division w ON w.id = d.parent_id
                JOIN village_kind k ON k.village_id = v.id
                """,
            conditions: conditions, order: ["v.area_code", "v.id"], paging: question.paging)
    }
}
