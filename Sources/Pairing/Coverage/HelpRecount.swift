// Help counted from the pairings themselves: what `check` holds the kept rows against, and the answer for another day.
// In SQL of its own and not by the code that keeps it, so that neither repeats a mistake of the other.

import Archive
import Domain
import SQL
import Service

/// Questions over a day in `$1`. Both are lists of common table expressions that end in `help` or `carry`.
package struct HelpRecount {
    /// Households: number, village, state, its first day, needs_two_units, the place of the village.
    private let households: String
    /// Where the households of all areas live: number and place of the village.
    private let homes: String
    /// Cadres: id, organization, post state, link, day of leaving.
    private let cadres: String
    /// Organizations: id and the division of their home.
    private let organizations: String
    /// The division in which a cadre is counted.
    private var home = sharedHome

    private static let sharedHome = "coalesce(y.division_id, k.linked_division_id, o.division_id, n.division_id)"

    /// What the rows of the register say now; the day is the one that is kept.
    static let present = HelpRecount(
        households: """
            SELECT household_number, village_id, state, state_since, needs_two_units, area_code FROM household
            WHERE ended_on IS NULL
            """,
        homes: "SELECT household_number, area_code FROM household",
        cadres: "SELECT id, organization_id, post_state, linked_division_id, ended_on FROM cadre",
        organizations: "SELECT id, division_id FROM organization")

    /// What held on the day or is to hold on it, as known now, for households of villages that lie in the range `$2` to
    /// `$3` of the current tree. A division that has a successor means the last of them.
    package static let dated = past(
        inside: "v.area_code BETWEEN $2 AND $3", division: { _ in "r.last" }, home: sharedHome)

    /// What held on the day in the villages of the list `$4`, whose successors lie in the range `$2` to `$3`: every
    /// division is itself, whatever became of it.
    package static let former = past(
        inside: PastArea.condition("v.area_code", village: "h.village_id", ("$2", "$3", "$4")), division: { $0 },
        home: "coalesce(k.linked_division_id, o.division_id, n.division_id)")

    /// - Parameters:
    ///   - inside: whether the village of a household `h`, which lies at `v` now, is asked for.
    ///   - division: what a division means, of which `r` is the heir.
    private static func past(inside: String, division: (String) -> String, home: String) -> HelpRecount {
        // Everything that is recorded is known, also when the machine's clock went back since.
        let known = "9223372036854775807"
        func asOf(_ table: DatedTable) -> String { table.asOf("1 = 1", day: "$1", known: known) }
        func holds(_ table: IntervalTable) -> String { table.asOf("1 = 1", day: "$1") }
        return HelpRecount(
            households: """
                SELECT h.household_number, \(division("h.village_id")), h.state, h.state_since,
                    h.labour = 'none' OR h.self_care = 0 OR EXISTS (
                        SELECT 1 FROM (\(asOf(MemberTable.dated))) m
                    WHERE m.household_number = h.household_number AND m.left_on IS NULL AND m.school_blocked = 1),
                    v.area_code
                FROM (\(asOf(HouseholdTable.dated))) h JOIN heir r ON r.id = h.village_id
                JOIN division v ON v.id = r.last
                WHERE h.ended_on IS NULL AND \(inside)
                """,
            homes: """
                SELECT h.household_number, v.area_code FROM (\(asOf(HouseholdTable.dated))) h
                JOIN heir r ON r.id = h.village_id JOIN division v ON v.id = r.last
                """,
            cadres: """
                SELECT c.id, c.organization_id, p.post_state, \(division("l.division_id")), c.ended_on
                FROM (\(asOf(CadreTable.dated))) c
                LEFT JOIN (\(holds(CadreTable.posts))) p ON p.cadre_id = c.id
                LEFT JOIN (\(holds(CadreTable.links))) l ON l.cadre_id = c.id LEFT JOIN heir r ON r.id = l.division_id
                """,
            organizations: """
                SELECT o.id, \(division("o.division_id")) FROM (\(asOf(Organization.record.dated))) o
                JOIN heir r ON r.id = o.division_id
                """, home: home)
    }

    private static let heirs = """
        heir (id, last) AS (SELECT id, id FROM division WHERE successor_id IS NULL
            UNION ALL SELECT d.id, r.last FROM division d JOIN heir r ON d.successor_id = r.id)
        """

    /// Who can help: pairings that hold on the day, of cadres with a quota on it, and the division in which it counts.
    /// As `pairing_able` says (HelpingWordsTests), but found once for a whole county.
    private static let helping = """
        helping (id, household_number, cadre_id, division_id) AS MATERIALIZED (
            SELECT p.id, p.household_number, p.cadre_id, y.division_id FROM pairing p
            JOIN cadre_capacity y ON y.cadre_id = p.cadre_id AND y.valid_from <= $1
                AND (y.valid_to IS NULL OR y.valid_to > $1)
            WHERE p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > $1) AND y.quota > 0)
        """

    /// `help (household_number, village_id, responsible_cadre_id, helper_count, unit_count, is_joint_met, is_outside,
    /// awaiting_since)`, a row for each household that has had a helper, and `h`, all households.
    package func help(on day: CivilDate, _ connection: Connection) throws -> String {
        // Help lasts as long as the pairing, the duty to answer and the quota all last.
        func lastEnd(_ source: String) -> String {
            """
            SELECT household_number, max(end_on) AS day FROM (\(source)) WHERE first_on < end_on AND end_on <= $1
            GROUP BY household_number
            """
        }
        let never = "'9999-99-99'"
        let uncovered = lastEnd(
            """
            SELECT a.household_number, max(a.first_on, r.valid_from) AS first_on,
                min(a.end_on, coalesce(r.valid_to, \(never))) AS end_on
            FROM helped a JOIN responsibility r ON r.pairing_id = a.id AND r.superseded_at IS NULL
            WHERE a.first_on < a.end_on
            UNION ALL SELECT p.household_number, '', p.end_on FROM pairing p
            WHERE p.end_on = p.first_on AND p.handover_id IS NOT NULL
            """)
        let unhelped = lastEnd("SELECT household_number, first_on, end_on FROM helped")
        return """
            WITH RECURSIVE \(Self.heirs), over (first, last, day) AS (VALUES \(try Self.consolidated(day, connection))),
            h (household_number, village_id, state, state_since, needs_two_units, place) AS MATERIALIZED (
                \(households)),
            k (id, organization_id, post_state, linked_division_id, ended_on) AS MATERIALIZED (\(cadres)),
            \(Self.helping),
            helpers AS MATERIALIZED (
                SELECT a.household_number, count(*) AS helper_count, count(DISTINCT k.organization_id) AS unit_count,
                    max(d.id IS NULL OR h.place < d.area_code OR h.place > d.area_last) AS is_outside
                FROM helping a JOIN h ON h.household_number = a.household_number LEFT JOIN k ON k.id = a.cadre_id
                LEFT JOIN division d ON d.id = a.division_id GROUP BY a.household_number),
            answers AS MATERIALIZED (SELECT r.household_number, a.cadre_id FROM helping a
                JOIN responsibility r ON r.pairing_id = a.id AND r.superseded_at IS NULL AND r.valid_from <= $1
                    AND (r.valid_to IS NULL OR r.valid_to > $1)),
            open AS MATERIALIZED (SELECT household_number FROM h EXCEPT SELECT household_number FROM answers),
            helped AS MATERIALIZED (
                SELECT p.household_number, p.id, max(p.first_on, y.valid_from) AS first_on,
                    min(coalesce(p.end_on, \(never)), coalesce(y.valid_to, \(never))) AS end_on
                FROM open o CROSS JOIN pairing p ON p.household_number = o.household_number
                JOIN cadre_capacity y ON y.cadre_id = p.cadre_id AND y.quota > 0),
            uncovered AS MATERIALIZED (\(uncovered)), unhelped AS MATERIALIZED (\(unhelped)),
            named AS MATERIALIZED (SELECT household_number, max(first_on) AS day FROM pairing
                WHERE first_on <= $1 AND (end_on IS NULL OR first_on < end_on) GROUP BY household_number),
            help (household_number, village_id, responsible_cadre_id, helper_count, unit_count, is_joint_met,
                is_outside, awaiting_since) AS (
                SELECT h.household_number, h.village_id, a.cadre_id, coalesce(n.helper_count, 0),
                    coalesce(n.unit_count, 0), h.needs_two_units = 1 AND coalesce(n.unit_count, 0) >= 2,
                    coalesce(n.is_outside, 0),
                    CASE WHEN a.cadre_id IS NULL AND (h.state <> 'lifted' OR h.state_since > (SELECT c.day FROM over c
                        WHERE h.place BETWEEN c.first AND c.last ORDER BY c.last - c.first LIMIT 1))
                        THEN coalesce(l.day, CASE WHEN n.household_number IS NULL THEN coalesce(w.day, m.day) END) END
                FROM h LEFT JOIN helpers n ON n.household_number = h.household_number
                LEFT JOIN uncovered l ON l.household_number = h.household_number
                LEFT JOIN unhelped w ON w.household_number = h.household_number
                LEFT JOIN named m ON m.household_number = h.household_number
                LEFT JOIN answers a ON a.household_number = h.household_number
                WHERE m.household_number IS NOT NULL OR l.household_number IS NOT NULL)
            """
    }

    /// Rows of SQL: of each area that states on a day how long consolidation lasts, the last day of lifting for which
    /// it is over. The smallest range around a place counts.
    private static func consolidated(_ day: CivilDate, _ connection: Connection) throws -> String {
        let stated = try connection.query(
            """
            SELECT coalesce(d.area_code, 0), coalesce(d.area_last, 999999999999), p.value FROM parameter p
            LEFT JOIN division d ON d.id = p.division_id
            WHERE p.key = '\(ParameterKey.pairingConsolidation)' AND p.first_on <= $1
                AND (p.end_on IS NULL OR p.end_on > $1) AND d.successor_id IS NULL
            """, day
        ) { row -> (Int64, Int64, Int)? in
            guard let months = ParameterValue(stored: row.text(2))?.number else { return nil }
            return (row.int64(0), row.int64(1), months)
        }
        let everywhere: (Int64, Int64, Int) = (-1, 999_999_999_999, Consolidation.monthsDefault)
        return (stated.compactMap(\.self) + [everywhere]).map { first, last, months in
            "(\(first), \(last), '\(Consolidation.over(on: day, months: months))')"
        }.joined(separator: ", ")
    }

    /// `carry (cadre_id, division_id, is_linked, is_in_post, quota, load, outside_count)`. Where an organization was at
    /// home before it was registered is not known: its present home is taken.
    var carry: String {
        """
        WITH RECURSIVE \(Self.heirs),
        k (id, organization_id, post_state, linked_division_id, ended_on) AS MATERIALIZED (\(cadres)),
        o (id, division_id) AS MATERIALIZED (\(organizations)),
        homes (household_number, place) AS MATERIALIZED (\(homes)),
        \(Self.helping),
        loads AS MATERIALIZED (SELECT cadre_id, count(*) AS load FROM pairing
            WHERE first_on <= $1 AND (end_on IS NULL OR end_on > $1) GROUP BY cadre_id),
        outsiders AS MATERIALIZED (SELECT a.cadre_id, count(*) AS outside_count FROM helping a
            JOIN homes h ON h.household_number = a.household_number LEFT JOIN division d ON d.id = a.division_id
            WHERE d.id IS NULL OR h.place < d.area_code OR h.place > d.area_last GROUP BY a.cadre_id),
        carry (cadre_id, division_id, is_linked, is_in_post, quota, load, outside_count) AS (
            SELECT k.id, \(home),
                y.division_id IS NOT NULL,
                (k.post_state IS NULL OR k.post_state IN ('in-post', 'seconded'))
                    AND (k.ended_on IS NULL OR k.ended_on > $1),
                coalesce(y.quota, 0), coalesce(l.load, 0), coalesce(x.outside_count, 0)
            FROM k JOIN organization n ON n.id = k.organization_id LEFT JOIN o ON o.id = n.id
            LEFT JOIN cadre_capacity y ON y.cadre_id = k.id AND y.valid_from <= $1
                AND (y.valid_to IS NULL OR y.valid_to > $1)
            LEFT JOIN loads l ON l.cadre_id = k.id LEFT JOIN outsiders x ON x.cadre_id = k.id)
        """
    }

    /// Sums of `help`, by division, in the order of `HelpFigures.columns`.
    static let helpSums = """
        SELECT village_id AS division_id, sum(responsible_cadre_id IS NOT NULL) AS covered,
            sum(awaiting_since IS NOT NULL) AS awaiting, sum(is_joint_met) AS joint_met, 0 AS capacity, 0 AS used,
            0 AS below_quota, 0 AS above_quota, 0 AS zero_duty, sum(is_outside) AS outside
        FROM help GROUP BY village_id
        """
    /// The same of `carry`.
    static let carrySums = """
        SELECT division_id, 0 AS covered, 0 AS awaiting, 0 AS joint_met, sum(is_linked * quota) AS capacity,
            sum(load) AS used, sum(is_linked = 1 AND is_in_post = 1 AND load < quota) AS below_quota,
            sum(load > quota) AS above_quota, sum(is_in_post = 1 AND load = 0) AS zero_duty, 0 AS outside
        FROM carry GROUP BY division_id
        """

    // MARK: Check

    /// A line for each kept row that is wrong, in the order of the tables.
    package static func faults(_ connection: Connection, max: Int) throws -> [(subject: String, faults: [String])] {
        // Before the first day that is kept nobody has helped.
        let day = try CadreDay.kept(connection) ?? .first
        func lines(_ sql: String) throws -> [String] {
            try connection.query("\(sql) LIMIT \(max)", day) { $0.text(0) }
        }
        let households =
            "household_number, village_id, responsible_cadre_id, helper_count, unit_count, is_joint_met, "
            + "is_outside, awaiting_since"
        let cadres = "cadre_id, division_id, is_linked, is_in_post, quota, load, outside_count"
        let kept =
            helpSums.replacing("FROM help ", with: "FROM household_help ") + " UNION ALL "
            + carrySums.replacing("FROM carry ", with: "FROM cadre_help ")
        return [
            (
                "kept help of households",
                try lines(
                    """
                    \(try present.help(on: day, connection))
                    SELECT DISTINCT 'household ' || h.archive_number || ' keeps other help than it has'
                    FROM (\(differing(households, "help", "household_help"))) x
                    JOIN household h ON h.household_number = x.household_number
                    """) + (try deadlines(connection, max: max))
            ),
            (
                "kept loads and quotas of cadres",
                try lines(
                    """
                    \(present.carry)
                    SELECT DISTINCT 'cadre ' || c.name || ' keeps another load, quota or place than is counted'
                    FROM (\(differing(cadres, "carry", "cadre_help"))) x JOIN cadre c ON c.id = x.cadre_id
                    """)
            ),
            (
                "kept figures of help",
                try connection.query(
                    """
                    SELECT DISTINCT 'division ' || d.code || ' keeps other sums of help than it has' FROM (
                        SELECT * FROM (SELECT division_id, \(sums) FROM (\(kept)) GROUP BY division_id)
                        EXCEPT SELECT division_id, \(HelpFigures.columns) FROM help_figure
                        UNION ALL
                        SELECT * FROM (SELECT division_id, \(HelpFigures.columns) FROM help_figure
                        EXCEPT SELECT division_id, \(sums) FROM (\(kept)) GROUP BY division_id)) x
                    JOIN division d ON d.id = x.division_id
                    WHERE covered + awaiting + joint_met + capacity + used + below_quota + above_quota + zero_duty
                        + outside > 0
                    LIMIT \(max)
                    """
                ) { $0.text(0) }
            ),
        ]
    }

    private static let sums = HelpFigures.columns.split(separator: ", ").map { "sum(\($0)) AS \($0)" }
        .joined(separator: ", ")

    /// Rows of either that the other does not have.
    private static func differing(_ columns: String, _ counted: String, _ kept: String) -> String {
        """
        SELECT * FROM (SELECT \(columns) FROM \(counted) EXCEPT SELECT \(columns) FROM \(kept))
        UNION ALL SELECT * FROM (SELECT \(columns) FROM \(kept) EXCEPT SELECT \(columns) FROM \(counted))
        """
    }

    /// The deadlines of the few households who wait for somebody.
    private static func deadlines(_ connection: Connection, max: Int) throws -> [String] {
        var deadlines = HandoverDeadlines()
        let awaiting = try connection.query(
            """
            SELECT h.archive_number, k.village_id, k.awaiting_since, k.due_on FROM household_help k
            JOIN household h ON h.household_number = k.household_number WHERE k.awaiting_since IS NOT NULL
            """
        ) { (name: $0.text(0), village: try $0.identifier(1), since: try $0.date(2), until: try $0.date(3)) }
        return try awaiting.filter {
            try deadlines.until($0.since, in: $0.village, connection) != $0.until
        }.prefix(max).map { "household \($0.name) awaits a successor until another day than it may" }
    }
}
