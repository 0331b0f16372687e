// Help counted from the pairings themselves: what `check` holds the kept rows against, and the answer for another day.
// In SQL of its own and not by the code that keeps it, so that neither repeats a mistake of the other.

import Archive
import Domain
import SQL
import Service

/// Questions over a day in `$1`. Both are lists of common table expressions that end in `help` or `carry`.
package struct HelpRecount {
    /// Households: number, village, state, needs_two_units.
    private let households: String
    /// Cadres: id, organization, post state, link, day of leaving.
    private let cadres: String
    /// Organizations: id and the division of their home.
    private let organizations: String

    /// What the rows of the register say now; the day is the one that is kept.
    static let present = HelpRecount(
        households: "SELECT household_number, village_id, state, needs_two_units FROM household WHERE ended_on IS NULL",
        cadres: "SELECT id, organization_id, post_state, linked_division_id, ended_on FROM cadre",
        organizations: "SELECT id, division_id FROM organization")

    /// What held on the day, as known now, for households of villages that lie in the range `$2` to `$3` of the
    /// current tree. A division that has a successor means the last of them.
    package static let past: HelpRecount = {
        // Everything that is recorded is known, also when the machine's clock went back since.
        let known = "9223372036854775807"
        func asOf(_ table: DatedTable) -> String { table.asOf("1 = 1", day: "$1", known: known) }
        func holds(_ table: IntervalTable) -> String { table.asOf("1 = 1", day: "$1") }
        return HelpRecount(
            households: """
                SELECT h.household_number, r.last, h.state, h.labour = 'none' OR h.self_care = 0 OR EXISTS (
                    SELECT 1 FROM (\(MemberTable.dated.asOf("1 = 1", day: "$1", known: known))) m
                    WHERE m.household_number = h.household_number AND m.left_on IS NULL AND m.school_blocked = 1)
                FROM (\(asOf(HouseholdTable.dated))) h JOIN heir r ON r.id = h.village_id
                JOIN division v ON v.id = r.last AND v.area_code BETWEEN $2 AND $3
                WHERE h.ended_on IS NULL
                """,
            cadres: """
                SELECT c.id, c.organization_id, p.post_state, r.last, c.ended_on FROM (\(asOf(CadreTable.dated))) c
                LEFT JOIN (\(holds(CadreTable.posts))) p ON p.cadre_id = c.id
                LEFT JOIN (\(holds(CadreTable.links))) l ON l.cadre_id = c.id LEFT JOIN heir r ON r.id = l.division_id
                """,
            organizations: """
                SELECT o.id, r.last FROM (\(asOf(Organization.record.dated))) o JOIN heir r ON r.id = o.division_id
                """)
    }()

    /// `help (household_number, village_id, responsible_cadre_id, helper_count, unit_count, is_joint_met,
    /// awaiting_since)`, a row for each household that has had a helper, and `h`, all households.
    package var help: String {
        """
        WITH RECURSIVE heir (id, last) AS (SELECT id, id FROM division WHERE successor_id IS NULL
            UNION ALL SELECT d.id, r.last FROM division d JOIN heir r ON d.successor_id = r.id),
        h (household_number, village_id, state, needs_two_units) AS MATERIALIZED (\(households)),
        k (id, organization_id, post_state, linked_division_id, ended_on) AS MATERIALIZED (\(cadres)),
        active AS MATERIALIZED (SELECT p.id, p.household_number, p.cadre_id FROM pairing p
            JOIN h ON h.household_number = p.household_number
            WHERE p.first_on <= $1 AND (p.end_on IS NULL OR p.end_on > $1)),
        helpers AS MATERIALIZED (
            SELECT a.household_number, count(*) AS helper_count, count(DISTINCT k.organization_id) AS unit_count
            FROM active a LEFT JOIN k ON k.id = a.cadre_id GROUP BY a.household_number),
        answers AS MATERIALIZED (SELECT r.household_number, a.cadre_id FROM active a
            JOIN responsibility r ON r.pairing_id = a.id AND r.superseded_at IS NULL AND r.valid_from <= $1
                AND (r.valid_to IS NULL OR r.valid_to > $1)),
        lost AS MATERIALIZED (SELECT household_number, max(end_on) AS day FROM pairing
            WHERE end_on <= $1 AND (first_on < end_on OR handover_id IS NOT NULL) GROUP BY household_number),
        help (household_number, village_id, responsible_cadre_id, helper_count, unit_count, is_joint_met,
            awaiting_since) AS (
            SELECT h.household_number, h.village_id, a.cadre_id, coalesce(n.helper_count, 0),
                coalesce(n.unit_count, 0), h.needs_two_units = 1 AND coalesce(n.unit_count, 0) >= 2,
                CASE WHEN n.household_number IS NULL AND h.state <> 'lifted' THEN l.day END
            FROM h LEFT JOIN helpers n ON n.household_number = h.household_number
            LEFT JOIN lost l ON l.household_number = h.household_number
            LEFT JOIN answers a ON a.household_number = h.household_number
            WHERE n.household_number IS NOT NULL OR l.household_number IS NOT NULL)
        """
    }

    /// `carry (cadre_id, division_id, is_linked, is_in_post, quota, load)`. Where an organization was at home before it
    /// was registered is not known: its present home is taken.
    var carry: String {
        """
        WITH RECURSIVE heir (id, last) AS (SELECT id, id FROM division WHERE successor_id IS NULL
            UNION ALL SELECT d.id, r.last FROM division d JOIN heir r ON d.successor_id = r.id),
        k (id, organization_id, post_state, linked_division_id, ended_on) AS MATERIALIZED (\(cadres)),
        o (id, division_id) AS MATERIALIZED (\(organizations)),
        loads AS MATERIALIZED (SELECT cadre_id, count(*) AS load FROM pairing
            WHERE first_on <= $1 AND (end_on IS NULL OR end_on > $1) GROUP BY cadre_id),
        carry (cadre_id, division_id, is_linked, is_in_post, quota, load) AS (
            SELECT k.id, coalesce(y.division_id, k.linked_division_id, o.division_id, n.division_id),
                y.division_id IS NOT NULL,
                (k.post_state IS NULL OR k.post_state IN ('in-post', 'seconded'))
                    AND (k.ended_on IS NULL OR k.ended_on > $1),
                coalesce(y.quota, 0), coalesce(l.load, 0)
            FROM k JOIN organization n ON n.id = k.organization_id LEFT JOIN o ON o.id = n.id
            LEFT JOIN cadre_capacity y ON y.cadre_id = k.id AND y.valid_from <= $1
                AND (y.valid_to IS NULL OR y.valid_to > $1)
            LEFT JOIN loads l ON l.cadre_id = k.id)
        """
    }

    /// Sums of `help`, by division, in the order of `HelpFigures.columns`.
    static let helpSums = """
        SELECT village_id AS division_id, sum(helper_count > 0) AS covered, sum(awaiting_since IS NOT NULL) AS awaiting,
            sum(is_joint_met) AS joint_met, 0 AS capacity, 0 AS used, 0 AS below_quota, 0 AS above_quota, 0 AS zero_duty
        FROM help GROUP BY village_id
        """
    /// The same of `carry`.
    static let carrySums = """
        SELECT division_id, 0 AS covered, 0 AS awaiting, 0 AS joint_met, sum(is_linked * quota) AS capacity,
            sum(load) AS used, sum(is_linked = 1 AND is_in_post = 1 AND load < quota) AS below_quota,
            sum(load > quota) AS above_quota,
            sum(is_linked = 1 AND is_in_post = 1 AND quota > 0 AND load = 0) AS zero_duty
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
            + "awaiting_since"
        let cadres = "cadre_id, division_id, is_linked, is_in_post, quota, load"
        let kept =
            helpSums.replacing("FROM help ", with: "FROM household_help ") + " UNION ALL "
            + carrySums.replacing("FROM carry ", with: "FROM cadre_help ")
        return [
            (
                "kept help of households",
                try lines(
                    """
                    \(present.help)
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
                    WHERE covered + awaiting + joint_met + capacity + used + below_quota + above_quota + zero_duty > 0
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
