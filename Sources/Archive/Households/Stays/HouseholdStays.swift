// Where households lived on other days. Few ever move, so that they alone are looked up: everybody else has always
// lived where they live now, and is found as quickly on a past day as today. A village that has become part of another
// one is itself, at the place of its successor.

import Domain
import SQL
import Service

package struct HouseholdStays: Sendable {
    /// From a day on, until the next one, a household lived in a village.
    package struct Stay: Sendable {
        package let first: CivilDate
        package let village: Identifier
        /// Where the village, or its successor, lies now.
        package let place: Int64
    }

    /// Ascending; what is first known of a household reaches back.
    private var stays: [Int64: [Stay]] = [:]

    /// Of days on which everybody lives where they live now.
    package static let none = HouseholdStays()

    private init() {}

    /// What is needed for a question of a day, or of days until it: nothing where that is today or later.
    package static func until(
        _ day: CivilDate, today: CivilDate, around scope: Scope, _ connection: Connection
    ) throws -> HouseholdStays {
        day < today ? try HouseholdStays(around: scope, connection) : .none
    }

    /// Those of everybody who ever lived in a range of the current tree, and also somewhere else.
    package init(around scope: Scope, _ connection: Connection) throws {
        var places: [Identifier: Int64] = [:]
        func place(_ village: Identifier) throws -> Int64 {
            if let known = places[village] { return known }
            guard let division = try DivisionStore.find(village, connection) else { throw DamagedRow(column: 2) }
            let place = try DivisionStore.followSuccessors(division, connection).areaCode
            places[village] = place
            return place
        }
        let isWide = scope.last - scope.first >= AreaCode.span(of: .county) - 1
        let values: [any Bindable] = isWide ? [] : [scope.first, scope.last]
        try connection.forEach(
            """
            WITH RECURSIVE \(isWide ? Self.everybody : Self.those)
            SELECT household_number, valid_from, village_id FROM (
                SELECT b.household_number, b.valid_from, b.village_id FROM moved m
                CROSS JOIN household_history b ON b.household_number = m.household_number
                WHERE b.superseded_at IS NULL AND b.valid_to IS NOT NULL
                UNION ALL SELECT h.household_number, h.valid_from, h.village_id FROM moved m
                CROSS JOIN household h ON h.household_number = m.household_number)
            ORDER BY household_number, valid_from
            """, values: values
        ) { row in
            let (number, village) = (row.int64(0), try row.identifier(2))
            guard stays[number]?.last?.village != village else { return }
            let stay = Stay(first: try row.date(1), village: village, place: try place(village))
            stays[number, default: []].append(stay)
        }
    }

    private static let isElsewhere =
        "b.superseded_at IS NULL AND b.valid_to IS NOT NULL AND b.village_id <> h.village_id"

    private static let everybody = """
        moved AS MATERIALIZED (SELECT DISTINCT b.household_number FROM household_history b
            CROSS JOIN household h ON h.household_number = b.household_number WHERE \(isElsewhere))
        """

    private static let those = """
        place (id) AS (SELECT id FROM division
            WHERE level = \(DivisionLevel.village.rawValue) AND successor_id IS NULL AND area_code BETWEEN $1 AND $2
            UNION SELECT d.id FROM place p JOIN division d ON d.successor_id = p.id),
        moved AS MATERIALIZED (
            SELECT b.household_number FROM place p CROSS JOIN household_history b ON b.village_id = p.id
            CROSS JOIN household h ON h.household_number = b.household_number WHERE \(isElsewhere)
            UNION SELECT h.household_number FROM household h
            CROSS JOIN household_history b ON b.household_number = h.household_number
            WHERE h.area_code BETWEEN $1 AND $2 AND \(isElsewhere))
        """

    /// Everybody who moved, ascending.
    package var numbers: [Int64] { stays.keys.sorted() }

    /// Whether a household has lived elsewhere than now.
    package func haveMoved(_ household: Int64) -> Bool { stays[household] != nil }

    /// Where a household lived on a day; nil for one that has always lived where it lives now.
    package func home(of household: Int64, on day: CivilDate) -> Stay? {
        stays[household].flatMap { all in all.last { $0.first <= day } ?? all.first }
    }

    /// The days on which those who moved lived in an area, of everybody who did not always.
    package func crossing(_ area: PastArea) -> [(household: Int64, days: [DayInterval])] {
        numbers.compactMap { number in
            let own = stays[number] ?? []
            let inside = own.map { area.contains($0.village, at: $0.place) }
            guard inside.contains(false) else { return nil }
            let days = own.indices.filter { inside[$0] }.map { index in
                DayInterval(
                    first: index == 0 ? .first : own[index].first,
                    end: index + 1 < own.count ? own[index + 1].first : nil)
            }
            return (number, days)
        }
    }

    /// How many households were in the register on a past day, by their villages of that day and the places of these.
    package static func households(
        of area: PastArea, on day: CivilDate, _ connection: Connection
    ) throws -> [(village: Identifier, place: Int64, households: Int)] {
        // Everything that is recorded is known, also when the machine's clock went back since.
        let there = HouseholdTable.dated.asOf("1 = 1", day: "$1", known: "9223372036854775807")
        return try connection.query(
            """
            WITH RECURSIVE heir (id, last) AS (SELECT id, id FROM division WHERE successor_id IS NULL
                UNION ALL SELECT d.id, r.last FROM division d JOIN heir r ON d.successor_id = r.id)
            SELECT n.village_id, v.area_code, n.households FROM (
                SELECT village_id, count(*) AS households FROM (\(there))
                WHERE ended_on IS NULL GROUP BY village_id) n
            JOIN heir r ON r.id = n.village_id JOIN division v ON v.id = r.last
            WHERE \(PastArea.condition("v.area_code", village: "n.village_id", ("$2", "$3", "$4")))
            """, day, area.scope.first, area.scope.last, area.villageList
        ) { (village: try $0.identifier(0), place: $0.int64(1), households: $0.int(2)) }
    }

    /// SQL for the village in which a household `h` lived on a day.
    ///
    /// - Parameter day: its parameter.
    package static func village(of household: String, on day: String) -> String {
        """
        coalesce((SELECT stay.village_id FROM household_history stay
            WHERE stay.household_number = \(household).household_number AND stay.superseded_at IS NULL
                AND stay.valid_from <= \(day) AND stay.valid_to > \(day)), \(household).village_id)
        """
    }
}
