// Pairings as clients see them: the same columns in a list, alone, and below a household or a cadre. The role is that
// of a day; where the pairing does not hold on it, the role that it had last or will have first.

import Domain
import SQL
import Service
import Web

/// Pairings as of a day, as known now or at a time.
struct PairingView {
    /// The day of which roles and ranks are shown.
    let day: CivilDate
    /// Milliseconds UTC; nil: as known now.
    let knownAt: Int64?
    /// The values of the query, and the names of their parameters.
    private(set) var conditions: ListConditions
    private let dayParameter: String
    private let knownParameter: String?

    init(day: CivilDate, knownAt: Int64?) {
        self.day = day
        self.knownAt = knownAt
        var conditions = ListConditions()
        dayParameter = conditions.bind(day)
        knownParameter = knownAt.map { conditions.bind($0) }
        self.conditions = conditions
    }

    /// Binds a value and gives its parameter.
    mutating func bind(_ value: any Bindable) -> String { conditions.bind(value) }

    mutating func add(_ clause: String) { conditions.add(clause) }

    /// Keeps only the pairings that hold on the day.
    mutating func hold() { add(isActive("p")) }

    func isActive(_ alias: String) -> String { DayInterval.holds(alias, on: dayParameter) }

    /// Whether it is over on the day, or was taken back.
    var hasEnded: String { "p.end_on IS NOT NULL AND (p.end_on <= \(dayParameter) OR p.end_on = p.first_on)" }

    /// Where a pairing stands on the day.
    private var state: String {
        "CASE WHEN \(isActive("p")) THEN 'active' WHEN \(hasEnded) THEN 'ended' ELSE 'future' END"
    }

    // MARK: SQL

    /// Condition that a row of an interval table was believed.
    private func believed(_ alias: String) -> String {
        guard let knownParameter else { return "\(alias).superseded_at IS NULL" }
        return "\(alias).recorded_at <= \(knownParameter) "
            + "AND (\(alias).superseded_at IS NULL OR \(alias).superseded_at > \(knownParameter))"
    }

    private func holds(_ alias: String) -> String {
        "\(alias).valid_from <= \(dayParameter) AND (\(alias).valid_to IS NULL OR \(alias).valid_to > \(dayParameter))"
    }

    /// Pairings as they were believed, as a table named `alias`.
    ///
    /// - Parameter condition: over the columns of `PairingTable.dated`; what is asked of one household, cadre or
    ///   pairing belongs here, so that an index finds it.
    func table(_ alias: String, _ condition: String?) -> String {
        let chosen = condition.map { " AND \($0)" } ?? ""
        guard let knownParameter else { return condition == nil ? "pairing \(alias)" : current(alias, chosen) }
        let columns = PairingTable.dated.columns
        return """
            (SELECT k.*, q.area_code, q.begun_by, q.begun_by_id, q.begun_by_user_id, q.created_at FROM (
                SELECT \(columns) FROM pairing WHERE recorded_at <= \(knownParameter)\(chosen)
                UNION ALL
                SELECT \(columns) FROM pairing_history WHERE recorded_at <= \(knownParameter)
                    AND superseded_at > \(knownParameter)\(chosen)) k
                JOIN pairing q ON q.id = k.id) \(alias)
            """
    }

    private func current(_ alias: String, _ chosen: String) -> String {
        "(SELECT * FROM pairing WHERE 1 = 1\(chosen)) \(alias)"
    }

    func source(_ condition: String? = nil) -> String {
        """
        \(table("p", condition)) JOIN household h ON h.household_number = p.household_number
            JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id
            JOIN cadre c ON c.id = p.cadre_id JOIN organization o ON o.id = c.organization_id
            LEFT JOIN user_account u ON u.id = p.begun_by_user_id
        """
    }

    var isResponsible: String {
        """
        EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id AND \(believed("r")) AND
            CASE WHEN p.end_on <= \(dayParameter) THEN r.valid_to = p.end_on
                WHEN p.first_on > \(dayParameter) THEN r.valid_from = p.first_on ELSE \(holds("r")) END)
        """
    }

    /// Whether the cadre can help on the day. What was believed at a time is told as it was: it knows no quota.
    var isAble: String { knownAt == nil ? Helping.isAble("p.cadre_id", on: dayParameter) : "1" }

    /// The form (R042) of a pairing on the day: how many helpers the household has, and how many households the helper.
    private var form: String {
        let helpers = """
            (SELECT count(*) FROM \(table("a", "household_number = p.household_number")) WHERE \(isActive("a")))
            """
        let households = "(SELECT count(*) FROM \(table("a", "cadre_id = p.cadre_id")) WHERE \(isActive("a")))"
        return """
            CASE WHEN \(helpers) > 1 THEN CASE WHEN \(households) > 1 THEN 'many-to-many' ELSE 'many-to-one' END
                WHEN \(households) > 1 THEN 'one-to-many' ELSE 'one-to-one' END
            """
    }

    var columns: [ListColumn] {
        let rank = """
            (SELECT k.rank FROM cadre_rank k WHERE k.cadre_id = p.cadre_id AND \(believed("k")) AND \(holds("k")))
            """
        return [
            ListColumn("id", "p.id", .identifier), ListColumn("version", "p.version", .integer),
            ListColumn("householdId", "h.id", .identifier), ListColumn("archiveNumber", "h.archive_number"),
            ListColumn("householderName", "h.householder_name"),
        ] + ListColumn.village("v", town: "t") + [
            ListColumn("cadreId", "p.cadre_id", .identifier), ListColumn("cadreName", "c.name"),
            ListColumn("organizationName", "o.name"), ListColumn("rank", rank),
            ListColumn("role", "CASE WHEN \(isResponsible) THEN 'first-responsible' ELSE 'joint' END"),
            ListColumn("state", state), ListColumn("from", "p.first_on"), ListColumn("to", "p.end_on"),
            ListColumn("reason", "p.reason"), ListColumn("endReason", "p.end_reason"),
            ListColumn("isPinned", "p.is_pinned", .boolean),
            ListColumn("origin", "p.begun_by"), ListColumn("originId", "p.begun_by_id", .identifier),
        ] + ListColumn.actor("begunBy", id: "p.begun_by_user_id", name: "u.name") + [
            ListColumn("handoverId", "p.handover_id", .identifier),
            ListColumn("createdAt", "p.created_at", .instant),
        ]
    }

    var formColumn: ListColumn { ListColumn("form", form) }

    // MARK: JSON

    /// One pairing.
    ///
    /// - Parameter mustHold: only if it holds on the day.
    /// - Returns: nil where nothing is left.
    func json(_ id: Identifier, mustHold: Bool, _ connection: Connection) throws -> [UInt8]? {
        var view = self
        let parameter = view.bind(id)
        if mustHold { view.hold() }
        var json = JSONWriter(reserve: 1_024)
        json.beginObject()
        var found = false
        try view.forEach("id = \(parameter)", view.columns, connection) { row, columns in
            found = true
            ListAnswer.writeMembers(row, columns, &json)
        }
        guard found else { return nil }
        json.key("responsibleDays")
        try writeResponsibleDays(id, &json, connection)
        json.endObject()
        return json.take()
    }

    /// The role of a pairing on the day.
    func role(of id: Identifier, _ connection: Connection) throws -> PairingRole {
        var view = self
        let parameter = view.bind(id)
        let isResponsible = try connection.first(
            "SELECT \(isResponsible) FROM pairing p WHERE p.id = \(parameter)", values: view.conditions.values
        ) { $0.bool(0) }
        return isResponsible == true ? .firstResponsible : .joint
    }

    /// Every stretch of days in which the pairing's cadre answers for the household.
    private func writeResponsibleDays(
        _ id: Identifier, _ json: inout JSONWriter, _ connection: Connection
    ) throws {
        let columns = [ListColumn("from", "r.valid_from"), ListColumn("to", "r.valid_to")]
        let belief =
            knownAt == nil
            ? "r.superseded_at IS NULL"
            : "r.recorded_at <= $2 AND (r.superseded_at IS NULL OR r.superseded_at > $2)"
        json.beginArray()
        try connection.forEach(
            """
            SELECT r.valid_from, r.valid_to FROM responsibility r WHERE r.pairing_id = $1 AND \(belief)
            ORDER BY r.valid_from
            """, values: knownAt.map { [id, $0] } ?? [id]
        ) { ListAnswer.write($0, columns, &json) }
        json.endArray()
    }

    /// Runs the query of the view's conditions, the longest first.
    ///
    /// - Parameter condition: as in `table`.
    func forEach(
        _ condition: String, _ columns: [ListColumn], _ connection: Connection,
        _ body: (borrowing Row, [ListColumn]) throws -> Void
    ) throws {
        let clauses = conditions.clauses.isEmpty ? "" : "WHERE " + conditions.clauses.joined(separator: " AND ")
        try connection.forEach(
            """
            SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(source(condition)) \(clauses)
            ORDER BY p.first_on, p.id
            """, values: conditions.values
        ) { try body($0, columns) }
    }
}
