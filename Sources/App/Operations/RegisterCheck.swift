// `jiedui check`: what the database itself can prove, the audit chain, and the kept figures against a recount. It only
// reads, in one snapshot, and is safe while the service runs.

import Domain
import SQL

/// The result of one check, for a person.
public struct CheckFinding: Sendable, CustomStringConvertible {
    /// What was looked at.
    public let subject: String
    /// What is wrong with it; empty when nothing is.
    public let faults: [String]
    /// What a person should know of it, though it is not wrong.
    public var notes: [String] = []

    /// Whether nothing is wrong.
    public var isSound: Bool { faults.isEmpty }

    /// A line for a report; what is wrong, and what should be known, follows it, line by line.
    public var description: String {
        ([(isSound ? "ok      " : "WRONG   ") + subject] + (faults + notes).map { "        " + $0 })
            .joined(separator: "\n")
    }
}

/// The checks of a register.
public enum RegisterCheck {
    /// A damaged file could make millions of lines.
    static let faultsShownMax = 20

    /// Runs every check in one snapshot.
    ///
    /// - Parameter directory: where the key lies that opens what is sealed in the notes; without it they say less.
    /// - Throws: `SQLError` when the file cannot be read at all.
    public static func run(_ connection: Connection, keyOf directory: DataDirectory? = nil) throws -> [CheckFinding] {
        let keys = directory.flatMap { try? KeyRing.load(path: $0.key, create: false) }
        let integrity = try connection.integrityReport()
        var findings = [
            CheckFinding(subject: "structure of the database file", faults: integrity.faults),
            CheckFinding(
                subject: "references",
                faults: integrity.danglingReferences.map {
                    "\($0.table) row \($0.row.map(String.init) ?? "?") "
                        + "refers to a row of \($0.parent) that is not there"
                }),
        ]
        guard integrity.faults.isEmpty else { return findings }
        try connection.transaction(.deferred) {
            findings.append(try AuditCheck.chain(connection, keys))
            findings.append(try AuditCheck.remains(connection))
            let all =
                queries + HelperCheck.queries + PartnershipCheck.queries + VisitCheck.queries + ProposalCheck.queries
                + NeedCheck.queries
            findings += try all.map { subject, sql in
                let faults = try connection.query(sql + " LIMIT \(faultsShownMax)") { $0.text(0) }
                return CheckFinding(subject: subject, faults: faults)
            }
            findings.append(
                CheckFinding(
                    subject: "kept figures", faults: Array(try FigureRecount.faults(connection).prefix(faultsShownMax))
                ))
            findings.append(
                CheckFinding(
                    subject: "capacities of cadres",
                    faults: try CadreCapacity.faults(connection, max: faultsShownMax)))
            findings += try HelpRecount.faults(connection, max: faultsShownMax).map {
                CheckFinding(subject: $0.subject, faults: $0.faults)
            }
            findings += try ContactCheck.faults(connection, max: faultsShownMax).map {
                CheckFinding(subject: $0.subject, faults: $0.faults)
            }
            findings.append(CheckFinding(subject: "values of parameters", faults: try parameters(connection)))
            findings.append(
                CheckFinding(subject: "index of names", faults: try nameIndex(connection)))
            findings.append(
                CheckFinding(
                    subject: "names in one form", faults: try NameForms.faults(connection, max: faultsShownMax)))
            findings.append(
                CheckFinding(
                    subject: "index of what visits say",
                    faults: try VisitCheck.textIndex(connection, max: faultsShownMax)))
        }
        return findings
    }

    /// Rows of which the catalogue does not know the parameter, or takes no such value.
    private static func parameters(_ connection: Connection) throws -> [String] {
        var faults: [String] = []
        try connection.forEach("SELECT id, key, value, unit FROM parameter ORDER BY id") { row in
            guard faults.count < faultsShownMax else { return }
            let key = ParameterKey.named(row.text(1))
            guard let key, ParameterValue(stored: row.text(2)).map(key.takes) == true, key.unit.rawValue == row.text(3)
            else {
                faults.append("row \(try row.identifier(0)) of \(row.text(1)) has no value that it takes")
                return
            }
        }
        return faults
    }

    /// The index of names keeps no text, so it is asked whether it finds each household by the names it should have.
    private static func nameIndex(_ connection: Connection) throws -> [String] {
        var faults: [String] = []
        try connection.forEach("SELECT household_number, archive_number, search_names FROM household") { row in
            guard faults.count < faultsShownMax else { return }
            for name in row.text(2).split(separator: "\n") {
                guard let phrase = HouseholdSearch.phrase(String(name)) else { continue }
                let isFound = try connection.first(
                    "SELECT 1 FROM household_name WHERE household_name MATCH $1 AND rowid = $2", phrase, row.int64(0)
                ) { _ in true }
                if isFound != true { faults.append("household \(row.text(1)) is not found by one of its names") }
            }
        }
        return faults
    }

    /// Each query gives a line for what is wrong.
    private static let queries: [(String, String)] = [
        (
            "every household has one householder",
            """
            SELECT 'household ' || archive_number || ' has ' || count(m.id) || ' householders' FROM household h
            LEFT JOIN member m ON m.household_number = h.household_number AND m.relation = 'householder'
                AND m.left_on IS NULL
            WHERE h.member_count > 0 GROUP BY h.household_number HAVING count(m.id) <> 1
            """
        ),
        (
            "kept member counts and names",
            """
            SELECT 'household ' || h.archive_number || ' keeps ' || h.member_count || ' members, there are '
                || count(m.id)
            FROM household h LEFT JOIN member m ON m.household_number = h.household_number AND m.left_on IS NULL
            GROUP BY h.household_number
            HAVING count(m.id) <> h.member_count
                OR count(CASE WHEN m.identity_state = 'unverified' THEN 1 END) <> h.unverified_count
                OR count(CASE WHEN m.identity_state = 'missing' THEN 1 END) <> h.missing_count
                OR coalesce(max(CASE WHEN m.relation = 'householder' THEN m.name END), '') <> h.householder_name
            """
        ),
        (
            "households that need helpers of two units",
            """
            SELECT 'household ' || h.archive_number || ' keeps another need of units than it has' FROM household h
            WHERE h.needs_two_units <> (h.labour = 'none' OR h.self_care = 0 OR EXISTS (SELECT 1 FROM member m
                WHERE m.household_number = h.household_number AND m.left_on IS NULL AND m.school_blocked = 1))
            """
        ),
        (
            "places of households",
            """
            SELECT 'household ' || h.archive_number || ' lies at ' || h.area_code || ', its village at ' || d.area_code
            FROM household h JOIN division d ON d.id = h.village_id WHERE h.area_code <> d.area_code OR d.level <> 5
            """
        ),
        (
            "places of divisions",
            """
            SELECT 'division ' || d.code || ' lies outside the range of its parent ' || p.code
            FROM division d JOIN division p ON p.id = d.parent_id
            WHERE d.successor_id IS NULL AND (d.area_code NOT BETWEEN p.area_code AND p.area_last OR d.level <= p.level)
            """
        ),
        (
            "places of duties, work teams and villages",
            """
            WITH RECURSIVE place (id, last) AS (SELECT id, id FROM division UNION ALL SELECT c.id, n.successor_id
                FROM place c JOIN division n ON n.id = c.last WHERE n.successor_id IS NOT NULL),
            lies (name, division_id, area_code, level) AS (
                SELECT 'duty', t.division_id, y.area_code, y.level FROM duty y
                JOIN duty_term t ON t.duty_id = y.id AND t.superseded_at IS NULL
                UNION ALL SELECT 'work team', t.division_id, w.area_code, 5 FROM work_team w
                JOIN work_team_term t ON t.team_id = w.id AND t.superseded_at IS NULL
                UNION ALL SELECT 'village', id, area_code, 5 FROM village)
            SELECT 'a ' || l.name || ' of ' || d.code || ' lies at ' || l.area_code || ', its division at '
                || d.area_code
            FROM lies l JOIN place c ON c.id = l.division_id
            JOIN division d ON d.id = c.last AND d.successor_id IS NULL
            WHERE l.area_code <> d.area_code OR l.level <> d.level
            """
        ),
        (
            "codes of duties and villages",
            """
            SELECT 'an unknown ' || u.list_key || ' ' || u.code FROM (
                SELECT 'duty-kind' AS list_key, kind AS code FROM duty_term
                UNION SELECT 'duty-end-reason', end_reason FROM duty_term WHERE end_reason IS NOT NULL
                UNION SELECT 'village-kind', kind FROM village_kind
                UNION SELECT 'village-tag', tag FROM village_tag) u
            WHERE NOT EXISTS (SELECT 1 FROM code_value v WHERE v.list_key = u.list_key AND v.code = u.code)
            """
        ),
        (
            "one believed row of each duty and team",
            """
            SELECT 'a duty has ' || count(*) || ' believed rows' FROM duty_term WHERE superseded_at IS NULL
            GROUP BY duty_id HAVING count(*) > 1
            UNION ALL SELECT 'a team has ' || count(*) || ' believed rows' FROM work_team_term
            WHERE superseded_at IS NULL GROUP BY team_id HAVING count(*) > 1
            """
        ),
        (
            "change feed without holes",
            """
            SELECT 'of the changes ' || (r.pruned_through + 1) || ' to ' || max(c.sequence) || ' there are '
                || count(c.sequence)
            FROM change_retention r JOIN change c GROUP BY r.pruned_through
            HAVING max(c.sequence) - r.pruned_through <> count(c.sequence)
            """
        ),
        (
            "codes of households",
            """
            SELECT 'household ' || archive_number || ' has an unknown code' FROM household
            WHERE NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'household-status' AND code = status)
                OR NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'household-attribute' AND code = attribute)
                OR NOT EXISTS (SELECT 1 FROM code_value WHERE list_key = 'poverty-cause' AND code = main_cause)
            """
        ),
    ]
}
