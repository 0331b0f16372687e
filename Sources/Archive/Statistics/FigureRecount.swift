// The figures counted from the records themselves, for `check` to compare with the kept rows, and for other days. They
// are counted by SQL, not by the code that keeps the figures, so that neither repeats a mistake of the other.

import Domain
import SQL
import Service

/// One counted value.
package struct Figure: Hashable {
    package let village: Identifier
    let dimension: String
    package let code: String
    package let households: Int
    package let people: Int
}

package enum FigureRecount {
    private static let householdColumns =
        "household_number, village_id, state, attribute, main_cause, labour, self_care"
    private static let memberColumns =
        "household_number, sex, education, health, labour_capacity, birth_date, school_blocked"

    /// What the register says now.
    package static func current(_ connection: Connection) throws -> [Figure] {
        try rows(
            households: "SELECT \(householdColumns) FROM household WHERE ended_on IS NULL",
            members: """
                SELECT \(memberColumns) FROM member
                WHERE left_on IS NULL
                """, [], connection)
    }

    /// What held on a day, as known now, in the villages that lie in a range of the current tree, or were those of a
    /// former division. A village that has become part of another one is counted where its successor lies.
    package static func past(_ day: CivilDate, in area: PastArea, _ connection: Connection) throws -> [Figure] {
        // Everything that is recorded is known, also when the machine's clock went back since.
        let known = "9223372036854775807"
        return try rows(
            households: """
                SELECT \(householdColumns)
                FROM (\(HouseholdTable.dated.asOf("1 = 1", day: "$1", known: known)))
                WHERE ended_on IS NULL AND village_id IN (
                    WITH RECURSIVE place (id) AS (
                        SELECT id FROM division
                        WHERE level = 5 AND successor_id IS NULL AND area_code BETWEEN $2 AND $3
                        UNION SELECT d.id FROM division d JOIN place p ON d.successor_id = p.id)
                    SELECT id FROM place) AND ($4 IS NULL OR hex(village_id) IN (SELECT value FROM json_each($4)))
                """,
            members: """
                SELECT \(memberColumns)
                FROM (\(MemberTable.dated.asOf("1 = 1", day: "$1", known: known))) WHERE left_on IS NULL
                """, [day, area.scope.first, area.scope.last, area.villageList], connection)
    }

    private static func rows(
        households: String, members: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> [Figure] {
        let ofHouseholds = [
            ("all", nil), ("state", "h.state"), ("attribute", "h.attribute"), ("cause", "h.main_cause"),
            ("labour", "h.labour"),
            (
                "help-need",
                "CASE WHEN h.labour = 'none' OR h.self_care = 0 OR p.blocked = 1 THEN 'two' ELSE 'one' END"
            ),
        ].map { (dimension: String, code: String?) in
            """
            SELECT h.village_id, '\(dimension)', \(code ?? "''"), count(*), coalesce(sum(p.people), 0)
            FROM h LEFT JOIN p ON p.household_number = h.household_number
            GROUP BY h.village_id\(code.map { ", " + $0 } ?? "")
            """
        }
        let ofMembers = [
            ("sex", "m.sex"), ("education", "coalesce(m.education, '')"), ("health", "coalesce(m.health, '')"),
            ("labour-capacity", "coalesce(m.labour_capacity, '')"),
        ].map { dimension, code in
            """
            SELECT h.village_id, '\(dimension)', \(code), count(DISTINCT m.household_number), count(*)
            FROM m JOIN h ON h.household_number = m.household_number GROUP BY h.village_id, \(code)
            """
        }
        let ofBirths = """
            SELECT h.village_id, 'birth-date', coalesce(m.birth_date, ''), 0, count(*)
            FROM m JOIN h ON h.household_number = m.household_number GROUP BY h.village_id, coalesce(m.birth_date, '')
            """
        return try connection.query(
            """
            WITH h AS MATERIALIZED (\(households)), m AS MATERIALIZED (\(members)),
                p AS MATERIALIZED (SELECT household_number, count(*) AS people, max(school_blocked) AS blocked
                    FROM m GROUP BY household_number)
            \((ofHouseholds + ofMembers + [ofBirths]).joined(separator: "\nUNION ALL\n"))
            """, values: values
        ) {
            Figure(
                village: try $0.identifier(0), dimension: $0.text(1), code: $0.text(2), households: $0.int(3),
                people: $0.int(4))
        }
    }

    /// A line for each kept figure that differs from the recount.
    package static func faults(_ connection: Connection) throws -> [String] {
        let counted = Set(try current(connection))
        var kept: Set<Figure> = []
        try connection.forEach("SELECT village_id, dimension, counts FROM household_figure") { row in
            let village = try row.identifier(0)
            let dimension = row.text(1)
            for (code, counts) in FigureText.read(row.utf8(2)) {
                kept.insert(
                    Figure(
                        village: village, dimension: dimension, code: code, households: counts.households,
                        people: counts.people))
            }
        }
        func line(_ figure: Figure, _ verb: String) -> String {
            "village \(figure.village) \(verb) \(figure.households) households and \(figure.people) people "
                + "of \(figure.dimension) “\(figure.code)”"
        }
        return (kept.subtracting(counted).map { line($0, "keeps") } + counted.subtracting(kept).map { line($0, "has") })
            .sorted()
    }
}
