// The poverty headcount rate (贫困发生率, R003) of any area in a year, over both denominators. Poor people are counted from
// the register, populations are taken from the profiles of the villages; if a village has none, there is no rate.

import Domain
import HTTP1
import SQL
import Service
import Web

enum HeadcountRoutes {
    /// States of households whose members count as poor: in the register and not lifted.
    private static let poor = "('registered', 'preparing', 'returned')"

    static func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let today = call.now.shanghaiDate
        let area = query.value("areaCode", FieldText.areaCode)
        let year = query.integer("year", in: 1990...today.year)
        for (name, isMissing) in [
            ("areaCode", query.string("areaCode", characters: 0...20) == nil),
            ("year", query.string("year", characters: 0...20) == nil),
        ] where isMissing {
            query.report(name, .required)
        }
        try query.finish()
        guard let area, let year, let now = try DivisionStore.resolve(code: area, connection),
            try call.caller.scope.contains(now.scope)
        else { throw AreaFilter.unknown() }
        let days = try VillageStore.days(of: year)
        let day = min(days.end?.adding(days: -1) ?? today, today)
        let there = try PastArea.asked(area, on: day, today: today, call.caller.scope, connection)
        let division = there.former ?? now
        let stays = try HouseholdStays.until(day, today: today, around: there.scope, connection)
        let people = try poorPeople(there, stays, on: day, connection)
        let populations = try populations(there, days.first, on: day, connection)
        var json = JSONWriter(reserve: 512)
        json.object { json in
            json.key("areaCode")
            json.areaCode(division.code.value)
            json.key("areaName")
            json.string(division.name)
            json.key("year")
            json.integer(year)
            json.key("countedOn")
            json.string(day.description)
            json.key("poorPeople")
            json.integer(people)
            json.key("villages")
            json.integer(populations.villages)
            write("registeredRuralPopulation", populations.rural, people, populations.villages, &json)
            write("totalPopulation", populations.total, people, populations.villages, &json)
        }
        return try .content(json.take(), call)
    }

    /// One denominator: the population and the rate if every village has reported it, otherwise how many have not.
    private static func write(
        _ name: StaticString, _ said: (villages: Int, people: Int), _ poor: Int, _ villages: Int,
        _ json: inout JSONWriter
    ) {
        json.key(name)
        json.object { json in
            json.key("villagesMissing")
            json.integer(villages - said.villages)
            guard villages > 0, said.villages == villages else { return }
            json.key("population")
            json.integer(said.people)
            if let percent = PovertyHeadcount.percent(poor: poor, of: said.people) {
                json.key("percent")
                json.string(percent)
            }
        }
    }

    /// Living members of households that were poor on a day, each where it lived then.
    private static func poorPeople(
        _ area: PastArea, _ stays: HouseholdStays, on day: CivilDate, _ connection: Connection
    ) throws -> Int {
        var conditions = ListConditions()
        conditions.add(area, stays, on: day, seenIn: .everything)
        let on = conditions.bind(day)
        return try connection.first(
            """
            SELECT count(*) FROM household h JOIN member m ON m.household_number = h.household_number
            WHERE \(conditions.clauses.joined(separator: " AND ")) AND m.joined_on <= \(on)
                AND (m.left_on IS NULL OR m.left_on > \(on))
                AND CASE WHEN h.valid_from <= \(on) THEN h.state ELSE (SELECT o.state FROM household_history o
                    WHERE o.household_number = h.household_number AND o.superseded_at IS NULL AND o.valid_from <= \(on)
                    AND o.valid_to > \(on)) END IN \(poor)
            """, values: conditions.values
        ) { $0.int(0) } ?? 0
    }

    private struct Populations {
        let villages: Int
        let rural: (villages: Int, people: Int)
        let total: (villages: Int, people: Int)
    }

    /// The villages of a year and what their profiles say. A village that was added to the register only later counts
    /// too, unless it took over from a known one, because villages are older than registers.
    private static func populations(
        _ area: PastArea, _ year: CivilDate, on day: CivilDate, _ connection: Connection
    ) throws -> Populations {
        try connection.first(
            """
            WITH RECURSIVE place (id, last) AS (
                SELECT v.id, v.successor_id FROM division v WHERE v.successor_id IS NOT NULL AND v.level = 5
                    AND v.ended_on > $4
                UNION ALL
                SELECT c.id, n.successor_id FROM place c JOIN division n ON n.id = c.last
                WHERE n.successor_id IS NOT NULL),
            stood (id, opened_on) AS (
                SELECT v.id, v.opened_on FROM division v WHERE v.level = 5 AND v.successor_id IS NULL
                    AND v.area_code BETWEEN $1 AND $2 AND (v.ended_on IS NULL OR v.ended_on > $4)
                UNION ALL
                SELECT v.id, v.opened_on FROM place c JOIN division d ON d.id = c.last JOIN division v ON v.id = c.id
                WHERE d.successor_id IS NULL AND d.area_code BETWEEN $1 AND $2)
            SELECT count(*), count(p.registered_rural_population), coalesce(sum(p.registered_rural_population), 0),
                count(p.total_population), coalesce(sum(p.total_population), 0)
            FROM stood s
            LEFT JOIN village_profile p ON p.village_id = s.id AND p.superseded_at IS NULL AND p.valid_from = $3
            WHERE (s.opened_on <= $4 OR NOT EXISTS (SELECT 1 FROM division f WHERE f.successor_id = s.id))
                AND ($5 IS NULL OR hex(s.id) IN (SELECT value FROM json_each($5)))
            """, area.scope.first, area.scope.last, year, day, area.villageList
        ) { row in
            Populations(
                villages: row.int(0), rural: (row.int(1), row.int(2)), total: (row.int(3), row.int(4)))
        } ?? Populations(villages: 0, rural: (0, 0), total: (0, 0))
    }
}
