// How many members of an area are eligible for something, and how many of them have it: for the area and each of its
// children, on any day. Computed from the rows each time; nothing is stored.

import Domain
import HTTP1
import SQL
import Service
import Web

/// The answer to a question of that form.
package struct MemberShares {
    /// The members who are counted, and those of them who have it.
    package typealias Counts = (members: Int, having: Int)

    /// The names in the answer for all members, those who have it and those who lack it.
    package let names: (members: StaticString, having: StaticString, lacking: StaticString)
    /// Prepares the counting of the households `h` of places within an area, of which it gets the condition.
    package typealias Counter = (Division, CivilDate, Connection) throws -> (ListConditions) throws -> Counts

    package let counter: Counter

    package init(
        names: (members: StaticString, having: StaticString, lacking: StaticString),
        counter: @escaping Counter
    ) {
        self.names = names
        self.counter = counter
    }

    package func show(_ call: Call, _ connection: Connection) throws -> Response {
        var query = Query(call.request.head.query)
        let area = query.value("areaCode", FieldText.areaCode)
        let day = query.value("on", FieldText.date) ?? call.now.shanghaiDate
        try query.finish()
        let caller = try call.caller
        let asked = try area.map { try DivisionStore.resolve(code: $0, connection) } ?? caller.home(connection)
        guard let now = asked, caller.scope.contains(now.scope) else { throw Problem(.notFound) }
        let today = call.now.shanghaiDate
        let there = try PastArea.asked(area ?? now.code, on: day, today: today, caller.scope, connection)
        let division = there.former ?? now
        let stays = try HouseholdStays.until(day, today: today, around: there.scope, connection)
        let below = try there.below(division, connection)
        let places = below.isEmpty ? [(division: division, area: there)] : below
        let count = try counter(now, day, connection)
        let counts = try places.map { place in
            var conditions = ListConditions()
            conditions.add(place.area, stays, on: day, seenIn: .everything)
            return try count(conditions)
        }
        let total = counts.reduce((0, 0)) { ($0.0 + $1.members, $0.1 + $1.having) }
        var json = JSONWriter(reserve: 1_024)
        json.object { json in
            write(division, on: day, total, &json)
            json.key("items")
            json.array { json in
                for (place, counts) in zip(places, counts) {
                    json.object { json in write(place.division, on: nil, counts, &json) }
                }
            }
        }
        return try .content(json.take(), call)
    }

    private func write(_ division: Division, on day: CivilDate?, _ counts: Counts, _ json: inout JSONWriter) {
        json.key("areaCode")
        json.areaCode(division.code.value)
        json.key("areaName")
        json.string(division.name)
        if let day {
            json.key("on")
            json.string(day.description)
        }
        json.key(names.members)
        json.integer(counts.members)
        json.key(names.having)
        json.integer(counts.having)
        json.key(names.lacking)
        json.integer(counts.members - counts.having)
    }
}
